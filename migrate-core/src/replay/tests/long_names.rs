//! Names that are longer than the server keeps: a Postgres 15 judged every case.

use super::replay;

/// 63 bytes, which the names below begin with.
const KEPT: &str = "a_name_that_is_so_long_that_the_server_keeps_no_more_than_this1";

fn judge(text: &str) -> Vec<String> {
    replay(&[&text.replace("LONG", &format!("{KEPT}_and_more")).replace("KEPT", KEPT)]).0
}

#[test]
fn a_long_name_is_asked_for_as_it_was_cut() {
    let accepted = [
        "CREATE TABLE t (a int, CONSTRAINT LONG CHECK (a > 0)); DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'LONG') THEN ALTER TABLE t ADD CONSTRAINT LONG CHECK (a > 0); END IF; END $$",
        "CREATE TABLE LONG (a int); DO $$ BEGIN IF to_regclass('LONG') IS NULL THEN CREATE TABLE LONG (a int); END IF; END $$",
        "CREATE TABLE LONG (a int); DO $$ BEGIN IF NOT EXISTS (SELECT FROM information_schema.tables WHERE table_name = 'LONG') THEN CREATE TABLE LONG (a int); END IF; END $$",
        "CREATE SEQUENCE LONG; SELECT nextval('LONG'), nextval('KEPT')",
        "CREATE TABLE LONG (a int); SELECT 'public.LONG'::regclass",
    ];
    for text in accepted {
        assert_eq!(judge(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_long_text_is_no_name_and_is_not_cut() {
    let refused = judge(
        "CREATE TABLE t (a int, CONSTRAINT LONG CHECK (a > 0)); DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'LONG'::text) THEN ALTER TABLE t ADD CONSTRAINT LONG CHECK (a > 0); END IF; END $$",
    );
    assert_eq!(refused.len(), 1, "{refused:?}");
}
