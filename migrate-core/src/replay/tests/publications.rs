//! Tables of publications: what is refused and what is taken was seen on a Postgres 15.

use super::check;

const TABLES: &str = "CREATE TABLE t (a int); CREATE TABLE u (a int);";

#[test]
fn a_table_is_in_a_publication_once() {
    check(
        &[TABLES, "CREATE PUBLICATION p FOR TABLE t; ALTER PUBLICATION p ADD TABLE t;"],
        &["2:1:65 M408 `t` is already in the publication `p`"],
    );
    check(
        &[TABLES, "CREATE PUBLICATION p; ALTER PUBLICATION p DROP TABLE t;"],
        &["2:1:54 M409 `t` is not in the publication `p`"],
    );
    check(
        &[TABLES, "CREATE PUBLICATION p FOR TABLE t, t; ALTER PUBLICATION p ADD TABLE ONLY u (a) WHERE (a > 0);
           ALTER PUBLICATION p DROP TABLE t; ALTER PUBLICATION p SET TABLE u; ALTER PUBLICATION p ADD TABLE t;
           ALTER PUBLICATION p RENAME TO q;
ALTER PUBLICATION q ADD TABLE t;"],
        &["2:4:31 M408 `t` is already in the publication `q`"],
    );
    check(
        &[
            TABLES,
            "CREATE PUBLICATION p FOR TABLE t; DROP TABLE t; CREATE TABLE t (a int);
           ALTER PUBLICATION p ADD TABLE t; DROP PUBLICATION p; CREATE PUBLICATION p FOR TABLE u;
           ALTER PUBLICATION p ADD TABLE t;",
        ],
        &[],
    );
}

#[test]
fn what_is_in_a_publication_may_be_unknown() {
    check(
        &[TABLES, "CREATE PUBLICATION p FOR TABLES IN SCHEMA public; ALTER PUBLICATION p ADD TABLE t;
           CREATE TABLE c () INHERITS (t); CREATE PUBLICATION q FOR TABLE ONLY t; ALTER PUBLICATION q ADD TABLE c;
           DO $$ BEGIN EXECUTE format('ALTER PUBLICATION r ADD TABLE %I', 'u'); END $$;"],
        &["2:3:32 M409 no earlier migration creates the publication `r`"],
    );
    check(
        &[TABLES, "CREATE PUBLICATION p FOR TABLE t (b);"],
        &["2:1:35 M403 `t` has no column `b`"],
    );
}
