//! Statements as other servers have them.

use super::Refusal;
use crate::replay::adapter::mysql::cursor::Cursor;

/// Kinds of objects that no version of either server has.
const KINDS: &[&str] = &["TYPE", "EXTENSION", "DOMAIN", "POLICY", "RULE", "COLLATION", "UNLOGGED"];

/// Judges a statement from its first word on.
pub(super) fn statement(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    if cursor.eat(&["DROP", "INDEX"]) {
        return drop_index(cursor);
    }
    if cursor.eat(&["TRUNCATE"]) {
        return truncate(cursor);
    }
    if cursor.eat(&["DO"]) && cursor.peek().starts_with("$$") {
        let message = "a block of statements is that of a procedure";
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    let creates = cursor.is("CREATE");
    if !cursor.eat_any(&["CREATE", "DROP"]) {
        return Ok(());
    }
    if cursor.is_any(KINDS) {
        let message = format!("there is no `{}` to be made or dropped", cursor.peek());
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    cursor.eat(&["UNIQUE"]);
    let mut next = cursor;
    if creates && next.eat(&["INDEX"]) && next.is("CONCURRENTLY") {
        let at = next.peek_place();
        next.advance();
        // An index may be called so.
        if !next.is_any(&["ON", "USING", "TYPE"]) {
            return Err(Refusal::syntax(at, "an index takes no `CONCURRENTLY`"));
        }
    }
    Ok(())
}

/// `name ON table …`.
fn drop_index(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    cursor.if_exists();
    let at = cursor.peek_place();
    if cursor.name().is_some() && cursor.is_at_end() {
        return Err(Refusal::syntax(at, "`ON` and the index's table are expected"));
    }
    Ok(())
}

/// `[TABLE] name`; one of the servers takes how long to wait.
fn truncate(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    cursor.eat(&["TABLE"]);
    if cursor.qualified().is_some()
        && (cursor.is_mark(",") || cursor.is_any(&["CASCADE", "RESTRICT", "RESTART", "CONTINUE"]))
    {
        let message = format!("`TRUNCATE` takes one table, and no `{}`", cursor.peek());
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    Ok(())
}
