//! Columns.

use super::Writer;
use super::clauses::{ClauseKind, clauses};
use super::table::Table;
use crate::replay::catalog::Column;
use crate::replay::model::Text;
use crate::replay::tokens::Tokens;

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
        let name = self.column_name(column);
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
        // The expression of a column whose text is nowhere is not known.
        if column.is_generated && !is_generated {
            return None;
        }
        // An identity is not null by itself.
        let is_identity = is_generated && !column.is_generated;
        if column.not_null && !parts.iter().any(|part| part == "NOT NULL") && !is_identity {
            parts.push("NOT NULL".to_owned());
        }
        if !says_default && !is_generated {
            parts.extend(self.default_of(table, column));
        }
        Some(parts.join(" "))
    }

    /// Whether a column is `AUTO_INCREMENT`, which has no default.
    pub(crate) fn counts_by_itself(&self, column: &Column) -> bool {
        column.definition.as_ref().is_some_and(|definition| {
            let tokens = Tokens::new(definition.text(), self.database);
            let start = tokens.at(definition.own().range().end);
            (start..tokens.end_of_item(start)).any(|at| tokens.is(at, "AUTO_INCREMENT"))
        })
    }

    /// Whether a column says itself what it refers to, which some versions of `MySQL` and
    /// `MariaDB` pass over and others make a foreign key of.
    pub(crate) fn refers_by_itself(&self, column: &Column) -> bool {
        self.dialect.indexes_belong_to_tables() && self.reference(column, |_, _| true)
    }

    /// Whether a column says itself that it refers to a table of the name.
    pub(crate) fn refers_to_table(&self, column: &Column, name: &str) -> bool {
        self.reference(column, |tokens, at| tokens.is_name(at, name))
    }

    /// Whether a clause of a column's own begins a foreign key to the table that stands at a token.
    fn reference(&self, column: &Column, is_it: impl Fn(&Tokens<'_>, usize) -> bool) -> bool {
        let Some(definition) = &column.definition else { return false };
        let tokens = Tokens::new(definition.text(), self.database);
        let start = tokens.at(definition.own().range().end);
        let clauses = clauses(&tokens, start..tokens.end_of_item(start));
        let mut references = clauses.iter().filter(|clause| clause.kind == ClauseKind::References);
        references.any(|clause| {
            let table = tokens.find(clause.tokens.start, &["REFERENCES"]);
            table.is_some_and(|references| is_it(&tokens, references + 1))
        })
    }

    /// The default as a clause.
    pub(crate) fn default_of(&self, table: &Table<'_>, column: &Column) -> Option<String> {
        // `MySQL` refuses it, and a key may have come later.
        let is_null =
            column.default.as_ref().is_some_and(|it| it.trim().eq_ignore_ascii_case("NULL"));
        let is_mysql = self.dialect.indexes_belong_to_tables();
        if is_mysql && (is_null && column.not_null || self.counts_by_itself(column)) {
            return None;
        }
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
