//! SQL in strings: `EXECUTE`, and what is known of the string.
//!
//! A name that is put together at run time becomes [`WILDCARD`], so that the rest of the
//! statement still says what it does and to what kind of thing.

use std::sync::Arc;

use super::Parser;
use crate::database::Database;
use crate::replay::adapter::{Origin, parse_all};
use crate::replay::model::{BlockStatement, StatementKind, WILDCARD};
use crate::sql::TokenKind;

impl Parser<'_> {
    /// Reads the string expression from here to before `end` as SQL.
    pub(super) fn execute(&mut self, end: usize) -> BlockStatement {
        let place = self.place(self.range(self.position, end));
        let unknown = BlockStatement::Unknown { what: Arc::from("EXECUTE"), mentions: None };
        let Some(sql) = self.template(self.position, end) else { return unknown };
        let exact = self.exact_origin(end);
        let origin = exact.unwrap_or_else(|| Origin::within(place));
        let statements = parse_all(&sql, Database::Postgres, &origin);
        let is_readable = statements.iter().all(|statement| {
            !matches!(statement.kind, StatementKind::Opaque(_))
                && (!sql.contains(WILDCARD)
                    || !matches!(statement.kind, StatementKind::Invalid { .. }))
        });
        if !is_readable || sql.trim() == WILDCARD {
            return BlockStatement::Unknown { what: Arc::from("EXECUTE"), mentions: None };
        }
        BlockStatement::Execute { statements }
    }

    /// Where the SQL stands, if it is one literal without escapes.
    fn exact_origin(&self, end: usize) -> Option<Origin> {
        if end != self.position + 1 {
            return None;
        }
        let token = self.tokens.get(self.position)?;
        let written = self.token_text(self.position);
        let text = string_value(written)?;
        let inside = written.find(&text)?;
        (!text.is_empty()).then(|| self.origin.part(token.start + inside))
    }

    /// Keeps what is assigned to a variable, for an `EXECUTE` of it.
    pub(super) fn remember(&mut self, variable: &str, first: usize, end: usize) {
        match self.template(first, end) {
            Some(sql) if sql.trim() != WILDCARD => {
                self.templates.insert(variable.to_owned(), sql);
            }
            _ => {
                self.templates.remove(variable);
            }
        }
    }

    /// The text of a string expression, with [`WILDCARD`] for what is not known.
    fn template(&self, first: usize, end: usize) -> Option<String> {
        let mut sql = String::new();
        let mut start = first;
        let mut depth = 0_usize;
        for index in first..=end {
            match self.token_text(index) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if index == end || (depth == 0 && self.token_text(index) == "||") {
                if start == index {
                    return None;
                }
                sql.push_str(&self.part(start, index));
                start = index + 1;
            }
        }
        Some(sql)
    }

    fn part(&self, first: usize, end: usize) -> String {
        let token = &self.tokens[first];
        if end == first + 1 {
            if token.kind == TokenKind::String {
                return string_value(self.token_text(first)).unwrap_or_else(|| WILDCARD.to_owned());
            }
            let known = self.name_of(*token).and_then(|name| self.templates.get(&*name.text));
            return known.cloned().unwrap_or_else(|| WILDCARD.to_owned());
        }
        if self.is_at(first, "quote_literal") || self.is_at(first, "quote_nullable") {
            return "'x'".to_owned();
        }
        if self.is_at(first, "format") && self.token_text(first + 1) == "(" {
            return self.format(first + 2, end - 1);
        }
        WILDCARD.to_owned()
    }

    /// `format('…', arguments)`, with literal arguments put in.
    fn format(&self, first: usize, end: usize) -> String {
        let mut arguments: Vec<Option<String>> = Vec::new();
        let mut start = first;
        let mut depth = 0_usize;
        for index in first..=end {
            match self.token_text(index) {
                "(" | "[" => depth += 1,
                ")" | "]" if index < end => depth = depth.saturating_sub(1),
                _ => {}
            }
            if index == end || (depth == 0 && self.token_text(index) == ",") {
                let literal = (index == start + 1 && self.tokens[start].kind == TokenKind::String)
                    .then(|| string_value(self.token_text(start)))
                    .flatten();
                arguments.push(literal);
                start = index + 1;
            }
        }
        let Some(Some(pattern)) = arguments.first().cloned() else { return WILDCARD.to_owned() };
        let mut next = 1;
        let mut sql = String::new();
        let mut characters = pattern.chars().peekable();
        while let Some(c) = characters.next() {
            if c != '%' {
                sql.push(c);
                continue;
            }
            let mut number = String::new();
            while let Some(digit) = characters.peek().filter(|c| c.is_ascii_digit() || **c == '$') {
                number.push(*digit);
                characters.next();
            }
            let index = number.trim_end_matches('$').parse().unwrap_or(next);
            let argument = arguments.get(index).cloned().flatten();
            match characters.next() {
                Some('%') => {
                    sql.push('%');
                    continue;
                }
                Some('I') => match argument {
                    Some(name) => sql.push_str(&Database::Postgres.quote(&name)),
                    None => sql.push_str(WILDCARD),
                },
                Some('L') => sql.push_str("'x'"),
                Some(_) => sql.push_str(argument.as_deref().unwrap_or(WILDCARD)),
                None => {}
            }
            next = index + 1;
        }
        sql
    }
}

/// What a string token stands for.
fn string_value(token: &str) -> Option<String> {
    if let Some(inner) = token.strip_prefix('\'') {
        return Some(inner.strip_suffix('\'')?.replace("''", "'"));
    }
    if token.starts_with('$') {
        let tag = token[1..].find('$')? + 2;
        return Some(token.get(tag..token.len().checked_sub(tag)?)?.to_owned());
    }
    let inner = token.strip_prefix(['e', 'E'])?.strip_prefix('\'')?.strip_suffix('\'')?;
    // Escapes other than those of quotes and line ends are rare in SQL that is built.
    Some(inner.replace("''", "'").replace("\\'", "'").replace("\\n", "\n").replace("\\\\", "\\"))
}
