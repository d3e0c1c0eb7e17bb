//! Columns that count by themselves, on servers where a key has to begin with them.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, ConstraintRule, Key};
use crate::replay::model::Place;
use crate::replay::resolve::{Fault, is_known_table};
use crate::replay::tokens::Tokens;

impl Engine {
    /// A fault where a table has two columns that count, or one that no key is over.
    ///
    /// Source: `MySQL` 8.4 manual, "CREATE TABLE Statement": there can be only one
    /// `AUTO_INCREMENT` column in a table, and it must be indexed.
    pub(super) fn counts_once(&mut self, key: &Key, at: Place) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if !is_known_table(relation) || relation.columns.iter().any(|it| it.definition.is_none()) {
            return;
        }
        let mut counting = relation.columns.iter().filter(|column| self.counts_by_itself(column));
        let Some(column) = counting.next() else { return };
        let (name, site) = (column.name.clone(), column.site);
        let message = if let Some(other) = counting.next() {
            format!("`{name}` and `{}` of `{}` both count", other.name, key.name)
        } else {
            let holds = |ids: &[_]| ids.contains(&column.id);
            let in_constraint = relation.constraints.iter().any(|entry| match &entry.rule {
                ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => holds(ids),
                _ => false,
            });
            let mut indexes = self.catalog.indexes_of(relation.id);
            let in_index = indexes.any(|(_, _, data)| data.columns.as_deref().is_none_or(holds));
            if in_constraint || in_index {
                return;
            }
            format!("`{name}` of `{}` counts, and is no key any more", key.name)
        };
        let fault = Fault::new(Code::M422, at, message).at_site(site, "the column is added here");
        self.fault(fault);
    }

    fn counts_by_itself(&self, column: &Column) -> bool {
        self.says(column, "AUTO_INCREMENT") == Some(true)
    }

    /// Whether the statement that made a column has a word behind its name.
    pub(super) fn says(&self, column: &Column, word: &str) -> Option<bool> {
        let definition = column.definition.as_ref()?;
        let tokens = Tokens::new(definition.text(), self.database);
        let start = tokens.at(definition.own().range().end);
        Some((start..tokens.end_of_item(start)).any(|at| tokens.is(at, word)))
    }
}
