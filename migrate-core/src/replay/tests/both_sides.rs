//! What a Postgres 15 takes and what it refuses, after the same statements.

use super::replay;

struct Case {
    before: &'static str,
    taken: &'static [&'static str],
    refused: &'static [&'static str],
}

const CASES: &[Case] = &[
    // Words.
    Case {
        before: "",
        taken: &[
            "CREATE TABLE t (exclude bool, \"values\" int, current bool, b int, EXCLUDE (b WITH =)); INSERT INTO t (values, exclude) VALUES (1, true), (2, false); UPDATE t SET current = true WHERE current IS NULL; SELECT exclude, values FROM t ORDER BY current; ALTER TABLE t DROP COLUMN exclude; ALTER TABLE t ADD exclude text",
            "CREATE TABLE t (a int); WITH update AS (UPDATE t SET a = 1 RETURNING a), delete AS (DELETE FROM t RETURNING a) SELECT update.a FROM update JOIN delete USING (a)",
            "CREATE FUNCTION f() RETURNS TABLE (left int, right numeric(3, 1)) LANGUAGE sql AS 'SELECT 1, 2.0'; SELECT \"left\", f.\"right\" FROM f(); SELECT * FROM left('ab', 1)",
            "CREATE TABLE system_user (id int); SELECT id FROM system_user",
            "CREATE TABLE treat (id int); INSERT INTO treat (id) VALUES (1); SELECT treat.id between, id escape FROM treat; DELETE FROM treat WHERE id BETWEEN 1 AND 2; PREPARE transaction AS SELECT id FROM treat; SET role.a = '1'",
        ],
        refused: &[
            "CREATE TABLE t (exclude bool, b int); SELECT exclud FROM t",
            "CREATE TABLE t (exclude bool, b int, EXCLUDE b WITH =)",
            "CREATE TABLE t (a int); WITH update AS (UPDATE t SET a = 1 RETURNING a) SELECT b FROM update",
            "CREATE TABLE system_user (id int); SELECT nope FROM system_user",
            "CREATE TABLE treat (id int); SELECT treat.nope FROM treat",
            "SELECT id FROM treat",
        ],
    },
    // Tests.
    Case {
        before: "CREATE TABLE t (a bool, x xml, k text, n int);",
        taken: &[
            "SELECT a IS UNKNOWN, a IS NOT UNKNOWN, x IS DOCUMENT, normalize(k, NFC), normalize(k) FROM t; CREATE VIEW v AS SELECT * FROM current_date AS d, current_user; SELECT d FROM v; UPDATE t SET (n, k) = (1, DEFAULT), a = DEFAULT; ALTER STATISTICS IF EXISTS nope SET STATISTICS 0",
            "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO t (a, x, k, n) VALUES (OLD.*), (NEW.*)",
            "ALTER TABLE t ALTER k TYPE text USING k || n, ALTER n TYPE bigint USING length(k), DROP COLUMN a, DROP COLUMN x; INSERT INTO t (k, n) VALUES ('a', 1)",
        ],
        refused: &[
            "SELECT b IS UNKNOWN FROM t",
            "SELECT normalize(nope, NFC) FROM t",
            "UPDATE t SET (n, k) = (1, DEFAULT, 3)",
            "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO t (a, x) VALUES (true, NULL, 'x')",
            "ALTER TABLE t ALTER k TYPE text USING k || q, ADD COLUMN q text",
            "ALTER TABLE t ALTER k TYPE text, DROP COLUMN k",
        ],
    },
    // What is compared with a literal.
    Case {
        before: "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (a e, n int, b bool, u uuid, d date, s text, l e[]);",
        taken: &[
            "SELECT 1 FROM t WHERE n = '1' AND n > 1.5 AND b = 't' AND d > '2020-01-01' AND d < 'now' AND s = 'x' AND a = 'a' AND l = '{}'; SELECT 1 FROM t WHERE a IN ('a') AND a::text = 'b' AND a || 'b' = 'x'",
            "SELECT 1 FROM (SELECT a::text AS a FROM t) x WHERE a = 'b'; SELECT 1 FROM t AS x (n, a) WHERE a = '7' AND n = 'a'",
            "ALTER TABLE t ALTER a TYPE text; SELECT 1 FROM t WHERE a = 'b'",
            "ALTER TYPE e RENAME VALUE 'a' TO 'b'; CREATE INDEX i ON t (n) WHERE a = 'b'",
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM t WHERE a = 'b'); END $$",
        ],
        refused: &[
            "SELECT 1 FROM t WHERE 'b' = a",
            "SELECT 1 FROM t x WHERE x.a NOT IN ('a', 'b')",
            "CREATE INDEX i ON t (n) WHERE a <> 'b'",
            "ALTER TABLE t ADD CHECK (a < 'b')",
            "CREATE POLICY p ON t USING (t.a = 'b')",
            "UPDATE t SET n = 1 WHERE n = 'x'",
            "DELETE FROM t WHERE b = 1",
            "SELECT n = true FROM t",
            "SELECT 1 FROM t JOIN t y ON t.a = y.a AND y.u = 'x'",
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM t WHERE d = 1 $$",
        ],
    },
    // What an access method has an operator class for.
    Case {
        before: "CREATE TABLE t (n int, s text, v varchar(9), j json, k jsonb, p point, i inet, l text[], r int4range, ts tsvector, u uuid, b bool);",
        taken: &[
            "CREATE INDEX ON t USING gin (k); CREATE INDEX ON t USING gin (l); CREATE INDEX ON t USING gin (ts); CREATE INDEX ON t USING gin (k jsonb_path_ops); CREATE INDEX ON t USING gin (to_tsvector('english', s))",
            "CREATE INDEX ON t USING gist (p, r); CREATE INDEX ON t USING gist (i inet_ops); CREATE INDEX ON t USING spgist (s); CREATE INDEX ON t USING brin (n, s, u); CREATE INDEX ON t USING hash (u)",
            "CREATE INDEX ON t ((j ->> 'a')); CREATE INDEX ON t (k, l, i, b); ALTER TABLE t ADD EXCLUDE USING gist (p WITH ~=, r WITH &&), ADD EXCLUDE (n WITH =), ADD EXCLUDE USING gist (i inet_ops WITH &&)",
            "CREATE EXTENSION btree_gist; CREATE EXTENSION btree_gin; ALTER TABLE t ADD EXCLUDE USING gist (n WITH =, r WITH &&); CREATE INDEX ON t USING gin (s, n)",
            "CREATE EXTENSION pg_trgm; CREATE INDEX ON t USING gin (s gin_trgm_ops); CREATE INDEX ON t USING gist (v gist_trgm_ops)",
        ],
        refused: &[
            "CREATE INDEX ON t USING gin (s)",
            "CREATE EXTENSION pg_trgm; CREATE INDEX ON t USING gin (v)",
            "CREATE INDEX ON t USING gin (n)",
            "CREATE INDEX ON t USING gin (j)",
            "CREATE INDEX ON t USING gist (s)",
            "CREATE INDEX ON t USING spgist (n)",
            "CREATE INDEX ON t USING brin (k)",
            "CREATE INDEX ON t USING brin (b)",
            "CREATE INDEX ON t USING hash (j)",
            "CREATE INDEX ON t (p)",
            "ALTER TABLE t ADD PRIMARY KEY (j)",
            "ALTER TABLE t ADD EXCLUDE USING gist (n WITH =, r WITH &&)",
            "CREATE TABLE v (j json UNIQUE)",
        ],
    },
    // Like.
    Case {
        before: "CREATE TYPE c AS (a int, b text);",
        taken: &["CREATE TABLE t (LIKE c, d int); INSERT INTO t (a, b, d) VALUES (1, 'x', 2)"],
        refused: &["CREATE TABLE t (LIKE nope)"],
    },
    // Schema elements.
    Case {
        before: "",
        taken: &[
            "CREATE SCHEMA s CREATE INDEX i ON t (a) CREATE VIEW v AS SELECT a FROM t CREATE TABLE t (a int) GRANT SELECT ON v TO public; SELECT a FROM s.v",
        ],
        refused: &["CREATE SCHEMA s CREATE VIEW v AS SELECT b FROM t CREATE TABLE t (a int)"],
    },
    // Partitions of partitions.
    Case {
        before: "CREATE TABLE p (a int, k text) PARTITION BY LIST (k); CREATE TABLE q PARTITION OF p DEFAULT PARTITION BY RANGE (a); CREATE TABLE r PARTITION OF q DEFAULT;",
        taken: &[
            "DROP TABLE p; CREATE TABLE r (a serial); CREATE TABLE q (a int)",
            "ALTER TABLE p DETACH PARTITION q; DROP TABLE p; SELECT a FROM r",
        ],
        refused: &[
            "CREATE VIEW v AS SELECT a FROM r; DROP TABLE p",
            "DROP TABLE p; SELECT a FROM r",
        ],
    },
    // Heirs.
    Case {
        before: "CREATE TABLE p (a int, b int); CREATE TABLE c () INHERITS (p);",
        taken: &["ALTER TABLE p ALTER a TYPE text; INSERT INTO c (a) VALUES ('x')"],
        refused: &["ALTER TABLE p ALTER a TYPE bigint; INSERT INTO c (a) VALUES ('x')"],
    },
    // Exclusion names.
    Case {
        before: "CREATE TABLE t (a int, b int4range, c text);",
        taken: &[
            "ALTER TABLE t ADD EXCLUDE USING gist (b WITH &&) WHERE (c <> ''); ALTER TABLE t DROP CONSTRAINT t_b_excl; ALTER TABLE t ADD EXCLUDE (c WITH =, a WITH =), ADD EXCLUDE (lower(c) WITH =, (a + 1) WITH =); ALTER TABLE t DROP CONSTRAINT t_c_a_excl, DROP CONSTRAINT t_lower_expr_excl",
        ],
        refused: &[
            "ALTER TABLE t ADD EXCLUDE USING gist (b WITH &&) WHERE (c <> ''); ALTER TABLE t DROP CONSTRAINT t_b_c_excl",
        ],
    },
    // Cascades.
    Case {
        before: "CREATE EXTENSION citext; CREATE TABLE t (a citext, b int); CREATE TYPE c AS (x int); CREATE DOMAIN d AS c; CREATE TABLE u OF c; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE COLLATION l (LOCALE = 'C'); CREATE TABLE k (a text COLLATE l, b int);",
        taken: &[
            "DROP EXTENSION citext CASCADE; ALTER TABLE t ADD a text",
            "DROP TYPE c CASCADE; CREATE DOMAIN d AS text; CREATE TABLE u (a int)",
            "DROP FOREIGN DATA WRAPPER w CASCADE; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
            "DROP COLLATION l CASCADE; ALTER TABLE k ADD a int",
        ],
        refused: &[
            "ALTER TABLE k ADD a int",
            "CREATE DOMAIN d AS text",
            "CREATE SERVER s FOREIGN DATA WRAPPER w",
            "DROP EXTENSION IF EXISTS hstore CASCADE; ALTER TABLE t ADD b text",
        ],
    },
    // Calls.
    Case {
        before: "",
        taken: &[
            "CREATE FUNCTION m() RETURNS void LANGUAGE sql AS 'CREATE TABLE x AS SELECT 1 AS a'; SELECT m(); SELECT a FROM x; CREATE FUNCTION n() RETURNS void LANGUAGE sql AS 'SELECT 1 AS b INTO y'; SELECT n(); SELECT b FROM y",
        ],
        refused: &[
            "CREATE FUNCTION m() RETURNS void LANGUAGE sql AS 'CREATE TABLE x AS SELECT 1 AS a'; SELECT a FROM x",
            "CREATE FUNCTION m() RETURNS void LANGUAGE sql AS 'CREATE TABLE x AS SELECT 1 AS a'; SELECT m(); CREATE TABLE x (a int)",
        ],
    },
    // Aggregates in the old syntax.
    Case {
        before: "CREATE FUNCTION j(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1 || $2'; CREATE AGGREGATE a (basetype = text, sfunc = j, stype = text, initcond = ''); CREATE AGGREGATE n (BASETYPE = 'ANY', sfunc = int8inc, stype = int8, initcond = 0)",
        taken: &[
            "DROP AGGREGATE a(text); DROP FUNCTION j(text, text); DROP AGGREGATE n(*)",
            "DROP AGGREGATE a(text); CREATE AGGREGATE a(text) (sfunc = j, stype = text)",
            "CREATE AGGREGATE a(int) (sfunc = int4pl, stype = int)",
            "ALTER AGGREGATE a(text) RENAME TO b; CREATE AGGREGATE a (sfunc = j, basetype = text, stype = text)",
        ],
        refused: &[
            "DROP FUNCTION j(text, text)",
            "CREATE AGGREGATE a (sfunc = j, basetype = text, stype = text)",
            "DROP AGGREGATE a(int)",
        ],
    },
];

#[test]
fn both_sides_are_told_apart() {
    for case in CASES {
        for text in case.taken {
            assert_eq!(replay(&[case.before, text]).0, Vec::<String>::new(), "{text}");
        }
        for text in case.refused {
            assert!(!replay(&[case.before, text]).0.is_empty(), "{text}");
        }
    }
}
