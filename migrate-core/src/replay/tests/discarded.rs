//! Statements that drop what they do not name.
//!
//! `PostgreSQL` 15 took and refused these.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[
    // What a role owns.
    Case {
        before: "CREATE TABLE t (a int); CREATE SCHEMA s; CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        taken: &[
            "ALTER TABLE t OWNER TO rb_owner; DROP OWNED BY rb_owner; CREATE TABLE t (b int); SELECT b FROM t",
            "ALTER SCHEMA s OWNER TO rb_owner; DROP OWNED BY rb_owner CASCADE; CREATE SCHEMA s",
            "ALTER TYPE e OWNER TO rb_owner; ALTER FUNCTION f() OWNER TO rb_owner; DROP OWNED BY rb_owner; CREATE TYPE e AS ENUM ('b'); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
        ],
        refused: &[
            "DROP OWNED BY rb_owner; CREATE TABLE u (b int); CREATE TABLE u (b int)",
            "DROP OWNED BY rb_owner; SELECT a FROM nope",
        ],
    },
    // What is temporary.
    Case {
        before: "CREATE TABLE t (a int); CREATE TEMP TABLE t (x int); CREATE TEMP SEQUENCE q; CREATE TEMP VIEW v AS SELECT x FROM t; CREATE SCHEMA s;",
        taken: &[
            "CREATE TEMP TABLE y (x int); DISCARD TEMP; CREATE TEMP TABLE y (z int); DISCARD ALL; CREATE TEMP TABLE y (z int)",
            "DISCARD TEMP; CREATE TEMP TABLE t (z int); SELECT z FROM t; CREATE TEMP SEQUENCE q",
            "DISCARD TEMPORARY; SELECT a FROM t; CREATE TEMP VIEW v AS SELECT a FROM t",
            "DISCARD ALL; SELECT a FROM t; CREATE TEMP TABLE t (z int)",
            "DISCARD PLANS; DISCARD SEQUENCES; SELECT x FROM t",
            "SET search_path = s; DISCARD ALL; CREATE TABLE u (a int); SELECT a FROM public.u",
        ],
        refused: &[
            "DISCARD TEMP; SELECT x FROM t",
            "DISCARD TEMP; SELECT x FROM v",
            "CREATE TEMP TABLE y (x int); DISCARD PLANS; CREATE TEMP TABLE y (z int)",
            "SET search_path = s; DISCARD ALL; CREATE TABLE t (a int)",
        ],
    },
];

#[test]
fn what_may_be_gone_is_not_missed() {
    check_sides(CASES);
}
