//! Words of the grammar with two letters exchanged, where nothing else can be meant.
//!
//! What is no word of the grammar is a name, and names may be anything. So each rule here has a
//! place in which no name can stand, or none that is followed by what is there.

use super::types::begins_type;
use super::{Refusal, options};
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::sql::TokenKind;

/// Words that say what is created, altered or dropped, and those that stand before them.
const KINDS: &[&str] = &[
    "TABLE",
    "TABLES",
    "INDEX",
    "TRIGGER",
    "PROCEDURE",
    "FUNCTION",
    "EVENT",
    "DATABASE",
    "SCHEMA",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "TEMPORARY",
    "SEQUENCE",
    "SERVER",
    "TABLESPACE",
    "DEFINER",
    "ALGORITHM",
    "AGGREGATE",
];

/// Words that begin a part of a table which is no column.
const PARTS: &[&str] = &[
    "PRIMARY",
    "UNIQUE",
    "INDEX",
    "FULLTEXT",
    "SPATIAL",
    "FOREIGN",
    "CONSTRAINT",
    "CHECK",
    "COLUMN",
];

/// Whether two letters beside each other are exchanged, and no more.
fn is_slip(word: &str, meant: &str) -> bool {
    let (word, meant) = (word.as_bytes(), meant.as_bytes());
    if word.len() != meant.len() || word.len() < 5 {
        return false;
    }
    let same = |at: usize, other: usize| word[at].eq_ignore_ascii_case(&meant[other]);
    let Some(first) = (0..word.len()).find(|at| !same(*at, *at)) else { return false };
    let second = first + 1;
    second < word.len()
        && same(first, second)
        && same(second, first)
        && word[second + 1..].eq_ignore_ascii_case(&meant[second + 1..])
}

/// Whether two letters are exchanged, or one is left out.
pub(super) fn is_near(word: &str, meant: &str) -> bool {
    let lacks_one = || {
        word.len() + 1 == meant.len()
            && (0..meant.len()).any(|at| {
                let whole = [&meant[..at], &meant[at + 1..]].concat();
                whole.eq_ignore_ascii_case(word)
            })
    };
    is_slip(word, meant) || lacks_one()
}

/// The word that is meant by the one that comes next.
fn meant(cursor: &Cursor<'_>, words: &[&'static str]) -> Option<&'static str> {
    if cursor.peek_kind() != Some(TokenKind::Word) {
        return None;
    }
    let word = cursor.peek();
    // Few words are slips, and one of the words may be a slip of another.
    for meant in words {
        if meant.len() == word.len() && is_slip(word, meant) {
            return (!cursor.is_any(words)).then_some(*meant);
        }
    }
    None
}

fn refused(cursor: &Cursor<'_>, meant: &str) -> Refusal {
    let message = format!("`{}` is no word of the grammar, as `{meant}` is", cursor.peek());
    Refusal::syntax(cursor.peek_place(), message)
}

fn judge(cursor: &Cursor<'_>, words: &[&'static str]) -> Result<(), Refusal> {
    meant(cursor, words).map_or(Ok(()), |meant| Err(refused(cursor, meant)))
}

/// Judges what stands behind `CREATE`, `ALTER` or `DROP`.
pub(super) fn kind(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    if cursor.eat(&["OR"]) {
        judge(&cursor, &["REPLACE"])?;
        cursor.eat(&["REPLACE"]);
    }
    judge(&cursor, KINDS)?;
    let is_special = cursor.eat_any(&["UNIQUE", "FULLTEXT", "SPATIAL"]);
    if is_special || cursor.eat(&["TEMPORARY"]) {
        judge(&cursor, KINDS)?;
    }
    cursor.advance();
    if cursor.eat(&["IF"]) {
        cursor.eat(&["NOT"]);
        judge(&cursor, &["EXISTS"])?;
    }
    Ok(())
}

