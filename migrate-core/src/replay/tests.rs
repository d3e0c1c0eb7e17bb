//! Histories in, findings out.

mod accepted;
mod both_sides;
mod built_in;
mod called;
mod casts;
mod defaults;
mod discarded;
mod domains;
mod dynamic;
mod elsewhere;
mod fields;
mod goes_along;
mod labels;
mod long_names;
mod looked_into;
mod namesakes;
mod operator_classes;
mod operators;
mod overload;
mod own_path;
mod pairs;
mod parameters;
mod partitions;
mod publications;
mod rare_forms;
mod refused;
mod required;
mod set_by_call;
mod strict;
mod system_rows;
mod values;

use crate::database::Database;
use crate::source::{SourceFile, SourceMap, SourceText};

use super::{Counts, replay_files};

/// Replays texts as the files of a history; each finding is `file:line:column code message`.
fn replay(files: &[&str]) -> (Vec<String>, Counts) {
    let mut sources = SourceMap::new("");
    for (index, text) in files.iter().enumerate() {
        let text = SourceText::new((*text).to_owned());
        sources.add(SourceFile { path: format!("{}", index + 1).into(), text });
    }
    let replay = replay_files(Database::Postgres, &[], &sources).expect("Postgres is built in");
    let findings = replay.findings.iter().map(|finding| {
        let (start, _) = finding.positions(&sources).expect("in a text");
        let path = finding.path(&sources).unwrap_or("");
        format!("{path}:{}:{} {} {}", start.line, start.column, finding.code.id(), finding.message)
    });
    (findings.collect(), replay.counts)
}

fn check(files: &[&str], expected: &[&str]) {
    assert_eq!(replay(files).0, expected, "{files:?}");
}

