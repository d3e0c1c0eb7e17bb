//! A fresh database for every test.

use std::sync::atomic::{AtomicU32, Ordering};

use migrate_core::database::Database;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};
use tempfile::TempDir;

use crate::redact;

/// The variable that names the server of `database`, if it needs one.
pub fn server_variable(database: Database) -> Option<&'static str> {
    match database {
        Database::Postgres => Some("DATABASE_URL_POSTGRES"),
        Database::Mysql => Some("DATABASE_URL_MYSQL"),
        Database::Sqlite => None,
    }
}

/// A database that no other test uses, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    kind: Database,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Server { admin_url: String, name: String },
    File { directory: TempDir },
}

impl TestDatabase {
    /// Creates an empty database.
    ///
    /// # Panics
    /// When the server is not there: a test without its server fails, it is not skipped.
    pub fn create(kind: Database) -> Self {
        let Some(variable) = server_variable(kind) else { return Self::create_file() };
        let admin_url = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run the tests with `bash tests/run`")
        });
        let name = unique_name();
        let url = with_database(&admin_url, &name);
        administer(&admin_url, format!("CREATE DATABASE {}", kind.quote(&name)))
            .unwrap_or_else(|error| panic!("cannot create a database at {variable}: {error}"));
        Self { url, kind, place: Place::Server { admin_url, name } }
    }

    fn create_file() -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("test.db").display());
        Self { url, kind: Database::Sqlite, place: Place::File { directory } }
    }

    /// Returns the URL to connect with, as a user would pass it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the kind of the server.
    pub fn kind(&self) -> Database {
        self.kind
    }

    /// Replaces what is this database's alone: its URL, its name and where its server listens.
    pub fn redact(&self, text: &str) -> String {
        let text = text.replace(&self.url, "[url]");
        match &self.place {
            Place::Server { admin_url, name } => {
                let socket =
                    admin_url.rsplit_once('=').map_or(admin_url.as_str(), |(_, path)| path);
                text.replace(name, "[database]").replace(socket, "[socket]")
            }
            Place::File { directory } => redact::path(&text, directory.path(), "[directory]"),
        }
    }

    /// Returns the URL of this database through `PgBouncer`, which pools by transaction.
    ///
    /// # Panics
    /// When the database is not a Postgres one, or `PgBouncer` does not run.
    pub fn pooled_url(&self) -> String {
        let Place::Server { name, .. } = &self.place else { panic!("no pooler for a file") };
        assert_eq!(self.kind, Database::Postgres, "PgBouncer speaks to Postgres only");
        let pooler = std::env::var("DATABASE_URL_PGBOUNCER")
            .expect("DATABASE_URL_PGBOUNCER is not set: run the tests with `bash tests/run`");
        with_database(&pooler, name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Server { admin_url, name } = &self.place else { return };
        // A test that failed may still hold connections.
        let force = if self.kind == Database::Postgres { " WITH (FORCE)" } else { "" };
        // Best effort: the server goes with `tests/run`, and a panic here would hide
        // the test's own.
        let _ = administer(admin_url, format!("DROP DATABASE {}{force}", self.kind.quote(name)));
    }
}

/// Unique among the test processes that share a server, and short enough for Postgres's 63 bytes.
fn unique_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    format!("test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// Replaces the path of a server URL by the name of a database.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(a, p)| (a, Some(p)));
    let host = address.find("://").map_or(0, |scheme| scheme + 3);
    let path = address[host..].find('/').map_or(address.len(), |slash| host + slash);
    let query = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..path])
}

/// Runs one statement on a connection of its own.
///
/// On a thread of its own too: it is called from `drop`, inside the test's runtime.
fn administer(url: &str, statement: String) -> Result<(), sqlx::Error> {
    let work = async move {
        let statement = AssertSqlSafe(statement);
        if Database::from_url(url) == Some(Database::Postgres) {
            let mut connection = PgConnection::connect(url).await?;
            connection.execute(sqlx::raw_sql(statement)).await?;
            connection.close().await
        } else {
            let mut connection = MySqlConnection::connect(url).await?;
            connection.execute(sqlx::raw_sql(statement)).await?;
            connection.close().await
        }
    };
    std::thread::scope(|scope| {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
        let thread = scope.spawn(move || runtime().map_err(sqlx::Error::Io)?.block_on(work));
        thread.join().expect("the administering thread does not panic")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_replaces_the_path_of_the_url() {
        let replaced = |url| with_database(url, "new");
        assert_eq!(
            replaced("postgres://postgres@localhost/postgres?host=/tmp/a/b"),
            "postgres://postgres@localhost/new?host=/tmp/a/b",
        );
        assert_eq!(replaced("mysql://root@localhost:3306"), "mysql://root@localhost:3306/new");
    }
}
