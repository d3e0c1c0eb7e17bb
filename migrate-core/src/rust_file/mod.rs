//! Migrations written in Rust, as far as they can be judged without compiling them.
//!
//! What rustc reports well in the file itself is left to rustc. Found here is what it would
//! report at the macro's call, or not at all.

#[cfg(feature = "rust")]
mod attributes;
#[cfg(feature = "rust")]
mod bindings;
#[cfg(feature = "rust")]
mod calls;
#[cfg(feature = "rust")]
mod certain;
#[cfg(feature = "rust")]
mod connections;
#[cfg(feature = "rust")]
mod constants;
#[cfg(feature = "rust")]
mod findings;
#[cfg(feature = "rust")]
mod functions;
#[cfg(feature = "rust")]
mod helpers;
#[cfg(feature = "rust")]
mod parse;
#[cfg(feature = "rust")]
mod signature;
#[cfg(feature = "rust")]
mod sql;
#[cfg(all(test, feature = "rust"))]
mod testing;
#[cfg(feature = "rust")]
mod tokens;
#[cfg(feature = "rust")]
mod values;

#[cfg(feature = "rust")]
pub use helpers::Made;
#[cfg(feature = "rust")]
pub use parse::parse;
#[cfg(feature = "rust")]
pub use sql::{RustSql, sql_in};

/// Takes both halves of a Rust migration for given.
///
/// This is the version without the feature `rust`, for the runtime: what it runs was checked
/// when it was compiled, and syn has no place in a user's binary. It knows neither the file's
/// directives nor whether its downgrade is declared irreversible.
#[cfg(not(feature = "rust"))]
pub fn parse(
    _file: crate::source::FileId,
    _sources: &crate::source::SourceMap,
) -> (crate::set::Script, Vec<crate::diagnostics::Diagnostic>) {
    use crate::set::{Directives, Downgrade, Half, Script};

    let script = Script {
        upgrade: Half::Rust,
        downgrade: Downgrade::Half(Half::Rust),
        directives: Directives::default(),
    };
    (script, Vec::new())
}
