//! What a server makes of statements: questions that need no connection, so that the next message
//! can be written while the server executes the one before.

use std::time::Duration;

use super::MARKER;

/// Statements before and after a migration's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Around {
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

/// What a server makes of statements.
pub(crate) trait Dialect: Send + Sync {
    /// Returns statements that set timeouts before a migration's own, and take them back after.
    fn timeouts(&self, lock: Option<Duration>, statement: Option<Duration>) -> Around;

    /// Returns statements that keep and bring back the session settings that `statements`
    /// change, so that every migration starts from the connection's own settings, whether or
    /// not another one ran before it.
    fn session_state(&self, statements: &[&str]) -> Around;

    /// Returns a query whose one row is the marker `number`.
    fn marker(&self, number: usize) -> String {
        format!("SELECT '{number}' AS {MARKER}, NULL AS clock")
    }

    /// Whether markers carry the server's clock: needed where answers arrive in one go. Elsewhere
    /// an answer comes as soon as there is one.
    fn has_clock(&self) -> bool {
        false
    }

    /// Returns an expression for the microseconds since the message arrived, where the server
    /// has one; else the row is written with the time that the client measured.
    fn elapsed_expression(&self) -> Option<&'static str> {
        None
    }

    /// Returns a statement that notes the time under a number.
    fn note_time(&self, _number: usize) -> Option<String> {
        None
    }

    /// Returns an expression for the microseconds between two times that
    /// [noted](Dialect::note_time) statements; to now without the second, 0 without the first.
    fn elapsed_between(&self, _from: usize, _to: Option<usize>) -> Option<String> {
        None
    }

    /// Whether a statement sets something of the session that statements after it may need: a
    /// run that resumes after it has to execute it again.
    fn is_session_setting(&self, statement: &str) -> bool {
        !self.session_state(&[statement]).after.is_empty()
    }

    /// Returns which of the first `done` statements left something in its session that those behind
    /// them need, and that is not made again by [session settings](Dialect::is_session_setting).
    fn lost_with_session(&self, _statements: &[&str], _done: usize) -> Option<usize> {
        None
    }

    /// Whether a statement decides how the text behind it is cut into tokens, on a server that does
    /// so with a whole message before it executes any of it.
    fn decides_reading(&self, _statement: &str) -> bool {
        false
    }

    /// Whether a statement has one result, as several would be counted as statements, and takes no
    /// lock that would keep the journal's next entry out.
    fn is_plain(&self, _statement: &str) -> bool {
        true
    }

    /// Says why a statement cannot be run by us at all; it is not sent.
    fn cannot_run(&self, _statement: &str) -> Option<&'static str> {
        None
    }

    /// Whether a statement asks for what the one before it did, such as how many rows it changed.
    fn asks_for_last_result(&self, _statement: &str) -> bool {
        false
    }

    /// Returns a query for the tables that no transaction undoes a change of, on servers that have
    /// such tables.
    fn select_untransactional(&self) -> Option<&'static str> {
        None
    }

    /// Whether a statement that fails may have done a part of its work, for good.
    fn may_leave_part(&self, _statement: &str) -> bool {
        false
    }

    /// Whether a statement commits or cannot run inside a transaction.
    fn runs_outside_transaction(&self, statement: &str) -> bool;

    /// Whether a statement commits, before it begins, what is open.
    fn commits_before(&self, _statement: &str) -> bool {
        false
    }

    /// Whether a statement ends a transaction that the migration began, without a word of it.
    fn ends_transaction(&self, statement: &str) -> bool {
        self.commits_before(statement)
    }

    /// Whether `statements` need [`Driver::before_transaction`].
    fn needs_preparation(&self, _statements: &[&str]) -> bool {
        false
    }
}
