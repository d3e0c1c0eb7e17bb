//! Operators: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const FUNCTION: &str =
    "CREATE FUNCTION same(a int, b int) RETURNS bool LANGUAGE sql AS 'SELECT true';";
const OPERATOR: &str = "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);";

fn after_function(then: &str, expected: &[&str]) {
    check(&[FUNCTION, then], expected);
}

#[test]
fn an_operator_is_told_by_its_schema_name_and_operands() {
    after_function(
        &format!(
            "{OPERATOR}\nCREATE OPERATOR === (LEFTARG = int4, RIGHTARG = integer, FUNCTION = same);"
        ),
        &["2:2:17 M408 there is already an operator `===` for `int4` and `integer`"],
    );
    // The server's own of the name lies in another schema.
    after_function("CREATE OPERATOR = (LEFTARG = int, RIGHTARG = int, FUNCTION = same);", &[]);
    after_function(
        &format!("CREATE SCHEMA s; {OPERATOR} {}", OPERATOR.replace("===", "s.===")),
        &[],
    );
    after_function(
        "CREATE OPERATOR != (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
CREATE OPERATOR <> (LEFTARG = int, RIGHTARG = int, FUNCTION = same);",
        &["2:2:17 M408 there is already an operator `<>` for `int` and `int`"],
    );
    check(
        &["CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OPERATOR === (RIGHTARG = int, FUNCTION = f); DROP OPERATOR === (NONE, int);
CREATE OPERATOR === (RIGHTARG = int, FUNCTION = f); DROP OPERATOR === (int, int);"],
        &["1:3:67 M409 no earlier migration creates an operator `===` for `int` and `int`"],
    );
}

#[test]
fn an_operator_needs_its_function_and_types() {
    check(
        &["CREATE OPERATOR === (LEFTARG = int, RIGHTARG = nope, FUNCTION = now);"],
        &["1:1:48 M405 no earlier migration creates the type `nope`"],
    );
    after_function(
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = bigint, FUNCTION = same);",
        &["2:1:67 M404 no function `same` has these arguments"],
    );
    after_function(
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, PROCEDURE = sane);",
        &["2:1:65 M404 no earlier migration creates the function `sane`"],
    );
    after_function(
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same, RESTRICT = eqsel, JOIN = nope);",
        &["2:1:95 M404 no earlier migration creates the function `nope`"],
    );
}

#[test]
fn operators_that_others_name_may_be_created_later() {
    after_function(
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same,
           COMMUTATOR = ====, NEGATOR = OPERATOR(public.!==));
         CREATE OPERATOR ==== (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
         CREATE OPERATOR !== (LEFTARG = int, RIGHTARG = int, FUNCTION = same);",
        &[],
    );
    after_function(
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same, NEGATOR = !==);
         DROP OPERATOR !== (int, int); DROP OPERATOR === (int, int);",
        &[],
    );
}

#[test]
fn only_operators_that_are_there_are_dropped_and_altered() {
    let missing = "M409 no earlier migration creates an operator `===` for";
    check(&["DROP OPERATOR === (int, int);"], &[&format!("1:1:15 {missing} `int` and `int`")]);
    check(&["DROP OPERATOR IF EXISTS === (int, nope), nope.=== (int, int);"], &[]);
    check(
        &["DROP OPERATOR === (int, nope);"],
        &["1:1:25 M405 no earlier migration creates the type `nope`"],
    );
    after_function(
        &format!("{OPERATOR}\nALTER OPERATOR === (int, bigint) OWNER TO CURRENT_USER;"),
        &[&format!("2:2:16 {missing} `int` and `bigint`")],
    );
    check(
        &["COMMENT ON OPERATOR === (int, int) IS 'x';"],
        &[&format!("1:1:21 {missing} `int` and `int`")],
    );
    // Of these nobody lists which there are.
    check(&["DROP OPERATOR <-> (box, int);"], &[]);
    check(&["CREATE EXTENSION hstore; DROP OPERATOR IF EXISTS -> (hstore, text);"], &[]);
    check(&["CREATE EXTENSION hstore; COMMENT ON OPERATOR -> (hstore, text) IS 'x';"], &[]);
    check(&["CREATE EXTENSION unheard_of; DROP OPERATOR === (int, int);"], &[]);
    check(
        &["DO $$ BEGIN EXECUTE f('CREATE OPERATOR'); END $$; DROP OPERATOR === (int, int);"],
        &[],
    );
}

#[test]
fn what_an_operator_needs_stays_unless_the_drop_cascades() {
    after_function(
        &format!("{OPERATOR}\nDROP FUNCTION same(int, int);"),
        &["2:2:15 M410 operator `===` needs function `same`"],
    );
    after_function(
        &format!("{OPERATOR}\nDROP FUNCTION same(int, int) CASCADE; DROP OPERATOR === (int, int);"),
        &["2:2:53 M409 no earlier migration creates an operator `===` for `int` and `int`"],
    );
    after_function(
        &format!("{OPERATOR} DROP OPERATOR === (int, int); DROP FUNCTION same(int, int);"),
        &[],
    );
    let of_type = "CREATE TYPE mood AS ENUM ('a');
        CREATE FUNCTION f(mood, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = int, FUNCTION = f);";
    check(&[of_type, "DROP TYPE mood CASCADE;", of_type], &[]);
    check(&[of_type, "ALTER TYPE mood RENAME TO state; DROP OPERATOR === (state, int);"], &[]);
}

#[test]
fn operators_move_and_go_with_their_schema() {
    let in_schema = format!("CREATE SCHEMA s; {}", OPERATOR.replace("===", "s.==="));
    after_function(
        &format!("{in_schema}\nDROP SCHEMA s;"),
        &["2:2:13 M410 the schema `s` still holds operator `===`"],
    );
    after_function(
        &format!("{in_schema} DROP SCHEMA s CASCADE; DROP FUNCTION same(int, int);"),
        &[],
    );
    after_function(
        &format!(
            "{OPERATOR} CREATE SCHEMA s; ALTER OPERATOR === (int, int) SET SCHEMA s;
             {OPERATOR} DROP OPERATOR s.=== (int, int);
             ALTER SCHEMA s RENAME TO r; CREATE OPERATOR r.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
             DROP OPERATOR s.=== (int, int);"
        ),
        &["2:4:28 M409 no earlier migration creates an operator `s.===` for `int` and `int`"],
    );
}

#[test]
fn what_may_use_an_operator_is_in_doubt_after_a_cascade() {
    after_function(
        &format!(
            "{OPERATOR} CREATE VIEW v AS SELECT 1 === 2 AS x; DROP OPERATOR === (int, int) CASCADE;
             CREATE VIEW v AS SELECT 1 AS x;"
        ),
        &[],
    );
}

#[test]
fn guarded_operators_are_in_doubt() {
    after_function(
        &format!(
            "DO $$ BEGIN
               IF NOT EXISTS (SELECT 1 FROM pg_operator WHERE oprname = '===') THEN {OPERATOR} END IF;
             END $$;
             {OPERATOR}"
        ),
        &[],
    );
    after_function(
        &format!(
            "{OPERATOR}
             DO $$ BEGIN {OPERATOR} EXCEPTION WHEN duplicate_function THEN NULL; END $$;"
        ),
        &[],
    );
}
