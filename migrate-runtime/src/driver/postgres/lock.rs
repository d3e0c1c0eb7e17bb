//! The advisory lock, as SQL.

use migrate_core::database::Database;

use crate::store::Tables;

/// SQLSTATE that our guard raises; the class `MG` belongs to no server.
pub(super) const GUARD_STATE: &str = "MG001";

/// The 64-bit key of the advisory lock.
pub(super) fn key(tables: &Tables) -> i64 {
    let hex = tables.lock_key().hex();
    // Sixteen hexadecimal digits always fit; the sign bit is as good as any other.
    u64::from_str_radix(&hex[..16], 16).unwrap_or_default().cast_signed()
}

/// The condition for the rows of `pg_locks` that are the lock of `key`, held by anybody.
///
/// `PostgreSQL` 15 manual, 54.12 "`pg_locks`": a bigint key is split over classid and objid.
fn is_lock(key: i64) -> String {
    let key = key.cast_unsigned();
    format!(
        "locktype = 'advisory' AND granted AND objsubid = 1 AND classid::bigint = {} AND \
         objid::bigint = {} AND database = (SELECT oid FROM pg_database WHERE datname = \
         current_database())",
        key >> 32,
        key & 0xffff_ffff
    )
}

/// Returns the query that takes the lock for the session, and answers with its process.
pub(super) fn take_for_session(key: i64) -> String {
    // A session may take its lock again and again; but behind a pooler this one may have been
    // taken for somebody else.
    format!(
        "SELECT CASE WHEN EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() \
         AND {}) THEN NULL WHEN pg_try_advisory_lock({key}) THEN \
         pg_backend_pid()::text END",
        is_lock(key)
    )
}

/// Returns the query for who has the lock.
pub(super) fn query_holder(tables: &Tables) -> String {
    format!(
        "SELECT 'process ' || a.pid || CASE WHEN a.application_name = '' THEN '' ELSE ' (' || \
         a.application_name || ')' END || coalesce(' of ' || a.usename, '') || coalesce(' from ' \
         || host(a.client_addr), '') FROM pg_locks JOIN pg_stat_activity a USING (pid) WHERE {}",
        is_lock(key(tables))
    )
}

/// Returns the query that says whether a process is the one we speak to, and has the lock.
pub(super) fn query_held_by(tables: &Tables, process: &str) -> String {
    format!(
        "SELECT (count(*) > 0)::text FROM pg_locks WHERE pid = pg_backend_pid() AND pid::text = {} \
         AND {}",
        Database::Postgres.literal(process),
        is_lock(key(tables))
    )
}

/// Returns the statement that takes the lock for the transaction and fails where somebody has it,
/// or has changed the history.
pub(super) fn guard(tables: &Tables, head: &str) -> String {
    format!(
        "DO $migrate$ BEGIN\n\
         IF NOT pg_catalog.pg_try_advisory_xact_lock({}) THEN RAISE EXCEPTION 'another cargo migrate \
         holds the migration lock' USING ERRCODE = '{GUARD_STATE}'; END IF;\n\
         IF ({}) IS DISTINCT FROM {} THEN RAISE EXCEPTION 'another cargo migrate has changed the \
         history' USING ERRCODE = '{GUARD_STATE}'; END IF;\n\
         END $migrate$",
        key(tables),
        tables.select_head(),
        Database::Postgres.literal(head),
    )
}
