//! What is refuted, and what is not, from text to finding.

mod ambiguous;
mod conditional;
mod counting;
mod hidden_columns;
mod hidden_tables;
mod invisible;
mod orphans;
mod other_case;
mod procedure;
mod referred;
mod refused;
mod routines;
mod row_tables;
mod seen_results;

use proptest::prelude::*;

use super::parse;
use crate::database::Database;
use crate::replay::adapter::Origin;
use crate::replay::model::StatementKind;
use crate::replay::replay_files;
use crate::source::{SourceFile, SourceMap, SourceText};

/// The findings of a history, as `text: message` with the text that is pointed at.
pub(super) fn findings(files: &[&str]) -> Vec<String> {
    let mut sources = SourceMap::new("");
    for (number, text) in files.iter().enumerate() {
        let text = SourceText::new((*text).to_owned());
        sources.add(SourceFile { path: format!("{number}.sql").into(), text });
    }
    let replay = replay_files(Database::Mysql, &[], &sources).expect("built with MySQL");
    replay.findings.iter().map(|finding| finding.message.clone()).collect()
}

#[track_caller]
pub(super) fn accepted(files: &[&str]) {
    assert_eq!(findings(files), Vec::<String>::new(), "{files:?}");
}

fn refused(files: &[&str], message: &str) {
    assert_eq!(findings(files), [message], "{files:?}");
}

const USERS: &str = "CREATE TABLE users (id INT PRIMARY KEY, Name TEXT, KEY by_name (name(10)));";
const POSTS: &str = "CREATE TABLE posts (id INT PRIMARY KEY, user_id INT, KEY by_user (user_id),
    CONSTRAINT author FOREIGN KEY (user_id) REFERENCES users (id));";

#[test]
fn sequences_are_named_where_values_stand() {
    accepted(&["CREATE SEQUENCE s; SELECT NEXTVAL(s), lastval(s), setval(s, 5)"]);
    refused(&["CREATE SEQUENCE s; SELECT nextval(r)"], "no earlier migration creates `r`");
}

#[test]
fn every_statement_of_the_common_kinds_is_read() {
    let texts = [
        "CREATE TABLE a (b ENUM('x','y') CHARACTER SET utf8 DEFAULT 'x' COMMENT 'it''s' ON UPDATE NOW(3), \
         c INT GENERATED ALWAYS AS (b + 1) STORED, FULLTEXT KEY d (b), PRIMARY KEY (c)) ENGINE=InnoDB \
         PARTITION BY HASH (c) PARTITIONS 4",
        "CREATE TEMPORARY TABLE IF NOT EXISTS a AS SELECT 1 AS b",
        "CREATE OR REPLACE ALGORITHM = MERGE DEFINER = `root`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1",
        "CREATE DEFINER=root@localhost TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1",
        "ALTER TABLE a ADD COLUMN IF NOT EXISTS b INT AFTER c, CHANGE d e INT, DROP KEY f, ENGINE = InnoDB",
        "ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, COMMENT = 'x, y', LOCK = NONE",
        "RENAME TABLE a TO b, c TO a",
        "/*!40101 SET NAMES utf8 */",
        "INSERT INTO a SET b = 1, c = b + 1 ON DUPLICATE KEY UPDATE b = VALUES(b)",
        "UPDATE a JOIN b USING (id) SET a.c = b.c WHERE b.d IN (SELECT 1)",
        "DELETE a FROM a LEFT JOIN b ON a.id = b.id WHERE b.id IS NULL",
        "LOCK TABLES a WRITE, b READ",
    ];
    for text in texts {
        let statement = parse(text, &Origin::at(0));
        assert!(!matches!(statement.kind, StatementKind::Opaque(_)), "{text}\n{statement:?}");
    }
}

#[test]
fn names_that_are_missing_are_refused() {
    refused(&["DROP TABLE user"], "no earlier migration creates `user`");
    refused(&[USERS, "INSERT INTO users (nam) VALUES (1)"], "`users` has no column `nam`");
    refused(&[USERS, "ALTER TABLE users DROP COLUMN email"], "`users` has no column `email`");
    refused(&[USERS, "DROP INDEX by_nam ON users"], "`users` has no index `by_nam`");
    refused(
        &[USERS, "CREATE VIEW v AS SELECT u.email FROM users u"],
        "`users` has no column `email`",
    );
    refused(&[USERS, "UPDATE users u JOIN users v SET u.x = 1"], "`users` has no column `x`");
    refused(&[USERS, "CREATE INDEX i ON users (email)"], "`users` has no column `email`");
    refused(&[USERS, "SELECT nmae()"], "no earlier migration creates the function `nmae`");
}

