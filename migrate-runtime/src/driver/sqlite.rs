//! `SQLite`.
//!
//! `BEGIN IMMEDIATE` is the lock: it keeps other writers out, and is gone with the process.
//! Source: sqlite.org, "File Locking And Concurrency", "PRAGMA `foreign_keys`", "Making Other Kinds
//! Of Table Schema Changes".

use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::settings::HistoryNames;
use sqlx::Sqlite;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteConnection;

use self::dialect::SqliteDialect;
use super::{
    Dialect, Driver, DriverFuture, Effect, Existing, LockScope, Opening, ServerMessage, Sink,
    TextRow,
    stream::{self, Pace},
};
use crate::advice::Said;
use crate::connection::Held;
use crate::store::Tables;

mod dialect;
mod open;
#[cfg(test)]
mod tests;

pub(crate) use open::{connect, exists};

pub(crate) struct SqliteDriver {
    connection: Held<Sqlite>,
    dialect: Arc<SqliteDialect>,
    /// How long the connection waits by itself for other connections, in milliseconds.
    busy_timeout: Option<u64>,
    /// Whether it waits as long as the run does, until the transaction under the lock ends.
    is_patient: bool,
    /// Whether foreign keys were enforced before they were switched off for a transaction.
    enforced: bool,
    /// Rows that violated a foreign key before the transaction.
    violations: HashSet<TextRow>,
}

/// The longest that `SQLite` waits, in milliseconds: it counts them in an `int`.
const LONGEST: u64 = i32::MAX as u64;

/// Asks for the usual way of locking, and answers with the mode that holds from then on.
const RELEASE: &str = "PRAGMA locking_mode = NORMAL";

impl SqliteDriver {
    fn new(connection: Held<Sqlite>) -> Self {
        SqliteDriver {
            connection,
            dialect: Arc::default(),
            busy_timeout: None,
            is_patient: false,
            enforced: false,
            violations: HashSet::new(),
        }
    }

    async fn run(&mut self, text: &str) -> Result<(), sqlx::Error> {
        self.batch(text.to_owned(), &mut |_| {}).await
    }

    async fn value(&mut self, query: &str) -> Result<String, sqlx::Error> {
        let rows = self.rows(query.to_owned()).await?;
        let value = rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
        Ok(value.unwrap_or_default())
    }

    async fn enforces_foreign_keys(&mut self) -> Result<bool, sqlx::Error> {
        let query = "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys";
        Ok(self.value(query).await? == "1")
    }

    /// Executes a text that fails at once where another connection is in the way; afterwards the
    /// connection waits as long as `patience`, where that is longer than it does by itself.
    ///
    /// How long is waited for the lock is the run's to say, not the connection's.
    async fn run_without_waiting(
        &mut self,
        text: &str,
        patience: Duration,
    ) -> Result<(), sqlx::Error> {
        if self.busy_timeout.is_none() {
            let own = self.value("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout").await?;
            self.busy_timeout = Some(own.parse().unwrap_or_default());
        }
        let own = self.busy_timeout.unwrap_or_default();
        let patient = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX).clamp(own, LONGEST);
        let done =
            self.run(&format!("PRAGMA busy_timeout = 0; {text}; {}", waiting(patient))).await;
        self.is_patient = done.is_ok() && patient != own;
        if done.is_err() {
            self.run(&waiting(own)).await?;
        }
        done
    }

    /// The statement behind a text that ends the transaction under the lock: the connection waits
    /// as before.
    fn impatient(&self, text: &str) -> Option<String> {
        let text = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
        let ends = text.ends_with("COMMIT") || text == "ROLLBACK";
        (self.is_patient && ends).then(|| waiting(self.busy_timeout.unwrap_or_default()))
    }

    /// Gives up the lock of [`LockScope::Session`].
    async fn release_session(&mut self) -> Result<(), sqlx::Error> {
        if self.value(RELEASE).await? == "exclusive" {
            // sqlite.org, "PRAGMA locking_mode": write-ahead logging that was begun under the
            // lock has to end before the lock can.
            self.run("PRAGMA journal_mode = DELETE").await?;
            self.value(RELEASE).await?;
            self.run("PRAGMA journal_mode = WAL").await?;
        }
        // The lock goes when the file is read next; somebody else's may be in the way of that.
        match self.run("SELECT count(*) FROM sqlite_schema").await {
            Err(error) if !is_busy(&error) => Err(error),
            _ => Ok(()),
        }
    }

    async fn foreign_key_violations(&mut self) -> Result<Vec<TextRow>, sqlx::Error> {
        let query = "SELECT \"table\", CAST(rowid AS TEXT), parent, CAST(fkid AS TEXT) \
                     FROM pragma_foreign_key_check";
        self.rows(query.to_owned()).await
    }
}

