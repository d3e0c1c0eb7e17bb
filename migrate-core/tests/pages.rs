//! The examples on the pages of the replay's codes: what a page calls refused is found under its
//! code, what it calls taken is not found at all.

#![cfg(all(feature = "postgres", feature = "mysql", feature = "sqlite"))]

use migrate_core::check::check;
use migrate_core::database::Database;
use migrate_core::diagnostics::Code;
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::load::load;
use migrate_core::settings::Settings;
use migrate_core::source::SourceText;

/// SQL on a page, under a line such as `-- Postgres refuses`.
struct Example {
    database: Database,
    sql: String,
    /// Whether the code's finding is expected.
    found: bool,
}

/// Reads the section `## Example` of a page, which is indented code.
fn examples(code: Code) -> Vec<Example> {
    let (_, section) = code.page().split_once("\n## Example\n").unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut examples: Vec<Example> = Vec::new();
    for line in section.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)) {
        let heading = line.strip_prefix("-- ").and_then(|line| line.split_once(' '));
        let database = heading.and_then(|(server, _)| match server {
            "Postgres" => Some(Database::Postgres),
            "MySQL" => Some(Database::Mysql),
            "SQLite" => Some(Database::Sqlite),
            _ => None,
        });
        match (database, heading) {
            (Some(database), Some((_, verdict))) => {
                let found = verdict != "takes";
                examples.push(Example { database, sql: String::new(), found });
            }
            _ => {
                if let Some(example) = examples.last_mut() {
                    example.sql.push_str(line);
                    example.sql.push('\n');
                }
            }
        }
    }
    examples
}

/// Returns the codes that are found in a set of one migration.
fn found(database: Database, migration: &str) -> Vec<Code> {
    let content = Content::Text(SourceText::new(migration.to_owned()));
    let entry = Entry { path: "1_example.sql".into(), content };
    let folder = Folder { root: "migrations".to_owned(), entries: vec![entry], lock: None };
    let loaded = load(folder, &Settings::new(database));
    check(&loaded)
        .into_iter()
        .map(|finding| finding.code)
        .filter(|code| *code != Code::M301)
        .collect()
}

#[test]
fn examples_are_true() {
    let of_replay = Code::ALL.iter().filter(|code| code.id().starts_with("M4"));
    for code in of_replay {
        for example in examples(*code) {
            let migration = if example.sql.contains("-- upgrade") {
                example.sql
            } else {
                format!("-- upgrade\n{}-- downgrade: irreversible, an example\n", example.sql)
            };
            let expected = if example.found { vec![*code] } else { Vec::new() };
            assert_eq!(
                found(example.database, &migration),
                expected,
                "{}:\n{migration}",
                code.id()
            );
        }
    }
}

#[test]
fn every_code_of_the_replay_has_an_example() {
    let of_replay = Code::ALL.iter().filter(|code| code.id().starts_with("M4"));
    for code in of_replay {
        let found = examples(*code).iter().filter(|example| example.found).count();
        assert!(found > 0, "codes/{}.md lacks an example", code.id());
    }
}