#[test]
fn empty_statements_are_refused_where_the_file_is_sent_whole() {
    refused(&[&format!("{USERS};\n{POSTS}")], "the server refuses an empty statement");
    accepted(&[&format!("{USERS};\n-- done\n;")]);
}

#[test]
fn updates_of_several_tables_are_read() {
    accepted(&[
        USERS,
        POSTS,
        "UPDATE IGNORE users u, posts AS p SET u.name = (SELECT 'a'), user_id = u.id + 1
         WHERE p.user_id = u.id",
    ]);
    refused(
        &[USERS, "UPDATE users u, users v SET u.id = v.nam WHERE u.id = v.id"],
        "`users` has no column `nam`",
    );
    refused(&[USERS, "UPDATE users, post SET name = 1"], "no earlier migration creates `post`");
}

#[test]
fn only_verbs_begin_statements() {
    let message = "this is not SQL of mysql: no statement begins with `seelct`";
    refused(&["seelct 1"], message);
    accepted(&["LOAD DATA INFILE 'a' INTO TABLE b; source other.sql; again: LOOP a"]);
}

#[test]
fn names_that_are_taken_are_refused() {
    refused(&[USERS, USERS], "there is already a table `users`");
    refused(&[USERS, "ALTER TABLE users ADD name INT"], "`users` already has a column `name`");
    refused(&[USERS, "CREATE INDEX By_Name ON users (id)"], "there is already an index `by_name`");
    refused(
        &[USERS, "ALTER TABLE users ADD COLUMN column INT"],
        "this is not SQL of mysql: `column` is a reserved word and needs backticks here",
    );
}

#[test]
fn foreign_keys_hold_what_they_need() {
    refused(&[POSTS], "no earlier migration creates `users`");
    accepted(&["SET FOREIGN_KEY_CHECKS = 0;", POSTS]);
    refused(&[USERS, POSTS, "DROP TABLE users"], "constraint `author` of `posts` needs `users`");
    accepted(&[USERS, POSTS, "SET FOREIGN_KEY_CHECKS = 0; DROP TABLE users;"]);
    accepted(&[USERS, POSTS, "DROP TABLE users, posts"]);
    refused(
        &[USERS, POSTS, "DROP INDEX by_user ON posts"],
        "the foreign key `author` needs index `by_user`",
    );
    accepted(&[USERS, POSTS, "ALTER TABLE posts DROP KEY by_user, ADD KEY other (user_id, id)"]);
    accepted(&[
        USERS,
        POSTS,
        "ALTER TABLE posts DROP KEY by_user, DROP FOREIGN KEY author, DROP user_id",
    ]);
    accepted(&[USERS, POSTS, "ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (id, name(9))"]);
    // A primary key may be given a name, which nobody ever sees.
    accepted(&[
        "CREATE TABLE a (b INT, PRIMARY KEY `c` (b))",
        "CREATE TABLE d (b INT, FOREIGN KEY (b) REFERENCES a (b))",
        "ALTER TABLE d ADD PRIMARY KEY e USING BTREE (b), DROP KEY b; ALTER TABLE d DROP PRIMARY KEY",
    ]);
    refused(
        &[USERS, POSTS, "ALTER TABLE users DROP PRIMARY KEY"],
        "the foreign key `author` needs index `primary`",
    );
    refused(
        &[USERS, POSTS, "ALTER TABLE posts DROP COLUMN user_id"],
        "the foreign key `author` needs column `user_id`",
    );
}

#[test]
fn what_depends_on_the_system_is_not_refused() {
    accepted(&[USERS, "INSERT INTO Users (NAME) VALUES ('x')", "ALTER TABLE app.users ADD x INT"]);
    accepted(&[
        "CREATE DATABASE app; USE app; CREATE TABLE t (a INT);",
        "SELECT u.a FROM t, app.t AS u",
    ]);
    accepted(&[USERS, "SELECT U.name AS n FROM users u GROUP BY n HAVING n > 1 ORDER BY n + 1"]);
    accepted(&[
        USERS,
        "INSERT INTO users VALUES (1, id) ON DUPLICATE KEY UPDATE name = VALUES(name)",
    ]);
    accepted(&[
        USERS,
        "INSERT INTO users (id) VALUES (1) AS new ON DUPLICATE KEY UPDATE id = new.id",
    ]);
    accepted(&[
        USERS,
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a; CREATE OR REPLACE VIEW v AS SELECT 2 AS b",
    ]);
}

