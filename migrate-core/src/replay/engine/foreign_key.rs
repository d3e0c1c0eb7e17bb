//! Foreign keys.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{ConstraintRule, Id, Key, Relation, TEMPORARY};
use crate::replay::model::{Constraint, Name, ObjectKind, Place, QualifiedName};
use crate::replay::resolve::{Fault, Subject};

impl Engine {
    pub(super) fn add_foreign_key(
        &mut self,
        key: &Key,
        constraint: &Constraint,
        columns: &[Name],
        table: &QualifiedName,
        referenced: &[Name],
    ) {
        self.as_many_columns(columns, referenced.len(), referenced.first());
        let ids = self.column_ids(key, columns).unwrap_or_default();
        let mut found = self.found(table);
        if found.as_ref().is_some_and(|other| self.is_hidden_from(key, other)) {
            // What lasts refers to what lasts.
            let schema = Some(Name::new(&key.schema, Place::default()));
            found = self.found(&QualifiedName { schema, ..table.clone() });
        } else if self.checks_foreign_keys() {
            self.check(&mut |resolver| found = resolver.relation(table));
        }
        let found = found.filter(|other| !other.is_guessed(table));
        let mut rule =
            ConstraintRule::Foreign { columns: ids.clone(), table: None, referenced: Vec::new() };
        let (referenced_names, mut counted) = (referenced, 0);
        if let Some(other) = found
            && let Some((id, keys)) = self.referenced_key(&other, table, referenced, &ids)
            && let ConstraintRule::Foreign { table, referenced, .. } = &mut rule
        {
            *table = Some(id);
            let is_known =
                |other: &std::sync::Arc<Relation>| crate::replay::resolve::is_closed(other);
            if referenced_names.is_empty()
                && !ids.is_empty()
                && self.catalog.relations.get(&other).is_some_and(is_known)
            {
                counted = keys.len();
            }
            *referenced = keys;
        }
        self.as_many_columns(columns, counted, Some(&table.name));
        self.refuse_incomparable(&rule, key, table);
        if !self.certainly_comparable(&rule, key) {
            self.doubts += 1;
        }
        let names: Vec<_> = columns.iter().map(|column| &*column.text).collect();
        let name = self.add_entry(key, constraint, &names.join("_"), "fkey", rule);
        if self.dialect.indexes_belong_to_tables() {
            let column = columns.first().filter(|_| constraint.name.is_none());
            self.foreign_key_index(key, &name, column);
        }
    }

    /// A foreign key has as many columns as it refers to; nought where that is not known.
    pub(super) fn as_many_columns(
        &mut self,
        columns: &[Name],
        referenced: usize,
        at: Option<&Name>,
    ) {
        let count = columns.len();
        if let Some(at) = at.filter(|_| referenced > 0 && count > 0 && count != referenced) {
            let message = format!("the key has {count} columns and refers to {referenced}");
            self.fault(Fault::new(Code::M412, at.place, message));
        }
    }

    /// Whether a foreign key of the table looks past what only its session has: `MySQL` finds
    /// the other table by its name in storage.
    fn is_hidden_from(&self, key: &Key, other: &Key) -> bool {
        self.dialect.indexes_belong_to_tables()
            && &*key.schema != TEMPORARY
            && &*other.schema == TEMPORARY
    }

    /// Whether the types of a foreign key and its target are the same beyond doubt; others
    /// may be refused, which matters where that is caught.
    fn certainly_comparable(&self, rule: &ConstraintRule, key: &Key) -> bool {
        let ConstraintRule::Foreign { columns, table: Some(table), referenced } = rule else {
            return false;
        };
        let Some(own) = self.catalog.relations.get(key) else { return false };
        let Some((_, other)) = self.catalog.relation_by_id(*table) else { return false };
        let type_of = |relation: &Relation, id: &Id| {
            let column = relation.columns.iter().find(|column| column.id == *id)?;
            let written = column.type_name.to_lowercase();
            Some(match written.as_str() {
                "int" | "int4" | "serial" => "integer".to_owned(),
                "int8" | "bigserial" => "bigint".to_owned(),
                _ => written,
            })
        };
        columns.len() == referenced.len()
            && columns.iter().zip(referenced).all(|(column, target)| {
                type_of(own, column).is_some_and(|own| type_of(other, target) == Some(own))
            })
    }

    /// A foreign key of which only the table's own columns must be there; one that is
    /// written with its column goes with it.
    pub(super) fn add_unchecked_foreign_key(
        &mut self,
        key: &Key,
        constraint: &Constraint,
        columns: &[Name],
    ) {
        let ids = self.column_ids(key, columns).unwrap_or_default();
        if !ids.is_empty() {
            let rule =
                ConstraintRule::Foreign { columns: ids, table: None, referenced: Vec::new() };
            self.add_entry(key, constraint, "", "fkey", rule);
        }
    }

    /// The table and columns that a foreign key needs; faults where they are no key.
    fn referenced_key(
        &mut self,
        other: &Key,
        table: &QualifiedName,
        referenced: &[Name],
        own: &[Id],
    ) -> Option<(Id, Vec<Id>)> {
        let relation = self.catalog.relations.get(other)?.clone();
        if referenced.is_empty() {
            let primary = relation.constraints.iter().find_map(|entry| match &entry.rule {
                ConstraintRule::Primary(ids) => Some(ids.clone()),
                _ => None,
            });
            let is_sure = crate::replay::resolve::is_closed(&relation)
                && relation.is_table()
                && !self.catalog.unknown.has_kind(ObjectKind::Constraint);
            if primary.is_none() && is_sure {
                let message = format!("`{}` has no primary key to refer to", table.display());
                let fault = Fault::new(Code::M412, table.place(), message)
                    .at_site(relation.site, "the table is created here")
                    .about(Subject::Nothing);
                self.fault(fault);
            }
            return Some((relation.id, primary.unwrap_or_default()));
        }
        let ids = self.column_ids(other, referenced)?;
        let mut has_key = true;
        if self.dialect.indexes_belong_to_tables() {
            has_key = !crate::replay::resolve::is_closed(&relation)
                // A column that refers to itself has the index of its own foreign key.
                || ids == own
                // `MySQL` leaves a key to a column that one statement drops and adds.
                || referenced.iter().any(|name| relation.had_column(&name.text))
                || self.catalog.has_leading_index(relation.id, &ids, None);
        } else {
            self.check(&mut |resolver| has_key = resolver.has_key(&relation, &ids, false));
        }
        if !has_key && relation.is_table() {
            let names: Vec<_> = referenced.iter().map(|name| name.text.to_string()).collect();
            let message = format!(
                "`{}` has no unique key over `{}` to refer to",
                table.display(),
                names.join(", ")
            );
            let place = referenced.first().map_or(table.place(), |name| name.place);
            let fault = Fault::new(Code::M412, place, message)
                .at_site(relation.site, "the table is created here")
                .help("add a primary key or a unique constraint over these columns first");
            self.fault(fault);
        }
        Some((relation.id, ids))
    }
}
