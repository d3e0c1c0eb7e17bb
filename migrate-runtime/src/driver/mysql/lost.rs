//! What statements leave in their session that later ones need: it is gone when a run resumes.
//!
//! Settings, variables and prepared statements are made again from their statements; what came from
//! data, or is data, is not to be had a second time.

use std::collections::HashSet;

use migrate_core::database::Database;
use migrate_core::sql::TokenKind;

use super::session::calls;
use crate::phrase::Phrase;

/// Functions that tell what the last statements did.
const OF_LAST: [&str; 3] = ["LAST_INSERT_ID", "ROW_COUNT", "FOUND_ROWS"];

/// Words with which statements begin that may make a number for `LAST_INSERT_ID`.
const INSERTING: [&str; 5] = ["INSERT", "REPLACE", "LOAD", "CALL", "EXECUTE"];

/// Returns which of the first `done` statements left something that those behind them need.
pub(super) fn lost_with_session(statements: &[&str], done: usize) -> Option<usize> {
    let (before, rest) = statements.split_at(done.min(statements.len()));
    let wanted: HashSet<String> = rest.iter().flat_map(|statement| names(statement)).collect();
    let is_needed = |statement: &&str| made_by(statement).iter().any(|name| wanted.contains(name));
    before.iter().rposition(is_needed).or_else(|| last_number(before, rest))
}

/// Finds the statement whose number is asked for before another one can have made one.
fn last_number(before: &[&str], rest: &[&str]) -> Option<usize> {
    let asks = rest.iter().position(|statement| calls(statement, &["LAST_INSERT_ID"]))?;
    let inserts =
        |statement: &&str| Phrase::beginning(statement, Database::Mysql).sees_one_of(&INSERTING);
    if rest[..asks].iter().any(inserts) { None } else { before.iter().rposition(inserts) }
}

/// Returns the names, in lower case, of what a statement makes in its session out of data.
fn made_by(statement: &str) -> Vec<String> {
    let mut phrase = Phrase::new(statement, Database::Mysql);
    if phrase.take_words(&["CREATE", "TEMPORARY", "TABLE"]) {
        phrase.take_words(&["IF", "NOT", "EXISTS"]);
        return phrase.take_name().map(|name| name.name.to_lowercase()).into_iter().collect();
    }
    let from_data = if phrase.sees("SET") {
        calls(statement, &OF_LAST)
            || phrase.contains("FROM") && !phrase.contains("INFORMATION_SCHEMA")
    } else {
        phrase.sees_one_of(&["SELECT", "WITH"]) || phrase.sees_mark("(")
    };
    if from_data {
        names(statement).into_iter().filter(|name| name.starts_with('@')).collect()
    } else {
        Vec::new()
    }
}

/// Returns the user variables and the other names in a statement, in lower case.
fn names(statement: &str) -> Vec<String> {
    let mut phrase = Phrase::new(statement, Database::Mysql);
    let mut names = Vec::new();
    while let Some((kind, text)) = phrase.take() {
        let name = match kind {
            TokenKind::Parameter if !text.starts_with("@@") => text,
            TokenKind::Word => text,
            TokenKind::QuotedIdentifier => text.trim_matches('`'),
            _ => continue,
        };
        names.push(name.to_lowercase());
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_and_gone_is_found() {
        let check = |statements: &[&str], done, expected| {
            assert_eq!(lost_with_session(statements, done), expected, "{statements:?}");
        };
        let insert = "INSERT INTO p (v) VALUES (1)";
        check(&[insert, "INSERT INTO c VALUES (LAST_INSERT_ID())"], 1, Some(0));
        check(&[insert, insert, "INSERT INTO c VALUES (LAST_INSERT_ID())"], 1, None);
        check(&["SELECT MAX(id) INTO @m FROM p", "INSERT INTO c VALUES (@M)"], 1, Some(0));
        check(&["SELECT MAX(id) INTO @m FROM p", "INSERT INTO c VALUES (1)"], 1, None);
        check(&[insert, "SET @id = LAST_INSERT_ID()", "INSERT INTO c VALUES (@id)"], 2, Some(1));
        check(
            &["SET @n = (SELECT COUNT(*) FROM p)", insert, "INSERT INTO c VALUES (@n)"],
            2,
            Some(0),
        );
        check(&["SET @n = 1", insert, "INSERT INTO c VALUES (@n)"], 2, None);
        check(
            &[
                "SET @q = (SELECT IF(COUNT(*) = 0, 'DO 1', 'DO 2') FROM information_schema.tables)",
                "PREPARE s FROM @q",
                "EXECUTE s",
            ],
            2,
            None,
        );
        check(&["CREATE TEMPORARY TABLE t AS SELECT 1", insert, "SELECT * FROM `T`"], 2, Some(0));
    }
}
