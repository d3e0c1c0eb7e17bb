//! Literals that are compared with a column: the server reads them as values of its type.
//!
//! Source: `PostgreSQL` 15 manual, 10.2 "Operators": a literal of unknown type is taken to be of
//! the type of the other side.

use super::Resolver;
use crate::replay::catalog::{Dependency, Key};
use crate::replay::model::{ColumnReference, Expression, Name, ObjectKind};

impl Resolver<'_> {
    /// The parts of a comparison, the lists of an `IN` among them.
    pub(super) fn comparison(&mut self, parts: &[Expression]) {
        for part in parts {
            self.expression(part);
        }
        if !self.dialect.checks_signatures() || self.may_have_other_operators() {
            return;
        }
        let columns = parts.iter().filter_map(|part| match part {
            Expression::Column(column) => self.table_column(column),
            _ => None,
        });
        let columns: Vec<(Key, Name)> = columns.collect();
        let [(key, column)] = columns.as_slice() else { return };
        for part in parts {
            let values = match part {
                Expression::Named("row", values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            for value in values {
                self.literal_for_column(key, column, value);
            }
        }
    }

    /// Whether an operator of the history's own may take other operands.
    fn may_have_other_operators(&self) -> bool {
        self.catalog.typed.keys().any(|key| key.kind == ObjectKind::Operator)
            || self.catalog.unknown.has_kind(ObjectKind::Operator)
    }

    /// The column of a table that certainly is what a name means.
    fn table_column(&self, reference: &ColumnReference) -> Option<(Key, Name)> {
        let (table, name) = match reference.parts.as_slice() {
            [name] if !reference.star => (None, name),
            [table, name] if !reference.star => (Some(table), name),
            _ => return None,
        };
        let scope = self.scopes.iter().rev().find(|scope| {
            scope.items.iter().any(|item| match table {
                Some(table) => item.alias == table.text,
                None => item.is_open || item.column(&name.text).is_some(),
            })
        })?;
        let mut items = scope.items.iter().filter(|item| match table {
            Some(table) => item.alias == table.text,
            None => item.is_open || item.column(&name.text).is_some(),
        });
        let item = items.next().filter(|item| !item.is_open)?;
        if items.next().is_some() || self.variables.contains(&name.text) {
            return None;
        }
        let key = item.key.clone()?;
        let Dependency::Column(table, column) = item.column(&name.text)?.dependency? else {
            return None;
        };
        let relation = self.catalog.relations.get(&key).filter(|found| found.id == table)?;
        let column = relation.columns.iter().find(|found| found.id == column)?;
        Some((key, Name { text: column.name.clone(), place: name.place }))
    }
}
