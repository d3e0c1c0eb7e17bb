use proptest::prelude::*;

use super::*;
use crate::database::Database::{Mysql, Postgres, Sqlite};

#[track_caller]
fn check(database: Database, text: &str, expected: &[&str]) {
    let split = split(text, database);
    let statements: Vec<_> = split.statements.iter().map(|it| it.text(text)).collect();
    assert_eq!(statements, expected, "{database}: {text}");
}

/// Checks that each text is one statement, also when others surround it.
#[track_caller]
fn check_whole(database: Database, statements: &[&str]) {
    for statement in statements {
        check(database, statement, &[statement]);
        let text = format!("SELECT 1; -- a\n{statement}\n ; /* b */ SELECT 2");
        check(database, &text, &["SELECT 1", statement, "SELECT 2"]);
    }
}

#[test]
fn white_space_comments_and_empty_statements_are_left_out() {
    for database in Database::ALL {
        check(database, "", &[]);
        check(database, " ; -- a;\n;/* ; */;", &[]);
        check(database, "\n-- a\n A /* b */ B ; -- c\n", &["A /* b */ B"]);
        check(database, "A;B", &["A", "B"]);
        check(database, "A ';' B; C", &["A ';' B", "C"]);
        check(database, "BEGIN; A; END; COMMIT", &["BEGIN", "A", "END", "COMMIT"]);
        check(database, "CREATE TABLE t (a int); B", &["CREATE TABLE t (a int)", "B"]);
    }
}

#[test]
fn empty_statements_before_others_are_told_on_mysql() {
    let empty = |text| split(text, Mysql).empty;
    assert_eq!(empty("A;; B"), [2]);
    assert_eq!(empty("-- a\n; A; /* b */ ; B"), [5, 18]);
    assert_eq!(empty("A;;\n; -- b"), []);
    assert_eq!(empty("DELIMITER //\nA;//\nDELIMITER ;\n; B"), []);
    assert_eq!(split("A;; B", Postgres).empty, []);
}

#[test]
fn what_is_left_open_is_told() {
    let split = split("A; B 'c; D", Postgres);
    assert_eq!(split.statements.len(), 2);
    assert_eq!(split.unterminated, Some((Unterminated::String, 5)));
}

#[test]
fn postgres_bodies() {
    check_whole(
        Postgres,
        &[
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END; $f$",
            "DO $$ BEGIN PERFORM 1; EXECUTE $q$ a; $q$; END $$",
            "create or replace function f(a int) returns int begin atomic select 1; select case when true then 2 else 3 end; end",
            "CREATE PROCEDURE p(begin atomic) BEGIN ATOMIC INSERT INTO t VALUES (1); END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC; SELECT 1 AS end; SELECT (CASE 1 WHEN 1 THEN 1 END) END; END",
            "CREATE FUNCTION f() RETURNS int RETURN 1",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;)",
            "SELECT ')' || '('",
        ],
    );
    check(
        Postgres,
        "CREATE VIEW begin AS SELECT 1; END; A",
        &["CREATE VIEW begin AS SELECT 1", "END", "A"],
    );
    check(Postgres, "A); B", &["A)", "B"]);
}

#[test]
fn sqlite_triggers() {
    check_whole(
        Sqlite,
        &[
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c; END",
            "create temp trigger if not exists t update of a on b for each row when new.a > 1 begin select case new.a when 1 then 2 end; end",
            "CREATE TEMPORARY TRIGGER t DELETE ON a BEGIN SELECT CASE WHEN 1 THEN CASE 2 WHEN 2 THEN 3 END END; -- x;\nSELECT 2; END",
            "CREATE TRIGGER t BEFORE UPDATE ON [begin;] BEGIN SELECT RAISE(ABORT, 'a; END;'); END",
        ],
    );
    check(Sqlite, "CREATE TEMP TABLE t (a); END; B", &["CREATE TEMP TABLE t (a)", "END", "B"]);
    check(Sqlite, "A (;B)", &["A (", "B)"]);
    check(Sqlite, "A; /* B;", &["A"]);
}

