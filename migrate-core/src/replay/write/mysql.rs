//! How `MySQL` and `MariaDB` are written.

use super::Writer;
use super::clauses::ClauseKind;
use super::spelling::Spelling;
use super::table::Table;
use crate::replay::catalog::Column;

/// `MySQL` and `MariaDB`.
#[derive(Debug)]
pub(super) struct Mysql;

impl Spelling for Mysql {
    fn column(&self, writer: &Writer<'_>, table: &Table<'_>, column: &Column) -> Option<String> {
        let kept = [
            ClauseKind::Generated,
            ClauseKind::Other,
            ClauseKind::References,
            // A `TIMESTAMP` that does not say so is not null.
            ClauseKind::Null,
        ];
        if column.type_name.eq_ignore_ascii_case("serial") {
            // Its unique key is an index of its own.
            let type_name = "bigint unsigned NOT NULL AUTO_INCREMENT".into();
            let column = Column { type_name, not_null: false, ..column.clone() };
            return writer.column_of_clauses(table, &column, &kept);
        }
        writer.column_of_clauses(table, column, &kept)
    }

    /// Keys stand in the table: a column that counts by itself must have one at once.
    fn parts(&self, writer: &Writer<'_>, table: &Table<'_>) -> Vec<String> {
        let mut lines = writer.inner_constraints(table);
        lines.extend(writer.inner_indexes(table));
        lines
    }

    fn rewrites_texts(&self) -> bool {
        false
    }

    fn preamble(&self) -> &'static [&'static str] {
        &["SET foreign_key_checks = 0"]
    }
}
