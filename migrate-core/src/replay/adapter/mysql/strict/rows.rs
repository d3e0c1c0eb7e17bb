//! Statements that read or change rows.
//!
//! Both servers know the words below as reserved: unquoted, and not behind a dot, they are no
//! names. Source: the manuals' lists of keywords and reserved words.

use super::Refusal;
use super::slips::is_near;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::sql::TokenKind;

/// Reserved words behind which something has to stand.
const OPEN: &[&str] = &[
    "AND", "BETWEEN", "BY", "FROM", "GROUP", "HAVING", "IN", "JOIN", "LIKE", "LIMIT", "ON", "OR",
    "ORDER", "SELECT", "SET", "WHERE", "XOR",
];

/// What may stand behind the columns of an `INSERT`.
const SOURCES: &[&str] = &["VALUES", "VALUE", "SELECT", "SET", "TABLE", "WITH", "AS", "DEFAULT"];

/// Judges a statement by its first word.
pub(super) fn judge(start: Cursor<'_>) -> Result<(), Refusal> {
    // What is put in for a mark may be any part of it.
    if start.source.text.contains(['{', '$']) {
        return Ok(());
    }
    let mut cursor = start;
    if cursor.eat(&["UPDATE"]) {
        update(cursor)?;
    } else if cursor.eat(&["DELETE"]) {
        delete(cursor)?;
    } else if cursor.eat_any(&["INSERT", "REPLACE"]) {
        insert(cursor)?;
    } else if !cursor.is_any(&["SELECT", "WITH"]) {
        return Ok(());
    }
    words(start)
}

fn refused(cursor: &Cursor<'_>, message: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal::syntax(cursor.peek_place(), message))
}

fn update(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    cursor.eat_any(&["LOW_PRIORITY"]);
    cursor.eat_any(&["IGNORE"]);
    if cursor.is("SET") {
        return refused(&cursor, "the table is expected before `SET`");
    }
    while !cursor.is_at_end() && !cursor.is("SET") {
        cursor.skip();
    }
    if !cursor.eat(&["SET"]) {
        return refused(&cursor, "`SET` is expected behind the table");
    }
    let mut target = cursor;
    let is_named = target.name().is_some();
    while target.eat_mark(".") {
        target.name();
    }
    if is_named && !target.is_at_end() && target.peek_kind() != Some(TokenKind::Punctuation) {
        return refused(&target, "`=` is expected behind the column");
    }
    Ok(())
}

fn delete(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    while cursor.eat_any(&["LOW_PRIORITY", "QUICK", "IGNORE"]) {}
    if cursor.is_mark("*") {
        return refused(&cursor, "whole rows are deleted: `DELETE FROM …` without `*`");
    }
    if cursor.eat(&["FROM"]) && cursor.is_any(&["WHERE", "SET", "ORDER", "LIMIT"]) {
        return refused(&cursor, "the table is expected behind `FROM`");
    }
    Ok(())
}

fn insert(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    while cursor.eat_any(&["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE"]) {}
    if cursor.is_any(&["OR", "IN"]) {
        return refused(&cursor, format!("`{}` cannot stand here", cursor.peek()));
    }
    cursor.eat(&["INTO"]);
    if cursor.qualified().is_none() || cursor.is("PARTITION") {
        return Ok(());
    }
    let list = cursor.parenthesised();
    if list.is_some_and(|list| {
        list.is_mark("(") || list.is_any(&["SELECT", "WITH", "VALUES", "TABLE"])
    }) {
        // A query in parentheses, which others may follow.
        return Ok(());
    }
    let has_columns = list.is_some();
    let is_name = cursor.peek_kind() == Some(TokenKind::Word) && !cursor.is_any(SOURCES);
    if is_name && (has_columns || is_near(cursor.peek(), "VALUES")) {
        let message = format!("`VALUES` or a query is expected, not `{}`", cursor.peek());
        return refused(&cursor, message);
    }
    if cursor.eat_any(&["VALUES", "VALUE"]) {
        return rows(cursor);
    }
    Ok(())
}

/// Rows between commas, and what follows the last of them.
fn rows(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    loop {
        cursor.eat(&["ROW"]);
        if cursor.parenthesised().is_none() {
            return Ok(());
        }
        if cursor.is_mark("(") {
            return refused(&cursor, "a comma is expected between two rows");
        }
        if !cursor.eat_mark(",") {
            break;
        }
    }
    if !cursor.eat(&["ON"]) {
        return Ok(());
    }
    for word in ["DUPLICATE", "KEY", "UPDATE"] {
        if !cursor.eat(&[word]) {
            return refused(&cursor, "only `ON DUPLICATE KEY UPDATE` can stand behind the rows");
        }
    }
    Ok(())
}

