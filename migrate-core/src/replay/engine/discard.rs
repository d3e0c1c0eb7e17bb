//! Statements that drop what they do not name.

use super::Engine;
use crate::replay::catalog::{SharedMap, TEMPORARY};

impl Engine {
    /// `DROP OWNED`. Nobody lists who owns what: anything may be gone.
    pub(super) fn drop_owned(&mut self) {
        self.doubts += 1;
        self.catalog.doubt_objects();
        self.catalog.doubt_schemas();
        self.catalog.published = SharedMap::default();
    }

    /// `DISCARD`.
    ///
    /// Source: `PostgreSQL` 15, `DiscardAll` in `discard.c`.
    pub(super) fn discard(&mut self, all: bool) {
        if all {
            self.set_path(None, false);
            self.catalog.checks_function_bodies = true;
        }
        self.empty_schema(TEMPORARY);
    }
}
