//! The derived downgrade as a whole: what it is, and what is said of it.

use super::{Steps, go_back, loss};
use crate::database::Database;
use crate::replay::compare::{differences, doubts};
use crate::replay::downgrade::Grade;
use crate::replay::engine::Engine;
use crate::replay::set::History;
use crate::set::{Half, MigrationSet};
use crate::source::{FileId, SourceFile, SourceMap, SourceText};
use crate::version::Version;

/// The downgrade that an upgrade leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerivedDowngrade {
    /// Its statements with comments, as a file has them; empty where there is nothing to do.
    pub sql: String,
    /// What it does not bring back, each in a few words.
    pub losses: Vec<String>,
    /// How much it brings back; [`Grade::Irreversible`] where not even the schema is as it was.
    pub grade: Grade,
}

impl DerivedDowngrade {
    /// The downgrade as a file has it: SQL, or why there is none.
    ///
    /// # Errors
    /// The reason, where nothing can be undone.
    pub fn downgrade(&self) -> Result<&str, &str> {
        let has_statements = self
            .sql
            .lines()
            .any(|line| !line.trim().is_empty() && !line.trim_start().starts_with("--"));
        if has_statements {
            return Ok(&self.sql);
        }
        Err(self.losses.first().map_or("the upgrade changes nothing in the schema", String::as_str))
    }
}

/// Derives the downgrade of a migration of the set; nothing where this build cannot read
/// the database's SQL, or the migration is written in Rust.
pub fn derive_downgrade(
    set: &MigrationSet,
    surroundings: &[&str],
    version: &Version,
) -> Option<DerivedDowngrade> {
    let scripts = set.scripts();
    History::new(set, &scripts).read(|history| {
        let mut engine = history.begin(surroundings)?;
        for (migration, script) in history.migrations() {
            if migration.version == *version {
                let Half::Sql(span) = script.upgrade else { return None };
                let text = set.sources.slice(&span);
                return Some(derive(&mut engine, set.settings.database, migration.file, text));
            }
            history.migrate(&mut engine, migration, script, &mut Vec::new());
        }
        None
    })
}

/// Derives the downgrade of an upgrade that comes after all migrations of the set.
pub fn derive_downgrade_of(
    set: &MigrationSet,
    surroundings: &[&str],
    upgrade: &str,
) -> Option<DerivedDowngrade> {
    let scripts = set.scripts();
    History::new(set, &scripts).read(|history| {
        let mut engine = history.begin(surroundings)?;
        for (migration, script) in history.migrations() {
            history.migrate(&mut engine, migration, script, &mut Vec::new());
        }
        // Nobody asks where it stands.
        let source = SourceFile { path: "".into(), text: SourceText::new(upgrade.to_owned()) };
        let file = SourceMap::new("").add(source);
        Some(derive(&mut engine, set.settings.database, file, upgrade))
    })
}

/// Runs the upgrade on the engine, and then what takes it back.
pub(super) fn derive(
    engine: &mut Engine,
    database: Database,
    file: FileId,
    upgrade: &str,
) -> DerivedDowngrade {
    let before = engine.catalog().clone();
    let mut losses = loss::of_statements(database, upgrade);
    engine.file(file, upgrade, 0);
    let after = engine.catalog().clone();
    let mut steps = Steps::default();
    go_back(&before, &after, database, &mut steps);
    let sql = steps.text();
    // The same places as the upgrade has are other ones here.
    let mut way_back = engine.branch();
    way_back.file(file, &sql, 0);
    losses.extend(steps.losses);
    let mut grade = if losses.is_empty() { Grade::Lossless } else { Grade::SchemaOnly };
    let mut open = steps.open;
    if after.unknown.everything && !before.unknown.everything {
        open.push("statements that cannot be read may have done more".to_owned());
    }
    let refused = way_back.take_findings().into_iter().filter(|it| it.code.is_refutation());
    open.extend(
        refused.map(|finding| format!("a statement would be refused: {}", finding.message)),
    );
    let end = way_back.catalog();
    open.extend(
        differences(database, engine.dialect(), end, &before).iter().map(ToString::to_string),
    );
    open.extend(doubts(database, engine.dialect(), end, &before));
    let mut said = std::collections::BTreeSet::new();
    open.retain(|what| said.insert(what.clone()));
    if !open.is_empty() {
        grade = Grade::Irreversible;
    }
    losses.extend(open.into_iter().map(|what| format!("not taken back: {what}")));
    let mut text = String::new();
    for loss in &losses {
        text.extend(["-- ", loss, "\n"]);
    }
    DerivedDowngrade { sql: text + &sql, losses, grade }
}
