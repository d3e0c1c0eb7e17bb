//! A database before, what is done to it, and how it then differs.

use super::differences;
use crate::database::Database::{self, Mysql, Postgres, Sqlite};
use crate::replay::dialect::dialect_of;
use crate::replay::engine::Engine;
use crate::source::{SourceFile, SourceMap, SourceText};

fn check(database: Database, before: &str, then: &[&str], expected: &[&str]) {
    let dialect = dialect_of(database).expect("it is built in");
    let mut engine = Engine::new(database, dialect);
    let mut sources = SourceMap::new("");
    let mut run = |engine: &mut Engine, text: &str| {
        let text = SourceText::new(text.to_owned());
        let file = sources.add(SourceFile { path: "1.sql".into(), text });
        engine.file(file, sources.text(file), 0);
    };
    run(&mut engine, before);
    let want = engine.catalog.clone();
    for text in then {
        run(&mut engine, text);
    }
    let found = differences(database, dialect, &engine.catalog, &want);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{database}: {before} {then:?}");
}

#[test]
fn what_is_undone_is_no_difference() {
    let before = "CREATE TABLE t (a int PRIMARY KEY, b text);";
    for database in Database::ALL {
        check(database, before, &["CREATE TABLE u (a int);", "DROP TABLE u;"], &[]);
        check(database, before, &["ALTER TABLE t RENAME TO u;", "ALTER TABLE u RENAME TO t;"], &[]);
        check(
            database,
            before,
            &["ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t ADD COLUMN b text;"],
            &[],
        );
        check(
            database,
            before,
            &["DROP TABLE t;", "CREATE TABLE t (b text, a int PRIMARY KEY);"],
            &[],
        );
    }
}

#[test]
fn tables_and_columns_that_are_forgotten_are_listed() {
    let before = "CREATE TABLE t (a int, b int);";
    for database in Database::ALL {
        check(
            database,
            before,
            &["CREATE TABLE u (a int); ALTER TABLE t ADD COLUMN c int;"],
            &["column `t.c` is left behind", "table `u` is left behind"],
        );
        check(database, before, &["DROP TABLE t;"], &["table `t` is missing"]);
        check(database, before, &["ALTER TABLE t DROP COLUMN b;"], &["column `t.b` is missing"]);
    }
}

#[test]
fn a_column_has_a_type_a_default_and_may_be_null() {
    check(
        Postgres,
        "CREATE TABLE t (a varchar(20) NOT NULL DEFAULT 'x');",
        &["ALTER TABLE t ALTER a TYPE text, ALTER a DROP NOT NULL, ALTER a DROP DEFAULT;"],
        &[
            "the type of column `t.a` is `text`, and was `varchar(20)`",
            "column `t.a` is nullable, and was `NOT NULL`",
            "the default of column `t.a` is none, and was `'x'`",
        ],
    );
    check(
        Postgres,
        "CREATE TABLE t (id serial, a varchar(20) DEFAULT 'x');",
        &["ALTER TABLE t ALTER id TYPE bigint; ALTER TABLE t ALTER id TYPE integer;
           ALTER TABLE t ALTER a SET DEFAULT 'x'::character varying;"],
        &[],
    );
    check(
        Mysql,
        "CREATE TABLE t (a varchar(20) NOT NULL);",
        &["ALTER TABLE t MODIFY a varchar(30);"],
        &[
            "the type of column `t.a` is `varchar(30)`, and was `varchar(20)`",
            "column `t.a` is nullable, and was `NOT NULL`",
        ],
    );
}

#[test]
fn indexes_and_constraints_are_compared() {
    let before = "CREATE TABLE u (a int PRIMARY KEY);
                  CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);";
    check(Sqlite, before, &["DROP INDEX i;"], &["index `i` on `t` is missing"]);
    check(
        Postgres,
        before,
        &["DROP INDEX i; CREATE UNIQUE INDEX i ON t (a);"],
        &["index `i` on `t` is not what it was"],
    );
    check(
        Postgres,
        before,
        &["ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u, ADD UNIQUE (b);"],
        &["constraint `t_b_key` of `t` is left behind", "constraint `f` of `t` is left behind"],
    );
    check(Mysql, before, &["DROP INDEX i ON t;"], &["index `i` on `t` is missing"]);
    check(
        Postgres,
        "CREATE TABLE t (a text CONSTRAINT c CHECK (a IN ('x')));",
        &["ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a IN ('x', 'y'));"],
        &["constraint `c` of `t` is not what it was"],
    );
    check(
        Postgres,
        "CREATE TABLE u (a int PRIMARY KEY); CREATE TABLE t (a int REFERENCES u);",
        &["DROP TABLE t;", "CREATE TABLE t (a int REFERENCES u (a) ON DELETE CASCADE);"],
        &["constraint `t_a_fkey` of `t` is not what it was"],
    );
}

