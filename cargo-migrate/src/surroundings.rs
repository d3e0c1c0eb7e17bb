//! Plain SQL that is there before the first migration.

use std::path::PathBuf;

use crate::error::CommandError;
use crate::open_set::OpenSet;

/// Reads files of plain SQL.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<Vec<String>, CommandError> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path);
        text.map_err(|error| {
            CommandError::usage(format!("cannot read {}: {error}", path.display()))
        })
    };
    paths.iter().map(read).collect()
}

/// What the set itself has, and files that are named besides.
pub(crate) fn of(open: &OpenSet, paths: &[PathBuf]) -> Result<Vec<String>, CommandError> {
    let set = open.set();
    let own = set.surroundings.map(|file| set.sources.text(file).to_owned());
    Ok(own.into_iter().chain(read_all(paths)?).collect())
}
