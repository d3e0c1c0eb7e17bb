//! Statements that hold others: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const TABLES: &str = "CREATE TABLE t (a int); CREATE TABLE l (a int);";

#[test]
fn copied_columns_are_there() {
    check(&[TABLES, "COPY t (a, b) FROM stdin;"], &["2:1:12 M403 `t` has no column `b`"]);
    check(
        &[
            TABLES,
            "COPY t (a) TO stdout; COPY (SELECT b FROM t) TO stdout; COPY (SELECT a FROM u) TO stdout;",
        ],
        &["2:1:36 M403 `t` has no column `b`", "2:1:77 M402 no earlier migration creates `u`"],
    );
}

#[test]
fn explained_and_prepared_statements_name_what_is_there() {
    check(
        &[TABLES, "EXPLAIN SELECT b FROM t; PREPARE q AS SELECT c FROM t; PREPARE r (int) AS INSERT INTO t VALUES ($1);
           EXPLAIN (ANALYZE, VERBOSE) DELETE FROM t WHERE d = 1; EXPLAIN ANALYZE SELECT a FROM t;
           EXPLAIN CREATE TABLE x AS SELECT 1 AS a; CREATE TABLE x (a int);"],
        &[
            "2:1:16 M403 `t` has no column `b`",
            "2:1:46 M403 `t` has no column `c`",
            "2:2:59 M403 `t` has no column `d`",
        ],
    );
    check(&["EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1 AS a; CREATE TABLE x (a int);"], &[]);
}

#[test]
fn rules_see_the_columns_of_their_table() {
    check(
        &[
            TABLES,
            "CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO l VALUES (NEW.b);
CREATE RULE s AS ON UPDATE TO t DO INSTEAD UPDATE l SET a = NEW.c WHERE l.a = OLD.d;
CREATE RULE v AS ON DELETE TO t WHERE OLD.e > 1 DO ALSO DELETE FROM l WHERE a = OLD.a;",
        ],
        &[
            "2:1:67 M403 `t` has no column `b`",
            "2:2:65 M403 `t` has no column `c`",
            "2:2:83 M403 `t` has no column `d`",
            "2:3:43 M403 `t` has no column `e`",
        ],
    );
    check(
        &[TABLES, "CREATE RULE r AS ON UPDATE TO t DO INSTEAD UPDATE l SET a = NEW.a WHERE l.a = OLD.a;
           CREATE RULE s AS ON INSERT TO t DO INSTEAD INSERT INTO l SELECT (NEW).a;
           CREATE RULE u AS ON INSERT TO t DO ALSO INSERT INTO l VALUES (NEW.*);
           CREATE RULE v AS ON UPDATE TO t DO ALSO SELECT old.a, new.a, new FROM t AS o WHERE o.a = old.ctid::text::int;
           CREATE VIEW w AS SELECT a FROM t;
           CREATE RULE x AS ON INSERT TO w DO INSTEAD (INSERT INTO t (a) VALUES (new.a) RETURNING a; NOTIFY w);"],
        &[],
    );
}

#[test]
fn an_unknown_alias_is_said_once() {
    check(
        &[TABLES, "SELECT x.a FROM t WHERE x.b = 1 GROUP BY x.a; SELECT x.a FROM t;"],
        &[
            "2:1:8 M402 this query has no table or alias `x`",
            "2:1:54 M402 this query has no table or alias `x`",
        ],
    );
}
