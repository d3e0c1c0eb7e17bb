//! Columns that are added, dropped, renamed, or get another type.

use std::sync::Arc;

use super::Engine;
use super::alter::belongs_to_column;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, Dependency, Key, Relation, Removal, Tombstone};
use crate::replay::model::{
    ColumnDefinition, ConstraintKind, Name, ObjectKind, TableAction, TypeName,
};
use crate::replay::resolve::{Fault, Subject, cannot_count};
use crate::sql::has_word;

impl Engine {
    pub(super) fn add_column(&mut self, key: &Key, column: &ColumnDefinition, if_not_exists: bool) {
        if self.add_bare_column(key, column, if_not_exists) {
            self.constraints_of_column(key, column, |kind| !belongs_to_column(kind));
            self.note_added_column(key, column);
        }
    }

    /// Adds a column without what it demands of rows; says whether it was not there before.
    pub(super) fn add_bare_column(
        &mut self,
        key: &Key,
        column: &ColumnDefinition,
        if_not_exists: bool,
    ) -> bool {
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        let existing = relation.column(&column.name.text);
        if if_not_exists {
            match existing {
                Some(existing) if existing.is_certain => {
                    self.refers_though_it_exists(key);
                    return false;
                }
                Some(_) => {
                    if let Some(found) = self
                        .catalog
                        .relation_mut(key)
                        .and_then(|relation| relation.column_mut(&column.name.text))
                    {
                        found.is_certain = true;
                        found.type_name = Arc::from("");
                        found.may_be_invisible |= column.may_be_invisible;
                    }
                    return false;
                }
                None => {}
            }
        }
        let existed = existing.is_some();
        let mut relation = (**relation).clone();
        if !if_not_exists && relation.is_open {
            // A column that may be there already is not there, or this would fail.
            relation.columns.retain(|own| own.name != column.name.text || own.is_certain);
        }
        let is_doubtful = !relation.is_certain;
        self.new_column(key, column, &mut relation, is_doubtful);
        let id = relation.id;
        self.catalog.relations_mut().insert(key.clone(), Arc::new(relation));
        if existed {
            return false;
        }
        self.column_details(key, std::slice::from_ref(column));
        self.constraints_of_column(key, column, belongs_to_column);
        self.add_to_children(id, key, &column.name.text);
        true
    }

