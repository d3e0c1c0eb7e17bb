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
    let mut states: Vec<BTreeSet<String>> = Vec::new();
    for script in [&history, &upgrade, &derived.sql, &upgrade] {
        for statement in split(script, database).statements {
            let sql = statement.text(script);
            if let Err(message) = server.apply(sql).await {
                // `SQLite` alters nothing while some view is broken, and random ones are; a run
                // has foreign keys off; a key that refers to itself is its own index.
                let is_excused = ["error in ", "foreign key mismatch", "Failed to add the foreign"];
                if is_excused.iter().any(|start| message.starts_with(start)) {
                    return None;
                }
                return Some(Err(format!("{all}-- {message}: {sql}")));
            }
        }
        states.push(server.describe(database).await);
    }
    for (have, want, what) in [(2, 0, "downgrade"), (3, 1, "second upgrade")] {
        let lines = difference(&states[have], &states[want]);
        if !lines.is_empty() {
            return Some(Err(format!("{all}-- after the {what}\n{}", lines.join("\n"))));
        }
    }
    Some(Ok(()))
}
