//! Statements that begin, end or cut up a transaction.

use super::lexer::{Lexer, TokenKind};
use super::words::{Words, significant_words};
use crate::database::Database;

/// What a statement does to the transaction it runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionControl {
    /// Begins one, or makes every following statement part of one.
    Begin,
    /// Ends one and keeps its changes, for now or for a second phase.
    Commit,
    /// Ends one and drops its changes.
    Rollback,
    /// Sets, releases or returns to a savepoint.
    Savepoint,
}

/// Whether a statement with this word may be one of those that [`transaction_control`] and
/// [`is_refused_in_transaction`] tell; `begins` says that the word may be its first.
///
/// Few files have such a word, and the others need not be split to know it.
pub(crate) fn may_concern_transactions(word: &str, begins: bool, database: Database) -> bool {
    const FIRST: &[&str] = &[
        "BEGIN",
        "START",
        "COMMIT",
        "END",
        "ABORT",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "PREPARE",
        "XA",
        "SET",
        "VACUUM",
        "REINDEX",
        "DISCARD",
    ];
    // They follow `CREATE`, `DROP` and `ALTER`.
    const LATER: &[&str] = &["CONCURRENTLY", "DATABASE", "TABLESPACE", "SYSTEM"];
    let is_one_of = |words: &[&str]| words.iter().any(|other| word.eq_ignore_ascii_case(other));
    begins && is_one_of(FIRST) || database == Database::Postgres && is_one_of(LATER)
}

/// Returns what `statement` does to the transaction, if that is what it is for.
///
/// Statements that commit by the way, such as DDL on `MySQL`, are not told.
pub fn transaction_control(statement: &str, database: Database) -> Option<TransactionControl> {
    use TransactionControl::{Begin, Commit, Rollback, Savepoint};

    let mut words = Words::new(statement, database);
    let first = words.next()?;
    let first_is = |word: &str| first.eq_ignore_ascii_case(word);
    let mut next_is = |word: &str| words.next().is_some_and(|it| it.eq_ignore_ascii_case(word));
    let mysql = database == Database::Mysql;
    let postgres = database == Database::Postgres;

    if first_is("BEGIN") {
        // MariaDB's `BEGIN NOT ATOMIC` is a block.
        (!(mysql && next_is("NOT"))).then_some(Begin)
    } else if first_is("START") {
        // There is `START REPLICA` too.
        next_is("TRANSACTION").then_some(Begin)
    } else if first_is("COMMIT") || (first_is("END") && !mysql) {
        Some(Commit)
    } else if first_is("ABORT") && postgres {
        Some(Rollback)
    } else if first_is("ROLLBACK") {
        let to_savepoint = words.take(2).any(|it| it.eq_ignore_ascii_case("TO"));
        Some(if to_savepoint { Savepoint } else { Rollback })
    } else if first_is("SAVEPOINT") || first_is("RELEASE") {
        Some(Savepoint)
    } else if first_is("PREPARE") && postgres {
        // A string follows; another word would make it a prepared statement.
        (next_is("TRANSACTION") && words.next().is_none()).then_some(Commit)
    } else if first_is("XA") && mysql {
        match words.next()?.to_ascii_uppercase().as_str() {
            "START" | "BEGIN" => Some(Begin),
            "END" | "PREPARE" | "COMMIT" => Some(Commit),
            "ROLLBACK" => Some(Rollback),
            _ => None,
        }
    } else if first_is("SET") && mysql {
        autocommit(statement)
    } else {
        None
    }
}

/// Whether the server refuses `statement` inside a transaction, whatever else is there.
///
/// Source: Postgres 15 manual, the "Notes" of the commands; sqlite.org, "VACUUM".
pub fn is_refused_in_transaction(statement: &str, database: Database) -> bool {
    match database {
        Database::Postgres => {
            let words = significant_words(statement, database, 4);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["VACUUM", ..]
                | ["CREATE" | "DROP", "INDEX", "CONCURRENTLY", ..]
                | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
                | ["REINDEX", "INDEX" | "TABLE", "CONCURRENTLY", ..]
                | ["REINDEX", "SCHEMA" | "DATABASE" | "SYSTEM", ..]
                | ["CREATE" | "DROP", "DATABASE" | "TABLESPACE", ..]
                | ["ALTER", "SYSTEM", ..]
                | ["DISCARD", "ALL", ..] => true,
                ["ALTER", "TABLE", ..] => detaches_concurrently(statement),
                _ => false,
            }
        }
        Database::Sqlite => significant_words(statement, database, 1) == ["VACUUM"],
        Database::Mysql => false,
    }
}

/// Whether an `ALTER TABLE` is `… DETACH PARTITION name CONCURRENTLY`.
fn detaches_concurrently(statement: &str) -> bool {
    let words = significant_words(statement, Database::Postgres, 12);
    let is_last = |word: &str| words.last().is_some_and(|last| last == word);
    is_last("CONCURRENTLY") && words.iter().any(|word| word == "DETACH")
}

