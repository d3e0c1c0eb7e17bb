//! Procedures that are told what to change by their arguments.

use super::conditional::opaque;
use super::{USERS, accepted, refused};

/// Drops a column where it is there.
const DROP_COLUMN: &str = "CREATE PROCEDURE drop_column(IN tab VARCHAR(64), IN col VARCHAR(64))
    BEGIN
        DECLARE there INT DEFAULT 0;
        SELECT COUNT(1) INTO there FROM information_schema.COLUMNS
            WHERE TABLE_NAME = tab AND COLUMN_NAME = col AND TABLE_SCHEMA = DATABASE();
        IF there > 0 THEN
            SET @change = CONCAT('ALTER TABLE ', tab, ' DROP COLUMN ', col, ';');
            PREPARE st FROM @change;
            EXECUTE st;
            DEALLOCATE PREPARE st;
        END IF;
    END;";

#[test]
fn arguments_are_put_into_statements() {
    let called = "CALL drop_column('users', 'name'); CALL drop_column('users', 'nope');";
    accepted(&[USERS, DROP_COLUMN, called, "ALTER TABLE users ADD name TEXT"]);
    assert_eq!(opaque(&[USERS, DROP_COLUMN, called]), 0);
    refused(
        &[USERS, DROP_COLUMN, called, "UPDATE users SET name = 1"],
        "`users` has no column `name`",
    );
    refused(
        &[USERS, DROP_COLUMN, called, "UPDATE users SET nope = 1"],
        "`users` has no column `nope`",
    );
    refused(
        &[
            USERS,
            "CREATE PROCEDURE p(t TEXT) BEGIN SET @s = CONCAT('DROP TABLE ', t); PREPARE s FROM @s; EXECUTE s; END",
            "CALL p('nope')",
        ],
        "no earlier migration creates `nope`",
    );
}

#[test]
fn a_procedure_hands_its_arguments_on() {
    let run =
        "CREATE PROCEDURE run(IN text TEXT) BEGIN SET @s = text; PREPARE s FROM @s; EXECUTE s; END";
    let add = "CREATE PROCEDURE add_column(tab TEXT, col TEXT, kind TEXT) BEGIN
        DECLARE db VARCHAR(64);
        SELECT DATABASE() INTO db;
        IF NOT EXISTS (SELECT NULL FROM information_schema.columns AS c WHERE c.table_schema = db
            AND c.table_name = tab AND c.column_name = col) AND kind IS NOT NULL AND kind <> '' THEN
            CALL run(CONCAT('ALTER TABLE ', tab, ' ADD COLUMN `', col, '` ', kind));
        ELSEIF kind IS NULL THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no type';
        END IF;
        END";
    let called = "CALL add_column('users', 'age', 'INT'); CALL add_column('users', 'age', 'INT');";
    let history = [USERS, run, add, called];
    accepted(&[&history[..], &["SELECT age FROM users"]].concat());
    assert_eq!(opaque(&history), 0);
    refused(
        &[&history[..], &["ALTER TABLE users ADD age INT"]].concat(),
        "`users` already has a column `age`",
    );
}

#[test]
fn values_that_depend_on_rows_go_both_ways() {
    let dropped = "CREATE PROCEDURE p(tab TEXT) BEGIN
        DECLARE n INT;
        SELECT COUNT(*) INTO n FROM users;
        IF n = 0 THEN SET @s = CONCAT('DROP TABLE ', tab); ELSE SET @s = 'DO 0'; END IF;
        PREPARE s FROM @s; EXECUTE s;
        END";
    accepted(&[USERS, dropped, "CALL p('users')", "CREATE TABLE users (a INT)"]);
    accepted(&[USERS, dropped, "CALL p('users')", "SELECT id FROM users"]);
    // A parameter hides a column of the same name, so that any table is counted.
    let hidden = "CREATE PROCEDURE p(table_name TEXT) BEGIN
        IF EXISTS (SELECT 1 FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_name = table_name)
        THEN CREATE TABLE users (a INT); END IF; END";
    accepted(&[hidden, "CALL p('nope')"]);
}

