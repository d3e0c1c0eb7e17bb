//! What a migration, a lock file, a history and a diagnostic are.

pub mod checksum;
pub mod database;
pub mod source;
pub mod sql;
pub mod version;
