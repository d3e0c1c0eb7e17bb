//! Casts: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const MOOD: &str = "CREATE TYPE mood AS ENUM ('a');";
const TO_MOOD: &str = "CREATE CAST (text AS mood) WITH INOUT AS IMPLICIT;";
const TO_INT: &str = "CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE CAST (text AS int) WITH FUNCTION f(text);";

#[test]
fn two_types_have_one_cast() {
    check(
        &[MOOD, TO_MOOD, "CREATE CAST (text AS mood) WITH INOUT;"],
        &["3:1:13 M408 there is already a cast from `text` to `mood`"],
    );
    check(&[MOOD, TO_MOOD, "CREATE CAST (varchar AS mood) WITH INOUT;"], &[]);
    check(
        &[
            "CREATE CAST (int AS bigint) WITH INOUT; CREATE CAST (varchar AS text) WITHOUT FUNCTION;",
        ],
        &[
            "1:1:13 M408 every server has a cast from `int` to `bigint`",
            "1:1:53 M408 every server has a cast from `varchar` to `text`",
        ],
    );
    check(
        &["CREATE CAST (text AS jsonb) WITH INOUT; CREATE CAST (smallint AS boolean) WITH INOUT;
           CREATE CAST (_text AS int) WITH INOUT; DROP CAST (text[] AS int);"],
        &[],
    );
}

#[test]
fn a_cast_needs_its_types_and_function() {
    check(
        &["CREATE CAST (text AS mood) WITH INOUT;"],
        &["1:1:22 M405 no earlier migration creates the type `mood`"],
    );
    check(
        &["CREATE CAST (text AS int) WITH FUNCTION f(text);"],
        &["1:1:41 M404 no earlier migration creates the function `f`"],
    );
    check(
        &[TO_INT, "CREATE CAST (text AS uuid) WITH FUNCTION f(int);"],
        &["2:1:42 M404 no function `f` has these arguments"],
    );
    check(&[TO_INT, "CREATE CAST (text AS uuid) WITH FUNCTION f;"], &[]);
}

#[test]
fn only_casts_that_are_there_are_dropped() {
    check(
        &["DROP CAST (text AS int);"],
        &["1:1:11 M409 no earlier migration creates a cast from `text` to `int`"],
    );
    check(&["DROP CAST IF EXISTS (text AS int); DROP CAST IF EXISTS (text AS mood);"], &[]);
    check(&[MOOD, TO_MOOD, "DROP CAST (text AS mood);", TO_MOOD], &[]);
    check(&[MOOD, TO_MOOD, "ALTER TYPE mood RENAME TO state; DROP CAST (text AS state);"], &[]);
    check(
        &["COMMENT ON CAST (int AS bigint) IS 'x'; COMMENT ON CAST (text AS int) IS 'x';"],
        &["1:1:57 M409 no earlier migration creates a cast from `text` to `int`"],
    );
    // A newer server has this one; an extension may have others.
    check(&["DROP CAST (int AS bytea); CREATE EXTENSION hstore; DROP CAST (text AS int);"], &[]);
}

#[test]
fn what_a_cast_needs_stays_unless_the_drop_cascades() {
    check(
        &[TO_INT, "DROP FUNCTION f(text);"],
        &["2:1:15 M410 cast from `text` to `int4` needs function `f`"],
    );
    check(&[TO_INT, "DROP FUNCTION f(text) CASCADE;", TO_INT], &[]);
    check(
        &[MOOD, TO_MOOD, "DROP TYPE mood;"],
        &["3:1:11 M410 cast from `text` to `mood` needs type `mood`"],
    );
    check(&[MOOD, TO_MOOD, "DROP TYPE mood CASCADE;", MOOD, TO_MOOD], &[]);
    let in_schema = "CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('a');
        CREATE CAST (text AS s.mood) WITH INOUT;";
    check(&[in_schema, "DROP SCHEMA s CASCADE;", in_schema], &[]);
}

#[test]
fn guarded_casts_are_in_doubt() {
    let guarded = format!(
        "DO $$ BEGIN
           IF NOT EXISTS (SELECT 1 FROM pg_cast WHERE castsource = 'text'::regtype) THEN {TO_MOOD} END IF;
         END $$;"
    );
    check(&[MOOD, &guarded, TO_MOOD, "DROP TYPE mood CASCADE;"], &[]);
}
