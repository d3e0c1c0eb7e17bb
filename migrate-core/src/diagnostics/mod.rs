//! Findings: what is wrong in a user's migrations, as values.
//!
//! A finding is never an `Err`: all of them are collected and reported together. One value
//! feeds the terminal, JSON, the macro and the documentation.

mod catalogue;
mod diagnostic;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "render")]
mod render;

pub use catalogue::{Code, Severity};
pub use diagnostic::{Diagnostic, Help, Label, Patch, Place, has_errors, sort};
#[cfg(feature = "json")]
pub use json::Finding;
#[cfg(feature = "render")]
pub use render::{Style, render};
