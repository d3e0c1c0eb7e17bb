//! Columns that count, and the indexes that the server makes.
//!
//! Every text was run on a `MariaDB` 10.11 and a `MySQL` 9.7.

use super::findings;

const TABLES: &str = "CREATE TABLE p (id int AUTO_INCREMENT PRIMARY KEY);
    CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int NOT NULL, p_id int, q_id int,
        r_id int, KEY by_r (r_id), CONSTRAINT p_of_t FOREIGN KEY (p_id) REFERENCES p (id),
        FOREIGN KEY (q_id) REFERENCES p (id), CONSTRAINT r_of_t FOREIGN KEY (r_id) REFERENCES p (id));
    CREATE TABLE z (id int COMMENT 'auto_increment', a int DEFAULT 3);";

#[track_caller]
fn judge(refused: &[&str], part: &str, taken: &[&str]) {
    for text in refused {
        let found = findings(&[TABLES, text]);
        assert!(found.len() == 1 && found[0].contains(part), "{text}: {found:?}");
    }
    for text in taken {
        assert_eq!(findings(&[TABLES, text]), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn one_column_counts_and_is_a_key() {
    judge(
        &[
            "ALTER TABLE t DROP PRIMARY KEY",
            "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (a)",
            "ALTER TABLE t ADD c int AUTO_INCREMENT UNIQUE",
            "ALTER TABLE t MODIFY a int AUTO_INCREMENT",
            "ALTER TABLE z MODIFY id int AUTO_INCREMENT",
        ],
        "count",
        &[
            "ALTER TABLE t MODIFY id int NOT NULL, DROP PRIMARY KEY",
            "ALTER TABLE t DROP PRIMARY KEY, CHANGE id ix int NOT NULL",
            "ALTER TABLE t DROP PRIMARY KEY, DROP COLUMN id",
            "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)",
            "ALTER TABLE t DROP PRIMARY KEY, ADD UNIQUE KEY u (id)",
            "ALTER TABLE t CHANGE id ix bigint NOT NULL AUTO_INCREMENT",
            "ALTER TABLE z ADD KEY (a), MODIFY a int AUTO_INCREMENT",
            "ALTER TABLE z ADD c int AUTO_INCREMENT PRIMARY KEY FIRST, AUTO_INCREMENT = 7",
            "ALTER TABLE z ADD PRIMARY KEY (id); ALTER TABLE z DROP PRIMARY KEY",
        ],
    );
}

#[test]
fn the_index_of_a_foreign_key_stays_while_nothing_else_serves() {
    judge(
        &[
            "ALTER TABLE t DROP INDEX p_of_t",
            "DROP INDEX p_of_t ON t",
            "ALTER TABLE t DROP INDEX by_r",
        ],
        "needs index",
        &[
            "ALTER TABLE t DROP FOREIGN KEY p_of_t, DROP INDEX p_of_t",
            "ALTER TABLE t DROP INDEX p_of_t, ADD INDEX x (p_id)",
            "CREATE INDEX p_of_t ON t (p_id)",
        ],
    );
    judge(
        &["ALTER TABLE t DROP INDEX r_of_t"],
        "has no index",
        &["SET FOREIGN_KEY_CHECKS = 0; ALTER TABLE t DROP INDEX p_of_t, DROP INDEX by_r"],
    );
}
