//! SQL in, the schema that it makes out.

use crate::database::Database::{self, Mysql, Postgres, Sqlite};
use crate::replay::dialect::dialect_of;
use crate::replay::engine::Engine;
use crate::replay::written::SchemaStatement;
use crate::source::{SourceFile, SourceMap, SourceText};

fn statements(database: Database, text: &str) -> Vec<SchemaStatement> {
    let mut sources = SourceMap::new("");
    let source = SourceText::new(text.to_owned());
    let file = sources.add(SourceFile { path: "1".into(), text: source });
    let mut engine = Engine::new(database, dialect_of(database).expect("is built in"));
    engine.file(file, sources.text(file), 0);
    assert_eq!(engine.catalog().unknown.names.len(), 0, "{text}");
    super::schema(engine.catalog(), database)
}

/// The schema in one line per statement.
fn written(database: Database, text: &str) -> Vec<String> {
    let statements = statements(database, text).into_iter();
    let shown = statements.filter(|statement| statement.kind != "setting").map(|statement| {
        let sql = statement.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        statement.notes.iter().fold(sql, |sql, note| format!("{sql} -- {note}"))
    });
    shown.collect()
}

#[track_caller]
fn check(database: Database, text: &str, expected: &[&str]) {
    assert_eq!(written(database, text), expected, "{text}");
}

#[test]
fn a_postgres_table_is_put_together_from_its_parts() {
    check(
        Postgres,
        "CREATE TABLE IF NOT EXISTS users (
             id serial PRIMARY KEY,
             email varchar(80) NOT NULL UNIQUE,
             age int CHECK (age > 0) DEFAULT 3,
             full_name text COLLATE \"C\" GENERATED ALWAYS AS (lower(email)) STORED
         ) WITH (fillfactor = 70);
         CREATE TABLE posts (
             id bigint GENERATED ALWAYS AS IDENTITY (START 5), author int REFERENCES users ON DELETE SET NULL,
             PRIMARY KEY (id), CONSTRAINT short CHECK (id < 10));
         CREATE INDEX ON posts (author) WHERE author > 3;
         ALTER TABLE users ALTER id TYPE bigint, ALTER age DROP DEFAULT, ALTER email TYPE text, ADD bio text DEFAULT '';
         COMMENT ON COLUMN users.age IS 'in years';
         COMMENT ON TABLE users IS 'all';
         COMMENT ON TABLE users IS 'people';",
        &[
            "CREATE SEQUENCE \"users_id_seq\" AS integer",
            "CREATE TABLE \"users\" ( \"id\" bigint NOT NULL DEFAULT nextval('\"users_id_seq\"'), \"email\" text NOT NULL, \"age\" int, \
             \"full_name\" text COLLATE \"C\" GENERATED ALWAYS AS (lower(email)) STORED, \
             \"bio\" text DEFAULT '', \
             CONSTRAINT \"users_pkey\" PRIMARY KEY (\"id\"), \
             CONSTRAINT \"users_email_key\" UNIQUE (\"email\"), \
             CONSTRAINT \"users_age_check\" CHECK (age > 0) ) WITH (fillfactor = 70)",
            "CREATE TABLE \"posts\" ( \"id\" bigint GENERATED ALWAYS AS IDENTITY (START 5), \
             \"author\" int, CONSTRAINT \"posts_pkey\" PRIMARY KEY (id), \
             CONSTRAINT \"short\" CHECK (id < 10) )",
            "CREATE INDEX \"posts_author_idx\" ON \"posts\" (author) WHERE author > 3",
            "ALTER TABLE \"posts\" ADD CONSTRAINT \"posts_author_fkey\" FOREIGN KEY (\"author\") \
             REFERENCES users ON DELETE SET NULL",
            "ALTER SEQUENCE \"users_id_seq\" OWNED BY \"users\".\"id\"",
            "COMMENT ON TABLE \"users\" IS 'people'",
            "COMMENT ON COLUMN \"users\".\"age\" IS 'in years'",
        ],
    );
}

