//! What may exist, or may be gone, for reasons that were not readable.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::replay::model::{ObjectKind, Text, WILDCARD};

/// The unknown part of a catalog.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unknown {
    /// Anything may have happened.
    pub(crate) everything: bool,
    /// There may be schemas that nobody lists, with anything in them.
    pub(crate) schemas: bool,
    /// Names that something unreadable mentioned.
    pub(crate) names: BTreeSet<Text>,
    /// Names that may have come to be.
    pub(crate) appeared: BTreeSet<Pattern>,
    /// Names that may have gone.
    pub(crate) gone: BTreeSet<Pattern>,
}

/// Names of a kind, of which the middle may be known only at run time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    kind: ObjectKind,
    start: Text,
    /// `None` where `start` is the whole name.
    end: Option<Text>,
}

impl Pattern {
    /// The pattern of a name that may have [`WILDCARD`] in it.
    pub(crate) fn new(kind: ObjectKind, name: &str) -> Self {
        let (start, end) = match (name.find(WILDCARD), name.rfind(WILDCARD)) {
            (Some(first), Some(last)) => {
                (&name[..first], Some(Arc::from(&name[last + WILDCARD.len()..])))
            }
            _ => (name, None),
        };
        Pattern { kind: family(kind), start: Arc::from(start), end }
    }

    /// Whether an object of this family of kinds and name may be meant.
    pub(crate) fn matches(&self, kind: ObjectKind, name: &str) -> bool {
        self.kind == kind
            && match &self.end {
                Some(end) => name.starts_with(&*self.start) && name.ends_with(&**end),
                None => *self.start == *name,
            }
    }
}

impl Unknown {
    /// Whether an object of this kind and name may be there though nobody lists it.
    pub(crate) fn covers(&self, kind: ObjectKind, name: &str) -> bool {
        self.is_named(name) || matches_any(&self.appeared, kind, name)
    }

    /// Whether an object of this kind and name may be gone though it is listed.
    pub(crate) fn may_have_lost(&self, kind: ObjectKind, name: &str) -> bool {
        self.is_named(name) || matches_any(&self.gone, kind, name)
    }

    fn is_named(&self, name: &str) -> bool {
        self.everything || self.names.contains(name)
    }

    /// Whether any object of the kind may have come to be.
    pub(crate) fn has_kind(&self, kind: ObjectKind) -> bool {
        self.everything || self.appeared.iter().any(|pattern| pattern.kind == family(kind))
    }

    /// Takes over what another one does not know.
    pub(crate) fn extend(&mut self, other: &Unknown) {
        self.everything |= other.everything;
        self.schemas |= other.schemas;
        self.names.extend(other.names.iter().cloned());
        self.appeared.extend(other.appeared.iter().cloned());
        self.gone.extend(other.gone.iter().cloned());
    }
}

fn matches_any(patterns: &BTreeSet<Pattern>, kind: ObjectKind, name: &str) -> bool {
    let kind = family(kind);
    patterns.iter().any(|pattern| pattern.matches(kind, name))
}

/// Kinds that share their names.
fn family(kind: ObjectKind) -> ObjectKind {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_partly_known_cover_what_fits() {
        let mut unknown = Unknown::default();
        unknown.appeared.insert(Pattern::new(ObjectKind::Table, &format!("event_{WILDCARD}_log")));
        unknown.gone.insert(Pattern::new(ObjectKind::Column, "old"));
        assert!(unknown.covers(ObjectKind::View, "event_2026_log"));
        assert!(!unknown.covers(ObjectKind::Table, "users"));
        assert!(!unknown.covers(ObjectKind::Column, "old"));
        assert!(unknown.may_have_lost(ObjectKind::Column, "old"));
    }
}
