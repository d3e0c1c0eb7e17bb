//! The connection that migrations work on.

use migrate_core::database::Database;
use migrate_core::history::History;
use migrate_core::settings::Settings;

use crate::driver::{BatchItem, Driver, Existing};
use crate::error::{Error, Result};
use crate::events::{Event, Observer, emit};
use crate::store::{Tables, read_history};

/// The connection that a migration works on, inside the migration's transaction.
///
/// It owns its connection and has no lifetime parameter, so that a migration is written
/// `pub async fn upgrade(db: &mut Db) -> Result<()>`.
pub struct Db {
    driver: Option<Box<dyn Driver>>,
    /// Whether a transaction or lock may be open. A connection that is dropped like that is
    /// closed, never given back to a pool.
    busy: bool,
    /// Whether settings of the connection were changed that outlive a transaction, and are still
    /// to be brought back.
    altered: bool,
    pub(crate) observer: Option<Observer>,
    /// A history that was read before its set was known.
    ahead: Option<Ahead>,
}

/// What a query of the history answered before it was asked for.
struct Ahead {
    query: String,
    answer: Result<HistoryAnswer>,
}

/// A history, or why the server did not give it: its table may be missing.
type HistoryAnswer = std::result::Result<History, sqlx::Error>;

impl Db {
    pub(crate) fn new(driver: Box<dyn Driver>) -> Self {
        Db { driver: Some(driver), busy: false, altered: false, observer: None, ahead: None }
    }

    /// Returns the kind of server.
    pub fn database(&self) -> Database {
        self.driver.as_ref().map_or(Database::Sqlite, |driver| driver.database())
    }

    /// Reads the history of a set that is still being read: the next operation of a
    /// [`Runner`](crate::Runner) begins with it.
    pub async fn read_ahead(&mut self, settings: &Settings) {
        let tables = Tables::of(settings);
        if settings.database == self.database() && self.driver.is_some() {
            let answer = self.fresh_history(&tables).await;
            self.ahead = Some(Ahead { query: tables.select(), answer });
        }
    }

    /// Reads the history, unless its answer is here already.
    pub(crate) async fn history(&mut self, tables: &Tables) -> Result<HistoryAnswer> {
        match self.ahead.take().filter(|ahead| ahead.query == tables.select()) {
            Some(ahead) => ahead.answer,
            None => self.fresh_history(tables).await,
        }
    }

