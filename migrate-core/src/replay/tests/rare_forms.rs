//! Forms of statements that are rarely written, and what comes with an extension.
//!
//! Source: `PostgreSQL` 15, `gram.y`; the server's verdict on each was seen.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[
    // Locks, temporary objects, cursors.
    Case {
        before: "CREATE TABLE t (a int, b text);",
        taken: &[
            "SELECT a FROM t FOR READ ONLY; CREATE VIEW v AS SELECT b FROM t FOR READ ONLY",
            "CREATE LOCAL TEMP SEQUENCE s; CREATE OR REPLACE GLOBAL TEMPORARY VIEW v AS SELECT a FROM t",
            "CREATE LOCAL TEMP RECURSIVE VIEW v (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v",
            "BEGIN; DECLARE c SCROLL BINARY CURSOR FOR SELECT a FROM t; FETCH BACKWARD c; COMMIT",
            "SELECT now FROM t, LATERAL current_timestamp AS now; SELECT a FROM ONLY (t) AS x TABLESAMPLE system (10)",
        ],
        refused: &[
            "SELECT nope FROM t FOR READ ONLY",
            "SELECT a FROM t FOR WRITE ONLY",
            "CREATE LOCAL TEMP VIEW v AS SELECT nope FROM t",
        ],
    },
    // Sources of several columns, and actions of rules.
    Case {
        before: "CREATE TABLE t (a int, b text); CREATE TABLE u (a int, b text);",
        taken: &[
            "UPDATE t SET (a) = (VALUES (1)); UPDATE t SET (a, b) = (TABLE u)",
            "UPDATE t SET (a, b) = (WITH x AS (SELECT 1, 'y') SELECT * FROM x) WHERE a = 1",
            "CREATE RULE r AS ON DELETE TO t DO INSTEAD (; DELETE FROM u; ; UPDATE u SET a = 1;)",
            "CREATE RULE r AS ON DELETE TO t DO INSTEAD (;)",
        ],
        refused: &[
            "UPDATE t SET (a, b) = (TABLE nope)",
            "UPDATE t SET (a, nope) = (VALUES (1, 'x'))",
            "CREATE RULE r AS ON DELETE TO t DO INSTEAD (; DELETE FROM nope;)",
        ],
    },
    // Statements about objects of the server.
    Case {
        before: "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE POLICY p ON t; CREATE TYPE e AS ENUM ('x'); CREATE FOREIGN DATA WRAPPER w;",
        taken: &[
            "SET LOCAL TRANSACTION READ WRITE; SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET SESSION SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "ALTER POLICY IF EXISTS p ON t RENAME TO q; DROP POLICY q ON t",
            "ALTER USER postgres; ALTER ROLE postgres SET SCHEMA 'public'; ALTER ROLE postgres RESET TRANSACTION ISOLATION LEVEL; ALTER ROLE postgres RESET search_path",
            "CREATE TRUSTED PROCEDURAL LANGUAGE l HANDLER plpgsql_call_handler NO VALIDATOR",
            "COMMENT ON TYPE e[] IS 'x'; COMMENT ON TYPE int IS 'x'; COMMENT ON TYPE double precision IS NULL",
            "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; EXPLAIN (COSTS off) REFRESH MATERIALIZED VIEW m",
            "CREATE SERVER s VERSION NULL FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR USER SERVER s; DROP USER MAPPING FOR USER SERVER s",
            "ALTER INDEX i OWNER TO postgres",
            "CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 3 = (int, bigint) RECHECK",
            "CREATE FUNCTION g() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION g(); CREATE EVENT TRIGGER y ON ddl_command_end EXECUTE FUNCTION g(); DROP EVENT TRIGGER x, y",
            "CREATE TEXT SEARCH CONFIGURATION a (COPY = english); CREATE TEXT SEARCH CONFIGURATION b (COPY = english); DROP TEXT SEARCH CONFIGURATION a, b",
        ],
        refused: &[
            "ALTER INDEX nope OWNER TO postgres",
            "COMMENT ON TYPE nope IS 'x'",
            "ALTER POLICY IF EXISTS nope ON t RENAME TO q",
            "ALTER POLICY IF EXISTS p ON t RENAME TO q; DROP POLICY p ON t",
        ],
    },
    // Temporary sequences, and what only a statement that runs is refused for.
    Case {
        before: "CREATE TABLE t (a int); CREATE SEQUENCE q; CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;",
        taken: &[
            "CREATE TEMP SEQUENCE q; CREATE TEMPORARY SEQUENCE t; SELECT nextval('q'), a FROM public.t; DROP SEQUENCE q; DROP SEQUENCE q",
            "CREATE TEMP SEQUENCE z; CREATE TABLE z (a int); CREATE TEMP TABLE y (a int DEFAULT nextval('z'))",
            "PREPARE p AS DELETE FROM m; CREATE RULE r AS ON DELETE TO t DO INSTEAD INSERT INTO m VALUES (1)",
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM m'",
        ],
        refused: &[
            "CREATE TEMP SEQUENCE z; CREATE TEMP SEQUENCE z",
            "CREATE TEMP SEQUENCE z; CREATE TEMP TABLE z (a int)",
            "CREATE TEMP SEQUENCE q; DROP SEQUENCE q; DROP SEQUENCE q; DROP SEQUENCE q",
            "DELETE FROM m",
            "PREPARE p AS UPDATE m SET nope = 1",
        ],
    },
    // Extensions, and what they need.
    Case {
        before: "",
        taken: &[
            "CREATE EXTENSION hstore VERSION '1.8' SCHEMA public; CREATE TABLE t (a hstore)",
            "CREATE EXTENSION IF NOT EXISTS hstore CASCADE SCHEMA public VERSION '1.8'",
            "CREATE EXTENSION earthdistance CASCADE; CREATE TABLE t (a cube, b earth); CREATE EXTENSION IF NOT EXISTS cube",
            "CREATE EXTENSION earthdistance CASCADE; DROP EXTENSION earthdistance; DROP EXTENSION cube",
            "CREATE EXTENSION earthdistance CASCADE; DROP EXTENSION cube CASCADE; CREATE EXTENSION earthdistance CASCADE",
            "CREATE EXTENSION postgis_topology CASCADE; CREATE TABLE t (a geometry, b topogeometry); SELECT id FROM layer, topology.topology AS t",
        ],
        refused: &[
            "CREATE EXTENSION earthdistance CASCADE; DROP EXTENSION earthdistance; CREATE TABLE t (a earth)",
            "CREATE EXTENSION hstore SCHEMA nope",
            "CREATE TABLE t (a cube)",
        ],
    },
];

#[test]
fn rare_forms_are_read() {
    check_sides(CASES);
}
