//! `new` and `init`.

use migrate_core::diagnostics::Finding;
use serde::Serialize;

/// A migration that was written.
#[derive(Debug, Serialize)]
pub(crate) struct NewObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) files: Vec<String>,
    /// What `--from` cannot bring back.
    pub(crate) losses: Vec<String>,
    /// What the downgrade of `--from` brings back.
    pub(crate) grade: Option<&'static str>,
    pub(crate) findings: Vec<Finding>,
}

/// A set that was set up.
#[derive(Debug, Serialize)]
pub(crate) struct InitObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) layout: String,
    pub(crate) folder: String,
    /// What was done, or what was there, a line each.
    pub(crate) done: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}
