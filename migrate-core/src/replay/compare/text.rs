//! Statements in a form in which those that say the same are the same.
//!
//! A server keeps the body of a function as it is written, so its tokens are compared. What
//! it parses and prints anew (views, checks, policies) has many faces that mean the same; of
//! these the names, texts and numbers are compared, in no order.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::sync::Arc;

use crate::database::Database;
use crate::replay::model::Text;
use crate::sql::{Lexer, TokenKind};

/// The tokens of a text as the server compares them.
pub(super) fn tokens(text: &str, database: Database) -> Vec<Text> {
    let mut found = Vec::new();
    let mut lexer = Lexer::new(text, database);
    while let Some(token) = lexer.next() {
        let text = lexer.text(token);
        match token.kind {
            TokenKind::Word => found.push(Arc::from(text.to_lowercase())),
            TokenKind::QuotedIdentifier => found.push(unquoted(text, database)),
            TokenKind::Semicolon => {}
            TokenKind::String => match dollar_body(text) {
                Some(body) => found.extend(tokens(body, database)),
                None => found.push(Arc::from(text)),
            },
            kind if kind.is_significant() => found.push(Arc::from(text)),
            _ => {}
        }
    }
    without_schema(&mut found);
    found
}

fn unquoted(text: &str, database: Database) -> Text {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or(text);
    // Elsewhere the case of names says nothing, or nothing that is sure.
    if database == Database::Postgres { Arc::from(inner) } else { Arc::from(inner.to_lowercase()) }
}

/// What stands between the tags of a dollar-quoted literal.
fn dollar_body(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    let tag = rest.find('$')? + 2;
    text.get(tag..text.len().checked_sub(tag)?)
}

/// Takes out the schema that names without one are in.
fn without_schema(tokens: &mut Vec<Text>) {
    let mut index = 0;
    while index + 1 < tokens.len() {
        let is_schema = matches!(&*tokens[index], "public" | "pg_catalog" | "main");
        if is_schema && &*tokens[index + 1] == "." {
            tokens.drain(index..index + 2);
        } else {
            index += 1;
        }
    }
}

/// Takes out each place at which the tokens are these.
fn without(tokens: &mut Vec<Text>, words: &[&str]) {
    let mut index = 0;
    while index + words.len() <= tokens.len() {
        let here = &tokens[index..index + words.len()];
        if here.iter().zip(words).all(|(token, word)| **token == **word) {
            tokens.drain(index..index + words.len());
        } else {
            index += 1;
        }
    }
}

/// The words under which the server prints a type that goes by a shorter name too; any other
/// word as it is.
fn type_words(word: &Text) -> Vec<&str> {
    match &**word {
        "float" | "float8" => vec!["double", "precision"],
        "int" | "int4" => vec!["integer"],
        "int8" => vec!["bigint"],
        "int2" => vec!["smallint"],
        "bool" => vec!["boolean"],
        "varchar" => vec!["character", "varying"],
        "timestamptz" => vec!["timestamp", "with", "time", "zone"],
        other => vec![other],
    }
}

/// A function: header and body; its clauses in any order.
pub(super) fn routine(text: &str, database: Database) -> Vec<Text> {
    let mut found = Vec::new();
    for token in tokens(text, database) {
        let is_body = found.last().is_some_and(|last: &Text| &**last == "as");
        match token.strip_prefix('\'').and_then(|body| body.strip_suffix('\'')) {
            Some(body) if is_body => found.extend(tokens(&body.replace("''", "'"), database)),
            _ if database == Database::Postgres => {
                found.extend(type_words(&token).iter().copied().map(Arc::from));
            }
            _ => found.push(token),
        }
    }
    for words in [&["or", "replace"][..], &["volatile"], &["called", "on", "null", "input"]] {
        without(&mut found, words);
    }
    found.sort_unstable();
    found
}

