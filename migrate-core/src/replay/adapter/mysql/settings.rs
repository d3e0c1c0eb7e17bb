//! `SET STATEMENT setting = value, … FOR statement`, which is the statement.

use super::cursor::Cursor;

/// Settings that change what is refused.
const TELLING: &[&str] = &["FOREIGN_KEY_CHECKS", "CHECK_CONSTRAINT_CHECKS", "SQL_MODE"];

/// The statement behind the settings, with blanks in their place; empty where it may mean
/// something else under them.
///
/// Source: `MariaDB`, "SET STATEMENT".
pub(super) fn set_aside(mut cursor: Cursor<'_>) -> Option<String> {
    if !cursor.eat(&["SET", "STATEMENT"]) {
        return None;
    }
    let mut tells = false;
    while !cursor.is_at_end() && !cursor.is("FOR") {
        tells |= cursor.is_any(TELLING);
        cursor.skip();
    }
    if !cursor.eat(&["FOR"]) {
        return None;
    }
    let (start, text) = cursor.rest();
    Some(if tells { String::new() } else { format!("{}{text}", " ".repeat(start)) })
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};

    /// Every one was run on a `MariaDB` 10.11.
    #[test]
    fn what_runs_with_other_settings_runs() {
        const TABLE: &str = "CREATE TABLE a (n int)";
        let added = "SET STATEMENT max_statement_time = 10, lock_wait_timeout = 1 FOR
            ALTER TABLE a ADD z int; SELECT z FROM a";
        accepted(&[TABLE, added, "SET STATEMENT max_statement_time = 10 FOR SELECT z FROM a"]);
        accepted(&[
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (FOREIGN KEY (id) REFERENCES p (id),
            id int); SET STATEMENT foreign_key_checks = 0 FOR DROP TABLE p",
        ]);
        let nope = "SET STATEMENT max_statement_time = 10 FOR SELECT nope FROM a";
        assert_eq!(findings(&[TABLE, nope]), ["`a` has no column `nope`"]);
    }
}
