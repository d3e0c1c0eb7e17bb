//! M603: a column that refuses nulls is added to an existing table without a default.

use super::{AddedColumn, History, Rule, finding};
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};

/// What is added to a table with rows has a value for them.
///
/// Sealed migrations are left alone, since they can neither change nor get a waiver: the caller
/// leaves those findings out.
#[derive(Debug)]
pub(super) struct NotNullWithoutDefault;

impl Rule for NotNullWithoutDefault {
    fn code(&self) -> Code {
        Code::M603
    }

    fn databases(&self) -> &'static [Database] {
        &Database::ALL
    }

    fn judge(&self, history: &History<'_>) -> Vec<Diagnostic> {
        let lacking = history.events.added.iter().filter(|added| added.lacks_value);
        lacking.map(|added| self.found(history.database, added)).collect()
    }
}

impl NotNullWithoutDefault {
    fn found(&self, database: Database, added: &AddedColumn) -> Diagnostic {
        let AddedColumn { table, column, type_name, .. } = added;
        let message = format!(
            "`{column}` refuses nulls and has no default, and `{table}` may have rows by then"
        );
        // Source: Postgres 17 manual, "ALTER TABLE", Notes; SQLite, "ALTER TABLE ADD COLUMN";
        // MySQL 8.4 manual, "Data Type Default Values".
        let what_happens = match database {
            Database::Postgres => "the server refuses the statement as soon as the table has a row",
            Database::Sqlite => {
                "SQLite refuses the statement as soon as the table has a row, old versions always"
            }
            Database::Mysql => {
                "the server puts the type's zero into the rows that are there: 0, an empty text, or a \
                 date that strict mode refuses"
            }
        };
        let (table, column) = (database.quote(table), database.quote(column));
        let finding = finding(self.code(), added.site, message)
            .note(what_happens)
            .help("give it a `DEFAULT`, which may be dropped in a later migration");
        match database {
            Database::Postgres => finding.help(format!(
                "or add it without `NOT NULL`, fill it, then `ALTER TABLE {table} ALTER COLUMN \
                 {column} SET NOT NULL;`"
            )),
            Database::Mysql => finding.help(format!(
                "or add it without `NOT NULL`, fill it, then `ALTER TABLE {table} MODIFY COLUMN \
                 {column} {type_name} NOT NULL;`"
            )),
            // It has no way to add the constraint later.
            Database::Sqlite => finding,
        }
    }
}
