//! Texts that may be run as statements later, and what they may name.

use super::mentions;
use crate::database::Database;
use crate::replay::model::{Made, Opaque, StatementKind, Text};
use crate::sql::{Lexer, TokenKind};

/// First words of statements that change more than rows.
const VERBS: &[&str] = &["ALTER", "CREATE", "DROP", "RENAME"];

/// Calls that put texts together.
const JOINS: &[&str] = &["CONCAT", "CONCAT_WS", "GROUP_CONCAT", "REPLACE", "FORMAT"];

/// What a text holds that counts here.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Parts {
    /// A literal that begins a statement.
    has_statement: bool,
    joins: bool,
    /// `FROM`, but for that of `PREPARE name FROM`.
    reads_rows: bool,
    /// `INTO` or `:=`.
    assigns: bool,
}

fn parts(text: &str) -> Parts {
    let mut found = Parts::default();
    let mut lexer = Lexer::new(text, Database::Mysql);
    // The word before the last one, and the last one.
    let (mut earlier, mut last) = ("", "");
    while let Some(token) = lexer.next() {
        let own = lexer.text(token);
        let is = |word: &str| own.eq_ignore_ascii_case(word);
        if own.starts_with(['\'', '"']) {
            let inner = own.trim_start_matches(['\'', '"', ' ', '\n', '\t', '(']);
            let end = inner.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(inner.len());
            found.has_statement |= VERBS.iter().any(|verb| inner[..end].eq_ignore_ascii_case(verb));
        } else if token.kind == TokenKind::Word {
            found.joins |= JOINS.iter().any(|join| is(join));
            found.reads_rows |= is("FROM") && !earlier.eq_ignore_ascii_case("PREPARE");
            found.assigns |= is("INTO");
            (earlier, last) = (last, own);
        }
    }
    found.assigns |= text.contains(":=");
    found
}

/// The names that code may touch by statements in texts; `None` for all there are, where the
/// texts are put together from rows.
pub(super) fn told(text: &str) -> Option<Vec<Text>> {
    let parts = parts(text);
    let comes_from_rows = parts.has_statement && parts.joins && parts.reads_rows;
    (!comes_from_rows).then(|| mentions(text))
}

/// What the value of an expression is made of.
pub(super) fn made(text: &str) -> Made {
    let parts = parts(text);
    Made { of_rows: parts.reads_rows, of_statement: parts.has_statement }
}

/// Whether a text holds a statement in a literal.
pub(super) fn holds_statement(text: &str) -> bool {
    parts(text).has_statement
}

/// A query that keeps a statement in a variable: `SELECT … INTO @text`, `SELECT @text := …`.
pub(super) fn kept_by_query(text: &str) -> Option<StatementKind> {
    let parts = parts(text);
    let opaque = || Opaque { what: "SELECT … INTO".into(), mentions: told(text) };
    (parts.has_statement && parts.assigns).then(|| StatementKind::Opaque(opaque()))
}
