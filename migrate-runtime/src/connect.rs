//! Where a connection comes from.

use migrate_core::database::Database;

use crate::advice::{self, Said};
use crate::db::Db;
use crate::embedded::BoxFuture;
use crate::error::{Error, Result};
use crate::secrets;

/// Something that migrations can be run on: a URL, a pool, or a connection.
///
/// A pool must have a connection to spare: one is taken for the length of the run.
pub trait Connect: Send {
    /// Returns a connection that is the caller's alone.
    fn connect<'a>(self) -> BoxFuture<'a, Result<Db>>
    where
        Self: 'a;
}

impl Connect for &str {
    fn connect<'a>(self) -> BoxFuture<'a, Result<Db>>
    where
        Self: 'a,
    {
        Box::pin(Db::connect(self))
    }
}

impl Connect for &String {
    fn connect<'a>(self) -> BoxFuture<'a, Result<Db>>
    where
        Self: 'a,
    {
        Box::pin(Db::connect(self))
    }
}

impl Connect for Db {
    fn connect<'a>(self) -> BoxFuture<'a, Result<Db>>
    where
        Self: 'a,
    {
        Box::pin(async { Ok(self) })
    }
}

macro_rules! server {
    ($feature:literal, $database:ident, $driver:path, $connection:ident, $pool:ident) => {
        #[cfg(feature = $feature)]
        impl Connect for &sqlx::Pool<sqlx::$database> {
            fn connect<'a>(self) -> BoxFuture<'a, Result<Db>>
            where
                Self: 'a,
            {
                Box::pin(async {
                    let connection = self.acquire().await.map_err(|error| failed(&error, None))?;
                    Ok(Db::from(connection))
                })
            }
        }

        #[cfg(feature = $feature)]
        impl From<sqlx::pool::PoolConnection<sqlx::$database>> for Db {
            fn from(connection: sqlx::pool::PoolConnection<sqlx::$database>) -> Self {
                Db::new(Box::new(<$driver>::from(connection)))
            }
        }

        #[cfg(feature = $feature)]
        impl From<sqlx::$connection> for Db {
            fn from(connection: sqlx::$connection) -> Self {
                Db::new(Box::new(<$driver>::from(connection)))
            }
        }
    };
}

server!("postgres", Postgres, crate::driver::postgres::PostgresDriver, PgConnection, PgPool);
server!("mysql", MySql, crate::driver::mysql::MysqlDriver, MySqlConnection, MySqlPool);
server!("sqlite", Sqlite, crate::driver::sqlite::SqliteDriver, SqliteConnection, SqlitePool);

impl Db {
    /// Opens a connection of its own; a missing `SQLite` file is created.
    ///
    /// # Errors
    /// [`Error::Connect`] with what the server said, and never with the password.
    pub async fn connect(url: &str) -> Result<Self> {
        let connected = match kind_of(url)? {
            #[cfg(feature = "postgres")]
            Database::Postgres => crate::driver::postgres::connect(url).await,
            #[cfg(feature = "mysql")]
            Database::Mysql => crate::driver::mysql::connect(url).await,
            #[cfg(feature = "sqlite")]
            Database::Sqlite => crate::driver::sqlite::connect(url).await,
            #[allow(unreachable_patterns, reason = "all three features may be on")]
            database => return Err(not_built_for(database)),
        };
        connected.map_err(|error| failed(&error, Some(url)))
    }

    /// As [`Db::connect`], but `None` where a `SQLite` file is missing: nothing is created.
    pub async fn connect_existing(url: &str) -> Result<Option<Self>> {
        #[cfg(feature = "sqlite")]
        if kind_of(url)? == Database::Sqlite && !crate::driver::sqlite::exists(url) {
            return Ok(None);
        }
        Db::connect(url).await.map(Some)
    }
}

fn kind_of(url: &str) -> Result<Database> {
    Database::from_url(url).ok_or_else(|| {
        Error::Setting(format!(
            "`{}` names no database that is known; a URL begins with `postgres://`, `mysql://` or \
             `sqlite:`",
            secrets::redacted(url)
        ))
    })
}

#[allow(dead_code, reason = "all three features may be on")]
fn not_built_for(database: Database) -> Error {
    Error::Setting(format!(
        "this program was built without support for {database}: enable the feature `{database}` of \
         `migrate-runtime`"
    ))
}

/// Turns a driver's error into ours, with the password taken out of its text.
fn failed(error: &sqlx::Error, url: Option<&str>) -> Error {
    let said = Said::by(error).to_string();
    let message = url.map_or(said.clone(), |url| secrets::removed_from(&said, url));
    let url = url.map(|url| format!("`{}`", secrets::redacted(url)));
    Error::Connect { url, message, advice: advice::of_connecting(error), source: None }
}
