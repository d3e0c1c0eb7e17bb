//! What a migration, a lock file, a history and a diagnostic are.

pub mod checksum;
pub mod database;
pub mod diagnostics;
pub mod folder;
pub mod history;
pub mod layout;
pub mod lock;
pub mod policy;
#[cfg(any(feature = "mysql", feature = "postgres"))]
// Parts of the model are for one server only.
#[cfg_attr(not(feature = "postgres"), allow(dead_code, unused_variables))]
pub mod replay;
pub mod set;
pub mod settings;
pub mod source;
pub mod sql;
pub mod version;
