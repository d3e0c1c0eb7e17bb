//! `MySQL` and `MariaDB`.
//!
//! The lock is a named one of the session: DDL commits, so nothing that belongs to a transaction
//! would last. Its names are the server's, so the database is part of the name. It is only ever
//! tried, so that the client decides how long to wait.
//! Source: `MySQL` 8.4 manual, "Locking Functions"; `MariaDB` documentation, "`GET_LOCK`".

mod dialect;
mod function_names;
mod lost;
mod session;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::settings::HistoryNames;
use sqlx::ConnectOptions;
use sqlx::mysql::{MySql, MySqlConnectOptions, MySqlConnection, MySqlDatabaseError};
use sqlx::pool::PoolConnection;

use self::dialect::MysqlDialect;
use super::{
    Dialect, Driver, DriverFuture, Effect, Existing, LockScope, Opening, ServerMessage, Sink,
    TextRow,
    stream::{self, Pace},
};
use crate::advice::Said;
use crate::connection::Held;
use crate::db::Db;
use crate::phrase::Name;
use crate::probe::{Kind, Object};
use crate::store::Tables;

const NO_SUCH_TABLE: u16 = 1146;
const UNKNOWN_DATABASE: u16 = 1049;

/// Opens a connection of its own.
pub(crate) async fn connect(url: &str) -> Result<Db, sqlx::Error> {
    let mut options: MySqlConnectOptions = url.parse()?;
    // sqlx would change `sql_mode` and the time zone, and SQL must do here what it does in the
    // server's own client. The handshake asks for utf8mb4 already.
    options =
        options.pipes_as_concat(false).no_engine_substitution(false).disable_statement_logging();
    let asks_for = |key: &str| {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| pair.split_once('=').is_some_and(|(name, _)| name == key))
    };
    if !asks_for("timezone") && !asks_for("time-zone") {
        options = options.timezone(None);
    }
    if !asks_for("charset") && !asks_for("collation") {
        options = options.set_names(false);
    }
    Ok(Db::from(options.connect().await?))
}

pub(crate) struct MysqlDriver {
    connection: Held<MySql>,
    dialect: Arc<MysqlDialect>,
}

impl MysqlDriver {
    fn new(connection: Held<MySql>) -> Self {
        MysqlDriver { connection, dialect: Arc::default() }
    }

    async fn text(&mut self, query: String) -> Result<Option<String>, sqlx::Error> {
        let rows = self.rows(query).await?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
    }

    async fn flag(&mut self, query: String) -> Result<bool, sqlx::Error> {
        Ok(self.text(query).await?.as_deref() == Some("true"))
    }
}

impl From<MySqlConnection> for MysqlDriver {
    fn from(connection: MySqlConnection) -> Self {
        MysqlDriver::new(Held::Own(connection))
    }
}

impl From<PoolConnection<MySql>> for MysqlDriver {
    fn from(connection: PoolConnection<MySql>) -> Self {
        MysqlDriver::new(Held::Pooled(connection))
    }
}

/// The lock's name as a literal; `MySQL` takes at most 64 characters.
fn lock_name(tables: &Tables) -> String {
    format!("'cargo_migrate_{}'", &tables.lock_key().hex()[..32])
}

