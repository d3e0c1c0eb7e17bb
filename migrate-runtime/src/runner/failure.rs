//! What a failed statement means to the user.

use std::time::Duration;

use super::unit::{Body, Unit};
use crate::advice::{self, Said};
use crate::driver::{Driver, ServerMessage};
use crate::error::{Direction, Error, Left, MigrationError};
use crate::message::{Failure, PartKind};

/// A migration that failed, and whether trying again may help.
pub(crate) struct Failed {
    pub(crate) error: Box<MigrationError>,
    /// A lock of the server was not to be had in time.
    pub(crate) lock_timeout: bool,
}

impl Failed {
    /// Reads what the server said of a unit's statement.
    pub(crate) fn new(
        driver: &dyn Driver,
        unit: &Unit,
        failure: &Failure,
        direction: Direction,
        left: Left,
    ) -> Self {
        let said = driver.describe(&failure.error);
        let mut error = base(unit, direction, said.message.clone());
        // Without an answer of the server, a commit may or may not have reached it.
        error.left = if is_lost(&failure.error) { Left::Unknown } else { left };
        if let (Some(PartKind::Statement { index, .. }), Body::Sql(body)) =
            (failure.kind, &unit.body)
        {
            let text = body.statements.get(index).map(|statement| statement.text(&body.text));
            let named = || text.and_then(|text| named_in(&said.message, text));
            let offset = failure.offset.or_else(named).unwrap_or_default();
            error.statement = Some((index + 1, body.statements.len()));
            error.position = body.position(index, offset);
            error.sql = text.map(str::to_owned);
        }
        error.advice = advice::of_migration(&said.code, &said.message).map(str::to_owned);
        if driver.is_missing_table(&failure.error) && failure.kind == Some(PartKind::Own) {
            let lost =
                "the migration removes the history table, or the schema it is in: keep it there";
            error.advice = Some(lost.to_owned());
        }
        let lock_timeout = is_lock_timeout(&said);
        error.code = said.code;
        error.detail = said.detail;
        error.hint = said.hint;
        Failed { error, lock_timeout }
    }

    /// Whether nothing of the migration was committed.
    pub(crate) fn nothing_left(&self) -> bool {
        self.error.left == Left::Nothing
    }

    /// A failure that we found, not the server.
    pub(crate) fn without_server(
        units: &[Unit],
        unit: usize,
        direction: Direction,
        message: String,
    ) -> Self {
        Failed { error: base(&units[unit], direction, message), lock_timeout: false }
    }

    /// A statement that was not sent.
    pub(crate) fn at_statement(
        unit: &Unit,
        index: usize,
        direction: Direction,
        message: &str,
    ) -> Self {
        let mut error = base(unit, direction, message.to_owned());
        if let Body::Sql(body) = &unit.body {
            error.statement = Some((index + 1, body.statements.len()));
            error.position = body.position(index, 0);
            error.sql = body.texts().get(index).map(|text| (*text).to_owned());
        }
        Failed { error, lock_timeout: false }
    }

    /// A failure inside a Rust migration.
    pub(crate) fn of_rust(unit: &Unit, direction: Direction, left: Left, source: Error) -> Self {
        let mut error = base(unit, direction, source.to_string());
        error.left = left;
        if let Error::Database(source) = &source {
            let Said { code, message } = Said::by(source);
            error.advice = advice::of_migration(&code, &message).map(str::to_owned);
            (error.code, error.message) = (code, message);
        }
        error.source = Some(Box::new(source));
        Failed { error, lock_timeout: false }
    }
}

fn base(unit: &Unit, direction: Direction, message: String) -> Box<MigrationError> {
    Box::new(MigrationError {
        migration: unit.id(),
        direction,
        path: unit.path.clone(),
        position: None,
        statement: None,
        sql: None,
        code: String::new(),
        message,
        detail: None,
        hint: None,
        left: Left::Nothing,
        advice: None,
        source: None,
    })
}

/// Finds what a message names in the statement, where the server gives no position.
fn named_in(message: &str, statement: &str) -> Option<usize> {
    let quoted = message.split(['"', '\'', '`']).skip(1).step_by(2);
    let after_colon = message.rsplit_once(": ").map(|(_, name)| name);
    let names = quoted.chain(after_colon).map(|name| name.rsplit('.').next().unwrap_or(name));
    let lower = statement.to_ascii_lowercase();
    names
        .filter(|name| name.len() > 1)
        .find_map(|name| lower.find(&name.to_ascii_lowercase()))
        .filter(|&offset| statement.is_char_boundary(offset))
}

/// Whether an error says that the connection was lost.
pub(crate) fn is_lost(error: &sqlx::Error) -> bool {
    // PostgreSQL 15 manual, appendix A: admin_shutdown, crash_shutdown, idle_session_timeout; the
    // server says so and hangs up.
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let hangs_up = code.is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P05"));
    hangs_up
        || matches!(error, sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed)
}

fn is_lock_timeout(said: &ServerMessage) -> bool {
    // Postgres lock_not_available and deadlock_detected; MySQL ER_LOCK_WAIT_TIMEOUT and
    // ER_LOCK_DEADLOCK; SQLITE_BUSY and SQLITE_LOCKED.
    matches!(said.code.as_str(), "55P03" | "40P01" | "1205" | "1213" | "5" | "6")
}

/// Returns a duration as the history stores it.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
