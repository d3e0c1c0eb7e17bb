//! What `SQLite` makes of statements.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::sql::significant_words;

use crate::driver::{Around, Dialect};

#[derive(Debug, Default)]
pub(crate) struct SqliteDialect {
    /// Whether the connection enforces foreign keys by itself.
    pub(super) enforces: bool,
}

impl Dialect for SqliteDialect {
    /// A transaction has the file's only lock from its beginning, for which the run's patience
    /// waits; and there is no limit on how long a statement may take.
    fn timeouts(&self, _lock: Option<Duration>, _statement: Option<Duration>) -> Around {
        Around::default()
    }

    fn session_state(&self, statements: &[&str]) -> Around {
        let switches = statements.iter().any(|statement| {
            let words = significant_words(statement, Database::Sqlite, 2);
            words.iter().eq(["PRAGMA", "FOREIGN_KEYS"])
        });
        let mut around = Around::default();
        if switches {
            let enforced = if self.enforces { "ON" } else { "OFF" };
            around.after.push(format!("PRAGMA foreign_keys = {enforced}"));
        }
        around
    }

    fn is_session_setting(&self, statement: &str) -> bool {
        let words = significant_words(statement, Database::Sqlite, 1);
        matches!(words.first().map(String::as_str), Some("PRAGMA" | "ATTACH" | "DETACH"))
    }

    fn runs_outside_transaction(&self, statement: &str) -> bool {
        let words = significant_words(statement, Database::Sqlite, 1);
        matches!(words.first().map(String::as_str), Some("VACUUM" | "PRAGMA" | "ATTACH" | "DETACH"))
    }

    /// Foreign keys are switched off for a migration that says so, and for one that rebuilds a
    /// table: there `DROP TABLE` would delete the rows of tables that refer to it with
    /// `ON DELETE CASCADE`, and inside a transaction the migration's own pragma does nothing.
    fn needs_preparation(&self, statements: &[&str]) -> bool {
        let words: Vec<Vec<String>> = statements
            .iter()
            .map(|statement| significant_words(statement, Database::Sqlite, 8))
            .collect();
        let is = |words: &[String], expected: &[&str]| {
            words.len() >= expected.len() && words.iter().zip(expected).all(|(a, b)| a == b)
        };
        let switches = words.iter().any(|words| is(words, &["PRAGMA", "FOREIGN_KEYS"]));
        let drops = words.iter().any(|words| is(words, &["DROP", "TABLE"]));
        let renames = words.iter().any(|words| {
            is(words, &["ALTER", "TABLE"]) && words.iter().any(|word| word == "RENAME")
        });
        switches || (drops && renames)
    }
}
