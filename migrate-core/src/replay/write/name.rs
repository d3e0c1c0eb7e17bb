//! Names in quotes.

use super::Writer;
use crate::replay::catalog::{Column, Definition, Id, Key};
use crate::replay::tokens::{Tokens, unquoted};
use crate::sql::TokenKind;

impl Writer<'_> {
    pub(crate) fn quote(&self, name: &str) -> String {
        self.database.quote(name)
    }

    /// A name with its schema, where that is not the one in which new things go.
    pub(crate) fn qualified(&self, key: &Key) -> String {
        self.in_schema(&key.schema, self.quote(&key.name))
    }

    /// The name of something in upper and lower case as its definition has it, where the
    /// server does not tell these apart and the name is still the same.
    pub(crate) fn qualified_as_written(
        &self,
        key: &Key,
        definition: Option<&Definition>,
    ) -> String {
        self.in_schema(&key.schema, self.as_written(&key.name, definition))
    }

    /// The same for a name without a schema.
    pub(crate) fn as_written(&self, name: &str, definition: Option<&Definition>) -> String {
        let written = definition.and_then(|definition| {
            let tokens =
                Tokens::new(definition.text().get(definition.own().range())?, self.database);
            let is_name = |index: &usize| {
                matches!(tokens.kind(*index), Some(TokenKind::Word | TokenKind::QuotedIdentifier))
            };
            let last = (0..tokens.len()).rev().find(is_name)?;
            let written = unquoted(tokens.word(last));
            written.eq_ignore_ascii_case(name).then_some(written)
        });
        let written =
            written.filter(|_| self.dialect.has_loose_names() || self.dialect.keeps_source());
        self.quote(written.as_deref().unwrap_or(name))
    }

    /// The name of a column as it was last written.
    pub(crate) fn column_name(&self, column: &Column) -> String {
        match &column.spelled {
            Some(spelled) if self.dialect.has_loose_names() || self.dialect.keeps_source() => {
                self.quote(spelled)
            }
            _ => self.as_written(&column.name, column.definition.as_ref()),
        }
    }

    pub(super) fn in_schema(&self, schema: &str, name: String) -> String {
        if self.is_default_schema(schema) { name } else { format!("{}.{name}", self.quote(schema)) }
    }

    /// Whether bare names go to the schema.
    pub(crate) fn is_default_schema(&self, schema: &str) -> bool {
        self.dialect.default_path().first() == Some(&schema)
    }

    /// Columns of a relation by identity, in quotes and separated by commas; `None` where
    /// one of them is not known.
    pub(crate) fn columns(&self, relation: Id, ids: &[Id]) -> Option<String> {
        let (_, relation) = self.relation(relation)?;
        let mut names = Vec::new();
        for id in ids {
            let column = relation.columns.iter().find(|column| column.id == *id)?;
            names.push(self.column_name(column));
        }
        (!names.is_empty()).then(|| names.join(", "))
    }
}