#[test]
fn loops_and_handlers_may_do_something_or_nothing() {
    let looped = "CREATE PROCEDURE p() BEGIN
        DECLARE i INT DEFAULT 0; DECLARE s TEXT DEFAULT 'users';
        again: WHILE i < 2 DO
            SET @s = CONCAT('DROP TABLE IF EXISTS ', s); PREPARE s FROM @s; EXECUTE s;
            SET s = 'posts'; SET i = i + 1;
            IF i > 5 THEN LEAVE again; END IF;
        END WHILE again;
        END";
    let posts = "CREATE TABLE posts (id INT)";
    accepted(&[USERS, posts, looped, "CALL p()", "CREATE TABLE posts (a INT)"]);
    accepted(&[USERS, posts, looped, "CALL p()", "CREATE TABLE users (a INT)"]);
    let handled = "CREATE PROCEDURE p() BEGIN
        DECLARE CONTINUE HANDLER FOR 1060, SQLEXCEPTION BEGIN END;
        ALTER TABLE users ADD name TEXT; ALTER TABLE nope ADD a INT; ALTER TABLE users ADD x INT;
        END";
    accepted(&[USERS, handled, "CALL p()", "SELECT x FROM users"]);
    assert_eq!(opaque(&[USERS, handled, "CALL p()"]), 0);
    let not_found = "CREATE PROCEDURE p() BEGIN
        DECLARE done INT DEFAULT FALSE; DECLARE n INT;
        DECLARE rows_of CURSOR FOR SELECT id FROM users;
        DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
        OPEN rows_of;
        again: LOOP FETCH rows_of INTO n; IF done THEN LEAVE again; END IF; END LOOP;
        CLOSE rows_of;
        DROP TABLE nope;
        END";
    refused(&[USERS, not_found, "CALL p()"], "no earlier migration creates `nope`");
}

/// Where a name comes from a row, any may be meant.
#[test]
fn statements_put_together_from_fetched_names_may_name_anything() {
    let looped = |change: &str| {
        format!(
            "CREATE PROCEDURE p() BEGIN
            DECLARE done INT DEFAULT FALSE; DECLARE tab, part VARCHAR(64);
            DECLARE found CURSOR FOR SELECT table_name, constraint_name
                FROM information_schema.key_column_usage WHERE table_schema = DATABASE();
            DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
            OPEN found;
            again: LOOP
                FETCH found INTO tab, part; IF done THEN LEAVE again; END IF;
                {change}; PREPARE s FROM @s; EXECUTE s;
            END LOOP;
            CLOSE found; END"
        )
    };
    let tables = [
        USERS,
        "CREATE TABLE posts (u INT, CONSTRAINT author FOREIGN KEY (u) REFERENCES users (id))",
    ];
    let again = "ALTER TABLE posts ADD CONSTRAINT author FOREIGN KEY (u) REFERENCES users (id)";
    let drop = looped("SET @s = CONCAT('ALTER TABLE ', tab, ' DROP FOREIGN KEY ', part)");
    accepted(&[&tables[..], &[&drop, "CALL p()", again]].concat());
    let steps = looped("SET @s = 'ALTER TABLE '; SET @s = CONCAT(@s, tab, ' DROP KEY ', part)");
    accepted(&[&tables[..], &[&steps, "CALL p()", again]].concat());
    let handed = looped("CALL q(tab, part); SET @s = 'DO 0'");
    let other = "CREATE PROCEDURE q(t TEXT, k TEXT) BEGIN
        SET @q = CONCAT('ALTER TABLE ', t, ' DROP FOREIGN KEY ', k); PREPARE q FROM @q; EXECUTE q; END";
    accepted(&[&tables[..], &[&handed, other, "CALL p()", again]].concat());
    let kept = "SELECT table_name, constraint_name INTO @t, @k FROM information_schema.key_column_usage;
        SET @s = CONCAT('ALTER TABLE ', @t, ' DROP FOREIGN KEY ', @k); PREPARE s FROM @s; EXECUTE s;";
    accepted(&[&tables[..], &[kept, again]].concat());
    let rows = looped("SET @s = CONCAT('UPDATE ', tab, ' SET a = 1')");
    refused(
        &[&tables[..], &[&rows, "CALL p()", again]].concat(),
        "`posts` already has a constraint `author`",
    );
}

#[test]
fn a_result_of_a_call_is_not_known() {
    let give = "CREATE PROCEDURE give(OUT s TEXT) BEGIN SET s = 'DROP TABLE users'; CREATE TABLE made (a INT); END";
    let run = "SET @s = 'DO 0'; CALL give(@s); PREPARE s FROM @s; EXECUTE s;";
    accepted(&[USERS, give, run, "CREATE TABLE users (a INT)"]);
}

#[test]
fn what_the_client_sends_as_one_is_several_to_the_server() {
    let text = "DELIMITER $$
        DROP PROCEDURE IF EXISTS p; CREATE PROCEDURE p() BEGIN DROP TABLE users; END $$
        DELIMITER ;
        CALL p; SELECT id FROM users;";
    refused(&[USERS, text], "no earlier migration creates `users`");
    accepted(&[USERS, &text.replace("SELECT id FROM users", "CREATE TABLE users (a INT)")]);
}
