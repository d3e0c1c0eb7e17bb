//! Findings, each made in one place: the function that words it stands beside its tests.

pub mod draft_in_release;
pub mod duplicate_version;
pub mod file_name;
pub mod folder;
pub mod lock_settings;
pub mod mixed_schemes;
pub mod nul_byte;
