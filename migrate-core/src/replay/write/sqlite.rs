//! How `SQLite` is written.
//!
//! It keeps the text of a table itself and changes only names in it, so its columns and
//! constraints are written as they were.

use super::Writer;
use super::renamed::Scope;
use super::spelling::Spelling;
use super::table::Table;
use crate::replay::catalog::Column;
use crate::replay::tokens::Tokens;

/// `SQLite`.
#[derive(Debug)]
pub(super) struct Sqlite;

impl Spelling for Sqlite {
    fn column(&self, writer: &Writer<'_>, table: &Table<'_>, column: &Column) -> Option<String> {
        let definition = column.definition.as_ref()?;
        let tokens = Tokens::new(definition.text(), writer.database);
        let start = tokens.at(definition.own().range().end);
        let bytes = tokens.span(start..tokens.end_of_item(start));
        let name = writer.as_written(&column.name, Some(definition));
        let rest = writer.renamed(definition, bytes, &[], &scope(table))?.text;
        Some(if rest.is_empty() { name } else { format!("{name} {rest}") })
    }

    fn parts(&self, writer: &Writer<'_>, table: &Table<'_>) -> Vec<String> {
        let Some(definition) = &table.relation.definition else { return Vec::new() };
        let is_constraint = |item: &str| {
            let words = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
            Tokens::new(item, writer.database).is_any(0, &words)
        };
        let items =
            table.items.iter().filter(|item| is_constraint(&definition.text()[(*item).clone()]));
        items
            .filter_map(|item| {
                Some(writer.renamed(definition, item.clone(), &[], &scope(table))?.text)
            })
            .collect()
    }

    fn adds_foreign_keys_later(&self) -> bool {
        false
    }
}

fn scope(table: &Table<'_>) -> Scope {
    Scope { is_vague: true, ..table.scope(&[]) }
}
