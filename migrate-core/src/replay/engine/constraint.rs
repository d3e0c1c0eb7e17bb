//! Constraints of tables.

use super::Engine;
use super::index::names_of_items;
use crate::diagnostics::Code;
use crate::replay::catalog::{Constraint as Entry, ConstraintRule, Dependency, Id, Key};
use crate::replay::model::{Constraint, ConstraintKind, Expression, Name, ObjectKind, Text};
use crate::replay::resolve::Fault;

impl Engine {
    /// Adds what a constraint of a column or table demands.
    pub(super) fn add_constraint(
        &mut self,
        key: &Key,
        column: Option<&Name>,
        constraint: &Constraint,
    ) {
        match &constraint.kind {
            ConstraintKind::NotNull => {
                if let Some(column) = column {
                    self.set_not_null(key, column, true);
                }
            }
            ConstraintKind::Null => {}
            ConstraintKind::Identity(identity) => {
                if let Some(column) = column {
                    self.can_count(key, column);
                    self.set_identity(key, column, identity.always);
                }
            }
            ConstraintKind::Default(value, source) => {
                if let Some(column) = column {
                    self.set_default(key, column, value, source);
                }
            }
            ConstraintKind::Generated(value) => {
                let name = key.name.clone();
                let values = std::slice::from_ref(value);
                let uses = self.check(&mut |resolver| {
                    resolver.over_relation(key, &[&name], values);
                    resolver.plain(values, "a generated column");
                    resolver.immutable(values, "a generated column");
                    if let Some(column) = column {
                        resolver.value_for_column(key, column, value.alone());
                    }
                });
                self.comes_from_ordinary_columns(key, column, &uses);
                if let Some(column) = column
                    && let Some(found) = self.column_mut(key, column)
                {
                    found.is_generated = true;
                    found.uses.extend(uses);
                }
            }
            ConstraintKind::Check(value) => self.add_check(key, column, constraint, value),
            ConstraintKind::Primary { columns, using_index } => {
                let columns = own(column, columns);
                self.add_key(key, constraint, &columns, using_index.as_ref(), true);
            }
            ConstraintKind::Unique { columns, using_index } => {
                let columns = own(column, columns);
                self.add_key(key, constraint, &columns, using_index.as_ref(), false);
            }
            ConstraintKind::Foreign { columns, referenced, .. }
                if !self.dialect.checks_foreign_keys() =>
            {
                self.as_many_columns(&own(column, columns), referenced.len(), referenced.first());
                if let Some(column) = column {
                    self.note_reference(key, column);
                }
                self.add_unchecked_foreign_key(key, constraint, columns);
            }
            ConstraintKind::Foreign { columns, .. } if self.ignores_foreign_keys(key) => {
                self.column_ids(key, &own(column, columns));
                if let Some(relation) = self.catalog.relation_mut(key) {
                    // The index is made all the same.
                    relation.has_hidden_parts = true;
                }
            }
            ConstraintKind::Foreign { columns, table, referenced } => {
                let columns = own(column, columns);
                self.add_foreign_key(key, constraint, &columns, table, referenced);
            }
            ConstraintKind::Exclude { method, elements, others } => {
                self.needs_default_class(key, method.as_ref(), elements);
                let name = key.name.clone();
                let values: Vec<_> = elements.iter().chain(others).cloned().collect();
                let uses =
                    self.check(&mut |resolver| resolver.over_relation(key, &[&name], &values));
                let rule = ConstraintRule::Exclude(uses);
                let second = names_of_items(elements.iter()).join("_");
                let name = self.add_entry(key, constraint, &second, "excl", rule);
                self.add_key_index(key, &name, None);
            }
        }
    }

    /// A generated column comes from no other one.
    ///
    /// Source: `PostgreSQL` 15 manual, 5.3 "Generated Columns".
    fn comes_from_ordinary_columns(
        &mut self,
        key: &Key,
        column: Option<&Name>,
        uses: &[Dependency],
    ) {
        let (Some(column), Some(relation)) = (column, self.catalog.relations.get(key)) else {
            return;
        };
        let other = relation.columns.iter().find(|other| {
            other.is_generated
                && other.is_certain
                && uses.contains(&Dependency::Column(relation.id, other.id))
        });
        let Some(other) = other.filter(|_| self.dialect.checks_signatures()) else { return };
        let message =
            format!("`{}` cannot come from `{}`, which is generated", column.text, other.name);
        let fault = Fault::new(Code::M422, column.place, message)
            .at_site(other.site, "it is added here")
            .help("repeat the expression of the other one");
        self.fault(fault);
    }

    pub(super) fn ignores_foreign_keys(&self, key: &Key) -> bool {
        self.catalog.relations.get(key).is_some_and(|relation| relation.ignores_foreign_keys)
    }

    pub(super) fn column_mut(
        &mut self,
        key: &Key,
        name: &Name,
    ) -> Option<&mut crate::replay::catalog::Column> {
        self.catalog.relation_mut(key)?.column_mut(&name.text)
    }

    pub(super) fn set_not_null(&mut self, key: &Key, column: &Name, not_null: bool) {
        let stays = !not_null && self.is_in_mysql_key(key, column);
        if let Some(column) = self.column_mut(key, column) {
            column.not_null = not_null || stays;
        }
    }

