//! Functions in, warnings out.

use crate::database::Database;
use crate::diagnostics::{Code, Severity};
use crate::replay::replay_files;
use crate::source::{SourceFile, SourceMap, SourceText};

/// The warnings of a history, each `line:column` and what follows `a call of … fails here: `.
#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let mut sources = SourceMap::new("");
    let text = SourceText::new(sql.to_owned());
    sources.add(SourceFile { path: "1".into(), text });
    let replay = replay_files(Database::Postgres, &[], &sources).expect("Postgres is built in");
    let found = replay.findings.iter().map(|finding| {
        assert_eq!((finding.code, finding.severity()), (Code::M420, Severity::Warning), "{sql}");
        let (start, _) = finding.positions(&sources).expect("in a text");
        let (_, what) = finding.message.split_once("fails here: ").expect("as all of them");
        format!("{}:{} {what}", start.line, start.column)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected, "{sql}");
}

/// A function with a body.
fn function(body: &str) -> String {
    format!(
        "CREATE TABLE users (id int, name text);\nCREATE FUNCTION f(_id int) RETURNS int \
         LANGUAGE plpgsql AS $$ {body} $$;"
    )
}

#[test]
fn a_missing_name_is_a_warning_where_it_stands() {
    for (body, expected) in [
        ("BEGIN\nDELETE FROM posts; END", "3:13 no earlier migration creates `posts`"),
        ("BEGIN\nUPDATE users SET mail = 1; END", "3:18 `users` has no column `mail`"),
        (
            "BEGIN\nPERFORM notify_all(1); END",
            "3:9 no earlier migration creates the function `notify_all`",
        ),
        ("BEGIN\nRETURN (SELECT mail FROM users); END", "3:16 `users` has no column `mail`"),
        (
            "BEGIN\nRETURN QUERY SELECT u.mail FROM users u; END",
            "3:23 `users` has no column `mail`",
        ),
        (
            "BEGIN\nIF _id > 1 THEN INSERT INTO log VALUES (1); END IF; END",
            "3:29 no earlier migration creates `log`",
        ),
    ] {
        check(&function(body), &[expected]);
    }
}

#[test]
fn what_can_be_found_is_silent() {
    for body in [
        "DECLARE u users; n int := 1; BEGIN SELECT * INTO u FROM users WHERE id = _id AND n = f._id;
         FOR u IN SELECT id FROM users LOOP n := u.id; END LOOP; RETURN n; END",
        "BEGIN NEW.changed := now(); IF tg_op = 'x' THEN RETURN OLD; END IF; RETURN NEW; END",
        "BEGIN RETURN count(*) FROM users; END",
    ] {
        check(&function(body), &[]);
    }
}

#[test]
fn only_the_end_of_the_history_counts() {
    let before = function("BEGIN DELETE FROM posts; END");
    check(&format!("{before} CREATE TABLE posts (id int);"), &[]);
    check(&format!("{before} DROP FUNCTION f(int);"), &[]);
    let replaced = "CREATE OR REPLACE FUNCTION f(_id int) RETURNS int LANGUAGE plpgsql \
                    AS 'BEGIN RETURN 1; END';";
    check(&format!("{before} {replaced}"), &[]);
    check(
        &format!("{} DROP TABLE users;", function("BEGIN\nDELETE FROM users; END")),
        &["3:13 no earlier migration creates `users`"],
    );
}

#[test]
fn what_is_not_certain_is_silent() {
    for body in [
        "BEGIN EXECUTE 'CREATE TABLE posts (id int)'; DELETE FROM posts; END",
        "BEGIN CREATE TEMP TABLE posts (id int); DELETE FROM posts; END",
        "BEGIN IF to_regclass('posts') IS NOT NULL THEN DELETE FROM posts; END IF; END",
        "BEGIN DELETE FROM posts; EXCEPTION WHEN undefined_table THEN NULL; END",
        "BEGIN INSERT INTO cron.job VALUES (1); PERFORM outside.job(1); END",
        "<<outer>> DECLARE x int; BEGIN x := outer.x; DELETE FROM posts; END",
    ] {
        check(&function(body), &[]);
    }
    // Another function makes the table, or a trigger names the rows so.
    let reads = function("BEGIN DELETE FROM scratch; RETURN NULL; END");
    let makes = "CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql \
                 AS 'BEGIN CREATE TEMP TABLE scratch (id int); END';";
    check(&format!("{reads} {makes}"), &[]);
    let trigger = "CREATE TRIGGER t AFTER INSERT ON users REFERENCING NEW TABLE AS scratch \
                   FOR EACH STATEMENT EXECUTE FUNCTION f();";
    check(&format!("{reads} {trigger}"), &[]);
}
