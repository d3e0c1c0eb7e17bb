//! Primary and unique keys, and the indexes they come with.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{ConstraintRule, Id, IndexData, Key, Relation};
use crate::replay::model::{Constraint, Name, ObjectKind, QualifiedName, Text};
use crate::replay::resolve::Fault;

impl Engine {
    pub(super) fn add_key(
        &mut self,
        key: &Key,
        constraint: &Constraint,
        columns: &[Name],
        using_index: Option<&Name>,
        is_primary: bool,
    ) {
        if let Some(index) = using_index {
            self.key_from_index(key, constraint, index, is_primary);
            return;
        }
        let repeated = columns.iter().enumerate().find(|(index, column)| {
            columns[..*index].iter().any(|other| other.text == column.text)
        });
        if let Some((_, column)) = repeated.filter(|_| self.dialect.checks_signatures()) {
            let message = format!("column `{}` stands twice in one key", column.text);
            self.fault(Fault::new(Code::M407, column.place, message));
        }
        let ids = self.column_ids(key, columns);
        self.key_needs_default_class(key, columns);
        if is_primary {
            self.second_primary_key(key, constraint);
            for column in columns {
                self.set_not_null(key, column, true);
            }
        }
        let names: Vec<_> = columns.iter().map(|column| &*column.text).collect();
        let (second, label) =
            if is_primary { (String::new(), "pkey") } else { (names.join("_"), "key") };
        if let Some(name) = &constraint.name
            && self.dialect.names_constraints()
        {
            let index = QualifiedName::bare(name.clone());
            self.is_taken(&self.index_key(key, &name.text), &index, Code::M408);
        }
        if let Some(ids) = &ids {
            self.covers_partition_key(key, ids, constraint.place);
        }
        let ids = ids.unwrap_or_else(|| {
            // A key over columns that are not known may be any key.
            if let Some(relation) = self.catalog.relation_mut(key) {
                relation.is_open = true;
            }
            Vec::new()
        });
        let rule = if is_primary {
            ConstraintRule::Primary(ids.clone())
        } else {
            ConstraintRule::Unique(ids.clone())
        };
        let name = self.add_entry(key, constraint, &second, label, rule);
        if self.dialect.names_constraints() {
            self.add_key_index(key, &name, Some(ids));
        }
    }

    fn second_primary_key(&mut self, key: &Key, constraint: &Constraint) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let existing = relation
            .constraints
            .iter()
            .find(|other| matches!(other.rule, ConstraintRule::Primary(_)));
        let Some(existing) = existing.filter(|other| other.is_certain && relation.is_certain)
        else {
            return;
        };
        if self.catalog.unknown.has_kind(ObjectKind::Constraint)
            || self.catalog.unknown.may_have_lost(ObjectKind::Constraint, &existing.name)
        {
            return;
        }
        let message = format!("`{}` already has a primary key", key.name);
        let fault = Fault::new(Code::M408, constraint.place, message)
            .at_site(existing.site, "it is added here");
        self.fault(fault);
    }

    fn key_from_index(
        &mut self,
        key: &Key,
        constraint: &Constraint,
        index: &Name,
        is_primary: bool,
    ) {
        let index_key = Key::of(&key.schema, index);
        let data = self.catalog.relations.get(&index_key).and_then(|found| found.index.clone());
        let Some(data) = data else {
            self.refer_index(&QualifiedName::bare(index.clone()));
            if let Some(relation) = self.catalog.relation_mut(key) {
                relation.is_open = true;
            }
            return;
        };
        let ids = data.columns.unwrap_or_default();
        let rule =
            if is_primary { ConstraintRule::Primary(ids) } else { ConstraintRule::Unique(ids) };
        // The index takes the constraint's name.
        let name = constraint.name.as_ref().unwrap_or(index).clone();
        let renamed = Constraint { name: Some(name.clone()), ..constraint.clone() };
        let relations = self.catalog.relations_mut();
        if let Some(mut found) = relations.remove(&index_key) {
            if let Some(data) = Arc::make_mut(&mut found).index.as_mut() {
                data.of_constraint = true;
            }
            relations.insert(Key::of(&key.schema, &name), found);
        }
        self.add_entry(key, &renamed, "", "key", rule);
    }

    /// The index behind a key or exclusion.
    pub(super) fn add_key_index(&mut self, key: &Key, name: &Text, columns: Option<Vec<Id>>) {
        let Some(table) = self.catalog.relations.get(key) else { return };
        let (table_id, site) = (table.id, table.site);
        let id = self.catalog.id();
        let mut index = Relation::new(id, ObjectKind::Index, site);
        index.index = Some(IndexData {
            table: table_id,
            columns,
            is_unique: true,
            is_partial: false,
            uses: Vec::new(),
            of_constraint: true,
            is_implied: false,
        });
        let index_key = self.index_key(key, name);
        self.catalog.relations_mut().insert(index_key, Arc::new(index));
    }
}
