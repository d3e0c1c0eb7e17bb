//! Postgres, read by squawk's parser.
//!
//! Its tree is walked by kinds of nodes, not through its typed layer: half a hundred kinds
//! matter here, and the typed layer has a thousand types. PL/pgSQL is split by our own
//! tokens, since squawk's grammar of it is unfinished; the SQL inside comes back here.

mod expression;
mod guard;
mod object;
mod plpgsql;
mod query;
mod routine;
mod statement;
mod table;
mod tree;
mod types;

pub(crate) use self::plpgsql::{parse_block, parse_routine};

use std::panic::{AssertUnwindSafe, catch_unwind};

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
    let parsed = SourceFile::parse(text);
    let root = parsed.syntax_node();
    let place = origin.place(0, text.len());
    let errors = parsed.errors();
    let bodies: Vec<_> = if errors.is_empty() {
        Vec::new()
    } else {
        let definitions = root.descendants().filter(|it| it.kind() == SyntaxKind::AS_DEFINITION);
        definitions.map(|node| node.text_range()).collect()
    };
    // Bodies of functions are judged where it is known whether the server looks at them.
    let error = errors
        .into_iter()
        .find(|error| !bodies.iter().any(|body| body.contains_range(error.range())));
    if let Some(error) = error {
        if !is_certainly_sql(text) {
            return opaque(text, Database::Postgres, origin);
        }
        let start: usize = error.range().start().into();
        let end: usize = error.range().end().into();
        let end = end.max((start + 1).min(text.len()));
        let kind = StatementKind::Invalid {
            message: error.message().to_owned(),
            at: origin.place(start, end),
        };
        return Statement { place, kind };
    }
    let Some(node) = root.children().find(|node| node.kind() != SyntaxKind::EMPTY_STMT) else {
        return Statement { place, kind: StatementKind::Nothing };
    };
    let reader = Reader { origin };
    Statement { place, kind: reader.statement_kind(&node) }
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
