//! Derived downgrades on real servers: up, down and up again.

use std::collections::BTreeSet;

use migrate_core::database::Database;
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::load::load;
use migrate_core::replay::{Grade, derive_downgrade_of};
use migrate_core::settings::Settings;
use migrate_core::source::SourceText;
use migrate_core::sql::split;
use migrate_tests::describe::difference;

use crate::server::Server;

/// Statements of a history that come before the upgrade.
const BEFORE: usize = 12;

/// Takes the end of a history for an upgrade, derives its downgrade, and says what is wrong
/// with it; `None` where the downgrade says itself that it does not bring all back.
pub(crate) async fn judge(
    server: &mut Server,
    database: Database,
    accepted: &[String],
) -> Option<Result<(), String>> {
    // What belongs to a session hides what lasts.
    if accepted.iter().any(|sql| sql.contains("TEMP")) {
        return None;
    }
    let (history, upgrade) = accepted.split_at(BEFORE.min(accepted.len()));
    let text = |statements: &[String]| {
        statements.iter().map(|sql| format!("{sql};\n")).collect::<Vec<_>>().concat()
    };
    let (history, upgrade) = (text(history), text(upgrade));
    let content = Content::Text(SourceText::new(format!("-- upgrade\n{history}")));
    let entries = vec![Entry { path: "0001_history.sql".into(), content }];
    let folder = Folder { entries, ..Folder::default() };
    let set = load(folder, &Settings::new(database)).set;
    let derived = derive_downgrade_of(&set, &[], &upgrade).expect("this build reads it");
    if derived.grade == Grade::Irreversible {
        return None;
    }
    let all = format!("{history}-- upgrade\n{upgrade}-- downgrade\n{}", derived.sql);
    server.begin().await;
    if database == Database::Sqlite {
        // A run has them off.
        server.apply("PRAGMA foreign_keys = OFF").await.expect("a setting is changed");
    }
    let mut states: Vec<BTreeSet<String>> = Vec::new();
    for script in [&history, &upgrade, &derived.sql, &upgrade] {
        for statement in split(script, database).statements {
            let sql = statement.text(script);
            if let Err(message) = server.apply(sql).await {
                // What the server took once and does not take again is its own affair.
                let is_again = states.len() < 2;
                if is_again || is_excused(&message) {
                    return None;
                }
                return Some(Err(format!("{all}-- {message}: {sql}")));
            }
        }
        states.push(server.describe(database).await);
        let want = match states.len() {
            3 => (0, "downgrade"),
            4 => (1, "second upgrade"),
            _ => continue,
        };
        let mut lines = difference(&states[states.len() - 1], &states[want.0]);
        // `MySQL` makes way only for indexes that it made itself.
        let keeps_index = derived.losses.iter().any(|loss| loss.ends_with("is one of its own now"));
        lines.retain(|line| !(keeps_index && states.len() == 4 && line.starts_with("+ index")));
        if !lines.is_empty() {
            return Some(Err(format!("{all}-- after the {}\n{}", want.1, lines.join("\n"))));
        }
    }
    Some(Ok(()))
}

/// Whether a server refuses a statement for what no downgrade can know.
fn is_excused(message: &str) -> bool {
    // `SQLite` alters nothing while some view is broken, and random ones are; a key that refers
    // to itself is its own index; `MariaDB` forgets at times, and not at others, to rename a
    // column in a check.
    let starts = ["error in ", "Failed to add the foreign"];
    let forgets = message.starts_with("Unknown column") && message.ends_with("in 'CHECK'");
    starts.iter().any(|start| message.starts_with(start)) || forgets || is_of_rows(message)
}

/// Whether a statement fails because of rows: those of the first upgrade are still there.
fn is_of_rows(message: &str) -> bool {
    let parts = [
        "constraint failed",
        "contains null values",
        "violates",
        "is violated by some row",
        "could not create unique index",
        "Data truncated",
        "Duplicate entry",
        "Invalid use of NULL",
        "cannot be null",
        "a foreign key constraint fails",
    ];
    parts.iter().any(|part| message.contains(part))
}