#[test]
fn renamed_things_have_their_new_names_everywhere() {
    check(
        Postgres,
        "CREATE TYPE mood AS ENUM ('ok');
         CREATE TABLE users (id int PRIMARY KEY, name text, feels mood, CHECK (name <> ''));
         CREATE TABLE posts (id int, author int REFERENCES users (id));
         CREATE INDEX by_name ON users (lower(name));
         CREATE VIEW names AS SELECT u.id, u.name FROM users u;
         ALTER TABLE users ENABLE ROW LEVEL SECURITY;
         CREATE POLICY own ON users USING (name = current_user);
         ALTER TABLE users RENAME TO people;
         ALTER TABLE people RENAME name TO title;
         ALTER TABLE people RENAME id TO key;
         ALTER TYPE mood RENAME TO feeling;
         ALTER TYPE feeling ADD VALUE 'bad' BEFORE 'ok';
         ALTER POLICY own ON people RENAME TO mine;",
        &[
            "CREATE TYPE \"feeling\" AS ENUM ('bad', 'ok')",
            "CREATE TABLE \"people\" ( \"key\" int NOT NULL, \"title\" text, \"feels\" \"feeling\", \
             CONSTRAINT \"users_pkey\" PRIMARY KEY (\"key\"), \
             CONSTRAINT \"users_name_check\" CHECK (\"title\" <> '') )",
            "CREATE TABLE \"posts\" ( \"id\" int, \"author\" int )",
            "CREATE VIEW \"names\" (\"id\", \"name\") AS SELECT u.\"key\", u.\"title\" FROM \"people\" u",
            "CREATE INDEX \"by_name\" ON \"people\" (lower(\"title\"))",
            "ALTER TABLE \"posts\" ADD CONSTRAINT \"posts_author_fkey\" FOREIGN KEY (\"author\") \
             REFERENCES \"people\" (\"key\")",
            "ALTER TABLE \"people\" ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY \"mine\" ON \"people\" USING (\"title\" = current_user)",
        ],
    );
}

#[test]
fn what_others_need_comes_first() {
    check(
        Postgres,
        "CREATE EXTENSION IF NOT EXISTS pgcrypto;
         CREATE SCHEMA app;
         CREATE TABLE app.a (id int PRIMARY KEY);
         CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
         ALTER TABLE app.a ADD COLUMN b int DEFAULT one(), ADD COLUMN c app.d_type;
         CREATE SEQUENCE s OWNED BY app.a.b;
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
         CREATE TRIGGER t BEFORE INSERT ON app.a FOR EACH ROW EXECUTE FUNCTION f();
         ALTER TABLE app.a DISABLE TRIGGER t;
         ALTER TABLE app.a ALTER b SET STATISTICS 10, ADD d int;
         ALTER TABLE app.a FORCE ROW LEVEL SECURITY;"
            .replace(", ADD COLUMN c app.d_type", "")
            .as_str(),
        &[
            "CREATE SCHEMA \"app\"",
            "CREATE EXTENSION IF NOT EXISTS \"pgcrypto\"",
            "CREATE SEQUENCE \"s\"",
            "CREATE FUNCTION \"one\"() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE TABLE \"app\".\"a\" ( \"id\" int NOT NULL, \"b\" int DEFAULT one(), \"d\" int, \
             CONSTRAINT \"a_pkey\" PRIMARY KEY (\"id\") )",
            "CREATE FUNCTION \"f\"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
            "ALTER SEQUENCE \"s\" OWNED BY \"app\".\"a\".\"b\"",
            "CREATE TRIGGER \"t\" BEFORE INSERT ON \"app\".\"a\" FOR EACH ROW EXECUTE FUNCTION f()",
            "ALTER TABLE \"app\".\"a\" DISABLE TRIGGER \"t\"",
            "ALTER TABLE \"app\".\"a\" ALTER \"b\" SET STATISTICS 10",
            "ALTER TABLE \"app\".\"a\" FORCE ROW LEVEL SECURITY",
        ],
    );
}

