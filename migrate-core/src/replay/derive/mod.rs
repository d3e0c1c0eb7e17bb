//! Deriving the downgrade of an upgrade: the SQL that makes the catalog after it what it
//! was before.
//!
//! Both catalogs come from one replay, so what is the same thing has the same identity.
//! The way back is: drop what came, newest first; give things their names back; alter what
//! stayed; make again what went, oldest first. What was derived is replayed, and what is
//! still not as it was is said.

mod column;
mod drop;
mod function;
mod index;
mod loss;
mod pairs;
mod part;
mod rebuild;
mod rename;
mod restore;
mod table;
#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;

use self::pairs::Pairs;
use super::catalog::Catalog;
use super::compare::differences;
use super::dialect::dialect_of;
use super::downgrade::Grade;
use super::engine::Engine;
use super::schema::SchemaStatement;
use super::set as replayed;
use super::stack;
use super::write::{Writer, Written};
use crate::database::Database;
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
    stack::with_deep_stack(|| {
        let mut engine = replayed::begin(set, surroundings)?;
        for migration in &set.migrations {
            if migration.version == *version {
                let (script, _) = set.script(migration);
                let Half::Sql(span) = script.upgrade else { return None };
                let text = set.sources.slice(&span);
                return Some(derive(&mut engine, set.settings.database, migration.file, text));
            }
            replayed::migrate(&mut engine, set, migration, &mut Vec::new());
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
    stack::with_deep_stack(|| {
        let mut engine = replayed::begin(set, surroundings)?;
        for migration in &set.migrations {
            replayed::migrate(&mut engine, set, migration, &mut Vec::new());
        }
        // Nobody asks where it stands.
        let source = SourceFile { path: "".into(), text: SourceText::new(upgrade.to_owned()) };
        let file = SourceMap::new("").add(source);
        Some(derive(&mut engine, set.settings.database, file, upgrade))
    })
}

/// Runs the upgrade on the engine, and then what takes it back.
fn derive(
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
    engine.file(file, &sql, 0);
    losses.extend(steps.losses);
    let mut grade = if losses.is_empty() { Grade::Lossless } else { Grade::SchemaOnly };
    let mut open = steps.open;
    if after.unknown.everything {
        open.push("statements that cannot be read may have done more".to_owned());
    }
    if let Some(dialect) = dialect_of(database) {
        let left = differences(database, dialect, engine.catalog(), &before);
        open.extend(left.iter().map(ToString::to_string));
    }
    open.dedup();
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

/// The statements of a downgrade as they are gathered.
#[derive(Debug, Default)]
struct Steps {
    statements: Vec<Written>,
    /// Rows and values that do not come back.
    losses: Vec<String>,
    /// What cannot be brought back at all.
    open: Vec<String>,
}

impl Steps {
    fn add(&mut self, sql: String) {
        self.statements.push(Written::of(sql));
    }

    fn write(&mut self, written: Written) {
        self.statements.push(written);
    }

    fn text(&self) -> String {
        let statements = self.statements.iter();
        statements.map(|written| SchemaStatement::new("", "", written.clone()).text()).collect()
    }
}

/// A catalog on either side of the upgrade, and who is who in them.
struct Way<'c> {
    before: Writer<'c>,
    after: Writer<'c>,
    pairs: Pairs<'c>,
}

fn go_back(before: &Catalog, after: &Catalog, database: Database, steps: &mut Steps) {
    let (Some(before), Some(after)) = (Writer::new(before, database), Writer::new(after, database))
    else {
        return;
    };
    let pairs = Pairs::new(before.catalog, after.catalog);
    let way = Way { before, after, pairs };
    way.drop_parts(steps);
    way.drop_relations(steps);
    way.set_types_aside(steps);
    way.rename_back(steps);
    way.restore_first(steps);
    way.alter_tables(steps);
    way.drop_the_rest(steps);
    way.restore_what_went(steps);
    way.restore_parts(steps);
    way.restore_sayings(steps);
}
