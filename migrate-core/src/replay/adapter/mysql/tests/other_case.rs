//! Names that differ in case: one table or two, as the server's file system has it. Every case was
//! run on a `MariaDB` where they are two.

use super::{accepted, refused};

#[test]
fn a_drop_may_pass_over_a_table_of_another_case() {
    accepted(&[
        "CREATE TABLE Kept (a int); DROP TABLE IF EXISTS kept; INSERT INTO Kept VALUES (1);
        DROP TABLE Kept",
    ]);
    accepted(&["CREATE TABLE Kept (a int); DROP TABLE IF EXISTS kept; CREATE TABLE kept (b int);
        INSERT INTO kept (b) VALUES (1); INSERT INTO Kept (a) VALUES (1)"]);
    accepted(&["CREATE VIEW Kept AS SELECT 1 AS a; DROP VIEW IF EXISTS kept; SELECT a FROM Kept"]);
    accepted(&["CREATE VIEW Kept AS SELECT 1 AS a; CREATE OR REPLACE VIEW kept AS SELECT 2 AS b;
        SELECT a FROM Kept; SELECT b FROM kept; DROP VIEW Kept; DROP VIEW kept"]);
    accepted(&[
        "CREATE TABLE Kept (a int); CREATE TABLE own (a int); DROP TABLE IF EXISTS kept, own;
        CREATE TABLE own (b int); INSERT INTO own (b) VALUES (1)",
    ]);
}

#[test]
fn a_drop_may_pass_over_a_trigger_of_another_case() {
    let made =
        "CREATE TABLE t (a int); CREATE TRIGGER Tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1;";
    accepted(&[made, "DROP TRIGGER IF EXISTS tr; DROP TRIGGER Tr"]);
    let other = "CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW SET @a = 1;";
    accepted(&[made, "DROP TRIGGER IF EXISTS tr", other, "DROP TRIGGER tr; DROP TRIGGER Tr"]);
    refused(
        &[made, "DROP TRIGGER IF EXISTS Tr; DROP TRIGGER Tr"],
        "no earlier migration creates the trigger `Tr`",
    );
}

#[test]
fn a_drop_takes_what_it_names() {
    let gone = "no earlier migration creates `Gone`";
    refused(&["CREATE TABLE Gone (a int); DROP TABLE IF EXISTS Gone; DROP TABLE Gone"], gone);
    refused(&["CREATE VIEW Gone AS SELECT 1; DROP VIEW IF EXISTS Gone; SELECT * FROM Gone"], gone);
}
