//! Indexes of tables that stay.

use std::collections::BTreeSet;

use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{ConstraintRule, Id, Key, Relation};
use crate::replay::write::Table;

impl Way<'_> {
    /// Whether indexes outlive their columns, or keep them from being dropped.
    pub(super) fn keeps_indexes_of_dropped_columns(&self) -> bool {
        self.after.dialect.keeps_source()
    }

    pub(super) fn drop_index(
        &self,
        pair: &Pair<'_>,
        key: &Key,
        index: &Relation,
        steps: &mut Steps,
    ) {
        let name = self.after.as_written(&key.name, index.definition.as_ref());
        if self.after.dialect.indexes_belong_to_tables() {
            let table =
                self.after.qualified_as_written(pair.key_after, pair.after.definition.as_ref());
            self.restore_index_of_foreign_key(pair, index, &table, steps);
            let is_the_key = self.lets_count(pair, index) && !has_primary_key(pair.after);
            let key =
                if is_the_key { self.primary_key_instead(pair, steps) } else { String::new() };
            steps.add(if key.is_empty() {
                format!("DROP INDEX {name} ON {table}")
            } else {
                format!("ALTER TABLE {table} DROP INDEX {name}{key}")
            });
        } else {
            let key = Key { schema: pair.key_after.schema.clone(), name: key.name.clone() };
            let name = self.after.qualified_as_written(&key, index.definition.as_ref());
            steps.add(format!("DROP INDEX {name}"));
        }
    }

    /// Whether an index may be the key that a column needs to count by itself.
    fn lets_count(&self, pair: &Pair<'_>, index: &Relation) -> bool {
        let columns = index.index.as_ref().and_then(|data| data.columns.as_deref());
        pair.after
            .columns
            .iter()
            .filter(|column| columns.is_some_and(|ids| ids.contains(&column.id)))
            .any(|column| self.after.counts_by_itself(column))
    }

    /// Adds the index that `MySQL` had made for a foreign key and dropped for one that came.
    ///
    /// Source: `MySQL` 8.4 manual, "FOREIGN KEY Constraints", `index_name`.
    fn restore_index_of_foreign_key(
        &self,
        pair: &Pair<'_>,
        index: &Relation,
        table: &str,
        steps: &mut Steps,
    ) {
        let Some(serving) = index.index.as_ref().and_then(|data| data.columns.as_ref()) else {
            return;
        };
        let is_needed = pair.after.has_hidden_parts
            || pair.after.columns.iter().any(|column| {
                serving.first() == Some(&column.id) && self.after.refers_by_itself(column)
            });
        if is_needed && !self.has_other_index(pair, index, &serving[..1]) {
            steps.open.push("the index of a foreign key that some servers make".to_owned());
        }
        let made = self.before.catalog.indexes_of(pair.before.id);
        let made = made.filter(|(_, it, _)| !it.is_certain && it.definition.is_none());
        let mut restored = BTreeSet::new();
        for (key, _, data) in made {
            let Some(columns) = &data.columns else { continue };
            let is_served =
                serving.len() >= columns.len() && serving[..columns.len()] == columns[..];
            let constraint = pair.after.constraints.iter().find(|entry| {
                matches!(&entry.rule, ConstraintRule::Foreign { columns: own, .. } if own == columns)
            });
            let Some(constraint) = constraint.filter(|_| is_served) else { continue };
            // A key without a name gives it that of its first column.
            let is_its_name = (constraint.name == key.name) != self.after.has_no_name(constraint);
            let is_needed = !self.has_other_index(pair, index, columns);
            if is_its_name
                && is_needed
                && restored.insert(columns.clone())
                && let Some(list) = self.after.columns(pair.after.id, columns)
            {
                let name = self.after.quote(&key.name);
                steps.add(format!("ALTER TABLE {table} ADD INDEX {name} ({list})"));
                steps
                    .losses
                    .push(format!("the index {name} of a foreign key is one of its own now"));
            }
        }
    }

    /// Whether an index that stays begins with the columns.
    fn has_other_index(&self, pair: &Pair<'_>, except: &Relation, columns: &[Id]) -> bool {
        let begins = |ids: &[Id]| ids.len() >= columns.len() && ids[..columns.len()] == *columns;
        let mut indexes = self.after.catalog.indexes_of(pair.after.id);
        indexes.any(|(_, it, data)| {
            it.id != except.id
                && it.is_certain
                && !self.is_new(it)
                && data.columns.as_deref().is_some_and(begins)
        }) || pair.after.constraints.iter().any(|entry| match &entry.rule {
            ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => begins(ids),
            _ => false,
        })
    }

    /// Whether an index of before is still one of its table.
    pub(super) fn index_stayed(&self, pair: &Pair<'_>, index: &Relation) -> bool {
        self.pairs.after(index.id).is_some_and(|id| {
            let mut indexes = self.after.catalog.indexes_of(pair.after.id);
            !self.is_rebuilt(pair) && indexes.any(|(_, it, _)| it.id == id)
        })
    }

    /// Indexes that went while their table stayed, and those that went with columns.
    pub(super) fn restore_indexes(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let table = Table::new(&self.before, pair.key_before, pair.before);
        for (key, index, _) in self.before.own_indexes(pair.before.id) {
            // Also where that is in doubt: what cannot be read may have had to do with its table.
            let is_there = steps.with_columns.contains(&(pair.before.id, key.name.clone()));
            if !is_there && !self.index_stayed(pair, index) {
                steps.write(self.before.index(&table, key, index));
            }
        }
    }
}

fn has_primary_key(table: &Relation) -> bool {
    table.constraints.iter().any(|entry| matches!(entry.rule, ConstraintRule::Primary(_)))
}
