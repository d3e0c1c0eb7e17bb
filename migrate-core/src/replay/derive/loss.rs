//! Rows and values that no downgrade brings back.

use crate::database::Database;
use crate::sql::{significant_words, split};

/// What statements of an upgrade do to rows.
pub(super) fn of_statements(database: Database, upgrade: &str) -> Vec<String> {
    let mut losses = Vec::new();
    for statement in split(upgrade, database).statements {
        let words = significant_words(statement.text(upgrade), database, 3);
        let Some(first) = words.first() else { continue };
        let loss = match first.as_str() {
            "UPDATE" | "MERGE" | "REPLACE" => "values that the upgrade changes stay changed",
            "DELETE" | "TRUNCATE" => "rows that the upgrade deletes stay deleted",
            "INSERT" | "COPY" => "rows that the upgrade inserts stay, unless their table goes",
            "DO" | "CALL" => "what its code does to rows is not taken back",
            _ => continue,
        };
        if !losses.iter().any(|known| known == loss) {
            losses.push(loss.to_owned());
        }
    }
    losses
}
