//! Deriving the downgrade of an upgrade: the SQL that makes the catalog after it what it
//! was before.
//!
//! Both catalogs come from one replay, so what is the same thing has the same identity.
//! The way back is: drop what came, newest first; give things their names back; alter what
//! stayed; make again what went, oldest first. What was derived is replayed, and what is
//! still not as it was is said.

mod column;
mod derived;
mod drop;
mod forward;
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

use std::collections::BTreeSet;

pub use self::derived::{DerivedDowngrade, derive_downgrade, derive_downgrade_of};
use self::pairs::Pairs;
use super::catalog::{Catalog, Id};
use super::model::Text;
use super::write::{Writer, Written};
use super::written::SchemaStatement;
use crate::database::Database;

/// The statements of a downgrade as they are gathered.
#[derive(Debug, Default)]
struct Steps {
    statements: Vec<Written>,
    /// Rows and values that do not come back.
    losses: Vec<String>,
    /// What cannot be brought back at all.
    open: Vec<String>,
    /// Keys that came back with a column, by table and name.
    with_columns: BTreeSet<(Id, Text)>,
}

impl Steps {
    fn add(&mut self, sql: String) {
        self.statements.push(Written::of(sql));
    }

    /// Takes a statement over, unless it is in doubt whether what it makes was there at all.
    ///
    /// What it does not make as it was is said.
    fn write(&mut self, written: Written) {
        let subject = subject_of(&written.sql);
        self.open.extend(written.notes.iter().map(|note| match &subject {
            Some(subject) => format!("{subject}: {note}"),
            None => note.clone(),
        }));
        if !written.is_unsure && !written.sql.is_empty() {
            self.statements.push(Written { notes: Vec::new(), ..written });
        }
    }

    /// Takes a statement over with a word to who runs it.
    fn warn(&mut self, written: Written, warning: String) {
        self.statements.push(written.note(warning));
    }

    fn text(&self) -> String {
        let statements = self.statements.iter();
        statements.map(|written| SchemaStatement::new("", "", written.clone()).text()).collect()
    }
}

/// What a statement makes, by its first words.
fn subject_of(sql: &str) -> Option<String> {
    let head = sql.split('(').next()?;
    let words: Vec<_> = head.split_whitespace().take(4).collect();
    let words = match words.as_slice() {
        ["CREATE", rest @ ..] => rest,
        all => all,
    };
    (!words.is_empty()).then(|| words.join(" "))
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
