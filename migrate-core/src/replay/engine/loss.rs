//! Rows that statements take away or overwrite.

use super::Engine;
use crate::replay::catalog::Id;
use crate::replay::model::{Assignment, QualifiedName};

/// Data that is gone after a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Rows of a table.
    Rows(Id),
    /// Values of a column.
    Value(Id, Id),
    /// It is not known which.
    Unknown,
}

impl Engine {
    /// Returns what was lost since this was last asked.
    pub(crate) fn take_losses(&mut self) -> Vec<Loss> {
        std::mem::take(&mut self.losses)
    }

    /// Rows of a table are deleted.
    pub(super) fn lose_rows(&mut self, table: &QualifiedName) {
        let key = self.found(table);
        let found = key.and_then(|key| self.catalog.relations.get(&key));
        let loss = found.map_or(Loss::Unknown, |relation| Loss::Rows(relation.id));
        self.losses.push(loss);
    }

    /// Values of columns are overwritten.
    pub(super) fn lose_values(&mut self, table: &QualifiedName, assignments: &[Assignment]) {
        let key = self.found(table);
        let relation = key.and_then(|key| self.catalog.relations.get(&key));
        for name in assignments.iter().flat_map(|assignment| &assignment.columns) {
            let column =
                relation.and_then(|relation| Some((relation.id, relation.column(&name.text)?.id)));
            let loss = column.map_or(Loss::Unknown, |(table, column)| Loss::Value(table, column));
            self.losses.push(loss);
        }
    }
}
