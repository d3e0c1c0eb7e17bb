//! `SQLite`, where everything but a few statements is undone with its transaction.

use migrate_core::database::Database;

use super::{Change, Kind, Object, effect};
use crate::driver::{Driver, Effect};

/// Finds out whether an interrupted statement took effect.
pub(crate) async fn sqlite(
    driver: &mut dyn Driver,
    statement: &str,
) -> Result<Effect, sqlx::Error> {
    effect(driver, &Change::of(statement, Database::Sqlite), exists_query).await
}

fn exists_query(object: &Object) -> Option<String> {
    let types = match object.kind {
        Kind::Table => "'table', 'view'",
        Kind::Index => "'index'",
        Kind::Trigger => "'trigger'",
        _ => return None,
    };
    let schema = object.name.schema.as_deref().unwrap_or("main");
    Some(format!(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM {}.sqlite_master WHERE type IN ({types}) AND name = {} \
         COLLATE NOCASE) THEN 'true' ELSE 'false' END",
        Database::Sqlite.quote(schema),
        Database::Sqlite.literal(&object.name.name),
    ))
}
