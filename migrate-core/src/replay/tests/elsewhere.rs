//! What a search path, a kind or a constructor leaves open.

use super::check;

#[test]
fn a_path_that_may_live_on_leaves_open_where_things_go() {
    // Whether the second file's table is `a.t` or `public.t` depends on the tool.
    check(
        &[
            "CREATE SCHEMA a; SET search_path = a;",
            "CREATE TABLE t (id int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "SELECT id FROM a.t; SELECT a.f(); ALTER TABLE public.t ADD COLUMN id int;
             SELECT * FROM a.nothing;",
        ],
        &["3:2:28 M402 no earlier migration creates `a.nothing`"],
    );
    check(
        &[
            "CREATE SCHEMA a; CREATE TABLE t (id int); CREATE TABLE a.t (id int); SET search_path = a;",
            "DROP TABLE t; CREATE TABLE t (n int);",
            "CREATE TABLE public.t (id int);",
        ],
        &[],
    );
    // With such a path nothing is created by a bare name, so the default one holds.
    check(
        &[
            "SELECT pg_catalog.set_config('search_path', '', false);",
            "CREATE TABLE t (id int); CREATE TABLE t (id int);",
        ],
        &["2:1:39 M406 there is already a table `t`"],
    );
}

#[test]
fn a_type_may_be_the_row_of_a_table_elsewhere() {
    check(
        &[
            "CREATE SCHEMA a; SET search_path = a; CREATE TABLE logs (id int);",
            "CREATE FUNCTION f(entry logs) RETURNS int LANGUAGE sql AS 'SELECT 1';",
        ],
        &[],
    );
}

#[test]
fn ranges_bring_their_constructors() {
    check(
        &[
            "CREATE TYPE span AS RANGE (subtype = float8);
             CREATE TYPE timerange AS RANGE (subtype = time, multirange_type_name = timeranges);
             CREATE TABLE t (a span DEFAULT span(1, 2), b span_multirange, c timeranges);
             SELECT timerange('10:00', '11:00'), timeranges(), span_multirange(span(1, 2));",
            "CREATE TABLE u (a span_ranges);",
        ],
        &["2:1:19 M405 no earlier migration creates the type `span_ranges`"],
    );
}

#[test]
fn conditions_ask_for_kinds() {
    let drop = "DO $$ BEGIN
            IF EXISTS (SELECT 1 FROM pg_matviews WHERE matviewname = 'v') THEN
                DROP MATERIALIZED VIEW v;
            ELSIF EXISTS (SELECT FROM pg_class WHERE relname = 'v' AND relkind = 'v') THEN
                DROP VIEW v;
            END IF;
            IF EXISTS (SELECT FROM information_schema.tables
                       WHERE table_name = 't' AND table_type = 'VIEW') THEN
                DROP VIEW t;
            END IF;
        END $$;";
    let again = "CREATE TABLE v (id int); DROP MATERIALIZED VIEW v;";
    let fault = "3:1:49 M409 `v` is a table, not a materialized view";
    check(&["CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t;", drop, again], &[fault]);
    check(
        &["CREATE TABLE t (id int); CREATE MATERIALIZED VIEW v AS SELECT id FROM t;", drop, again],
        &[fault],
    );
}

#[test]
fn what_is_of_one_kind_or_another_can_be_dropped_as_either() {
    check(
        &[
            "CREATE TABLE t (id int);
             DO $$ BEGIN
                 IF current_setting('server_version_num')::int > 160000 THEN
                     CREATE VIEW v AS SELECT id FROM t;
                 ELSE
                     CREATE MATERIALIZED VIEW v AS SELECT id FROM t;
                 END IF;
             END $$;",
            "DROP MATERIALIZED VIEW v;",
        ],
        &[],
    );
}

#[test]
fn a_path_of_the_transaction_ends_with_it() {
    let made = "CREATE SCHEMA own; BEGIN; SET LOCAL search_path TO own; CREATE TABLE t (a int);
        COMMIT; CREATE TABLE t (b int); SELECT b FROM t; SELECT a FROM own.t;";
    check(&[made], &[]);
    let called = made
        .replace("SET LOCAL search_path TO own", "SELECT set_config('search_path', 'own', true)");
    check(&[&called], &[]);
    check(
        &["CREATE SCHEMA own; BEGIN; SET LOCAL search_path TO own; CREATE TABLE t (a int);
           END; SELECT a FROM t;"],
        &["1:2:31 M402 no earlier migration creates `t`, only `own.t`"],
    );
}
