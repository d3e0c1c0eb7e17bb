//! What holds on every server.

pub(crate) mod apply;
pub(crate) mod history;
pub(crate) mod locking;
pub(crate) mod repeatable;
pub(crate) mod rollback;
pub(crate) mod rust;
pub(crate) mod settings;
