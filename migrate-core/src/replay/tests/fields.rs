//! `field(row)` in place of `row.field`: what is refused and what is taken was seen on a
//! Postgres 15.

use super::check;

const PAIR: &str = "CREATE TYPE pair AS (lo int, hi int);
CREATE TABLE t (id int, p pair, note text);";

#[test]
fn fields_are_read_like_functions() {
    for taken in [
        "CREATE FUNCTION f(p pair) RETURNS int LANGUAGE sql AS 'SELECT lo($1) + hi(p)';",
        "CREATE FUNCTION f(t[]) RETURNS text LANGUAGE sql AS 'SELECT note($1[1])';",
        "SELECT lo(p) FROM t; SELECT lo(t.p) FROM t; SELECT note(x.*) FROM t x;",
        "SELECT lo(row(1, 2)::pair); SELECT lo((SELECT p FROM t LIMIT 1));",
        "SELECT lo(coalesce(p, NULL)) FROM t; SELECT hi(CASE WHEN id = 1 THEN p END) FROM t;",
        "CREATE INDEX i ON t (lo(p)); ALTER TABLE t ADD CHECK (lo(p) > 0);",
        "CREATE POLICY pol ON t USING (lo(p) > 0);",
    ] {
        check(&[PAIR, taken], &[]);
    }
}

#[test]
fn other_values_have_no_fields() {
    for refused in ["SELECT lo(id) FROM t;", "SELECT lo(1);", "SELECT lo('x');"] {
        check(&[PAIR, refused], &["2:1:8 M404 no earlier migration creates the function `lo`"]);
    }
    check(
        &[PAIR, "SELECT up(p) FROM t;"],
        &["2:1:8 M404 no earlier migration creates the function `up`"],
    );
    check(
        &[PAIR, "SELECT public.lo(p) FROM t;"],
        &["2:1:8 M404 no earlier migration creates the function `public.lo`"],
    );
}
