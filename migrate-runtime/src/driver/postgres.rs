//! Postgres.
//!
//! The lock is an advisory one inside the migration's own transaction: it works through a pooler
//! in transaction mode and is gone with the connection. It is only ever tried, never waited for
//! inside the server: a waiter would hold a snapshot, and `CREATE INDEX CONCURRENTLY` of the holder
//! would wait for that snapshot.
//! Source: `PostgreSQL` 15 manual, 9.27.10 "Advisory Lock Functions", and "CREATE INDEX".

mod dialect;
mod lock;
mod session;
mod tables;

use std::any::Any;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::settings::HistoryNames;
use sqlx::ConnectOptions;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, Postgres};

use self::dialect::PostgresDialect;
use super::{
    Dialect, Driver, DriverFuture, Effect, Existing, LockScope, Opening, ServerMessage, Sink,
    TextRow,
    stream::{self, Pace},
};
use crate::advice::Said;
use crate::connection::Held;
use crate::db::Db;
use crate::store::Tables;

/// A client that is gone is noticed even inside a long statement (`PostgreSQL` 14 and later, and
/// not on every system).
const CHECK_CLIENT: &str = "client_connection_check_interval = 500";
const RESET_CHECK_CLIENT: &str = "RESET client_connection_check_interval";

const UNDEFINED_TABLE: &str = "42P01";
const UNDEFINED_SCHEMA: &str = "3F000";

/// Opens a connection of its own.
pub(crate) async fn connect(url: &str) -> Result<Db, sqlx::Error> {
    let mut options = PgConnectOptions::from_str(url)?;
    if !url.contains("application_name=") {
        options = options.application_name("cargo-migrate");
    }
    let connection = options.disable_statement_logging().connect().await?;
    Ok(Db::from(connection))
}

pub(crate) struct PostgresDriver {
    connection: Held<Postgres>,
    /// Whether the server can be told to look whether its client is there still.
    checks_client: bool,
    /// The server process that took the session's lock: a pooler may go on with another one.
    locked_by: Option<String>,
    /// Whether that lock may have been taken without our hearing of it.
    locking: bool,
}

impl PostgresDriver {
    pub(crate) fn new(connection: Held<Postgres>) -> Self {
        PostgresDriver { connection, checks_client: false, locked_by: None, locking: false }
    }

    async fn text(&mut self, query: String) -> Result<Option<String>, sqlx::Error> {
        let rows = self.rows(query).await?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
    }

    async fn flag(&mut self, query: String) -> Result<bool, sqlx::Error> {
        Ok(self.text(query).await?.as_deref() == Some("true"))
    }

    async fn run(&mut self, text: &str) -> Result<(), sqlx::Error> {
        self.batch(text.to_owned(), &mut |_| {}).await
    }

    /// Releases the lock of the server process `pid`, which a pooler may have given to others.
    async fn unlock_process(&mut self, key: i64, pid: &str) -> Result<bool, sqlx::Error> {
        let query = format!(
            "SELECT CASE WHEN pg_backend_pid() = {pid} THEN pg_advisory_unlock({key})::text END"
        );
        // Nobody's work is lost when it ends while it is idle; with the lock in it, nobody could
        // migrate until the pooler closes it.
        let end = format!(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE pid = {pid} AND \
             state = 'idle'"
        );
        for attempt in 0..100 {
            if let Some(released) = self.text(query.clone()).await? {
                return Ok(released == "true");
            }
            if attempt >= 10 && self.flag(end.clone()).await? {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(false)
    }
}

impl From<PgConnection> for PostgresDriver {
    fn from(connection: PgConnection) -> Self {
        PostgresDriver::new(Held::Own(connection))
    }
}

impl From<PoolConnection<Postgres>> for PostgresDriver {
    fn from(connection: PoolConnection<Postgres>) -> Self {
        PostgresDriver::new(Held::Pooled(connection))
    }
}

impl Driver for PostgresDriver {
    fn database(&self) -> Database {
        Database::Postgres
    }

    fn dialect(&self) -> Arc<dyn Dialect> {
        Arc::new(PostgresDialect)
    }

    fn batch<'a>(&'a mut self, text: String, sink: Sink<'a>) -> DriverFuture<'a, ()> {
        Box::pin(stream::batch::<Postgres>(&mut *self.connection, text, Pace::Each, sink))
    }

    fn rows(&mut self, text: String) -> DriverFuture<'_, Vec<TextRow>> {
        Box::pin(stream::rows::<Postgres>(&mut *self.connection, text))
    }

    fn resolve<'a>(&'a mut self, names: &'a HistoryNames) -> DriverFuture<'a, Tables> {
        Box::pin(async move {
            let schema = if names.schema.is_some() {
                names.schema.clone()
            } else {
                self.text(tables::query_schema(&names.table)).await?
            };
            Ok(Tables {
                database: Database::Postgres,
                schema,
                name: names.table.clone(),
                set: String::new(),
            })
        })
    }

    fn try_lock<'a>(
        &'a mut self,
        tables: &'a Tables,
        scope: LockScope,
        _patience: Duration,
    ) -> DriverFuture<'a, bool> {
        let key = lock::key(tables);
        Box::pin(async move {
            match scope {
                LockScope::Transaction => {
                    self.run("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
                    let query = format!("SELECT pg_try_advisory_xact_lock({key})::text");
                    let locked = self.flag(query).await?;
                    if !locked {
                        self.run("ROLLBACK").await?;
                    }
                    Ok(locked)
                }
                LockScope::Session => {
                    if self.checks_client {
                        self.run(&format!("SET {CHECK_CLIENT}")).await?;
                    }
                    let query = lock::take_for_session(key);
                    self.locking = true;
                    self.locked_by = self.text(query).await?;
                    self.locking = false;
                    Ok(self.locked_by.is_some())
                }
            }
        })
    }

