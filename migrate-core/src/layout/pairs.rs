//! Upgrades and downgrades in two files, `.up.sql` and `.down.sql`, joined by version.

use std::borrow::Cow;

use super::Collected;
use super::foreign;
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

/// Joins downgrades to the upgrades of the same version, as both tools do: their names need
/// not agree. Returns the downgrades that have no upgrade.
pub(super) fn join(
    files: Vec<HalfFile>,
    sources: &SourceMap,
    collected: &mut Collected,
) -> Vec<HalfFile> {
    let (upgrades, downgrades): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|it| it.direction == Direction::Up);
    let first = collected.migrations.len();
    collected.migrations.extend(upgrades.into_iter().map(|it| migration(it, sources)));
    let mut lonely: Vec<HalfFile> = Vec::new();
    for downgrade in downgrades {
        let upgrade = collected.migrations[first..]
            .iter_mut()
            .find(|migration| migration.version == downgrade.version);
        let taken = match &upgrade {
            Some(migration) => migration.downgrade_file,
            None => lonely.iter().find(|it| it.version == downgrade.version).map(|it| it.file),
        };
        match (taken, upgrade) {
            (Some(taken), _) => collected.findings.push(foreign::duplicate_downgrade(
                &sources.file(taken).path,
                &sources.file(downgrade.file).path,
            )),
            (None, Some(migration)) => migration.downgrade_file = Some(downgrade.file),
            (None, None) => lonely.push(downgrade),
        }
    }
    lonely
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
