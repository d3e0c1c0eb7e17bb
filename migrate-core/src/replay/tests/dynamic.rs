//! SQL in variables, along the ways that code can take.

use super::check;

#[test]
fn a_variable_holds_what_one_branch_or_the_other_assigned() {
    let either = "DO $$
        DECLARE s text;
        BEGIN
            IF current_setting('server_version_num')::int > 1 THEN
                s := 'CREATE TABLE a (id int)';
            ELSE
                s := 'CREATE TABLE b (id int)';
            END IF;
            EXECUTE s;
        END $$;";
    check(
        &[either, "INSERT INTO a (id) VALUES (1); INSERT INTO b (id) VALUES (1); SELECT 1 FROM c;"],
        &["2:1:77 M402 no earlier migration creates `c`"],
    );
}

#[test]
fn a_loop_comes_round_to_its_own_assignments() {
    check(
        &[
            "DO $$
             DECLARE s text := 'CREATE TABLE a';
             BEGIN
                 FOR i IN 1..2 LOOP
                     EXECUTE s || ' (id int)';
                     s := 'CREATE TABLE b';
                 END LOOP;
             END $$;",
            "INSERT INTO b (id) VALUES (1);",
        ],
        &[],
    );
}

#[test]
fn an_error_may_come_before_or_after_an_assignment() {
    check(
        &[
            "DO $$
             DECLARE s text := 'a';
             BEGIN
                 BEGIN
                     s := 'b';
                     PERFORM 1 / 0;
                     s := 'c';
                 EXCEPTION WHEN OTHERS THEN
                     EXECUTE 'CREATE TABLE ' || s || ' (id int)';
                 END;
             END $$;",
            "INSERT INTO b (id) VALUES (1);",
        ],
        &[],
    );
}

#[test]
fn a_table_that_is_put_together_has_columns_that_nobody_lists() {
    check(
        &[
            "DO $$
             DECLARE c text;
             BEGIN
                 SELECT string_agg(x || ' int', ', ') INTO c FROM unnest(ARRAY['p', 'q']) x;
                 EXECUTE 'CREATE TABLE a (' || c || ')';
             END $$;",
            "INSERT INTO a (p) VALUES (1); ALTER TABLE a DROP COLUMN q; SELECT 1 FROM b;",
        ],
        &["2:1:74 M402 no earlier migration creates `b`"],
    );
}

#[test]
fn texts_are_put_together_by_calls() {
    check(
        &[
            "DO $$
             DECLARE s text := 't';
             BEGIN
                 EXECUTE (concat('CREATE TABLE ', s, ' (id int)'));
                 EXECUTE format(('ALTER TABLE %I ' || 'ADD COLUMN %I int'), s, 'x');
                 EXECUTE concat_ws(' ', 'ALTER TABLE', s, 'ADD COLUMN y int');
             END $$;",
            "INSERT INTO t (id, x, y) VALUES (1, 2, 3); SELECT z FROM t;",
        ],
        &["2:1:51 M403 `t` has no column `z`"],
    );
}

#[test]
fn what_a_policy_is_for_may_be_known_at_run_time_only() {
    check(
        &[
            "CREATE TABLE t (id int);
             CREATE FUNCTION guard(p text, kind text) RETURNS void LANGUAGE plpgsql AS $$
             DECLARE s text;
             BEGIN
                 IF (SELECT true FROM pg_policies WHERE policyname = p) THEN
                     s := 'ALTER POLICY ' || quote_ident(p) || ' ON t';
                 ELSE
                     s := 'CREATE POLICY ' || quote_ident(p) || ' ON t FOR ' || kind;
                 END IF;
                 EXECUTE s || ' USING (true)';
             END $$;",
            "SELECT guard('p', 'select'); SELECT guard('p', 'select');",
            "DROP POLICY p ON t; SELECT z FROM t;",
        ],
        &["3:1:28 M403 `t` has no column `z`"],
    );
}