    fn holder<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, Option<String>> {
        let query = lock::query_holder(tables);
        Box::pin(async move { self.text(query).await })
    }

    fn unlock<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool> {
        let key = lock::key(tables);
        Box::pin(async move {
            if self.checks_client {
                self.run(RESET_CHECK_CLIENT).await?;
            }
            match self.locked_by.take() {
                Some(pid) => self.unlock_process(key, &pid).await,
                None if self.locking => {
                    self.locking = false;
                    self.flag(format!("SELECT pg_advisory_unlock({key})::text")).await
                }
                None => Ok(false),
            }
        })
    }

    fn still_locked<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool> {
        let query = lock::query_held_by(tables, self.locked_by.as_deref().unwrap_or_default());
        Box::pin(async move { self.flag(query).await })
    }

    fn create_tables(&self, tables: &Tables) -> String {
        tables::create(tables)
    }

    fn is_missing_table(&self, error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| code == UNDEFINED_TABLE || code == UNDEFINED_SCHEMA)
    }

    fn open(&self, tables: &Tables, head: &str) -> Opening {
        // READ COMMITTED whatever the default is: the head must be read by a snapshot that is
        // younger than the lock. The lock-only wait of a long migration must not be killed.
        let mut opening = vec![
            "BEGIN ISOLATION LEVEL READ COMMITTED".to_owned(),
            "SET LOCAL idle_in_transaction_session_timeout = 0".to_owned(),
        ];
        if self.checks_client {
            opening.push(format!("SET LOCAL {CHECK_CLIENT}"));
        }
        opening.push(lock::guard(tables, head));
        Opening::Raising(opening)
    }

    fn guard_failed(&self, error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| code == lock::GUARD_STATE)
    }

    fn probe<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Effect> {
        Box::pin(crate::probe::postgres(self, statement))
    }

    fn verify<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Option<String>> {
        Box::pin(crate::probe::postgres_invalid_index(self, statement))
    }

    fn describe(&self, error: &sqlx::Error) -> ServerMessage {
        let Some(database) = error.as_database_error() else {
            let message = Said::by(error).message;
            return ServerMessage { message, ..ServerMessage::default() };
        };
        let Some(error) = database.try_downcast_ref::<PgDatabaseError>() else {
            return ServerMessage {
                message: database.message().to_owned(),
                ..ServerMessage::default()
            };
        };
        let position = match error.position() {
            Some(PgErrorPosition::Original(position)) => Some(position),
            _ => None,
        };
        ServerMessage {
            code: error.code().to_owned(),
            message: error.message().to_owned(),
            detail: error.detail().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
            position,
        }
    }

    fn version(&mut self) -> DriverFuture<'_, String> {
        Box::pin(async move {
            let query = "SELECT 'PostgreSQL ' || current_setting('server_version')";
            let version = self.text(query.to_owned()).await?.unwrap_or_default();
            if !self.checks_client {
                // As one message this is a transaction, and leaves nothing behind.
                let tried = self.run(&format!("SET LOCAL {CHECK_CLIENT}; SELECT 1")).await;
                self.checks_client = tried.is_ok();
            }
            Ok(version)
        })
    }

    fn exists<'a>(&'a mut self, what: &'a Existing<'a>) -> DriverFuture<'a, bool> {
        let query = tables::query_existence(what);
        Box::pin(async move { self.flag(query).await })
    }

    fn connection(&mut self) -> &mut dyn Any {
        let connection: &mut PgConnection = &mut self.connection;
        connection
    }

    fn close(self: Box<Self>) -> DriverFuture<'static, ()> {
        Box::pin(self.connection.close())
    }

    fn abandon(self: Box<Self>) {
        self.connection.abandon();
    }
}
