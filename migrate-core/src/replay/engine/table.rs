//! `CREATE TABLE`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, Found, Key, Relation, TEMPORARY};
use crate::replay::model::Constraint as ModelConstraint;
use crate::replay::model::{
    ColumnDefinition, ConstraintKind, CreateTable, Name, ObjectKind, QualifiedName, Text,
};
use crate::replay::resolve::{Fault, Outputs, Subject};
use crate::sql::has_word;

/// More columns of a table are not listed: no `PostgreSQL` takes more than 1,600, no `MySQL` more
/// than 4,096, and a bound is needed where text is hostile.
const MOST_COLUMNS: usize = 4_096;

impl Engine {
    /// The key under which something new goes; a missing schema is a fault.
    pub(super) fn new_key(&mut self, name: &QualifiedName) -> Key {
        let Some(schema) = &name.schema else {
            return Key::of(&self.catalog.creation_schema(), &name.name);
        };
        self.require_schema(schema);
        Key::of(&schema.text, &name.name)
    }

    pub(super) fn require_schema(&mut self, schema: &Name) {
        if self.catalog.has_schema(self.dialect, &schema.text) == Found::Absent {
            let names = self.catalog.schemas.iter().map(|(name, found)| (&**name, found.site));
            let similar = crate::replay::suggest::closest(&schema.text, names);
            let fault = Fault::unknown_object(
                &self.catalog,
                Code::M409,
                ObjectKind::Schema,
                schema,
                similar,
            );
            self.fault(fault);
        }
    }

    /// The relation with a name, where it is in the catalog.
    pub(super) fn found(&self, name: &QualifiedName) -> Option<Key> {
        self.catalog.find_relation(self.dialect, name).present()
    }

    /// Whether a name of the relations' kind is certainly taken; says so where it is.
    pub(super) fn is_taken(&mut self, key: &Key, name: &QualifiedName, code: Code) -> bool {
        let Some(existing) = self.catalog.relations.get(key) else { return false };
        if name.schema.is_none() && self.may_create_elsewhere() {
            return false;
        }
        if !existing.is_certain
            || self.catalog.unknown.may_have_lost(ObjectKind::Relation, &key.name)
        {
            return false;
        }
        let kind = existing.kind.one();
        let site = existing.site;
        let message = format!("there is already {kind} `{}`", name.display());
        let fault = Fault::new(code, name.place(), message)
            .at_site(site, format!("`{}` is created here", name.name.text));
        self.fault(fault);
        true
    }

    pub(super) fn create_table(&mut self, table: &CreateTable) {
        if table.temporary && table.name.schema.is_some() && self.dialect.indexes_belong_to_tables()
        {
            // Of another database it hides nothing, and which one is the session's is not known.
            self.blur(Some(std::slice::from_ref(&table.name.name.text)));
            return;
        }
        let mut key = self.new_key(&table.name);
        if table.temporary {
            self.catalog.seen.temporary = true;
            key.schema = Arc::from(TEMPORARY);
        }
        if table.if_not_exists && self.keeps_existing(&key) {
            return;
        }
        if self.is_taken(&key, &table.name, Code::M406) {
            if let Some(relation) = self.catalog.relation_mut(&key) {
                relation.is_open = true;
            }
            return;
        }
        let id = self.catalog.id();
        let mut relation = Relation::new(id, table.kind, self.site(table.name.place()));
        relation.definition = self.definition(table.name.place(), None);
        relation.is_open =
            table.if_not_exists && self.catalog.unknown.covers(ObjectKind::Relation, &key.name);
        for parent in &table.parents {
            if table.is_partition {
                self.is_partitioned(parent);
            }
            self.inherit(parent, &mut relation);
        }
        relation.is_partition = table.is_partition;
        relation.ignores_foreign_keys = table.ignores_foreign_keys;
        if let Some(of_type) = &table.of_type {
            self.refer_type(of_type);
            relation.is_open = true;
        }
        let mut outputs = Outputs::default();
        if let Some(query) = &table.query {
            let uses = self.check(&mut |resolver| {
                outputs = resolver.query(query);
                resolver.names_for_columns(&outputs, &table.query_columns);
            });
            self.called_within(&uses, &BTreeSet::new());
            outputs.rename(&table.query_columns);
            self.refuse_repeated_columns(table.name.place(), &outputs);
            self.add_outputs(&mut relation, outputs);
        }
        for like in &table.likes {
            self.copy_columns(like, &mut relation);
        }
        for column in &table.columns {
            self.new_column(&key, column, &mut relation, !table.parents.is_empty());
        }
        if table.ends_with_transaction {
            self.end_with_transaction.push(id);
            // Outside of a transaction it is gone when the statement is done.
            relation.is_certain = false;
        }
        self.catalog.relations_mut().insert(key.clone(), Arc::new(relation));
        self.column_details(&key, &table.columns);
        // Foreign keys use them.
        for index in &table.indexes {
            self.create_index_on(&key, index);
        }
        if !table.partition_keys.is_empty() {
            self.partition_by(&key, &table.partition_keys);
        }
        self.all_constraints(&key, table);
        if let Some(server) = &table.server {
            self.refer_other(ObjectKind::Server, server);
        }
    }

