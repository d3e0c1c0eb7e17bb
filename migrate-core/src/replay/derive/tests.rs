//! A history and an upgrade in, the way back out.

use super::DerivedDowngrade;
use super::derived::derive;
use crate::database::Database::{self, Mysql, Postgres, Sqlite};
use crate::replay::dialect::dialect_of;
use crate::replay::downgrade::Grade;
use crate::replay::engine::Engine;
use crate::source::{SourceFile, SourceMap, SourceText};

fn derived(database: Database, history: &str, upgrade: &str) -> DerivedDowngrade {
    let mut sources = SourceMap::new("");
    let mut add = |text: &str| {
        let text = SourceText::new(text.to_owned());
        sources.add(SourceFile { path: "1".into(), text })
    };
    let (first, second) = (add(history), add(upgrade));
    let mut engine = Engine::new(database, dialect_of(database).expect("is built in"));
    engine.file(first, history, 0);
    derive(&mut engine, database, second, upgrade)
}

/// The downgrade in one line per statement, then how much it restores.
#[track_caller]
fn check(database: Database, history: &str, upgrade: &str, expected: &[&str], grade: Grade) {
    let derived = derived(database, history, upgrade);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for part in derived.sql.lines() {
        line = if line.is_empty() {
            part.trim().to_owned()
        } else {
            format!("{line} {}", part.trim())
        };
        if part.ends_with(';') || part.starts_with("--") {
            lines.push(std::mem::take(&mut line));
        }
    }
    assert_eq!(lines, expected, "{upgrade}");
    assert_eq!(derived.grade, grade, "{upgrade}");
}

const USERS: &str =
    "CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL DEFAULT '' UNIQUE, age int);
    CREATE INDEX by_age ON users (age);";

#[test]
fn what_came_is_dropped_newest_first() {
    check(
        Postgres,
        USERS,
        "CREATE TYPE mood AS ENUM ('ok');
         CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users, feels mood);
         ALTER TABLE users ADD COLUMN bio text, ADD COLUMN best int REFERENCES posts, ADD CHECK (age > 0);
         CREATE INDEX ON users (email, age);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();
         CREATE VIEW names AS SELECT email, bio FROM users;
         ALTER TABLE users ENABLE ROW LEVEL SECURITY;
         CREATE POLICY p ON users USING (bio = current_user);
         COMMENT ON TABLE users IS 'people';",
        &[
            "DROP POLICY \"p\" ON \"users\";",
            "DROP TRIGGER \"t\" ON \"users\";",
            "ALTER TABLE \"users\" DROP CONSTRAINT \"users_age_check\";",
            "ALTER TABLE \"users\" DROP CONSTRAINT \"users_best_fkey\";",
            "DROP INDEX \"users_email_age_idx\";",
            "DROP VIEW \"names\";",
            "DROP FUNCTION \"f\";",
            "DROP TABLE \"posts\";",
            "ALTER TABLE \"users\" DROP COLUMN \"best\";",
            "ALTER TABLE \"users\" DROP COLUMN \"bio\";",
            "DROP TYPE \"mood\";",
            "ALTER TABLE \"users\" DISABLE ROW LEVEL SECURITY;",
            "COMMENT ON TABLE \"users\" IS NULL;",
        ],
        Grade::Lossless,
    );
}

#[test]
fn what_a_new_table_needs_of_newer_things_goes_first() {
    check(
        Postgres,
        "",
        "CREATE TABLE posts (id int PRIMARY KEY, age int);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER t BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION f();
         CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
         ALTER TABLE posts ADD CONSTRAINT old CHECK (g(age) > 0), ALTER age SET DEFAULT g(1);
         CREATE TABLE members (id int);
         CREATE POLICY p ON posts USING (EXISTS (SELECT FROM members));",
        &[
            "DROP POLICY \"p\" ON \"posts\";",
            "DROP TRIGGER \"t\" ON \"posts\";",
            "ALTER TABLE \"posts\" DROP CONSTRAINT \"old\";",
            "DROP TABLE \"members\";",
            "DROP FUNCTION \"f\";",
            "DROP TABLE \"posts\";",
            "DROP FUNCTION \"g\";",
        ],
        Grade::Lossless,
    );
}

