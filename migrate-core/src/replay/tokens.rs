//! A statement as its tokens: where its items begin and end, and its clauses.

use std::ops::Range;

use crate::database::Database;
use crate::sql::{Lexer, Token, TokenKind};

/// A text with its significant tokens.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    pub(crate) text: &'t str,
    list: Vec<Token>,
    database: Database,
}

impl<'t> Tokens<'t> {
    pub(crate) fn new(text: &'t str, database: Database) -> Self {
        let list = Lexer::new(text, database).filter(|token| token.kind.is_significant());
        Tokens { text, list: list.collect(), database }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The text of a token; empty where there is none.
    pub(crate) fn word(&self, index: usize) -> &'t str {
        self.list.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    pub(crate) fn kind(&self, index: usize) -> Option<TokenKind> {
        self.list.get(index).map(|token| token.kind)
    }

    /// Whether a token is one of these words or marks.
    pub(crate) fn is_any(&self, index: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.word(index).eq_ignore_ascii_case(word))
    }

    pub(crate) fn is(&self, index: usize, word: &str) -> bool {
        self.word(index).eq_ignore_ascii_case(word)
    }

    /// Whether a token is the name, quoted or not.
    pub(crate) fn is_name(&self, index: usize, name: &str) -> bool {
        let word = self.word(index);
        let is_same = |word: &str| match self.database {
            Database::Postgres => word == name,
            Database::Mysql | Database::Sqlite => word.eq_ignore_ascii_case(name),
        };
        match self.kind(index) {
            Some(TokenKind::QuotedIdentifier) => is_same(&unquoted(word)),
            Some(TokenKind::Word) if self.database == Database::Postgres => {
                word.to_lowercase() == name && !self.is_keyword(index)
            }
            Some(TokenKind::Word) => is_same(word) && !self.is_keyword(index),
            _ => false,
        }
    }

    /// Whether a word without quotes is one that no name can be, unless it stands behind a dot.
    fn is_keyword(&self, index: usize) -> bool {
        const RESERVED: [&str; 39] = [
            "ALL",
            "AND",
            "AS",
            "BETWEEN",
            "BY",
            "CASE",
            "CHECK",
            "COLLATE",
            "CONSTRAINT",
            "CREATE",
            "CROSS",
            "DEFAULT",
            "DISTINCT",
            "ELSE",
            "EXISTS",
            "FOREIGN",
            "FROM",
            "GROUP",
            "HAVING",
            "IN",
            "INNER",
            "INTO",
            "IS",
            "JOIN",
            "LEFT",
            "LIMIT",
            "NOT",
            "NULL",
            "ON",
            "OR",
            "ORDER",
            "PRIMARY",
            "REFERENCES",
            "SELECT",
            "TABLE",
            "THEN",
            "UNION",
            "UNIQUE",
            "WHERE",
        ];
        let behind_dot = index > 0 && self.word(index - 1) == ".";
        !behind_dot && self.is_any(index, &RESERVED)
    }

    /// The bytes of a token.
    pub(crate) fn range(&self, index: usize) -> Range<usize> {
        self.list
            .get(index)
            .map_or(self.text.len()..self.text.len(), |token| token.start..token.end)
    }

    /// The bytes from one token up to another, exclusive.
    pub(crate) fn span(&self, tokens: Range<usize>) -> Range<usize> {
        let Some(last) = tokens.end.checked_sub(1).filter(|last| *last >= tokens.start) else {
            let start = self.range(tokens.start).start;
            return start..start;
        };
        self.range(tokens.start).start..self.range(last).end
    }

    /// The first token that ends behind a byte.
    pub(crate) fn at(&self, byte: usize) -> usize {
        self.list.partition_point(|token| token.end <= byte)
    }

    /// The token behind the parenthesis that opens here.
    pub(crate) fn behind_parenthesis(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for index in open..self.len() {
            match self.word(index) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return index + 1;
            }
        }
        self.len()
    }

    /// The next token of the same depth: behind the parenthesis where one opens.
    pub(crate) fn next(&self, index: usize) -> usize {
        if matches!(self.word(index), "(" | "[") {
            self.behind_parenthesis(index)
        } else {
            index + 1
        }
    }

    /// The token at which the item ends that begins at `start`: a comma, a closing
    /// parenthesis or the end.
    pub(crate) fn end_of_item(&self, start: usize) -> usize {
        let mut index = start;
        while index < self.len() && !matches!(self.word(index), "," | ")" | ";") {
            index = self.next(index);
        }
        index
    }

    /// The items from `start` on, as ranges of tokens.
    pub(crate) fn items(&self, start: usize) -> Vec<Range<usize>> {
        let mut items = Vec::new();
        let mut index = start;
        while index < self.len() {
            let end = self.end_of_item(index);
            if end > index {
                items.push(index..end);
            }
            if self.word(end) != "," {
                break;
            }
            index = end + 1;
        }
        items
    }

    /// The first token from `start` on, at its depth, that is one of the words.
    pub(crate) fn find(&self, start: usize, words: &[&str]) -> Option<usize> {
        let mut index = start;
        while index < self.len() {
            if self.is_any(index, words) {
                return Some(index);
            }
            index = self.next(index);
        }
        None
    }
}

/// A text in the place of some bytes.
pub(crate) type Edit = (Range<usize>, String);

/// Puts other texts in the place of some bytes; the ranges are in order and do not meet.
pub(crate) fn splice(text: &str, edits: &[Edit]) -> String {
    let mut spliced = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for (range, new) in edits {
        spliced.push_str(text.get(at..range.start).unwrap_or_default());
        spliced.push_str(new);
        at = range.end.max(at);
    }
    spliced.push_str(text.get(at..).unwrap_or_default());
    spliced
}

/// A name without its quotes.
pub(super) fn unquoted(word: &str) -> String {
    let inner = |quote: char| {
        let inner = word.strip_prefix(quote)?.strip_suffix(quote)?;
        Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
    };
    let bracketed = || Some(word.strip_prefix('[')?.strip_suffix(']')?.to_owned());
    inner('"').or_else(|| inner('`')).or_else(bracketed).unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_end_at_the_commas_of_their_depth() {
        let text = "CREATE TABLE t (a int DEFAULT f(1, 2), CHECK (a > 0)) WITH (x = 1)";
        let tokens = Tokens::new(text, Database::Postgres);
        let items = tokens.items(4);
        let texts: Vec<_> = items.iter().map(|item| &text[tokens.span(item.clone())]).collect();
        assert_eq!(texts, ["a int DEFAULT f(1, 2)", "CHECK (a > 0)"]);
        assert_eq!(tokens.word(tokens.behind_parenthesis(3)), "WITH");
        assert_eq!(tokens.word(tokens.at(16)), "a");
    }

    #[test]
    fn edits_are_made_in_order() {
        let edits = [(0..1, "xx".to_owned()), (2..3, String::new())];
        assert_eq!(splice("abcd", &edits), "xxbd");
    }
}
