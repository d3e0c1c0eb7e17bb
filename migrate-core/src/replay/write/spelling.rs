//! How the servers' SQL differs, as far as writing it goes.

use super::Writer;
use super::table::Table;
use crate::database::Database;
use crate::replay::catalog::Column;

/// One server's way of writing.
pub(crate) trait Spelling: Sync {
    /// A column of `CREATE TABLE` and `ADD COLUMN`; `None` where it is not known.
    fn column(&self, writer: &Writer<'_>, table: &Table<'_>, column: &Column) -> Option<String>;

    /// What stands in `CREATE TABLE` behind the columns.
    fn parts(&self, writer: &Writer<'_>, table: &Table<'_>) -> Vec<String>;

    /// Whether foreign keys are added once all tables are there.
    fn adds_foreign_keys_later(&self) -> bool {
        true
    }

    /// Whether the server changes the texts of views and triggers when something that they
    /// name is renamed.
    fn rewrites_texts(&self) -> bool {
        true
    }

    /// Statements before everything else.
    fn preamble(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The way of a server.
pub(super) fn spelling_of(database: Database) -> &'static dyn Spelling {
    match database {
        Database::Postgres => &super::postgres::Postgres,
        Database::Sqlite => &super::sqlite::Sqlite,
        Database::Mysql => &super::mysql::Mysql,
    }
}
