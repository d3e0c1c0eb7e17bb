//! Cuts a text into statements.

use super::blocks::Nesting;
use super::lexer::{Lexer, TokenKind, Unterminated};
use crate::database::Database;

/// A statement's bytes, from its first to its last token that counts.
///
/// Neither the semicolon nor white space and comments around it are included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Statement {
    /// First byte.
    pub start: usize,
    /// End, exclusive.
    pub end: usize,
}

impl Statement {
    /// Returns the statement's text; `text` is the one that was split.
    pub fn text(self, text: &str) -> &str {
        &text[self.start..self.end]
    }
}

/// The statements of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// In the order of the text; empty ones are left out.
    pub statements: Vec<Statement>,
    /// Semicolons that end nothing though a statement follows, on `MySQL`: the server
    /// refuses them in a text that is sent whole. A client with a `DELIMITER` sends none.
    pub empty: Vec<usize>,
    /// What was still open at the end of the text, and the offset where it began.
    pub unterminated: Option<(Unterminated, usize)>,
}

/// Splits `text` where `database`, or its own client, would.
///
/// Semicolons in the bodies of routines and triggers do not split, nor do those in
/// parentheses on Postgres. A body without its `END` reaches to the end of the text. A
/// `DELIMITER` line is obeyed on `MySQL`, and is no statement.
pub fn split(text: &str, database: Database) -> Split {
    let mut lexer = Lexer::new(text, database);
    let mut statements = Vec::new();
    let mut current: Option<Statement> = None;
    let (mut empty, mut idle) = (Vec::new(), Vec::new());
    let mut is_for_client = database != Database::Mysql;
    let mut nesting = Nesting::new(database);
    while let Some(token) = lexer.next() {
        if !token.kind.is_significant() {
            continue;
        }
        let ends = match token.kind {
            TokenKind::DelimiterCommand => true,
            TokenKind::Semicolon => lexer.has_delimiter() || !nesting.is_open(),
            _ => false,
        };
        if ends {
            is_for_client |= token.kind == TokenKind::DelimiterCommand;
            if current.is_none() && !is_for_client {
                idle.push(token.start);
            }
            statements.extend(current.take());
            nesting = Nesting::new(database);
            continue;
        }
        let token_text = lexer.text(token);
        nesting.token(token.kind, token_text);
        // Where another delimiter rules, a semicolon at a statement's border is noise.
        if token_text != ";" {
            empty.append(&mut idle);
            current.get_or_insert(Statement { start: token.start, end: token.end }).end = token.end;
        }
    }
    statements.extend(current);
    if is_for_client {
        empty.clear();
    }
    Split { statements, empty, unterminated: lexer.unterminated() }
}

/// Whether a text holds anything that the server acts on.
pub(crate) fn has_statement(text: &str, database: Database) -> bool {
    let is_noise = |kind| matches!(kind, TokenKind::Semicolon | TokenKind::DelimiterCommand);
    Lexer::new(text, database).any(|token| token.kind.is_significant() && !is_noise(token.kind))
}

#[cfg(test)]
mod tests;