/// Judges a part of a table's definition.
///
/// Nothing that is named so has a column's type behind it.
pub(super) fn part(mut item: Cursor<'_>) -> Result<(), Refusal> {
    if let Some(meant) = meant(&item, PARTS) {
        let mut next = item;
        next.advance();
        let is_named =
            matches!(next.peek_kind(), Some(TokenKind::Word | TokenKind::QuotedIdentifier))
                && !begins_type(next.peek());
        if next.is_mark("(") || is_named {
            return Err(refused(&item, meant));
        }
    }
    if item.eat_any(&["UNIQUE", "FULLTEXT", "SPATIAL"])
        && let Some(meant) = meant(&item, &["INDEX"])
    {
        let mut next = item;
        next.advance();
        let is_named =
            matches!(next.peek_kind(), Some(TokenKind::Word | TokenKind::QuotedIdentifier));
        if is_named && !next.is("USING") {
            return Err(refused(&item, meant));
        }
    }
    while !item.is_at_end() {
        // `ON` stands in a definition for nothing else.
        if item.eat(&["ON"]) {
            judge(&item, &["DELETE", "UPDATE"])?;
        } else if item.parenthesised().is_some() {
            judge(&item, &["REFERENCES"])?;
        } else {
            item.advance();
        }
    }
    Ok(())
}

/// Judges what `DROP`, `MODIFY` and their like of `ALTER TABLE` name, from behind the verb.
pub(super) fn named_part(cursor: Cursor<'_>) -> Result<(), Refusal> {
    let Some(meant) = meant(&cursor, PARTS) else { return Ok(()) };
    let mut next = cursor;
    next.advance();
    let is_named = matches!(next.peek_kind(), Some(TokenKind::Word | TokenKind::QuotedIdentifier));
    if is_named && !next.is_any(&["RESTRICT", "CASCADE"]) && !begins_type(next.peek()) {
        return Err(refused(&cursor, meant));
    }
    Ok(())
}

/// Words that stand for a value.
const VALUES: &[&str] = &["TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE", "LOCALTIMESTAMP"];

/// Judges a default that is no value: a bare name would be a column, where there can be one.
pub(super) fn default(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let found = meant(&cursor, VALUES);
    let word = cursor;
    cursor.advance();
    match found {
        Some(meant) if !cursor.is_mark(".") => Err(refused(&word, meant)),
        _ => Ok(()),
    }
}

/// Judges the options of a table.
pub(super) fn table_options(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    while !cursor.is_at_end() && !cursor.is_any(&["AS", "SELECT", "WITH", "PARTITION", "UNION"]) {
        // What an option is set to is a name of its own.
        let is_value = cursor.eat_mark("=");
        if !is_value && !cursor.is_any(options::OPTIONS) {
            let mut next = cursor;
            next.advance();
            let found = options::OPTIONS.iter().find(|meant| is_slip(cursor.peek(), meant));
            if let Some(meant) = found
                && cursor.peek_kind() == Some(TokenKind::Word)
                && (next.is_mark("=") || next.peek_kind() == Some(TokenKind::Word))
            {
                return Err(refused(&cursor, meant));
            }
        }
        cursor.skip();
    }
    Ok(())
}

/// Languages and standards in the names of collations.
const COLLATED: &[&str] = &[
    "general",
    "unicode",
    "swedish",
    "danish",
    "german",
    "spanish",
    "roman",
    "polish",
    "persian",
    "icelandic",
    "latvian",
    "romanian",
    "slovenian",
    "estonian",
    "turkish",
    "czech",
    "lithuanian",
    "slovak",
    "esperanto",
    "hungarian",
    "sinhala",
    "croatian",
    "vietnamese",
    "myanmar",
    "nopad",
    "japanese",
    "chinese",
    "korean",
    "bulgarian",
    "ukrainian",
    "hebrew",
    "greek",
];

/// Whether the name of a collation has one of these words with letters exchanged.
pub(super) fn is_slip_of_collation(name: &str) -> bool {
    name.split('_').any(|word| COLLATED.iter().any(|known| is_slip(word, known)))
}
