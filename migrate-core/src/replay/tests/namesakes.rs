//! Bare names that may mean one of several relations, since an earlier file set the path and tools
//! differ in whether that lives on. A Postgres 15 took everything that is taken here, in one session
//! or in two.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[Case {
    before: "CREATE SCHEMA side; CREATE TABLE side.towns (id int, old int); CREATE TABLE towns (id int, old int);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE FUNCTION g() RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE TRIGGER t BEFORE INSERT ON towns FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON towns USING (g());
        CREATE VIEW v AS SELECT id FROM towns; CREATE VIEW side.v AS SELECT id FROM towns; SET search_path = public, side",
    taken: &[
        "DROP TRIGGER t ON towns; DROP FUNCTION f()",
        "DROP POLICY p ON towns; DROP FUNCTION g()",
        "CREATE TRIGGER u BEFORE INSERT ON towns FOR EACH ROW EXECUTE FUNCTION f(); DROP TRIGGER u ON public.towns",
        "CREATE POLICY q ON towns USING (true); DROP POLICY q ON public.towns",
        "ALTER TABLE towns DROP COLUMN old; ALTER TABLE public.towns ADD COLUMN old text",
        "ALTER TABLE towns RENAME TO cities; SELECT id FROM public.cities; CREATE TABLE public.towns (a int)",
        "DROP VIEW v; ALTER TABLE public.towns DROP COLUMN id CASCADE",
    ],
    refused: &["SELECT nope FROM public.towns", "DROP FUNCTION f()"],
}];

#[test]
fn what_is_done_to_one_of_several_is_done_to_any() {
    check_sides(CASES);
}
