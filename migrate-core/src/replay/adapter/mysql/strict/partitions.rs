//! Partitions of a table, and what its keys have to do with them.

use super::Refusal;
use super::table::{Kind, Parts};
use crate::diagnostics::Code;
use crate::replay::adapter::mysql::cursor::Cursor;

impl Parts {
    /// The primary key of a partitioned table has the columns that rows are told apart by.
    ///
    /// So have other unique keys, but `MariaDB` keeps hashes of long ones, for which it does not hold.
    ///
    /// Source: `MySQL` 8.4 manual, "Partitioning Keys, Primary Keys, and Unique Keys".
    pub(super) fn partitions(&self, mut cursor: Cursor<'_>) -> Result<(), Refusal> {
        while !cursor.is_at_end() && !cursor.is("PARTITION") {
            if cursor.is_any(&["SELECT", "AS", "WITH"]) {
                return Ok(());
            }
            cursor.skip();
        }
        if !cursor.eat(&["PARTITION", "BY"]) {
            return Ok(());
        }
        cursor.eat(&["LINEAR"]);
        if !cursor.eat_any(&["HASH", "KEY", "RANGE", "LIST"]) {
            return Ok(());
        }
        cursor.eat(&["COLUMNS"]);
        let Some(mut told_by) = cursor.parenthesised() else { return Ok(()) };
        let (mut only, at) = (told_by, told_by.peek_place());
        let only_name = only.folded().filter(|_| only.is_at_end() && !selects(cursor));
        if let Some(name) = only_name
            && !self.columns.iter().any(|column| column.name.text == name.text)
        {
            let message = format!("the table has no column `{}`", name.text);
            return Err(Refusal::new(Code::M403, at, message));
        }
        let mut told = Vec::new();
        while !told_by.is_at_end() {
            let at = told_by.peek_place();
            let name = told_by.folded();
            let Some(name) = name else {
                told_by.advance();
                continue;
            };
            // Functions, and the unit of `EXTRACT`.
            let is_column = !told_by.is_mark("(") && !told_by.is("FROM");
            if is_column && self.columns.iter().any(|column| column.name.text == name.text) {
                told.push((name.text, at));
            }
        }
        let inline = self.columns.iter().filter(|column| column.is_primary);
        let inline = inline.map(|column| vec![column.name.text.clone()]);
        let listed = self.listed.iter().filter(|(kind, listed, _)| {
            *kind == Kind::Primary && listed.parts.is_empty() && !listed.has_others
        });
        let mut keys = inline.chain(listed.map(|(_, listed, _)| listed.whole.clone()));
        let lacking = keys.find_map(|key| told.iter().find(|(name, _)| !key.contains(name)));
        if let Some((name, at)) = lacking {
            let message =
                format!("the primary key lacks `{name}`, which tells the partitions apart");
            return Err(Refusal::definition(*at, message));
        }
        Ok(())
    }
}

/// Whether a query, which brings columns, may follow somewhere.
fn selects(mut cursor: Cursor<'_>) -> bool {
    let is_query = |cursor: &Cursor<'_>| cursor.is_any(&["SELECT", "WITH", "TABLE", "AS"]);
    while !cursor.is_at_end() {
        if is_query(&cursor) {
            return true;
        }
        match cursor.parenthesised() {
            Some(inside) if is_query(&inside) || inside.is_mark("(") => return true,
            Some(_) => {}
            None => cursor.advance(),
        }
    }
    false
}
