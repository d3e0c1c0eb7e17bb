//! Paths that a call sets: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const SIDE: &str = "CREATE SCHEMA side; CREATE TABLE side.inside (id int);
CREATE FUNCTION side.config(s text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM set_config('search_path', s || ', public', false); END $$;
CREATE FUNCTION side.plain() RETURNS void LANGUAGE plpgsql AS $$
BEGIN SET search_path TO side; END $$;";

#[test]
fn a_call_may_set_the_path() {
    for call in [
        "SELECT side.config('side');",
        "SELECT side.plain();",
        "SELECT set_config('search_path', 'si' || 'de', false);",
    ] {
        check(&[SIDE, &format!("{call} SELECT id FROM inside;")], &[]);
    }
    check(
        &[SIDE, "SELECT id FROM inside;"],
        &["2:1:16 M402 no earlier migration creates `inside`, only `side.inside`"],
    );
}
