//! `embed_migrations!`: checks a set of migrations while the program compiles, and embeds it.
//!
//! This crate is a doorway: what a migration is and what can be wrong with it is known to
//! `migrate-core`. Use the macro through `migrate-runtime`, which wraps it.

mod argument;
mod expand;
mod source_code;

use proc_macro::TokenStream;

/// Checks a folder of migrations and embeds it into the program.
///
/// `migrate_runtime::embed_migrations!`, which says more, puts its `$crate` before what the user
/// wrote; without that the runtime is `::migrate_runtime`.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    expand::expand(input)
}
