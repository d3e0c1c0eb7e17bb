//! Lists of what a key is over.

use super::Refusal;
use crate::replay::adapter::mysql::column::is_period;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::replay::model::Text;

/// Reads what follows `CREATE [UNIQUE] INDEX`.
pub(super) fn create_index(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let may_be_there = cursor.if_not_exists();
    if cursor.is("ON") {
        return Err(Refusal::syntax(cursor.peek_place(), "an index needs a name"));
    }
    cursor.name();
    if cursor.eat_any(&["USING", "TYPE"]) {
        cursor.advance();
    }
    if cursor.is_at_end() || cursor.is_mark("(") {
        return Err(Refusal::syntax(cursor.peek_place(), "`ON` and a table are expected"));
    }
    if !cursor.eat(&["ON"]) {
        // An option that is not known, or a table without `ON`.
        return Ok(());
    }
    if cursor.qualified().is_none() {
        return Ok(());
    }
    columns(&mut cursor, may_be_there)?;
    if cursor.is_any(&["WHERE", "INCLUDE"]) {
        let message = format!("an index takes no `{}`", cursor.peek());
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    Ok(())
}

/// Passes `[USING …] (column [(length)] [ASC], …)`; returns the names of whole columns.
/// `may_be_there` says that the key may be there already, and is then not looked at.
pub(super) fn columns(cursor: &mut Cursor<'_>, may_be_there: bool) -> Result<Vec<Text>, Refusal> {
    if cursor.eat_any(&["USING", "TYPE"]) {
        cursor.advance();
    }
    let at = cursor.peek_place();
    let Some(list) = cursor.parenthesised() else {
        if cursor.is_at_end() {
            return Err(Refusal::syntax(at, "the columns of the key are expected in parentheses"));
        }
        return Ok(Vec::new());
    };
    if list.is_at_end() {
        return Err(Refusal::syntax(at, "the list of columns is empty"));
    }
    let mut names: Vec<Text> = Vec::new();
    for mut item in list.items() {
        let place = item.peek_place();
        if is_period(item) {
            continue;
        }
        let Some(name) = item.folded() else { continue };
        if item.is_mark("(") {
            // A part of the column, or a function of a key over an expression.
            continue;
        }
        if names.contains(&name.text) && !may_be_there {
            let message = format!("column `{}` stands twice in one key", name.text);
            return Err(Refusal { code: crate::diagnostics::Code::M407, message, at: place });
        }
        names.push(name.text);
    }
    Ok(names)
}
