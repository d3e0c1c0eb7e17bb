//! Tokens of a statement, read from left to right.

use std::sync::Arc;

use crate::replay::adapter::Origin;
use crate::replay::model::{Name, Place, QualifiedName, Text};
use crate::sql::{Token, TokenKind};

/// A statement's text and where it stands in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) origin: &'t Origin,
}

/// A position in a run of significant tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    pub(super) source: Source<'t>,
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(source: Source<'t>, tokens: &'t [Token]) -> Self {
        Cursor { source, tokens, at: 0 }
    }

    fn token(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn text_of(&self, token: Token) -> &'t str {
        &self.source.text[token.start..token.end]
    }

    /// The text of the next token; empty at the end.
    pub(super) fn peek(&self) -> &'t str {
        self.token().map_or("", |token| self.text_of(token))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn peek_kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// Where the next token stands.
    pub(super) fn peek_place(&self) -> Place {
        match self.token().or_else(|| self.tokens.last().copied()) {
            Some(token) => self.source.origin.place(token.start, token.end),
            None => self.source.origin.place(0, 0),
        }
    }

    /// Byte of the text at which the next token begins.
    pub(super) fn offset(&self) -> usize {
        match self.token() {
            Some(token) => token.start,
            None => self.tokens.last().map_or(self.source.text.len(), |token| token.end),
        }
    }

    /// The text from a byte to the end of the last token that was passed.
    pub(super) fn passed(&self, from: usize) -> &'t str {
        let end = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(from, |t| t.end);
        self.source.text.get(from..end).unwrap_or("")
    }

    /// The text of all that is left.
    pub(super) fn rest(&self) -> (usize, &'t str) {
        let start = self.offset();
        let end = self.tokens.last().map_or(start, |token| token.end);
        (start, self.source.text.get(start..end).unwrap_or(""))
    }

    /// Whether the token that comes `ahead` of the next one is the word.
    ///
    /// Most words are others, and lengths tell them apart: code without optimisation asks for
    /// dozens of words at each token.
    fn is_word(&self, ahead: usize, word: &str) -> bool {
        match self.tokens.get(self.at + ahead) {
            Some(Token { kind: TokenKind::Word, start, end }) if end - start == word.len() => {
                self.source.text[*start..*end].eq_ignore_ascii_case(word)
            }
            _ => false,
        }
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.is_word(0, word)
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        if self.peek_kind() != Some(TokenKind::Word) {
            return false;
        }
        let next = self.peek();
        for word in words {
            if next.len() == word.len() && next.eq_ignore_ascii_case(word) {
                return true;
            }
        }
        false
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        match self.tokens.get(self.at) {
            Some(Token { kind: TokenKind::Punctuation, start, end })
                if end - start == mark.len() =>
            {
                self.source.text[*start..*end] == *mark
            }
            _ => false,
        }
    }

    /// Passes the words where all of them come next, one after the other.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let mut passed = 0;
        for word in words {
            if !self.is_word(passed, word) {
                return false;
            }
            passed += 1;
        }
        self.at += passed;
        true
    }

    /// Passes one of the words.
    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        let found = self.is_any(words);
        self.at += usize::from(found);
        found
    }

    pub(super) fn eat_mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        self.at += usize::from(found);
        found
    }

    /// Where the last token stands.
    pub(super) fn last_place(&self) -> Place {
        let last = self.tokens.last();
        last.map_or_else(
            || self.peek_place(),
            |last| self.source.origin.place(last.start, last.end),
        )
    }

    /// Passes one token.
    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// Passes one token, or all that a parenthesis encloses.
    pub(super) fn skip(&mut self) {
        if self.parenthesised().is_none() {
            self.at += 1;
        }
    }

    /// Passes a string literal.
    pub(super) fn eat_string(&mut self) -> bool {
        let found = self.peek_kind() == Some(TokenKind::String);
        self.at += usize::from(found);
        found
    }

    /// What the parenthesis that comes next encloses; passes it.
    pub(super) fn parenthesised(&mut self) -> Option<Cursor<'t>> {
        if !self.is_mark("(") {
            return None;
        }
        let first = self.at + 1;
        let mut depth = 1_usize;
        let mut at = first;
        while let Some(token) = self.tokens.get(at) {
            if token.kind == TokenKind::Punctuation {
                match self.text_of(*token) {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
            }
            if depth == 0 {
                break;
            }
            at += 1;
        }
        let inside = self.tokens.get(first..at)?;
        self.at = (at + 1).min(self.tokens.len());
        Some(Cursor { source: self.source, tokens: inside, at: 0 })
    }

    /// What stands between here and a later position.
    pub(super) fn up_to(&self, later: &Cursor<'t>) -> Cursor<'t> {
        let tokens = self.tokens.get(self.at..later.at).unwrap_or_default();
        Cursor { source: self.source, tokens, at: 0 }
    }

    /// The parts between commas that no parenthesis encloses.
    pub(super) fn items(&self) -> Vec<Cursor<'t>> {
        let mut found = Vec::new();
        let mut ahead = *self;
        let mut first = ahead.at;
        while !ahead.is_at_end() {
            if ahead.is_mark(",") {
                found.push((first, ahead.at));
                ahead.at += 1;
                first = ahead.at;
            } else {
                ahead.skip();
            }
        }
        found.push((first, self.tokens.len()));
        let part = |(start, end): (usize, usize)| {
            let tokens = self.tokens.get(start..end)?;
            (!tokens.is_empty()).then_some(Cursor { source: self.source, tokens, at: 0 })
        };
        found.into_iter().filter_map(part).collect()
    }

    /// A name as it is written, for tables and all else whose case may count.
    pub(super) fn name(&mut self) -> Option<Name> {
        let token = self.token()?;
        let text = self.text_of(token);
        let name: Text = match token.kind {
            TokenKind::Word => Arc::from(text),
            TokenKind::QuotedIdentifier => unquoted(text, "`"),
            // A name where the session's mode has `ANSI_QUOTES`.
            TokenKind::String if text.starts_with('"') => unquoted(text, "\""),
            _ => return None,
        };
        self.at += 1;
        Some(Name { text: name, place: self.source.origin.place(token.start, token.end) })
    }

    /// A name that is compared without regard to case.
    pub(super) fn folded(&mut self) -> Option<Name> {
        self.name().map(fold)
    }

    /// `name` or `database.name`.
    pub(super) fn qualified(&mut self) -> Option<QualifiedName> {
        let first = self.name()?;
        if !self.eat_mark(".") {
            return Some(QualifiedName::bare(first));
        }
        Some(QualifiedName { schema: Some(first), name: self.name()? })
    }

    pub(super) fn if_exists(&mut self) -> bool {
        self.eat(&["IF", "EXISTS"])
    }

    pub(super) fn if_not_exists(&mut self) -> bool {
        self.eat(&["IF", "NOT", "EXISTS"])
    }
}

pub(super) fn fold(name: Name) -> Name {
    for byte in name.text.as_bytes() {
        if !byte.is_ascii() || byte.is_ascii_uppercase() {
            return Name { text: Arc::from(name.text.to_lowercase()), place: name.place };
        }
    }
    name
}

fn unquoted(text: &str, quote: &str) -> Text {
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    Arc::from(inner.replace(&quote.repeat(2), quote))
}
