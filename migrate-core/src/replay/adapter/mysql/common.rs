//! Names of the tables of a `WITH`, which are compared without regard to case.

use std::collections::HashMap;
use std::sync::Arc;

/// The names in sight; a query may have thousands, each of which looks for others.
#[derive(Debug, Default)]
pub(super) struct CommonNames {
    names: Vec<Arc<str>>,
    /// Where those of a name in lower case are, the innermost last.
    places: HashMap<String, Vec<usize>>,
}

impl CommonNames {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn push(&mut self, name: Arc<str>) {
        self.places.entry(name.to_ascii_lowercase()).or_default().push(self.names.len());
        self.names.push(name);
    }

    /// Forgets all but the first.
    pub(super) fn truncate(&mut self, length: usize) {
        for name in self.names.drain(length.min(self.names.len())..) {
            if let Some(places) = self.places.get_mut(&name.to_ascii_lowercase()) {
                places.pop();
            }
        }
    }

    /// The innermost of a name, as it was written where it was made.
    pub(super) fn find(&self, name: &str) -> Option<&Arc<str>> {
        let places =
            (!self.names.is_empty()).then(|| self.places.get(&name.to_ascii_lowercase()))?;
        self.names.get(*places?.last()?)
    }
}
