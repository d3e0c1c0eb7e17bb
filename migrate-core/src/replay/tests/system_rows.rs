//! Rows of the server's own tables that are changed by hand.
//!
//! `PostgreSQL` 15 took and refused these, for a superuser.

use super::both_sides::{Case, check_sides};

const CASES: &[Case] = &[Case {
    before: "CREATE TYPE en AS ENUM ('a', 'b'); CREATE TYPE c AS (x int); CREATE TABLE t (a int, CONSTRAINT k CHECK (a > 0)); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
    taken: &[
        "DELETE FROM pg_enum WHERE enumlabel = 'a' AND enumtypid = 'en'::regtype; ALTER TYPE en ADD VALUE 'a'",
        "UPDATE pg_catalog.pg_enum SET enumlabel = 'z' WHERE enumlabel = 'a'; ALTER TYPE en RENAME VALUE 'z' TO 'y'; ALTER TYPE en ADD VALUE 'a'",
        "DO $$ BEGIN DELETE FROM pg_enum WHERE enumlabel = 'a'; END $$; ALTER TYPE en ADD VALUE 'a'",
        "CREATE FUNCTION d() RETURNS void LANGUAGE sql AS $$ DELETE FROM pg_enum WHERE enumlabel = 'a' $$; SELECT d(); ALTER TYPE en ADD VALUE 'a'",
        "CREATE FUNCTION h() RETURNS int LANGUAGE sql AS 'SELECT 1'; DELETE FROM pg_proc WHERE proname = 'h'; CREATE FUNCTION h() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "UPDATE pg_proc SET proname = 'h' WHERE proname = 'f'; ALTER FUNCTION h() STABLE",
        "UPDATE pg_trigger SET tgname = 'z' WHERE tgname = 'g'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); DROP TRIGGER z ON t",
        "CREATE CAST (en AS text) WITH INOUT AS IMPLICIT; DELETE FROM pg_cast WHERE castsource = 'en'::regtype; CREATE CAST (en AS text) WITH INOUT AS IMPLICIT",
        "UPDATE pg_attribute SET attname = 'b' WHERE attrelid = 't'::regclass AND attname = 'a'; SELECT b FROM t; ALTER TABLE t ADD a text",
        "UPDATE pg_class SET relname = 'u' WHERE relname = 't'; UPDATE pg_type SET typname = 'u' WHERE typname = 't'; SELECT * FROM u; CREATE TABLE t (a int)",
        "CREATE SCHEMA s; UPDATE pg_namespace SET nspname = 'r' WHERE nspname = 's'; CREATE SCHEMA s; CREATE TABLE r.t (a int)",
        "UPDATE pg_type SET typname = 'en2' WHERE typname = 'en'; CREATE TABLE v (e en2); CREATE TYPE en AS ENUM ('c')",
        "UPDATE pg_constraint SET conname = 'l' WHERE conname = 'k'; ALTER TABLE t ADD CONSTRAINT k CHECK (a > 1); ALTER TABLE t DROP CONSTRAINT l",
    ],
    refused: &[
        "DELETE FROM pg_enum WHERE enumlabel = 'a'; CREATE TYPE en AS ENUM ('c')",
        "DELETE FROM pg_enum WHERE enumlabel = 'zz'; CREATE TYPE e2 AS ENUM ('a'); ALTER TYPE e2 ADD VALUE 'a'",
        "CREATE TABLE pg_enum2 (a int); DELETE FROM pg_enum2; ALTER TYPE en ADD VALUE 'a'",
        "UPDATE pg_enum SET enumsortorder = 9 WHERE enumlabel = 'a'; ALTER TYPE en ADD VALUE 'a'",
        "UPDATE pg_proc SET provolatile = 'i' WHERE proname = 'f'; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "UPDATE pg_attribute SET atttypmod = 20 WHERE attname = 'zz'; SELECT b FROM t",
        "UPDATE pg_trigger SET tgenabled = 'D'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "DELETE FROM pg_cast WHERE castsource = 'en'::regtype; CREATE TABLE t (b int)",
        "UPDATE pg_attribute SET attname = 'b' WHERE attrelid = 't'::regclass AND attname = 'a'; CREATE TABLE t (b int)",
    ],
}];

#[test]
fn what_system_tables_hold_may_have_changed() {
    check_sides(CASES);
}
