//! `MySQL` and `MariaDB`, where DDL commits and may have done so unheard.

use migrate_core::database::Database;

use super::{Change, Kind, Object, effect};
use crate::driver::{Driver, Effect};
use crate::phrase::Name;

/// Finds out whether an interrupted statement took effect.
pub(crate) async fn mysql(driver: &mut dyn Driver, statement: &str) -> Result<Effect, sqlx::Error> {
    let change = Change::of(statement, Database::Mysql);
    effect(driver, &change, |object| Some(exists_query(object))).await
}

/// Returns the query whether `object` exists, with the text `true` or `false` as its answer.
///
/// Its own schema or its table's is meant, else the selected database.
pub(crate) fn exists_query(object: &Object) -> String {
    // The view of `information_schema`, its columns for schema and name, and a fixed condition.
    let (view, schema, name, rest) = match object.kind {
        Kind::Table => ("tables", "table_schema", "table_name", ""),
        Kind::Column => ("columns", "table_schema", "column_name", ""),
        Kind::Index => ("statistics", "table_schema", "index_name", ""),
        Kind::Constraint => ("table_constraints", "table_schema", "constraint_name", ""),
        Kind::Trigger => ("triggers", "trigger_schema", "trigger_name", ""),
        Kind::Function => {
            ("routines", "routine_schema", "routine_name", " AND routine_type = 'FUNCTION'")
        }
        Kind::Procedure => {
            ("routines", "routine_schema", "routine_name", " AND routine_type = 'PROCEDURE'")
        }
        Kind::Event => ("events", "event_schema", "event_name", ""),
        Kind::Database | Kind::Schema => {
            return ask("schemata", &format!("schema_name = {}", literal(&object.name.name)));
        }
    };
    let in_schema = |schema_of: &Name| match &schema_of.schema {
        Some(schema) => literal(schema),
        None => "DATABASE()".to_owned(),
    };
    let table =
        object.table.as_ref().map(|table| format!(" AND table_name = {}", literal(&table.name)));
    ask(
        view,
        &format!(
            "{schema} = {} AND {name} = {}{}{rest}",
            in_schema(object.table.as_ref().unwrap_or(&object.name)),
            literal(&object.name.name),
            table.unwrap_or_default(),
        ),
    )
}

fn ask(view: &str, condition: &str) -> String {
    format!(
        "SELECT IF(EXISTS (SELECT 1 FROM information_schema.{view} WHERE {condition}), 'true', 'false')"
    )
}

fn literal(text: &str) -> String {
    Database::Mysql.literal(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_looks_where_the_name_leads() {
        let name = |schema: Option<&str>, name: &str| Name {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
        };
        let check = |object: &Object, expected: &str| {
            let query = exists_query(object);
            assert!(query.contains(expected), "{query}");
        };
        let table = Object::new(Kind::Table, name(Some("app"), "users"));
        check(&table, "tables WHERE table_schema = 'app' AND table_name = 'users')");
        let column = Object::of_table(Kind::Column, &name(None, "users"), "it's".to_owned());
        check(
            &column,
            "table_schema = DATABASE() AND column_name = 'it''s' AND table_name = 'users'",
        );
    }
}
