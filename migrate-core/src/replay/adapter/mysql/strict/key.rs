//! Lists of what a key is over.

use super::Refusal;
use crate::replay::adapter::mysql::column::is_period;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::replay::model::{Name, Text};

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
    if cursor.is("USING") {
        let message = "the columns are expected behind the table, and `USING` behind them";
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    columns(&mut cursor, may_be_there)?;
    if cursor.is_any(&["WHERE", "INCLUDE"]) {
        let message = format!("an index takes no `{}`", cursor.peek());
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    Ok(())
}

/// What a key is over.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Whole columns.
    pub(super) whole: Vec<Text>,
    /// The first letters of columns.
    pub(super) parts: Vec<(Name, u64)>,
    /// Expressions and what else there may be.
    pub(super) has_others: bool,
}

/// Passes `[USING …] (column [(length)] [ASC], …)`. `may_be_there` says that the key may be there
/// already, and is then not looked at.
pub(super) fn columns(cursor: &mut Cursor<'_>, may_be_there: bool) -> Result<Listed, Refusal> {
    if cursor.eat_any(&["USING", "TYPE"]) {
        cursor.advance();
    }
    let at = cursor.peek_place();
    let Some(list) = cursor.parenthesised() else {
        if cursor.is_at_end() {
            return Err(Refusal::syntax(at, "the columns of the key are expected in parentheses"));
        }
        return Ok(Listed { has_others: true, ..Listed::default() });
    };
    if list.is_at_end() {
        return Err(Refusal::syntax(at, "the list of columns is empty"));
    }
    let mut found = Listed::default();
    for mut item in list.items() {
        let place = item.peek_place();
        let name = if is_period(item) { None } else { item.folded() };
        let Some(name) = name else {
            found.has_others = true;
            continue;
        };
        if let Some(length) = item.parenthesised() {
            // A part of the column, or a function of a key over an expression.
            match length.peek().parse() {
                Ok(length) => found.parts.push((name, length)),
                Err(_) => found.has_others = true,
            }
            continue;
        }
        if found.whole.contains(&name.text) && !may_be_there {
            let message = format!("column `{}` stands twice in one key", name.text);
            return Err(Refusal::new(crate::diagnostics::Code::M407, place, message));
        }
        found.whole.push(name.text);
    }
    Ok(found)
}