#[test]
fn a_sqlite_table_is_written_as_it_was() {
    check(
        Sqlite,
        "CREATE TABLE Users (Id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE, UNIQUE (name)) STRICT;
         CREATE TABLE posts (id INTEGER, user_id INTEGER NOT NULL REFERENCES Users (Id), loose);
         CREATE INDEX by_user ON posts (user_id);
         CREATE VIEW names AS SELECT name FROM Users;
         CREATE TRIGGER t AFTER INSERT ON posts BEGIN UPDATE Users SET name = NEW.id; END;
         ALTER TABLE Users RENAME COLUMN name TO title;
         ALTER TABLE Users RENAME COLUMN id TO uid;
         ALTER TABLE users RENAME TO people;
         ALTER TABLE posts ADD COLUMN at TEXT DEFAULT (datetime('now'));
         ALTER TABLE posts DROP COLUMN loose;",
        &[
            "CREATE TABLE \"people\" ( \"uid\" INTEGER PRIMARY KEY AUTOINCREMENT, \
             \"title\" TEXT COLLATE NOCASE, UNIQUE (\"title\") ) STRICT",
            "CREATE TABLE \"posts\" ( \"id\" INTEGER, \
             \"user_id\" INTEGER NOT NULL REFERENCES \"people\" (\"uid\"), \
             \"at\" TEXT DEFAULT (datetime('now')) )",
            "CREATE VIEW \"names\" AS SELECT \"title\" FROM \"people\"",
            "CREATE INDEX \"by_user\" ON \"posts\" (user_id)",
            "CREATE TRIGGER \"t\" AFTER INSERT ON \"posts\" BEGIN UPDATE \"people\" SET \"title\" = NEW.id; END",
        ],
    );
}

#[test]
fn a_mysql_table_has_its_keys_inside() {
    check(
        Mysql,
        "CREATE TABLE users (
             id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
             email varchar(80) CHARACTER SET utf8mb4 NOT NULL UNIQUE,
             at datetime(6) NOT NULL DEFAULT now(6) ON UPDATE now(6) COMMENT 'when',
             KEY (at), FULLTEXT KEY words (email), CHECK (id > 0)
         ) ENGINE=InnoDB COMMENT='x';
         CREATE TABLE posts (id int, user_id bigint unsigned, CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
         CREATE INDEX by_id ON posts (id DESC);
         ALTER TABLE posts ADD UNIQUE INDEX both_ids (id, user_id), MODIFY COLUMN id bigint NOT NULL COMMENT 'new' FIRST;
         ALTER TABLE users CHANGE email mail varchar(90);
         ALTER TABLE users RENAME TO people;",
        &[
            "CREATE TABLE `people` ( `id` bigint unsigned NOT NULL AUTO_INCREMENT, \
             `mail` varchar(90), \
             `at` datetime(6) NOT NULL DEFAULT now(6) ON UPDATE now(6) COMMENT 'when', \
             PRIMARY KEY (`id`), CHECK (id > 0), \
             UNIQUE KEY `email` (`mail`), KEY `at` (at), FULLTEXT KEY `words` (`mail`) ) ENGINE=InnoDB COMMENT='x'",
            "CREATE TABLE `posts` ( `id` bigint NOT NULL COMMENT 'new', `user_id` bigint unsigned, \
             UNIQUE INDEX `both_ids` (id, user_id) )",
            "CREATE INDEX `by_id` ON `posts` (id DESC)",
            "ALTER TABLE `posts` ADD CONSTRAINT `fk` FOREIGN KEY (user_id) REFERENCES `people` (id) ON DELETE CASCADE",
        ],
    );
}

#[test]
fn a_view_keeps_the_columns_that_a_star_stood_for() {
    check(
        Postgres,
        "CREATE TABLE t (a int, b int);
         CREATE VIEW v AS SELECT * FROM t WHERE a > 0;
         ALTER TABLE t ADD COLUMN c int;
         ALTER TABLE t RENAME b TO d;",
        &[
            "CREATE TABLE \"t\" ( \"a\" int, \"d\" int, \"c\" int )",
            "CREATE VIEW \"v\" (\"a\", \"b\") AS SELECT \"a\", \"d\" FROM t WHERE a > 0",
        ],
    );
}