impl From<SqliteConnection> for SqliteDriver {
    fn from(connection: SqliteConnection) -> Self {
        SqliteDriver::new(Held::Own(connection))
    }
}

impl From<PoolConnection<Sqlite>> for SqliteDriver {
    fn from(connection: PoolConnection<Sqlite>) -> Self {
        SqliteDriver::new(Held::Pooled(connection))
    }
}

/// The statement that says how long to wait for other connections.
fn waiting(milliseconds: u64) -> String {
    format!("PRAGMA busy_timeout = {milliseconds}")
}

/// Whether an error says that another connection has the lock.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // Extended result codes carry the primary one in their low byte.
    let code = code.and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
    matches!(code & 0xff, 5 | 6)
}

impl Driver for SqliteDriver {
    fn database(&self) -> Database {
        Database::Sqlite
    }

    fn dialect(&self) -> Arc<dyn Dialect> {
        self.dialect.clone()
    }

    fn batch<'a>(&'a mut self, mut text: String, sink: Sink<'a>) -> DriverFuture<'a, ()> {
        Box::pin(async move {
            let impatient = self.impatient(&text);
            if let Some(statement) = &impatient {
                text.push_str(";\n");
                text.push_str(statement);
            }
            stream::batch::<Sqlite>(&mut *self.connection, text, Pace::Gathered, sink).await?;
            self.is_patient &= impatient.is_none();
            Ok(())
        })
    }

