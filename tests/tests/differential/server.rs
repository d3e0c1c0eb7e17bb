//! The real servers: one empty database per history.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use migrate_core::database::Database;
use migrate_tests::describe;
use migrate_tests::server::TestDatabase;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};

/// A server that executes one statement after the other.
pub(crate) enum Server {
    Postgres { connection: PgConnection, _database: TestDatabase },
    Mysql { connection: MySqlConnection, database: TestDatabase, name: String },
    Sqlite { connection: Option<SqliteConnection> },
}

/// Tells apart the databases of tests that run side by side.
static SERVERS: AtomicU32 = AtomicU32::new(0);

impl Server {
    pub(crate) async fn start(database: Database) -> Self {
        match database {
            Database::Postgres => {
                let database = TestDatabase::create(database);
                let connection = PgConnection::connect(database.url()).await;
                let connection = connection.expect("Postgres lets us in");
                Server::Postgres { connection, _database: database }
            }
            Database::Mysql => {
                let database = TestDatabase::create(database);
                let connection = MySqlConnection::connect(database.url()).await;
                let connection = connection.expect("MySQL lets us in");
                let number = SERVERS.fetch_add(1, Ordering::Relaxed);
                let name = format!("migrate_differential_{number}");
                Server::Mysql { connection, database, name }
            }
            Database::Sqlite => Server::Sqlite { connection: None },
        }
    }

    /// Begins a history in an empty database.
    ///
    /// On Postgres in a transaction, so that nothing has to be taken away by hand.
    pub(crate) async fn begin(&mut self) {
        match self {
            Server::Postgres { connection, .. } => {
                run(&mut *connection, "ROLLBACK").await.expect("a transaction ends");
                run(&mut *connection, "BEGIN").await.expect("a transaction begins");
            }
            Server::Mysql { connection, database, name } => {
                // Temporary tables outlive their database, but not their connection.
                let fresh = MySqlConnection::connect(database.url()).await;
                *connection = fresh.expect("MySQL lets us in");
                for sql in [
                    format!("DROP DATABASE IF EXISTS {name}"),
                    format!("CREATE DATABASE {name}"),
                    format!("USE {name}"),
                ] {
                    run(&mut *connection, &sql).await.expect("a database is made");
                }
            }
            Server::Sqlite { connection } => {
                let fresh = SqliteConnection::connect("sqlite::memory:").await;
                *connection = Some(fresh.expect("memory is there"));
            }
        }
    }

    /// Executes a statement; one that is refused leaves nothing behind.
    pub(crate) async fn apply(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Server::Postgres { connection, .. } => {
                run(&mut *connection, "SAVEPOINT one").await.expect("a savepoint is made");
                let result = run(&mut *connection, sql).await;
                let end =
                    if result.is_ok() { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
                run(&mut *connection, end).await.expect("a savepoint ends");
                result
            }
            Server::Mysql { connection, .. } => run(&mut *connection, sql).await,
            Server::Sqlite { connection } => {
                run(connection.as_mut().expect("a history has begun"), sql).await
            }
        }
    }
}

impl Server {
    /// What is in the database, one line for each thing.
    pub(crate) async fn describe(&mut self, database: Database) -> BTreeSet<String> {
        let sql = AssertSqlSafe(describe::query(database));
        let rows: Result<Vec<(String,)>, sqlx::Error> = match self {
            Server::Postgres { connection, .. } => {
                sqlx::query_as(sql).fetch_all(&mut *connection).await
            }
            Server::Mysql { connection, .. } => {
                sqlx::query_as(sql).fetch_all(&mut *connection).await
            }
            Server::Sqlite { connection } => {
                let connection = connection.as_mut().expect("a history has begun");
                sqlx::query_as(sql).fetch_all(connection).await
            }
        };
        let rows = rows.unwrap_or_else(|error| panic!("{database} cannot be described: {error}"));
        rows.into_iter().map(|(line,)| line).collect()
    }
}

async fn run<'c, E: Executor<'c>>(connection: E, sql: &str) -> Result<(), String> {
    let result = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await;
    match result {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) => Err(error.message().to_owned()),
        Err(error) => panic!("the connection is lost at {sql}: {error}"),
    }
}
