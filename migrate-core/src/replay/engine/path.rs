//! The search path: what sets it, and for how long that holds; what else ends with a transaction.

use super::Engine;
use super::uncertain_path::created;
use crate::diagnostics::Code;
use crate::replay::model::{Name, StatementKind, Text};
use crate::replay::resolve::Fault;

/// The path of the session, while one of the transaction is in force.
pub(super) struct SessionPath {
    path: Vec<Text>,
    is_uncertain: bool,
    is_empty: bool,
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
                is_empty: self.path_is_empty,
            });
        }
        match path {
            Some(path) => {
                self.catalog.path = schemas(path);
                self.path_is_empty = path.iter().all(|name| name.text.is_empty());
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
            self.path_is_empty = session.is_empty;
        }
    }

    pub(super) fn reset_path(&mut self) {
        self.path_is_empty = false;
        self.catalog.path =
            self.dialect.default_path().iter().map(|schema| Text::from(*schema)).collect();
    }

    /// A fault where a statement of a file creates a bare name while the path names no schema at
    /// all, as dumps leave it.
    pub(super) fn needs_creation_schema(&mut self, kind: &StatementKind) {
        let is_empty = self.path_is_empty
            && !self.catalog.path_is_uncertain
            && self.catalog.path.iter().all(|schema| schema.is_empty());
        // A view of temporary tables is temporary too.
        let may_be_temporary =
            matches!(kind, StatementKind::CreateView(_)) && self.catalog.seen.temporary;
        if self.depth != 1 || !is_empty || may_be_temporary {
            return;
        }
        let Some(name) = created(kind).filter(|name| name.schema.is_none()) else { return };
        let message = format!("the search path has no schema to create `{}` in", name.display());
        let fault = Fault::new(Code::M409, name.place(), message)
            .help("write the schema before the name, or set `search_path`");
        self.fault(fault);
    }
}

/// The schemas of a path that a migration can make something in.
pub(super) fn schemas(path: &[Name]) -> Vec<Text> {
    let others = path.iter().filter(|name| !matches!(&*name.text, "$user" | "pg_catalog"));
    others.map(|name| name.text.clone()).collect()
}
