//! `ALTER TABLE` and its kin.

use std::sync::Arc;

use super::Engine;
use crate::replay::catalog::{Dependency, Found, Key};
use crate::replay::model::{
    AlterTable, ColumnDefinition, Constraint, ConstraintKind, Name, ObjectKind, QualifiedName,
    TableAction,
};
use crate::sql::has_word;

/// What is done in one of the server's passes.
enum Step<'a> {
    Action(&'a TableAction),
    /// What a column demands that the statement adds: it may speak of all of them.
    Demand(&'a ColumnDefinition, &'a Constraint),
}

impl Engine {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) {
        let key = match self.catalog.find_relation(self.dialect, &alter.name) {
            Found::Present(key) => key,
            Found::Unknown => {
                self.doubt_namesakes(&alter.name);
                for action in &alter.actions {
                    if let TableAction::RenameTo(to) = action {
                        self.catalog.unknown_mut().names.insert(to.name.text.clone());
                    }
                }
                return;
            }
            Found::Absent => {
                if !alter.if_exists {
                    self.missing_relation(&alter.name);
                }
                return;
            }
        };
        for action in &alter.actions {
            self.conversion(&key, action);
        }
        self.suits_its_column(&key, alter);
        let mut steps: Vec<(u8, Step<'_>)> = Vec::new();
        for action in &alter.actions {
            steps.push((pass(action), Step::Action(action)));
            if let TableAction::AddColumn { column, .. } = action
                && self.dialect.checks_signatures()
            {
                let later = column.constraints.iter().filter(|it| !belongs_to_column(&it.kind));
                steps.extend(later.map(|it| (pass_of(&it.kind), Step::Demand(column, it))));
            }
        }
        // The server works in passes, whatever the order of the actions.
        steps.sort_by_key(|(pass, _)| *pass);
        let mut key = key;
        let mut added: Vec<&ColumnDefinition> = Vec::new();
        for (_, step) in steps {
            match step {
                Step::Demand(column, constraint) => {
                    if added.iter().any(|it| std::ptr::eq(*it, column)) {
                        self.add_constraint(&key, Some(&column.name), constraint);
                    }
                }
                Step::Action(action) => {
                    if self.dialect.keeps_source() && self.kept_action(&key, action) {
                        continue;
                    }
                    match action {
                        TableAction::AddColumn { if_not_exists, column }
                            if self.dialect.checks_signatures() =>
                        {
                            if self.add_bare_column(&key, column, *if_not_exists) {
                                added.push(column);
                            }
                        }
                        _ => self.table_action(&mut key, action),
                    }
                    self.amend_table(&key, alter, action);
                }
            }
        }
        for column in added {
            self.note_added_column(&key, column);
        }
    }

    fn table_action(&mut self, key: &mut Key, action: &TableAction) {
        match action {
            TableAction::AddColumn { if_not_exists, column } => {
                self.add_column(key, column, *if_not_exists);
            }
            TableAction::DropColumn { name, if_exists, cascade } => {
                self.drop_column(key, name, *if_exists, *cascade);
            }
            TableAction::RenameColumn { from, to } => self.rename_column(key, from, to),
            TableAction::RenameTo(to) => {
                if let Some(renamed) = self.rename_relation(key, &to.name) {
                    *key = renamed;
                }
            }
            TableAction::SetSchema(schema) => {
                self.require_schema(schema);
                *key = self.move_relation(key, schema);
            }
            TableAction::AddConstraint(constraint) => self.add_constraint(key, None, constraint),
            TableAction::DropConstraint { name, if_exists, cascade } => {
                self.drop_constraint(key, name, *if_exists, *cascade);
            }
            TableAction::RenameConstraint { from, to } => self.rename_constraint(key, from, to),
            TableAction::ReferConstraint(name) => {
                self.constraint_exists(key, name);
            }
            TableAction::SetType { column, type_name, using } => {
                self.set_type(key, column, type_name, using.is_some());
            }
            TableAction::SetDefault { column, value, source } => {
                self.check(&mut |resolver| resolver.column_of(key, column));
                self.set_default(key, column, value, source);
                self.forget_on_update(key, column);
            }
            TableAction::DropDefault(column) => self.drop_default(key, column),
            TableAction::Place { column, after } => {
                if let Some(relation) = self.catalog.relation_mut(key) {
                    relation.put_column(&column.text, after.as_ref().map(|after| &*after.text));
                }
            }
            TableAction::SetNotNull(column, not_null) => {
                self.check(&mut |resolver| resolver.column_of(key, column));
                self.set_not_null(key, column, *not_null);
            }
            TableAction::AddIdentity(column, identity) => {
                self.check(&mut |resolver| resolver.column_of(key, column));
                self.owned_sequence(key, column, identity.sequence.as_ref());
                self.set_identity(key, column, identity.always);
            }
            TableAction::SetIdentity { column, always } => {
                self.check(&mut |resolver| resolver.column_of(key, column));
                self.set_identity(key, column, *always);
            }
            TableAction::DropIdentity(column) => self.drop_identity(key, column),
            TableAction::DropGenerated(column) => self.make_ordinary(key, column),
            TableAction::Redefine(column) => {
                let definition = self.definition(column.place, None);
                if let Some(column) = self
                    .catalog
                    .relation_mut(key)
                    .and_then(|relation| relation.column_mut(&column.text))
                {
                    column.definition = definition;
                    column.spelled = None;
                }
            }
            TableAction::SetInvisible(column, may_be) => {
                self.check(&mut |resolver| resolver.column_of(key, column));
                if let Some(column) = self.column_mut(key, column) {
                    column.may_be_invisible = *may_be;
                }
            }
            TableAction::ReferColumn(column) => {
                self.check(&mut |resolver| resolver.column_of(key, column));
            }
            TableAction::ReferTrigger(name) => self.refer_part(key, ObjectKind::Trigger, name),
            TableAction::ReferRule(name) => self.refer_part(key, ObjectKind::Rule, name),
            TableAction::ReferIndex(name) => {
                let name = QualifiedName {
                    schema: Some(Name { text: key.schema.clone(), place: name.place }),
                    name: name.clone(),
                };
                self.refer_index(&name);
            }
            TableAction::ReferRole(name) => self.refer_other(ObjectKind::Role, name),
            TableAction::AttachPartition(table) | TableAction::DetachPartition(table) => {
                self.partition(key, table, matches!(action, TableAction::AttachPartition(_)));
            }
            TableAction::Inherit(table) => self.inherit_from(key, table, true),
            TableAction::NoInherit(table) => self.inherit_from(key, table, false),
            TableAction::RowSecurity(_) | TableAction::IgnoreForeignKeys(_) => {
                self.set_property(key, action);
            }
            TableAction::Settle => self.settle(key),
            TableAction::CountsOnce(at) => self.counts_once(key, *at),
            TableAction::Nothing => {}
        }
    }

