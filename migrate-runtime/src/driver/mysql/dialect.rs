//! What `MySQL` and `MariaDB` make of statements.

use std::time::Duration;

use super::{function_names, lost, session};
use crate::driver::{Around, Dialect};

#[derive(Debug, Default)]
pub(crate) struct MysqlDialect {
    /// The selected database, once it was asked for.
    pub(super) selected: Option<String>,
}

impl Dialect for MysqlDialect {
    fn timeouts(&self, lock: Option<Duration>, statement: Option<Duration>) -> Around {
        session::timeouts(lock, statement)
    }

    fn session_state(&self, statements: &[&str]) -> Around {
        let spared = function_names::spared(statements);
        let changing: Vec<_> = statements.iter().copied().chain(spared).collect();
        let mut around = session::kept(&changing, self.selected.as_deref());
        around.before.extend(spared.map(str::to_owned));
        around
    }

    fn is_session_setting(&self, statement: &str) -> bool {
        session::is_setting(statement)
    }

    fn lost_with_session(&self, statements: &[&str], done: usize) -> Option<usize> {
        lost::lost_with_session(statements, done)
    }

    fn is_plain(&self, statement: &str) -> bool {
        session::is_plain(statement)
    }

    fn note_time(&self, number: usize) -> Option<String> {
        Some(format!("SET @cargo_migrate_time_{number} = SYSDATE(6)"))
    }

    fn elapsed_between(&self, from: usize, to: Option<usize>) -> Option<String> {
        let to = to.map_or("SYSDATE(6)".to_owned(), |to| format!("@cargo_migrate_time_{to}"));
        // A migration may set the time zone, and clocks are set back.
        Some(format!(
            "GREATEST(COALESCE(TIMESTAMPDIFF(MICROSECOND, @cargo_migrate_time_{from}, {to}), 0), 0)"
        ))
    }

    fn cannot_run(&self, statement: &str) -> Option<&'static str> {
        session::releases_all_locks(statement).then_some(
            "`RELEASE_ALL_LOCKS` would release the migration lock as well: release the locks that the \
             migration took by their names, with `RELEASE_LOCK`",
        )
    }

    fn asks_for_last_result(&self, statement: &str) -> bool {
        session::asks_for_last_result(statement)
    }

    fn select_untransactional(&self) -> Option<&'static str> {
        Some(
            "SELECT t.table_name FROM information_schema.tables t \
             JOIN information_schema.engines e ON e.engine = t.engine \
             WHERE COALESCE(e.transactions, '') <> 'YES' AND t.table_schema NOT IN \
             ('information_schema', 'performance_schema', 'mysql', 'sys')",
        )
    }

    fn may_leave_part(&self, statement: &str) -> bool {
        session::may_leave_part(statement)
    }

    fn ends_transaction(&self, statement: &str) -> bool {
        session::commits(statement)
    }

    fn runs_outside_transaction(&self, statement: &str) -> bool {
        session::runs_outside_transaction(statement)
    }

    fn commits_before(&self, statement: &str) -> bool {
        session::defines(statement)
    }
}