    fn rows(&mut self, text: String) -> DriverFuture<'_, Vec<TextRow>> {
        Box::pin(stream::rows::<Sqlite>(&mut *self.connection, text))
    }

    fn resolve<'a>(&'a mut self, names: &'a HistoryNames) -> DriverFuture<'a, Tables> {
        Box::pin(async move {
            let enforces = self.enforces_foreign_keys().await?;
            self.dialect = Arc::new(SqliteDialect { enforces });
            Ok(Tables {
                database: Database::Sqlite,
                schema: names.schema.clone(),
                name: names.table.clone(),
                set: String::new(),
            })
        })
    }

    fn try_lock<'a>(
        &'a mut self,
        _tables: &'a Tables,
        scope: LockScope,
        patience: Duration,
    ) -> DriverFuture<'a, bool> {
        Box::pin(async move {
            let (text, patience) = match scope {
                LockScope::Transaction => ("BEGIN IMMEDIATE", patience),
                // In this mode what is locked outlives its transaction. It is entered as the only
                // writer: in it, even a reader that waits would keep others from their commit.
                LockScope::Session => (
                    "BEGIN IMMEDIATE; PRAGMA locking_mode = EXCLUSIVE; COMMIT; BEGIN EXCLUSIVE; COMMIT",
                    Duration::ZERO,
                ),
            };
            match self.run_without_waiting(text, patience).await {
                Ok(()) => Ok(true),
                Err(error) if is_busy(&error) => {
                    if scope == LockScope::Session {
                        // sqlite.org, "Transactions": a COMMIT that finds a reader in its way
                        // leaves its transaction open. Where the text failed before that there is
                        // none, which is all that the rollback can say.
                        _ = self.run("ROLLBACK").await;
                        // What is locked already must not be in the way of the holder's commit.
                        self.release_session().await?;
                    }
                    Ok(false)
                }
                Err(error) => Err(error),
            }
        })
    }

    fn holder<'a>(&'a mut self, _tables: &'a Tables) -> DriverFuture<'a, Option<String>> {
        Box::pin(async { Ok(Some("another connection to this file".to_owned())) })
    }

    fn unlock<'a>(&'a mut self, _tables: &'a Tables) -> DriverFuture<'a, bool> {
        Box::pin(async move {
            self.release_session().await?;
            Ok(true)
        })
    }

    fn still_locked<'a>(&'a mut self, _tables: &'a Tables) -> DriverFuture<'a, bool> {
        Box::pin(async { Ok(true) })
    }

    fn create_tables(&self, tables: &Tables) -> String {
        let (history, events) = (tables.history(), tables.events());
        format!(
            "CREATE TABLE {history} (\
             \"set_name\" TEXT NOT NULL, \"version\" TEXT NOT NULL, \"position\" INTEGER NOT NULL, \
             \"name\" TEXT NOT NULL, \"kind\" TEXT NOT NULL, \"state\" TEXT NOT NULL, \
             \"done\" INTEGER NOT NULL, \"statements\" INTEGER NOT NULL, \"checksum\" TEXT NOT NULL, \
             \"tokens\" TEXT NOT NULL, \"downgrade\" TEXT, \"downgrade_checksum\" TEXT NOT NULL, \
             \"basis\" TEXT NOT NULL, \"applied_at\" TEXT NOT NULL, \"duration_us\" INTEGER NOT NULL, \
             \"tool_version\" TEXT NOT NULL, \"seal\" TEXT NOT NULL, \
             PRIMARY KEY (\"set_name\", \"version\"));\n\
             CREATE TABLE {events} (\
             \"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \"set_name\" TEXT NOT NULL, \
             \"event\" TEXT NOT NULL, \"version\" TEXT NOT NULL, \"name\" TEXT NOT NULL, \
             \"at\" TEXT NOT NULL, \"duration_us\" INTEGER NOT NULL, \"checksum\" TEXT NOT NULL, \
             \"error\" TEXT, \"client\" TEXT NOT NULL, \"tool_version\" TEXT NOT NULL, \
             \"server_version\" TEXT NOT NULL)"
        )
    }

    fn is_missing_table(&self, error: &sqlx::Error) -> bool {
        let message = error.as_database_error().map(sqlx::error::DatabaseError::message);
        message.is_some_and(|message| message.starts_with("no such table"))
    }

    fn open(&self, _tables: &Tables, _head: &str) -> Opening {
        Opening::Asking
    }

    fn before_transaction(&mut self) -> DriverFuture<'_, ()> {
        Box::pin(async move {
            self.enforced = self.enforces_foreign_keys().await?;
            if self.enforced {
                self.run("PRAGMA foreign_keys = OFF").await?;
            }
            self.violations = self.foreign_key_violations().await?.into_iter().collect();
            Ok(())
        })
    }

    fn check_before_commit(&mut self) -> DriverFuture<'_, Option<String>> {
        Box::pin(async move {
            if !self.enforced {
                return Ok(None);
            }
            let found = self.foreign_key_violations().await?;
            let new = found.into_iter().find(|row| !self.violations.contains(row));
            Ok(new.map(|row| {
                let value = |index: usize| row.get(index).cloned().flatten().unwrap_or_default();
                format!(
                    "foreign key check failed: row {} of `{}` refers to a row of `{}` that does not exist",
                    value(1),
                    value(0),
                    value(2)
                )
            }))
        })
    }

    fn after_transaction(&mut self) -> DriverFuture<'_, ()> {
        Box::pin(async move {
            if self.enforced {
                self.run("PRAGMA foreign_keys = ON").await?;
            }
            self.violations.clear();
            Ok(())
        })
    }

    fn probe<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Effect> {
        Box::pin(crate::probe::sqlite(self, statement))
    }

    fn describe(&self, error: &sqlx::Error) -> ServerMessage {
        let Said { code, message } = Said::by(error);
        ServerMessage { code, message, ..ServerMessage::default() }
    }

    fn version(&mut self) -> DriverFuture<'_, String> {
        Box::pin(async move { self.value("SELECT 'SQLite ' || sqlite_version()").await })
    }

    fn exists<'a>(&'a mut self, what: &'a Existing<'a>) -> DriverFuture<'a, bool> {
        let literal = |text: &str| Database::Sqlite.literal(text);
        let schema_of = |name: &str| {
            let (schema, _) = crate::probe::split_name(name);
            Database::Sqlite.quote(schema.unwrap_or("main"))
        };
        let object = |name: &str, kinds: &str| {
            format!(
                "SELECT CAST(EXISTS (SELECT 1 FROM {}.sqlite_master WHERE type IN ({kinds}) AND lower(name) \
                 = lower({})) AS TEXT)",
                schema_of(name),
                literal(crate::probe::split_name(name).1)
            )
        };
        let query = match *what {
            Existing::Table(name) => object(name, "'table', 'view'"),
            Existing::Index(name) | Existing::TableIndex { index: name, .. } => {
                object(name, "'index'")
            }
            Existing::Column { table, column } => {
                let (schema, name) = crate::probe::split_name(table);
                format!(
                    "SELECT CAST(EXISTS (SELECT 1 FROM pragma_table_xinfo({}, {}) WHERE lower(name) = \
                     lower({})) AS TEXT)",
                    literal(name),
                    literal(schema.unwrap_or("main")),
                    literal(column)
                )
            }
            Existing::Function(_) => "SELECT '0'".to_owned(),
        };
        Box::pin(async move { Ok(self.value(&query).await? == "1") })
    }

    fn connection(&mut self) -> &mut dyn Any {
        let connection: &mut SqliteConnection = &mut self.connection;
        connection
    }

    fn close(self: Box<Self>) -> DriverFuture<'static, ()> {
        Box::pin(self.connection.close())
    }

    fn abandon(self: Box<Self>) {
        self.connection.abandon();
    }
}
