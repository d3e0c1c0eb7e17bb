//! `MySQL` and `MariaDB`.
//!
//! DDL is read by our own tokens: names keep their bytes, and what only one of the two
//! servers knows is read as well. Queries and statements that change rows are read by
//! `sqlparser`. Nothing is called invalid but a reserved word in a column's place, since
//! each of the two servers has grammar that the other refuses.

mod alter;
mod body;
mod column;
mod comment;
mod common;
mod condition;
mod cursor;
mod dynamic;
mod expression;
mod literal;
mod modifiers;
mod multi_update;
mod negation;
mod object;
mod places;
mod query;
mod routine;
mod rows;
mod settings;
mod strict;
mod table;
mod trigger;
mod variable;
mod verb;

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlparser::ast::{Expr, Query as SqlQuery};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Tokenizer;

pub(crate) use self::body::parse_body;
pub(crate) use self::variable::{guard_of, value_of};

use self::comment::Versions;
use self::cursor::{Cursor, Source};
use self::expression::Reader;
use self::verb::unknown_verb;
use super::Origin;
use crate::database::Database;
use crate::replay::model::{
    Block, BlockStatement, Expression, Opaque, Query, Statement, StatementKind, Text,
};
use crate::sql::{Lexer, Token, significant_words};

/// How deep the parser may recurse; `is_too_deep` bounds what it is given.
const DEEPEST: usize = 300;

/// Parses one statement.
pub(crate) fn parse(text: &str, origin: &Origin) -> Statement {
    let place = origin.place(0, text.len());
    let kind = match comment::versions(text) {
        Versions::Plain => {
            let start = |tokens: &[_]| {
                let start = Cursor::new(Source { text, origin }, tokens);
                strict::judged(start, read_all(start, text))
            };
            start(&tokens(text))
        }
        // What a comment adds for some versions only is judged by none.
        Versions::One(plain) => read_version(&plain, text, origin),
        Versions::Two { newer, older } => {
            let [newer, older] = [newer, older].map(|plain| read_version(&plain, text, origin));
            comment::either(place, newer, older)
        }
    };
    Statement { place, kind }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::with_capacity(text.len() / 4);
    for token in Lexer::new(text, Database::Mysql) {
        if token.kind.is_significant() {
            found.push(token);
        }
    }
    found
}

/// Reads what some versions see of `written`.
fn read_version(plain: &str, written: &str, origin: &Origin) -> StatementKind {
    read_all(Cursor::new(Source { text: plain, origin }, &tokens(plain)), written)
}

/// Reads a statement with the variables that are set in it.
fn read_all(start: Cursor<'_>, written: &str) -> StatementKind {
    let Source { origin, .. } = start.source;
    // The parser asserts about itself; a wrong assertion must cost no build.
    let kind = catch_unwind(AssertUnwindSafe(|| read(start)));
    let kind = kind.ok().flatten().unwrap_or_else(|| unread(written));
    let (aside, query) = variable::set_aside(start);
    let query = query.and_then(|text| {
        let source = Source { text: &text, origin };
        catch_unwind(AssertUnwindSafe(|| rows::statement(source))).ok().flatten()
    });
    match (query, aside.is_empty()) {
        (_, true) => kind,
        (query, false) => {
            let both = vec![query.unwrap_or(kind), StatementKind::SetVariables(aside)];
            several(both, start.source)
        }
    }
}

/// Words, quoted names and words in strings, as they are written and in lower case.
fn mentions(text: &str) -> Vec<Text> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let words = text.split(|c| !is_word(c)).filter(|word| !word.is_empty());
    let mut found: Vec<String> =
        words.flat_map(|word| [word.to_owned(), word.to_lowercase()]).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(Text::from).collect()
}

/// A statement that nobody reads.
fn unread(text: &str) -> StatementKind {
    let what = significant_words(text, Database::Mysql, 2).join(" ");
    StatementKind::Opaque(Opaque { what: Text::from(what), mentions: Some(mentions(text)) })
}

/// Reads a statement by its first words; `None` where nobody can.
fn read(mut cursor: Cursor<'_>) -> Option<StatementKind> {
    let start = cursor;
    if cursor.is_at_end() {
        return Some(StatementKind::Nothing);
    }
    if cursor.is_mark("(") || cursor.is_any(&["SELECT", "WITH", "VALUES", "TABLE"]) {
        let kept = dynamic::kept_by_query(start.source.text);
        return kept.or_else(|| rows::statement(start.source));
    }
    if cursor.is("UPDATE") {
        return rows::statement(start.source).or_else(|| multi_update::over_several(start));
    }
    if cursor.is_any(&["INSERT", "REPLACE", "DELETE"]) {
        if let Some(table) = object::history(cursor) {
            return Some(table);
        }
        return rows::statement(start.source);
    }
    if let Some(inner) = settings::set_aside(cursor) {
        if inner.trim().is_empty() {
            return None;
        }
        return read(Cursor::new(Source { text: &inner, ..start.source }, &tokens(&inner)));
    }
    if cursor.eat(&["CREATE"]) {
        return object::create(&mut cursor);
    }
    if cursor.eat(&["ALTER"]) {
        return object::alter(&mut cursor);
    }
    if cursor.eat(&["DROP"]) {
        return object::drop(&mut cursor);
    }
    if cursor.eat(&["RENAME"]) {
        return object::rename(&mut cursor);
    }
    object::other(&mut cursor).or_else(|| unknown_verb(start))
}

/// Several statements that one stands for.
fn several(kinds: Vec<StatementKind>, source: Source<'_>) -> StatementKind {
    let mut kinds = kinds;
    if kinds.len() == 1 {
        return kinds.remove(0);
    }
    let place = source.origin.place(0, source.text.len());
    let statements =
        kinds.into_iter().map(|kind| BlockStatement::Sql(Statement { place, kind })).collect();
    StatementKind::Block(Box::new(Block { statements, ..Block::default() }))
}

fn parser(text: &str) -> Option<Parser<'static>> {
    static DIALECT: MySqlDialect = MySqlDialect {};
    let tokens = Tokenizer::new(&DIALECT, text).tokenize_with_location().ok()?;
    let parser = Parser::new(&DIALECT).with_recursion_limit(DEEPEST);
    let tokens = literal::told(negation::in_words(modifiers::left_out(tokens)));
    Some(parser.with_tokens_with_locations(tokens))
}

/// Reads an expression that is a part of a statement, from byte `start` of its text.
fn part_expression(source: Source<'_>, start: usize, text: &str) -> Option<Expression> {
    let parsed: Expr = parser(text)?.parse_expr().ok()?;
    let origin = source.origin.part(start);
    Some(Reader::new(Source { text, origin: &origin }).expression(&parsed))
}

/// Reads a query that is a part of a statement, from byte `start` of its text.
fn part_query(source: Source<'_>, start: usize, text: &str) -> Option<Query> {
    let parsed: Box<SqlQuery> = parser(text)?.parse_query().ok()?;
    let origin = source.origin.part(start);
    Some(Reader::new(Source { text, origin: &origin }).open_query(&parsed))
}

#[cfg(test)]
mod tests;
