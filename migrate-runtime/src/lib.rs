//! Applies embedded migrations through sqlx, safely with many instances.
//!
//! ```no_run
//! # #[cfg(all(feature = "macros", feature = "sqlite"))]
//! # async fn start(pool: sqlx::SqlitePool) -> migrate_runtime::Result<()> {
//! # mod hidden { pub static MIGRATIONS: std::sync::OnceLock<&'static migrate_runtime::Migrations> = std::sync::OnceLock::new(); }
//! # let MIGRATIONS = hidden::MIGRATIONS.get().unwrap();
//! // static MIGRATIONS: migrate_runtime::Migrations = migrate_runtime::embed_migrations!();
//! MIGRATIONS.at_startup(&pool).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A run with nothing to do is one round trip and takes no lock. Otherwise the migration lock is
//! taken before anything is created, and every transaction checks under that lock that the history
//! is still the one that was read. The lock sits on the connection that does the work: it is gone
//! when the work is.
//!
//! The caller's tokio runtime needs its timer (`enable_time`, which `#[tokio::main]` has).

#![cfg_attr(
    not(all(feature = "postgres", feature = "mysql", feature = "sqlite")),
    allow(dead_code, reason = "what one server needs, another may not")
)]

#[cfg(not(any(feature = "postgres", feature = "mysql", feature = "sqlite")))]
compile_error!("enable one of the features `postgres`, `mysql` and `sqlite` of migrate-runtime");

mod advice;
mod client;
mod connect;
mod connection;
mod db;
mod driver;
mod embedded;
mod error;
mod events;
mod message;
mod phrase;
mod probe;
#[cfg(feature = "runner")]
pub mod protocol;
mod report;
mod runner;
mod secrets;
mod startup;
mod store;

pub use connect::Connect;
pub use db::Db;
pub use embedded::{BoxFuture, Migrations};
pub use error::{Direction, Error, Left, MigrationError, Result};
pub use events::Event;
pub use migrate_core as core;
#[cfg(feature = "runner")]
pub use protocol::runner_main;
pub use report::{Report, Skipped, Step};
pub use runner::{
    EventEntry, Grouping, Interrupted, MigrationStatus, Operation, Outcome, Plan, PlannedMigration,
    RepeatableStatus, RollbackTo, Runner, Status,
};
pub use secrets::redacted;
pub use startup::Startup;

/// Checks a folder of migrations and embeds it into the program.
///
/// Without an argument the folder is `migrations` beside the package's `Cargo.toml`; with one
/// it is that path, which is relative to the same place.
///
/// Everything that `cargo migrate check` finds without a database is a compile error, all of it
/// at once, with file, line and column. The value is a [`Migrations`].
///
/// ```ignore
/// use migrate_runtime::{Migrations, embed_migrations};
///
/// static MIGRATIONS: Migrations = embed_migrations!();
/// static REPORTS: Migrations = embed_migrations!("reports/migrations");
/// ```
///
/// The program is built again when a file of the set or the lock file changes. Every command
/// that adds a file writes the lock file; for files that are added by hand, the build script
/// that `cargo migrate init` writes has the line `println!("cargo::rerun-if-changed=migrations")`.
///
/// A draft in a release build (one without debug assertions) is a compile error.
#[cfg(feature = "macros")]
#[macro_export]
macro_rules! embed_migrations {
    ($($path:tt)*) => { $crate::__macro_support::embed_migrations!($crate $($path)*) };
}

/// What [`embed_migrations!`] expands to. No part of the public interface.
#[doc(hidden)]
pub mod __macro_support {
    #[cfg(feature = "macros")]
    pub use migrate_macros::embed_migrations;

    use std::error::Error as StdError;

    use crate::embedded::Migrations;
    pub use crate::embedded::{BoxFuture, RustMigration, StepFn};
    use crate::error::{Error, Result};

    /// Brings the error of a half, which may be any, into our own.
    ///
    /// The future comes in its box: so rustc says of one that is not `Send` where in the
    /// migration that comes from, and nothing of this function.
    pub fn step<'a, E>(half: BoxFuture<'a, Result<(), E>>) -> BoxFuture<'a, Result<()>>
    where
        E: Into<Box<dyn StdError + Send + Sync>> + 'a,
    {
        Box::pin(async { half.await.map_err(|error| Error::of_half(error.into())) })
    }

    /// Wraps what the macro embeds.
    pub const fn migrations(
        files: &'static [(&'static str, &'static str)],
        lock: &'static str,
        rust: &'static [RustMigration],
        folder: &'static str,
        root: &'static str,
    ) -> Migrations {
        Migrations::new(files, lock, rust, folder, root)
    }

    /// Stands in for a set with errors, which the build reports, so that no second error follows.
    pub const fn broken() -> Migrations {
        Migrations::new(&[], "", &[], "", "")
    }
}
