//! Histories in, what breaks the rules out.

use crate::check::check_with;
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::load;
use crate::lock;
use crate::settings::{Rules, Settings};
use crate::testing::folder;

/// Returns the findings of one rule over upgrades, which are the files `1_m.sql` and so on.
fn findings(database: Database, code: Code, upgrades: &[&str]) -> (Vec<Diagnostic>, Vec<String>) {
    let texts: Vec<_> = upgrades.iter().map(|sql| format!("-- upgrade\n{sql}\n")).collect();
    let names: Vec<_> = (1..=texts.len()).map(|number| format!("{number}_m.sql")).collect();
    let files = names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str()));
    let loaded = load::load_with(folder(files), |_, _| Settings::new(database));
    let rules = Rules { on: [code].into(), tenant_column: Some("account_id".to_owned()) };
    let found = check_with(&loaded, &[], &rules).findings;
    let found: Vec<_> = found.into_iter().filter(|finding| finding.code.is_of_replay()).collect();
    let sources = &loaded.set.sources;
    let places = found.iter().map(|finding| {
        let (start, _) = finding.positions(sources).expect("in a text");
        let path = finding.path(sources).unwrap_or("").trim_end_matches("_m.sql");
        // The first line is the section's.
        format!("{path}:{}:{} {}", start.line - 1, start.column, finding.message)
    });
    let places = places.collect();
    (found, places)
}

#[track_caller]
fn check(database: Database, code: Code, upgrades: &[&str], expected: &[&str]) {
    assert_eq!(findings(database, code, upgrades).1, expected, "{upgrades:?}");
}

const NOTES: &str = "CREATE TABLE notes (id int PRIMARY KEY, account_id uuid NOT NULL);";
const ENABLE: &str = "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;";
const POLICY: &str = "CREATE POLICY p ON notes USING (account_id IS NOT NULL);";

#[test]
fn tables_of_tenants_need_row_level_security_and_a_policy() {
    let check = |upgrades: &[&str], expected: &[&str]| {
        check(Database::Postgres, Code::M601, upgrades, expected);
    };
    let off = "1:1:14 `notes` has the tenant column `account_id`, and row-level security is not \
               enabled on it";
    check(&[NOTES], &[off]);
    check(&[NOTES, POLICY], &[off]);
    check(
        &[NOTES, ENABLE],
        &["1:1:14 `notes` has the tenant column `account_id`, and it has no policy"],
    );
    check(&[NOTES, ENABLE, POLICY], &[]);
    check(&[NOTES, ENABLE, POLICY, "ALTER TABLE notes DISABLE ROW LEVEL SECURITY;"], &[off]);
    check(&["CREATE TABLE notes (id int);", "ALTER TABLE notes ADD account_id int;"], &[off]);
    check(&["CREATE TABLE notes (id int);"], &[]);
    check(&["CREATE TEMP TABLE notes (account_id int);"], &[]);
    check(&["CREATE VIEW v AS SELECT 1 AS account_id;"], &[]);
}

#[test]
fn row_level_security_in_a_loop_may_be_anywhere() {
    let every = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables LOOP
                   EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                   EXECUTE format('CREATE POLICY p ON %I USING (true)', t);
                 END LOOP; END $$;";
    check(Database::Postgres, Code::M601, &[NOTES, every], &[]);
    check(Database::Postgres, Code::M602, &[NOTES, POLICY, every], &[]);
    let perhaps = "DO $$ BEGIN IF random() < 0.5 THEN
                     ALTER TABLE notes ENABLE ROW LEVEL SECURITY; END IF; END $$;";
    check(Database::Postgres, Code::M601, &[NOTES, POLICY, perhaps], &[]);
}

#[test]
fn the_help_is_the_sql_to_add() {
    let history = &["CREATE SCHEMA app;", "CREATE TABLE app.notes (account_id uuid);"];
    let (found, _) = findings(Database::Postgres, Code::M601, history);
    let help: Vec<_> = found[0].help.iter().map(|help| help.message.as_str()).collect();
    assert_eq!(
        help,
        [
            "add a migration with `ALTER TABLE \"app\".\"notes\" ENABLE ROW LEVEL SECURITY;`",
            "and a policy, such as `CREATE POLICY \"notes_tenant\" ON \"app\".\"notes\" USING \
             (\"account_id\" = current_setting('app.account_id')::uuid);`"
        ]
    );
}

#[test]
fn policies_need_row_level_security() {
    let message =
        "2:1:15 row-level security is not enabled on `notes`: its policy `p` has no effect";
    check(Database::Postgres, Code::M602, &[NOTES, POLICY], &[message]);
    check(Database::Postgres, Code::M602, &[NOTES, POLICY, ENABLE], &[]);
    check(Database::Postgres, Code::M602, &[NOTES, POLICY, "DROP POLICY p ON notes;"], &[]);
    check(Database::Postgres, Code::M602, &[NOTES], &[]);
}

