//! What people and programs get to see.

pub(crate) mod annotations;
pub(crate) mod error;
pub(crate) mod findings;
pub(crate) mod json;
pub(crate) mod migration_error;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod table;
pub(crate) mod terminal;