    /// `IF NOT EXISTS` on something that is, or may be, there.
    fn keeps_existing(&mut self, key: &Key) -> bool {
        let Some(existing) = self.catalog.relations.get(key) else { return false };
        if existing.is_certain {
            return true;
        }
        if let Some(relation) = self.catalog.relation_mut(key) {
            // It is there now, with the columns of either.
            relation.is_certain = true;
            relation.is_open = true;
        }
        true
    }

    /// Keys first: foreign keys and expressions may need them.
    fn all_constraints(&mut self, key: &Key, table: &CreateTable) {
        let own = table.columns.iter().flat_map(|column| {
            column.constraints.iter().map(move |constraint| (Some(&column.name), constraint))
        });
        let all: Vec<_> =
            own.chain(table.constraints.iter().map(|constraint| (None, constraint))).collect();
        let primary = all.iter().find_map(|(column, constraint)| match &constraint.kind {
            ConstraintKind::Primary { columns, .. } => Some(key_columns(*column, columns)),
            _ => None,
        });
        // A unique key over the columns of the primary key is that one, under its own name.
        let is_primary = |column: Option<&Name>, constraint: &ModelConstraint| {
            matches!(&constraint.kind, ConstraintKind::Unique { columns, .. }
                if primary.as_ref() == Some(&key_columns(column, columns)))
        };
        let name = all
            .iter()
            .filter(|(column, constraint)| is_primary(*column, constraint))
            .find_map(|(_, constraint)| constraint.name.clone())
            .filter(|_| !self.dialect.indexes_belong_to_tables());
        let mut keys: Vec<Vec<Text>> = primary.iter().cloned().collect();
        for keys_first in [true, false] {
            for (column, constraint) in &all {
                let is_key = matches!(
                    constraint.kind,
                    ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. }
                );
                let gave_name = name.is_some() && is_primary(*column, constraint);
                if gave_name {
                    continue;
                }
                if is_key && keys_first && self.repeats_key(*column, constraint, &mut keys) {
                    continue;
                }
                if is_key != keys_first {
                    continue;
                }
                if is_key && constraint.name.is_none() && name.is_none() {
                    let named = self.name_of_repetition(&all, *column, constraint);
                    let named = ModelConstraint { name: named, ..(*constraint).clone() };
                    self.add_constraint(key, *column, &named);
                    continue;
                }
                if matches!(constraint.kind, ConstraintKind::Primary { .. })
                    && constraint.name.is_none()
                    && name.is_some()
                {
                    let named = ModelConstraint { name: name.clone(), ..(*constraint).clone() };
                    self.add_constraint(key, *column, &named);
                } else {
                    self.add_constraint(key, *column, constraint);
                }
            }
        }
    }

    /// Whether a key of the same `CREATE TABLE` has the same columns already: they become one.
    fn repeats_key(
        &mut self,
        column: Option<&Name>,
        constraint: &ModelConstraint,
        keys: &mut Vec<Vec<Text>>,
    ) -> bool {
        let ConstraintKind::Unique { columns, .. } = &constraint.kind else { return false };
        if self.dialect.indexes_belong_to_tables() {
            return false;
        }
        let columns = key_columns(column, columns);
        if !keys.contains(&columns) {
            keys.push(columns);
            return false;
        }
        // The one that stays may take over the name.
        if let Some(name) = constraint.name.as_ref().filter(|_| !self.has_plain_keys()) {
            self.catalog.unknown_mut().names.insert(name.text.clone());
        }
        true
    }

    /// The name that a key without one takes from another one over its columns.
    ///
    /// Source: `transformIndexConstraints` in Postgres's `parse_utilcmd.c`.
    fn name_of_repetition(
        &self,
        all: &[(Option<&Name>, &ModelConstraint)],
        column: Option<&Name>,
        constraint: &ModelConstraint,
    ) -> Option<Name> {
        let columns = |column: Option<&Name>, constraint: &ModelConstraint| match &constraint.kind {
            ConstraintKind::Unique { columns, using_index: None } => {
                Some(key_columns(column, columns))
            }
            _ => None,
        };
        let own = columns(column, constraint)?;
        if self.dialect.indexes_belong_to_tables() || !self.has_plain_keys() {
            return None;
        }
        let mut same =
            all.iter().filter(|(column, it)| columns(*column, it).as_ref() == Some(&own));
        same.find_map(|(_, it)| it.name.clone())
    }

    /// Whether keys of the statement at hand differ in their columns only.
    fn has_plain_keys(&self) -> bool {
        let text = self.text_at_hand().unwrap_or_default();
        let words = [("deferrable", 2), ("initially", 8), ("include", 3), ("nulls", 1)];
        !text.is_empty() && words.into_iter().all(|(word, rare)| !has_word(text, word, rare))
    }

    /// Adds a column without what its constraints say.
    pub(super) fn new_column(
        &mut self,
        key: &Key,
        definition: &ColumnDefinition,
        relation: &mut Relation,
        may_repeat: bool,
    ) {
        let existing = relation.column(&definition.name.text);
        if let Some(existing) = existing {
            let is_sure = existing.is_certain && !may_repeat && !definition.name.is_wildcard();
            if is_sure
                && !self.catalog.unknown.may_have_lost(ObjectKind::Column, &definition.name.text)
            {
                let message =
                    format!("`{}` already has a column `{}`", key.name, definition.name.text);
                let fault = Fault::new(Code::M407, definition.name.place, message)
                    .at_site(existing.site, "it is added here");
                self.fault(fault);
            }
            if let Some(column) = relation.column_mut(&definition.name.text) {
                column.is_certain = true;
                column.may_be_invisible |= definition.may_be_invisible;
            }
            return;
        }
        self.refuse_contradiction(definition);
        if relation.columns.len() >= MOST_COLUMNS {
            relation.is_open = true;
            return;
        }
        let mut uses = Vec::new();
        let mut written: Text = Arc::from("");
        if let Some(type_name) = &definition.type_name {
            written.clone_from(&type_name.written);
            uses = self.check(&mut |resolver| resolver.type_name(type_name));
        }
        let id = self.catalog.id();
        let site = self.site(definition.name.place);
        relation.columns.push(Column {
            type_name: written,
            uses,
            definition: self.definition(definition.name.place, None),
            may_be_invisible: definition.may_be_invisible,
            ..Column::new(id, definition.name.text.clone(), site)
        });
    }

    /// Sequences of serial and identity columns.
    pub(super) fn column_details(&mut self, key: &Key, columns: &[ColumnDefinition]) {
        for column in columns {
            let is_serial = column.type_name.as_ref().is_some_and(|type_name| {
                self.dialect.serial_type(&type_name.name.name.text).is_some()
            });
            let identity =
                column.constraints.iter().find_map(|constraint| match &constraint.kind {
                    ConstraintKind::Identity(identity) => Some(identity),
                    _ => None,
                });
            if (is_serial || identity.is_some()) && self.dialect.counts_with_sequences() {
                let named = identity.and_then(|identity| identity.sequence.as_ref());
                self.owned_sequence(key, &column.name, named);
                if let Some(found) = self.column_mut(key, &column.name) {
                    found.counts = is_serial;
                }
            }
        }
    }

    /// Makes the sequence of a column, `named` where its name is said.
    pub(super) fn owned_sequence(
        &mut self,
        key: &Key,
        column: &Name,
        named: Option<&QualifiedName>,
    ) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text) else { return };
        let owner = (relation.id, found.id);
        let said_name = named.map(|named| Key {
            schema: named.schema.as_ref().map_or(&key.schema, |schema| &schema.text).clone(),
            name: named.name.text.clone(),
        });
        let sequence_key = said_name.clone().unwrap_or_else(|| Key {
            schema: key.schema.clone(),
            name: self.made_up_name(key, &column.text, "seq"),
        });
        let id = self.catalog.id();
        let mut sequence = Relation::new(id, ObjectKind::Sequence, self.site(column.place));
        sequence.is_open = true;
        sequence.owner = Some(owner);
        sequence.said_name = said_name;
        self.catalog.relations_mut().insert(sequence_key, Arc::new(sequence));
        if let Some(column) =
            self.catalog.relation_mut(key).and_then(|relation| relation.column_mut(&column.text))
        {
            column.not_null = true;
        }
    }

    /// The fault of a table that is missing, or nothing where that cannot be said.
    pub(super) fn missing_relation(&mut self, name: &QualifiedName) {
        if self.catalog.find_relation(self.dialect, name) == Found::Absent {
            let fault =
                Fault::unknown_relation(&self.catalog, name).about(Subject::Relation(name.clone()));
            self.fault(fault);
        }
    }
}

/// The columns of a key of a column or a table.
fn key_columns(column: Option<&Name>, columns: &[Name]) -> Vec<Text> {
    match column {
        Some(column) => vec![column.text.clone()],
        None => columns.iter().map(|column| column.text.clone()).collect(),
    }
}
