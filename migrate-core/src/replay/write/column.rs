//! Columns.

use super::Writer;
use super::clauses::{ClauseKind, clauses};
use super::table::Table;
use super::tokens::Tokens;
use crate::replay::catalog::Column;
use crate::replay::model::Text;

impl Writer<'_> {
    /// A column from what the catalog knows of it, and those clauses of its definition
    /// that only the text has.
    pub(crate) fn column_of_clauses(
        &self,
        table: &Table<'_>,
        column: &Column,
        kept: &[ClauseKind],
    ) -> Option<String> {
        if column.type_name.is_empty() {
            return None;
        }
        let name = self.as_written(&column.name, column.definition.as_ref());
        let scope = table.scope(&column.uses);
        let mut parts = vec![name, self.type_of(table, column)];
        let (mut says_null, mut says_default, mut is_generated) = (false, false, false);
        if let Some(definition) = &column.definition {
            let tokens = Tokens::new(definition.text(), self.database);
            let start = tokens.at(definition.own().range().end);
            for clause in clauses(&tokens, start..tokens.end_of_item(start)) {
                let bytes = tokens.span(clause.tokens.clone());
                match clause.kind {
                    ClauseKind::NotNull if column.not_null => {
                        parts.push("NOT NULL".to_owned());
                        says_null = true;
                    }
                    ClauseKind::Null => says_null |= kept.contains(&ClauseKind::Null),
                    ClauseKind::Default => {
                        parts.extend(self.default_of(table, column));
                        says_default = true;
                    }
                    kind if kept.contains(&kind) => {
                        is_generated |= kind == ClauseKind::Generated;
                        parts.push(self.renamed(definition, bytes, &[], &scope)?.text);
                    }
                    _ => {}
                }
                if clause.kind == ClauseKind::Null && says_null && !column.not_null {
                    parts.push("NULL".to_owned());
                }
            }
        }
        if column.not_null && !parts.iter().any(|part| part == "NOT NULL") && !is_generated {
            parts.push("NOT NULL".to_owned());
        }
        if !says_default && !is_generated {
            parts.extend(self.default_of(table, column));
        }
        Some(parts.join(" "))
    }

    /// The default as a clause.
    pub(crate) fn default_of(&self, table: &Table<'_>, column: &Column) -> Option<String> {
        let value = self.value_of(table, column, column.default.as_ref()?);
        Some(format!("DEFAULT {value}"))
    }

    /// The type under the names of today.
    pub(crate) fn type_of(&self, table: &Table<'_>, column: &Column) -> String {
        self.value_of(table, column, &column.type_name)
    }

    /// A short text that the catalog has of a column, under the names of today.
    fn value_of(&self, table: &Table<'_>, column: &Column, text: &Text) -> String {
        let renamed = column
            .definition
            .as_ref()
            .and_then(|definition| self.renamed_text(definition, text, &table.scope(&column.uses)));
        renamed.unwrap_or_else(|| text.to_string())
    }
}
