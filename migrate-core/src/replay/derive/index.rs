//! Indexes of tables that stay.

use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{Key, Relation};
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
            steps.add(format!("DROP INDEX {name} ON {table}"));
        } else {
            let key = Key { schema: pair.key_after.schema.clone(), name: key.name.clone() };
            let name = self.after.qualified_as_written(&key, index.definition.as_ref());
            steps.add(format!("DROP INDEX {name}"));
        }
    }

    /// Indexes that went while their table stayed, and those that went with columns.
    pub(super) fn restore_indexes(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let table = Table::new(&self.before, pair.key_before, pair.before);
        for (key, index, _) in self.before.own_indexes(pair.before.id) {
            // Also where that is in doubt: what cannot be read may have had to do with its table.
            let stayed = self.pairs.after(index.id).is_some_and(|id| {
                let mut indexes = self.after.catalog.indexes_of(pair.after.id);
                !self.is_rebuilt(pair) && indexes.any(|(_, it, _)| it.id == id)
            });
            if !stayed {
                steps.write(self.before.index(&table, key, index));
            }
        }
    }
}