#[test]
fn definitions_are_compared_by_their_tokens() {
    let function = |body: &str| {
        format!("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$ {body} $$;")
    };
    let same = "create function public.f() returns int as 'select 1' language sql;";
    check(
        Postgres,
        &function("SELECT 1"),
        &[&function("SELECT 2")],
        &["function `f` is not what it was"],
    );
    check(Postgres, &function("SELECT 1"), &["DROP FUNCTION f();", same], &[]);
    check(
        Postgres,
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t;",
        &["CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE b = 1;"],
        &["view `v` is not what it was"],
    );
    check(
        Postgres,
        "CREATE TABLE t (a int); CREATE POLICY p ON t USING (a = 1);",
        &["DROP POLICY p ON t; CREATE POLICY p ON t FOR ALL TO PUBLIC USING (a = 1);"],
        &[],
    );
}

#[test]
fn types_policies_and_extensions_are_compared() {
    check(
        Postgres,
        "CREATE TYPE mood AS ENUM ('x'); CREATE TABLE t (m mood);",
        &["ALTER TYPE mood ADD VALUE 'y'; CREATE EXTENSION citext; CREATE EXTENSION IF NOT EXISTS hstore;
           CREATE POLICY p ON t USING (true); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"],
        &[
            "row-level security of `t` is enabled, and was disabled",
            "value `y` of type `mood` is left behind",
            "policy `p` on `t` is left behind",
            "extension `citext` is left behind",
        ],
    );
}

#[test]
fn what_is_uncertain_is_no_difference() {
    check(
        Postgres,
        "CREATE TABLE t (a int);",
        &["DO $$ BEGIN IF (SELECT count(*) FROM t) > 1 THEN
             ALTER TABLE t ADD COLUMN b int; ALTER TABLE t ALTER a SET NOT NULL;
             CREATE TABLE u (a int);
           END IF; END $$;"],
        &[],
    );
    check(
        Postgres,
        "",
        &["DO $$ BEGIN EXECUTE (SELECT x FROM y); END $$; CREATE TABLE t (a int);"],
        &[],
    );
}

#[test]
fn a_function_may_name_its_types_otherwise() {
    let other = "CREATE OR REPLACE FUNCTION f(a int) RETURNS double precision
        LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN a; END $$;";
    let before = "CREATE FUNCTION f(a integer) RETURNS float AS $$ BEGIN RETURN a; END $$
        LANGUAGE plpgsql IMMUTABLE;";
    check(Postgres, before, &[other], &[]);
    let real = &other.replace("double precision", "real").replace("OR REPLACE ", "");
    check(Postgres, before, &["DROP FUNCTION f(int);", real], &["function `f` is not what it was"]);
}

#[test]
fn a_default_follows_the_value_of_its_enum() {
    check(
        Postgres,
        "CREATE TYPE mood AS ENUM ('low', 'high');
         CREATE TABLE t (m mood DEFAULT 'low', n text DEFAULT 'low');
         ALTER TYPE mood RENAME VALUE 'low' TO 'Low';",
        &[
            "ALTER TABLE t ALTER COLUMN m DROP DEFAULT;",
            "ALTER TABLE t ALTER COLUMN m SET DEFAULT 'Low', ALTER COLUMN n SET DEFAULT 'low';",
        ],
        &[],
    );
}

#[test]
fn checks_without_a_name_are_told_apart_by_what_they_say() {
    let before = "CREATE TABLE t (a int, b int CHECK (b = 1), c int CHECK (c = 2));";
    let added = "ALTER TABLE t ADD COLUMN d int;";
    check(Sqlite, before, &[added, "ALTER TABLE t DROP COLUMN d;"], &[]);
    let other = "DROP TABLE t; CREATE TABLE t (a int, b int CHECK (b = 1), c int CHECK (c = 3));";
    check(Sqlite, before, &[other], &["a check of `t` is not what it was"]);
}

#[test]
fn operators_that_are_forgotten_are_listed() {
    let before = "CREATE FUNCTION f(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = f);";
    let more = "CREATE OPERATOR ==== (LEFTARG = int, RIGHTARG = int, FUNCTION = f);";
    check(Postgres, before, &[more], &["operator `====` is left behind"]);
    check(Postgres, before, &[more, "DROP OPERATOR ==== (int, int);"], &[]);
    check(Postgres, before, &["DROP OPERATOR === (int, int);"], &["operator `===` is missing"]);
    check(Postgres, before, &["DO $$ BEGIN EXECUTE f('CREATE OPERATOR'); END $$;", more], &[]);
}
