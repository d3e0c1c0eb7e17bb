//! What foreign keys keep from being emptied and changed.

use super::findings;

const TABLES: &str = "CREATE TABLE p (id int PRIMARY KEY, s varchar(9));
    CREATE TABLE c (id int, CONSTRAINT f FOREIGN KEY (id) REFERENCES p (id));";

/// Every one was run on a `MariaDB` 10.11 and a `MySQL` 9.7.
#[test]
fn tables_that_are_referred_to_keep_their_rows() {
    let refused = ["constraint `f` of `c` refers to rows of `p`"];
    assert_eq!(findings(&[TABLES, "TRUNCATE p"]), refused);
    assert_eq!(findings(&[TABLES, "RENAME TABLE p TO q; TRUNCATE TABLE q"]).len(), 1);
    assert_eq!(findings(&["TRUNCATE p"]), ["no earlier migration creates `p`"]);
    for text in [
        "TRUNCATE c",
        "SET FOREIGN_KEY_CHECKS=0; TRUNCATE TABLE p; SET FOREIGN_KEY_CHECKS=1",
        "SET @@session.foreign_key_checks = 0; TRUNCATE TABLE p; SET @@SESSION.foreign_key_checks = 1",
        "SET @x = 1, @@local.foreign_key_checks := OFF; TRUNCATE TABLE p",
        "SET `foreign_key_checks` = 'off'; TRUNCATE TABLE p",
        "ALTER TABLE c DROP FOREIGN KEY f; TRUNCATE p",
        "DROP TABLE c; TRUNCATE p",
        "CREATE TABLE t (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES t (id)); TRUNCATE t",
    ] {
        assert_eq!(findings(&[TABLES, text]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn columns_of_foreign_keys_keep_their_types() {
    for text in [
        "ALTER TABLE c MODIFY id bigint",
        "ALTER TABLE c MODIFY id varchar(20)",
        "ALTER TABLE p MODIFY id bigint",
        "ALTER TABLE c CHANGE id pid int unsigned",
    ] {
        assert_eq!(findings(&[TABLES, text]).len(), 1, "{text}");
    }
    for text in [
        "ALTER TABLE c MODIFY id int NOT NULL",
        "ALTER TABLE c MODIFY id integer(9) COMMENT 'x'",
        "ALTER TABLE p MODIFY s varchar(90)",
        "ALTER TABLE c DROP FOREIGN KEY f, MODIFY id bigint",
        "ALTER TABLE c DROP FOREIGN KEY f; ALTER TABLE p MODIFY id bigint",
    ] {
        assert_eq!(findings(&[TABLES, text]), Vec::<String>::new(), "{text}");
    }
}
