//! SQL in strings: `EXECUTE`, and what is known of the string.
//!
//! A name that is put together at run time becomes [`WILDCARD`], so that the rest of the
//! statement still says what it does and to what kind of thing.

use std::sync::Arc;

use super::Parser;
use super::identifier::quoted_identifier;
use crate::database::Database;
use crate::replay::adapter::{Origin, parse_all};
use crate::replay::model::{
    Block, BlockStatement, Branch, Expression, Guard, StatementKind, WILDCARD,
};
use crate::sql::{Lexer, TokenKind, significant_words};

impl Parser<'_> {
    /// Reads the string expression from here to before `end` as SQL.
    pub(super) fn execute(&mut self, end: usize) -> BlockStatement {
        let place = self.place(self.range(self.position, end));
        let exact = self.exact_origin(end);
        let origin = exact.unwrap_or_else(|| Origin::within(place));
        let mut ways: Vec<_> = self
            .templates(self.position, end)
            .iter()
            .map(|sql| vec![executed(sql, &origin)])
            .collect();
        let unknown = BlockStatement::Unknown { what: Arc::from("EXECUTE"), mentions: None };
        let Some(last) = ways.pop() else { return unknown };
        let branch = |body| Branch {
            condition: Expression::Operation(Vec::new()),
            guard: Guard::Unknown,
            body,
        };
        let branches: Vec<_> = ways.into_iter().map(branch).collect();
        if branches.is_empty() {
            return last.into_iter().next().unwrap_or(unknown);
        }
        BlockStatement::If { branches, otherwise: last }
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
        let texts = self.templates(first, end);
        let is_known = texts.iter().all(|text| text.trim() != WILDCARD);
        self.texts.set(variable, if is_known { texts } else { Vec::new() });
        self.assigned.push(variable.to_owned());
    }

    /// Keeps what `SELECT expression INTO variable` puts into a variable.
    pub(super) fn remember_selected(&mut self, first: usize, end: usize) {
        if !self.is_at(first, "select") {
            return;
        }
        let Some(into) = (first..end).find(|&index| self.is_at(index, "into")) else { return };
        let target = into + 1 + usize::from(self.is_at(into + 1, "strict"));
        let Some(name) = self.tokens.get(target).and_then(|token| self.name_of(*token)) else {
            return;
        };
        if target + 1 == end {
            self.remember(&name.text.clone(), first + 1, into);
        }
    }

    /// The texts that a string expression may have; none where there are too many ways.
    fn templates(&self, first: usize, end: usize) -> Vec<String> {
        let end = end.min(self.tokens.len());
        let named =
            self.tokens[first.min(end)..end].iter().filter_map(|token| self.name_of(*token));
        let mut open: Vec<_> = named.filter(|name| self.texts.count(&name.text) > 1).collect();
        open.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        open.dedup_by(|a, b| a.text == b.text);
        let ways = match open.as_slice() {
            [] => 1,
            [variable] => self.texts.count(&variable.text),
            _ => return Vec::new(),
        };
        (0..ways).filter_map(|choice| self.template(first, end, choice)).collect()
    }

    /// The text of a string expression, with [`WILDCARD`] for what is not known.
    ///
    /// Of a variable with several texts, the one at `choice` is taken.
    fn template(&self, first: usize, end: usize, choice: usize) -> Option<String> {
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
                sql.push_str(&self.part(start, index, choice));
                start = index + 1;
            }
        }
        Some(sql)
    }

    fn part(&self, first: usize, end: usize, choice: usize) -> String {
        let token = &self.tokens[first];
        if end == first + 1 {
            if token.kind == TokenKind::String {
                return string_value(self.token_text(first)).unwrap_or_else(|| WILDCARD.to_owned());
            }
            let known = self.name_of(*token).and_then(|name| self.texts.get(&name.text, choice));
            return known.cloned().unwrap_or_else(|| WILDCARD.to_owned());
        }
        if self.token_text(first) == "(" && self.closes(first, end) {
            return self
                .template(first + 1, end - 1, choice)
                .unwrap_or_else(|| WILDCARD.to_owned());
        }
        let is_call = self.token_text(first + 1) == "(" && self.closes(first + 1, end);
        let inner =
            || self.template(first + 2, end - 1, choice).unwrap_or_else(|| WILDCARD.to_owned());
        let is_literal = self.is_at(first, "quote_literal") || self.is_at(first, "quote_nullable");
        if is_call && is_literal {
            return literal(&inner());
        }
        if is_call && self.is_at(first, "format") {
            return self.format(first + 2, end - 1, choice);
        }
        if is_call && self.is_at(first, "concat") {
            return self.arguments(first + 2, end - 1, choice).concat();
        }
        if is_call && self.is_at(first, "concat_ws") {
            let texts = self.arguments(first + 2, end - 1, choice);
            return texts.split_first().map(|(with, texts)| texts.join(with)).unwrap_or_default();
        }
        if is_call && self.is_at(first, "lower") {
            return inner().to_lowercase();
        }
        if is_call && self.is_at(first, "quote_ident") {
            return quoted_identifier(&inner());
        }
        // A cast says nothing about the text.
        if self.token_text(first + 1) == "::" {
            return self.part(first, first + 1, choice);
        }
        WILDCARD.to_owned()
    }

    /// Whether the parenthesis at `first` closes just before `end`.
    fn closes(&self, first: usize, end: usize) -> bool {
        let mut depth = 0_usize;
        for index in first..end {
            match self.token_text(index) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return index + 1 == end;
            }
        }
        false
    }

    /// The texts of a call's arguments.
    fn arguments(&self, first: usize, end: usize, choice: usize) -> Vec<String> {
        let mut arguments: Vec<String> = Vec::new();
        let mut start = first;
        let mut depth = 0_usize;
        for index in first..=end {
            match self.token_text(index) {
                "(" | "[" => depth += 1,
                ")" | "]" if index < end => depth = depth.saturating_sub(1),
                _ => {}
            }
            if index == end || (depth == 0 && self.token_text(index) == ",") {
                let argument = self.template(start, index, choice);
                arguments.push(argument.unwrap_or_else(|| WILDCARD.to_owned()));
                start = index + 1;
            }
        }
        arguments
    }

    /// `format('…', arguments)`, with literal arguments put in.
    fn format(&self, first: usize, end: usize, choice: usize) -> String {
        let arguments = self.arguments(first, end, choice);
        let Some(pattern) = arguments.first().cloned() else { return WILDCARD.to_owned() };
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
            let argument = arguments.get(index).map_or(WILDCARD, String::as_str);
            match characters.next() {
                Some('%') => {
                    sql.push('%');
                    continue;
                }
                Some('I') => sql.push_str(&quoted_identifier(argument)),
                Some('L') => sql.push_str(&literal(argument)),
                Some(_) => sql.push_str(argument),
                None => {}
            }
            next = index + 1;
        }
        sql
    }
}

