//! Postgres, read by squawk's parser.
//!
//! Its tree is walked by kinds of nodes, not through its typed layer: half a hundred kinds
//! matter here, and the typed layer has a thousand types. PL/pgSQL is split by our own
//! tokens, since squawk's grammar of it is unfinished; the SQL inside comes back here.

mod exclusion;
mod expression;
mod guard;
mod held;
mod insertions;
mod object;
mod operator;
mod plpgsql;
mod publication;
mod query;
mod routine;
mod routine_path;
mod settings;
mod statement;
mod strings;
mod table;
mod tree;
mod types;
mod uncommon;
mod words;

pub(crate) use self::plpgsql::{parse_block, parse_routine};

use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_syntax::syntax_error::SyntaxError;
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use self::tree::Reader;
use super::{Origin, opaque};
use crate::database::Database;
use crate::replay::model::{Expression, Statement, StatementKind};
use crate::sql::{Lexer, TokenKind};

/// Parses one statement.
pub(crate) fn parse(text: &str, origin: &Origin) -> Statement {
    // The parser asserts about itself; a wrong assertion must cost no build.
    catch_unwind(AssertUnwindSafe(|| parse_unguarded(text, origin)))
        .unwrap_or_else(|_| opaque(text, Database::Postgres, origin))
}

fn parse_unguarded(text: &str, origin: &Origin) -> Statement {
    let error = match understood(text, origin) {
        Ok(statement) => return statement,
        Err(error) => error,
    };
    for rewritten in [
        words::with_quoted_names,
        strings::with_prefixes,
        settings::with_plain_names,
        uncommon::in_common_forms,
    ] {
        if let Some((text, added)) = rewritten(text)
            && let Ok(statement) = understood(&text, &origin.with_added(added))
        {
            return statement;
        }
    }
    if !is_certainly_sql(text) || uncommon::is_unknown(text) {
        return opaque(text, Database::Postgres, origin);
    }
    let place = origin.place(0, text.len());
    if uncommon::changes_nothing(text) {
        return Statement { place, kind: StatementKind::Nothing };
    }
    let start: usize = error.range().start().into();
    let end: usize = error.range().end().into();
    let start = next_token(text, start);
    let end = end.max((start + 1).min(text.len()));
    let message = readable(error.message());
    Statement { place, kind: StatementKind::Invalid { message, at: origin.place(start, end) } }
}

/// Reads a statement, or says where it is no SQL.
fn understood(text: &str, origin: &Origin) -> Result<Statement, SyntaxError> {
    let parsed = SourceFile::parse(text);
    let root = parsed.syntax_node();
    let errors = parsed.errors();
    if !errors.is_empty() {
        if let Some(text) = exclusion::without_operator_classes(text) {
            return understood(&text, origin);
        }
        // Bodies of functions are judged where it is known whether the server looks at them.
        let definitions = root.descendants().filter(|it| it.kind() == SyntaxKind::AS_DEFINITION);
        let bodies: Vec<_> = definitions.map(|node| node.text_range()).collect();
        let is_inside =
            |error: &SyntaxError| bodies.iter().any(|body| body.contains_range(error.range()));
        if let Some(error) = errors.into_iter().find(|error| !is_inside(error)) {
            return Err(error);
        }
    }
    let reader = Reader { origin };
    let node = root.children().find(|node| node.kind() != SyntaxKind::EMPTY_STMT);
    let kind = node.map_or(StatementKind::Nothing, |node| reader.statement_kind(&node));
    Ok(Statement { place: origin.place(0, text.len()), kind })
}

/// The parser's message with tokens as people write them: `SELECT` for `SELECT_KW`.
fn readable(message: &str) -> String {
    let words = message.split(' ').map(|word| {
        let mark = match word {
            "L_PAREN" => "(",
            "R_PAREN" => ")",
            "L_BRACK" => "[",
            "R_BRACK" => "]",
            "COMMA" => ",",
            "SEMICOLON" => ";",
            "DOT" => ".",
            "EQ" => "=",
            "EOF" => return "the end of the statement".to_owned(),
            "ERROR" => return "a character that begins no token".to_owned(),
            "IDENT" => return "a name".to_owned(),
            word => match word.strip_suffix("_KW") {
                Some(keyword) => keyword,
                None => return word.to_owned(),
            },
        };
        format!("`{mark}`")
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The byte at which the first token from `start` on begins; `start` where there is none.
fn next_token(text: &str, start: usize) -> usize {
    let Some(rest) = text.get(start..) else { return start };
    let after = rest.trim_start();
    if after.is_empty() { start } else { start + rest.len() - after.len() }
}

/// Whether the text is meant for the server: not a command of `psql`, not a template.
fn is_certainly_sql(text: &str) -> bool {
    let placeholder = ["{{", "${", "<%", "%%"].iter().any(|mark| text.contains(mark));
    // `:name` is a variable of `psql` and of some tools.
    let mut lexer = Lexer::new(text, Database::Postgres);
    let mut has_variable = false;
    while let Some(token) = lexer.next() {
        let is_name =
            token.kind == TokenKind::Parameter && lexer.text(token).starts_with([':', '@']);
        has_variable |= is_name;
    }
    !text.starts_with('\\') && !placeholder && !has_variable
}

/// Parses an expression that stands on its own, as PL/pgSQL has them.
fn parse_expression(text: &str, origin: &Origin) -> Option<Expression> {
    const PREFIX: &str = "SELECT ";
    let sql = format!("{PREFIX}{text}");
    if super::is_too_deep(&sql, Database::Postgres) {
        return None;
    }
    catch_unwind(AssertUnwindSafe(|| {
        let parsed = SourceFile::parse(&sql);
        if !parsed.errors().is_empty() {
            return None;
        }
        let root = parsed.syntax_node();
        let node: SyntaxNode = root.children().next()?;
        let origin = origin.before(PREFIX.len());
        let reader = Reader { origin: &origin };
        let query = reader.query(&node);
        Some(Expression::Subquery(Box::new(query)))
    }))
    .ok()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_tokens_as_they_are_written() {
        let message = |text: &str| match parse(text, &Origin::at(0)).kind {
            StatementKind::Invalid { message, .. } => message,
            kind => panic!("{kind:?}"),
        };
        assert_eq!(message("SELECT 1 +"), "expected an expression, found the end of the statement");
        assert_eq!(message("CREATE TABEL a ()"), "expected command, found `CREATE`");
        assert_eq!(message("INSERT INTO a VALUES (1"), "expected `)`");
        assert_eq!(message("\0"), "expected command, found a character that begins no token");
    }
}