fn number(error: &sqlx::Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

impl Driver for MysqlDriver {
    fn database(&self) -> Database {
        Database::Mysql
    }

    fn dialect(&self) -> Arc<dyn Dialect> {
        self.dialect.clone()
    }

    fn batch<'a>(&'a mut self, text: String, sink: Sink<'a>) -> DriverFuture<'a, ()> {
        Box::pin(stream::batch::<MySql>(&mut self.connection, text, Pace::Each, sink))
    }

    fn rows(&mut self, text: String) -> DriverFuture<'_, Vec<TextRow>> {
        Box::pin(stream::rows::<MySql>(&mut self.connection, text))
    }

    fn resolve<'a>(&'a mut self, names: &'a HistoryNames) -> DriverFuture<'a, Tables> {
        Box::pin(async move {
            let selected = self.text("SELECT DATABASE()".to_owned()).await?;
            self.dialect = Arc::new(MysqlDialect { selected: selected.clone() });
            Ok(Tables {
                database: Database::Mysql,
                schema: names.schema.clone().or(selected),
                name: names.table.clone(),
                set: String::new(),
            })
        })
    }

    fn try_lock<'a>(
        &'a mut self,
        tables: &'a Tables,
        _scope: LockScope,
        _patience: Duration,
    ) -> DriverFuture<'a, bool> {
        let name = lock_name(tables);
        // The server counts how often a session takes its lock; once is enough for us.
        let query = format!(
            "SELECT IF(IS_USED_LOCK({name}) = CONNECTION_ID() OR GET_LOCK({name}, 0) = 1, 'true', 'false')"
        );
        Box::pin(async move { self.flag(query).await })
    }

    fn holder<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, Option<String>> {
        // Without the PROCESS privilege other users' connections are not in the list.
        let query = format!(
            "SELECT CONCAT('connection ', l.id, COALESCE(CONCAT(' of ', p.user, ' from ', p.host), '')) \
             FROM (SELECT IS_USED_LOCK({}) AS id) l LEFT JOIN information_schema.processlist p \
             ON p.id = l.id",
            lock_name(tables)
        );
        Box::pin(async move { self.text(query).await })
    }

    fn unlock<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool> {
        let query = format!("SELECT IF(RELEASE_LOCK({}) = 1, 'true', 'false')", lock_name(tables));
        Box::pin(async move { self.flag(query).await })
    }

    fn still_locked<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool> {
        let name = lock_name(tables);
        let query = format!("SELECT IF(IS_USED_LOCK({name}) = CONNECTION_ID(), 'true', 'false')");
        Box::pin(async move { self.flag(query).await })
    }

    fn create_tables(&self, tables: &Tables) -> String {
        // 191 characters of four bytes are what an index column of an old InnoDB takes.
        let (key, word) = ("VARCHAR(191) NOT NULL", "VARCHAR(255) NOT NULL");
        let options = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
        let selected = self.dialect.selected.as_deref();
        let schema = tables.schema.as_deref().filter(|schema| selected != Some(schema));
        let schema = schema.map(|schema| {
            format!("CREATE DATABASE IF NOT EXISTS {};\n", Database::Mysql.quote(schema))
        });
        format!(
            "{schema}CREATE TABLE IF NOT EXISTS {history} (\
             `set_name` {key}, `version` {key}, `position` INT NOT NULL, `name` TEXT NOT NULL, \
             `kind` {word}, `state` {word}, `done` INT NOT NULL, `statements` INT NOT NULL, \
             `checksum` {word}, `tokens` {word}, `downgrade` LONGTEXT, `downgrade_checksum` {word}, \
             `basis` {word}, `applied_at` {word}, `duration_us` BIGINT NOT NULL, \
             `tool_version` {word}, `seal` {word}, PRIMARY KEY (`set_name`, `version`)) {options};\n\
             CREATE TABLE IF NOT EXISTS {events} (\
             `id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, `set_name` {key}, `event` {word}, \
             `version` {word}, `name` TEXT NOT NULL, `at` {word}, `duration_us` BIGINT NOT NULL, \
             `checksum` {word}, `error` LONGTEXT, `client` TEXT NOT NULL, `user_name` {word}, \
             `tool_version` {word}, `server_version` {word}) {options}",
            schema = schema.unwrap_or_default(),
            history = tables.history(),
            events = tables.events(),
        )
    }

    fn is_missing_table(&self, error: &sqlx::Error) -> bool {
        matches!(number(error), Some(NO_SUCH_TABLE | UNKNOWN_DATABASE))
    }

    fn open(&self, _tables: &Tables, _head: &str) -> Opening {
        // The session's lock is held for the whole run: nobody else can have worked.
        Opening::Raising(Vec::new())
    }

    fn probe<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Effect> {
        Box::pin(crate::probe::mysql(self, statement))
    }

    fn describe(&self, error: &sqlx::Error) -> ServerMessage {
        let Said { code, message } = Said::by(error);
        ServerMessage { code, message, ..ServerMessage::default() }
    }

    fn version(&mut self) -> DriverFuture<'_, String> {
        Box::pin(async move {
            let query =
                "SELECT CONCAT(IF(VERSION() LIKE '%MariaDB%', 'MariaDB ', 'MySQL '), VERSION())";
            Ok(self.text(query.to_owned()).await?.unwrap_or_default())
        })
    }

    fn exists<'a>(&'a mut self, what: &'a Existing<'a>) -> DriverFuture<'a, bool> {
        let name = |name: &str| {
            let (schema, name) = crate::probe::split_name(name);
            Name { schema: schema.map(str::to_owned), name: name.to_owned() }
        };
        let objects = match *what {
            Existing::Table(table) => vec![Object::new(Kind::Table, name(table))],
            Existing::Column { table, column } => {
                vec![Object::of_table(Kind::Column, &name(table), column.to_owned())]
            }
            Existing::Index(index) => vec![Object::new(Kind::Index, name(index))],
            Existing::TableIndex { table, index } => {
                vec![Object::of_table(Kind::Index, &name(table), index.to_owned())]
            }
            Existing::Function(function) => [Kind::Function, Kind::Procedure]
                .map(|kind| Object::new(kind, name(function)))
                .to_vec(),
        };
        Box::pin(async move {
            for object in &objects {
                if self.flag(crate::probe::mysql_exists_query(object)).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    fn connection(&mut self) -> &mut dyn Any {
        let connection: &mut MySqlConnection = &mut self.connection;
        connection
    }

    fn close(self: Box<Self>) -> DriverFuture<'static, ()> {
        Box::pin(self.connection.close())
    }

    fn abandon(self: Box<Self>) {
        self.connection.abandon();
    }
}