    /// The constraints of a column of which `of_kind` says so; keys first.
    fn constraints_of_column(
        &mut self,
        key: &Key,
        column: &ColumnDefinition,
        of_kind: fn(&ConstraintKind) -> bool,
    ) {
        for keys_first in [true, false] {
            for constraint in column.constraints.iter().filter(|it| of_kind(&it.kind)) {
                let is_key = matches!(
                    constraint.kind,
                    ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. }
                );
                if is_key == keys_first {
                    self.add_constraint(key, Some(&column.name), constraint);
                }
            }
        }
    }

    /// Seen on `MariaDB` 10.11: what a column refers to becomes a foreign key though the column
    /// is there already.
    fn refers_though_it_exists(&mut self, key: &Key) {
        let says = |text: &str| has_word(text, "references", 2);
        if self.dialect.indexes_belong_to_tables()
            && self.text_at_hand().is_some_and(says)
            && let Some(relation) = self.catalog.relation_mut(key)
        {
            relation.has_hidden_parts = true;
        }
    }

    /// Tables that inherit get the column too.
    fn add_to_children(&mut self, parent: crate::replay::catalog::Id, key: &Key, name: &str) {
        let heirs = self.catalog.descendants_of(parent);
        let Some(column) =
            self.catalog.relations.get(key).and_then(|relation| relation.column(name)).cloned()
        else {
            return;
        };
        for heir in heirs {
            let id = self.catalog.id();
            if let Some(relation) = self.catalog.relation_mut(&heir)
                && relation.column(name).is_none()
            {
                let is_always_identity = false;
                relation.columns.push(Column { id, is_always_identity, ..column.clone() });
            }
        }
    }

    pub(super) fn drop_column(&mut self, key: &Key, name: &Name, if_exists: bool, cascade: bool) {
        self.keeps_partition_key(key, name);
        self.keeps_a_column(key, name);
        if self.is_inherited(key, name, "dropped") {
            return;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(column) = relation.column(&name.text) else {
            if !if_exists {
                self.check(&mut |resolver| resolver.column_of(key, name));
            }
            return;
        };
        let ids = (relation.id, column.id);
        let keys: Vec<_> = relation
            .constraints
            .iter()
            .filter_map(|constraint| match &constraint.rule {
                crate::replay::catalog::ConstraintRule::Primary(ids)
                | crate::replay::catalog::ConstraintRule::Unique(ids)
                    if ids.contains(&column.id) =>
                {
                    Some(ids.clone())
                }
                _ => None,
            })
            .collect();
        if self.dialect.only_foreign_keys_restrict() {
            self.shrink_keys(key, name, ids.1);
        }
        let mut removal = Removal::default();
        removal.columns.insert(ids);
        let mut dependents = self.catalog.dependents(&removal);
        for columns in keys {
            dependents.extend(self.catalog.foreign_keys_to(ids.0, &columns));
        }
        // A foreign key of the table to itself goes with its column.
        dependents.retain(|dependent| !matches!(&dependent.victim, crate::replay::catalog::Victim::Constraint(table, _) if table == key));
        let what = format!("column `{}` of `{}`", name.text, key.name);
        if !self.may_drop(name.place, &what, dependents, cascade) {
            return;
        }
        self.note_dropped(ids.0, ids.1, name);
        self.catalog.remove_column(key, &name.text);
        let site = self.site(name.place);
        if let (Some(site), Some(relation)) = (site, self.catalog.relation_mut(key)) {
            relation.gone_columns.push((name.text.clone(), Tombstone { site, renamed_to: None }));
        }
        self.drop_from_children(ids.0, &name.text);
    }

    /// Whether a column certainly comes from a table that this one inherits from, which is where
    /// it can be dropped and renamed; says so.
    ///
    /// Source: `PostgreSQL` 15 manual, `ALTER TABLE`, Notes.
    fn is_inherited(&mut self, key: &Key, name: &Name, act: &str) -> bool {
        let has = |relation: &Relation| {
            let column = relation.column(&name.text);
            relation.is_certain
                && !relation.is_vague
                && column.is_some_and(|column| column.is_certain)
        };
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        if !has(relation) || self.catalog.unknown.covers(ObjectKind::Relation, &key.name) {
            return false;
        }
        let mut parents =
            relation.parents.iter().filter_map(|parent| self.catalog.relation_by_id(*parent));
        let from = parents.find(|(_, parent)| has(parent));
        let Some((parent, _)) = from else { return false };
        let message =
            format!("`{}` of `{}` is inherited, and cannot be {act} here", name.text, key.name);
        let fault = Fault::new(Code::M422, name.place, message)
            .help(format!("do it to `{}`, from which it comes", parent.name));
        self.fault(fault);
        true
    }

    fn drop_from_children(&mut self, parent: crate::replay::catalog::Id, name: &str) {
        for heir in self.catalog.descendants_of(parent) {
            if let Some(column) =
                self.catalog.relation_mut(&heir).and_then(|relation| relation.column_mut(name))
            {
                // It stays where the child declared it as well.
                column.is_certain = false;
            }
        }
    }

    pub(super) fn rename_column(&mut self, key: &Key, from: &Name, to: &Name) {
        self.check(&mut |resolver| resolver.column_of(key, from));
        if from.text == to.text && !self.dialect.refuses_idle_renames() {
            return;
        }
        if self.is_inherited(key, from, "renamed") {
            return;
        }
        let site = self.site(to.place);
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if let Some(existing) = relation.column(&to.text)
            && existing.is_certain
            && relation.is_certain
            && !self.catalog.unknown.may_have_lost(ObjectKind::Column, &to.text)
        {
            let message = format!("`{}` already has a column `{}`", key.name, to.text);
            let fault = Fault::new(Code::M407, to.place, message)
                .at_site(existing.site, "it is added here")
                .about(Subject::Nothing);
            self.fault(fault);
            return;
        }
        let parent = relation.id;
        let id = self.catalog.id();
        let spelled = self.spelling_of(to);
        self.catalog.seen.renamed_columns = true;
        let Some(relation) = self.catalog.relation_mut(key) else { return };
        relation.columns.retain(|column| column.name != to.text);
        if let Some(column) = relation.column_mut(&from.text) {
            column.name = to.text.clone();
            column.spelled.clone_from(&spelled);
            column.site = site.or(column.site);
        } else {
            relation.columns.push(Column::new(id, to.text.clone(), site));
        }
        if let Some(site) = site {
            let tombstone = Tombstone { site, renamed_to: Some(to.text.clone()) };
            relation.gone_columns.push((from.text.clone(), tombstone));
        }
        let column = relation.column(&to.text).map(|column| column.id);
        if let Some(column) = column {
            let what = Dependency::Column(parent, column);
            let to = spelled.as_ref().unwrap_or(&to.text);
            self.catalog.note_rename(what, &from.text, to);
        }
        for heir in self.catalog.descendants_of(parent) {
            if let Some(column) = self
                .catalog
                .relation_mut(&heir)
                .and_then(|relation| relation.column_mut(&from.text))
            {
                column.name = to.text.clone();
            }
        }
    }

    /// The expression that converts a column: it is read before anything is altered, and may
    /// speak of columns that the same statement drops.
    ///
    /// Source: `ATPrepAlterColumnType` in Postgres's `tablecmds.c`.
    pub(super) fn conversion(&mut self, key: &Key, action: &TableAction) {
        let TableAction::SetType { column, type_name, using: Some(using) } = action else { return };
        self.check(&mut |resolver| resolver.column_of(key, column));
        let name = key.name.clone();
        let mut known = None;
        self.check(&mut |resolver| {
            resolver.over_relation(key, &[&name], std::slice::from_ref(using));
            known = resolver.known_value(using);
        });
        self.makes_the_type(key, type_name, using, known);
    }

    pub(super) fn set_type(
        &mut self,
        key: &Key,
        column: &Name,
        type_name: &TypeName,
        is_converted: bool,
    ) {
        self.check(&mut |resolver| resolver.column_of(key, column));
        let uses = self.check(&mut |resolver| resolver.type_name(type_name));
        self.keeps_partition_key(key, column);
        self.may_change_type(key, column, type_name, is_converted);
        self.default_follows(key, column, type_name);
        let id = self.catalog.relations.get(key).map(|relation| relation.id);
        let heirs = id.map(|id| self.catalog.descendants_of(id)).unwrap_or_default();
        for key in std::iter::once(key).chain(&heirs) {
            let relation = self.catalog.relation_mut(key);
            if let Some(column) = relation.and_then(|relation| relation.column_mut(&column.text)) {
                column.type_name = type_name.written.clone();
                column.is_converted |= column.default.is_some();
                column.uses.retain(|used| !matches!(used, Dependency::Type(_)));
                column.uses.extend(uses.iter().copied());
            }
        }
        self.keeps_foreign_keys(key, column);
    }

    /// The only column of a table does not go, where tables without columns are refused.
    pub(super) fn keeps_a_column(&mut self, key: &Key, name: &Name) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let is_only = self.dialect.keeps_source()
            && crate::replay::resolve::is_closed(relation)
            && relation.columns.len() == 1
            && relation.column(&name.text).is_some();
        if is_only {
            let message = format!("`{}` is the only column of `{}`", name.text, key.name);
            let fault = Fault::new(Code::M422, name.place, message).help("drop the table instead");
            self.fault(fault);
        }
    }

    /// A fault where a new column that shall count by itself certainly is no integer.
    pub(super) fn can_count(&mut self, key: &Key, column: &Name) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text) else { return };
        if !self.dialect.checks_signatures() || !found.is_certain || !cannot_count(&found.type_name)
        {
            return;
        }
        let message = format!("`{}` is `{}`, which does not count", column.text, found.type_name);
        let fault = Fault::new(Code::M416, column.place, message)
            .help("an identity is `smallint`, `integer` or `bigint`");
        self.fault(fault);
    }

    pub(super) fn set_identity(&mut self, key: &Key, column: &Name, always: bool) {
        if let Some(column) = self.column_mut(key, column) {
            column.is_always_identity = always;
        }
    }

    pub(super) fn drop_identity(&mut self, key: &Key, column: &Name) {
        self.check(&mut |resolver| resolver.column_of(key, column));
        self.set_identity(key, column, false);
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text) else { return };
        // With `IF EXISTS` there may have been none, and the sequence another's.
        let owner = Some((relation.id, found.id));
        for sequence in self.catalog.relations_of(relation.id, |other| other.owner == owner) {
            self.doubt_relation(&sequence);
        }
    }

    pub(super) fn make_ordinary(&mut self, key: &Key, column: &Name) {
        self.check(&mut |resolver| resolver.column_of(key, column));
        let Some(relation) = self.catalog.relation_mut(key) else { return };
        if let Some(column) = relation.column_mut(&column.text) {
            column.is_generated = false;
            column.uses.retain(|used| matches!(used, Dependency::Type(_)));
        }
    }
}