#[test]
fn actions_of_one_statement_take_effect_together() {
    accepted(&[
        USERS,
        "ALTER TABLE users ADD KEY k (title), CHANGE name title TEXT, ADD name TEXT AFTER id",
    ]);
    accepted(&[
        USERS,
        "ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (id, uuid), ADD uuid INT",
    ]);
    accepted(&[USERS, "ALTER TABLE users DROP KEY by_name, ADD KEY by_name (id)"]);
}

#[test]
fn indexes_and_made_up_names_belong_to_tables() {
    accepted(&[USERS, POSTS, "CREATE INDEX by_name ON posts (id)", "DROP INDEX by_name ON posts"]);
    accepted(&[
        USERS,
        "ALTER TABLE users ADD UNIQUE (name(5)), ADD INDEX (name(7)), DROP KEY by_name",
    ]);
    accepted(&[USERS, "ALTER TABLE users RENAME TO people; DROP INDEX by_name ON people"]);
    let unnamed = "CREATE TABLE p (u INT, FOREIGN KEY (u) REFERENCES users (id))";
    accepted(&[USERS, unnamed, "ALTER TABLE p DROP FOREIGN KEY p_ibfk_1; DROP TABLE users"]);
    accepted(&[
        USERS,
        unnamed,
        "RENAME TABLE p TO q; ALTER TABLE q DROP FOREIGN KEY q_ibfk_1; DROP TABLE users",
    ]);
}

#[test]
fn temporary_tables_hide_others() {
    let hidden = "CREATE TABLE users (email INT UNIQUE)";
    let temporary = "CREATE TEMPORARY TABLE users (id INT PRIMARY KEY)";
    accepted(&[temporary, hidden]);
    let drafts = "CREATE TABLE drafts (u INT, FOREIGN KEY (u) REFERENCES users (email))";
    accepted(&[temporary, hidden, drafts, "DROP TABLE users"]);
    refused(
        &[temporary, hidden, drafts, "DROP TABLE users", "DROP TABLE users"],
        "constraint `drafts_ibfk_1` of `drafts` needs `users`",
    );
}

#[test]
fn only_temporary_tables_are_dropped_as_such() {
    let kept = "DROP TEMPORARY TABLE IF EXISTS users; SELECT id FROM users";
    let temporary = "CREATE TEMPORARY TABLE users (email INT); DROP TEMPORARY TABLE users;
        SELECT id FROM users";
    accepted(&[USERS, POSTS, kept, temporary, kept]);
    let gone = "CREATE TEMPORARY TABLE t (a INT); DROP TEMPORARY TABLE t; DROP TEMPORARY TABLE t";
    refused(&[gone], "no earlier migration creates `t`");
}

/// Every one was run on a `MariaDB` 10.11, and those with partitions on a `MySQL` 9.7, too.
#[test]
fn what_few_tables_have_is_read() {
    let parts = "CREATE TABLE p (id INT) PARTITION BY RANGE (id)
        (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN MAXVALUE);
        ALTER TABLE p ANALYZE PARTITION p0, p1; ALTER TABLE p TRUNCATE PARTITION p0, p1;
        ALTER TABLE p DROP PARTITION p0; ALTER TABLE p ADD c INT REMOVE PARTITIONING;
        ALTER TABLE p ADD d INT PARTITION BY HASH (id) PARTITIONS 2; SELECT c, d FROM p;
        ALTER TABLE nope CHECK PARTITION p0; ALTER TABLE nope REPAIR PARTITION ALL";
    let periods = "CREATE TABLE v (id INT, s DATE, e DATE, PERIOD FOR app (s, e),
        UNIQUE (id, app WITHOUT OVERLAPS))";
    let sequence = "CREATE SEQUENCE s; RENAME TABLE s TO r; DROP TABLE r";
    let history = "CREATE TABLE h (id INT) WITH SYSTEM VERSIONING; DELETE HISTORY FROM h;
        DELETE HISTORY FROM h BEFORE SYSTEM_TIME '2020-01-01'";
    let moved =
        "CREATE TABLE m (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (5),
        PARTITION p1 VALUES LESS THAN (9)); ALTER TABLE m CONVERT PARTITION p1 TO TABLE n;
        SELECT id FROM n; ALTER TABLE n ADD SYSTEM VERSIONING; SELECT row_start FROM n";
    accepted(&[parts, periods, sequence, history, moved]);
    for text in ["DELETE HISTORY FROM nope", "ALTER TABLE nope TRUNCATE PARTITION p0"] {
        refused(&[text], "no earlier migration creates `nope`");
    }
    let found = findings(&["CREATE TABLE p (id INT); ALTER TABLE p ADD c INT REMOVE"]);
    assert!(found.len() == 1 && found[0].ends_with("`REMOVE` is no part of a column's definition"));
}