/// Reads `SET autocommit = …`; the global variable does not touch this connection.
fn autocommit(statement: &str) -> Option<TransactionControl> {
    let mut lexer = Lexer::new(statement, Database::Mysql);
    let mut found = false;
    let mut global = false;
    while let Some(token) = lexer.next() {
        let text = lexer.text(token);
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        match token.kind {
            TokenKind::Word | TokenKind::Number if found => {
                let begins = is("0") || is("OFF") || is("FALSE");
                let control =
                    if begins { TransactionControl::Begin } else { TransactionControl::Commit };
                return Some(control);
            }
            TokenKind::Word if is("GLOBAL") => global = true,
            TokenKind::Parameter if is("@@GLOBAL") => global = true,
            TokenKind::Word | TokenKind::Parameter if is("AUTOCOMMIT") || is("@@AUTOCOMMIT") => {
                found = !global;
            }
            TokenKind::Punctuation if text == "," => global = false,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::TransactionControl::{Begin, Commit, Rollback, Savepoint};
    use super::*;
    use crate::database::Database::{Mysql, Postgres, Sqlite};

    /// Whether the words of a statement would have it looked at.
    fn may_concern(statement: &str, database: Database) -> bool {
        let mut words = Words::new(statement, database).enumerate();
        words.any(|(index, word)| may_concern_transactions(word, index == 0, database))
    }

    fn check(database: Database, cases: &[(&str, Option<TransactionControl>)]) {
        for (statement, expected) in cases {
            assert_eq!(transaction_control(statement, database), *expected, "{statement}");
            assert!(expected.is_none() || may_concern(statement, database), "{statement}");
        }
    }

    #[test]
    fn on_every_server() {
        for database in Database::ALL {
            check(
                database,
                &[
                    ("-- go\nbegin", Some(Begin)),
                    ("COMMIT", Some(Commit)),
                    ("ROLLBACK", Some(Rollback)),
                    ("ROLLBACK TO a", Some(Savepoint)),
                    ("SAVEPOINT a", Some(Savepoint)),
                    ("RELEASE SAVEPOINT a", Some(Savepoint)),
                    ("SELECT 1", None),
                    ("CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN SELECT 1; END", None),
                    ("", None),
                ],
            );
        }
    }

    #[test]
    fn on_postgres() {
        check(
            Postgres,
            &[
                ("START TRANSACTION READ ONLY", Some(Begin)),
                ("END WORK", Some(Commit)),
                ("ABORT", Some(Rollback)),
                ("ROLLBACK TRANSACTION TO SAVEPOINT a", Some(Savepoint)),
                ("PREPARE TRANSACTION 'a'", Some(Commit)),
                ("PREPARE a AS SELECT 1", None),
                ("PREPARE transaction AS SELECT 'a'", None),
                ("SET TRANSACTION READ ONLY", None),
            ],
        );
    }

    #[test]
    fn what_no_transaction_takes() {
        for statement in [
            "CREATE INDEX CONCURRENTLY ON t (a)",
            "create unique index concurrently if not exists i on t (a)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX SCHEMA public",
            "VACUUM ANALYZE t",
            "CREATE DATABASE d",
            "ALTER SYSTEM SET work_mem = '8MB'",
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        ] {
            assert!(is_refused_in_transaction(statement, Postgres), "{statement}");
            assert!(may_concern(statement, Postgres), "{statement}");
        }
        for statement in [
            "CREATE INDEX ON t (a)",
            "CREATE INDEX \"concurrently\" ON t (a)",
            "REINDEX TABLE t",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "ALTER TABLE t DETACH PARTITION p",
            "ANALYZE t",
        ] {
            assert!(!is_refused_in_transaction(statement, Postgres), "{statement}");
        }
        assert!(is_refused_in_transaction("VACUUM", Sqlite));
        assert!(!is_refused_in_transaction("VACUUM", Mysql));
    }

    #[test]
    fn on_sqlite() {
        check(Sqlite, &[("BEGIN IMMEDIATE", Some(Begin)), ("END", Some(Commit)), ("ABORT", None)]);
    }

    #[test]
    fn on_mysql() {
        check(
            Mysql,
            &[
                ("BEGIN WORK", Some(Begin)),
                ("BEGIN NOT ATOMIC SELECT 1; END", None),
                ("START TRANSACTION WITH CONSISTENT SNAPSHOT", Some(Begin)),
                ("START REPLICA", None),
                ("END", None),
                ("ROLLBACK WORK TO SAVEPOINT a", Some(Savepoint)),
                ("XA START 'a'", Some(Begin)),
                ("XA PREPARE 'a'", Some(Commit)),
                ("XA RECOVER", None),
                ("SET autocommit=0", Some(Begin)),
                ("SET a = 1, @@session.autocommit := ON", Some(Commit)),
                ("SET SESSION autocommit = OFF", Some(Begin)),
                ("SET GLOBAL autocommit = 0", None),
                ("SET @@global.autocommit = 0", None),
                ("SET names utf8", None),
                ("/*!50000 COMMIT */", Some(Commit)),
            ],
        );
    }
}
