//! What the key of a partitioned table demands.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Dependency, Found, Id, Key, PartitionKey, Relation};
use crate::replay::model::{Expression, Name, ObjectKind, Place, QualifiedName};
use crate::replay::resolve::{Fault, is_closed};

impl Engine {
    /// Enters what rows are told apart by.
    pub(super) fn partition_by(&mut self, key: &Key, keys: &[Expression]) {
        let name = key.name.clone();
        let uses = self.check(&mut |resolver| resolver.over_relation(key, &[&name], keys));
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

    /// A fault where a table has no partitions.
    pub(super) fn is_partitioned(&mut self, table: &QualifiedName) {
        let Found::Present(key) = self.catalog.find_relation(self.dialect, table) else { return };
        self.refuse_unpartitioned(&key, table.place());
    }

    /// Whether a table certainly is not partitioned; says so.
    fn refuse_unpartitioned(&mut self, key: &Key, at: Place) -> bool {
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        if relation.kind != ObjectKind::Table
            || relation.partition_key.is_some()
            || !self.is_sure(key, relation)
        {
            return false;
        }
        let message = format!("`{}` is not partitioned", key.name);
        let fault = Fault::new(Code::M422, at, message)
            .at_site(relation.site, "it is created here")
            .help("a table is partitioned from the start: `PARTITION BY`");
        self.fault(fault);
        true
    }

    /// Whether a table certainly is what is listed of it; surroundings may say less.
    fn is_sure(&self, key: &Key, relation: &Relation) -> bool {
        relation.is_certain
            && !relation.is_open
            && !relation.is_vague
            && relation.site.is_some()
            && !self.catalog.unknown.may_have_lost(ObjectKind::Relation, &key.name)
            && !self.catalog.path_is_uncertain
    }

    /// Faults where a table cannot be made a partition of another one, or is none.
    ///
    /// Source: `ATExecAttachPartition` and `ATExecDetachPartition` in Postgres's `tablecmds.c`.
    pub(super) fn refuse_partition(
        &mut self,
        parent_key: &Key,
        (key, written): (&Key, &QualifiedName),
        attach: bool,
    ) {
        let at = written.place();
        if self.refuse_unpartitioned(parent_key, at) {
            return;
        }
        let (Some(parent), Some(child)) =
            (self.catalog.relations.get(parent_key), self.catalog.relations.get(key))
        else {
            return;
        };
        if !self.is_sure(key, child) || !self.is_sure(parent_key, parent) {
            return;
        }
        let refused = if !attach {
            let is_other = child.kind == ObjectKind::Table && !child.parents.contains(&parent.id);
            is_other.then(|| {
                (Code::M409, format!("`{}` is not a partition of `{}`", key.name, parent_key.name))
            })
        } else if child.is_partition {
            Some((Code::M408, format!("`{}` is already a partition", key.name)))
        } else if !child.parents.is_empty() {
            let message =
                format!("`{}` inherits from another table, and is no partition", key.name);
            Some((Code::M422, message))
        } else {
            unlike(parent_key, parent, key, child)
        };
        if let Some((code, message)) = refused {
            let fault =
                Fault::new(code, at, message).at_site(child.site, "the table is created here");
            self.fault(fault);
        }
    }
}

/// A column that only one of two tables has, where they need the same.
fn unlike(
    parent_key: &Key,
    parent: &Relation,
    key: &Key,
    child: &Relation,
) -> Option<(Code, String)> {
    if !is_closed(parent) || !is_closed(child) {
        return None;
    }
    let lacks = |has: &Relation, lacks: &Relation| {
        let mut columns = has.columns.iter().map(|column| column.name.clone());
        columns.find(|name| lacks.column(name).is_none())
    };
    if let Some(column) = lacks(parent, child) {
        let message =
            format!("`{}` has no column `{column}`, as `{}` has", key.name, parent_key.name);
        return Some((Code::M403, message));
    }
    let column = lacks(child, parent)?;
    let message =
        format!("`{}` has a column `{column}` that `{}` has not", key.name, parent_key.name);
    Some((Code::M422, message))
}