#[test]
fn what_is_added_to_a_table_with_rows_needs_a_value() {
    const TABLE: &str = "CREATE TABLE t (a int);";
    let message = "2:1:26 `b` refuses nulls and has no default, and `t` may have rows by then";
    for database in Database::ALL {
        let check = |add: &str, expected: &[&str]| {
            check(database, Code::M603, &[TABLE, add], expected);
        };
        check("ALTER TABLE t ADD COLUMN b int NOT NULL;", &[message]);
        check("ALTER TABLE t ADD COLUMN b int NOT NULL DEFAULT 0;", &[]);
        check("ALTER TABLE t ADD COLUMN b int;", &[]);
    }
    let check = |database, add: &str| check(database, Code::M603, &[TABLE, add], &[]);
    check(Database::Postgres, "ALTER TABLE t ADD COLUMN b serial NOT NULL;");
    check(Database::Postgres, "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS IDENTITY;");
    check(
        Database::Postgres,
        "ALTER TABLE t ADD COLUMN b int NOT NULL GENERATED ALWAYS AS (a) STORED;",
    );
    check(Database::Mysql, "ALTER TABLE t ADD COLUMN b INT NOT NULL AUTO_INCREMENT PRIMARY KEY;");
    // A domain may bring a default.
    check(
        Database::Postgres,
        "CREATE DOMAIN d AS int DEFAULT 1; ALTER TABLE t ADD COLUMN b d NOT NULL;",
    );
}

#[test]
fn a_table_of_the_same_migration_has_no_rows() {
    let both = "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN b int NOT NULL;";
    check(Database::Postgres, Code::M603, &[both], &[]);
}

#[test]
fn foreign_keys_need_an_index_that_begins_with_them() {
    const USERS: &str = "CREATE TABLE users (id int PRIMARY KEY);";
    for database in [Database::Postgres, Database::Sqlite] {
        let check = |posts: &str, expected: &[&str]| {
            check(database, Code::M604, &[USERS, posts], expected);
        };
        let column = if database == Database::Sqlite { 21 } else { 32 };
        let message =
            format!("2:1:{column} no index of `posts` begins with `author`, its foreign key");
        check("CREATE TABLE posts (author int REFERENCES users (id));", &[message.as_str()]);
        check(
            "CREATE TABLE posts (id int, author int, FOREIGN KEY (author) REFERENCES users (id));
             CREATE INDEX i ON posts (author, id);",
            &[],
        );
        check("CREATE TABLE posts (author int PRIMARY KEY REFERENCES users (id));", &[]);
        check(
            "CREATE TABLE posts (a int, author int REFERENCES users (id), UNIQUE (author, a));",
            &[],
        );
        check("CREATE TABLE posts (author int REFERENCES users (id)); DROP TABLE posts;", &[]);
    }
    let wrong_order = "CREATE TABLE posts (id int, author int REFERENCES users);
                       CREATE INDEX i ON posts (id, author);";
    let found = findings(Database::Postgres, Code::M604, &[USERS, wrong_order]).0;
    assert_eq!(
        found[0].help[0].message,
        "add a migration with `CREATE INDEX \"posts_author_idx\" ON \"posts\" (\"author\");`"
    );
}

#[test]
fn a_waiver_stands_where_the_thing_is_made() {
    let rules = Rules { on: [Code::M601].into(), tenant_column: Some("account_id".to_owned()) };
    let waived = format!("-- migrate: allow(M601) read by all\n-- upgrade\n{NOTES}\n");
    let codes = |later: &str, rules: &Rules| {
        let files = [("1_a.sql", waived.as_str()), ("2_b.sql", later)];
        let loaded = load::load_with(folder(files), |_, _| Settings::new(Database::Postgres));
        let found = check_with(&loaded, &[], rules).findings;
        let found = found.iter().filter(|finding| finding.code.id() >= "M4");
        found.map(|finding| finding.code.id()).collect::<Vec<_>>()
    };
    assert_eq!(codes("-- upgrade\nSELECT 1;\n", &rules), <[&str; 0]>::default());
    let mended = format!("-- upgrade\n{ENABLE}\n{POLICY}\n");
    assert_eq!(codes(&mended, &rules), ["M413"]);
    // A rule that is off needs no waiver, and forbids none.
    assert_eq!(codes(&mended, &Rules::default()), <[&str; 0]>::default());
}

#[test]
fn a_sealed_migration_is_not_asked_for_a_default() {
    let files = [
        ("1_a.sql", "-- upgrade\nCREATE TABLE t (a int);\n-- downgrade\nDROP TABLE t;\n"),
        (
            "2_b.sql",
            "-- upgrade\nALTER TABLE t ADD b int NOT NULL;\n-- downgrade\nALTER TABLE t DROP b;\n",
        ),
    ];
    let rules = Rules { on: [Code::M603].into(), tenant_column: None };
    let found = |seal: bool| {
        let settings = Settings { rules: rules.clone(), ..Settings::new(Database::Postgres) };
        let mut loaded = load::load_with(folder(files), |_, _| settings);
        let mut lock = lock::update(&loaded.set, None).lock;
        if seal {
            lock::seal(&mut lock);
        }
        loaded.set.lock = Some(lock);
        let found = check_with(&loaded, &[], &Rules::default()).findings;
        found.iter().filter(|finding| finding.code == Code::M603).count()
    };
    assert_eq!((found(false), found(true)), (1, 0));
}
