//! Types, sequences, views, functions and everything of which only the text is known.

use std::ops::Range;

use super::renamed::Scope;
use super::table::doubts;
use super::{Writer, Written, path_of};
use crate::replay::catalog::{
    Column, Definition, Dependency, Function, Key, Relation, RenameEvent, SimpleObject, TypeData,
    TypeKind,
};
use crate::replay::engine::object_name;
use crate::replay::model::{ObjectKind, Text};
use crate::replay::tokens::{Tokens, splice};

/// What `*` stands for in a view.
enum Stars {
    /// Just what it stands for now.
    None,
    /// These columns, in the place of one star.
    One(Range<usize>, String),
    /// More than it did, and that cannot be put into words.
    Several,
}

impl Writer<'_> {
    /// A text without words that say what to do about something that is there already.
    pub(crate) fn tidy(&self, text: &str) -> String {
        let tokens = Tokens::new(text, self.database);
        let mut edits = Vec::new();
        let mut index = 0;
        // They stand in front of the name.
        while index < tokens.len().min(12) {
            let length = if tokens.is(index, "IF") && tokens.is(index + 1, "NOT") {
                3
            } else if tokens.is(index, "OR") && tokens.is(index + 1, "REPLACE") {
                2
            } else if tokens.is(index, "CONCURRENTLY") {
                1
            } else {
                index += 1;
                continue;
            };
            let start = tokens.range(index).start;
            edits.push((start..tokens.range(index + length).start, String::new()));
            index += length;
        }
        splice(text, &edits)
    }

    /// A statement as it was written, under the name its object has now.
    pub(super) fn whole(
        &self,
        definition: &Definition,
        name: String,
        scope: &Scope,
    ) -> Option<Written> {
        let slots = [(definition.own(), name)];
        let renamed = self.renamed(definition, 0..definition.text().len(), &slots, scope)?;
        let written = Written::of(self.tidy(&renamed.text));
        Some(Written { path: path_of(Some(definition)), ..written })
    }

    /// The statement that makes a view.
    pub(crate) fn view(&self, key: &Key, relation: &Relation) -> Written {
        let what = format!("{} `{}`", relation.kind.noun(), key.name);
        let Some(definition) = &relation.definition else { return Written::unknown(&what) };
        let name = self.qualified_as_written(key, Some(definition));
        let rewrites = self.spelling.rewrites_texts();
        if !rewrites && self.is_broken(definition, relation) {
            return Written::default().note(format!("{what} names what is no longer there"));
        }
        let scope = Scope {
            uses: if rewrites { relation.uses.clone() } else { Vec::new() },
            is_vague: rewrites && !self.dialect.checks_views(),
            ..Scope::default()
        };
        let text = definition.text();
        let slots = [(definition.own(), name.clone())];
        let Some(renamed) = self.renamed(definition, 0..text.len(), &slots, &scope) else {
            return Written::unknown(&what);
        };
        let mut sql = self.tidy(&renamed.text);
        let tokens = Tokens::new(&sql, self.database);
        if tokens.is(0, "ALTER") {
            sql = splice(&sql, &[(tokens.range(0), "CREATE".to_owned())]);
        }
        let stars = self.stars(&sql, relation);
        if let Stars::One(at, columns) = &stars {
            sql = splice(&sql, &[(at.clone(), columns.clone())]);
        }
        let is_renamed = definition.renames_since(self.catalog).iter().any(|event| {
            matches!(event, RenameEvent::Object { what: Dependency::Column(view, _), .. }
                if *view == relation.id)
        });
        // A view keeps the names of its columns, whatever happens to the ones behind them.
        if renamed.has_renamed_columns || is_renamed || matches!(stars, Stars::One(..)) {
            let Some(listed) = self.with_columns(&sql, &name, relation) else {
                return Written::unknown(&what);
            };
            sql = listed;
        }
        let mut written = Written { path: path_of(Some(definition)), ..Written::of(sql) };
        if let Some(name) = self.later_namesake(&written.sql, relation) {
            written = written.note(format!("`{name}` in it may be of either of two tables by now"));
        }
        if renamed.has_renamed_columns && text.to_ascii_uppercase().contains("USING") {
            written = written.note("it joins by a column that has another name now");
        }
        if matches!(stars, Stars::Several) {
            written = written.note("it selects `*`: columns that came later are in it too");
        }
        doubts(relation, written)
    }

    /// A column that a view names without its table, and that a second one of its tables has
    /// got since.
    fn later_namesake(&self, sql: &str, view: &Relation) -> Option<Text> {
        let made = view.columns.iter().map(|column| column.id).min()?;
        let tokens = Tokens::new(sql, self.database);
        let is_bare = |name: &str| {
            (1..tokens.len()).any(|at| tokens.is_name(at, name) && tokens.word(at - 1) != ".")
        };
        let tables: Vec<_> = self.tables_of(view).into_iter().map(|(_, table)| table).collect();
        let later = tables.iter().flat_map(|table| {
            let is_later = |column: &&Column| {
                let was_renamed = table
                    .gone_columns
                    .iter()
                    .any(|(_, tombstone)| tombstone.renamed_to.as_ref() == Some(&column.name));
                column.id > made || was_renamed
            };
            table.columns.iter().filter(is_later)
        });
        let has_namesake = |column: &&Column| {
            tables.iter().filter(|table| table.column(&column.name).is_some()).count() > 1
        };
        let mut later = later.filter(has_namesake);
        later.find(|column| is_bare(&column.name)).map(|column| column.name.clone())
    }

    /// What `*` stands for in a view whose tables have changed since it was made.
    fn stars(&self, sql: &str, view: &Relation) -> Stars {
        let tokens = Tokens::new(sql, self.database);
        let is_star = |index: &usize| {
            tokens.word(*index) == "*"
                && *index > 0
                && tokens.is_any(index - 1, &["SELECT", "DISTINCT", "ALL", ",", "."])
        };
        let stars: Vec<usize> = (0..tokens.len()).filter(is_star).collect();
        let Some(made) = view.columns.iter().map(|column| column.id).min() else {
            return Stars::None;
        };
        let tables = self.tables_of(view);
        let has_changed = tables.iter().any(|(_, table)| {
            table.columns.iter().any(|column| column.id > made)
                || table.gone_columns.iter().any(|_| true)
        });
        if stars.is_empty() || !has_changed {
            return Stars::None;
        }
        let ([star], [(_, table)]) = (stars.as_slice(), tables.as_slice()) else {
            return Stars::Several;
        };
        let names: Vec<_> = table
            .columns
            .iter()
            .filter(|column| column.id < made)
            .map(|column| self.column_name(column))
            .collect();
        let is_all = tokens.is_any(star - 1, &["SELECT"]) && tokens.is(star + 1, "FROM");
        if is_all && names.len() == view.columns.len() {
            Stars::One(tokens.range(*star), names.join(", "))
        } else {
            Stars::Several
        }
    }

    /// Whether a view names what was dropped or renamed, and nobody minded.
    fn is_broken(&self, definition: &Definition, view: &Relation) -> bool {
        let scope = Scope { uses: view.uses.clone(), ..Scope::default() };
        let is_gone = |used: &Dependency| match used {
            Dependency::Relation(id) => self.relation(*id).is_none(),
            Dependency::Column(id, column) => self
                .relation(*id)
                .is_none_or(|(_, relation)| relation.columns.iter().all(|own| own.id != *column)),
            Dependency::Function(_)
            | Dependency::PerhapsFunction(_)
            | Dependency::Type(_)
            | Dependency::Typed(_) => false,
        };
        view.uses.iter().any(is_gone)
            || definition.renames_since(self.catalog).iter().any(|event| event.is_within(&scope))
    }

    /// A view's statement with the list of its columns, where it has none.
    fn with_columns(&self, sql: &str, name: &str, relation: &Relation) -> Option<String> {
        let tokens = Tokens::new(sql, self.database);
        let end = sql.find(name)? + name.len();
        if tokens.word(tokens.at(end)) == "(" {
            return Some(sql.to_owned());
        }
        if relation.is_open || relation.columns.iter().any(|column| !column.is_certain) {
            // Its columns are not known; the server knows them by the text it was given.
            return (!self.dialect.checks_views()).then(|| sql.to_owned());
        }
        let columns: Vec<_> =
            relation.columns.iter().map(|column| self.quote(&column.name)).collect();
        Some(splice(sql, &[(end..end, format!(" ({})", columns.join(", ")))]))
    }

    /// The statement that makes a type.
    pub(crate) fn type_of_catalog(&self, key: &Key, data: &TypeData) -> Written {
        let name = self.qualified(key);
        if let TypeKind::Enum { labels, is_open } = &data.kind {
            let labels: Vec<_> = labels.iter().map(|label| self.database.literal(label)).collect();
            let written =
                Written::of(format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")));
            return if *is_open { written.note("it may have other labels") } else { written };
        }
        let whole = data
            .definition
            .as_ref()
            .and_then(|definition| self.whole(definition, name, &Scope::default()));
        whole.unwrap_or_else(|| Written::unknown(&format!("type `{}`", key.name)))
    }

    /// The statement that makes a sequence, whose owner is named later.
    pub(crate) fn sequence(&self, key: &Key, relation: &Relation) -> Option<Written> {
        // Those without a text come with a column.
        if let Some(stored) = self.counts_apart(relation) {
            return Some(Written::of(format!(
                "CREATE SEQUENCE {} AS {stored}",
                self.qualified(key)
            )));
        }
        let definition = relation.definition.as_ref()?;
        let written = self.whole(definition, self.qualified(key), &Scope::default())?;
        let tokens = Tokens::new(&written.sql, self.database);
        let Some(owned) = tokens.find(0, &["OWNED"]) else { return Some(written) };
        let mut end = owned + 3;
        while tokens.word(end) == "." {
            end += 2;
        }
        let start = tokens.range(owned).start;
        let sql = splice(&written.sql, &[(start..tokens.range(end).start, String::new())]);
        Some(Written { sql: sql.trim_end().to_owned(), ..written })
    }

    /// Gives the sequence of a column the name it has, where that is not the one that the
    /// server makes up.
    pub(crate) fn sequence_name(&self, key: &Key, relation: &Relation) -> Option<Written> {
        let (table, column) = relation.owner.filter(|_| relation.definition.is_none())?;
        if self.counts_apart(relation).is_some() {
            return None;
        }
        let (table_key, table) = self.relation(table)?;
        let column = table.columns.iter().find(|own| own.id == column)?;
        if !self.dialect.names_constraints() || !relation.is_certain || !table.is_certain {
            return None;
        }
        let made = relation.said_name.clone().unwrap_or_else(|| Key {
            schema: table_key.schema.clone(),
            name: object_name(&table_key.name, &column.name, "seq").into(),
        });
        if made.name == key.name {
            return None;
        }
        let (from, to) = (self.qualified(&made), self.quote(&key.name));
        Some(Written::of(format!("ALTER SEQUENCE {from} RENAME TO {to}")))
    }

    /// Gives a sequence of its own to its column.
    pub(crate) fn sequence_owner(&self, key: &Key, relation: &Relation) -> Option<Written> {
        if relation.definition.is_none() && self.counts_apart(relation).is_none() {
            return None;
        }
        let (table, column) = relation.owner?;
        let (table_key, _) = self.relation(table)?;
        let column = self.columns(table, &[column])?;
        let (name, table) = (self.qualified(key), self.qualified(table_key));
        Some(Written::of(format!("ALTER SEQUENCE {name} OWNED BY {table}.{column}")))
    }

    /// The statement that makes a function, procedure or aggregate.
    pub(crate) fn function(&self, key: &Key, function: &Function) -> Written {
        let what = format!("function `{}`", key.name);
        // Names in its body are looked up when it runs: only those of types follow.
        let types = function.uses.clone();
        let scope = Scope { uses: types, ..Scope::default() };
        let whole = function.definition.as_ref().and_then(|definition| {
            let name = self.qualified_as_written(key, Some(definition));
            self.whole(definition, name, &scope)
        });
        let written = whole.unwrap_or_else(|| Written::unknown(&what));
        if function.is_certain { written } else { written.unsure() }
    }

    /// The statement that makes an extension, collation, publication or other object.
    pub(crate) fn other(&self, kind: ObjectKind, name: &Text, object: &SimpleObject) -> Written {
        let what = format!("{} `{name}`", kind.noun());
        let whole = object
            .definition
            .as_ref()
            .and_then(|definition| self.whole(definition, self.quote(name), &Scope::default()));
        let mut written = whole.unwrap_or_else(|| Written::unknown(&what));
        if kind == ObjectKind::Extension && !written.sql.is_empty() {
            let sql = written.sql.replacen("EXTENSION", "EXTENSION IF NOT EXISTS", 1);
            written.sql = sql.replacen("extension", "EXTENSION IF NOT EXISTS", 1);
        }
        if object.is_certain { written } else { written.unsure() }
    }
}
