//! `CREATE TRIGGER`.
//!
//! The server looks the columns of `NEW` and `OLD` up at once, and nothing else of the body.

use super::cursor::{Cursor, fold};
use super::several;
use crate::diagnostics::Code;
use crate::replay::model::{
    AlterTable, CreateTrigger, Name, Place, QualifiedName, StatementKind, TableAction, Text,
};

/// Reads what follows `CREATE [OR REPLACE] TRIGGER`.
pub(super) fn create(cursor: &mut Cursor<'_>, replace: bool) -> Option<StatementKind> {
    let if_not_exists = cursor.if_not_exists();
    let name = cursor.qualified()?.name;
    let mut events = Vec::new();
    while !cursor.is_at_end() && !cursor.is("ON") {
        if cursor.is_any(&["INSERT", "UPDATE", "DELETE"]) {
            events.push(cursor.peek().to_ascii_uppercase());
        }
        cursor.skip();
    }
    cursor.eat(&["ON"]);
    let table = cursor.qualified()?;
    let rows = rows(*cursor);
    let trigger = StatementKind::CreateTrigger(Box::new(CreateTrigger {
        temporary: false,
        transition_tables: Vec::new(),
        name,
        replace,
        if_not_exists,
        table: table.clone(),
        instead: Some(false),
        event: None,
        columns: Vec::new(),
        condition: None,
        function: None,
        body: Vec::new(),
    }));
    if if_not_exists || rows.is_empty() {
        // One that is there already is not looked into.
        return Some(trigger);
    }
    let missing = match events.as_slice() {
        [event] if event == "INSERT" => "old",
        [event] if event == "DELETE" => "new",
        _ => "",
    };
    if let Some(row) = rows.iter().find(|row| &*row.text == missing) {
        let (word, event) = (missing.to_uppercase(), events.concat());
        let message = format!("there is no `{word}` row in a trigger on `{event}`");
        return Some(trigger.refused(Code::M422, row.at, message));
    }
    let look_up = refer_columns(table, rows);
    Some(several(vec![trigger, look_up], cursor.source))
}

/// A column of `NEW` or `OLD`.
struct Row {
    text: Text,
    at: Place,
    column: Name,
}

/// The columns of `NEW` and `OLD` in what is left: so called is always the row at hand.
fn rows(mut cursor: Cursor<'_>) -> Vec<Row> {
    let mut found = Vec::new();
    while !cursor.is_at_end() {
        if cursor.eat_mark(".") || !cursor.is_any(&["NEW", "OLD"]) {
            cursor.advance();
            continue;
        }
        let at = cursor.peek_place();
        let Some(row) = cursor.name().map(fold) else { break };
        if cursor.eat_mark(".")
            && let Some(column) = cursor.folded()
        {
            found.push(Row { text: row.text, at, column });
        }
    }
    found
}

fn refer_columns(table: QualifiedName, rows: Vec<Row>) -> StatementKind {
    let actions = rows.into_iter().map(|row| TableAction::ReferColumn(row.column)).collect();
    StatementKind::AlterTable(Box::new(AlterTable { name: table, if_exists: false, actions }))
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};

    const TABLE: &str = "CREATE TABLE a (id int, n int); CREATE TABLE b (id int)";

    /// Every one was run on a `MariaDB` 10.11 and a `MySQL` 9.7.
    #[test]
    fn columns_of_the_row_at_hand_are_looked_up() {
        for (rest, message) in [
            ("BEFORE INSERT ON a FOR EACH ROW SET NEW.nope = 1", "`a` has no column `nope`"),
            ("AFTER DELETE ON a FOR EACH ROW SET @x = OLD.nope", "`a` has no column `nope`"),
            (
                "AFTER UPDATE ON a FOR EACH ROW BEGIN IF old.n <> new.`m` THEN DELETE FROM b; END IF; END",
                "`a` has no column `m`",
            ),
            (
                "AFTER DELETE ON a FOR EACH ROW SET @x = NEW.n",
                "there is no `NEW` row in a trigger on `DELETE`",
            ),
            (
                "BEFORE INSERT ON a FOR EACH ROW SET @x = OLD.n",
                "there is no `OLD` row in a trigger on `INSERT`",
            ),
        ] {
            let text = format!("CREATE TRIGGER t {rest}");
            assert_eq!(findings(&[TABLE, &text]), [message], "{text}");
        }
    }

    #[test]
    fn what_else_a_trigger_names_is_not() {
        for text in [
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.N = NEW.id + 1",
            "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW INSERT INTO nope VALUES (NEW.n, OLD.id)",
            "CREATE TRIGGER t AFTER DELETE ON a FOR EACH ROW DELETE FROM b WHERE id = OLD.n AND x = 1",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.n = 1; ALTER TABLE a DROP n",
            "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @new = 'NEW.nope', @y = `new`.n",
        ] {
            accepted(&[TABLE, text]);
        }
    }
}
