//! What the commands that replay a set have in common: plain SQL that is there before the
//! first migration, and SQL from the command line.

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

/// This build has no parser for the database's SQL.
pub(crate) fn no_replay() -> CommandError {
    CommandError::usage("the downgrade of this migration cannot be derived")
        .help("only SQL is read, of Postgres, MySQL, MariaDB and SQLite")
}

/// SQL that ends with a semicolon.
pub(crate) fn ended(sql: &str) -> String {
    let sql = sql.trim();
    if sql.ends_with(';') { sql.to_owned() } else { format!("{sql};") }
}