#[test]
fn keys_over_the_same_columns_stay_apart() {
    check(
        Postgres,
        "CREATE TABLE t (a int PRIMARY KEY, CONSTRAINT own UNIQUE (a));
         ALTER TABLE t ADD CONSTRAINT other UNIQUE (a);
         ALTER TABLE t RENAME TO u;
         CREATE TABLE s (id serial);
         ALTER TABLE s RENAME TO r;",
        &[
            "CREATE TABLE \"u\" ( \"a\" int NOT NULL, CONSTRAINT \"own\" PRIMARY KEY (\"a\") )",
            "ALTER TABLE \"u\" ADD CONSTRAINT \"other\" UNIQUE (a)",
            "CREATE TABLE \"r\" ( \"id\" serial NOT NULL )",
            "ALTER SEQUENCE \"r_id_seq\" RENAME TO \"s_id_seq\"",
        ],
    );
}

#[test]
fn the_sequence_of_an_identity_has_the_name_that_is_said() {
    check(
        Postgres,
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME a), k int NOT NULL);
         ALTER TABLE t ALTER k ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME b);
         ALTER SEQUENCE a RENAME TO c;",
        &[
            "CREATE TABLE \"t\" ( \"id\" bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME a), \"k\" int NOT NULL )",
            "ALTER SEQUENCE \"a\" RENAME TO \"c\"",
            "ALTER TABLE \"t\" ALTER \"k\" ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME b)",
        ],
    );
}

#[test]
fn columns_of_a_partition_come_with_its_parent() {
    check(
        Postgres,
        "CREATE TABLE t (a int) PARTITION BY RANGE (a);
         CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (2);
         ALTER TABLE t ADD COLUMN b int;",
        &[
            "CREATE TABLE \"t\" ( \"a\" int, \"b\" int ) PARTITION BY RANGE (a)",
            "CREATE TABLE \"p\" PARTITION OF t FOR VALUES FROM (1) TO (2)",
        ],
    );
}

#[test]
fn an_exclusion_that_was_copied_has_a_name_that_is_not_known() {
    check(
        Postgres,
        "CREATE TABLE t (a int4range, EXCLUDE USING gist (a WITH &&));
         CREATE TABLE c (LIKE t INCLUDING ALL);",
        &[
            "CREATE TABLE \"t\" ( \"a\" int4range, CONSTRAINT \"t_a_excl\" EXCLUDE USING gist (a WITH &&) )",
            "CREATE TABLE \"c\" ( \"a\" int4range ) -- some of its columns are copies of another table's \
             -- this may have keys, indexes and triggers that are not known",
        ],
    );
}

#[test]
fn operators_come_after_what_they_need_under_its_new_name() {
    check(
        Postgres,
        "CREATE TYPE mood AS ENUM ('a'); CREATE SCHEMA s;
         CREATE TABLE t (a mood);
         CREATE FUNCTION f(mood, mood) RETURNS bool LANGUAGE sql AS 'SELECT true';
         CREATE OPERATOR === (LEFTARG = mood, RIGHTARG = mood, FUNCTION = f);
         ALTER OPERATOR === (mood, mood) SET SCHEMA s;
         ALTER TYPE mood RENAME TO state;",
        &[
            "CREATE SCHEMA \"s\"",
            "CREATE TYPE \"state\" AS ENUM ('a')",
            "CREATE FUNCTION \"f\"(\"state\", \"state\") RETURNS bool LANGUAGE sql AS 'SELECT true'",
            "CREATE OPERATOR \"s\".=== (LEFTARG = \"state\", RIGHTARG = \"state\", FUNCTION = f)",
            "CREATE TABLE \"t\" ( \"a\" \"state\" )",
        ],
    );
}
