//! The tables of a `WITH`, innermost last.

use std::collections::HashMap;

use super::{Fault, Outputs};
use crate::replay::model::Text;

/// A table of a `WITH`.
pub(super) struct Common {
    pub(super) name: Text,
    pub(super) outputs: Outputs,
    /// What is wrong in it, where that matters only once it is used.
    pub(super) faults: Vec<Fault>,
}

/// The tables in sight; a query may have thousands, each of which looks for others.
#[derive(Default)]
pub(super) struct CommonTables {
    tables: Vec<Common>,
    /// Where those of a name are, the innermost last.
    places: HashMap<Text, Vec<usize>>,
}

impl CommonTables {
    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    pub(super) fn push(&mut self, table: Common) {
        self.places.entry(table.name.clone()).or_default().push(self.tables.len());
        self.tables.push(table);
    }

    /// Forgets all but the first.
    pub(super) fn truncate(&mut self, length: usize) {
        for table in self.tables.drain(length.min(self.tables.len())..) {
            if let Some(places) = self.places.get_mut(&table.name) {
                places.pop();
            }
        }
    }

    pub(super) fn at(&mut self, index: usize) -> Option<&mut Common> {
        self.tables.get_mut(index)
    }

    /// The innermost of a name.
    pub(super) fn named(&mut self, name: &str) -> Option<&mut Common> {
        let place = *self.places.get(name)?.last()?;
        self.tables.get_mut(place)
    }
}
