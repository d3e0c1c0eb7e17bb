//! Postgres.
//!
//! The lock is an advisory one inside the migration's own transaction: it works through a pooler
//! in transaction mode and is gone with the connection. It is only ever tried, never waited for
//! inside the server: a waiter would hold a snapshot, and `CREATE INDEX CONCURRENTLY` of the holder
//! would wait for that snapshot.
//! Source: `PostgreSQL` 15 manual, 9.27.10 "Advisory Lock Functions", and "CREATE INDEX".

use std::any::Any;
use std::str::FromStr;
use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::settings::HistoryNames;
use migrate_core::sql::significant_words;
use sqlx::ConnectOptions;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, Postgres};

use super::{
    Around, Driver, DriverFuture, Effect, Existing, LockScope, MARKER, Opening, ServerMessage,
    Sink, TextRow, stream,
};
use crate::connection::Held;
use crate::db::Db;
use crate::store::Tables;

/// SQLSTATE that our guard raises; the class `MG` belongs to no server.
const GUARD_STATE: &str = "MG001";

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
}

impl PostgresDriver {
    pub(crate) fn new(connection: Held<Postgres>) -> Self {
        PostgresDriver { connection }
    }

    async fn flag(&mut self, query: String) -> Result<bool, sqlx::Error> {
        let rows = self.rows(query).await?;
        Ok(rows.first().and_then(|row| row.first()).is_some_and(|v| v.as_deref() == Some("true")))
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

/// The 64-bit key of the advisory lock.
fn lock_key(tables: &Tables) -> i64 {
    let hex = tables.lock_key().hex();
    // Sixteen hexadecimal digits always fit; the sign bit is as good as any other.
    u64::from_str_radix(&hex[..16], 16).unwrap_or_default().cast_signed()
}

impl Driver for PostgresDriver {
    fn database(&self) -> Database {
        Database::Postgres
    }

    fn batch<'a>(&'a mut self, text: String, sink: Sink<'a>) -> DriverFuture<'a, ()> {
        Box::pin(stream::batch::<Postgres>(&mut *self.connection, text, sink))
    }

    fn rows(&mut self, text: String) -> DriverFuture<'_, Vec<TextRow>> {
        Box::pin(stream::rows::<Postgres>(&mut *self.connection, text))
    }

    fn resolve<'a>(&'a mut self, names: &'a HistoryNames) -> DriverFuture<'a, Tables> {
        Box::pin(async move {
            let schema = if names.schema.is_some() {
                names.schema.clone()
            } else {
                let rows = self.rows("SELECT current_schema()::text".to_owned()).await?;
                rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten()
            };
            Ok(Tables {
                database: Database::Postgres,
                schema,
                name: names.table.clone(),
                set: String::new(),
            })
        })
    }

    fn try_lock<'a>(&'a mut self, tables: &'a Tables, scope: LockScope) -> DriverFuture<'a, bool> {
        let key = lock_key(tables);
        Box::pin(async move {
            match scope {
                LockScope::Transaction => {
                    self.batch("BEGIN ISOLATION LEVEL READ COMMITTED".to_owned(), &mut |_| {})
                        .await?;
                    let query = format!("SELECT pg_try_advisory_xact_lock({key})::text");
                    let locked = self.flag(query).await?;
                    if !locked {
                        self.batch("ROLLBACK".to_owned(), &mut |_| {}).await?;
                    }
                    Ok(locked)
                }
                LockScope::Session => {
                    // A killed client is noticed by the server even inside a long statement
                    // (PostgreSQL 14 and later; older ones do not know the setting).
                    let notice = "SELECT set_config(name, '500', false) FROM pg_settings \
                                  WHERE name = 'client_connection_check_interval'";
                    self.rows(notice.to_owned()).await?;
                    self.flag(format!("SELECT pg_try_advisory_lock({key})::text")).await
                }
            }
        })
    }

    fn holder<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, Option<String>> {
        let key = lock_key(tables).cast_unsigned();
        // PostgreSQL 15 manual, 54.12 "pg_locks": a bigint key is split over classid and objid.
        let query = format!(
            "SELECT 'process ' || a.pid || CASE WHEN a.application_name = '' THEN '' ELSE ' (' || \
             a.application_name || ')' END || coalesce(' of ' || a.usename, '') || coalesce(' from ' \
             || host(a.client_addr), '') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
             WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = {} \
             AND l.objid::bigint = {} AND l.database = (SELECT oid FROM pg_database WHERE datname = \
             current_database())",
            key >> 32,
            key & 0xffff_ffff
        );
        Box::pin(async move {
            let rows = self.rows(query).await?;
            Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
        })
    }

    fn unlock<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool> {
        let query = format!("SELECT pg_advisory_unlock({})::text", lock_key(tables));
        Box::pin(async move { self.flag(query).await })
    }

    fn still_locked<'a>(&'a mut self, tables: &'a Tables) -> DriverFuture<'a, bool> {
        let key = lock_key(tables).cast_unsigned();
        let query = format!(
            "SELECT (count(*) > 0)::text FROM pg_locks WHERE locktype = 'advisory' AND granted AND \
             pid = pg_backend_pid() AND objsubid = 1 AND classid::bigint = {} AND objid::bigint = {}",
            key >> 32,
            key & 0xffff_ffff
        );
        Box::pin(async move { self.flag(query).await })
    }

    fn create_tables(&self, tables: &Tables) -> String {
        let (history, events) = (tables.history(), tables.events());
        // RLS without a policy would show an empty history to a role that was granted SELECT, and
        // an empty history is a lie; so reading is allowed to whom it is granted, writing is not.
        let protect = |table: &str| {
            format!(
                "REVOKE ALL ON {table} FROM PUBLIC;\nALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n\
                 CREATE POLICY \"cargo_migrate_read\" ON {table} FOR SELECT USING (true);\n"
            )
        };
        let schema = tables.schema.as_deref().map(|schema| Database::Postgres.quote(schema));
        let schema = schema.map(|name| {
            let literal = Database::Postgres.literal(tables.schema.as_deref().unwrap_or_default());
            format!(
                "DO $migrate$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname \
                 = {literal}) THEN CREATE SCHEMA {name}; END IF; END $migrate$;\n"
            )
        });
        format!(
            "{schema}CREATE TABLE {history} (\
             \"set_name\" text NOT NULL, \"version\" text NOT NULL, \"position\" integer NOT NULL, \
             \"name\" text NOT NULL, \"kind\" text NOT NULL, \"state\" text NOT NULL, \
             \"done\" integer NOT NULL, \"statements\" integer NOT NULL, \"checksum\" text NOT NULL, \
             \"tokens\" text NOT NULL, \"downgrade\" text, \"downgrade_checksum\" text NOT NULL, \
             \"basis\" text NOT NULL, \"applied_at\" text NOT NULL, \"duration_us\" bigint NOT NULL, \
             \"tool_version\" text NOT NULL, \"seal\" text NOT NULL, \
             PRIMARY KEY (\"set_name\", \"version\"));\n\
             CREATE TABLE {events} (\
             \"id\" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \"set_name\" text NOT NULL, \
             \"event\" text NOT NULL, \"version\" text NOT NULL, \"name\" text NOT NULL, \
             \"at\" text NOT NULL, \"duration_us\" bigint NOT NULL, \"checksum\" text NOT NULL, \
             \"error\" text, \"client\" text NOT NULL, \"user_name\" text NOT NULL DEFAULT \
             CURRENT_USER, \"tool_version\" text NOT NULL, \"server_version\" text NOT NULL);\n\
             {}{}",
            protect(&history),
            protect(&events),
            schema = schema.unwrap_or_default(),
        )
    }

    fn is_missing_table(&self, error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| code == UNDEFINED_TABLE || code == UNDEFINED_SCHEMA)
    }

