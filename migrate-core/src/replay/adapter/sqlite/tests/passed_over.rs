//! What is not looked at, beside an `SQLite` 3.51: every one was run on it.

use super::refused::findings;

const TABLES: &str = "CREATE TABLE a (id int, n int); CREATE TABLE b (id int, m int);";

#[track_caller]
fn accepted(text: &str) {
    assert_eq!(findings(&[TABLES, text]), Vec::<String>::new(), "{text}");
}

#[track_caller]
fn refused(text: &str, message: &str) {
    assert_eq!(findings(&[TABLES, text]), [message], "{text}");
}

#[test]
fn windows_that_nothing_uses() {
    accepted("SELECT 1 WINDOW w AS (PARTITION BY nope)");
    accepted("SELECT sum(n) OVER w FROM a WINDOW w AS (ORDER BY n), x AS (ORDER BY nope)");
    accepted("SELECT sum(n) OVER (ORDER BY n) FROM a WINDOW w AS (ORDER BY nope)");
    let missing = "`a` has no column `nope`";
    refused("SELECT sum(n) OVER W FROM a WINDOW w AS (ORDER BY nope)", missing);
    refused("SELECT sum(n) OVER (w ORDER BY n) FROM a WINDOW w AS (PARTITION BY nope)", missing);
    let chained =
        "SELECT sum(n) OVER x FROM a WINDOW w AS (PARTITION BY nope), x AS (w ORDER BY n)";
    refused(chained, missing);
}

#[test]
fn what_is_in_nothing() {
    accepted("SELECT nope IN (), (SELECT n FROM nope) NOT IN () FROM a");
    accepted("CREATE INDEX i ON a ((SELECT 1) IN ())");
    accepted("CREATE TABLE t (x, y AS ((SELECT 1) NOT IN ()), CHECK ((SELECT 1) IN ()))");
    refused("SELECT nope IN (1) FROM a", "`a` has no column `nope`");
    refused("CREATE INDEX i ON a ((SELECT 1) IN (1))", "a sub-query stands in an index");
}

#[test]
fn names_behind_the_name_of_a_join() {
    accepted("SELECT a.n, x.m FROM (a JOIN b) AS x");
    accepted("SELECT q.n FROM (a q JOIN b ON q.id = b.id) AS x WHERE q.id = 1");
    accepted("SELECT a.n FROM ((a JOIN b ON a.id = b.id) AS x JOIN b y ON x.m = y.m) AS z");
    refused("SELECT c.n FROM (a JOIN b) AS x", "this query has no table or alias `c`");
    refused("SELECT a.n FROM (a) AS x", "this query has no table or alias `a`");
    refused(
        "SELECT a.n FROM (SELECT * FROM a JOIN b) AS x",
        "this query has no table or alias `a`",
    );
    refused("SELECT 1 FROM (a JOIN b ON a.id = b.nope) AS x", "`b` has no column `nope`");
}

#[test]
fn triggers_that_are_there() {
    let trigger = "CREATE TRIGGER r AFTER INSERT ON a BEGIN SELECT 1; END";
    let other = "CREATE TRIGGER IF NOT EXISTS r AFTER INSERT ON a BEGIN
        INSERT INTO b (id) VALUES (1) RETURNING id; END";
    accepted(&format!("{trigger}; {other}"));
    for text in [other, &other.replace("IF NOT EXISTS ", "")] {
        refused(text, "this is not SQL of sqlite: cannot use RETURNING in a trigger");
    }
}

#[test]
fn generated_columns_of_a_table_that_is_copied() {
    const OTHERS: &str =
        "CREATE TABLE t (x int, y int AS (x + 1)); CREATE TABLE s (x int, y int AS (x + 1));";
    accepted(&format!("{OTHERS} INSERT INTO t SELECT * FROM s"));
    let wide = "2 values for 1 columns of `t`";
    for query in ["SELECT * FROM s WHERE 1", "SELECT x, y FROM s"] {
        refused(&format!("{OTHERS} INSERT INTO t {query}"), wide);
    }
    refused(&format!("{OTHERS} INSERT INTO t SELECT * FROM a"), wide);
    refused(&format!("{OTHERS} INSERT INTO t SELECT *, 1 FROM s"), "3 values for 1 columns of `t`");
}
