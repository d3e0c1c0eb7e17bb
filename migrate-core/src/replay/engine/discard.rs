//! Statements that drop what they do not name.

use std::sync::Arc;

use super::Engine;
use crate::replay::catalog::{Key, Removal, SharedMap, TEMPORARY};

impl Engine {
    /// `DROP OWNED`. Nobody lists who owns what: anything may be gone.
    pub(super) fn drop_owned(&mut self) {
        self.doubts += 1;
        self.catalog.doubt_objects();
        for schema in self.catalog.schemas_mut().values_mut() {
            Arc::make_mut(schema).is_certain = false;
        }
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
        let mut removal = Removal::default();
        let is_temporary = |key: &&Key| &*key.schema == TEMPORARY;
        let relations: Vec<Key> =
            self.catalog.relations.keys().filter(is_temporary).cloned().collect();
        for key in &relations {
            removal.relations.extend(self.catalog.relations.get(key).map(|found| found.id));
        }
        let types = self.catalog.types.iter().filter(|(key, _)| is_temporary(key));
        removal.types.extend(types.map(|(_, data)| data.id));
        let functions = self.catalog.functions.iter().filter(|(key, _)| is_temporary(key));
        removal.functions.extend(functions.flat_map(|(_, list)| list.iter().map(|it| it.id)));
        if removal.objects().is_empty() {
            return;
        }
        let called: Vec<_> = removal.functions.iter().copied().collect();
        let dependents = self.catalog.dependents(&removal);
        self.catalog.cascade(dependents);
        for id in called {
            self.catalog.doubt_callers(id);
        }
        for key in relations {
            self.catalog.remove_relation(&key);
        }
        self.catalog.types_mut().retain(|key, _| &*key.schema != TEMPORARY);
        self.catalog.functions_mut().retain(|key, _| &*key.schema != TEMPORARY);
    }
}
