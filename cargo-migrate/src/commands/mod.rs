//! The commands, one module each.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod downgrade;
pub(crate) mod init;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod new;
pub(crate) mod plan;
pub(crate) mod redo;
pub(crate) mod rollback;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod status;
