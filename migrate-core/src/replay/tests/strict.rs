//! Ambiguous names, types that do not fit, and what a replacement may not change.

use super::check;

const TABLES: &str = "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int, y int);";

#[test]
fn a_bare_name_of_two_tables_is_ambiguous() {
    check(
        &[TABLES, "SELECT id FROM a, b;"],
        &["2:1:8 M415 `id` is ambiguous: both `a` and `b` have it"],
    );
    check(
        &[TABLES, "INSERT INTO a (id, x) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET x = x + 1;"],
        &["2:1:72 M415 `x` is ambiguous: both `a` and `excluded` have it"],
    );
    check(
        &[TABLES, "UPDATE a SET x = y FROM b WHERE id = 1;"],
        &["2:1:33 M415 `id` is ambiguous: both `a` and `b` have it"],
    );
    check(
        &[
            TABLES,
            "SELECT id FROM a JOIN b USING (id); SELECT id FROM a NATURAL JOIN b;
             SELECT a.id AS x FROM a JOIN b ON a.id = b.id ORDER BY x;
             SELECT (SELECT id FROM a LIMIT 1) FROM a, b;
             CREATE TABLE c (z int); SELECT 1 FROM a, b JOIN c ON z = y AND id = 1;
             SELECT 1 FROM a CROSS JOIN b LEFT JOIN c ON z = a.id LEFT JOIN c d ON d.z = x;
             MERGE INTO a USING b ON a.id = b.id
               WHEN NOT MATCHED THEN INSERT (id, x) VALUES (id, y);
             WITH q (i, j) AS (SELECT * FROM a) SELECT i FROM q;",
        ],
        &[],
    );
}

#[test]
fn columns_of_a_view_differ_in_name() {
    check(
        &[TABLES, "CREATE VIEW v AS SELECT * FROM a, b;"],
        &["2:1:13 M407 two columns are called `id`"],
    );
    check(
        &[
            TABLES,
            "CREATE VIEW v AS SELECT * FROM a JOIN b USING (id);
             CREATE VIEW w (p, q, r, s) AS SELECT * FROM a, b; SELECT a.id, b.id FROM a, b;",
        ],
        &[],
    );
}

#[test]
fn foreign_keys_link_types_that_can_be_compared() {
    check(
        &[TABLES, "CREATE TABLE c (a uuid REFERENCES a);"],
        &["2:1:35 M416 `a` is `uuid`, but `a.id` is `int`"],
    );
    check(
        &[
            "CREATE TABLE a (id bigint PRIMARY KEY, t varchar(20) UNIQUE, d date UNIQUE);
             CREATE DOMAIN own AS int;",
            "CREATE TABLE b (i smallint REFERENCES a, t text REFERENCES a (t),
                             d timestamp REFERENCES a (d), o own REFERENCES a);",
        ],
        &[],
    );
}

#[test]
fn a_column_keeps_its_type_while_others_need_it() {
    let widen = "ALTER TABLE a ALTER COLUMN x TYPE bigint;";
    check(
        &[TABLES, "CREATE VIEW v AS SELECT x FROM a;", widen],
        &["3:1:28 M410 view `v` needs the type of `a.x`"],
    );
    check(
        &[TABLES, "CREATE POLICY p ON a USING (x > 1);", widen],
        &["3:1:28 M410 policy `p` on `a` needs the type of `a.x`"],
    );
    check(
        &[TABLES, "CREATE POLICY p ON a USING (x > 1); ALTER POLICY p ON a USING (id > 1);", widen],
        &[],
    );
    check(
        &[
            TABLES,
            "CREATE VIEW v AS SELECT id FROM a; CREATE INDEX ON a (x);
             ALTER TABLE a ADD CHECK (x > 0), ALTER COLUMN x SET DEFAULT 1;",
            widen,
        ],
        &[],
    );
}

#[test]
fn a_type_that_values_do_not_become_needs_using() {
    let table = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (a text, n numeric, at timestamp);";
    check(
        &[table, "ALTER TABLE t ALTER COLUMN a TYPE mood;"],
        &["2:1:35 M416 `a` is `text`, which does not become `mood` on its own"],
    );
    check(
        &[
            table,
            "ALTER TABLE t ALTER COLUMN a TYPE mood USING a::mood, ALTER n TYPE int,
                           ALTER at TYPE date; ALTER TABLE t ALTER n TYPE text;",
        ],
        &[],
    );
    check(
        &[
            table,
            "CREATE CAST (varchar AS mood) WITH INOUT AS ASSIGNMENT;
             ALTER TABLE t ALTER COLUMN a TYPE mood;",
        ],
        &[],
    );
}

#[test]
fn a_replaced_function_keeps_what_callers_see() {
    let first = "CREATE FUNCTION f(x int, y int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1';";
    let replaced = |by: &str, expected: &[&str]| {
        let second = format!("CREATE OR REPLACE FUNCTION f({by} LANGUAGE sql AS 'SELECT 1';");
        check(&[first, &second], expected);
    };
    replaced("x integer, y int4 DEFAULT 2) RETURNS integer", &[]);
    replaced("x text) RETURNS text", &[]);
    replaced(
        "x int, y int DEFAULT 1) RETURNS bigint",
        &["2:1:28 M410 `f` cannot be replaced: it returns something else"],
    );
    replaced(
        "x int, z int DEFAULT 1) RETURNS int",
        &["2:1:28 M410 `f` cannot be replaced: its parameter `y` is called otherwise"],
    );
    replaced(
        "x int, y int) RETURNS int",
        &["2:1:28 M410 `f` cannot be replaced: a parameter loses its default"],
    );
    check(
        &[
            "CREATE TABLE a (id int); CREATE FUNCTION h(x a) RETURNS a LANGUAGE sql AS 'SELECT x';",
            "ALTER TABLE a RENAME TO b;
             CREATE OR REPLACE FUNCTION h(x b) RETURNS b LANGUAGE sql AS 'SELECT x';
             DROP FUNCTION h(b);",
        ],
        &[],
    );
    check(
        &[
            "CREATE FUNCTION g() RETURNS TABLE (a int) LANGUAGE sql AS 'SELECT 1';",
            "CREATE OR REPLACE FUNCTION g() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1';",
        ],
        &[],
    );
}