#[test]
fn a_history_that_applies_has_no_findings() {
    check(
        &[
            "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, \"camelCase\" int);
             CREATE UNIQUE INDEX ON users (\"camelCase\");
             CREATE TABLE posts (id uuid DEFAULT gen_random_uuid(), author int REFERENCES users);",
            "ALTER TABLE posts DROP CONSTRAINT posts_author_fkey, ADD COLUMN at timestamptz DEFAULT now();
             CREATE VIEW recent AS SELECT p.*, u.name FROM posts p JOIN users u ON u.id = p.author;
             SELECT name, count(*) AS n FROM recent GROUP BY name ORDER BY n;",
            "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3)
             INSERT INTO users (name) SELECT 'x' || n FROM t RETURNING id;
             INSERT INTO users (id, name) VALUES (1, 'a')
               ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE users.name <> excluded.name;",
        ],
        &[],
    );
}

#[test]
fn missing_names_are_found_where_they_stand() {
    check(
        &["CREATE TABLE users (id int);\nALTER TABLE user_ ADD COLUMN email text;"],
        &["1:2:13 M402 no earlier migration creates `user_`"],
    );
    check(
        &[
            "CREATE TABLE t (a int); CREATE POLICY p ON t USING (is_system AND current_user_id() = a);",
        ],
        &[
            "1:1:53 M403 `t` has no column `is_system`",
            "1:1:67 M404 no earlier migration creates the function `current_user_id`",
        ],
    );
    check(
        &["CREATE TABLE t (a mood);"],
        &["1:1:19 M405 no earlier migration creates the type `mood`"],
    );
    check(
        &[
            "CREATE TABLE t (a int);",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT b FROM t $$;",
        ],
        &["2:1:59 M403 `t` has no column `b`"],
    );
}

#[test]
fn a_fault_is_reported_once() {
    check(
        &["ALTER TABLE gone ADD COLUMN a int; UPDATE gone SET b = 1; DROP TABLE gone;"],
        &["1:1:13 M402 no earlier migration creates `gone`"],
    );
}

#[test]
fn what_is_created_twice_is_refused_unless_it_is_guarded() {
    check(
        &["CREATE TABLE t (a int);", "CREATE TABLE t (b int);"],
        &["2:1:14 M406 there is already a table `t`"],
    );
    check(
        &["CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN a int;"],
        &["1:1:50 M407 `t` already has a column `a`"],
    );
    check(
        &[
            "CREATE TABLE t (a int); CREATE TABLE IF NOT EXISTS t (b int); ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;",
        ],
        &[],
    );
}

#[test]
fn what_others_need_is_not_dropped() {
    check(
        &[
            "CREATE TABLE t (a int PRIMARY KEY); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t DROP COLUMN a;",
        ],
        &["1:1:97 M410 view `v` needs column `a` of `t`"],
    );
    check(
        &[
            "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE u (a int REFERENCES t); DROP TABLE t CASCADE; DROP TABLE u;",
        ],
        &[],
    );
}

#[test]
fn a_sequence_falls_with_the_column_that_owns_it() {
    let sequence = "CREATE TABLE t (a int); CREATE SEQUENCE s; ALTER SEQUENCE s OWNED BY t.a;";
    check(&[sequence, "DROP TABLE t;", sequence], &[]);
    check(
        &[sequence, "ALTER SEQUENCE s OWNED BY NONE; DROP TABLE t; CREATE SEQUENCE s;"],
        &["2:1:63 M408 there is already a sequence `s`"],
    );
}

#[test]
fn blocks_that_test_before_they_act_are_understood() {
    let guarded = "DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM information_schema.columns
                       WHERE table_name = 't' AND column_name = 'a') THEN
            ALTER TABLE t ADD COLUMN a int;
        END IF;
    END $$;";
    check(&["CREATE TABLE t (a int);", guarded], &[]);
    check(&["CREATE TABLE t (b int);", guarded, "SELECT a, b FROM t;"], &[]);
    check(
        &["DO $$ BEGIN CREATE TYPE mood AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
           CREATE TABLE t (m mood);"],
        &[],
    );
    check(
        &["CREATE TABLE t (b int); DO $$ BEGIN UPDATE t SET c = 1; END $$;"],
        &["1:1:50 M403 `t` has no column `c`"],
    );
}

#[test]
fn sql_that_is_built_is_read_as_far_as_it_is_known() {
    check(
        &[
            "CREATE TABLE t (a int);",
            "DO $$ DECLARE r record; BEGIN
               FOR r IN SELECT tablename FROM pg_tables LOOP
                 EXECUTE format('ALTER TABLE %I ADD COLUMN tenant uuid', r.tablename);
               END LOOP;
             END $$;",
            "SELECT tenant FROM t; SELECT other FROM t;",
        ],
        &["3:1:30 M403 `t` has no column `other`"],
    );
    // What cannot be read at all may have done anything.
    check(
        &["DO $$ BEGIN EXECUTE (SELECT string_agg(x, ';') FROM y); END $$; SELECT * FROM z;"],
        &[],
    );
}

#[test]
fn inserts_are_counted_and_conflicts_need_keys() {
    check(
        &["CREATE TABLE t (a int, b int); INSERT INTO t (a, b) VALUES (1, 2, 3);"],
        &["1:1:47 M411 3 values for 2 columns of `t`"],
    );
    check(
        &[
            "CREATE TABLE t (a int, b int); INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING;",
        ],
        &["1:1:74 M412 `t` has no unique key over `a`"],
    );
    check(
        &["CREATE TABLE t (a int); CREATE TABLE u (a int REFERENCES t (a));"],
        &["1:1:61 M412 `t` has no unique key over `a` to refer to"],
    );
}

#[test]
fn hostile_texts_end_in_bounded_answers() {
    let deep = format!("SELECT {}1{};", "(".repeat(20_000), ")".repeat(20_000));
    let long = format!("SELECT 1{};", " + 1".repeat(50_000));
    let many = "SELECT 1;".repeat(10_000);
    for text in [deep, long, many, "SELECT 'open".to_owned(), "\0\u{1}".to_owned()] {
        let (_, counts) = replay(&[&text]);
        assert_eq!(counts.total, counts.proved + counts.refuted + counts.opaque);
    }
}

/// Pieces from which texts of no sense are put together.
const PIECES: &[&str] = &[
    "CREATE TABLE t (",
    "a int",
    "PRIMARY KEY",
    ",",
    ")",
    ";",
    "ALTER TABLE t",
    "ADD COLUMN b text",
    "DROP COLUMN a",
    "RENAME TO u",
    "CASCADE",
    "SELECT",
    "FROM t",
    "WHERE",
    "(",
    "a = 1",
    "AS x",
    "JOIN",
    "USING (a)",
    "DO $$",
    "$$",
    "BEGIN",
    "END",
    "IF",
    "THEN",
    "ELSE",
    "LOOP",
    "FOR r IN",
    "EXECUTE",
    "format('%I %s', a)",
    "'é",
    "\"é",
    "||",
    "DECLARE x int :=",
    "EXCEPTION WHEN OTHERS",
    "CREATE VIEW v AS",
    "CREATE FUNCTION f() RETURNS int LANGUAGE",
    "sql AS",
    "plpgsql AS",
    "INSERT INTO t",
    "VALUES (1, 2)",
    "ON CONFLICT (a) DO UPDATE SET a = excluded.a",
    "WITH RECURSIVE c AS (",
    "UNION ALL",
    "CREATE TYPE e AS ENUM ('a')",
    "DROP TABLE t",
    "CREATE INDEX ON t",
    "/*",
    "*/",
    "--",
    "\n",
    "::regclass",
    ".",
];

proptest::proptest! {
    #[test]
    fn texts_of_no_sense_end_in_answers(picks in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let text: Vec<&str> = picks.iter().map(|pick| PIECES[*pick]).collect();
        let (_, counts) = replay(&[&text.join(" ")]);
        proptest::prop_assert_eq!(counts.total, counts.proved + counts.refuted + counts.opaque);
    }
}

#[test]
fn rows_of_composite_arrays_have_the_fields_of_the_type() {
    check(
        &["CREATE TYPE part AS (a int);
           CREATE FUNCTION f(p part[]) RETURNS SETOF int LANGUAGE sql
             AS $$ SELECT x.a FROM unnest(p) x $$;"],
        &[],
    );
    check(&["SELECT x.a FROM unnest('{1}'::int[]) x;"], &["1:1:10 M403 `x` has no column `a`"]);
}

#[test]
fn some_extensions_demand_their_schema() {
    check(
        &["CREATE SCHEMA extensions;
           CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA extensions;
           SELECT cron.schedule('x', '* * * * *', 'SELECT 1');"],
        &["1:2:63 M421 the extension `pg_cron` must be created in `pg_catalog`"],
    );
    check(
        &["CREATE SCHEMA extensions;
           CREATE EXTENSION pg_cron SCHEMA extensions CASCADE;
           CREATE EXTENSION citus WITH SCHEMA pg_catalog;
           CREATE EXTENSION citext WITH SCHEMA extensions;
           CREATE EXTENSION adminpack;"],
        &[],
    );
}

#[test]
fn a_path_through_the_schema_of_an_extension_finds_anything() {
    check(
        &["CREATE EXTENSION age; SET search_path = ag_catalog, public;
           SELECT create_graph('g'); CREATE TABLE t (v agtype);"],
        &[],
    );
}

#[test]
fn every_database_has_its_procedural_language() {
    check(
        &["ALTER EXTENSION plpgsql UPDATE; COMMENT ON EXTENSION plpgsql IS 'own';
           DROP EXTENSION plpgsql; ALTER EXTENSION citext UPDATE;"],
        &["1:2:52 M409 no earlier migration creates the extension `citext`"],
    );
}

#[test]
fn more_columns_than_a_table_can_have_are_not_listed() {
    let columns: Vec<_> = (0..5_000).map(|number| format!("c{number} int")).collect();
    let table = format!("CREATE TABLE w ({});", columns.join(", "));
    check(&[&table, "SELECT c4999, d FROM w; ALTER TABLE w ADD COLUMN e int;"], &[]);
}
