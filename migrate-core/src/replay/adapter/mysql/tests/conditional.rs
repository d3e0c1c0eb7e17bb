//! Statements that are put together in variables, by questions to `information_schema`.

use super::{POSTS, USERS, accepted, findings, refused};
use crate::database::Database;
use crate::replay::replay_files;
use crate::source::{SourceFile, SourceMap, SourceText};

/// How many statements of a history are opaque.
pub(super) fn opaque(files: &[&str]) -> usize {
    let mut sources = SourceMap::new("");
    for (number, text) in files.iter().enumerate() {
        let text = SourceText::new((*text).to_owned());
        sources.add(SourceFile { path: format!("{number}.sql").into(), text });
    }
    replay_files(Database::Mysql, &[], &sources).expect("built with MySQL").counts.opaque
}

const RUN: &str = "PREPARE stmt FROM @s; EXECUTE stmt; DEALLOCATE PREPARE stmt;";

fn unless_there(view: &str, asked: &str, statement: &str) -> String {
    format!(
        "SET @s = (SELECT IF(COUNT(*) = 0, '{statement}', 'SELECT 1') FROM information_schema.{view}
         WHERE table_schema = DATABASE() AND table_name = 'users' AND {asked}); {RUN}"
    )
}

#[test]
fn a_column_is_added_where_it_is_not_there() {
    let add = unless_there("columns", "column_name = 'email'", "ALTER TABLE users ADD email TEXT");
    let files = [USERS, &add, &add, "UPDATE users SET email = 1"];
    accepted(&files);
    assert_eq!(opaque(&files), 0);
    let name = unless_there("COLUMNS", "COLUMN_NAME = 'name'", "ALTER TABLE users ADD email TEXT");
    refused(&[USERS, &name, "UPDATE users SET email = 1"], "`users` has no column `email`");
    // The other way round.
    let wrong = name.replace("= 0", "> 0").replace("ADD email", "ADD name");
    refused(&[USERS, &wrong], "`users` already has a column `name`");
}

#[test]
fn indexes_constraints_and_tables_are_asked_for() {
    let index =
        unless_there("statistics", "index_name = 'by_id'", "CREATE INDEX by_id ON users (id)");
    let files = [USERS, &index, &index, "DROP INDEX by_id ON users"];
    accepted(&files);
    assert_eq!(opaque(&files), 0);
    let there =
        unless_there("statistics", "index_name = 'by_name'", "CREATE INDEX x ON users (id)");
    refused(&[USERS, &there, "DROP INDEX x ON users"], "`users` has no index `x`");
    let table = "SET @s = IF((SELECT COUNT(*) FROM information_schema.tables WHERE
        (table_schema = DATABASE()) AND (table_name = 'users')) > 0, 'DROP TABLE users', 'DO 0');";
    let whole = format!("{table} {RUN}");
    refused(&[USERS, &whole, "UPDATE users SET id = 1"], "no earlier migration creates `users`");
    let key =
        "SET @s = (SELECT CASE WHEN EXISTS (SELECT 1 FROM information_schema.table_constraints
        WHERE constraint_schema = DATABASE() AND table_name = 'posts' AND constraint_name = 'author'
        AND constraint_type = 'FOREIGN KEY') THEN 'SELECT 1' ELSE 'DROP TABLE posts' END);";
    // Whether it is a foreign key is not asked of the catalog.
    accepted(&[USERS, POSTS, &format!("{key} {RUN} UPDATE posts SET id = 1; DROP TABLE posts")]);
}

#[test]
fn variables_stand_for_what_they_were_set_to() {
    let idiom = "SET @d = DATABASE(); SET @t = 'users'; SET @c = 'age';
        SET @s = (SELECT IF((SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE
            (table_name = @t) AND (table_schema = @d) AND (column_name = @c)) > 0,
            'SELECT 1', CONCAT('ALTER TABLE ', @t, ' ADD ', @c, ' INT(11);')));";
    let whole = format!("{idiom} {RUN} UPDATE users SET age = 1; {idiom} {RUN}");
    accepted(&[USERS, &whole]);
    assert_eq!(opaque(&[USERS, &whole]), 0);
    let counted = "SELECT COUNT(*) INTO @n FROM information_schema.columns WHERE
        table_schema = DATABASE() AND table_name = 'users' AND column_name = 'age';
        SET @s := IF(@n <= 0, 'ALTER TABLE users ADD age INT', 'DO 0');";
    let whole = format!("{counted} {RUN} {counted} {RUN} UPDATE users SET age = 1");
    accepted(&[USERS, &whole]);
    assert_eq!(opaque(&[USERS, &whole]), 0);
    assert_eq!(
        findings(&[USERS, "SET @s = 'UPDATE users SET age = 1'; PREPARE p FROM @s; EXECUTE p"])
            .len(),
        1
    );
}

#[test]
fn what_is_not_known_is_uncertain() {
    // The schema is not the current one; the question is another; the value comes from a row.
    let elsewhere = unless_there("columns", "column_name = 'a'", "ALTER TABLE users DROP id")
        .replace("DATABASE()", "'other'");
    let typed = unless_there(
        "columns",
        "column_name = 'id' AND data_type = 'int'",
        "ALTER TABLE users DROP id",
    );
    let row = format!("SELECT text INTO @s FROM mysql.x; {RUN}");
    let parts = format!("SET @t = 'users'; SET @s = CONCAT('DROP TABLE ', @t, @x); {RUN}");
    let called = format!("SET @s = 'DO 0'; CALL sys.p(); {RUN}");
    for dynamic in [&elsewhere, &typed, &row, &parts, &called] {
        accepted(&[USERS, dynamic, "CREATE INDEX i ON users (name(3))"]);
        assert!(opaque(&[USERS, dynamic]) > 0, "{dynamic}");
    }
    accepted(&[USERS, &parts, "CREATE TABLE users (a INT)"]);
    // Not all versions list what is temporary.
    let temporary = unless_there("columns", "column_name = 'id'", "DROP TABLE nope");
    accepted(&["CREATE TEMPORARY TABLE users (id INT)", &temporary]);
    accepted(&[USERS, &elsewhere, "ALTER TABLE users ADD id INT"]);
    // A branch that may not run sets what nobody knows.
    accepted(&[
        USERS,
        "CREATE PROCEDURE p() BEGIN IF @x THEN SET @s = 'DROP TABLE users'; END IF; END",
        &format!("SET @s = 'DO 0'; CALL p(); {RUN} CREATE TABLE users (a INT)"),
    ]);
}
