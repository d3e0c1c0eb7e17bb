//! What a migration, a lock file, a history and a diagnostic are.

pub mod check;
pub mod checks;
pub mod checksum;
pub mod database;
pub mod diagnostics;
pub mod folder;
pub mod history;
pub mod layout;
pub mod load;
pub mod lock;
pub mod name;
mod parallel;
pub mod policy;
#[cfg(feature = "replay")]
// Parts of the model are for one server only, or for writing it.
#[cfg_attr(
    not(all(feature = "postgres", feature = "mysql", feature = "sqlite", feature = "write")),
    allow(dead_code, unused_variables, unused_imports)
)]
pub mod replay;
#[cfg(not(feature = "replay"))]
#[path = "no_replay.rs"]
pub mod replay;
pub mod rust_file;
pub mod script;
pub mod set;
pub mod settings;
pub mod source;
pub mod sql;
mod suggest;
pub mod version;

#[cfg(test)]
mod testing;
