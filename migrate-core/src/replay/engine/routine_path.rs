//! Search paths that routines have of their own.

use std::sync::Arc;

use super::Engine;
use super::parameters::names_routine;
use super::path::schemas;
use crate::replay::catalog::{Id, Key};
use crate::replay::model::{Code, ObjectReference, RoutinePath};
use crate::sql::has_word;

impl Engine {
    /// Runs code under the path of its routine.
    pub(super) fn under_path_of(&mut self, code: &Code, run: impl FnOnce(&mut Self)) {
        let path = match &code.path {
            RoutinePath::Callers => return run(self),
            RoutinePath::Own(path) => Some(path),
            RoutinePath::Unknown => None,
        };
        let outside = self.catalog.path.clone();
        let (was_uncertain, was_empty) = (self.catalog.path_is_uncertain, self.path_is_empty);
        let session = self.session_path.take();
        match path {
            Some(path) => {
                self.catalog.path = schemas(path);
                self.catalog.path_is_uncertain = false;
                self.path_is_empty = path.iter().all(|name| name.text.is_empty());
            }
            None => self.catalog.path_is_uncertain = true,
        }
        run(self);
        self.catalog.path = outside;
        // `SET` without `LOCAL` lives on behind the call.
        let sets_path = has_word(&code.text, "search_path", 7);
        self.catalog.path_is_uncertain = was_uncertain || sets_path;
        self.path_is_empty = was_empty;
        self.session_path = session;
    }

    /// `ALTER FUNCTION … SET search_path`.
    pub(super) fn alter_routine_path(&mut self, target: &ObjectReference, path: &RoutinePath) {
        if target.name.is_wildcard() {
            self.doubt_paths();
            return;
        }
        self.refer(target);
        self.keep_reference(std::slice::from_ref(target));
        let wanted = self.argument_types(target.arguments.as_deref());
        let named = self.catalog.functions_named(&target.name).into_iter();
        let meant: Vec<(Key, Id, Option<bool>)> = named
            .map(|(key, function)| {
                let is_it =
                    wanted.as_ref().map_or(Some(true), |wanted| names_routine(function, wanted));
                (key.clone(), function.id, is_it)
            })
            .filter(|(_, _, is_it)| *is_it != Some(false))
            .collect();
        for (key, id, is_it) in meant {
            let is_sure = is_it == Some(true) && self.suppressed == 0;
            let path = if is_sure { path.clone() } else { RoutinePath::Unknown };
            self.set_routine_path(&key, id, &path);
        }
    }

    /// Any routine may have a path of its own from now on.
    fn doubt_paths(&mut self) {
        self.doubts += 1;
        let listed = self.catalog.functions.iter();
        let all: Vec<(Key, Id)> = listed
            .flat_map(|(key, list)| list.iter().map(|function| (key.clone(), function.id)))
            .collect();
        for (key, id) in all {
            self.set_routine_path(&key, id, &RoutinePath::Unknown);
        }
    }

    fn set_routine_path(&mut self, key: &Key, id: Id, path: &RoutinePath) {
        let Some(list) = self.catalog.functions_mut().get_mut(key) else { return };
        let functions = Arc::make_mut(list).iter_mut();
        for function in functions.filter(|function| function.id == id) {
            if let Some(code) = &mut function.code {
                Arc::make_mut(code).path = path.clone();
            }
        }
    }
}
