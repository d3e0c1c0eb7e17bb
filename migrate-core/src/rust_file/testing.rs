//! What is found in the functions of tests.

use super::sql::{RustSql, sql_in};
use crate::database::Database;

/// Compares what is found in the upgrade of a file: what is uncertain has a `? ` before it.
pub(super) fn check_file(text: &str, expected: &[&str]) {
    let found: Vec<_> = sql_in(text, "upgrade")
        .into_iter()
        .map(|sql| match sql {
            RustSql::Literal { text, conditional, .. } => {
                format!("{}{text}", if conditional { "? " } else { "" })
            }
            RustSql::Guard { made, conditional, .. } => {
                format!(
                    "{}guard {}",
                    if conditional { "? " } else { "" },
                    made.sql(Database::Mysql)
                )
            }
            RustSql::Opaque => "opaque".to_owned(),
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

/// The same of an upgrade's body.
pub(super) fn check(body: &str, expected: &[&str]) {
    let text = format!("// é\npub async fn upgrade(db: &mut Db) -> Result<()> {{ {body} }}");
    check_file(&text, expected);
}