/// Judges words by those around them.
fn words(start: Cursor<'_>) -> Result<(), Refusal> {
    let mut cursor = start;
    let mut before: Option<Cursor<'_>> = None;
    while !cursor.is_at_end() {
        let mut next = cursor;
        next.advance();
        let is_member = before.is_some_and(|before| before.is_mark("."));
        if !is_member {
            if next.is_at_end() && cursor.is_any(OPEN) {
                return refused(
                    &cursor,
                    format!("something is expected behind `{}`", cursor.peek()),
                );
            }
            let lacks_by = cursor.is_any(&["ORDER", "GROUP"])
                && next.peek_kind() == Some(TokenKind::Word)
                && !next.is("BY");
            if lacks_by {
                return refused(&next, format!("`BY` is expected behind `{}`", cursor.peek()));
            }
            if cursor.is("BY")
                && let Some(before) = before
                && before.peek_kind() == Some(TokenKind::Word)
                && let Some(meant) =
                    ["ORDER", "GROUP"].into_iter().find(|it| is_near(before.peek(), it))
            {
                return slip(&before, meant);
            }
            let is_interval = before.is_some_and(|before| before.is("INTERVAL"));
            if before.is_some() && !is_interval && is_where(cursor, next) {
                return slip(&cursor, "WHERE");
            }
        }
        before = Some(cursor);
        cursor = next;
    }
    Ok(())
}

/// `wehre name =`: two names in a row can be compared with nothing.
fn is_where(word: Cursor<'_>, next: Cursor<'_>) -> bool {
    let mut after = next;
    after.advance();
    let is_name = matches!(next.peek_kind(), Some(TokenKind::Word | TokenKind::QuotedIdentifier));
    word.peek_kind() == Some(TokenKind::Word)
        && is_near(word.peek(), "WHERE")
        && is_name
        && !next.is("END")
        && ["=", "<", ">", "<=", ">=", "<>", "!="].iter().any(|mark| after.is_mark(mark))
}

fn slip(cursor: &Cursor<'_>, meant: &str) -> Result<(), Refusal> {
    refused(cursor, format!("`{}` is no word of the grammar, as `{meant}` is", cursor.peek()))
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};

    const TABLES: &str = "CREATE TABLE a (id int PRIMARY KEY, n varchar(9), `were` int, d date);
        CREATE TABLE c (id int, n varchar(9));";

    #[track_caller]
    fn refused(text: &str, message: &str) {
        let found = findings(&[TABLES, text]);
        assert!(found.len() == 1 && found[0].contains(message), "{text}: {found:?}");
    }

    // Each was seen on a `MariaDB` 10.11 and on a `MySQL` 9.7.
    #[test]
    fn words_with_a_slip_are_refused() {
        let meant = "is no word of the grammar, as `WHERE` is";
        for text in [
            "UPDATE a SET n = 1 were id = 1",
            "UPDATE a SET n = 'x' wehre id = 1",
            "DELETE FROM a wher id = 1",
            "SELECT * FROM a wehre `id` > 1",
            "SELECT * FROM a JOIN c ON a.id = c.id wehre id = 1",
        ] {
            refused(text, meant);
        }
        refused("SELECT * FROM a oder BY id", "as `ORDER` is");
        refused("SELECT * FROM a ORDER id", "`BY` is expected behind `ORDER`");
        refused("UPDATE a SET n = 1 ORDER id", "`BY` is expected behind `ORDER`");
        refused("INSERT INTO a (id) valeus (1)", "`VALUES` or a query is expected, not `valeus`");
        refused("INSERT INTO a vales (1)", "`VALUES` or a query is expected, not `vales`");
        refused("UPDATE a st n = 1", "`SET` is expected");
    }

    #[test]
    fn what_is_left_out_is_said() {
        refused("UPDATE a n = 1", "`SET` is expected");
        refused("UPDATE SET n = 1", "the table is expected");
        refused("UPDATE a SET n 1", "`=` is expected behind the column");
        refused("UPDATE a SET n = 1 WHERE", "something is expected behind `WHERE`");
        refused("DELETE FROM WHERE id = 1", "the table is expected behind `FROM`");
        refused("DELETE * FROM a", "without `*`");
        refused("DELETE FROM a WHERE id = 1 OR", "something is expected behind `OR`");
        refused("INSERT INTO a (id, n) VALUES (1, 'a') (2, 'b')", "between two rows");
        refused(
            "INSERT INTO a (id) VALUES (1) ON DUPLICATE UPDATE n = 1",
            "ON DUPLICATE KEY UPDATE",
        );
        refused("INSERT OR IGNORE INTO a (id) VALUES (1)", "`OR` cannot stand here");
    }

    #[test]
    fn names_are_left_alone() {
        for text in [
            "UPDATE a SET were = 1 WHERE were = 2; UPDATE a were SET were.n = 1 WHERE were.id = 1",
            "SELECT were, id FROM a WHERE were = 1 AND were IN (1) ORDER BY were",
            "SELECT d + INTERVAL were DAY = d FROM a; SELECT CASE WHEN were THEN were END = 1 FROM a",
            "SELECT were wher FROM a; SELECT * FROM a were JOIN c wher ON were.id = wher.id",
            "DELETE were FROM a were WHERE were.id = 1",
            "INSERT INTO a (id) VALUES (1) ON DUPLICATE KEY UPDATE were = 1; INSERT INTO c VALUES (1, 2), (3, 4)",
            "INSERT INTO a (id) SELECT id FROM c; REPLACE a SET id = 1; INSERT IGNORE a (id) VALUE (1)",
            "SELECT a.n FROM a GROUP BY n ORDER BY group_concat(id ORDER BY id)",
        ] {
            accepted(&[TABLES, text]);
        }
    }
}
