//! `schema`, and what rests on it: `new --from` and `downgrade`.

use insta::assert_snapshot;
use migrate_tests::project::TempProject;

use crate::support::{command, drafts, has_keys, json, sealed, shown};

/// A set of Postgres, as drafts.
fn postgres() -> TempProject {
    let project = TempProject::new();
    project.write(
        "migrations/0001_users.sql",
        "-- upgrade\nCREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL UNIQUE);\n\
         CREATE VIEW mails AS SELECT email FROM users;\n\
         -- downgrade\nDROP VIEW mails;\nDROP TABLE users;\n",
    );
    project.write(
        "migrations/0002_posts.sql",
        "-- upgrade\nCREATE TABLE posts (id int, author int REFERENCES users ON DELETE CASCADE);\n\
         ALTER TABLE users RENAME email TO mail;\nCREATE INDEX ON posts (author);\n\
         -- downgrade\n",
    );
    assert_eq!(command(&project, "lock --draft --quiet --database postgres").code, Some(0));
    project
}

#[test]
fn the_schema_is_printed_as_sql() {
    assert_snapshot!(shown(&postgres(), "schema"));
    assert_snapshot!(shown(&postgres(), "schema --at 0001"));
    assert_snapshot!(shown(&sealed(), "schema"));
}

#[test]
fn the_schema_is_an_object_for_programs() {
    let object = json(&postgres(), "schema");
    has_keys(&object, &["set", "database", "at", "complete", "tables", "statements"]);
    let table = [
        "schema",
        "name",
        "kind",
        "certain",
        "row_security",
        "columns",
        "primary_key",
        "policies",
        "triggers",
    ];
    has_keys(&object["tables"][0], &table);
    let column = ["name", "type", "not_null", "default", "certain"];
    has_keys(&object["tables"][1]["columns"][0], &column);
    has_keys(&object["statements"][0], &["kind", "name", "sql", "notes", "search_path"]);
}

#[test]
fn what_is_not_known_stands_in_comments() {
    let project = postgres();
    project.write(
        "migrations/0003_more.sql",
        "-- upgrade\nDO $$ BEGIN EXECUTE 'CREATE TABLE t' || random()::text || ' (a int)'; END $$;\n\
         CREATE TABLE copied AS SELECT author, count(*) AS n FROM posts GROUP BY author;\n\
         -- downgrade\nDROP TABLE copied;\n",
    );
    assert_snapshot!(shown(&project, "schema --at 0003"));
}

#[test]
fn a_version_that_is_not_there_is_refused() {
    assert_snapshot!(shown(&drafts(), "schema --at 7"));
    assert_snapshot!(shown(&drafts(), "downgrade 7"));
}

#[test]
fn a_new_migration_comes_with_its_downgrade() {
    let project = postgres();
    let words = ["new", "names", "--from", "ALTER TABLE users ADD name text, DROP COLUMN mail"];
    let output = project.run(words.into_iter().chain(["--dir", "migrations"]));
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_snapshot!(output.stderr);
    assert_snapshot!(project.read("migrations/0003_names.sql"));
}

#[test]
fn a_downgrade_is_derived_and_written_into_a_draft() {
    let project = postgres();
    assert_snapshot!(shown(&project, "downgrade 0002"));
    assert_snapshot!(shown(&project, "downgrade 0002 --write"));
    assert_snapshot!(project.read("migrations/0002_posts.sql"));
    // It has one now.
    assert_snapshot!(shown(&project, "downgrade 0002 --write"));
    let object = json(&project, "downgrade 0002");
    has_keys(&object, &["set", "database", "version", "name", "sql", "losses", "grade", "written"]);
}

#[test]
fn a_sealed_migration_is_left_alone() {
    assert_snapshot!(shown(&sealed(), "downgrade 0001 --write"));
}

#[test]
fn two_files_get_what_they_lack() {
    let project = TempProject::new();
    project.write("migrations/0001_a.up.sql", "CREATE TABLE a (id integer);\n");
    let output = command(&project, "downgrade 0001 --write --database sqlite");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(project.read("migrations/0001_a.down.sql"), "DROP TABLE \"a\";\n");
}
