//! Constraints of tables.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    Constraint as Entry, ConstraintRule, Dependency, Id, IndexData, Key, Relation, TEMPORARY,
};
use crate::replay::model::{
    Constraint, ConstraintKind, Expression, Name, ObjectKind, Place, QualifiedName, Text,
};
use crate::replay::resolve::{Fault, Subject};

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
            ConstraintKind::Null | ConstraintKind::Identity => {}
            ConstraintKind::Default(value, source) => {
                if let Some(column) = column {
                    self.set_default(key, column, value, source);
                }
            }
            ConstraintKind::Generated(value) => {
                let name = key.name.clone();
                let values = std::slice::from_ref(value);
                let uses = self.check(|resolver| {
                    resolver.over_relation(key, &[&name], values);
                    resolver.plain(values, "a generated column");
                    resolver.immutable(values, "a generated column");
                });
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
            ConstraintKind::Exclude(values) => {
                let name = key.name.clone();
                let uses = self.check(|resolver| resolver.over_relation(key, &[&name], values));
                let second = self.column_names(key, &uses);
                let rule = ConstraintRule::Exclude(uses);
                let name = self.add_entry(key, constraint, &second.join("_"), "excl", rule);
                self.add_key_index(key, &name, None);
            }
        }
    }

    fn ignores_foreign_keys(&self, key: &Key) -> bool {
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
        let uses = self.check(|resolver| {
            let values = std::slice::from_ref(value);
            resolver.without_columns(values);
            resolver.plain(values, "a default");
            if let Expression::Operation(values) = value
                && let [value] = values.as_slice()
            {
                resolver.literal_for_column(key, column, value);
            }
        });
        if let Some(column) = self.column_mut(key, column) {
            column.default = Some(source.clone());
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
        let mut uses = self.check(|resolver| {
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
    fn column_names(&self, key: &Key, uses: &[Dependency]) -> Vec<String> {
        let Some(relation) = self.catalog.relations.get(key) else { return Vec::new() };
        let own = relation
            .columns
            .iter()
            .filter(|column| uses.contains(&Dependency::Column(relation.id, column.id)));
        own.map(|column| column.name.to_string()).collect()
    }

    /// Identities of columns; a missing one is a fault and makes the answer unknown.
    fn column_ids(&mut self, key: &Key, columns: &[Name]) -> Option<Vec<Id>> {
        let mut ids = Vec::new();
        for column in columns {
            self.check(|resolver| resolver.column_of(key, column));
            let found = self.catalog.relations.get(key)?.column(&column.text)?;
            if !found.is_certain {
                return None;
            }
            ids.push(found.id);
        }
        Some(ids)
    }

    /// Enters a constraint under its name, or under one that is made up.
    fn add_entry(
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
    fn no_name(&mut self, label: &str) -> Text {
        Text::from(format!("{label} {}", self.catalog.id().0))
    }

    fn duplicate_constraint(&mut self, key: &Key, name: &Name) {
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

    fn add_key(
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
    fn add_key_index(&mut self, key: &Key, name: &Text, columns: Option<Vec<Id>>) {
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
        });
        let index_key = self.index_key(key, name);
        self.catalog.relations_mut().insert(index_key, Arc::new(index));
    }

    fn add_foreign_key(
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
            self.check(|resolver| found = resolver.relation(table));
        }
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
            self.foreign_key_index(key, &name, columns.first());
        }
    }

    /// A foreign key has as many columns as it refers to; nought where that is not known.
    fn as_many_columns(&mut self, columns: &[Name], referenced: usize, at: Option<&Name>) {
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
    fn add_unchecked_foreign_key(&mut self, key: &Key, constraint: &Constraint, columns: &[Name]) {
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
            self.check(|resolver| has_key = resolver.has_key(&relation, &ids, false));
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

/// The columns of a table's constraint, or the one column that carries it.
fn own(column: Option<&Name>, columns: &[Name]) -> Vec<Name> {
    match column {
        Some(column) => vec![column.clone()],
        None => columns.to_vec(),
    }
}
