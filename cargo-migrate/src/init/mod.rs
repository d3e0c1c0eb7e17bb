//! What `init` writes into a package.

pub(crate) mod build_script;
pub(crate) mod manifest;
