//! The schema that is written from a replay, made anew: it is the schema of the history.

use std::collections::BTreeSet;

use migrate_core::database::Database;
use migrate_core::replay::{SchemaStatement, write_schema_of_files};
use migrate_core::source::{SourceFile, SourceMap, SourceText};
use migrate_core::sql::split;
use migrate_tests::describe::difference;

use crate::server::Server;

/// Writes the schema of a history that is applied, makes it in an empty database, and says
/// what is wrong with it; `None` where the writing says itself that it is not all.
pub(crate) async fn judge(
    server: &mut Server,
    database: Database,
    history: &[String],
) -> Option<Result<(), String>> {
    // What belongs to a session hides what lasts.
    if history.iter().any(|sql| sql.contains("TEMP")) {
        return None;
    }
    let want: BTreeSet<String> = server.describe(database).await;
    let mut text = history.join(";\n");
    text.push(';');
    let mut sources = SourceMap::new("");
    sources.add(SourceFile { path: "history.sql".into(), text: SourceText::new(text.clone()) });
    let written = write_schema_of_files(database, &[], &sources).expect("this build reads it");
    let has_notes = written.statements.iter().any(|statement| !statement.notes.is_empty());
    if !written.is_complete || has_notes {
        return None;
    }
    let script: String = written.statements.iter().map(SchemaStatement::text).collect();
    server.begin().await;
    for statement in split(&script, database).statements {
        let sql = statement.text(&script);
        if let Err(message) = server.apply(sql).await {
            // A foreign key that refers to itself is its own index.
            if message.starts_with("Failed to add the foreign") {
                return None;
            }
            return Some(Err(format!("{text}\n-- is written as\n{script}\n-- {message}: {sql}")));
        }
    }
    let lines = difference(&server.describe(database).await, &want);
    if lines.is_empty() {
        return Some(Ok(()));
    }
    let story = format!("{text}\n-- is written as\n{script}\n-- and differs\n{}", lines.join("\n"));
    Some(Err(story))
}