#[test]
fn mysql_routines() {
    check_whole(
        Mysql,
        &[
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
            "CREATE DEFINER=`root`@`localhost` PROCEDURE p() BEGIN SELECT 1; END",
            "CREATE DEFINER = root@localhost FUNCTION f() RETURNS INT BEGIN RETURN 1; END",
            "CREATE OR REPLACE DEFINER=CURRENT_USER() FUNCTION f() RETURNS INT BEGIN RETURN 1; END",
            "CREATE /*!50017 DEFINER=`a`@`b` */ TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.a = 1; END",
            "CREATE PROCEDURE IF NOT EXISTS p(a DECIMAL(10,2)) main: BEGIN IF a THEN LEAVE main; END IF; END main",
            "CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS u BEGIN DELETE FROM b; END",
            "CREATE TRIGGER t AFTER DELETE ON a FOR EACH ROW IF OLD.a THEN DELETE FROM b; ELSE DELETE FROM c; END IF",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; END",
            "ALTER EVENT e DO BEGIN DELETE FROM a; DELETE FROM b; END",
            "CREATE FUNCTION f() RETURNS CHAR(1) CHARACTER SET utf8 DETERMINISTIC BEGIN RETURN 'a'; END",
            "CREATE FUNCTION f(a INT) RETURNS INT RETURN IF(a, 1, CASE a WHEN 1 THEN 2 END)",
            "CREATE PROCEDURE p() DROP TABLE IF EXISTS a",
            "CREATE PROCEDURE p() BEGIN DROP TABLE IF EXISTS a; CREATE TABLE IF NOT EXISTS a (b INT); END",
            "CREATE FUNCTION f RETURNS STRING SONAME 'a.so'",
        ],
    );
}

#[test]
fn mysql_blocks_within_bodies() {
    let bodies = [
        "IF a THEN SELECT 1; ELSEIF b THEN SELECT 2; ELSE IF c THEN SELECT 3; END IF; END IF;",
        "CASE a WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE;",
        "CASE WHEN a THEN SELECT IF(1, 2, 3); WHEN b THEN IF c THEN SET d = 1; END IF; END CASE;",
        "SET a = CASE WHEN start > end THEN CASE b WHEN 1 THEN 2 END ELSE IF(c, d, e) END;",
        "SELECT begin, end FROM t WHERE t.case = 1 AND end = 2;",
        "l: LOOP SET a = REPEAT('x', 3); IF a THEN LEAVE l; END IF; ITERATE l; END LOOP l;",
        "WHILE a DO SET a = a - 1; WHILE b DO SELECT 1; END WHILE; END WHILE;",
        "REPEAT SET a = 1; REPEAT SET b = 1; UNTIL b END REPEAT; UNTIL a > CASE b WHEN 1 THEN 2 END END REPEAT;",
        "DO IF(a, SLEEP(1), 0);",
        "FOR i IN 1..10 DO SELECT i; END FOR;",
        "DECLARE EXIT HANDLER FOR SQLEXCEPTION, SQLSTATE VALUE '23000', NOT FOUND BEGIN ROLLBACK; END;",
        "DECLARE CONTINUE HANDLER FOR 1062 SET a = IF(b, 1, 2);",
        "DECLARE CONTINUE HANDLER FOR NOT FOUND IF a THEN SET done = 1; END IF;",
        "DECLARE c CURSOR FOR SELECT CASE WHEN a THEN b END FROM d;",
        "DECLARE a INT DEFAULT 0; START TRANSACTION; COMMIT; SET @end = 1;",
        "BEGIN DECLARE a INT; BEGIN SELECT 1; END; END;",
        "blk:BEGIN SELECT 1; END blk;",
        "IF EXISTS (SELECT 1) THEN SELECT 1; END IF;",
    ];
    for body in bodies {
        check_whole(Mysql, &[&format!("CREATE PROCEDURE p()\nBEGIN {body} END")]);
        check_whole(Mysql, &[&format!("BEGIN NOT ATOMIC {body} {body} END")]);
    }
}

