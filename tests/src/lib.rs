//! What the tests share: databases of their own, the built command, temporary projects.
//!
//! The servers come from `bash tests/run`. A test that needs one and finds none fails.

#![expect(clippy::missing_panics_doc, reason = "a helper that cannot help fails its test")]

pub mod command;
pub mod describe;
pub mod project;
pub mod redact;
pub mod server;
