//! Upgrades and downgrades in two files, `.up.sql` and `.down.sql`, joined by version.

use std::borrow::Cow;
use std::collections::HashMap;

use super::entries::Entries;
use super::{Collected, foreign};
use crate::diagnostics::Diagnostic;
use crate::folder::{Entry, Folder};
use crate::set::{Migration, MigrationKind};
use crate::source::{FileId, SourceMap};
use crate::version::Version;

/// Which half a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The upgrade, in `.up.sql`, or in a file that has no downgrade.
    Up,
    /// The downgrade, in `.down.sql`.
    Down,
}

/// A file of a set, by its name.
#[derive(Debug)]
pub(super) struct HalfFile {
    /// Its version, as it is written.
    pub(super) version: Version,
    /// Its name, without version, direction and extension.
    pub(super) name: String,
    /// The half it holds.
    pub(super) direction: Direction,
    /// Its text.
    pub(super) file: FileId,
}

/// Takes `.up.sql` or `.down.sql` off a name; a plain `.sql` is an upgrade.
pub(super) fn direction_of(name: &str) -> Option<(Direction, &str)> {
    let stem = name.strip_suffix(".sql")?;
    Some(match (stem.strip_suffix(".up"), stem.strip_suffix(".down")) {
        (Some(name), _) => (Direction::Up, name),
        (None, Some(name)) => (Direction::Down, name),
        (None, None) => (Direction::Up, stem),
    })
}

/// Collects a flat folder of half files, and joins them; returns the downgrades that have no
/// upgrade besides.
///
/// `reads` says what the tool reads; `half_file` reads an entry, or says what is wrong with it.
pub(super) fn collect(
    folder: Folder,
    reads: &str,
    sources: &mut SourceMap,
    half_file: impl Fn(Entry, &mut SourceMap, &mut Vec<Diagnostic>) -> Option<HalfFile>,
) -> (Collected, Vec<HalfFile>) {
    let mut entries = Entries::of(folder);
    entries.refuse_folders(|_| false, reads);
    let mut collected = Collected { findings: entries.findings, ..Collected::default() };
    let mut files = Vec::new();
    for entry in entries.files {
        files.extend(half_file(entry, sources, &mut collected.findings));
    }
    let alone = join(files, sources, &mut collected);
    (collected, alone)
}

/// Joins downgrades to the upgrades of the same version, as both tools do: their names need
/// not agree. Returns the downgrades that have no upgrade.
fn join(files: Vec<HalfFile>, sources: &SourceMap, collected: &mut Collected) -> Vec<HalfFile> {
    let (upgrades, downgrades): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|it| it.direction == Direction::Up);
    let mut places = HashMap::with_capacity(upgrades.len());
    for upgrade in upgrades {
        places.entry(upgrade.version.clone()).or_insert(collected.migrations.len());
        collected.migrations.push(migration(upgrade, sources));
    }
    let mut alone: Vec<HalfFile> = Vec::new();
    for downgrade in downgrades {
        let upgrade = places.get(&downgrade.version).map(|place| &mut collected.migrations[*place]);
        let taken = match &upgrade {
            Some(migration) => migration.downgrade_file,
            None => alone.iter().find(|it| it.version == downgrade.version).map(|it| it.file),
        };
        match (taken, upgrade) {
            (Some(taken), _) => collected.findings.push(foreign::duplicate_downgrade(
                &sources.file(taken).path,
                &sources.file(downgrade.file).path,
            )),
            (None, Some(migration)) => migration.downgrade_file = Some(downgrade.file),
            (None, None) => alone.push(downgrade),
        }
    }
    alone
}

/// Makes a migration of a file that holds its upgrade.
pub(super) fn migration(half: HalfFile, sources: &SourceMap) -> Migration {
    Migration {
        version: half.version,
        name: Cow::Owned(half.name),
        kind: MigrationKind::Sql,
        file: half.file,
        downgrade_file: None,
        settings_file: None,
        checksum: sources.file(half.file).text.checksum(),
    }
}