    /// Whether a column of a primary key stays not null, whatever is said of it.
    fn is_in_mysql_key(&self, key: &Key, column: &Name) -> bool {
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        let Some(column) = relation.column(&column.text) else { return false };
        self.dialect.indexes_belong_to_tables()
            && relation.constraints.iter().any(|entry| {
                matches!(&entry.rule, ConstraintRule::Primary(ids) if ids.contains(&column.id))
            })
    }

    pub(super) fn set_default(
        &mut self,
        key: &Key,
        column: &Name,
        value: &Expression,
        source: &Text,
    ) {
        let uses = self.check(&mut |resolver| {
            let values = std::slice::from_ref(value);
            resolver.without_columns(values);
            resolver.plain(values, "a default");
            resolver.value_for_column(key, column, value.alone());
        });
        if let Some(column) = self.column_mut(key, column) {
            column.default = Some(source.clone());
            column.is_converted = false;
            column.counts = false;
            column.uses.retain(|used| matches!(used, Dependency::Type(_)));
            column
                .uses
                .extend(uses.into_iter().filter(|used| !matches!(used, Dependency::Type(_))));
        }
    }

    fn add_check(
        &mut self,
        key: &Key,
        column: Option<&Name>,
        constraint: &Constraint,
        value: &Expression,
    ) {
        let name = key.name.clone();
        let values = std::slice::from_ref(value);
        let mut uses = self.check(&mut |resolver| {
            resolver.over_relation(key, &[&name], values);
            resolver.plain(values, "a check");
        });
        let mut may_go = false;
        if self.dialect.keeps_source()
            && let Some(relation) = self.catalog.relations.get(key)
            && let Some(own) = column.and_then(|column| relation.column(&column.text))
        {
            // A check that is written with a column goes with it, and nothing says which
            // checks those are once they name other columns too.
            uses.retain(|used| *used != Dependency::Column(relation.id, own.id));
            may_go |= !uses.is_empty();
        }
        let names = self.column_names(key, &uses);
        let second = if let [one] = names.as_slice() { one.clone() } else { String::new() };
        self.add_entry(key, constraint, &second, "check", ConstraintRule::Check(uses));
        if may_go
            && let Some(relation) = self.catalog.relation_mut(key)
            && let Some(entry) = relation.constraints.last_mut()
        {
            entry.is_certain = false;
        }
    }

    /// Names of the table's own columns among what is used.
    pub(super) fn column_names(&self, key: &Key, uses: &[Dependency]) -> Vec<String> {
        let Some(relation) = self.catalog.relations.get(key) else { return Vec::new() };
        let own = relation
            .columns
            .iter()
            .filter(|column| uses.contains(&Dependency::Column(relation.id, column.id)));
        own.map(|column| column.name.to_string()).collect()
    }

    /// Identities of columns; a missing one is a fault and makes the answer unknown.
    pub(super) fn column_ids(&mut self, key: &Key, columns: &[Name]) -> Option<Vec<Id>> {
        let mut ids = Vec::new();
        for column in columns {
            self.check(&mut |resolver| resolver.column_of(key, column));
            let found = self.catalog.relations.get(key)?.column(&column.text)?;
            if !found.is_certain {
                return None;
            }
            ids.push(found.id);
        }
        Some(ids)
    }

    /// Enters a constraint under its name, or under one that is made up.
    pub(super) fn add_entry(
        &mut self,
        key: &Key,
        constraint: &Constraint,
        second: &str,
        label: &str,
        rule: ConstraintRule,
    ) -> Text {
        let name = match &constraint.name {
            _ if !self.dialect.names_constraints() => self.no_name(label),
            Some(name) => {
                self.duplicate_constraint(key, name);
                name.text.clone()
            }
            None => self.made_up_name(key, second, label),
        };
        let place = constraint.name.as_ref().map_or(constraint.place, |name| name.place);
        let site = self.site(place);
        let definition = self.definition(constraint.place, None);
        if let Some(relation) = self.catalog.relation_mut(key) {
            relation.constraints.retain(|other| other.name != name);
            relation.constraints.push(Entry {
                name: name.clone(),
                rule,
                is_certain: true,
                site,
                definition,
            });
        }
        name
    }

    /// What tells a constraint without a name from the others of its table.
    pub(super) fn no_name(&mut self, label: &str) -> Text {
        Text::from(format!("{label} {}", self.catalog.id().0))
    }

    pub(super) fn duplicate_constraint(&mut self, key: &Key, name: &Name) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let existing = relation.constraints.iter().find(|other| other.name == name.text);
        let Some(existing) = existing.filter(|other| other.is_certain && relation.is_certain)
        else {
            return;
        };
        if self.catalog.unknown.may_have_lost(ObjectKind::Constraint, &name.text) {
            return;
        }
        let message = format!("`{}` already has a constraint `{}`", key.name, name.text);
        let fault =
            Fault::new(Code::M408, name.place, message).at_site(existing.site, "it is added here");
        self.fault(fault);
    }
}

/// The columns of a table's constraint, or the one column that carries it.
pub(super) fn own(column: Option<&Name>, columns: &[Name]) -> Vec<Name> {
    match column {
        Some(column) => vec![column.clone()],
        None => columns.to_vec(),
    }
}