    fn open(&self, tables: &Tables, head: &str) -> Opening {
        // READ COMMITTED whatever the default is: the head must be read by a snapshot that is
        // younger than the lock. The lock-only wait of a long migration must not be killed.
        let guard = format!(
            "DO $migrate$ BEGIN\n\
             IF NOT pg_catalog.pg_try_advisory_xact_lock({}) THEN RAISE EXCEPTION 'another cargo migrate \
             holds the migration lock' USING ERRCODE = '{GUARD_STATE}'; END IF;\n\
             IF ({}) IS DISTINCT FROM {} THEN RAISE EXCEPTION 'another cargo migrate has changed the \
             history' USING ERRCODE = '{GUARD_STATE}'; END IF;\n\
             END $migrate$",
            lock_key(tables),
            tables.select_head(),
            Database::Postgres.literal(head),
        );
        Opening::Raising(vec![
            "BEGIN ISOLATION LEVEL READ COMMITTED".to_owned(),
            "SET LOCAL idle_in_transaction_session_timeout = 0".to_owned(),
            guard,
        ])
    }

    fn guard_failed(&self, error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        code.is_some_and(|code| code == GUARD_STATE)
    }

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
        let mut names = Vec::new();
        for statement in statements {
            let words = significant_words(statement, Database::Postgres, 4);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["SET", "LOCAL" | "TRANSACTION" | "CONSTRAINTS", ..] => {}
                ["SET", "SESSION", "AUTHORIZATION", ..] => {
                    names.push("session_authorization".into())
                }
                ["SET" | "RESET", "SESSION", name, ..] | ["SET" | "RESET", name, ..] => {
                    names.push(name.to_lowercase());
                }
                _ => {}
            }
            names.extend(set_config_names(statement));
        }
        names.sort();
        names.dedup();
        names.retain(|name| name != "time" && name != "all");
        let mut around = Around::default();
        for (index, name) in names.iter().enumerate() {
            let literal = Database::Postgres.literal(name);
            around.before.push(format!(
                "SELECT pg_catalog.set_config('cargo_migrate.kept_{index}', coalesce(pg_catalog.\
                 current_setting({literal}, true), ''), false)"
            ));
            around.after.push(format!(
                "SELECT pg_catalog.set_config({literal}, pg_catalog.current_setting(\
                 'cargo_migrate.kept_{index}'), false)"
            ));
        }
        around
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
            "(extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp()) \
             * 1000000)::bigint",
        )
    }

    fn runs_outside_transaction(&self, statement: &str) -> bool {
        let words = significant_words(statement, Database::Postgres, 12);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["VACUUM" | "CALL" | "DO" | "CLUSTER", ..]
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

    fn probe<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Effect> {
        Box::pin(crate::probe::postgres(self, statement))
    }

    fn verify<'a>(&'a mut self, statement: &'a str) -> DriverFuture<'a, Option<String>> {
        Box::pin(crate::probe::postgres_invalid_index(self, statement))
    }

    fn describe(&self, error: &sqlx::Error) -> ServerMessage {
        let Some(database) = error.as_database_error() else {
            return ServerMessage { message: error.to_string(), ..ServerMessage::default() };
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
            let rows = self.rows(query.to_owned()).await?;
            let version = rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
            Ok(version.unwrap_or_default())
        })
    }

    fn exists<'a>(&'a mut self, what: &'a Existing<'a>) -> DriverFuture<'a, bool> {
        let literal = |text: &str| Database::Postgres.literal(text);
        // `to_regclass` resolves through the search path, as the statement that follows will.
        let relation = |name: &str| literal(&crate::probe::quoted_name(Database::Postgres, name));
        let query = match *what {
            Existing::Table(name)
            | Existing::Index(name)
            | Existing::TableIndex { index: name, .. } => {
                format!("SELECT (to_regclass({}) IS NOT NULL)::text", relation(name))
            }
            Existing::Column { table, column } => format!(
                "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass({}) AND attname \
                 = {} AND attnum > 0 AND NOT attisdropped)::text",
                relation(table),
                literal(column)
            ),
            Existing::Function(name) => {
                let (schema, name) = crate::probe::split_name(name);
                let in_schema = schema.map_or_else(
                    || "pg_function_is_visible(p.oid)".to_owned(),
                    |schema| format!("n.nspname = {}", literal(schema)),
                );
                format!(
                    "SELECT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = \
                     p.pronamespace WHERE p.proname = {} AND {in_schema})::text",
                    literal(name)
                )
            }
        };
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

/// Names set by `set_config('name', …)` calls in a statement.
fn set_config_names(statement: &str) -> Vec<String> {
    let lower = statement.to_ascii_lowercase();
    let calls = lower.match_indices("set_config").map(|(start, _)| &statement[start..]);
    let names = calls.filter_map(|call| {
        let argument = call.split_once('(')?.1.trim_start().strip_prefix('\'')?;
        argument.split_once('\'').map(|(name, _)| name.to_ascii_lowercase())
    });
    names.collect()
}
