//! `embed_migrations!`: checks a set of migrations while the program compiles, and embeds it.
//!
//! This crate is a doorway: what a migration is and what can be wrong with it is known to
//! `migrate-core`. Use the macro through `migrate-runtime`, which re-exports it.

mod argument;
mod expand;
mod source_code;

use proc_macro::TokenStream;

/// Checks a folder of migrations and embeds it into the program.
///
/// Without an argument the folder is `migrations` beside the package's `Cargo.toml`; with one
/// it is that path, which is relative to the same place.
///
/// Everything that `cargo migrate check` finds without a database is a compile error, all of it
/// at once, with file, line and column. The value is a `migrate_runtime::Migrations`.
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
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    expand::expand(input)
}