#[test]
fn what_went_is_made_again() {
    check(
        Postgres,
        &format!("{USERS}
            CREATE TABLE posts (id int PRIMARY KEY, author int CONSTRAINT of REFERENCES users (id) ON DELETE CASCADE);
            CREATE VIEW adults AS SELECT id, age FROM users WHERE age > 17;
            ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON posts USING (id > 0);
            COMMENT ON COLUMN users.email IS 'unique';"),
        "DROP VIEW adults; DROP TABLE posts; ALTER TABLE users DROP COLUMN email, DROP COLUMN age;",
        &[
            "-- the values of column `users.email` do not come back",
            "-- the values of column `users.age` do not come back",
            "-- the rows of table `posts` do not come back",
            "ALTER TABLE \"users\" ADD COLUMN \"email\" text NOT NULL DEFAULT '';",
            "ALTER TABLE \"users\" ADD COLUMN \"age\" int;",
            "ALTER TABLE \"users\" ADD CONSTRAINT \"users_email_key\" UNIQUE (\"email\");",
            "CREATE INDEX \"by_age\" ON \"users\" (age);",
            "CREATE TABLE \"posts\" ( \"id\" int NOT NULL, \"author\" int, CONSTRAINT \"posts_pkey\" PRIMARY KEY (\"id\") );",
            "CREATE VIEW \"adults\" AS SELECT id, age FROM users WHERE age > 17;",
            "ALTER TABLE \"posts\" ADD CONSTRAINT \"of\" FOREIGN KEY (\"author\") REFERENCES users (id) ON DELETE CASCADE;",
            "CREATE POLICY \"p\" ON \"posts\" USING (id > 0);",
            "ALTER TABLE \"posts\" ENABLE ROW LEVEL SECURITY;",
            "COMMENT ON COLUMN \"users\".\"email\" IS 'unique';",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn what_changed_is_put_back() {
    check(
        Postgres,
        &format!("{USERS}
            CREATE TYPE mood AS ENUM ('ok', 'bad');
            ALTER TABLE users ADD feels mood DEFAULT 'ok';
            CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE VIEW names AS SELECT email FROM users;
            CREATE POLICY p ON users USING (age > 1);"),
        "ALTER TABLE users RENAME email TO mail;
         ALTER TABLE users RENAME TO people;
         ALTER TABLE people ALTER age TYPE bigint, ALTER age SET DEFAULT 3, ALTER age SET NOT NULL, ALTER mail DROP NOT NULL;
         ALTER INDEX by_age RENAME TO by_years;
         ALTER TABLE people RENAME CONSTRAINT users_pkey TO people_pkey;
         ALTER TYPE mood RENAME TO mood_old;
         CREATE TYPE mood AS ENUM ('ok');
         ALTER TABLE people ALTER feels DROP DEFAULT, ALTER feels TYPE mood USING feels::text::mood;
         DROP TYPE mood_old;
         CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2';
         CREATE OR REPLACE VIEW names AS SELECT mail AS email, 1 AS more FROM people;
         ALTER POLICY p ON people USING (age > 2);
         UPDATE people SET age = 1;",
        &[
            "-- values that the upgrade changes stay changed",
            "DROP POLICY \"p\" ON \"people\";",
            "DROP VIEW \"names\";",
            "ALTER TYPE \"mood\" RENAME TO \"migrate_old_mood\";",
            "ALTER TABLE \"people\" RENAME TO \"users\";",
            "ALTER TABLE \"users\" RENAME COLUMN \"mail\" TO \"email\";",
            "ALTER TABLE \"users\" RENAME CONSTRAINT \"people_pkey\" TO \"users_pkey\";",
            "ALTER INDEX \"by_years\" RENAME TO \"by_age\";",
            "CREATE TYPE \"mood\" AS ENUM ('ok', 'bad');",
            "CREATE OR REPLACE FUNCTION \"one\"() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "-- this fails where `users.email` is null in a row",
            "ALTER TABLE \"users\" ALTER COLUMN \"email\" SET NOT NULL;",
            "ALTER TABLE \"users\" ALTER COLUMN \"age\" DROP DEFAULT;",
            "ALTER TABLE \"users\" ALTER COLUMN \"age\" TYPE int USING \"age\"::int;",
            "ALTER TABLE \"users\" ALTER COLUMN \"age\" DROP NOT NULL;",
            "ALTER TABLE \"users\" ALTER COLUMN \"feels\" TYPE mood USING \"feels\"::text::mood;",
            "ALTER TABLE \"users\" ALTER COLUMN \"feels\" SET DEFAULT 'ok';",
            "DROP TYPE \"migrate_old_mood\";",
            "CREATE VIEW \"names\" AS SELECT email FROM users;",
            "CREATE POLICY \"p\" ON \"users\" USING (age > 1);",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn a_column_counts_by_itself_again() {
    check(
        Postgres,
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
        "DROP TABLE t; CREATE TABLE t (id bigint PRIMARY KEY);",
        &[
            "-- the rows of table `t` do not come back",
            "ALTER TABLE \"t\" ALTER COLUMN \"id\" ADD GENERATED ALWAYS AS IDENTITY;",
        ],
        Grade::SchemaOnly,
    );
    let derived = derived(
        Postgres,
        "CREATE TABLE t AS SELECT 1 AS a;",
        "ALTER TABLE t ALTER COLUMN a TYPE text;",
    );
    assert_eq!(derived.grade, Grade::Irreversible);
    let losses = ["not taken back: the type that column `t.a` had is not known"];
    assert_eq!(derived.losses, losses);
}

#[test]
fn what_cannot_be_taken_back_is_said() {
    check(
        Postgres,
        "CREATE TYPE mood AS ENUM ('ok');",
        "ALTER TYPE mood ADD VALUE 'bad';",
        &[
            "-- not taken back: `bad` stays a value of type `mood`",
            "-- not taken back: value `bad` of type `mood` is left behind",
        ],
        Grade::Irreversible,
    );
}

#[test]
fn a_sqlite_table_is_built_anew_where_it_must_be() {
    let history = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT);
        CREATE INDEX by_age ON users (age);";
    check(
        Sqlite,
        history,
        "ALTER TABLE users ADD COLUMN bio TEXT; CREATE TABLE b (id INTEGER);
         CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM b; END; DROP INDEX by_age;",
        &[
            "DROP TRIGGER \"t\";",
            "DROP TABLE \"b\";",
            "ALTER TABLE \"users\" DROP COLUMN \"bio\";",
            "CREATE INDEX \"by_age\" ON \"users\" (age);",
        ],
        Grade::Lossless,
    );
    check(
        Sqlite,
        history,
        "CREATE TABLE new (id INTEGER PRIMARY KEY, title TEXT, age INT);
         INSERT INTO new SELECT * FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users;",
        &[
            "-- rows that the upgrade inserts stay, unless their table goes",
            "-- the values of column `users.name` do not come back",
            "CREATE TABLE \"migrate_new_users\" ( \"id\" INTEGER PRIMARY KEY, \"name\" TEXT NOT NULL, \"age\" INT );",
            "INSERT INTO \"migrate_new_users\" (\"id\", \"age\") SELECT \"id\", \"age\" FROM \"users\";",
            "PRAGMA legacy_alter_table = ON;",
            "DROP TABLE \"users\";",
            "ALTER TABLE \"migrate_new_users\" RENAME TO \"users\";",
            "PRAGMA legacy_alter_table = OFF;",
            "CREATE INDEX \"by_age\" ON \"users\" (age);",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn a_mysql_column_is_said_anew() {
    check(
        Mysql,
        "CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(9) NOT NULL COMMENT 'x', KEY by_name (name));
         CREATE TABLE posts (id int, author bigint, CONSTRAINT fk FOREIGN KEY (author) REFERENCES users (id));",
        "ALTER TABLE users MODIFY COLUMN name text, ADD COLUMN b int, ADD KEY by_b (b, id), ADD CONSTRAINT c CHECK (b > 0);
         ALTER TABLE users DROP KEY by_name;
         ALTER TABLE posts DROP FOREIGN KEY fk, DROP COLUMN author;
         ALTER TABLE users ADD COLUMN p int, ADD CONSTRAINT own FOREIGN KEY (p) REFERENCES posts (id);",
        &[
            "-- the values of column `posts.author` do not come back",
            "ALTER TABLE `users` DROP FOREIGN KEY `own`;",
            "DROP INDEX `by_b` ON `users`;",
            "ALTER TABLE `users` DROP COLUMN `p`;",
            "ALTER TABLE `users` DROP COLUMN `b`;",
            "ALTER TABLE `posts` ADD COLUMN `author` bigint;",
            "-- this fails where `users.name` is null in a row",
            "ALTER TABLE `users` MODIFY COLUMN `name` varchar(9) NOT NULL COMMENT 'x';",
            "ALTER TABLE `users` ADD KEY `by_name` (name);",
            "ALTER TABLE `posts` ADD CONSTRAINT `fk` FOREIGN KEY (author) REFERENCES users (id);",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn a_serial_column_counts_again() {
    check(
        Postgres,
        USERS,
        "ALTER TABLE users ALTER id DROP DEFAULT;",
        &["ALTER TABLE \"users\" ALTER COLUMN \"id\" SET DEFAULT nextval('\"users_id_seq\"');"],
        Grade::Lossless,
    );
}

#[test]
fn what_may_be_there_is_said_and_not_made() {
    let derived = derived(
        Postgres,
        "CREATE TABLE t (a int); DO $$ BEGIN CREATE TABLE u (a int); EXCEPTION WHEN OTHERS THEN NULL; END $$;",
        "DROP TABLE IF EXISTS u; DO $$ BEGIN ALTER TABLE t ADD b int; EXCEPTION WHEN OTHERS THEN NULL; END $$;",
    );
    assert_eq!(derived.grade, Grade::Irreversible);
    let said = derived.losses.join("\n");
    assert!(said.contains("TABLE \"u\": this may be there, or not"), "{said}");
    assert!(said.contains("whether column `b` of `t` is as it was"), "{said}");
    assert!(!derived.sql.contains("CREATE TABLE"), "{}", derived.sql);
}

#[test]
fn a_block_that_forgives_only_taken_names_is_certain() {
    check(
        Postgres,
        USERS,
        "DO $$ BEGIN ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);
         EXCEPTION WHEN duplicate_object OR duplicate_table THEN NULL; END $$;",
        &[
            "-- what its code does to rows is not taken back",
            "ALTER TABLE \"users\" DROP CONSTRAINT \"c\";",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn a_table_that_may_not_have_been_made_goes_if_it_is_there() {
    let derived = derived(
        Postgres,
        USERS,
        "DO $$ BEGIN CREATE TABLE t (a int); EXCEPTION WHEN OTHERS THEN NULL; END $$;",
    );
    assert!(derived.sql.contains("DROP TABLE IF EXISTS \"t\";"), "{}", derived.sql);
}

#[test]
fn a_mysql_column_comes_back_to_its_place() {
    check(
        Mysql,
        "CREATE TABLE t (a int, Bee int, c int);",
        "ALTER TABLE t DROP COLUMN bee; ALTER TABLE t MODIFY c int FIRST;",
        &[
            "-- the values of column `t.bee` do not come back",
            "ALTER TABLE `t` MODIFY COLUMN `a` int FIRST;",
            "ALTER TABLE `t` ADD COLUMN `Bee` int AFTER `a`;",
            "ALTER TABLE `t` MODIFY COLUMN `c` int AFTER `Bee`;",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn a_mysql_column_that_counts_comes_with_its_key() {
    check(
        Mysql,
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, b int);",
        "ALTER TABLE t DROP COLUMN id;",
        &[
            "-- the values of column `t.id` do not come back",
            "ALTER TABLE `t` ADD COLUMN `id` int AUTO_INCREMENT NOT NULL FIRST, ADD PRIMARY KEY (`id`);",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn the_index_of_a_mysql_foreign_key_comes_back_before_the_one_that_replaced_it_goes() {
    check(
        Mysql,
        "CREATE TABLE o (id int PRIMARY KEY);
         CREATE TABLE t (a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES o (id));",
        "CREATE INDEX by_a ON t (a);",
        &[
            "-- the index `fk` of a foreign key is one of its own now",
            "ALTER TABLE `t` ADD INDEX `fk` (`a`);",
            "DROP INDEX `by_a` ON `t`;",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn a_key_takes_the_name_of_the_one_it_swallows() {
    check(
        Postgres,
        "CREATE TABLE t (a int UNIQUE, CONSTRAINT one UNIQUE (a));",
        "DROP TABLE t;",
        &[
            "-- the rows of table `t` do not come back",
            "CREATE TABLE \"t\" ( \"a\" int, CONSTRAINT \"one\" UNIQUE (\"a\") );",
        ],
        Grade::SchemaOnly,
    );
}

#[test]
fn columns_keep_upper_and_lower_case_where_it_does_not_count() {
    check(
        Mysql,
        "CREATE TABLE t (id int, CHECK (id > 0)); ALTER TABLE t RENAME COLUMN id TO theId;",
        "ALTER TABLE t RENAME COLUMN theId TO other;",
        &["ALTER TABLE `t` RENAME COLUMN `other` TO `theId`;"],
        Grade::Lossless,
    );
}

#[test]
fn what_is_switched_goes_back_to_what_was_said_last() {
    check(
        Postgres,
        "CREATE TABLE t (a int); CREATE TABLE u (a int); ALTER TABLE t FORCE ROW LEVEL SECURITY;",
        "ALTER TABLE t FORCE ROW LEVEL SECURITY; ALTER TABLE u NO FORCE ROW LEVEL SECURITY;",
        &[
            "ALTER TABLE \"t\" FORCE ROW LEVEL SECURITY;",
            "ALTER TABLE \"u\" NO FORCE ROW LEVEL SECURITY;",
        ],
        Grade::Lossless,
    );
}

#[test]
fn a_mysql_primary_key_gives_way_to_the_one_before_it_at_once() {
    check(
        Mysql,
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, b int NOT NULL);",
        "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, b);",
        &["ALTER TABLE `t` DROP PRIMARY KEY, ADD PRIMARY KEY (`id`);"],
        Grade::Lossless,
    );
    check(
        Mysql,
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, b int NOT NULL);",
        "CREATE INDEX i ON t (id); ALTER TABLE t DROP PRIMARY KEY; CREATE INDEX j ON t (b);",
        &["ALTER TABLE `t` DROP INDEX `i`, ADD PRIMARY KEY (`id`);", "DROP INDEX `j` ON `t`;"],
        Grade::Lossless,
    );
}

#[test]
fn a_sqlite_key_keeps_waiting_for_the_table_that_got_its_name() {
    check(
        Sqlite,
        "CREATE TABLE a (id INTEGER PRIMARY KEY);
         CREATE TABLE b (id INTEGER PRIMARY KEY, a_id REFERENCES a (id));
         CREATE TABLE c (id INTEGER PRIMARY KEY); DROP TABLE a;",
        "ALTER TABLE c RENAME TO a;",
        &[
            "PRAGMA legacy_alter_table = ON;",
            "ALTER TABLE \"a\" RENAME TO \"c\";",
            "PRAGMA legacy_alter_table = OFF;",
        ],
        Grade::Lossless,
    );
}

#[test]
fn operators_and_casts_go_before_what_they_need_and_come_after_it() {
    let made = "CREATE TYPE mood AS ENUM ('ok');
        CREATE FUNCTION same(mood, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = int, FUNCTION = same);
        CREATE CAST (text AS mood) WITH INOUT;
        CREATE OPERATOR CLASS own FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int);";
    check(
        Postgres,
        "",
        made,
        &[
            "DROP OPERATOR CLASS \"own\" USING btree;",
            "DROP OPERATOR FAMILY \"own\" USING btree;",
            "DROP CAST (pg_catalog.\"text\" AS \"mood\");",
            "DROP OPERATOR === (\"mood\", pg_catalog.\"int4\");",
            "DROP FUNCTION \"same\";",
            "DROP TYPE \"mood\";",
        ],
        Grade::Lossless,
    );
    check(
        Postgres,
        made,
        "DROP OPERATOR === (mood, int); DROP CAST (text AS mood); DROP OPERATOR FAMILY own USING btree;",
        &[
            "CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = int, FUNCTION = same);",
            "CREATE CAST (pg_catalog.\"text\" AS \"mood\") WITH INOUT;",
            "CREATE OPERATOR CLASS \"own\" FOR TYPE int USING btree AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int);",
        ],
        Grade::Lossless,
    );
}
