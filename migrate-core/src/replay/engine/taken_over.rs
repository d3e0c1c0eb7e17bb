//! Columns that a new table takes from what is there: a parent, a pattern or a query.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, Constraint, Dependency, Found, Relation};
use crate::replay::model::{Like, ObjectKind, QualifiedName, Text};
use crate::replay::resolve::Outputs;

impl Engine {
    /// `INHERITS` and `PARTITION OF`: the parent's columns, and its keys under other names.
    pub(super) fn inherit(&mut self, parent: &QualifiedName, relation: &mut Relation) {
        let mut found = None;
        self.check(&mut |resolver| found = resolver.relation(parent));
        let Some(parent) = found.and_then(|key| self.catalog.relations.get(&key)).cloned() else {
            relation.is_open = true;
            return;
        };
        self.catalog.seen.inheritance = true;
        relation.parents.push(parent.id);
        relation.is_open |= parent.is_open;
        for column in &parent.columns {
            if relation.column(&column.name).is_none() {
                let id = self.catalog.id();
                // Servers before 17 let no partition count by itself.
                let is_always_identity = false;
                relation.columns.push(Column { id, is_always_identity, ..column.clone() });
            }
        }
        // Keys, checks and indexes of the parent come along under names of their own.
        for constraint in &parent.constraints {
            relation.constraints.push(Constraint { is_certain: false, ..constraint.clone() });
        }
    }

    /// `LIKE`.
    pub(super) fn copy_columns(&mut self, like: &Like, relation: &mut Relation) {
        let is_type =
            matches!(self.catalog.find_relation(self.dialect, &like.table), Found::Absent)
                && self.type_key(&like.table).is_some();
        if is_type {
            // The fields of a type become columns; it has nothing else.
            relation.is_open = true;
            return;
        }
        let mut found = None;
        self.check(&mut |resolver| found = resolver.relation(&like.table));
        let Some(other) = found.and_then(|key| self.catalog.relations.get(&key)).cloned() else {
            relation.is_open = true;
            return;
        };
        relation.is_open |= other.is_open;
        relation.ignores_foreign_keys |= other.ignores_foreign_keys;
        for column in &other.columns {
            let id = self.catalog.id();
            let uses = column
                .uses
                .iter()
                .copied()
                .filter(|used| matches!(used, Dependency::Type(_)))
                .collect();
            // There the statement says nothing but `LIKE`, and makes them anew with it.
            let said =
                column.definition.clone().filter(|_| !self.dialect.indexes_belong_to_tables());
            let written = column.definition.as_ref().and_then(|definition| {
                let name = definition.text().get(definition.own().range())?;
                let name = name.trim_matches(['`', '"', '[', ']']);
                name.eq_ignore_ascii_case(&column.name).then(|| Text::from(name))
            });
            let spelled = column.spelled.clone().or(written);
            let mut copy =
                Column { id, uses, definition: said, counts: false, spelled, ..column.clone() };
            copy.is_generated &= like.with_generated;
            copy.is_always_identity &= like.with_identity;
            if !like.with_defaults {
                copy.default = None;
            }
            relation.columns.push(copy);
        }
        relation.has_hidden_parts |= like.with_indexes || like.with_constraints;
        if like.with_indexes || like.with_constraints {
            // Copied keys get names that are not worked out here.
            for constraint in &other.constraints {
                relation.constraints.push(Constraint { is_certain: false, ..constraint.clone() });
            }
        }
    }

    /// `AS SELECT …`.
    pub(super) fn add_outputs(&mut self, relation: &mut Relation, outputs: Outputs) {
        relation.is_open |= outputs.is_open;
        for output in outputs.columns {
            let id = self.catalog.id();
            relation.columns.push(Column::new(id, output.name, relation.site));
        }
    }

    /// `SELECT … INTO table`.
    pub(super) fn create_from_outputs(&mut self, name: &QualifiedName, outputs: Outputs) {
        let key = self.new_key(name);
        if self.is_taken(&key, name, Code::M406) {
            return;
        }
        let id = self.catalog.id();
        let mut relation = Relation::new(id, ObjectKind::Table, self.site(name.place()));
        relation.definition = self.definition(name.place(), None);
        self.add_outputs(&mut relation, outputs);
        self.catalog.relations_mut().insert(key, Arc::new(relation));
    }
}
