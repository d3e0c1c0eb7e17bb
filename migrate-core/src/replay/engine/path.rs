//! The search path: what sets it, and for how long that holds; what else ends with a transaction.

use super::Engine;
use crate::replay::model::{Name, Text};

/// The path of the session, while one of the transaction is in force.
pub(super) struct SessionPath {
    path: Vec<Text>,
    is_uncertain: bool,
}

impl Engine {
    /// `SET search_path`, for the session or the transaction alone.
    pub(super) fn set_path(&mut self, path: Option<&[Name]>, local: bool) {
        if !local {
            self.session_path = None;
        } else if self.session_path.is_none() {
            self.session_path = Some(SessionPath {
                path: self.catalog.path.clone(),
                is_uncertain: self.catalog.path_is_uncertain,
            });
        }
        match path {
            Some(path) => {
                self.catalog.path = schemas(path);
                self.path_was_set |= !local;
                self.catalog.path_is_uncertain = false;
            }
            None => self.reset_path(),
        }
    }

    /// What `SET LOCAL` set ends with the transaction, and so do tables `ON COMMIT DROP`.
    pub(super) fn end_transaction(&mut self) {
        for id in std::mem::take(&mut self.end_with_transaction) {
            if let Some(key) = self.catalog.relation_by_id(id).map(|(key, _)| key.clone()) {
                self.catalog.remove_relation(&key);
            }
        }
        self.end_local_path();
    }

    fn end_local_path(&mut self) {
        if let Some(session) = self.session_path.take() {
            self.catalog.path = session.path;
            self.catalog.path_is_uncertain = session.is_uncertain;
        }
    }

    pub(super) fn reset_path(&mut self) {
        self.catalog.path =
            self.dialect.default_path().iter().map(|schema| Text::from(*schema)).collect();
    }
}

/// The schemas of a path that a migration can make something in.
pub(super) fn schemas(path: &[Name]) -> Vec<Text> {
    let others = path.iter().filter(|name| !matches!(&*name.text, "$user" | "pg_catalog"));
    others.map(|name| name.text.clone()).collect()
}
