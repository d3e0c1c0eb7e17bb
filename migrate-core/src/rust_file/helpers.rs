//! Calls that a Rust migration makes on its connection, and what they do.

use crate::database::Database;

/// What a guard helper makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// `add_column_if_missing(table, column, definition)`.
    Column([String; 3]),
    /// `create_index_if_missing(index, table, columns)`.
    Index([String; 3]),
}

impl Made {
    /// The SQL that the helper runs where the object is missing.
    pub fn sql(&self, database: Database) -> String {
        let quote = |name: &str| database.quote(name);
        let qualified = |name: &str| name.split('.').map(quote).collect::<Vec<_>>().join(".");
        match self {
            Made::Column([table, column, definition]) => format!(
                "ALTER TABLE {} ADD COLUMN {} {definition}",
                qualified(table),
                quote(column)
            ),
            Made::Index([index, table, columns]) => {
                format!("CREATE INDEX {} ON {} ({columns})", quote(index), qualified(table))
            }
        }
    }
}

/// Calls whose first argument is SQL.
pub(super) const EXECUTES: [&str; 7] =
    ["execute", "execute_counted", "backfill", "query", "query_as", "query_scalar", "raw_sql"];

/// Guard helpers: they do nothing where what they make is there already.
const GUARDS: [&str; 2] = ["add_column_if_missing", "create_index_if_missing"];

/// Whether a call executes what its arguments say.
pub(super) fn takes_texts(name: &str) -> bool {
    EXECUTES.contains(&name) || GUARDS.contains(&name)
}

/// Methods of `Db` that change nothing.
pub(super) const HARMLESS: [&str; 9] = [
    "table_exists",
    "column_exists",
    "index_exists",
    "function_exists",
    "progress",
    "database",
    "postgres",
    "mysql",
    "sqlite",
];
