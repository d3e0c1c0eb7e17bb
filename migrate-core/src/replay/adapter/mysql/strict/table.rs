//! `CREATE TABLE` and `ALTER TABLE`.

use super::column::{self, Definition};
use super::{Refusal, key, options};
use crate::diagnostics::Code;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::replay::adapter::mysql::table::reserved_name;
use crate::replay::model::{Place, StatementKind, Text};
use crate::sql::TokenKind;

/// What the parts of a table's definition say together.
#[derive(Debug, Default)]
struct Parts {
    columns: Vec<Definition>,
    /// Columns of whole keys.
    keyed: Vec<Text>,
    primary: Vec<(Text, Place)>,
    /// Columns that a foreign key may set to null.
    nulled: Vec<(Text, Place)>,
}

/// Reads what follows `CREATE [TEMPORARY] TABLE`.
pub(super) fn create(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let may_be_there = cursor.if_not_exists();
    reserved(&cursor)?;
    let at = cursor.peek_place();
    if cursor.is_mark("(") {
        return Err(Refusal::syntax(at, "a table needs a name"));
    }
    let Some(name) = cursor.qualified() else { return Ok(()) };
    if cursor.is_at_end() && !may_be_there {
        let message = format!("`{}` has no columns", name.display());
        return Err(Refusal::definition(at, message));
    }
    let at = cursor.peek_place();
    let Some(inside) = cursor.parenthesised() else { return Ok(()) };
    if inside.is_at_end() {
        return Err(Refusal::syntax(at, "the list of columns is empty"));
    }
    if inside.is_mark("(") || inside.is_any(&["SELECT", "WITH", "LIKE", "VALUES", "TABLE"]) {
        return Ok(());
    }
    let mut parts = Parts::default();
    for item in inside.items() {
        parts.part(item, may_be_there)?;
    }
    options::judge(cursor)?;
    if may_be_there {
        return Ok(());
    }
    parts.keys()?;
    if options_say_other_engine(cursor) {
        return Ok(());
    }
    parts.nulls()
}

/// Whether a table keeps no foreign keys, as those of most engines.
fn options_say_other_engine(mut cursor: Cursor<'_>) -> bool {
    while !cursor.is_at_end() {
        if cursor.eat_any(&["ENGINE", "TYPE"]) {
            return true;
        }
        cursor.skip();
    }
    false
}

fn reserved(cursor: &Cursor<'_>) -> Result<(), Refusal> {
    match reserved_name(cursor) {
        Some(StatementKind::Invalid { message, at }) => Err(Refusal::syntax(at, message)),
        _ => Ok(()),
    }
}

impl Parts {
    fn part(&mut self, item: Cursor<'_>, may_be_there: bool) -> Result<(), Refusal> {
        let mut ahead = item;
        if self.constraint(&mut ahead, may_be_there)? {
            return Ok(());
        }
        self.columns.extend(column::judge(item, may_be_there)?);
        Ok(())
    }

    /// Passes a key or another constraint; whether it is one.
    fn constraint(&mut self, cursor: &mut Cursor<'_>, may_be_there: bool) -> Result<bool, Refusal> {
        let mut may_be_there = may_be_there;
        if cursor.eat(&["CONSTRAINT"]) {
            may_be_there |= cursor.if_not_exists();
            if !cursor.is_any(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
                cursor.name();
            }
        }
        if cursor.eat(&["PRIMARY", "KEY"]) {
            may_be_there |= cursor.if_not_exists();
            let at = cursor.peek_place();
            if cursor.peek_kind() == Some(TokenKind::QuotedIdentifier) {
                cursor.advance();
            }
            let columns = key::columns(cursor, may_be_there)?;
            self.primary.extend(columns.iter().map(|name| (name.clone(), at)));
            self.keyed.extend(columns);
            return Ok(true);
        }
        if cursor.eat(&["FOREIGN", "KEY"]) {
            may_be_there |= cursor.if_not_exists();
            if !cursor.is_mark("(") {
                cursor.name();
            }
            self.foreign(cursor, may_be_there)?;
            return Ok(true);
        }
        if cursor.is_any(&["CHECK", "LIKE"]) || cursor.eat(&["PERIOD", "FOR"]) {
            return Ok(true);
        }
        let unique = cursor.eat(&["UNIQUE"]);
        if cursor.is("VECTOR") {
            // A column may be called so; what else it begins is new, and not judged.
            let mut ahead = *cursor;
            ahead.advance();
            return Ok(ahead.is_any(&["KEY", "INDEX"]) || ahead.is_mark("("));
        }
        let special = !unique && cursor.eat_any(&["FULLTEXT", "SPATIAL"]);
        if !(cursor.eat_any(&["KEY", "INDEX"]) || unique || special) {
            return Ok(false);
        }
        may_be_there |= cursor.if_not_exists();
        if !cursor.is_mark("(") && !cursor.is("USING") {
            cursor.name();
        }
        let names = key::columns(cursor, may_be_there)?;
        self.keyed.extend(names);
        Ok(true)
    }

