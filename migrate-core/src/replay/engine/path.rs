//! The search path: what sets it, and for how long that holds.

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
                self.catalog.path = path
                    .iter()
                    .filter(|name| &*name.text != "$user" && &*name.text != "pg_catalog")
                    .map(|name| name.text.clone())
                    .collect();
                self.path_was_set |= !local;
                self.catalog.path_is_uncertain = false;
            }
            None => self.reset_path(),
        }
    }

    /// What `SET LOCAL` set ends with the transaction.
    pub(super) fn end_transaction(&mut self) {
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
