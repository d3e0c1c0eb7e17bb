//! Parameters of routines: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const SHOW: &str = "CREATE PROCEDURE show(a int, OUT b text) LANGUAGE plpgsql AS 'BEGIN END';
CREATE TABLE t (id int);";

#[test]
fn parameters_for_results_may_be_written_with_a_procedure() {
    for taken in [
        "DROP PROCEDURE show(int, text);",
        "DROP PROCEDURE show(int);",
        "DROP PROCEDURE show(int, OUT text);",
        "DROP ROUTINE show(int, text);",
        "ALTER PROCEDURE show(int, text) RENAME TO display; DROP PROCEDURE display;",
        "DROP PROCEDURE show(int, text);
         CREATE PROCEDURE show(a int, OUT b text) LANGUAGE plpgsql AS 'BEGIN END';",
    ] {
        check(&[SHOW, taken], &[]);
    }
    check(
        &[SHOW, "DROP PROCEDURE show(int, date);"],
        &["2:1:16 M404 no function `show` has these arguments"],
    );
}

#[test]
fn texts_with_types_of_the_call_are_read_when_it_comes() {
    for taken in [
        "CREATE FUNCTION f(a anyelement) RETURNS int LANGUAGE sql AS 'SELECT id FROM nosuch';",
        "CREATE FUNCTION f(a pg_catalog.anyelement) RETURNS int LANGUAGE sql AS 'SELECT g(a)';",
        "CREATE FUNCTION f(a int, VARIADIC b anyarray) RETURNS int LANGUAGE sql AS 'SELECT g(a)';",
        "CREATE FUNCTION f(a anycompatible) RETURNS int LANGUAGE sql SET search_path TO public
         AS 'SELECT g(a)';",
        "CREATE PROCEDURE f(a anyelement) LANGUAGE sql AS 'INSERT INTO nosuch VALUES (1)';",
    ] {
        check(&[taken], &[]);
    }
    check(
        &["CREATE FUNCTION f(a int[]) RETURNS int LANGUAGE sql AS 'SELECT g(a)';"],
        &["1:1:64 M404 no earlier migration creates the function `g`"],
    );
}

#[test]
fn functions_in_c_hold_the_place_of_the_type_that_they_return() {
    const READ: &str =
        "CREATE FUNCTION read(cstring) RETURNS weight LANGUAGE internal AS 'textin';";
    check(
        &[
            READ,
            "CREATE FUNCTION write(weight) RETURNS cstring LANGUAGE internal AS 'textout';
             CREATE TYPE weight (INPUT = read, OUTPUT = write, LIKE = text);
             CREATE TABLE t (w weight);",
        ],
        &[],
    );
    check(&[READ, "CREATE TYPE weight AS ENUM ('heavy');"], &[]);
    check(
        &["CREATE FUNCTION read(cstring) RETURNS weight LANGUAGE sql AS 'SELECT 1';"],
        &["1:1:39 M405 no earlier migration creates the type `weight`"],
    );
    check(
        &["CREATE FUNCTION read(weight) RETURNS int LANGUAGE internal AS 'textin';"],
        &["1:1:22 M405 no earlier migration creates the type `weight`"],
    );
}

#[test]
fn aggregates_are_told_by_what_they_order_too() {
    const STEP: &str =
        "CREATE FUNCTION step(int, text, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION step(int, int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE a(ORDER BY text, int) (SFUNC = step, STYPE = int);";
    check(
        &[
            STEP,
            "CREATE AGGREGATE a(ORDER BY int, text) (SFUNC = step, STYPE = int);
             DROP AGGREGATE a(ORDER BY int, text);
             DROP AGGREGATE a(ORDER BY text, int);",
        ],
        &[],
    );
    check(
        &[STEP, "CREATE AGGREGATE a(ORDER BY text, int) (SFUNC = step, STYPE = int);"],
        &["2:1:18 M408 there is already a function `a` with these arguments"],
    );
}