/// Words of SQL that a server may add, leave out or write in another way when it prints what
/// it keeps, which people then copy.
const REWRITTEN: [&str; 38] = [
    "or",
    "replace",
    "if",
    "not",
    "exists",
    "as",
    "with",
    "no",
    "data",
    "permissive",
    "for",
    "all",
    "to",
    "public",
    "each",
    "procedure",
    "function",
    "in",
    "any",
    "array",
    "some",
    "and",
    "between",
    "is",
    "null",
    "like",
    "ilike",
    "asc",
    "using",
    "btree",
    "where",
    "cast",
    "inner",
    "outer",
    "on",
    "only",
    "recursive",
    "row",
];

/// The names, texts and numbers of what a server rewrites: those that differ say other things.
pub(super) fn facts(tokens: Vec<Text>) -> BTreeSet<Text> {
    let mut found = BTreeSet::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if &*token == "::" {
            // Casts come and go.
            skip_type(&mut tokens);
            continue;
        }
        let is_operator = !token.contains(|c: char| c.is_alphanumeric() || c == '_');
        if !is_operator && !REWRITTEN.contains(&&*token) {
            found.insert(token);
        }
    }
    found
}

/// Goes past the type behind `::`.
pub(super) fn skip_type(tokens: &mut Peekable<impl Iterator<Item = Text>>) {
    let is_part = |token: &str| {
        matches!(
            token,
            "." | "[" | "]" | "varying" | "precision" | "with" | "without" | "time" | "zone"
        )
    };
    let mut was_dot = true;
    while let Some(next) = tokens.next_if(|next| was_dot || is_part(next) || &**next == "(") {
        if &*next == "(" {
            while tokens.next_if(|next| &**next != ")").is_some() {}
            tokens.next();
        }
        was_dot = &*next == ".";
    }
}

/// A view, trigger, policy or rule.
pub(super) fn stored(text: &str, database: Database) -> BTreeSet<Text> {
    facts(tokens(text, database))
}

/// The expression of a check whose text begins at byte `from`.
pub(super) fn check(text: &str, from: usize, database: Database) -> Option<BTreeSet<Text>> {
    let tokens = constraint_tokens(text, from, database)?;
    let start = tokens.iter().position(|token| &**token == "check")? + 1;
    let mut depth = 0;
    let mut found = Vec::new();
    for token in tokens.get(start..)? {
        match &**token {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => found.push(token.clone()),
        }
        if depth == 0 {
            break;
        }
    }
    (!found.is_empty()).then(|| facts(found))
}

/// What a foreign key whose text begins at byte `from` does on `DELETE` and on `UPDATE`.
pub(super) fn actions(text: &str, from: usize, database: Database) -> Option<[String; 2]> {
    let tokens = constraint_tokens(text, from, database)?;
    tokens.iter().position(|token| &**token == "references")?;
    let action = |event: &str| {
        let words = |index: usize| tokens.get(index).map(|token| &**token).unwrap_or_default();
        let at = (0..tokens.len()).find(|at| words(*at) == "on" && words(*at + 1) == event);
        match at.map(|at| (words(at + 2), words(at + 3))) {
            Some(("set", what)) => format!("SET {}", what.to_uppercase()),
            Some(("cascade", _)) => "CASCADE".to_owned(),
            Some(("restrict", _)) if database != Database::Mysql => "RESTRICT".to_owned(),
            _ => "NO ACTION".to_owned(),
        }
    };
    Some([action("delete"), action("update")])
}

/// The tokens of one constraint: up to the comma or bracket that ends it.
fn constraint_tokens(text: &str, from: usize, database: Database) -> Option<Vec<Text>> {
    let mut depth = 0usize;
    let mut found = Vec::new();
    for token in tokens(text.get(from..)?, database) {
        match &*token {
            "(" => depth += 1,
            ")" | "," if depth == 0 => break,
            ")" => depth -= 1,
            _ => {}
        }
        found.push(token);
    }
    Some(found)
}

/// What an index says behind its table's name, which ends at byte `from`.
pub(super) fn index(text: &str, from: usize, database: Database) -> Option<BTreeSet<Text>> {
    Some(facts(tokens(text.get(from..)?, database)))
}
