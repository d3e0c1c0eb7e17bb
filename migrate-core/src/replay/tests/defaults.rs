//! Defaults of columns whose type changes: what is refused and what is taken was seen on a
//! Postgres 15.

use super::check;

fn refused(history: &str, column: &str, to: &str) {
    let found = super::replay(&[history]).0;
    let message =
        format!("M416 the default of `{column}` does not become `{to}`, whatever `USING` says");
    assert!(matches!(found.as_slice(), [only] if only.ends_with(&message)), "{history}: {found:?}");
}

#[test]
fn a_default_does_not_follow_using() {
    for (from, to) in [
        ("text DEFAULT '1'", "int"),
        ("varchar(10) DEFAULT 'x'", "boolean"),
        ("text DEFAULT '{}'", "jsonb"),
        ("text DEFAULT '{}'::text", "jsonb"),
        ("int DEFAULT 0", "boolean"),
        ("boolean DEFAULT false", "int"),
        ("timestamp DEFAULT now()", "bigint"),
        ("uuid DEFAULT gen_random_uuid()", "bigint"),
        ("date DEFAULT '2026-01-01'", "int"),
        ("jsonb DEFAULT '1'", "int"),
        ("serial", "uuid"),
        ("mood DEFAULT 'x'", "state"),
        ("text DEFAULT 'x'", "state"),
    ] {
        let types = "CREATE TYPE mood AS ENUM ('x'); CREATE TYPE state AS ENUM ('x');";
        refused(
            &format!(
                "{types} CREATE TABLE t (a {from}); ALTER TABLE t ALTER a TYPE {to} USING NULL;"
            ),
            "a",
            to,
        );
    }
    refused(
        "CREATE TABLE t (a text DEFAULT '1'); ALTER TABLE t ALTER a SET DEFAULT '7', ALTER a TYPE int USING 1;",
        "a",
        "int",
    );
    refused(
        "CREATE TYPE m AS ENUM ('x'); CREATE TABLE t (a m DEFAULT 'x'); ALTER TYPE m RENAME TO old;
         CREATE TYPE m AS ENUM ('x', 'y'); ALTER TABLE t ALTER a TYPE m USING a::text::m;",
        "a",
        "m",
    );
}

#[test]
fn other_defaults_follow() {
    for (from, to) in [
        ("text DEFAULT 1", "int"),
        ("text DEFAULT -1", "int"),
        ("text DEFAULT true", "boolean"),
        ("text DEFAULT (5)", "int"),
        ("text DEFAULT now()", "timestamptz"),
        ("text DEFAULT 'x'::mood", "mood"),
        ("text DEFAULT NULL", "int"),
        ("text DEFAULT NULL::text", "int"),
        ("text DEFAULT '{}'::jsonb", "jsonb"),
        ("json DEFAULT '{}'", "jsonb"),
        ("timestamp DEFAULT now()", "date"),
        ("int DEFAULT '0'", "bigint"),
        ("int DEFAULT 0", "text"),
        ("mood DEFAULT 'x'", "varchar(20)"),
        ("serial", "text"),
        ("bytea DEFAULT '\\x00'", "text"),
    ] {
        let types = "CREATE TYPE mood AS ENUM ('x');";
        check(
            &[&format!(
                "{types} CREATE TABLE t (a {from}); ALTER TABLE t ALTER a TYPE {to} USING NULL;"
            )],
            &[],
        );
    }
    // Dropped defaults go first; what a default was it stays when its column changes.
    check(
        &["CREATE TABLE t (a text DEFAULT '1', b int DEFAULT '5');
           ALTER TABLE t ALTER a TYPE int USING a::int, ALTER a DROP DEFAULT, ALTER a SET DEFAULT 1;
           ALTER TABLE t ALTER b TYPE text; ALTER TABLE t ALTER b TYPE int USING b::int;"],
        &[],
    );
    check(
        &["CREATE CAST (text AS uuid) WITH INOUT AS ASSIGNMENT;
           CREATE TABLE t (a text DEFAULT 'x'); ALTER TABLE t ALTER a TYPE uuid USING a::uuid;"],
        &[],
    );
}
