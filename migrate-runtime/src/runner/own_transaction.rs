//! A transaction that a migration opens by itself, outside ours.

use migrate_core::database::Database;
use migrate_core::sql::{TransactionControl, transaction_control};

/// Follows a migration's own `BEGIN` and `COMMIT`.
///
/// What stands between them is undone together, journal entries included: a run that fails there
/// resumes at the `BEGIN`.
#[derive(Debug, Default)]
pub(crate) struct OwnTransaction {
    began: Option<usize>,
    /// Where the transaction began that the last statement stands in, begins or ends.
    around: Option<usize>,
    concerns: bool,
    commits: bool,
}

impl OwnTransaction {
    /// Takes note of the next statement, by its index. `ends` says that it commits what is open, before
    /// it does its own work.
    pub(crate) fn see(&mut self, index: usize, statement: &str, database: Database, ends: bool) {
        let control = transaction_control(statement, database);
        if ends {
            self.began = None;
        }
        self.concerns = self.began.is_some() || control.is_some();
        self.commits = self.began.is_some() && control == Some(TransactionControl::Commit);
        let before = self.began;
        match control {
            Some(TransactionControl::Begin) => self.began = self.began.or(Some(index)),
            Some(TransactionControl::Commit | TransactionControl::Rollback) => self.began = None,
            Some(TransactionControl::Savepoint) | None => {}
        }
        self.around = before.or(self.began);
    }

    /// Returns where a run resumes when the last statement fails: what its transaction did is
    /// undone, also when it is the `COMMIT` that fails.
    pub(crate) fn resumes_at(&self, statement: usize) -> usize {
        self.around.unwrap_or(statement)
    }

    /// Whether the last statement commits: its entry must be committed by it, not after it.
    pub(crate) fn commits(&self) -> bool {
        self.commits
    }

    /// Returns the statement that opened the transaction that is open now.
    pub(crate) fn began(&self) -> Option<usize> {
        self.began
    }

    /// Whether the last statement stands in such a transaction, or begins or ends one.
    pub(crate) fn concerns(&self) -> bool {
        self.concerns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begin_and_commit_are_followed() {
        let mut own = OwnTransaction::default();
        let mut see = |index, statement| {
            own.see(index, statement, Database::Postgres, false);
            (own.began(), own.concerns(), own.resumes_at(index), own.commits())
        };
        assert_eq!(see(0, "CREATE TABLE a ()"), (None, false, 0, false));
        assert_eq!(see(1, "BEGIN"), (Some(1), true, 1, false));
        assert_eq!(see(2, "CREATE TABLE b ()"), (Some(1), true, 1, false));
        assert_eq!(see(3, "COMMIT"), (None, true, 1, true));
        assert_eq!(see(4, "CREATE TABLE c ()"), (None, false, 4, false));
        assert_eq!(see(5, "COMMIT"), (None, true, 5, false));
    }

    #[test]
    fn a_definition_ends_it_where_it_commits() {
        let mut own = OwnTransaction::default();
        let mut see = |index, statement, ends| {
            own.see(index, statement, Database::Mysql, ends);
            (own.began(), own.concerns(), own.resumes_at(index), own.commits())
        };
        assert_eq!(see(0, "START TRANSACTION", false), (Some(0), true, 0, false));
        assert_eq!(see(1, "INSERT INTO a VALUES (1)", false), (Some(0), true, 0, false));
        assert_eq!(see(2, "CREATE TABLE b (id INT)", true), (None, false, 2, false));
        assert_eq!(see(3, "INSERT INTO a VALUES (2)", false), (None, false, 3, false));
        assert_eq!(see(4, "COMMIT", false), (None, true, 4, false));
    }
}
