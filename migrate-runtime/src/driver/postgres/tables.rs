//! The history tables and what is asked of the server's catalog, as SQL.

use migrate_core::database::Database;

use crate::driver::Existing;
use crate::store::Tables;

/// Returns the statements that create the history tables.
pub(super) fn create(tables: &Tables) -> String {
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

/// Returns the query for the schema that a table is in, or would be created in.
pub(super) fn query_schema(table: &str) -> String {
    // The table may be in another schema of the search path than the first: a schema named as the
    // user, say, that was created since.
    format!(
        "SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN \
         pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = \
         pg_catalog.to_regclass({})), pg_catalog.current_schema())::text",
        Database::Postgres.literal(&Database::Postgres.quote(table)),
    )
}

/// Returns the query that says whether something exists.
pub(super) fn query_existence(what: &Existing<'_>) -> String {
    let literal = |text: &str| Database::Postgres.literal(text);
    // `to_regclass` resolves through the search path, as the statement that follows will.
    let relation = |name: &str| literal(&crate::probe::quoted_name(Database::Postgres, name));
    match *what {
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
    }
}
