//! What both servers refuse, though our own reading passes over it.
//!
//! The adapter reads generously, since each of the two servers, in each of its versions, has
//! grammar that the other refuses. Here stand the few things that none of them takes. Words
//! are compared with everything that any version knows, and nothing is said of a text whose
//! tokens depend on the session or on the version: with backslashes or executable comments.

mod alter;
mod column;
mod foreign;
mod key;
mod marks;
mod options;
mod partitions;
mod rows;
mod slips;
mod table;
mod types;

use super::cursor::Cursor;
use crate::diagnostics::Code;
use crate::replay::model::{Place, StatementKind};

/// Something that neither server takes.
#[derive(Debug)]
pub(super) struct Refusal {
    code: Code,
    message: String,
    at: Place,
    /// It is taken where the table is there already.
    unless_there: bool,
}

impl Refusal {
    fn new(code: Code, at: Place, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into(), at, unless_there: false }
    }

    /// A fault of the grammar.
    fn syntax(at: Place, message: impl Into<String>) -> Self {
        Refusal::new(Code::M401, at, message)
    }

    /// A definition that contradicts itself.
    fn definition(at: Place, message: impl Into<String>) -> Self {
        Refusal::new(Code::M422, at, message)
    }
}

/// A statement with what is refused in it, if anything is.
pub(super) fn judged(start: Cursor<'_>, meant: StatementKind) -> StatementKind {
    if matches!(meant, StatementKind::Invalid { .. }) || has_escapes(start.source.text) {
        return meant;
    }
    match refusal(start) {
        Some(Refusal { code, message, at, unless_there }) => {
            StatementKind::Refused { code, message, at, unless_there, meant: Box::new(meant) }
        }
        None => meant,
    }
}

/// Each is looked for alone, which is fast even in code built without optimisation.
fn has_escapes(text: &str) -> bool {
    text.contains('\\') || text.contains('\0')
}

fn refusal(mut cursor: Cursor<'_>) -> Option<Refusal> {
    let marks = marks::refusal(&cursor);
    if marks.is_some() {
        return marks;
    }
    if cursor.is_any(&["CREATE", "ALTER", "DROP"]) {
        let mut ahead = cursor;
        ahead.advance();
        if let Err(refusal) = slips::kind(ahead) {
            return Some(refusal);
        }
    }
    if let Err(refusal) = foreign::statement(cursor) {
        return Some(refusal);
    }
    if cursor.eat(&["CREATE"]) {
        cursor.eat(&["OR", "REPLACE"]);
        cursor.eat(&["TEMPORARY"]);
        if cursor.eat(&["TABLE"]) {
            return table::create(cursor).err();
        }
        cursor.eat_any(&["UNIQUE", "FULLTEXT", "SPATIAL"]);
        if cursor.eat(&["INDEX"]) {
            return key::create_index(cursor).err();
        }
    } else if cursor.eat(&["ALTER", "TABLE"]) {
        return alter::alter(cursor).err();
    }
    rows::judge(cursor).err()
}

#[cfg(test)]
mod tests;
