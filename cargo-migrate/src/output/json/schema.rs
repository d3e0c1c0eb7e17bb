//! `schema`.

use migrate_core::replay::{ColumnView, SchemaStatement, TableView, WrittenSchema};
use migrate_core::set::MigrationSet;
use migrate_core::version::Version;
use serde::Serialize;

/// The replayed schema.
#[derive(Debug, Serialize)]
pub(crate) struct SchemaObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) at: Option<String>,
    pub(crate) complete: bool,
    pub(crate) tables: Vec<TableObject>,
    pub(crate) statements: Vec<StatementObject>,
}

/// A table or view.
#[derive(Debug, Serialize)]
pub(crate) struct TableObject {
    pub(crate) schema: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) certain: bool,
    pub(crate) row_security: bool,
    pub(crate) columns: Vec<ColumnObject>,
    pub(crate) primary_key: Vec<String>,
    pub(crate) policies: Vec<String>,
    pub(crate) triggers: Vec<String>,
}

/// A column.
#[derive(Debug, Serialize)]
pub(crate) struct ColumnObject {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) type_name: Option<String>,
    pub(crate) not_null: bool,
    pub(crate) default: Option<String>,
    pub(crate) certain: bool,
}

/// A statement that makes a part of it.
#[derive(Debug, Serialize)]
pub(crate) struct StatementObject {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) sql: String,
    pub(crate) notes: Vec<String>,
    pub(crate) search_path: Vec<String>,
}

impl SchemaObject {
    pub(crate) fn new(set: &MigrationSet, at: Option<&Version>, written: &WrittenSchema) -> Self {
        SchemaObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            at: at.map(ToString::to_string),
            complete: written.is_complete,
            tables: written.schema.tables.iter().map(TableObject::new).collect(),
            statements: written.statements.iter().map(StatementObject::new).collect(),
        }
    }
}

impl TableObject {
    fn new(table: &TableView) -> Self {
        TableObject {
            schema: table.schema.clone(),
            name: table.name.clone(),
            kind: table.kind,
            certain: table.is_certain,
            row_security: table.row_security,
            columns: table.columns.iter().map(ColumnObject::new).collect(),
            primary_key: table.keys.clone(),
            policies: table.policies.clone(),
            triggers: table.triggers.clone(),
        }
    }
}

impl ColumnObject {
    fn new(column: &ColumnView) -> Self {
        ColumnObject {
            name: column.name.clone(),
            type_name: (!column.type_name.is_empty()).then(|| column.type_name.clone()),
            not_null: column.not_null,
            default: column.default.clone(),
            certain: column.is_certain,
        }
    }
}

impl StatementObject {
    fn new(statement: &SchemaStatement) -> Self {
        StatementObject {
            kind: statement.kind,
            name: statement.name.clone(),
            sql: statement.sql.clone(),
            notes: statement.notes.clone(),
            search_path: statement.search_path.clone(),
        }
    }
}
