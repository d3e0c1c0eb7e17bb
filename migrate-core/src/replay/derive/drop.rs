//! Dropping what the upgrade made.

use std::collections::BTreeSet;

use super::function::signature;
use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{
    Column, Dependency, Function, Id, Key, Relation, TEMPORARY, TypeData,
};
use crate::replay::model::ObjectKind;
use crate::replay::write::Node;

impl Way<'_> {
    /// Drops indexes, relations and columns, and functions that nothing else needs, the
    /// newest first.
    pub(super) fn drop_relations(&self, steps: &mut Steps) {
        self.drop_indexes(steps);
        self.drop_forward(steps);
        for node in self.after.in_order().iter().rev() {
            match node {
                Node::Relation(key, relation) if self.is_new(relation) => {
                    self.drop_relation(key, relation, steps);
                }
                Node::Relation(key, relation) => {
                    if let Some(before) = self.pairs.before(relation.id)
                        && relation.is_table()
                    {
                        self.drop_columns(before, key, relation, steps);
                    }
                }
                Node::Function(key, function) if !self.is_used(function.id) => {
                    self.drop_function(key, function, steps);
                }
                Node::Typed(key, object) => {
                    if self.before.catalog.typed.values().all(|old| old.id != object.id) {
                        steps.add(format!("DROP {}", self.after.typed_reference(key)));
                    }
                }
                Node::Function(..) | Node::Type(..) => {}
            }
        }
    }

    /// Whether a table that stays needs a function or type until it is altered, or one that goes
    /// came before it.
    fn is_used(&self, id: Id) -> bool {
        let uses_it = |uses: &[Dependency]| {
            uses.iter().any(|used| {
                matches!(used, Dependency::Function(used)
                    | Dependency::PerhapsFunction(used)
                    | Dependency::Type(used) if *used == id)
            })
        };
        let of_older = self.after.catalog.relations.values().any(|relation| {
            relation.id < id
                && self.is_new(relation)
                && relation.columns.iter().any(|column| uses_it(&column.uses))
        });
        of_older
            || self.pairs.tables().any(|pair| {
                pair.after
                    .columns
                    .iter()
                    .any(|column| pair.column_before(column).is_some() && uses_it(&column.uses))
            })
    }

    /// New types that have the name of one that is made again: tables are taken from the one
    /// to the other while both are there.
    pub(super) fn set_types_aside(&self, steps: &mut Steps) {
        for (key, data) in self.after.catalog.types.iter() {
            if self.is_new_type(data) && self.is_aside(key) {
                let (from, to) = (self.after.qualified(key), self.after.quote(&aside(&key.name)));
                steps.add(format!("ALTER {} {from} RENAME TO {to}", self.type_word(data)));
            }
        }
    }

    fn is_aside(&self, key: &Key) -> bool {
        self.before.catalog.types.contains_key(key)
    }

    fn is_new_type(&self, data: &TypeData) -> bool {
        self.before.catalog.types.values().all(|old| old.id != data.id)
    }

    /// Drops functions and types, the newest first, then extensions and schemas.
    pub(super) fn drop_the_rest(&self, steps: &mut Steps) {
        for node in self.after.in_order().iter().rev() {
            match node {
                Node::Function(key, function) if self.is_used(function.id) => {
                    self.drop_function(key, function, steps);
                }
                Node::Type(key, data) if self.is_new_type(data) => {
                    let mut key = (*key).clone();
                    if self.is_aside(&key) {
                        key.name = aside(&key.name).into();
                    }
                    let kind = self.type_word(data);
                    steps.add(format!("DROP {kind} {}", self.after.qualified(&key)));
                }
                _ => {}
            }
        }
        self.drop_others(steps);
        for (name, schema) in self.after.catalog.schemas.iter() {
            if !self.before.catalog.schemas.contains_key(name)
                && !self.was_renamed_schema(name)
                && schema.site.is_some()
            {
                steps.add(format!("DROP SCHEMA {}", self.after.quote(name)));
            }
        }
    }

    /// Whether a relation was not there before.
    pub(super) fn is_new(&self, relation: &Relation) -> bool {
        self.pairs.before(relation.id).is_none()
    }

    fn drop_relation(&self, key: &Key, relation: &Relation, steps: &mut Steps) {
        // A sequence of a column goes with it.
        let is_implied = relation.kind == ObjectKind::Sequence && relation.definition.is_none();
        if &*key.schema == TEMPORARY || relation.index.is_some() || is_implied {
            return;
        }
        let kind = relation.kind.noun().to_uppercase();
        let name = self.after.qualified_as_written(key, relation.definition.as_ref());
        // What made it may have failed, where that is caught.
        let perhaps = if relation.is_certain { "" } else { "IF EXISTS " };
        steps.add(format!("DROP {kind} {perhaps}{name}"));
    }

    /// Columns that came to a table that stays, unless the table is built anew.
    fn drop_columns(&self, before: Id, key: &Key, after: &Relation, steps: &mut Steps) {
        let Some(pair) = self.pairs.all.iter().find(|pair| pair.before.id == before) else {
            return;
        };
        if self.is_rebuilt(pair) {
            return;
        }
        let table = self.after.qualified_as_written(key, after.definition.as_ref());
        let last = self.last_column(pair);
        for column in after.columns.iter().rev().filter(|column| Some(column.id) != last) {
            self.drop_column(pair, column, &table, steps);
        }
    }

    /// Drops a column that came.
    pub(super) fn drop_column(
        &self,
        pair: &Pair<'_>,
        column: &Column,
        table: &str,
        steps: &mut Steps,
    ) {
        let is_inherited = pair.after.parents.iter().any(|id| {
            self.after.relation(*id).is_some_and(|(_, it)| it.column(&column.name).is_some())
        });
        if pair.column_before(column).is_some() || !column.is_certain || is_inherited {
            return;
        }
        let name = self.after.column_name(column);
        if self.after.refers_by_itself(column) {
            steps.open.push(format!(
                "the foreign key that a server may have made of what is said with column {name}"
            ));
        }
        steps.add(format!("ALTER TABLE {table} DROP COLUMN {name}"));
    }

    /// The new column that goes last: no server but Postgres has tables without columns.
    pub(super) fn last_column(&self, pair: &Pair<'_>) -> Option<Id> {
        let stays = pair.after.columns.iter().any(|column| pair.column_before(column).is_some());
        let first = pair.after.columns.first()?;
        (!stays && (self.after.dialect.keeps_source() || self.after.dialect.has_loose_names()))
            .then_some(first.id)
    }

    fn drop_function(&self, key: &Key, function: &Function, steps: &mut Steps) {
        let was_there = self
            .before
            .catalog
            .functions
            .values()
            .any(|list| list.iter().any(|old| old.id == function.id));
        if was_there {
            return;
        }
        match signature(&self.after, key, function) {
            Some(signature) => steps.add(format!("DROP {signature}")),
            None => steps.open.push(format!("function `{}` stays", key.name)),
        }
    }

    /// Indexes that came to tables that stay.
    fn drop_indexes(&self, steps: &mut Steps) {
        for pair in self.pairs.tables() {
            if self.is_rebuilt(pair) {
                continue;
            }
            let new: BTreeSet<Id> = pair
                .after
                .columns
                .iter()
                .filter(|column| pair.column_before(column).is_none())
                .map(|column| column.id)
                .collect();
            for (key, index, data) in self.after.own_indexes(pair.after.id) {
                // It goes with its columns.
                let goes = data.columns.as_ref().is_some_and(|columns| {
                    !columns.is_empty() && columns.iter().all(|column| new.contains(column))
                }) && !self.keeps_indexes_of_dropped_columns();
                if self.is_new(index) && !goes {
                    self.drop_index(pair, key, index, steps);
                }
            }
        }
    }

    fn drop_others(&self, steps: &mut Steps) {
        for ((kind, name), object) in self.after.catalog.others.iter() {
            let was_there = self.before.catalog.others.contains_key(&(*kind, name.clone()));
            if was_there || object.site.is_none() {
                continue;
            }
            let is_optional = object.definition.as_ref().is_none_or(|definition| {
                definition.text().to_ascii_uppercase().contains("NOT EXISTS")
            });
            let what = kind.noun();
            if is_optional || matches!(kind, ObjectKind::Role | ObjectKind::Other) {
                // It may have been there before, and others may use it.
                steps.losses.push(format!("the {what} `{name}` stays"));
            } else {
                let kind = what.trim_end_matches(" object").to_uppercase();
                steps.add(format!("DROP {kind} {}", self.after.quote(name)));
            }
        }
    }
}

/// A name that a type has while another one takes its place.
fn aside(name: &str) -> String {
    format!("migrate_old_{name}")
}
