//! What may exist, or may be gone, for reasons that were not readable.

use std::collections::BTreeSet;

use crate::replay::model::{ObjectKind, Text};

/// The unknown part of a catalog.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unknown {
    /// Anything may have happened.
    pub(crate) everything: bool,
    /// Names that something unreadable mentioned.
    pub(crate) names: BTreeSet<Text>,
    /// Kinds of which any may have come or gone.
    pub(crate) kinds: BTreeSet<ObjectKind>,
    /// Columns that any table may have or lack.
    pub(crate) columns: BTreeSet<Text>,
}

impl Unknown {
    /// Whether an object of this kind and name may be there, or may be gone.
    pub(crate) fn covers(&self, kind: ObjectKind, name: &str) -> bool {
        self.everything
            || self.kinds.contains(&family(kind))
            || self.names.contains(name)
            || (kind == ObjectKind::Column && self.columns.contains(name))
    }

    /// Makes every object of a kind uncertain.
    pub(crate) fn add_kind(&mut self, kind: ObjectKind) {
        self.kinds.insert(family(kind));
    }
}

/// Kinds that share their names.
pub(crate) fn family(kind: ObjectKind) -> ObjectKind {
    match kind {
        ObjectKind::Table
        | ObjectKind::ForeignTable
        | ObjectKind::View
        | ObjectKind::MaterializedView
        | ObjectKind::Relation
        | ObjectKind::Sequence => ObjectKind::Relation,
        ObjectKind::Domain => ObjectKind::Type,
        ObjectKind::Procedure | ObjectKind::Aggregate | ObjectKind::Routine => ObjectKind::Function,
        other => other,
    }
}
