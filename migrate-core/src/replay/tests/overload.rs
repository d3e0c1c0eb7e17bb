//! Functions that share a name: types of arguments say which one is called.

use super::check;

const FUNCTIONS: &str = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int, m mood);
    CREATE FUNCTION fits(m mood, n int) RETURNS bool LANGUAGE sql AS 'SELECT true';
    CREATE FUNCTION fits(m mood, n text) RETURNS bool LANGUAGE sql AS 'SELECT true';
    CREATE POLICY p ON t USING (fits('sad'::mood, id));
    CREATE VIEW v AS SELECT id FROM t WHERE fits('sad'::mood, id);
    CREATE VIEW w AS SELECT id FROM v;
    ALTER TABLE t DROP COLUMN m;";

#[test]
fn what_may_have_gone_with_a_function_needs_nothing() {
    let cascade = "DROP FUNCTION fits(mood, int) CASCADE;";
    let other = "DROP FUNCTION fits(mood, text) CASCADE;";
    check(&[FUNCTIONS, cascade, other, "DROP TYPE mood;"], &[]);
    check(
        &[FUNCTIONS, cascade, "CREATE VIEW v AS SELECT 1 AS id; CREATE VIEW w AS SELECT 1;"],
        &[],
    );
    check(&[FUNCTIONS, "DROP FUNCTION fits(mood, text) CASCADE; DROP POLICY p ON t;"], &[]);
    check(&[FUNCTIONS, "DROP TYPE mood CASCADE; CREATE POLICY p ON t USING (true);"], &[]);
}

#[test]
fn what_a_function_does_not_take_along_is_still_there() {
    check(
        &[
            FUNCTIONS,
            "CREATE POLICY q ON t USING (id > 0); DROP FUNCTION fits(mood, int) CASCADE;",
            "CREATE POLICY q ON t USING (true);",
        ],
        &["3:1:15 M408 `t` already has a policy `q`"],
    );
}
