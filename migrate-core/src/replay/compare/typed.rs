//! Operators, casts, operator classes and families.

use super::{Comparison, touched};
use crate::replay::catalog::{Catalog, TypedKey};

impl Comparison<'_> {
    pub(super) fn typed(&self) {
        for (key, have, want) in touched(&self.have.typed, &self.want.typed) {
            if self.is_doubtful(&key.name) || self.may_be_otherwise(key) {
                continue;
            }
            match (have, want) {
                (None, Some(want)) if want.is_implied(key) => {}
                (None, Some(want)) if want.is_certain && !self.has_namesake(self.have, key) => {
                    self.missing(key.describe(), want.site);
                }
                (Some(have), None) if have.is_implied(key) => {}
                (Some(have), None) if have.is_certain && !self.has_namesake(self.want, key) => {
                    self.extra(key.describe(), have.site);
                }
                _ => {}
            }
        }
    }

    /// Whether something unreadable may have made or dropped it, in one catalog or the other.
    fn may_be_otherwise(&self, key: &TypedKey) -> bool {
        [self.have, self.want].iter().any(|catalog| {
            catalog.may_have_lost_typed(key) || catalog.unknown.covers(key.kind, &key.name.name)
        })
    }

    /// Whether a namesake lies in another schema, and it was not sure where bare names go.
    fn has_namesake(&self, catalog: &Catalog, key: &TypedKey) -> bool {
        self.paths_are_uncertain()
            && catalog.typed.keys().any(|other| {
                other.kind == key.kind && other.name.name == key.name.name && other != key
            })
    }
}
