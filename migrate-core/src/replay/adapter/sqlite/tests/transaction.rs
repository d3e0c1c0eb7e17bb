//! What is taken back, beside an `SQLite` 3.40 and 3.51: every statement was run on both.

use super::refused::findings;

const TABLE: &str = "CREATE TABLE a (id INT);";

#[test]
fn what_is_taken_back_is_there_again() {
    for text in [
        "SAVEPOINT s; DROP TABLE a; ROLLBACK TO s; SELECT id FROM a",
        "SAVEPOINT s; DROP TABLE a; ROLLBACK TO SAVEPOINT s; SELECT id FROM a; RELEASE s",
        "BEGIN; SAVEPOINT s; DROP TABLE a; ROLLBACK TO s; COMMIT; SELECT id FROM a",
        "BEGIN; DROP TABLE a; ROLLBACK; SELECT id FROM a",
        "BEGIN; CREATE TABLE n (x); ROLLBACK TRANSACTION; CREATE TABLE n (x)",
    ] {
        assert_eq!(findings(&[TABLE, text]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_is_kept_is_gone() {
    for text in [
        "DROP TABLE a; SELECT id FROM a",
        "SAVEPOINT s; DROP TABLE a; RELEASE s; SELECT id FROM a",
        "BEGIN; DROP TABLE a; END; SELECT id FROM a",
    ] {
        let found = findings(&[TABLE, text]);
        assert!(found.iter().any(|found| found.contains("`a`")), "{text}: {found:?}");
    }
}