/// A database that no statement makes or chooses may be the connection's own, or another.
#[test]
fn tables_of_databases_that_are_not_listed_may_be_others() {
    for text in [
        "SELECT email FROM other.users",
        "UPDATE other.users SET email = 1; INSERT INTO other.users (email) VALUES (1)",
        "TRUNCATE other.users; DROP TABLE other.users; SELECT id FROM users",
        "ALTER TABLE other.users ADD email INT; SELECT email FROM users",
        "ALTER TABLE other.users DROP COLUMN email; SELECT id FROM users",
        "CREATE INDEX i ON other.users (email); DROP INDEX j ON other.users",
        "CREATE VIEW v AS SELECT * FROM other.users; SELECT email FROM v",
        "CREATE TABLE r (e INT, FOREIGN KEY (e) REFERENCES other.users (email))",
    ] {
        accepted(&[USERS, POSTS, text]);
    }
    let listed = "CREATE DATABASE own; CREATE TABLE own.t (a INT); SELECT b FROM own.t";
    refused(&[listed], "`t` has no column `b`");
    refused(&["USE own; CREATE TABLE t (a INT); SELECT b FROM own.t"], "`t` has no column `b`");
}

#[test]
fn indexes_change_their_names() {
    let table = "CREATE TABLE t (a INT, b INT, KEY k1 (a), KEY k2 (b))";
    let both = "ALTER TABLE t DROP KEY k1, DROP KEY k2";
    accepted(&[table, "ALTER TABLE t RENAME KEY k1 TO k2, RENAME KEY k2 TO k1", both]);
    let chain = "ALTER TABLE t RENAME INDEX k2 TO k1, RENAME INDEX k1 TO k3";
    accepted(&[table, chain, "ALTER TABLE t DROP KEY k1, DROP KEY k3"]);
    refused(&[table, "ALTER TABLE t RENAME KEY k1 TO k2"], "there is already an index `k2`");
}

#[test]
fn what_the_server_s_own_databases_hold_is_not_listed() {
    accepted(&[
        USERS,
        "USE information_schema; SELECT table_name FROM tables; USE mysql;
        SELECT user FROM user",
    ]);
}

#[test]
fn what_is_renamed_to_its_own_name_stays() {
    accepted(&[
        "CREATE TABLE t (a INT, KEY k (a))",
        "ALTER TABLE t RENAME INDEX k TO K",
        "ALTER TABLE t RENAME COLUMN a TO a",
        "ALTER TABLE t RENAME TO t",
        "DROP INDEX k ON t",
    ]);
}

#[test]
fn foreign_keys_leave_their_indexes_behind() {
    let likes = "CREATE TABLE likes (u INT, p INT, KEY liker (u),
        CONSTRAINT liker FOREIGN KEY (u) REFERENCES users (id))";
    let post_key = "ALTER TABLE likes ADD CONSTRAINT liked FOREIGN KEY (p) REFERENCES posts (id)";
    accepted(&[USERS, POSTS, likes, post_key, "ALTER TABLE likes DROP FOREIGN KEY liker"]);
    accepted(&[
        USERS,
        POSTS,
        "CREATE TABLE likes (u INT, p INT)",
        "ALTER TABLE likes ADD CONSTRAINT liker FOREIGN KEY (u) REFERENCES users (id)",
        post_key,
        "ALTER TABLE likes RENAME INDEX liked TO by_post",
    ]);
}

