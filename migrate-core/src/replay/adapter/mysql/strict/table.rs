//! `CREATE TABLE`, and what both statements ask of the parts of a table.

use super::column::{self, Definition};
use super::types::Type;
use super::{Refusal, key, options, slips, types};
use crate::diagnostics::Code;
use crate::replay::adapter::mysql::column::pass_primary_name;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::replay::adapter::mysql::table::reserved_name;
use crate::replay::model::{Place, StatementKind, Text};

/// What the parts of a table's definition say together.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) columns: Vec<Definition>,
    /// Columns of whole keys.
    pub(super) keyed: Vec<Text>,
    primary: Vec<(Text, Place)>,
    /// Columns that a foreign key may set to null.
    nulled: Vec<(Text, Place)>,
    pub(super) listed: Vec<(Kind, key::Listed, Place)>,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Primary,
    Words,
    Other,
}

/// Reads what follows `CREATE [TEMPORARY] TABLE`.
pub(super) fn create(mut cursor: Cursor<'_>) -> Result<(), Refusal> {
    let may_be_there = cursor.if_not_exists();
    let Err(refusal) = define(cursor, false) else { return Ok(()) };
    if may_be_there {
        // The grammar is refused in any case.
        define(cursor, true)?;
    }
    Err(Refusal { unless_there: may_be_there, ..refusal })
}

fn define(mut cursor: Cursor<'_>, may_be_there: bool) -> Result<(), Refusal> {
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
    parts.lengths()?;
    parts.partitions(cursor)?;
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

pub(super) fn reserved(cursor: &Cursor<'_>) -> Result<(), Refusal> {
    match reserved_name(cursor) {
        Some(StatementKind::Invalid { message, at }) => Err(Refusal::syntax(at, message)),
        _ => Ok(()),
    }
}

impl Parts {
    pub(super) fn part(&mut self, item: Cursor<'_>, may_be_there: bool) -> Result<(), Refusal> {
        slips::part(item)?;
        let mut ahead = item;
        if self.constraint(&mut ahead, may_be_there)? {
            return Ok(());
        }
        self.columns.extend(column::judge(item, may_be_there)?);
        Ok(())
    }

    /// Passes a key or another constraint; whether it is one.
    pub(super) fn constraint(
        &mut self,
        cursor: &mut Cursor<'_>,
        may_be_there: bool,
    ) -> Result<bool, Refusal> {
        let mut may_be_there = may_be_there;
        if cursor.eat(&["CONSTRAINT"]) {
            may_be_there |= cursor.if_not_exists();
            if !cursor.is_any(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
                cursor.name();
            }
        }
        if cursor.is_any(&["PRIMARY", "FOREIGN"]) {
            let mut next = *cursor;
            next.advance();
            if !next.is("KEY") {
                let message = format!("`KEY` is expected behind `{}`", cursor.peek());
                return Err(Refusal::syntax(cursor.peek_place(), message));
            }
        }
        if cursor.eat(&["PRIMARY", "KEY"]) {
            may_be_there |= cursor.if_not_exists();
            let at = cursor.peek_place();
            pass_primary_name(cursor);
            let listed = key::columns(cursor, may_be_there)?;
            self.primary.extend(listed.whole.iter().map(|name| (name.clone(), at)));
            self.keyed.extend(listed.whole.iter().cloned());
            self.key(Kind::Primary, listed, at);
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
        let is_of_words = cursor.is("FULLTEXT");
        let special = !unique && cursor.eat_any(&["FULLTEXT", "SPATIAL"]);
        if !(cursor.eat_any(&["KEY", "INDEX"]) || unique || special) {
            return Ok(false);
        }
        may_be_there |= cursor.if_not_exists();
        if !cursor.is_mark("(") && !cursor.is("USING") {
            cursor.name();
        }
        let at = cursor.peek_place();
        let listed = key::columns(cursor, may_be_there)?;
        self.keyed.extend(listed.whole.iter().cloned());
        if special && !is_of_words {
            return Ok(true);
        }
        let kind = if is_of_words { Kind::Words } else { Kind::Other };
        if !may_be_there {
            self.key(kind, listed, at);
        }
        Ok(true)
    }

    fn foreign(&mut self, cursor: &mut Cursor<'_>, may_be_there: bool) -> Result<(), Refusal> {
        let at = cursor.peek_place();
        let own = count(cursor);
        let names = key::columns(cursor, may_be_there)?.whole;
        if !cursor.eat(&["REFERENCES"]) {
            return Ok(());
        }
        let (others, sets_null) = referenced(cursor)?;
        if let (Some(own), Some(others)) = (own, others)
            && own != others
        {
            let message = format!("the key has {own} columns and refers to {others}");
            return Err(Refusal::new(Code::M412, at, message));
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
            if let Some(at) = at.filter(|_| types::is_long(&type_name.name)) {
                let message = format!(
                    "`{}` is a `{}`, of which a primary key takes only a part: `({}(100))`",
                    column.name.text, type_name.name, column.name.text
                );
                return Err(Refusal::definition(at, message));
            }
        }
        Ok(())
    }

    fn key(&mut self, kind: Kind, listed: key::Listed, at: Place) {
        self.listed.push((kind, listed, at));
    }

    fn type_of(&self, name: &str) -> Option<&Type> {
        self.columns.iter().find(|column| *column.name.text == *name)?.type_name.as_ref()
    }

    /// A key is over the first letters of texts that are as long, and words are those of texts.
    pub(super) fn lengths(&self) -> Result<(), Refusal> {
        for (kind, listed, at) in &self.listed {
            if *kind == Kind::Words {
                let no_text =
                    |name: &&Text| self.type_of(name).is_some_and(|it| types::is_number(&it.name));
                if let Some(name) = listed.whole.iter().find(no_text) {
                    let message = format!("`{name}` is no text, of which there could be words");
                    return Err(Refusal::definition(*at, message));
                }
                continue;
            }
            for (name, length) in &listed.parts {
                let Some(found) = self.type_of(&name.text) else { continue };
                let has_letters =
                    matches!(found.name.as_str(), "char" | "varchar" | "binary" | "varbinary");
                let is_short = has_letters && found.length.is_some_and(|most| *length > most);
                if is_short || types::is_number(&found.name) {
                    let message = format!("`{}` has no {length} letters to be a key", name.text);
                    return Err(Refusal::definition(name.place, message));
                }
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
