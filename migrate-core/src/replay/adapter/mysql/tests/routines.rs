//! Routines and triggers by their names, beside a `MariaDB` 10.11 and a `MySQL` 9.7: both agree
//! on all.

use super::{accepted, findings};

const BEFORE: &str = "CREATE TABLE a (id int PRIMARY KEY, n varchar(50));
    CREATE TABLE b (id int PRIMARY KEY);
    CREATE VIEW v AS SELECT id FROM a;
    CREATE FUNCTION f (x int) RETURNS int DETERMINISTIC RETURN x + 1;
    CREATE PROCEDURE p (IN x int, IN y enum('a','b')) SELECT x, y;
    CREATE PROCEDURE z () SELECT 1;
    CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW SET NEW.n = upper(NEW.n);";

#[track_caller]
fn refused(text: &str, message: &str) {
    assert_eq!(findings(&[BEFORE, text]), [message], "{text}");
}

#[test]
fn a_name_is_of_one_procedure_and_one_function() {
    refused("CREATE PROCEDURE P (q int) SELECT q", "there is already a procedure `p`");
    refused(
        "CREATE FUNCTION f () RETURNS int DETERMINISTIC RETURN 1",
        "there is already a function `f`",
    );
    for text in [
        "CREATE PROCEDURE f () SELECT 1; CALL f(); SELECT f(1); DROP FUNCTION f; CALL f()",
        "DROP PROCEDURE z; CREATE PROCEDURE z (q int) SELECT q; CALL z(1)",
        "DROP PROCEDURE IF EXISTS z; CREATE PROCEDURE z (q int) SELECT q; CALL z(1)",
        "CREATE PROCEDURE IF NOT EXISTS z (q int) SELECT q; CALL z()",
        "CREATE FUNCTION IF NOT EXISTS f () RETURNS int DETERMINISTIC RETURN 1; SELECT f(1)",
        // A bare name may be of any database.
        "CREATE PROCEDURE app.q () SELECT 1; DROP PROCEDURE q; CREATE PROCEDURE q () SELECT 1",
        "DROP PROCEDURE app.z; CREATE PROCEDURE z () SELECT 1",
        "USE app; DROP PROCEDURE z; CREATE PROCEDURE z (q int) SELECT q; CALL z(1)",
    ] {
        accepted(&[BEFORE, text]);
    }
}

#[test]
fn what_is_dropped_is_of_the_kind() {
    refused("DROP PROCEDURE f", "`f` is a function, and there is no procedure of that name");
    refused("DROP FUNCTION p", "`p` is a procedure, and there is no function of that name");
    refused("DROP PROCEDURE z; DROP PROCEDURE z", "no earlier migration creates the function `z`");
    refused("CALL f(1)", "no earlier migration creates the function `f`");
    accepted(&[
        BEFORE,
        "DROP PROCEDURE IF EXISTS f; DROP FUNCTION IF EXISTS p; CALL z; SELECT f(1)",
    ]);
}

#[test]
fn a_call_has_as_many_values_as_there_are_parameters() {
    refused("CALL p(1)", "procedure `p` takes 2 arguments, not 1");
    refused("CALL p", "procedure `p` takes 2 arguments, not 0");
    refused("CALL z(1)", "procedure `z` takes 0 arguments, not 1");
    accepted(&[BEFORE, "CALL p(1, concat('a', 'b')); CALL z; CALL z()"]);
    // Since `MariaDB` 11.8.
    accepted(&["CREATE PROCEDURE d (x int, y int DEFAULT 5) SELECT x, y; CALL d(1)"]);
}

#[test]
fn triggers_are_named_by_their_schema() {
    refused(
        "CREATE TRIGGER tr BEFORE INSERT ON b FOR EACH ROW SET NEW.id = 1",
        "`a` already has a trigger `tr`",
    );
    refused("DROP TRIGGER tr; DROP TRIGGER tr", "no earlier migration creates the trigger `tr`");
    refused("DROP TABLE a; DROP TRIGGER tr", "no earlier migration creates the trigger `tr`");
    refused(
        "CREATE TRIGGER t2 BEFORE INSERT ON v FOR EACH ROW SET NEW.id = 1",
        "`v` is a view, which has no rows of its own",
    );
    for text in [
        "DROP TRIGGER tr; CREATE TRIGGER tr BEFORE INSERT ON b FOR EACH ROW SET NEW.id = 1",
        "DROP TRIGGER IF EXISTS t2; CREATE TRIGGER IF NOT EXISTS tr BEFORE INSERT ON a FOR EACH ROW SET NEW.n = 1",
        "RENAME TABLE a TO c; DROP TRIGGER tr",
        "DROP TRIGGER app.t2",
    ] {
        accepted(&[BEFORE, text]);
    }
}
