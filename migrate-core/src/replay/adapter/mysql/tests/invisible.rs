//! Columns that `*` leaves out, beside a `MariaDB` 10.11: every statement was run on it, but for
//! those of `MySQL` alone.

use super::findings;

const TABLES: &str = "CREATE TABLE inv (id int, hid int INVISIBLE DEFAULT 5, z int); \
                      CREATE TABLE k (a int, b int); CREATE TABLE j (hid int, q int); ";

const ACCEPTED: &[&str] = &[
    "INSERT INTO k SELECT * FROM inv; INSERT INTO k (a, b) SELECT inv.* FROM inv",
    "CREATE VIEW w (one, two) AS SELECT * FROM inv; CREATE VIEW x AS SELECT *, hid FROM inv",
    "SELECT * FROM inv UNION SELECT 1, 2",
    "CREATE VIEW w AS SELECT * FROM inv; INSERT INTO k SELECT * FROM w",
    "CREATE TABLE w AS SELECT * FROM inv; INSERT INTO k SELECT * FROM w",
    "CREATE TABLE w LIKE inv; INSERT INTO k SELECT * FROM w",
    "INSERT INTO k SELECT * FROM (SELECT * FROM inv) y",
    "INSERT INTO k WITH y AS (SELECT * FROM inv) SELECT * FROM y",
    "SELECT hid, q FROM j JOIN (SELECT * FROM inv) y",
    "SELECT hid, inv.hid, z FROM inv WHERE hid = 1; SELECT * FROM inv JOIN j USING (hid)",
    "ALTER TABLE inv MODIFY hid int; CREATE TABLE m (a int, b int, c int); INSERT INTO m SELECT * FROM inv",
    "ALTER TABLE inv MODIFY z int INVISIBLE; CREATE TABLE m (a int); INSERT INTO m SELECT * FROM inv",
    "ALTER TABLE inv CHANGE z y int INVISIBLE; CREATE TABLE m (a int); INSERT INTO m SELECT * FROM inv",
    "ALTER TABLE j ADD c int INVISIBLE; INSERT INTO k SELECT * FROM j",
    "ALTER TABLE inv RENAME COLUMN hid TO shown; INSERT INTO k SELECT * FROM inv",
    "CREATE TABLE m (a int, h int /*!80023 INVISIBLE */); INSERT INTO k SELECT * FROM m",
    "CREATE TABLE m (a int INVISIBLE DEFAULT 1, b int, c int) AS SELECT 1 AS b, 2 AS c; INSERT INTO k SELECT * FROM m",
    // Source: MySQL 8.4 manual, "Invisible Columns".
    "CREATE TABLE m (a int, b int, c int); ALTER TABLE m ALTER COLUMN c SET INVISIBLE; INSERT INTO k SELECT * FROM m",
    "ALTER TABLE inv ALTER COLUMN hid SET VISIBLE; CREATE TABLE m (a int, b int, c int); INSERT INTO m SELECT * FROM inv",
];

const REFUSED: &[(&str, &str)] = &[
    ("INSERT INTO k SELECT id, hid, z FROM inv", "3 values for 2 columns of `k`"),
    ("SELECT hid, q FROM j JOIN inv", "`hid` is ambiguous: both `j` and `inv` have it"),
    (
        "CREATE TABLE w AS SELECT id, hid, z FROM inv; INSERT INTO k SELECT * FROM w",
        "3 values for 2 columns of `k`",
    ),
    (
        "ALTER TABLE inv MODIFY hid int; INSERT INTO k SELECT * FROM inv",
        "3 values for 2 columns of `k`",
    ),
    (
        "ALTER TABLE inv ALTER COLUMN hid SET VISIBLE; INSERT INTO k SELECT * FROM inv",
        "3 values for 2 columns of `k`",
    ),
    ("SELECT nope FROM inv", "`inv` has no column `nope`"),
];

#[test]
fn columns_out_of_sight_are_left_out_of_all_columns() {
    for text in ACCEPTED {
        assert_eq!(findings(&[TABLES, text]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn columns_in_sight_are_counted() {
    for (text, message) in REFUSED {
        let found = findings(&[TABLES, text]);
        assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
    }
}
