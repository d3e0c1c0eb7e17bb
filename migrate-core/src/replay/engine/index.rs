//! Indexes.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Definition, Dependency, Found, IndexData, Key, Relation};
use crate::replay::model::{CreateIndex, Expression, ObjectKind, QualifiedName};
use crate::replay::resolve::output_name;
use crate::replay::resolve::{Fault, Subject};

impl Engine {
    pub(super) fn create_index(&mut self, index: &CreateIndex) {
        let mut table = None;
        self.check(&mut |resolver| table = resolver.relation(&index.table));
        let Some(table) = table else {
            self.index_of_unknown(index);
            return;
        };
        self.create_index_on(&table, index);
    }

    /// Creates an index of a table, whatever else has the table's name.
    pub(super) fn create_index_on(&mut self, table: &Key, index: &CreateIndex) {
        let index_key = index.name.as_ref().map(|name| self.index_key(table, &name.text));
        let keeps = |key: &Key| {
            index.if_not_exists
                && self.catalog.relations.get(key).is_some_and(|existing| existing.is_certain)
        };
        // Where indexes belong to tables, the name is looked at first.
        if self.dialect.indexes_belong_to_tables() && index_key.as_ref().is_some_and(keeps) {
            return;
        }
        if self.dialect.keeps_source() && self.settles_index(table, index) {
            return;
        }
        let classes = self.classes_of(index);
        if let (Some(key), Some(name)) = (&index_key, &index.name) {
            let name = QualifiedName::bare(name.clone());
            if !index.if_not_exists && self.is_taken(key, &name, Code::M408) {
                return;
            }
        }
        let exists = |engine: &Engine, key: &Key| {
            let existing = engine.catalog.relations.get(key);
            index.if_not_exists && existing.is_some_and(|existing| existing.is_certain)
        };
        if !self.dialect.checks_columns_of_existing_indexes()
            && index_key.as_ref().is_some_and(|key| exists(self, key))
        {
            return;
        }
        let name = table.name.clone();
        let expressions: Vec<Expression> =
            index.items.iter().chain(&index.included).chain(&index.condition).cloned().collect();
        let uses = self.check(&mut |resolver| {
            resolver.over_relation(table, &[&name], &expressions);
            resolver.plain(&expressions, "an index");
            resolver.immutable(&expressions, "an index");
        });
        if index_key.as_ref().is_some_and(|key| exists(self, key)) {
            return;
        }
        if index.classes.is_empty() {
            self.needs_default_class(table, index.method.as_ref(), &index.items);
        }
        let Some(relation) = self.catalog.relations.get(table) else { return };
        let table_id = relation.id;
        let columns: Option<Vec<_>> = index
            .items
            .iter()
            .map(|item| match item {
                Expression::Column(column) => Some(relation.column(&column.parts.last()?.text)?.id),
                _ => None,
            })
            .collect();
        if index.unique
            && let Some(columns) = &columns
        {
            self.covers_partition_key(table, columns, index.table.place());
        }
        let key = index_key.unwrap_or_else(|| {
            let parts = names_of_items(index.items.iter().chain(&index.included));
            if self.dialect.indexes_belong_to_tables() {
                return self.made_up_index(table, parts.first());
            }
            let name = self.made_up_name(table, &parts.join("_"), "idx");
            Key { schema: table.schema.clone(), name }
        });
        let place = index.name.as_ref().map_or(index.table.place(), |name| name.place);
        let id = self.catalog.id();
        let mut entry = Relation::new(id, ObjectKind::Index, self.site(place));
        entry.definition = self.index_definition(index);
        entry.index = Some(IndexData {
            table: table_id,
            columns,
            is_unique: index.unique,
            is_partial: index.condition.is_some(),
            uses: uses
                .into_iter()
                .filter(|used| !matches!(used, Dependency::Relation(_)))
                .chain(classes)
                .collect(),
            of_constraint: false,
            is_implied: false,
        });
        self.catalog.relations_mut().insert(key, Arc::new(entry));
    }

    /// The text of an index; where it has no name, its first column's place stands for it.
    fn index_definition(&self, index: &CreateIndex) -> Option<Definition> {
        let name = index.name.as_ref().map(|name| name.place);
        let first = index.items.first().and_then(|item| match item {
            Expression::Column(column) => Some(column.parts.last()?.place),
            _ => None,
        });
        self.definition(name.or(first)?, Some(index.table.place()))
    }

    /// The index of a table that is not known may be anywhere.
    fn index_of_unknown(&mut self, index: &CreateIndex) {
        if let Some(name) = &index.name {
            self.catalog.unknown_mut().names.insert(name.text.clone());
        }
    }

    pub(super) fn refer_index(&mut self, name: &QualifiedName) {
        let bare: &str = &name.name.text;
        let unsure = self.catalog.unknown.covers(ObjectKind::Index, bare)
            || self.catalog.find_relation(self.dialect, name) != Found::Absent
            // Partitions and copies have indexes under made-up names.
            || self.dialect.names_constraints()
                && self.catalog.relations.values().any(|relation| {
                    relation.is_table()
                        && (relation.is_open
                            || relation.has_hidden_parts
                            || !relation.parents.is_empty())
            });
        if unsure {
            return;
        }
        let named = self
            .catalog
            .relations
            .iter()
            .filter(|(_, relation)| relation.index.is_some())
            .map(|(key, relation)| (&*key.name, relation.site));
        let similar = crate::replay::suggest::closest(bare, named);
        let fault = Fault::unknown_object(
            &self.catalog,
            Code::M409,
            ObjectKind::Index,
            &name.name,
            similar,
        )
        .about(Subject::Other(ObjectKind::Index, name.name.text.clone()));
        self.fault(fault);
    }
}

/// The columns of an index as its made-up name has them: repeated ones with numbers.
///
/// Source: `ChooseIndexColumnNames` in Postgres's `indexcmds.c`.
pub(super) fn names_of_items<'e>(items: impl Iterator<Item = &'e Expression>) -> Vec<String> {
    let name = |item| match &*output_name(item) {
        "?column?" => "expr".to_owned(),
        name => name.to_owned(),
    };
    apart(items.map(name).collect())
}

/// Names of which none is like another: the later ones get numbers.
fn apart(parts: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        let numbered = (1..).map(|number| format!("{part}{number}"));
        let mut candidates = std::iter::once(part.clone()).chain(numbered);
        let free = candidates.find(|name| !names.contains(name));
        names.push(free.unwrap_or(part));
    }
    names
}
