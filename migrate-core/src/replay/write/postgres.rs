//! How Postgres is written.

use super::Writer;
use super::clauses::ClauseKind;
use super::spelling::Spelling;
use super::table::Table;
use super::tokens::Tokens;
use crate::replay::catalog::{Column, Key, Relation};

/// Postgres.
#[derive(Debug)]
pub(super) struct Postgres;

/// Types with a sequence, and the types behind them.
const SERIALS: [(&str, &[&str]); 6] = [
    ("smallserial", &["smallint", "int2"]),
    ("serial2", &["smallint", "int2"]),
    ("serial", &["integer", "int", "int4"]),
    ("serial4", &["integer", "int", "int4"]),
    ("bigserial", &["bigint", "int8"]),
    ("serial8", &["bigint", "int8"]),
];

impl Spelling for Postgres {
    fn column(&self, writer: &Writer<'_>, table: &Table<'_>, column: &Column) -> Option<String> {
        let kept = [ClauseKind::Generated, ClauseKind::Other];
        match Serial::of(writer, column) {
            Some(Serial { is_whole: true, word, .. }) => {
                let column = Column { type_name: word.into(), ..column.clone() };
                writer.column_of_clauses(table, &column, &kept)
            }
            Some(Serial { is_whole: false, stored, .. }) => {
                let mut column = column.clone();
                if column.type_name.eq_ignore_ascii_case(first_word(writer, &column)?.as_str()) {
                    column.type_name = stored.into();
                }
                if column.counts {
                    let next = writer.next_value(table.relation, &column);
                    column.default = Some(next?.into());
                }
                writer.column_of_clauses(table, &column, &kept)
            }
            None => writer.column_of_clauses(table, column, &kept),
        }
    }

    fn parts(&self, writer: &Writer<'_>, table: &Table<'_>) -> Vec<String> {
        writer.inner_constraints(table)
    }

    fn preamble(&self) -> &'static [&'static str] {
        // Functions may speak of tables that come later.
        &["SET check_function_bodies = off"]
    }
}

/// A column that was made with a serial type.
pub(super) struct Serial {
    /// The type it was made with.
    word: &'static str,
    /// What its sequence counts in.
    pub(super) stored: &'static str,
    /// It is what that type makes: an integer that counts by itself.
    pub(super) is_whole: bool,
}

impl Serial {
    pub(super) fn of(writer: &Writer<'_>, column: &Column) -> Option<Self> {
        let first = first_word(writer, column)?;
        writer.dialect.serial_type(&first)?;
        let (word, types) = SERIALS.iter().find(|(word, _)| *word == first)?;
        let now = column.type_name.to_ascii_lowercase();
        let is_whole = column.counts
            && column.default.is_none()
            && (now == first || types.contains(&now.as_str()));
        Some(Serial { word, stored: types.first()?, is_whole })
    }
}

fn first_word(writer: &Writer<'_>, column: &Column) -> Option<String> {
    let definition = column.definition.as_ref()?;
    let tokens = Tokens::new(definition.text(), writer.database);
    Some(tokens.word(tokens.at(definition.own().range().end)).to_ascii_lowercase())
}

impl Writer<'_> {
    /// The next number of a column's sequence, as a default has it.
    pub(crate) fn next_value(&self, table: &Relation, column: &Column) -> Option<String> {
        let (key, _) = self.sequence_of(table, column)?;
        Some(format!("nextval({})", self.database.literal(&self.qualified(key))))
    }

    /// The sequence that belongs to a column.
    fn sequence_of(&self, table: &Relation, column: &Column) -> Option<(&Key, &Relation)> {
        let owner = Some((table.id, column.id));
        let mut relations = self.catalog.relations.iter();
        let found = relations.find(|(_, it)| it.owner == owner && it.definition.is_none())?;
        Some((found.0, found.1))
    }

    /// What the sequence of a serial column counts in, where the column's type does not make it.
    pub(super) fn counts_apart(&self, sequence: &Relation) -> Option<&'static str> {
        let (table, column) = sequence.owner.filter(|_| sequence.definition.is_none())?;
        let (_, table) = self.relation(table)?;
        let column = table.columns.iter().find(|own| own.id == column)?;
        let serial = Serial::of(self, column).filter(|serial| !serial.is_whole)?;
        Some(serial.stored)
    }
}