#[test]
fn a_case_statement_ends_with_its_own_words() {
    check(
        &[
            "DO $$
             DECLARE kind text := 'a';
             BEGIN
                 CASE kind
                     WHEN 'a' THEN EXECUTE 'CREATE TABLE t (id int)';
                     ELSE RAISE EXCEPTION 'no such kind';
                 END CASE;
                 CREATE TABLE u (id int);
             END $$;",
            "SELECT id FROM t; SELECT id FROM u; SELECT z FROM u;",
        ],
        &["2:1:44 M403 `u` has no column `z`"],
    );
}

#[test]
fn a_quoted_value_is_what_it_is_or_anything() {
    let tracked = "CREATE TABLE t (id int);
        CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE FUNCTION track(target regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            EXECUTE 'CREATE TRIGGER tr AFTER INSERT ON ' || target
                || ' FOR EACH ROW EXECUTE FUNCTION noop()';
        END $$;";
    for known in ["'t'", "format('%s', 't')"] {
        let run = format!(
            "DO $$ BEGIN EXECUTE 'SELECT track(' || quote_literal({known}) || ')'; END $$;"
        );
        check(&[tracked, &run, "DROP TRIGGER tr ON t;"], &[]);
    }
    let all = "DO $$ DECLARE name text; BEGIN
            FOREACH name IN ARRAY ARRAY['t', 'u'] LOOP
                EXECUTE 'SELECT track(' || quote_literal(name) || ')';
            END LOOP;
        END $$;";
    check(&[tracked, all, "DROP TRIGGER tr ON t;"], &[]);
}

#[test]
fn values_of_a_type_may_be_known_at_run_time_only() {
    let add = "DO $$ DECLARE one text := (SELECT 'b'); two text := (SELECT 'c'); BEGIN
            EXECUTE format('ALTER TYPE mood ADD VALUE %L', one);
            EXECUTE format('ALTER TYPE mood ADD VALUE %L', two);
            EXECUTE format('ALTER TYPE mood ADD VALUE %L', 'd');
        END $$;";
    check(
        &["CREATE TYPE mood AS ENUM ('a');", add, "ALTER TYPE mood RENAME VALUE 'b' TO 'e';"],
        &[],
    );
}

#[test]
fn a_value_that_is_put_in_may_be_of_any_kind() {
    check(
        &[
            "CREATE TABLE t (a int, b boolean, c text);",
            "DO $$ DECLARE r record; BEGIN
                FOR r IN SELECT 1 AS id LOOP
                    EXECUTE format('INSERT INTO t (a, b, c) VALUES (%s)', r.id || ', true, 1');
                    EXECUTE 'UPDATE t SET a = ''' || r.id || ''' WHERE b';
                    EXECUTE 'SELECT ' || r.id || ' FROM t ORDER BY 3';
                END LOOP;
            END $$;",
        ],
        &[],
    );
}

#[test]
fn a_guard_that_puts_a_name_together_is_not_about_its_first_text() {
    let tables = "CREATE SCHEMA aside; CREATE TABLE a (id int); CREATE TABLE b (id int);";
    let guards = [
        "to_regclass(format('public.%I', t)) IS NOT NULL",
        "to_regclass(concat('public.', t)) IS NOT NULL",
        "to_regclass('public.' || t) IS NOT NULL",
        "EXISTS (SELECT 1 FROM pg_tables WHERE tablename = format('%s', t))",
        "EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass(format('public.%s', t)))",
    ];
    for guard in guards {
        let moved = format!(
            "DO $$ DECLARE t text;
             BEGIN
                 FOREACH t IN ARRAY array['a', 'b'] LOOP
                     IF {guard} THEN
                         EXECUTE format('ALTER TABLE public.%I SET SCHEMA aside', t);
                     END IF;
                 END LOOP;
             END $$;"
        );
        check(&[tables, &moved, "REVOKE ALL ON TABLE aside.a, aside.b FROM public;"], &[]);
    }
}
