//! Tables and the like that are named as one of the server's functions is.
//!
//! sqlx connects with `CLIENT_IGNORE_SPACE`, as the servers' own clients do not. With it such a
//! name, followed by a parenthesis, is a call wherever it stands, and `CREATE TABLE position (…)`
//! is refused.
//! Source: `MySQL` 8.4 manual, section 11.2.5 "Function Name Parsing and Resolution".

use migrate_core::database::Database;
use migrate_core::sql::TokenKind;

use crate::phrase::Phrase;

/// The functions that the mode is about.
const FUNCTIONS: [&str; 32] = [
    "ADDDATE",
    "BIT_AND",
    "BIT_OR",
    "BIT_XOR",
    "CAST",
    "COUNT",
    "CURDATE",
    "CURTIME",
    "DATE_ADD",
    "DATE_SUB",
    "EXTRACT",
    "GROUP_CONCAT",
    "MAX",
    "MID",
    "MIN",
    "NOW",
    "POSITION",
    "SESSION_USER",
    "STD",
    "STDDEV",
    "STDDEV_POP",
    "STDDEV_SAMP",
    "SUBDATE",
    "SUBSTR",
    "SUBSTRING",
    "SUM",
    "SYSDATE",
    "SYSTEM_USER",
    "TRIM",
    "VARIANCE",
    "VAR_POP",
    "VAR_SAMP",
];

/// Words after which a name stands, and no call.
const BEFORE_NAMES: [&str; 12] = [
    "TABLE",
    "EXISTS",
    "INTO",
    "INSERT",
    "IGNORE",
    "REPLACE",
    "KEY",
    "INDEX",
    "UNIQUE",
    "REFERENCES",
    "VIEW",
    "PROCEDURE",
];

/// The statement that switches the mode off, where one of `statements` needs that.
pub(super) fn spared(statements: &[&str]) -> Option<&'static str> {
    const OFF: &str = "SET SESSION sql_mode = REPLACE(@@SESSION.sql_mode, 'IGNORE_SPACE', '')";
    statements.iter().any(|statement| names_a_function(statement)).then_some(OFF)
}

fn names_a_function(statement: &str) -> bool {
    let mut phrase = Phrase::new(statement, Database::Mysql);
    let is_index = is_index(phrase.clone());
    let mut before = "";
    while let Some((kind, text)) = phrase.take() {
        let is_function =
            kind == TokenKind::Word && phrase.sees_mark("(") && is_one(text, &FUNCTIONS);
        let is_name =
            is_one(before, &BEFORE_NAMES) || is_index && before.eq_ignore_ascii_case("ON");
        if is_function && is_name {
            return true;
        }
        before = text;
    }
    false
}

/// Whether a statement creates an index: what follows its `ON` is a table.
fn is_index(mut phrase: Phrase<'_>) -> bool {
    phrase.take_word("CREATE") && {
        phrase.take_words(&["OR", "REPLACE"]);
        phrase.take_one_of(&["UNIQUE", "FULLTEXT", "SPATIAL"]);
        phrase.sees("INDEX")
    }
}

fn is_one(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_from_a_call() {
        for statement in [
            "CREATE TABLE position (id int)",
            "create table if not exists Count (id int)",
            "INSERT INTO position (id) VALUES (1)",
            "CREATE TABLE x (position int, KEY position (position))",
            "CREATE UNIQUE INDEX i ON position (id)",
            "CREATE TABLE x (p int, FOREIGN KEY (p) REFERENCES position (id))",
        ] {
            assert!(names_a_function(statement), "{statement}");
        }
        for statement in [
            "SELECT COUNT (*) FROM x JOIN y ON trim (x.a) = y.a",
            "CREATE TABLE x (at datetime DEFAULT now ())",
            "CREATE TABLE `position` (id int)",
            "ALTER TABLE position ADD COLUMN a int",
        ] {
            assert!(!names_a_function(statement), "{statement}");
        }
    }
}
