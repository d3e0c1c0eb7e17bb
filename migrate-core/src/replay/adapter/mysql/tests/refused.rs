//! Queries beside a `MariaDB` 10.11: every one was run on it.

use super::findings;

/// What the server refuses, with a part of what is said of it.
const REFUSED: &[(&str, &str)] = &[
    (
        "CREATE TABLE b (c int, d int); INSERT INTO b (c, c) VALUES (1, 2)",
        "column `c` is filled twice",
    ),
    (
        "CREATE TABLE b (c int, d int); UPDATE b SET c = max(d)",
        "`max` is an aggregate, and stands in an assignment",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT c FROM b WHERE count(*) > 1",
        "`count` is an aggregate, and stands in `WHERE`",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT sum(count(*)) FROM b",
        "`count` is an aggregate, and stands in another one",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT 1 UNION SELECT 1, 2",
        "the query makes 2 columns, and the one before it 1",
    ),
    (
        "CREATE TABLE b (c int, d int); CREATE VIEW v (x, y) AS SELECT c FROM b",
        "2 names for the 1 columns of the query",
    ),
    (
        "CREATE TABLE b (c int, d int); WITH w (p) AS (SELECT c, d FROM b) SELECT p FROM w",
        "1 names for the 2 columns of the query",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT c FROM b WHERE c IN (SELECT c, d FROM b)",
        "a query of 2 columns stands for one value",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT (SELECT c, d FROM b)",
        "a query of 2 columns stands for one value",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT c FROM b ORDER BY 3",
        "the query has no result 3, it has 1",
    ),
    (
        "CREATE TABLE b (c int, d int); SELECT c FROM b GROUP BY 3",
        "the query has no result 3, it has 1",
    ),
    (
        "CREATE TABLE b (c int, d int); DELETE FROM b WHERE c = max(d)",
        "`max` is an aggregate, and stands in `WHERE`",
    ),
    ("CREATE TABLE b (c int, d int); INSERT INTO b VALUES (1)", "1 values for 2 columns of `b`"),
    (
        "CREATE TABLE b (c int, d int AS (c + 1) STORED); INSERT INTO b VALUES (1)",
        "1 values for 2 columns of `b`",
    ),
    (
        "CREATE TABLE b (c int, d int); ALTER TABLE b ADD e int; REPLACE INTO b SELECT 1, 2",
        "2 values for 3 columns of `b`",
    ),
];

/// Their neighbours, which it takes.
const ACCEPTED: &[&str] = &[
    "CREATE TABLE b (c int, d int AS (c + 1) STORED); INSERT INTO b VALUES (1, DEFAULT); INSERT INTO b (c) VALUES (1); INSERT INTO b VALUES ()",
    "CREATE TABLE b (c int, d int INVISIBLE); INSERT INTO b VALUES (1)",
    "CREATE TABLE b (c int, d int); ALTER TABLE b DROP d; INSERT INTO b VALUES (1); INSERT INTO b SELECT c FROM b",
    "CREATE TABLE b (c int, d int); UPDATE b SET c = 1, c = 2; INSERT INTO b () VALUES (), (); INSERT INTO b (c) VALUES (1), (DEFAULT)",
    "CREATE TABLE b (c int, d int); UPDATE b SET c = greatest(d, 1) WHERE c > (SELECT x FROM (SELECT max(d) AS x FROM b) y)",
    "CREATE TABLE b (c int, d int); SELECT c, count(*) AS n FROM b GROUP BY c HAVING n > 1 AND max(d) > 1 ORDER BY n, max(d)",
    "CREATE TABLE b (c int, d int); SELECT sum(sum(d)) OVER (ORDER BY c) FROM b GROUP BY c",
    "CREATE TABLE b (c int, d int); SELECT c, d FROM b UNION SELECT * FROM b ORDER BY 2",
    "CREATE TABLE b (c int, d int); CREATE VIEW v (x, y) AS SELECT c, d + 1 FROM b; SELECT x, y FROM v; WITH w (p, q) AS (SELECT c, d FROM b) SELECT p FROM w",
    "CREATE TABLE b (c int, d int); SELECT c FROM b WHERE (c, d) IN (SELECT c, d FROM b) AND EXISTS (SELECT 1, 2) AND c = ANY (SELECT d FROM b)",
    "CREATE TABLE b (c int, d int); SELECT c AND EXISTS (SELECT 1, 2), 1 + EXISTS (SELECT * FROM b), max(d) LIKE EXISTS (SELECT c, d FROM b) FROM b GROUP BY c, EXISTS (SELECT d, c)",
    "CREATE TABLE b (c int, d int); UPDATE b SET c = d || NOT EXISTS (SELECT * FROM (SELECT * FROM b) x); DELETE FROM b WHERE d && EXISTS (SELECT 1, 2)",
    "CREATE TABLE b (c int, d int); SELECT d FROM b GROUP BY c; SELECT * FROM b GROUP BY c; SELECT c, count(*) FROM b GROUP BY 1 ORDER BY 2",
    "CREATE TABLE b (c int, d int); SELECT * FROM b x, b y; SELECT * FROM b AS a JOIN b AS A2 ON a.c = A2.c",
    "CREATE TABLE b (c int, d int); SELECT c FROM b WHERE c > (SELECT avg(x.d) FROM b x WHERE x.c = b.c)",
    "CREATE TABLE b (c int, d int); SELECT c FROM b x GROUP BY c HAVING EXISTS (SELECT 1 FROM b WHERE max(x.d) > d)",
    "CREATE TABLE b (c int, d int); SELECT c FROM b x GROUP BY c HAVING EXISTS (SELECT 1 FROM b WHERE count(*) > d)",
    "CREATE TABLE b (c int, d int); SELECT c FROM b ORDER BY NULL LIMIT 3; SELECT count(DISTINCT c, d), group_concat(DISTINCT c ORDER BY d SEPARATOR '-') FROM b",
];

#[test]
fn what_is_refused_is_found() {
    for (text, message) in REFUSED {
        let found = findings(&[text]);
        assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
    }
}

#[test]
fn what_is_taken_is_left_alone() {
    for text in ACCEPTED {
        assert_eq!(findings(&[text]), Vec::<String>::new(), "{text}");
    }
}
