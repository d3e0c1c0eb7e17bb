//! Findings, each made in one place: the function that words it stands beside its tests.

pub mod file_name;
pub mod folder;
