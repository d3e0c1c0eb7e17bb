//! Triggers of the session beside an `SQLite` 3.40 and 3.51: every statement was run on both.

use super::refused::findings;

const TABLES: &str = "CREATE TABLE a (id INT); CREATE VIEW v AS SELECT 1 AS x;";

fn with_tables(text: &str) -> Vec<String> {
    let text = text.replace(" T;", " AFTER INSERT ON a BEGIN SELECT 1; END;");
    let text = text.replace(" V;", " INSTEAD OF INSERT ON v BEGIN SELECT 1; END;");
    findings(&[TABLES, &text])
}

#[test]
fn triggers_of_the_session_have_names_of_their_own() {
    for text in [
        "CREATE TEMP TRIGGER t T; DROP TRIGGER temp.t",
        "CREATE TEMP TRIGGER t T; DROP TRIGGER t; CREATE TRIGGER t T;",
        "CREATE TRIGGER temp.t T; DROP TRIGGER temp.t",
        "CREATE TEMP TRIGGER t T; DROP TRIGGER IF EXISTS temp.t; CREATE TEMP TRIGGER t T;",
        "CREATE TEMP TRIGGER IF NOT EXISTS t T; CREATE TEMP TRIGGER IF NOT EXISTS t T;",
        "CREATE TEMP TRIGGER t T; CREATE TRIGGER t T; DROP TRIGGER t; DROP TRIGGER t",
        "CREATE TEMP TRIGGER t T; CREATE TRIGGER t T; DROP TRIGGER t; DROP TRIGGER main.t",
        "CREATE TRIGGER t T; CREATE TEMP TRIGGER t T; DROP TRIGGER temp.t; DROP TRIGGER main.t",
        "CREATE TEMP TRIGGER t T; CREATE TRIGGER IF NOT EXISTS t T; DROP TRIGGER main.t",
        "CREATE TEMP TRIGGER t V; INSERT INTO v VALUES (1)",
        "CREATE TRIGGER t V; CREATE TEMP TRIGGER t V; DROP TRIGGER t; INSERT INTO v VALUES (1)",
        "CREATE TEMP TABLE c (id INT); CREATE TRIGGER t AFTER INSERT ON c BEGIN SELECT 1; END; \
         CREATE TRIGGER t T; DROP TRIGGER temp.t; DROP TRIGGER t",
    ] {
        assert_eq!(with_tables(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn triggers_that_are_not_there_are_not_dropped() {
    for (text, message) in [
        ("CREATE TRIGGER t T; CREATE TRIGGER t T;", "`a` already has a trigger `t`"),
        ("CREATE TRIGGER t T; DROP TRIGGER temp.t", "the trigger `t`"),
        ("CREATE TRIGGER t T; DROP TRIGGER t; DROP TRIGGER t", "the trigger `t`"),
        ("CREATE TEMP TRIGGER t T; DROP TRIGGER t; DROP TRIGGER t", "the trigger `t`"),
        ("CREATE TEMP TRIGGER t T; DROP TRIGGER main.t", "the trigger `t`"),
        (
            "CREATE TRIGGER t T; CREATE TEMP TRIGGER t T; DROP TRIGGER temp.t; CREATE TRIGGER t T;",
            "`a` already has a trigger `t`",
        ),
        (
            "CREATE TEMP TRIGGER t V; DROP TRIGGER temp.t; INSERT INTO v VALUES (1)",
            "`v` is a view, and takes no rows",
        ),
    ] {
        let found = with_tables(text);
        assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
    }
}
