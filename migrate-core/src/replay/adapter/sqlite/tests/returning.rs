//! What `RETURNING` sees, and what `DROP INDEX` takes, beside an `SQLite` 3.40 and 3.51.

use super::refused::findings;

const BEFORE: &str = "CREATE TABLE a (id integer PRIMARY KEY, n text);
    CREATE TABLE b (id integer PRIMARY KEY, a_id int);";

#[track_caller]
fn refused(text: &str, message: &str) {
    assert_eq!(findings(&[BEFORE, text]), [message], "{text}");
}

#[test]
fn the_changed_table_is_seen_by_its_own_name() {
    for text in [
        "UPDATE a AS z SET n = z.id WHERE z.id = 1 RETURNING a.id, n",
        "DELETE FROM a AS z WHERE z.id = 1 RETURNING a.id",
        "INSERT INTO a AS z (n) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = z.n RETURNING a.n",
        "UPDATE a SET n = b.id FROM b WHERE a.id = a_id RETURNING n, a.id, id",
        "UPDATE a SET n = 1 RETURNING *, (SELECT a_id FROM b WHERE b.id = a.id)",
    ] {
        assert_eq!(findings(&[BEFORE, text]), Vec::<String>::new(), "{text}");
    }
    let missing = "this query has no table or alias `z`";
    refused("UPDATE a AS z SET n = 1 RETURNING z.id", missing);
    refused("INSERT INTO a AS z (n) VALUES (1) RETURNING z.id", missing);
}

#[test]
fn tables_that_are_only_read_are_not_seen() {
    let from = "UPDATE a SET n = b.id FROM b WHERE a.id = b.a_id RETURNING";
    refused(&format!("{from} b.id"), "this query has no table or alias `b`");
    refused(&format!("{from} a_id"), "`a` has no column `a_id`");
}

#[test]
fn only_indexes_are_dropped_as_such() {
    refused("DROP INDEX a", "`a` is a table, not an index");
    refused("CREATE VIEW v AS SELECT 1; DROP INDEX v", "`v` is a view, not an index");
    assert_eq!(findings(&[BEFORE, "DROP INDEX IF EXISTS a"]), Vec::<String>::new());
}

#[test]
fn with_from_an_assignment_takes_aggregates() {
    const TABLES: &str =
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT); CREATE TABLE o (m INT);";
    let taken = "UPDATE t SET n = sum(m) FROM o; SELECT * FROM main.sqlite_sequence";
    assert_eq!(findings(&[TABLES, taken]), Vec::<String>::new());
    assert_eq!(findings(&[TABLES, "UPDATE t SET n = sum(n)"]).len(), 1);
}
