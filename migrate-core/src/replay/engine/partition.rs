//! What the key of a partitioned table demands.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Dependency, Id, Key, PartitionKey};
use crate::replay::model::{Expression, Name, Place};
use crate::replay::resolve::Fault;

impl Engine {
    /// Enters what rows are told apart by.
    pub(super) fn partition_by(&mut self, key: &Key, keys: &[Expression]) {
        let name = key.name.clone();
        let uses = self.check(|resolver| resolver.over_relation(key, &[&name], keys));
        let Some(relation) = self.catalog.relation_mut(key) else { return };
        let own = uses.iter().filter_map(|used| match used {
            Dependency::Column(table, column) if *table == relation.id => Some(*column),
            _ => None,
        });
        let columns: Vec<_> = own.collect();
        let has_expressions = keys.iter().any(|key| !matches!(key, Expression::Column(_)));
        relation.partition_key = Some(PartitionKey { columns, has_expressions });
    }

    /// A fault where a column of the partition key would go or change its type.
    pub(super) fn keeps_partition_key(&mut self, key: &Key, column: &Name) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text) else { return };
        let is_part =
            relation.partition_key.as_ref().is_some_and(|own| own.columns.contains(&found.id));
        if !is_part || !relation.is_certain || !found.is_certain {
            return;
        }
        let message = format!("`{}` is partitioned by `{}`", key.name, column.text);
        let fault = Fault::new(Code::M410, column.place, message)
            .at_site(relation.site, "the table is created here");
        self.fault(fault);
    }

    /// A unique key of a partitioned table has all columns of the partition key.
    pub(super) fn covers_partition_key(&mut self, table: &Key, columns: &[Id], at: Place) {
        let Some(relation) = self.catalog.relations.get(table) else { return };
        let Some(own) = relation.partition_key.as_ref().filter(|_| relation.is_certain) else {
            return;
        };
        let missing = own.columns.iter().find(|column| !columns.contains(column));
        let message = match missing {
            Some(id) => {
                let found = relation.columns.iter().find(|column| column.id == *id);
                let Some(found) = found else { return };
                format!("a unique key of `{}` needs its partition key `{}`", table.name, found.name)
            }
            None if own.has_expressions => {
                format!("`{}` is partitioned by an expression, and has no unique keys", table.name)
            }
            None => return,
        };
        let fault =
            Fault::new(Code::M412, at, message).at_site(relation.site, "the table is created here");
        self.fault(fault);
    }
}
