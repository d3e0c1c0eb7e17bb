//! What `MySQL` and `MariaDB` make of statements.

use std::time::Duration;

use super::{function_names, session};
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

    fn is_plain(&self, statement: &str) -> bool {
        session::is_plain(statement)
    }

    fn elapsed_expression(&self) -> Option<&'static str> {
        Some("TIMESTAMPDIFF(MICROSECOND, @cargo_migrate_start, SYSDATE(6))")
    }

    fn clock_start(&self) -> Option<&'static str> {
        Some("SET @cargo_migrate_start = SYSDATE(6)")
    }

    fn runs_outside_transaction(&self, statement: &str) -> bool {
        session::runs_outside_transaction(statement)
    }

    fn commits_before(&self, statement: &str) -> bool {
        session::defines(statement)
    }
}