#[test]
fn mysql_statements_that_look_like_blocks() {
    check(
        Mysql,
        "BEGIN WORK; A; XA BEGIN 'x'; B; XA END 'x'",
        &["BEGIN WORK", "A", "XA BEGIN 'x'", "B", "XA END 'x'"],
    );
    check(Mysql, "CREATE TABLE event (begin INT); B", &["CREATE TABLE event (begin INT)", "B"]);
    check(Mysql, "DROP PROCEDURE IF EXISTS p; B", &["DROP PROCEDURE IF EXISTS p", "B"]);
    check(Mysql, "IF a THEN B; END IF; C", &["IF a THEN B; END IF", "C"]);
    check(Mysql, "/*!40101 SET a = 1; */; B", &["/*!40101 SET a = 1; */", "B"]);
    check(Mysql, "A --1; B\n;# c;\nD", &["A --1", "B", "D"]);
}

#[test]
fn mysql_delimiters() {
    check(
        Mysql,
        "A;\nDELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END;//\nB//\nDELIMITER ;\nC; D",
        &["A", "CREATE PROCEDURE p() BEGIN SELECT 1; END", "B", "C", "D"],
    );
    check(
        Mysql,
        "delimiter $$\nCREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN SET @a = 'x$$'; END$$\ndelimiter ;",
        &["CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN SET @a = 'x$$'; END"],
    );
    check(Mysql, "DELIMITER ;;\nA; B;;\nDELIMITER ;\nC", &["A; B", "C"]);
}

const STATEMENTS: &[&str] = &[
    "SELECT 'a;b'",
    "INSERT INTO t (a) VALUES ('it''s')",
    "UPDATE t SET a = CASE WHEN b THEN 1 END",
    "BEGIN",
    "END",
    "CREATE TABLE IF NOT EXISTS t (a int DEFAULT (1))",
    "SELECT /* ; */ 1 -- ;\n + 2",
];

const OWN_STATEMENTS: [(Database, &[&str]); 3] = [
    (Postgres, &["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "DO $$ a; $$"]),
    (Mysql, &["CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; END", "SELECT '\\';'"]),
    (Sqlite, &["CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", "SELECT [a;b]"]),
];

const SEPARATORS: &[&str] = &[";", " ;\n", "; -- a;\n", ";/* ' */;"];

proptest! {
    #[test]
    fn joined_statements_are_given_back(
        choices in proptest::collection::vec((0..9_usize, 0..SEPARATORS.len()), 0..12),
    ) {
        for (database, own) in OWN_STATEMENTS {
            let mut text = String::new();
            let mut expected = Vec::new();
            for &(statement, separator) in &choices {
                let statement = STATEMENTS.iter().chain(own).nth(statement).copied().unwrap_or("A");
                text.push_str(statement);
                text.push_str(SEPARATORS[separator]);
                expected.push(statement);
            }
            check(database, &text, &expected);
        }
    }

    #[test]
    fn statements_are_in_order_and_apart(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "CREATE", "PROCEDURE", "TRIGGER", "p", "(", ")", "BEGIN", "END", "IF", "CASE", "REPEAT",
                "UNTIL", "DECLARE", "HANDLER", "FOR", "EACH", "ROW", "DO", "ATOMIC", "NOT", ";", ":", "'",
                "DELIMITER //\n", "//", "/*", "*/",
            ]),
            0..60,
        ),
    ) {
        let text = words.join(" ");
        for database in Database::ALL {
            let mut end = 0;
            for statement in split(&text, database).statements {
                prop_assert!(end <= statement.start && statement.start < statement.end);
                end = statement.end;
            }
            prop_assert!(end <= text.len());
        }
    }
}