    fn drop_default(&mut self, key: &Key, column: &Name) {
        self.check(&mut |resolver| resolver.column_of(key, column));
        if let Some(column) = self.column_mut(key, column) {
            column.default = None;
            column.counts = false;
            column.uses.retain(|used| matches!(used, Dependency::Type(_)));
        }
    }

    /// Seen on `MariaDB` 10.11: a column with another default is not set on updates any more,
    /// and what its definition says of it is no longer so.
    fn forget_on_update(&mut self, key: &Key, column: &Name) {
        if !self.dialect.indexes_belong_to_tables() {
            return;
        }
        let at_hand = self.text_at_hand().map(str::to_owned);
        if let Some(column) = self.column_mut(key, column)
            && let Some(definition) = &column.definition
            && at_hand.as_deref() != Some(definition.text())
            && has_word(definition.text(), "on update", 4)
        {
            column.type_name = Arc::from("");
        }
    }

    fn set_property(&mut self, key: &Key, action: &TableAction) {
        let Some(relation) = self.catalog.relation_mut(key) else { return };
        match action {
            TableAction::RowSecurity(on) => relation.row_security = Some(*on),
            TableAction::IgnoreForeignKeys(ignores) => relation.ignores_foreign_keys = *ignores,
            _ => {}
        }
    }

    fn partition(&mut self, key: &Key, table: &QualifiedName, attach: bool) {
        self.catalog.seen.inheritance = true;
        let mut child = None;
        self.check(&mut |resolver| child = resolver.relation(table));
        if let Some(child) = &child {
            self.refuse_partition(key, (child, table), attach);
        }
        let Some(parent) = self.catalog.relations.get(key).map(|relation| relation.id) else {
            return;
        };
        if let Some(relation) = child.and_then(|child| self.catalog.relation_mut(&child)) {
            relation.parents.retain(|other| *other != parent);
            if attach {
                relation.parents.push(parent);
            }
            relation.is_partition = attach;
            // Keys and indexes of the parent may come along under made-up names.
            relation.has_hidden_parts = true;
        }
    }
}

/// Whether a constraint is part of its column from the beginning.
pub(super) fn belongs_to_column(kind: &ConstraintKind) -> bool {
    matches!(
        kind,
        ConstraintKind::NotNull
            | ConstraintKind::Null
            | ConstraintKind::Default(..)
            | ConstraintKind::Generated(_)
            | ConstraintKind::Identity(_)
    )
}

/// The pass in which Postgres runs an action.
///
/// Source: `AlterTablePass` in Postgres's `tablecmds.c`.
fn pass(action: &TableAction) -> u8 {
    match action {
        TableAction::DropColumn { .. }
        | TableAction::DropConstraint { .. }
        | TableAction::DropDefault(_) => 0,
        TableAction::SetType { .. } => 1,
        TableAction::AddColumn { .. } => 2,
        TableAction::AddConstraint(constraint) => pass_of(&constraint.kind),
        _ => 6,
    }
}

/// The pass of a constraint, which is the same behind a column that is added.
fn pass_of(kind: &ConstraintKind) -> u8 {
    match kind {
        ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. } => 4,
        ConstraintKind::Foreign { .. } => 5,
        _ => 3,
    }
}
