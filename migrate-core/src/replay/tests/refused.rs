//! Statements beside a Postgres 15: every one was run on it.

use super::replay;

/// What the server refuses, with a part of what is said of it.
const REFUSED: &[(&str, &str)] = &[
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT b, a FROM t",
        "`v` cannot be replaced: its column `a` would be called `b`",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t; CREATE OR REPLACE VIEW v AS SELECT a FROM t",
        "`v` cannot be replaced: its column `b` would go",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE OR REPLACE VIEW v AS SELECT a AS z, b FROM t",
        "`v` cannot be replaced: its column `a` would be called `z`",
    ),
    (
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME named)); SELECT nextval('t_id_seq')",
        "no earlier migration creates `t_id_seq`",
    ),
    (
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME named)); CREATE SEQUENCE named",
        "there is already a sequence `named`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m); DROP TYPE m",
        "column `t.a` needs type `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m[]); DROP TYPE m",
        "column `t.a` needs type `m`",
    ),
    ("CREATE DOMAIN d AS int; CREATE TABLE t (a d); DROP DOMAIN d", "column `t.a` needs type `d`"),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE FUNCTION f(x m) RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP TYPE m",
        "function `f` needs type `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE FUNCTION f() RETURNS m LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; DROP TYPE m",
        "function `f` needs type `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a text CHECK (a::m = 'a')); DROP TYPE m",
        "constraint `t_a_check` of `t` needs type `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE VIEW v AS SELECT 'a'::m AS x; DROP TYPE m",
        "view `v` needs type `m`",
    ),
    (
        "CREATE SEQUENCE s; CREATE TABLE t (a int DEFAULT nextval('s')); DROP SEQUENCE s",
        "the default of `t.a` needs `s`",
    ),
    (
        "CREATE SEQUENCE s; CREATE TABLE t (a int); ALTER TABLE t ALTER a SET DEFAULT nextval('s'::regclass); DROP SEQUENCE s",
        "the default of `t.a` needs `s`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a); ALTER TABLE t DROP COLUMN a",
        "`t` is partitioned by `a`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a); ALTER TABLE t DROP COLUMN a CASCADE",
        "`t` is partitioned by `a`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE ((a+1)); ALTER TABLE t DROP COLUMN a",
        "`t` is partitioned by `a`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a); ALTER TABLE t ALTER COLUMN a TYPE bigint",
        "`t` is partitioned by `a`",
    ),
    (
        "CREATE TABLE t (a int PRIMARY KEY, b int) PARTITION BY RANGE (b)",
        "a unique key of `t` needs its partition key `b`",
    ),
    (
        "CREATE TABLE t (a int UNIQUE, b int) PARTITION BY RANGE (b)",
        "a unique key of `t` needs its partition key `b`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (b); ALTER TABLE t ADD PRIMARY KEY (a)",
        "a unique key of `t` needs its partition key `b`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (b); CREATE UNIQUE INDEX i ON t (a)",
        "a unique key of `t` needs its partition key `b`",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE ((b+1)); CREATE UNIQUE INDEX i ON t (b)",
        "`t` is partitioned by an expression, and has no unique keys",
    ),
    (
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (b); CREATE UNIQUE INDEX i ON ONLY t (a)",
        "a unique key of `t` needs its partition key `b`",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t (a, a) VALUES (1, 2)",
        "column `a` is filled twice",
    ),
    ("CREATE TABLE t (a int, b int); UPDATE t SET a = 1, a = 2", "column `a` is filled twice"),
    (
        "CREATE TABLE t (a int, b int); UPDATE t SET (a, b) = (1, 2), b = 2",
        "column `b` is filled twice",
    ),
    ("CREATE TABLE t (a int, b int); UPDATE t SET (a, b) = (1, 2, 3)", "3 values for 2 columns"),
    ("CREATE TABLE t (a int, b int); UPDATE t SET (a, b) = (SELECT 1)", "1 values for 2 columns"),
    (
        "CREATE TABLE t (a int unique, b int); INSERT INTO t VALUES (1,2) ON CONFLICT (a) DO UPDATE SET b = 1, b = 2",
        "column `b` is filled twice",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t (a, b) VALUES (1)",
        "1 values for 2 columns of `t`",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t (a) VALUES (1, 2)",
        "2 values for 1 columns of `t`",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2, 3)",
        "3 values for 2 columns of `t`",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1), (1, 2)",
        "a row has 2 values, and the first has 1",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t SELECT 1, 2, 3",
        "3 values for 2 columns of `t`",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t (a, b) SELECT 1",
        "1 values for 2 columns of `t`",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t GROUP BY a",
        "`b` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, count(b) FROM t",
        "`a` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int UNIQUE NOT NULL, b int); CREATE VIEW v AS SELECT a, b FROM t GROUP BY a",
        "`b` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t GROUP BY a ORDER BY b",
        "`b` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t GROUP BY 3",
        "the query has no result 3, it has 1",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1,2) ON CONFLICT (a) DO NOTHING",
        "`t` has no unique key over `a`",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1,2) ON CONFLICT (ctid) DO NOTHING",
        "no key can be over `ctid`",
    ),
    (
        "CREATE TABLE t (a int unique, b int); INSERT INTO t VALUES (1,2) ON CONFLICT (a, b) DO NOTHING",
        "`t` has no unique key over `a, b`",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX i ON t (a) WHERE b > 0; INSERT INTO t VALUES (1,2) ON CONFLICT (a) DO NOTHING",
        "`t` has no unique key over `a`",
    ),
    (
        "CREATE TABLE t (a text, b int); CREATE UNIQUE INDEX i ON t (lower(a)); INSERT INTO t VALUES ('1',2) ON CONFLICT (a) DO NOTHING",
        "`t` has no unique key over `a`",
    ),
    (
        "CREATE TABLE t (a text, b int); INSERT INTO t VALUES ('1',2) ON CONFLICT (lower(a)) DO NOTHING",
        "`t` has no unique index over such an expression",
    ),
    (
        "CREATE TABLE t (a text unique, b int); INSERT INTO t VALUES ('1',2) ON CONFLICT (lower(a)) DO NOTHING",
        "`t` has no unique index over such an expression",
    ),
    (
        "CREATE TABLE t (a text unique, b int); INSERT INTO t VALUES ('1',2) ON CONFLICT DO UPDATE SET b = 1",
        "`ON CONFLICT DO UPDATE` does not say which key is meant",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT a FROM t WHERE count(*) > 1",
        "`count` is an aggregate, and stands in `WHERE`",
    ),
    (
        "CREATE TABLE t (a int, b int); UPDATE t SET a = max(b)",
        "`max` is an aggregate, and stands in an assignment",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT sum(count(*)) FROM t",
        "`count` is an aggregate, and stands in another one",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT a FROM t WHERE row_number() OVER () > 1",
        "`row_number` is a window function, and stands in `WHERE`",
    ),
    (
        "CREATE TABLE t (a int CHECK (count(a) > 1))",
        "`count` is an aggregate, and stands in a check",
    ),
    ("CREATE TABLE t (a int CHECK (a IN (SELECT 1)))", "a sub-query stands in a check"),
    ("CREATE TABLE t (a int DEFAULT (SELECT 1))", "a sub-query stands in a default"),
    ("CREATE TABLE t (a int, b int DEFAULT a)", "there is no column `a` here"),
    ("CREATE TABLE t (a int DEFAULT count(*))", "`count` is an aggregate, and stands in a default"),
    (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (count(a)) STORED)",
        "`count` is an aggregate, and stands in a generated column",
    ),
    (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED DEFAULT 3)",
        "`b` gets its value in two ways",
    ),
    (
        "CREATE TABLE t (a timestamptz, b timestamptz GENERATED ALWAYS AS (now()) STORED)",
        "`now` changes from call to call, and stands in a generated c",
    ),
    (
        "CREATE TABLE t (a int, b float GENERATED ALWAYS AS (random()) STORED)",
        "`random` changes from call to call, and stands in a generate",
    ),
    (
        "CREATE TABLE t (a int); CREATE INDEX i ON t (now())",
        "`now` changes from call to call, and stands in an index",
    ),
    (
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE now() > '2020-01-01'",
        "`now` changes from call to call, and stands in an index",
    ),
    (
        "CREATE TABLE t (a int); CREATE INDEX i ON t (sum(a))",
        "`sum` is an aggregate, and stands in an index",
    ),
    (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED); INSERT INTO t (a, b) VALUES (1, 2)",
        "`b` is generated, and takes no value",
    ),
    (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED); UPDATE t SET b = 1",
        "`b` is generated, and takes no value",
    ),
    ("SELECT 1 UNION SELECT 1, 2", "the query makes 2 columns, and the one before it 1"),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT * FROM t UNION ALL SELECT a FROM t",
        "the query makes 1 columns, and the one before it 2",
    ),
    ("VALUES (1), (1, 2)", "a row has 2 values, and the first has 1"),
    ("SELECT * FROM (VALUES (1, 2)) AS v (a, b, c)", "3 names for the 2 columns of the query"),
    ("WITH x (a, b, c) AS (SELECT 1) SELECT a FROM x", "3 names for the 1 columns of the query"),
    (
        "CREATE TABLE t (a int); CREATE VIEW v (x, y) AS SELECT a FROM t",
        "2 names for the 1 columns of the query",
    ),
    (
        "CREATE TABLE t (a int); SELECT a FROM t WHERE a IN (SELECT 1, 2)",
        "a query of 2 columns stands for one value",
    ),
    (
        "CREATE TABLE t (a int); SELECT (SELECT 1, 2) FROM t",
        "a query of 2 columns stands for one value",
    ),
    (
        "CREATE TABLE t (a int); SELECT a FROM t WHERE a = (SELECT 1, 2)",
        "a query of 2 columns stands for one value",
    ),
    ("CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m DEFAULT 'b')", "'b' is no value of `m`"),
    ("CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m DEFAULT 'b'::m)", "'b' is no value of `m`"),
    ("CREATE TYPE m AS ENUM ('a'); SELECT 'b'::m", "'b' is no value of `m`"),
    ("CREATE TYPE m AS ENUM ('a'); SELECT CAST('b' AS m)", "'b' is no value of `m`"),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m); INSERT INTO t VALUES ('b')",
        "'b' is no value of `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m); UPDATE t SET a = 'b'",
        "'b' is no value of `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a text); ALTER TABLE t ALTER a SET DEFAULT 'b', ALTER a TYPE m USING a::m",
        "'b' is no value of `m`",
    ),
    (
        "CREATE TYPE m AS ENUM ('a'); CREATE TABLE t (a m); ALTER TABLE t ALTER a SET DEFAULT 'b'",
        "'b' is no value of `m`",
    ),
    ("CREATE TABLE t (a int DEFAULT 'abc')", "'abc' is no value of `int`"),
    ("CREATE TABLE t (a boolean DEFAULT 'maybe')", "'maybe' is no value of `boolean`"),
    ("CREATE TABLE t (a boolean DEFAULT 0)", "0 is no value of `boolean`"),
    ("CREATE TABLE t (a int DEFAULT true)", "a boolean is no value of `int`"),
    ("CREATE TABLE t (a uuid DEFAULT 'abc')", "'abc' is no value of `uuid`"),
    ("CREATE TABLE t (a jsonb DEFAULT '')", "'' is no value of `jsonb`"),
    ("CREATE TABLE t (a timestamptz DEFAULT 1)", "1 is no value of `timestamptz`"),
    (
        "CREATE TABLE t (a int); ALTER TABLE t ALTER a SET DEFAULT 'abc'",
        "'abc' is no value of `int`",
    ),
    ("CREATE TABLE t (a int); INSERT INTO t VALUES ('abc')", "'abc' is no value of `int`"),
    ("CREATE TABLE t (a int); INSERT INTO t VALUES (true)", "a boolean is no value of `int`"),
    ("CREATE TABLE t (a uuid); INSERT INTO t VALUES (1)", "1 is no value of `uuid`"),
    ("CREATE TABLE t (a int); SELECT 'abc'::int", "'abc' is no value of `int`"),
    (
        "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a text REFERENCES p (a))",
        "`a` is `text`, but `p.a` is `int`",
    ),
    (
        "CREATE TABLE p (a int PRIMARY KEY, b int); CREATE TABLE t (a int REFERENCES p (b))",
        "`p` has no unique key over `b` to refer to",
    ),
    (
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int REFERENCES p)",
        "the key has 1 columns and refers to 2",
    ),
    (
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int, FOREIGN KEY (a) REFERENCES p (a, b))",
        "the key has 1 columns and refers to 2",
    ),
    (
        "CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE t (a int, b int, FOREIGN KEY (a, b) REFERENCES p)",
        "the key has 2 columns and refers to 1",
    ),
    (
        "CREATE TABLE p (a uuid PRIMARY KEY); CREATE TABLE t (a int REFERENCES p)",
        "`a` is `int`, but `p.a` is `uuid`",
    ),
    ("CREATE TABLE t (a int, b int, PRIMARY KEY (a, a))", "column `a` stands twice in one key"),
    ("CREATE TABLE t (a int, A int)", "`t` already has a column `a`"),
    ("CREATE TABLE t (ctid int)", "every table has a system column `ctid`"),
    ("CREATE TABLE t (a int NULL NOT NULL)", "`a` is both `NULL` and `NOT NULL`"),
    ("CREATE TABLE t (a int DEFAULT 1 DEFAULT 2)", "`a` gets its value in two ways"),
    ("CREATE TABLE t (a serial DEFAULT 3)", "`a` gets its value in two ways"),
    (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''a'''",
        "`f` cannot be replaced: it returns something else",
    ),
    (
        "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE OR REPLACE FUNCTION f(b int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "`f` cannot be replaced: its parameter `a` is called otherwis",
    ),
    ("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a, a FROM t", "two columns are called `a`"),
    ("CREATE TABLE t (a int); CREATE TABLE u AS SELECT a, a FROM t", "two columns are called `a`"),
    (
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT * FROM t, t AS u",
        "two columns are called `a`",
    ),
    ("CREATE TABLE t (a int); SELECT * FROM t, t", "`t` stands twice in `FROM`"),
    ("CREATE TABLE t (a int); SELECT * FROM t JOIN t ON true", "`t` stands twice in `FROM`"),
    ("CREATE TABLE t (a int); SELECT a FROM t ORDER BY 2", "the query has no result 2, it has 1"),
    (
        "CREATE TABLE t (a int); ALTER TABLE t ALTER a TYPE uuid",
        "`a` is `int`, which does not become `uuid` on its own",
    ),
    (
        "CREATE TABLE t (a text); ALTER TABLE t ALTER a TYPE int",
        "`a` is `text`, which does not become `int` on its own",
    ),
    (
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t ALTER a TYPE bigint",
        "view `v` needs the type of `t.a`",
    ),
    (
        "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE u (a int, c int); SELECT t.b, u.c, count(*) FROM t JOIN u ON u.a = t.a GROUP BY t.a",
        "`c` of `u` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT t.a FROM t GROUP BY t",
        "`a` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT s.b, count(*) FROM (SELECT a, b FROM t) s GROUP BY s.a",
        "`b` of `s` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE VIEW v AS SELECT * FROM t; SELECT b FROM v GROUP BY a",
        "`b` of `v` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int PRIMARY KEY, b int); SELECT s.b FROM (SELECT * FROM t) s GROUP BY s.a",
        "`b` of `s` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); INSERT INTO t SELECT a, min(b) FROM t",
        "`a` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT count(*) FROM t ORDER BY a",
        "`a` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX i ON t (a) WHERE b > 0; CREATE TABLE u (a int REFERENCES t (a))",
        "`t` has no unique key over `a` to refer to",
    ),
    (
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t RENAME a TO z; CREATE OR REPLACE VIEW v AS SELECT * FROM t",
        "`v` cannot be replaced: its column `a` would be called `z`",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT a, count(*) FROM t GROUP BY a HAVING b > 1",
        "`b` of `t` is neither grouped by nor in an aggregate",
    ),
    (
        "CREATE TABLE t (a int, b int); SELECT a, count(*), sum(b) OVER () FROM t GROUP BY a",
        "`b` of `t` is neither grouped by nor in an aggregate",
    ),
    ("CREATE TABLE t (a int); SELECT * FROM t, (t CROSS JOIN t u)", "`t` stands twice in `FROM`"),
    (
        "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, c int); SELECT j.b FROM t JOIN u USING (a) AS j",
        "`j` has no column `b`",
    ),
    (
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE t (a int)",
        "the search path has no schema to create `t` in",
    ),
    (
        "SET search_path = ''; CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "the search path has no schema to create `f` in",
    ),
    (
        "SET search_path TO ''; CREATE TYPE m AS ENUM ('a')",
        "the search path has no schema to create `m` in",
    ),
    (
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        "no earlier migration creates the function `f`",
    ),
    ("CREATE TABLE t (a int, tableoid int)", "every table has a system column `tableoid`"),
    (
        "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN xmin int",
        "every table has a system column `xmin`",
    ),
    (
        "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN b int DEFAULT 1 GENERATED ALWAYS AS IDENTITY",
        "`b` gets its value in two ways",
    ),
];

#[test]
fn what_is_refused_is_found() {
    for (text, message) in REFUSED {
        let found = replay(&[text]).0;
        assert!(found.iter().any(|found| found.contains(message)), "{text}: {found:?}");
    }
}
