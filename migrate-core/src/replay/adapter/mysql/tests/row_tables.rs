//! Rows and tables that stand for queries.

use super::{accepted, findings, refused};

/// A `MariaDB` 10.11 took every one.
#[test]
fn columns_of_rows_are_called_by_their_texts() {
    for text in [
        "SELECT `3`, `x` FROM (VALUES (3, 'x'), (4, 'y')) v",
        "WITH c AS (VALUES (3, 4)) SELECT `4` FROM c",
        "CREATE VIEW v AS VALUES (3, 4); SELECT `3` FROM v",
        "CREATE TABLE t (VALUES (7), (8)); SELECT `7` FROM t",
    ] {
        accepted(&[text]);
    }
}

/// A `MySQL` 9.7 took every one.
#[test]
fn columns_of_rows_are_counted() {
    for text in [
        "SELECT column_0, column_1 FROM (VALUES ROW(3, 'x'), ROW(4, 'y')) v",
        "CREATE VIEW v AS VALUES ROW(3, 4); SELECT column_1 FROM v",
        "CREATE TABLE t (VALUES ROW(7), ROW(8)); SELECT column_0 FROM t",
        "CREATE TABLE a (n int); CREATE TABLE t TABLE a; SELECT n FROM t",
        "CREATE TABLE a (n int); CREATE TABLE t (TABLE a); SELECT n FROM t",
        "CREATE TABLE a (n int); CREATE TABLE t AS TABLE a; SELECT n FROM t",
    ] {
        accepted(&[text]);
    }
}

/// Neither server takes them.
#[test]
fn rows_have_one_length_and_reserved_words_are_no_columns() {
    refused(&["VALUES ROW(3, 4), ROW(5)"], "a row has 1 values, and the first has 2");
    refused(
        &["SELECT 1 UNION VALUES (3, 4)"],
        "the query makes 2 columns, and the one before it 1",
    );
    for word in ["values", "table"] {
        let found = findings(&[&format!("CREATE TABLE t (id int, {word} int)")]);
        let expected = format!("`{word}` is a reserved word and needs backticks here");
        assert!(found.len() == 1 && found[0].ends_with(&expected), "{found:?}");
    }
}
