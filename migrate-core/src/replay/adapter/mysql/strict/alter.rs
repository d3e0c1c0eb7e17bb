//! `ALTER TABLE`.

use super::column;
use super::table::{Parts, reserved};
use super::types::begins_type;
use super::{Refusal, options, slips};
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::sql::TokenKind;

/// Words that begin an action of `ALTER TABLE`, besides options of the table.
const ACTIONS: &[&str] = &[
    "ADD",
    "DROP",
    "MODIFY",
    "CHANGE",
    "ALTER",
    "RENAME",
    "CONVERT",
    "ORDER",
    "DISABLE",
    "ENABLE",
    "DISCARD",
    "IMPORT",
    "FORCE",
    "ALGORITHM",
    "LOCK",
    "COALESCE",
    "REORGANIZE",
    "EXCHANGE",
    "ANALYZE",
    "CHECK",
    "OPTIMIZE",
    "REBUILD",
    "REPAIR",
    "REMOVE",
    "TRUNCATE",
    "UPGRADE",
    "SECONDARY_LOAD",
    "SECONDARY_UNLOAD",
    "WAIT",
    "NOWAIT",
];

/// Reads what follows `ALTER TABLE`.
pub(super) fn alter(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let table_may_lack = cursor.if_exists();
    reserved(&cursor)?;
    if cursor.qualified().is_none() {
        return Ok(());
    }
    if cursor.eat(&["WAIT"]) {
        cursor.advance();
    }
    cursor.eat(&["NOWAIT"]);
    if is_over_partitions(cursor) {
        return Ok(());
    }
    let mut parts = Parts::default();
    for item in cursor.items() {
        if item.is("ORDER") {
            // What follows are columns to sort by: no action can.
            break;
        }
        action(item, &mut parts, table_may_lack)?;
    }
    let counting = parts.columns.iter().find_map(|column| Some((column, column.counts?)));
    if let Some((column, at)) = counting
        && !column.is_key
        && !column.is_primary
        && !parts.keyed.contains(&column.name.text)
        && !table_may_lack
    {
        let message = format!("`{}` counts, and is no key", column.name.text);
        return Err(Refusal::definition(at, message));
    }
    Ok(())
}

/// Whether the one action is over partitions, whose names stand between commas.
fn is_over_partitions(mut cursor: Cursor<'_>) -> bool {
    cursor.advance();
    cursor.is("PARTITION")
}

fn action(mut item: Cursor<'_>, parts: &mut Parts, table_may_lack: bool) -> Result<(), Refusal> {
    let at = item.peek_place();
    let word = item.peek();
    let expected = |cursor: &Cursor<'_>, what: &str| {
        let message = format!("{what} is expected behind `{word}`");
        cursor.is_at_end().then(|| Refusal::syntax(at, message)).map_or(Ok(()), Err)
    };
    if item.is_any(&["DROP", "MODIFY", "RENAME"]) {
        let mut ahead = item;
        ahead.advance();
        slips::named_part(ahead)?;
    }
    if item.eat(&["CONVERT", "TO"]) {
        return options::converted(item);
    }
    if item.eat(&["ADD"]) {
        expected(&item, "a column or a key")?;
        return add(item, parts, table_may_lack);
    }
    if item.eat(&["MODIFY"]) || item.is("CHANGE") {
        let changes = item.eat(&["CHANGE"]);
        item.eat(&["COLUMN"]);
        let may_lack = item.if_exists() || table_may_lack;
        expected(&item, "a column")?;
        let from = if changes { item.folded() } else { None };
        if changes && from.is_none() {
            return Ok(());
        }
        expected(&item, "the new name")?;
        column::judge(item, may_lack)?;
    } else if item.eat(&["DROP"]) {
        expected(&item, "what goes")?;
    } else if item.eat(&["RENAME"]) {
        expected(&item, "`TO` and a name")?;
        return rename(item);
    } else if item.eat(&["ALTER"]) {
        return alter_column(item);
    } else if item.peek_kind() == Some(TokenKind::Word)
        && !item.is_any(ACTIONS)
        && !options::is_option(&item)
    {
        item.advance();
        if item.is_at_end() || item.peek_kind() == Some(TokenKind::Word) {
            let message = format!("`{word}` is nothing that can be done to a table");
            return Err(Refusal::syntax(at, message));
        }
    }
    Ok(())
}

fn add(mut item: Cursor<'_>, parts: &mut Parts, table_may_lack: bool) -> Result<(), Refusal> {
    if item.is_any(&["PARTITION", "SYSTEM"]) {
        return Ok(());
    }
    slips::part(item)?;
    let mut ahead = item;
    if parts.constraint(&mut ahead, table_may_lack)? {
        return Ok(());
    }
    let at = item.peek_place();
    if item.eat(&["COLUMN"]) && item.is_at_end() {
        return Err(Refusal::syntax(at, "a name is expected behind `COLUMN`"));
    }
    let may_be_there = item.if_not_exists() || table_may_lack;
    if let Some(list) = item.parenthesised() {
        for part in list.items() {
            parts.part(part, may_be_there)?;
        }
        return Ok(());
    }
    let found = column::judge(item, may_be_there)?;
    // Where it is there already, nothing is asked of it.
    parts.columns.extend(found.filter(|_| !may_be_there));
    Ok(())
}

fn rename(mut item: Cursor<'_>) -> Result<(), Refusal> {
    let is_part = item.eat_any(&["COLUMN", "INDEX", "KEY"]);
    if is_part {
        item.if_exists();
        if item.name().is_none() {
            return Ok(());
        }
        if !item.is("TO") {
            return Err(Refusal::syntax(item.peek_place(), "`TO` is expected behind the old name"));
        }
        return Ok(());
    }
    if !item.eat_any(&["TO", "AS"]) {
        item.eat_mark("=");
    }
    if item.qualified().is_some() && item.is("TO") {
        let at = item.peek_place();
        return Err(Refusal::syntax(at, "a column is renamed with `RENAME COLUMN`"));
    }
    Ok(())
}

/// `ALTER [COLUMN] name SET DEFAULT …`; types change with `MODIFY`.
fn alter_column(mut item: Cursor<'_>) -> Result<(), Refusal> {
    if item.eat_any(&["INDEX", "KEY", "CHECK", "CONSTRAINT"]) {
        return Ok(());
    }
    item.eat(&["COLUMN"]);
    item.if_exists();
    if item.name().is_none() {
        return Ok(());
    }
    let at = item.peek_place();
    let is_wrong = if item.eat(&["SET"]) {
        item.is_any(&["NOT", "NULL", "DATA"])
    } else if item.eat(&["DROP"]) {
        item.is_any(&["NOT", "NULL", "IDENTITY", "EXPRESSION"])
    } else {
        item.is_any(&["TYPE", "ADD"]) || begins_type(item.peek())
    };
    if is_wrong {
        let message = "only a column's default is altered: `MODIFY` says the whole column anew";
        return Err(Refusal::syntax(at, message));
    }
    Ok(())
}