#[test]
fn dynamic_code_may_change_the_indexes_of_what_it_mentions() {
    accepted(&[
        USERS,
        "SET @change = IF(@old, 'ALTER TABLE users DROP COLUMN id', 'SELECT 1');
         PREPARE change FROM @change; EXECUTE change; ALTER TABLE users ADD PRIMARY KEY (name(9))",
    ]);
}

#[test]
fn statements_in_variables_may_have_run() {
    let change = "'ALTER TABLE users ADD COLUMN x INT'";
    let run = "PREPARE s FROM @s; EXECUTE s; UPDATE users SET x = 1";
    let kept = [
        format!("SET @s = {change}; {run}"),
        format!("SELECT {change} INTO @s; {run}"),
        format!("SELECT @s := {change}; {run}"),
        format!(
            "BEGIN NOT ATOMIC DECLARE s TEXT; SELECT {change} INTO s; EXECUTE IMMEDIATE s; END;
             UPDATE users SET x = 1"
        ),
    ];
    for kept in kept {
        accepted(&[USERS, &kept]);
    }
    let block = "BEGIN NOT ATOMIC ALTER TABLE users ADD COLUMN x INT; END";
    accepted(&[USERS, block, "UPDATE users SET x = 1"]);
    for declared in ["DECLARE s TEXT; SET s =", "DECLARE s TEXT DEFAULT"] {
        let routine =
            format!("CREATE PROCEDURE p() BEGIN {declared} {change}; EXECUTE IMMEDIATE s; END");
        accepted(&[USERS, &routine, "CALL p(); UPDATE users SET x = 1"]);
    }
}

#[test]
fn statements_put_together_from_rows_may_name_anything() {
    let named = "SELECT GROUP_CONCAT('DROP TABLE ', table_name) FROM information_schema.tables";
    for keep in [format!("SET @s = ({named})"), format!("SELECT @s := ({named})")] {
        accepted(&[USERS, &keep, "PREPARE s FROM @s; EXECUTE s; CREATE TABLE users (a INT)"]);
    }
    let plain = "SET @s = CONCAT('a', (SELECT 'b' FROM dual)); CREATE TABLE users (a INT)";
    refused(&[USERS, plain], "there is already a table `users`");
}

#[test]
fn routines_are_followed_where_they_are_called() {
    let guarded =
        "CREATE PROCEDURE p() BEGIN IF NOT EXISTS (SELECT * FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name = 'users' AND column_name = 'email')
        THEN ALTER TABLE users ADD COLUMN email TEXT; END IF; END";
    accepted(&[USERS, guarded, "CALL p(); CALL P(); UPDATE users SET email = 'x'"]);
    refused(&[USERS, guarded, "UPDATE users SET email = 'x'"], "`users` has no column `email`");
    let dynamic = "CREATE PROCEDURE d(t TEXT) BEGIN SET @s = CONCAT('DROP TABLE ', t);
        PREPARE s FROM @s; EXECUTE s; END";
    accepted(&[USERS, dynamic, "CALL d('users'); CREATE TABLE users (a INT)"]);
}

const FRAGMENTS: &[&str] = &[
    "CREATE",
    "ALTER",
    "TABLE",
    "DROP",
    "ADD",
    "INDEX",
    "(",
    ")",
    ",",
    "`a`",
    "b",
    ".",
    "KEY",
    "IF",
    "EXISTS",
    "SELECT",
    "FROM",
    "CALL",
    "BEGIN",
    "END",
    "THEN",
    "CHANGE",
    "REFERENCES",
    "FOREIGN",
    "SET",
    "=",
    "'x'",
    "/*! y */",
    "\"é\"",
    "PROCEDURE",
    ";",
    "VIEW",
    "AS",
    "ON",
];

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}", words in prop::collection::vec(prop::sample::select(FRAGMENTS), 0..25)) {
        parse(&text, &Origin::at(0));
        findings(&[&words.join(" "), "CALL b()"]);
        findings(&[USERS, &format!("ALTER TABLE users {}", words.join(" "))]);
    }
}

#[test]
fn a_column_replaced_in_one_statement_may_keep_its_keys() {
    let replaced = "ALTER TABLE users DROP COLUMN id, ADD COLUMN id INT FIRST;";
    accepted(&[USERS, replaced, POSTS]);
}
