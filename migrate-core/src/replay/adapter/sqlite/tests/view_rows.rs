//! Triggers of views and tables, and rows of views, beside an `SQLite` 3.51.

use super::refused::findings;

const BEFORE: &str = "CREATE TABLE a (id integer PRIMARY KEY, n text);
    CREATE VIEW v AS SELECT id, n FROM a;
    CREATE TRIGGER iv INSTEAD OF INSERT ON v BEGIN INSERT INTO a (id) VALUES (new.id); END;";

#[track_caller]
fn refused(text: &str, message: &str) {
    assert_eq!(findings(&[BEFORE, text]), [message], "{text}");
}

#[test]
fn instead_of_is_for_views_alone() {
    refused(
        "CREATE TRIGGER t INSTEAD OF INSERT ON a BEGIN SELECT 1; END",
        "`a` is a table, and `INSTEAD OF` is for views",
    );
    let message = "`v` is a view, which has no rows of its own";
    refused("CREATE TRIGGER t BEFORE INSERT ON v BEGIN SELECT 1; END", message);
    refused("CREATE TRIGGER t DELETE ON v BEGIN SELECT 1; END", message);
    let taken = "CREATE TRIGGER IF NOT EXISTS iv AFTER INSERT ON v BEGIN SELECT 1; END;
        DROP VIEW v; CREATE TABLE v (id int);
        CREATE TRIGGER iv AFTER INSERT ON v BEGIN SELECT 1; END; INSERT INTO v VALUES (1)";
    assert_eq!(findings(&[BEFORE, taken]), Vec::<String>::new());
}

#[test]
fn a_view_takes_the_rows_that_its_triggers_take() {
    let message = "`v` is a view, and takes no rows";
    refused("UPDATE v SET n = 1", message);
    refused("DELETE FROM v", message);
    refused("DROP TRIGGER iv; INSERT INTO v (id) VALUES (1)", message);
    for text in [
        "INSERT INTO v (id) VALUES (1); INSERT INTO v VALUES (1, 2)",
        "CREATE TEMP TRIGGER dv INSTEAD OF DELETE ON v BEGIN SELECT 1; END; DELETE FROM v",
        "CREATE TRIGGER uv INSTEAD OF UPDATE OF n ON v BEGIN SELECT 1; END; UPDATE v SET n = 1",
        "ALTER TABLE a RENAME TO b; INSERT INTO v (id) VALUES (1)",
        // Looked into when it runs.
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM v; END",
    ] {
        assert_eq!(findings(&[BEFORE, text]), Vec::<String>::new(), "{text}");
    }
}
