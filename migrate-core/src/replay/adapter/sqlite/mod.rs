//! `SQLite`, read by its own grammar.
//!
//! The parser gives no positions, so names are found again among the statement's tokens.
//! The tree is walked in the order of the text, as far as it can be, because that search
//! goes on where the last one ended.

mod expression;
mod names;
mod query;
mod rows;
mod statement;
mod strict;
mod table;
mod unless_exists;
mod virtual_table;

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlite3_parser::ast::{Cmd, Stmt};
use sqlite3_parser::lexer::sql::{Error, Parser, ParserError};
use sqlite3_parser::{Bump, FallibleIterator as _};

use self::names::Reader;
use super::{Origin, opaque};
use crate::database::Database;
use crate::replay::model::{Place, Statement, StatementKind};

/// Parses one statement.
pub(crate) fn parse(text: &str, origin: &Origin) -> Statement {
    // The parser asserts about itself; a wrong assertion must cost no build.
    catch_unwind(AssertUnwindSafe(|| parse_unguarded(text, origin)))
        .unwrap_or_else(|_| opaque(text, Database::Sqlite, origin))
}

fn parse_unguarded(text: &str, origin: &Origin) -> Statement {
    let place = origin.place(0, text.len());
    let arena = Bump::new();
    let kind = match Parser::new(&arena, text.as_bytes()).next() {
        Ok(None | Some(Cmd::Explain(_) | Cmd::ExplainQueryPlan(_))) => StatementKind::Nothing,
        Ok(Some(Cmd::Stmt(statement))) => read(text, origin, &statement),
        Err(error) if !is_certainly_sql(text) || is_stricter(text, &error) => {
            opaque(text, Database::Sqlite, origin).kind
        }
        Err(error) => {
            let (at, message) = (error_place(text, origin, &error), error_message(&error));
            match error {
                // The grammar is right, and what it says is not.
                Error::ParserError(ParserError::Custom(_), _) => {
                    unless_exists::invalid_unless_exists(text, origin, message, at)
                }
                _ => StatementKind::Invalid { message, at },
            }
        }
    };
    Statement { place, kind }
}

fn read(text: &str, origin: &Origin, statement: &Stmt<'_>) -> StatementKind {
    let reader = Reader::new(text, origin);
    reader.statement_kind(statement).unwrap_or_else(|| opaque(text, Database::Sqlite, origin).kind)
}

/// Whether the text is meant for the database: not a command of the shell, not a template.
fn is_certainly_sql(text: &str) -> bool {
    let placeholder = ["{{", "${", "<%", "%%"].iter().any(|mark| text.contains(mark));
    !text.starts_with('.') && !placeholder
}

/// Whether the parser refuses what the server accepts, or refuses only later.
fn is_stricter(text: &str, error: &Error) -> bool {
    // The parser does not export the type of its own findings.
    let message = error_message(error);
    let is_view = || {
        let mut words = text.split_whitespace().map(str::to_ascii_lowercase);
        words.next().is_some_and(|word| word == "create")
            && words.take(2).any(|word| word == "view")
    };
    message.ends_with("specified more than once")
        || message.starts_with("expected ")
        || message.starts_with("ORDER BY without LIMIT")
        || (message.starts_with("duplicate column name") && is_view())
}

fn error_message(error: &Error) -> String {
    match error {
        Error::Io(error) => error.to_string(),
        Error::UnrecognizedToken(_) => "no token begins here".to_owned(),
        Error::UnterminatedLiteral(_) => "a quote is not closed".to_owned(),
        Error::UnterminatedBracket(_) => "a bracket is not closed".to_owned(),
        Error::UnterminatedBlockComment(_) => "a comment is not closed".to_owned(),
        Error::BadVariableName(_) => "this is no name of a parameter".to_owned(),
        Error::BadNumber(_) => "this is no number".to_owned(),
        Error::ExpectedEqualsSign(_) => "`=` must follow `!`".to_owned(),
        Error::MalformedBlobLiteral(_) => "this is no blob".to_owned(),
        Error::MalformedHexInteger(_) => "this is no hexadecimal number".to_owned(),
        Error::ParserError(error, _) => error.to_string(),
        _ => "syntax error".to_owned(),
    }
}

/// The line and column that the parser gives, as bytes of the file.
fn error_place(text: &str, origin: &Origin, error: &Error) -> Place {
    let position = match error {
        Error::UnrecognizedToken(position)
        | Error::UnterminatedLiteral(position)
        | Error::UnterminatedBracket(position)
        | Error::UnterminatedBlockComment(position)
        | Error::BadVariableName(position)
        | Error::BadNumber(position)
        | Error::ExpectedEqualsSign(position)
        | Error::MalformedBlobLiteral(position)
        | Error::MalformedHexInteger(position)
        | Error::ParserError(_, position) => position.as_ref(),
        _ => None,
    };
    let Some(position) = position else { return origin.place(0, text.len()) };
    let lines = text.split_inclusive('\n').take(position.line.saturating_sub(1));
    let start = lines.map(str::len).sum::<usize>() + position.column.saturating_sub(1);
    let start = text.floor_char_boundary(start.min(text.len()));
    let rest = &text[start..];
    let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    origin.place(start, start + length.max(first))
}

#[cfg(test)]
mod tests;
