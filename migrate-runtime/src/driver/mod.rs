//! What differs between servers: one file each. The order of steps is written above, once.

mod dialect;
mod stream;

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::settings::HistoryNames;

use crate::store::Tables;

pub(crate) use dialect::{Around, Dialect};

/// A future that a driver returns.
pub(crate) type DriverFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'a>>;

/// A row of text values, as our own queries select them.
pub(crate) type TextRow = Vec<Option<String>>;

/// What comes back while a message of several statements is executed.
pub(crate) enum BatchItem {
    /// A statement came to its end, and changed so many rows.
    Done(u64),
    /// A marker of ours was reached: its number, and the server's clock in microseconds where
    /// the server has a better one than the arrival of the answer.
    Marker(usize, Option<u64>),
}

/// Receives the items of a batch as they arrive.
pub(crate) type Sink<'a> = &'a mut (dyn FnMut(BatchItem) + Send);

/// Column name by which a row of a batch is known to be a marker.
pub(crate) const MARKER: &str = "cargo_migrate_marker";

/// How long a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockScope {
    /// To the end of the transaction that taking it opens.
    Transaction,
    /// Until it is released: for work outside transactions.
    Session,
}

/// How a transaction makes sure that nobody else worked since the history was read.
pub(crate) enum Opening {
    /// The statements raise [`Driver::guard_failed`]'s error inside the message.
    Raising(Vec<String>),
    /// Taking the lock opens the transaction; the head is then compared by us.
    Asking,
}

/// Whether a statement that was interrupted took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It did.
    Present,
    /// It did not, and nothing of it is left.
    Absent,
    /// The server cannot tell.
    Unknown,
}

/// What a server's error says, in one form for all servers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ServerMessage {
    /// SQLSTATE, or the server's own number.
    pub(crate) code: String,
    /// The message.
    pub(crate) message: String,
    /// Postgres: the detail line.
    pub(crate) detail: Option<String>,
    /// Postgres: the hint line.
    pub(crate) hint: Option<String>,
    /// One-based character in the text that was sent.
    pub(crate) position: Option<usize>,
}

/// One server.
///
/// A driver owns its connection. Texts go by the simple protocol (`raw_sql`): prepared statements
/// fail behind connection poolers.
pub(crate) trait Driver: Send {
    /// Returns the kind of server.
    fn database(&self) -> Database;

    /// Returns what the server makes of statements, as the connection is set up by itself: known
    /// once [`Driver::resolve`] has asked.
    fn dialect(&self) -> Arc<dyn Dialect>;

    /// Executes a text of several statements as one message.
    fn batch<'a>(&'a mut self, text: String, sink: Sink<'a>) -> DriverFuture<'a, ()>;

    /// Executes a query of ours, all of whose columns are text.
    fn rows(&mut self, text: String) -> DriverFuture<'_, Vec<TextRow>>;

    /// Returns the tables' names, qualified by where unqualified names lead right now.
    fn resolve<'a>(&'a mut self, names: &'a HistoryNames) -> DriverFuture<'a, Tables>;

    /// Tries once to take the migration lock; `false` when another connection has it.
    ///
    /// With [`LockScope::Transaction`] a transaction is open afterwards, where the server ties
    /// its lock to one; `patience` is how long its commit may wait for those who read.
    fn try_lock<'a>(
        &'a mut self,
        tables: &'a Tables,
        scope: LockScope,
        patience: Duration,
    ) -> DriverFuture<'a, bool>;

    /// Says who holds the lock, as far as the server tells.
    fn holder<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, Option<String>>;

    /// Releases a lock of session scope; `false` when it was lost before.
    fn unlock<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool>;

    /// Whether a lock of session scope is still held by this connection.
    fn still_locked<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool>;

    /// Returns the text that creates the history tables where they are missing.
    fn create_tables(&self, tables: &Tables) -> String;

    /// Whether an error says that the history table does not exist.
    fn is_missing_table(&self, error: &sqlx::Error) -> bool;

    /// Returns the text that opens a transaction whose head must be `head`.
    fn open(&self, tables: &Tables, head: &str) -> Opening;

    /// Whether an error was raised by [`Opening::Raising`].
    fn guard_failed(&self, _error: &sqlx::Error) -> bool {
        false
    }

    /// Prepares the connection before a transaction opens, for what cannot be done inside one.
    fn before_transaction(&mut self) -> DriverFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Says what a transaction that was prepared for would break if it were committed.
    fn check_before_commit(&mut self) -> DriverFuture<'_, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    /// Undoes [`Driver::before_transaction`].
    fn after_transaction(&mut self) -> DriverFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// Finds out whether an interrupted statement took effect; clears the remains of one that
    /// leaves something invalid behind.
    fn probe<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Effect>;

    /// Checks what a statement claims to have made, such as that an index is valid.
    fn verify<'a>(&'a mut self, _statement: &'a str) -> DriverFuture<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    /// Reads a server's error.
    fn describe(&self, error: &sqlx::Error) -> ServerMessage;

    /// Returns the server's version, for the event log.
    fn version(&mut self) -> DriverFuture<'_, String>;

    /// Whether tables, columns and functions exist: the guards of [`Db`](crate::Db).
    fn exists<'a>(&'a mut self, what: &'a Existing<'a>) -> DriverFuture<'a, bool>;

    /// Returns the connection for typed access.
    fn connection(&mut self) -> &mut dyn Any;

    /// Closes the connection, or gives it back to its pool.
    fn close(self: Box<Self>) -> DriverFuture<'static, ()>;

    /// Drops the connection without giving it back: the server undoes what is open.
    fn abandon(self: Box<Self>);
}

/// Something whose existence a guard asks for. Names are not quoted; `schema.name` is split.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Existing<'a> {
    Table(&'a str),
    Column { table: &'a str, column: &'a str },
    Index(&'a str),
    TableIndex { table: &'a str, index: &'a str },
    Function(&'a str),
}
