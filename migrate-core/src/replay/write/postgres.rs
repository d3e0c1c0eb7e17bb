//! How Postgres is written.

use super::Writer;
use super::clauses::ClauseKind;
use super::spelling::Spelling;
use super::table::Table;
use super::tokens::Tokens;
use crate::replay::catalog::Column;

/// Postgres.
#[derive(Debug)]
pub(super) struct Postgres;

/// Types with a sequence, and the types behind them.
const SERIALS: [(&str, &[&str]); 3] = [
    ("smallserial", &["smallint", "int2"]),
    ("serial", &["integer", "int", "int4"]),
    ("bigserial", &["bigint", "int8"]),
];

impl Spelling for Postgres {
    fn column(&self, writer: &Writer<'_>, table: &Table<'_>, column: &Column) -> Option<String> {
        let serial = serial_behind(writer, column).filter(|_| column.default.is_none());
        let kept = [ClauseKind::Generated, ClauseKind::Other];
        match serial {
            Some(serial) => {
                let column = Column { type_name: serial.into(), ..column.clone() };
                writer.column_of_clauses(table, &column, &kept)
            }
            None => writer.column_of_clauses(table, column, &kept),
        }
    }

    fn parts(&self, writer: &Writer<'_>, table: &Table<'_>) -> Vec<String> {
        writer.inner_constraints(table)
    }

    /// A serial column that is no integer any more still counts.
    fn loses_default(&self, writer: &Writer<'_>, column: &Column) -> bool {
        let is_plain = |serial: &str| {
            serial.eq_ignore_ascii_case(&column.type_name)
                || serial_behind(writer, column).is_some()
        };
        let first = column.definition.as_ref().map(|definition| {
            let tokens = Tokens::new(definition.text(), writer.database);
            tokens.word(tokens.at(definition.own().range().end)).to_ascii_lowercase()
        });
        column.default.is_none()
            && first.is_some_and(|first| {
                writer.dialect.serial_type(&first).is_some() && !is_plain(&first)
            })
    }

    fn preamble(&self) -> &'static [&'static str] {
        // Functions may speak of tables that come later.
        &["SET check_function_bodies = off"]
    }
}

/// The serial type of a column that was made with one and got another type since.
fn serial_behind(writer: &Writer<'_>, column: &Column) -> Option<&'static str> {
    let definition = column.definition.as_ref()?;
    let tokens = Tokens::new(definition.text(), writer.database);
    let first = tokens.word(tokens.at(definition.own().range().end)).to_ascii_lowercase();
    writer.dialect.serial_type(&first)?;
    let now = column.type_name.to_ascii_lowercase();
    let found = SERIALS.iter().find(|(_, types)| types.contains(&now.as_str()))?;
    Some(found.0)
}
