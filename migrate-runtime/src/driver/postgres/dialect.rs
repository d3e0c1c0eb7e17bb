//! What Postgres makes of statements.

use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::sql::significant_words;

use super::session;
use crate::driver::{Around, Dialect, MARKER};
use crate::phrase::Phrase;

#[derive(Debug)]
pub(crate) struct PostgresDialect;

impl Dialect for PostgresDialect {
    fn timeouts(&self, lock: Option<Duration>, statement: Option<Duration>) -> Around {
        let mut around = Around::default();
        for (name, value) in [("lock_timeout", lock), ("statement_timeout", statement)] {
            if let Some(value) = value {
                around.before.push(format!(
                    "SELECT pg_catalog.set_config('cargo_migrate.{name}', pg_catalog.current_setting(\
                     '{name}'), false)"
                ));
                around.before.push(format!("SET {name} = {}", value.as_millis()));
                around.after.push(format!(
                    "SELECT pg_catalog.set_config('{name}', pg_catalog.current_setting(\
                     'cargo_migrate.{name}'), false)"
                ));
            }
        }
        around
    }

    fn session_state(&self, statements: &[&str]) -> Around {
        session::kept(statements)
    }

    fn is_session_setting(&self, statement: &str) -> bool {
        session::is_setting(statement)
    }

    fn decides_reading(&self, statement: &str) -> bool {
        session::decides_reading(statement)
    }

    fn cannot_run(&self, statement: &str) -> Option<&'static str> {
        reads_or_writes_client(statement).then_some(
            "`COPY` from or to the client: a migration has no input and no output; write `INSERT`, or \
             `COPY` with a file of the server",
        )
    }

    fn marker(&self, number: usize) -> String {
        format!(
            "SELECT '{number}' AS {MARKER}, (extract(epoch FROM pg_catalog.clock_timestamp()) * \
             1000000)::bigint::text AS clock"
        )
    }

    fn has_clock(&self) -> bool {
        true
    }

    fn elapsed_expression(&self) -> Option<&'static str> {
        // PostgreSQL 15 manual, 9.9.5: statement_timestamp() is when the message arrived.
        Some(
            "greatest((extract(epoch FROM pg_catalog.clock_timestamp() - \
             pg_catalog.statement_timestamp()) * 1000000)::bigint, 0)",
        )
    }

    /// What they run may commit.
    fn may_leave_part(&self, statement: &str) -> bool {
        let phrase = Phrase::beginning(statement, Database::Postgres);
        let commits = || statement.to_ascii_uppercase().contains("COMMIT");
        phrase.sees("CALL") || phrase.sees("DO") && commits()
    }

    fn runs_outside_transaction(&self, statement: &str) -> bool {
        let words = significant_words(statement, Database::Postgres, 12);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["VACUUM" | "CALL" | "DO" | "CLUSTER", ..]
            | ["SET", "LOCAL", ..]
            | ["ALTER", "SYSTEM", ..]
            | ["CREATE" | "DROP", "DATABASE" | "TABLESPACE" | "SUBSCRIPTION", ..]
            | ["DISCARD", "ALL", ..] => true,
            ["REINDEX", rest @ ..] => rest
                .iter()
                .any(|word| matches!(*word, "CONCURRENTLY" | "DATABASE" | "SYSTEM" | "SCHEMA")),
            ["CREATE" | "DROP" | "ALTER" | "REFRESH", rest @ ..] => rest.contains(&"CONCURRENTLY"),
            _ => false,
        }
    }
}

/// Whether a statement is a `COPY` whose data goes over the connection.
fn reads_or_writes_client(statement: &str) -> bool {
    if !Phrase::beginning(statement, Database::Postgres).sees("COPY") {
        return false;
    }
    let phrase = Phrase::new(statement, Database::Postgres);
    phrase.contains("STDIN") || phrase.contains("STDOUT")
}