/// A string that is executed.
fn executed(sql: &str, origin: &Origin) -> BlockStatement {
    if sql.trim() == WILDCARD {
        return BlockStatement::Unknown { what: Arc::from("EXECUTE"), mentions: None };
    }
    // What is not known may be a name or a number.
    for candidate in [sql.to_owned(), with_numbers(sql)] {
        let statements = parse_all(&candidate, Database::Postgres, origin);
        let is_readable = statements.iter().all(|statement| match statement.kind {
            StatementKind::Opaque(_) => false,
            StatementKind::Invalid { .. } => !sql.contains(WILDCARD),
            _ => true,
        });
        if is_readable {
            let is_partial = sql.contains(WILDCARD);
            return BlockStatement::Execute { statements, is_partial };
        }
    }
    partly_read(sql, origin)
}

/// A text as a literal of SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a string token stands for.
fn string_value(token: &str) -> Option<String> {
    if let Some(inner) = token.strip_prefix('\'') {
        return Some(inner.strip_suffix('\'')?.replace("''", "'"));
    }
    if let Some(after) = token.strip_prefix('$') {
        let tag = after.find('$')? + 2;
        return Some(token.get(tag..token.len().checked_sub(tag)?)?.to_owned());
    }
    let inner = token.strip_prefix(['e', 'E'])?.strip_prefix('\'')?.strip_suffix('\'')?;
    // Escapes other than those of quotes and line ends are rare in SQL that is built.
    Some(inner.replace("''", "'").replace("\\'", "'").replace("\\n", "\n").replace("\\\\", "\\"))
}

/// What is known of SQL that cannot be parsed, by its first words.
fn partly_read(sql: &str, origin: &Origin) -> BlockStatement {
    let words = significant_words(sql, Database::Postgres, 2);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let what = Arc::from("EXECUTE");
    match words.as_slice() {
        // Rows only: the catalog stays as it is.
        [
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" | "ANALYZE" | "VACUUM" | "TRUNCATE"
            | "GRANT" | "REVOKE" | "COMMENT" | "NOTIFY" | "LOCK",
            ..,
        ] => BlockStatement::Unknown { what, mentions: Some(Vec::new()) },
        ["CREATE" | "ALTER", "POLICY"] => match head(sql, &["for", "to", "using", "with", "as"]) {
            Some(head) => {
                let statements = parse_all(&head, Database::Postgres, origin);
                BlockStatement::Execute { statements, is_partial: true }
            }
            None => BlockStatement::Unknown { what, mentions: None },
        },
        ["CREATE", "TABLE"] => {
            let name = sql.split_whitespace().skip(2).find(|word| {
                !["if", "not", "exists"].iter().any(|other| word.eq_ignore_ascii_case(other))
            });
            let name = name.unwrap_or(WILDCARD).split('(').next().unwrap_or(WILDCARD);
            let sql = format!("CREATE TABLE {name} ()");
            let statements = parse_all(&sql, Database::Postgres, origin);
            let mentions = statements.iter().filter_map(|statement| match &statement.kind {
                StatementKind::CreateTable(table) => Some(table.name.name.text.clone()),
                _ => None,
            });
            // It has columns, too.
            let columns = BlockStatement::Unknown { what, mentions: Some(mentions.collect()) };
            BlockStatement::Block(Block {
                statements: vec![BlockStatement::Execute { statements, is_partial: true }, columns],
                ..Block::default()
            })
        }
        _ => BlockStatement::Unknown { what, mentions: None },
    }
}

/// The SQL before the first of some words.
fn head(sql: &str, ends: &[&str]) -> Option<String> {
    let mut lexer = Lexer::new(sql, Database::Postgres);
    while let Some(token) = lexer.next() {
        let text = lexer.text(token);
        let is_end = ends.iter().any(|end| text.eq_ignore_ascii_case(end));
        if token.kind == TokenKind::Word && is_end {
            return sql.get(..token.start).map(str::to_owned);
        }
    }
    None
}

/// The SQL with a number for every word that is known only at run time.
fn with_numbers(sql: &str) -> String {
    let mut changed = String::new();
    let mut lexer = Lexer::new(sql, Database::Postgres);
    while let Some(token) = lexer.next() {
        let text = lexer.text(token);
        let is_unknown = token.kind == TokenKind::Word && text == WILDCARD;
        changed.push_str(if is_unknown { "1" } else { text });
    }
    changed
}