    /// Reads the history as it is now: what was read ahead of a lock may be old under it.
    pub(crate) async fn fresh_history(&mut self, tables: &Tables) -> Result<HistoryAnswer> {
        let rows = match self.driver()?.rows(tables.select()).await {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let history = read_history(&tables.set, rows);
        Ok(Ok(history.map_err(|error| Error::Request(error.to_string()))?))
    }

    /// Executes SQL; several statements are separated by `;`.
    pub async fn execute(&mut self, sql: &str) -> Result<()> {
        Ok(self.driver()?.batch(sql.to_owned(), &mut |_| {}).await?)
    }

    /// Executes SQL and returns how many rows its statements changed in all.
    pub async fn execute_counted(&mut self, sql: &str) -> Result<u64> {
        let mut changed = 0;
        let mut count = |item| {
            if let BatchItem::Done(rows) = item {
                changed += rows;
            }
        };
        self.driver()?.batch(sql.to_owned(), &mut count).await?;
        Ok(changed)
    }

    /// Executes a statement again and again until it changes no row, and reports progress.
    ///
    /// The statement changes a bounded batch of the rows that still need it, such as
    /// `UPDATE guest SET slug = lower(name) WHERE id IN (SELECT id FROM guest WHERE slug = ''
    /// LIMIT 1000)`. Returns how many rows were changed in all. With `transaction=off` every
    /// batch is committed by itself, so that locks are held briefly and a later run goes on
    /// with what is left.
    pub async fn backfill(&mut self, statement: &str) -> Result<u64> {
        let mut done = 0;
        loop {
            let changed = self.execute_counted(statement).await?;
            if changed == 0 {
                return Ok(done);
            }
            done += changed;
            self.progress(done, None, "rows");
        }
    }

    /// Reports how far a migration came, to the run's observer and to `tracing`.
    pub fn progress(&mut self, done: u64, total: Option<u64>, unit: &str) {
        emit(&mut self.observer, &Event::Progress { done, total, unit: unit.to_owned() });
    }

    /// Whether a table or view exists. `name` is not quoted and may be `schema.name`.
    pub async fn table_exists(&mut self, name: &str) -> Result<bool> {
        self.exists(Existing::Table(name)).await
    }

    /// Whether a table has a column.
    pub async fn column_exists(&mut self, table: &str, column: &str) -> Result<bool> {
        self.exists(Existing::Column { table, column }).await
    }

    /// Whether an index exists.
    pub async fn index_exists(&mut self, name: &str) -> Result<bool> {
        self.exists(Existing::Index(name)).await
    }

    /// Whether a function or procedure exists; always `false` on `SQLite`, which has none that
    /// a migration could create.
    pub async fn function_exists(&mut self, name: &str) -> Result<bool> {
        self.exists(Existing::Function(name)).await
    }

    /// Adds a column unless the table has one of that name; says whether it did.
    ///
    /// `definition` is SQL, such as `boolean NOT NULL DEFAULT false`.
    pub async fn add_column_if_missing(
        &mut self,
        table: &str,
        column: &str,
        definition: &str,
    ) -> Result<bool> {
        if self.column_exists(table, column).await? {
            return Ok(false);
        }
        let database = self.database();
        let table = crate::probe::quoted_name(database, table);
        let column = database.quote(column);
        self.execute(&format!("ALTER TABLE {table} ADD COLUMN {column} {definition}")).await?;
        Ok(true)
    }

    /// Creates an index unless there is one of that name; says whether it did.
    ///
    /// `columns` is SQL: names or expressions, separated by commas.
    pub async fn create_index_if_missing(
        &mut self,
        index: &str,
        table: &str,
        columns: &str,
    ) -> Result<bool> {
        let found = match self.database() {
            // MySQL's index names belong to their table.
            Database::Mysql => self.exists(Existing::TableIndex { table, index }).await?,
            Database::Postgres | Database::Sqlite => self.index_exists(index).await?,
        };
        if found {
            return Ok(false);
        }
        let database = self.database();
        let table = crate::probe::quoted_name(database, table);
        let index = database.quote(index);
        self.execute(&format!("CREATE INDEX {index} ON {table} ({columns})")).await?;
        Ok(true)
    }

    /// Returns the Postgres connection.
    ///
    /// # Errors
    /// [`Error::Request`] when the connection is to another kind of server.
    #[cfg(feature = "postgres")]
    pub fn postgres(&mut self) -> Result<&mut sqlx::PgConnection> {
        self.typed("Postgres")
    }

    /// Returns the `MySQL` or `MariaDB` connection.
    ///
    /// # Errors
    /// [`Error::Request`] when the connection is to another kind of server.
    #[cfg(feature = "mysql")]
    pub fn mysql(&mut self) -> Result<&mut sqlx::MySqlConnection> {
        self.typed("MySQL")
    }

    /// Returns the `SQLite` connection.
    ///
    /// # Errors
    /// [`Error::Request`] when the connection is to another kind of server.
    #[cfg(feature = "sqlite")]
    pub fn sqlite(&mut self) -> Result<&mut sqlx::SqliteConnection> {
        self.typed("SQLite")
    }

    /// Closes the connection, or gives it back to its pool.
    pub async fn close(mut self) -> Result<()> {
        match self.driver.take() {
            Some(driver) if !self.is_busy() => Ok(driver.close().await?),
            Some(driver) => {
                driver.abandon();
                Ok(())
            }
            None => Ok(()),
        }
    }

    #[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
    fn typed<C: 'static>(&mut self, server: &str) -> Result<&mut C> {
        let database = self.database();
        let connection = self.driver()?.connection();
        connection.downcast_mut().ok_or_else(|| {
            Error::Request(format!("this connection is to {database}, not to {server}"))
        })
    }

    async fn exists(&mut self, what: Existing<'_>) -> Result<bool> {
        Ok(self.driver()?.exists(&what).await?)
    }

    pub(crate) fn driver_ref(&self) -> Result<&dyn Driver> {
        match &self.driver {
            Some(driver) => Ok(driver.as_ref()),
            None => Err(Error::Request("the connection is closed".to_owned())),
        }
    }

    pub(crate) fn driver(&mut self) -> Result<&mut dyn Driver> {
        match &mut self.driver {
            Some(driver) => Ok(driver.as_mut()),
            None => Err(Error::Request("the connection is closed".to_owned())),
        }
    }

    /// Says whether a transaction or lock is open from here on.
    pub(crate) fn set_busy(&mut self, busy: bool) {
        self.busy = busy;
    }

    /// Says whether settings that outlive a transaction are changed from here on.
    pub(crate) fn set_altered(&mut self, altered: bool) {
        self.altered = altered;
    }

    /// Whether an earlier use was cut off and may have left a transaction open, or settings
    /// that are not the caller's.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy || self.altered
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        if self.is_busy()
            && let Some(driver) = self.driver.take()
        {
            driver.abandon();
        }
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("database", &self.database()).finish_non_exhaustive()
    }
}
