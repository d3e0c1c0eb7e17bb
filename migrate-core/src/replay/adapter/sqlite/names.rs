//! Names and the bytes they stand at.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use sqlite3_parser::ast;

use crate::database::Database;
use crate::replay::adapter::Origin;
use crate::replay::model::{Alias, Name, Place, QualifiedName};
use crate::sql::{Lexer, Token, TokenKind};

/// The schema of temporary objects in the catalog.
pub(super) const TEMPORARY: &str = "pg_temp";

/// Reads a statement's tree and finds its names among the statement's tokens.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) origin: &'a Origin,
    /// Whatever can be a name.
    tokens: Vec<Token>,
    /// Where the next search begins.
    next: Cell<usize>,
    /// Names of windows that were used so far in the query that is read.
    pub(super) windows: RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, origin: &'a Origin) -> Self {
        let mut tokens = Vec::with_capacity(text.len() / 6);
        for token in Lexer::new(text, Database::Sqlite) {
            if matches!(
                token.kind,
                TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::String
            ) {
                tokens.push(token);
            }
        }
        Reader { text, origin, tokens, next: Cell::new(0), windows: RefCell::default() }
    }

    /// The next place at which the text is written just so.
    pub(super) fn place_of(&self, written: &str) -> Place {
        let is_it = |token: &Token| &self.text[token.start..token.end] == written;
        let next = self.next.get();
        let (before, after) = self.tokens.split_at(next.min(self.tokens.len()));
        let found = match after.iter().position(is_it) {
            Some(index) => {
                self.next.set(next + index + 1);
                after.get(index)
            }
            // The tree is not in the order of the text everywhere.
            None => before.iter().find(|token| is_it(token)),
        };
        match found {
            Some(token) => self.origin.place(token.start, token.end),
            None => self.origin.place(0, self.text.len()),
        }
    }

    /// A name as it is written, in quotes or not.
    pub(super) fn written(&self, written: &str) -> Name {
        Name::new(&folded(written), self.place_of(written))
    }

    pub(super) fn name(&self, name: &ast::Name<'_>) -> Name {
        self.written(name.0)
    }

    pub(super) fn qualified(&self, name: &ast::QualifiedName<'_>) -> QualifiedName {
        let schema = name.db_name.as_ref().map(|schema| {
            let schema = self.name(schema);
            // As the engine calls what ends with the session.
            if &*schema.text == "temp" { Name::new(TEMPORARY, schema.place) } else { schema }
        });
        QualifiedName { schema, name: self.name(&name.name) }
    }

    /// The alias that the grammar hangs on a table's name.
    pub(super) fn own_alias(&self, name: &ast::QualifiedName<'_>) -> Option<Name> {
        name.alias.as_ref().map(|alias| self.name(alias))
    }

    pub(super) fn alias_name(&self, alias: &ast::As<'_>) -> Name {
        match alias {
            ast::As::As(name) | ast::As::Elided(name) => self.name(name),
        }
    }

    pub(super) fn alias(&self, alias: Option<&ast::As<'_>>) -> Option<Alias> {
        alias.map(|alias| Alias { name: Some(self.alias_name(alias)), columns: Vec::new() })
    }

    pub(super) fn indexed(&self, columns: Option<&[ast::IndexedColumn<'_>]>) -> Vec<Name> {
        let columns = columns.unwrap_or_default().iter();
        columns.map(|column| self.name(&column.col_name)).collect()
    }

    /// From the first to the last byte of two places.
    pub(super) fn span(first: Place, last: Place) -> Place {
        Place { start: first.start, end: last.end }
    }
}

/// A name without its quotes, as the database compares it: letters of ASCII are folded.
pub(super) fn folded(written: &str) -> String {
    unquoted(written).to_ascii_lowercase()
}

/// A name or a string without its quotes.
pub(super) fn unquoted(written: &str) -> String {
    let mut characters = written.chars();
    let (Some(first), Some(last)) = (characters.next(), characters.next_back()) else {
        return written.to_owned();
    };
    let inner = characters.as_str();
    match (first, last) {
        ('"', '"') | ('`', '`') | ('\'', '\'') => {
            let doubled: String = [first, first].iter().collect();
            inner.replace(&doubled, &first.to_string())
        }
        ('[', ']') => inner.to_owned(),
        _ => written.to_owned(),
    }
}

/// A text that the catalog keeps for its listing.
pub(super) fn text(value: &impl ToString) -> Arc<str> {
    Arc::from(value.to_string())
}
