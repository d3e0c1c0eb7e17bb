//! Marks that stand where none can.

use super::Refusal;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::sql::TokenKind;

/// Words that are reserved on both servers and begin a clause, so that no comma is before them.
const CLAUSES: &[&str] = &["FROM", "WHERE", "GROUP"];

/// What is wrong with the commas and parentheses of any statement.
pub(super) fn refusal(start: &Cursor<'_>) -> Option<Refusal> {
    let mut open = Vec::new();
    let mut cursor = *start;
    let mut after_comma = false;
    let mut before = "";
    let mut colon_ends = None;
    let is_insert = start.is_any(&["INSERT", "REPLACE"]);
    while !cursor.is_at_end() {
        let is_mark = cursor.peek_kind() == Some(TokenKind::Punctuation);
        if !is_mark && !after_comma && !is_insert {
            // Most tokens are words, of which there is nothing to say.
            (before, colon_ends) = ("", None);
            cursor.advance();
            continue;
        }
        let at = cursor.peek_place();
        let token = cursor.peek();
        match token {
            "(" if is_mark => open.push(at),
            ")" if is_mark && open.pop().is_none() => {
                return Some(Refusal::syntax(at, "no parenthesis is open that `)` could close"));
            }
            _ => {}
        }
        if after_comma && (is_mark && matches!(token, "," | ")") || cursor.is_any(CLAUSES)) {
            return Some(Refusal::syntax(at, format!("nothing stands between `,` and `{token}`")));
        }
        if is_mark && token == "," && before == "(" {
            return Some(Refusal::syntax(at, "nothing stands between `(` and `,`"));
        }
        if before == "ON" && is_conflict_clause(cursor) {
            let message = "a row that is there is changed with `ON DUPLICATE KEY UPDATE`";
            return Some(Refusal::syntax(at, message));
        }
        if is_mark && (token == "::" || token == ":" && colon_ends == Some(at.start)) {
            return Some(Refusal::syntax(at, "`::` converts nothing here: `CAST(… AS …)` does"));
        }
        colon_ends = (is_mark && token == ":").then_some(at.end);
        after_comma = is_mark && token == ",";
        before = match token {
            token if is_mark => token,
            _ if is_insert && cursor.is("ON") => "ON",
            _ => "",
        };
        cursor.advance();
    }
    let end = start.last_place();
    if after_comma {
        return Some(Refusal::syntax(end, "nothing stands behind the last `,`"));
    }
    open.pop().map(|at| Refusal::syntax(at, "the parenthesis is not closed"))
}

/// `CONFLICT [(…)] DO`; a table may be called so.
fn is_conflict_clause(mut cursor: Cursor<'_>) -> bool {
    let is_named = cursor.eat(&["CONFLICT"]);
    cursor.parenthesised();
    is_named && cursor.is("DO")
}