    fn foreign(&mut self, cursor: &mut Cursor<'_>, may_be_there: bool) -> Result<(), Refusal> {
        let at = cursor.peek_place();
        let own = count(cursor);
        let names = key::columns(cursor, may_be_there)?;
        if !cursor.eat(&["REFERENCES"]) {
            return Ok(());
        }
        let (others, sets_null) = referenced(cursor)?;
        if let (Some(own), Some(others)) = (own, others)
            && own != others
        {
            let message = format!("the key has {own} columns and refers to {others}");
            return Err(Refusal { code: Code::M412, message, at });
        }
        if let Some(at) = sets_null {
            self.nulled.extend(names.iter().map(|name| (name.clone(), at)));
        }
        self.keyed.extend(names);
        Ok(())
    }

    /// One column may count, and has a key; texts are keys only with a length.
    fn keys(&self) -> Result<(), Refusal> {
        let counting: Vec<_> = self
            .columns
            .iter()
            .filter_map(|column| {
                let is_serial = column.type_name.as_ref().is_some_and(|it| it.name == "serial");
                column.counts.or(is_serial.then_some(column.name.place)).map(|at| (column, at))
            })
            .collect();
        if let [_, (second, at), ..] = counting.as_slice() {
            let message = format!("`{}` is the second column that counts", second.name.text);
            return Err(Refusal::definition(*at, message));
        }
        if let [(column, at)] = counting.as_slice()
            && !column.is_primary
            && !column.is_key
            && !self.keyed.contains(&column.name.text)
        {
            let message = format!("`{}` counts, and is no key", column.name.text);
            return Err(Refusal::definition(*at, message));
        }
        for column in &self.columns {
            let listed = self.primary.iter().find(|(name, _)| *name == column.name.text);
            let at = listed.map(|(_, at)| *at);
            let at = at.or(column.is_primary.then_some(column.name.place));
            let Some(type_name) = &column.type_name else { continue };
            if let Some(at) = at.filter(|_| is_long(&type_name.name)) {
                let message = format!(
                    "`{}` is a `{}`, of which a primary key takes only a part: `({}(100))`",
                    column.name.text, type_name.name, column.name.text
                );
                return Err(Refusal::definition(at, message));
            }
        }
        Ok(())
    }

    /// What is set to null may be null.
    fn nulls(&self) -> Result<(), Refusal> {
        for (name, at) in &self.nulled {
            let column = self.columns.iter().find(|column| column.name.text == *name);
            let refuses = column.is_some_and(|column| column.refuses_null || column.is_primary)
                || self.primary.iter().any(|(key, _)| key == name);
            if refuses {
                let message = format!("`{name}` refuses nulls, which `SET NULL` would make it");
                return Err(Refusal::definition(*at, message));
            }
        }
        Ok(())
    }
}

/// How many columns the list that comes next has.
fn count(cursor: &Cursor<'_>) -> Option<usize> {
    let mut ahead = *cursor;
    let list = ahead.parenthesised()?;
    (!list.is_at_end()).then(|| list.items().len())
}

/// Passes `table (columns) ON DELETE …`: how many columns, and where nulls are set.
pub(super) fn referenced(
    cursor: &mut Cursor<'_>,
) -> Result<(Option<usize>, Option<Place>), Refusal> {
    let at = cursor.peek_place();
    if cursor.is_at_end() {
        return Err(Refusal::syntax(at, "a table is expected behind `REFERENCES`"));
    }
    if cursor.qualified().is_none() {
        return Ok((None, None));
    }
    let others = count(cursor);
    if cursor.is_mark("(") {
        key_list(cursor)?;
    }
    let mut sets_null = None;
    loop {
        if cursor.eat(&["MATCH"]) {
            cursor.advance();
            continue;
        }
        let mut ahead = *cursor;
        if !ahead.eat(&["ON"]) || !ahead.eat_any(&["DELETE", "UPDATE"]) {
            return Ok((others, sets_null));
        }
        let at = ahead.peek_place();
        if ahead.eat(&["SET", "NULL"]) {
            sets_null = Some(at);
        } else if !ahead.eat_any(&["CASCADE", "RESTRICT"])
            && !ahead.eat(&["NO", "ACTION"])
            && !ahead.eat(&["SET", "DEFAULT"])
        {
            let message = "`CASCADE`, `RESTRICT`, `SET NULL` or `NO ACTION` is expected here";
            return Err(Refusal::syntax(at, message));
        }
        *cursor = ahead;
    }
}

/// The columns of another table, which may repeat.
fn key_list(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    let at = cursor.peek_place();
    match cursor.parenthesised() {
        Some(list) if list.is_at_end() => Err(Refusal::syntax(at, "the list of columns is empty")),
        _ => Ok(()),
    }
}

/// Types of which a key has only the first bytes.
fn is_long(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "tinytext"
            | "mediumtext"
            | "longtext"
            | "blob"
            | "tinyblob"
            | "mediumblob"
            | "longblob"
            | "json"
    )
}

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
    let mut parts = Parts::default();
    for item in cursor.items() {
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

fn action(mut item: Cursor<'_>, parts: &mut Parts, table_may_lack: bool) -> Result<(), Refusal> {
    let at = item.peek_place();
    let word = item.peek();
    let expected = |cursor: &Cursor<'_>, what: &str| {
        let message = format!("{what} is expected behind `{word}`");
        cursor.is_at_end().then(|| Refusal::syntax(at, message)).map_or(Ok(()), Err)
    };
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
        item.is_any(&["TYPE", "ADD"])
    };
    if is_wrong {
        let message = "only a column's default is altered: `MODIFY` says the whole column anew";
        return Err(Refusal::syntax(at, message));
    }
    Ok(())
}
