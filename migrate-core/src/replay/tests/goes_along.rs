//! What goes with something that is dropped with `CASCADE`.
//!
//! `PostgreSQL` 15 took and refused these.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[
    // Extensions lie in schemas.
    Case {
        before: "CREATE SCHEMA ext; CREATE SCHEMA other; CREATE EXTENSION hstore SCHEMA ext; CREATE TABLE t (h ext.hstore, a int);",
        taken: &[
            "DROP SCHEMA ext CASCADE; CREATE EXTENSION hstore; ALTER TABLE t ADD h hstore",
            "ALTER EXTENSION hstore SET SCHEMA other; DROP SCHEMA other CASCADE; CREATE EXTENSION hstore",
            "ALTER SCHEMA ext RENAME TO e; DROP SCHEMA e CASCADE; CREATE EXTENSION hstore",
            "CREATE EXTENSION pgcrypto; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION pgcrypto",
            "SET search_path = other; CREATE EXTENSION pgcrypto; DROP SCHEMA other CASCADE; CREATE SCHEMA other; CREATE EXTENSION pgcrypto",
        ],
        refused: &[
            "DROP SCHEMA other CASCADE; CREATE EXTENSION hstore",
            "DROP SCHEMA other CASCADE; ALTER TABLE t ADD h int",
            "ALTER EXTENSION hstore SET SCHEMA public; DROP SCHEMA ext CASCADE; CREATE EXTENSION hstore",
            "DROP SCHEMA ext CASCADE; CREATE TABLE u (h hstore)",
        ],
    },
    // Domains and ranges are made of other types.
    Case {
        before: "CREATE SCHEMA app; CREATE TYPE app.st AS ENUM ('a'); CREATE DOMAIN d AS app.st; CREATE DOMAIN d2 AS d; CREATE DOMAIN l AS app.st[]; CREATE TYPE c AS (x app.st, y int); CREATE TABLE t (d d, e d2, f l[], x int);",
        taken: &[
            "DROP SCHEMA app CASCADE; CREATE DOMAIN d AS int; CREATE DOMAIN d2 AS int; CREATE DOMAIN l AS int; ALTER TABLE t ADD d int, ADD e int, ADD f int; ALTER TYPE c ADD ATTRIBUTE x int",
            "DROP TYPE app.st CASCADE; ALTER TABLE t ADD d int, ADD e int, ADD f int",
            "DROP DOMAIN d CASCADE; ALTER TABLE t ADD d int, ADD e int; CREATE DOMAIN d2 AS int",
            "DROP TABLE t; DROP DOMAIN d, d2; CREATE DOMAIN d AS int; DROP DOMAIN d; CREATE DOMAIN d2 AS int",
            "CREATE DOMAIN dd AS int; CREATE TYPE r AS RANGE (subtype = dd); CREATE TABLE u (r r, x int); DROP DOMAIN dd CASCADE; ALTER TABLE u ADD r int; CREATE TYPE r AS (a int)",
            "CREATE FUNCTION f(x int, y int) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT 1.0::float8'; CREATE TYPE r AS RANGE (subtype = int, subtype_diff = f); CREATE TABLE u (r r, x int); DROP FUNCTION f CASCADE; ALTER TABLE u ADD r int",
            "CREATE TYPE rr AS RANGE (subtype = int); ALTER TYPE rr_multirange RENAME TO rm; CREATE TABLE u (x rm)",
        ],
        refused: &[
            "DROP SCHEMA app CASCADE; ALTER TABLE t ADD x int",
            "DROP TYPE app.st CASCADE; SELECT d FROM t",
            "DROP DOMAIN d2 CASCADE; ALTER TABLE t ADD d int",
            "DROP TABLE t; DROP DOMAIN d",
            "CREATE DOMAIN dd AS int; CREATE TYPE r AS RANGE (subtype = dd); CREATE TABLE u (r r, x int); DROP TYPE r CASCADE; ALTER TABLE u ADD x int",
            "CREATE TYPE rr AS RANGE (subtype = int); ALTER TYPE rr_multirange RENAME TO rm; CREATE TABLE u (x rn)",
        ],
    },
    // Checks of a domain need functions.
    Case {
        before: "CREATE FUNCTION ok(int) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE DOMAIN d AS int CONSTRAINT k CHECK (ok(VALUE)); CREATE DOMAIN e AS int CONSTRAINT k CHECK (VALUE > 0);",
        taken: &[
            "DROP FUNCTION ok CASCADE; ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0)",
            "ALTER DOMAIN e ADD CONSTRAINT l CHECK (ok(VALUE)); DROP FUNCTION ok CASCADE; ALTER DOMAIN e ADD CONSTRAINT l CHECK (VALUE > 0)",
        ],
        refused: &[
            "DROP FUNCTION ok CASCADE; ALTER DOMAIN e ADD CONSTRAINT k CHECK (VALUE > 1)",
            "DROP FUNCTION ok CASCADE; CREATE DOMAIN d AS int",
        ],
    },
];

#[test]
fn what_needs_what_is_dropped_goes_along() {
    check_sides(CASES);
}
