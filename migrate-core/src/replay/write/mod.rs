//! Writing a catalog as SQL.
//!
//! What the catalog knows part by part (columns, keys) is put together from its parts; what
//! it knows only as a text (views, functions, checks) is written as it was, under the names
//! that things have now. What differs between servers is behind [`Spelling`].
//!
//! Not written: roles, privileges and owners, and rows.

mod clauses;
mod column;
mod constraint;
mod index;
mod mysql;
mod name;
mod object;
mod order;
mod part;
mod postgres;
mod renamed;
mod script;
mod spelling;
mod sqlite;
mod table;
#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
mod typed;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use self::order::Node;
pub(crate) use self::script::schema;
pub(crate) use self::spelling::Spelling;
use self::spelling::spelling_of;
pub(crate) use self::table::Table;
use super::catalog::{Catalog, Definition, Dependency, Id, Key, Relation};
use super::dialect::{Dialect, dialect_of};
use super::model::Text;
use crate::database::Database;

/// A statement that makes something, as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// The statement without its end; empty where it is not known.
    pub(crate) sql: String,
    /// What a reader must know of it.
    pub(crate) notes: Vec<String>,
    /// The search path under which its names are meant, where it is not the default.
    pub(crate) path: Option<Vec<Text>>,
    /// What it makes may not be there at all.
    pub(crate) is_unsure: bool,
}

impl Written {
    pub(crate) fn of(sql: impl Into<String>) -> Self {
        Written { sql: sql.into(), ..Written::default() }
    }

    /// Something of which the text is not known.
    pub(crate) fn unknown(what: &str) -> Self {
        let note = format!("{what} is there, but its text is not known");
        Written { notes: vec![note], ..Written::default() }
    }

    /// The statement of something that may not be there.
    pub(crate) fn unsure(mut self) -> Self {
        self.is_unsure = true;
        self.note("this may be there, or not")
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Writes the objects of a catalog.
pub(crate) struct Writer<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) database: Database,
    pub(crate) dialect: &'static dyn Dialect,
    pub(crate) spelling: &'static dyn Spelling,
    by_id: BTreeMap<Id, &'c Key>,
}

impl<'c> Writer<'c> {
    /// A writer, where this build knows the server.
    pub(crate) fn new(catalog: &'c Catalog, database: Database) -> Option<Self> {
        let by_id = catalog.relations.iter().map(|(key, relation)| (relation.id, key)).collect();
        Some(Writer {
            catalog,
            database,
            dialect: dialect_of(database)?,
            spelling: spelling_of(database),
            by_id,
        })
    }

    /// A relation by its identity.
    pub(crate) fn relation(&self, id: Id) -> Option<(&'c Key, &'c Relation)> {
        let key = *self.by_id.get(&id)?;
        Some((key, self.catalog.relations.get(key)?))
    }

    /// The relations that a view reads, by identity.
    fn tables_of(&self, view: &Relation) -> Vec<(&'c Key, &'c Relation)> {
        let read = view.uses.iter().filter_map(|used| match used {
            Dependency::Relation(id) | Dependency::Column(id, _) => Some(*id),
            Dependency::Function(_)
            | Dependency::PerhapsFunction(_)
            | Dependency::Type(_)
            | Dependency::Typed(_) => None,
        });
        let read: BTreeSet<Id> = read.collect();
        read.into_iter().filter_map(|id| self.relation(id)).collect()
    }
}

/// The search path of a definition, where it is not the default.
fn path_of(definition: Option<&Definition>) -> Option<Vec<Text>> {
    Some(definition?.path.as_ref()?.to_vec())
}
