//! `CREATE VIRTUAL TABLE`.

use sqlite3_parser::ast;

use super::names::{Reader, folded};
use crate::replay::model::{
    ColumnDefinition, CreateTable, Query, QueryBody, Shadows, StatementKind,
};

impl Reader<'_> {
    /// A table of which only the columns that are written are known: modules add hidden
    /// columns, and tables of their own.
    pub(super) fn create_virtual_table(
        &self,
        if_not_exists: bool,
        name: &ast::QualifiedName<'_>,
        module: &ast::Name<'_>,
        arguments: Option<&[&str]>,
    ) -> StatementKind {
        let mut table = CreateTable { if_not_exists, ..CreateTable::new(self.qualified(name)) };
        table.query = Some(Query::of(QueryBody::Unknown));
        let module = folded(module.0);
        if matches!(module.as_str(), "fts3" | "fts4" | "fts5" | "rtree" | "rtree_i32" | "geopoly") {
            let columns = arguments.unwrap_or_default().iter();
            let columns = columns.filter(|argument| !argument.contains('='));
            table.columns = columns.filter_map(|argument| self.module_column(argument)).collect();
        }
        StatementKind::CreateVirtualTable(Box::new(table), shadows(&module))
    }

    fn module_column(&self, argument: &str) -> Option<ColumnDefinition> {
        let written = argument.trim().trim_start_matches('+');
        let end = match written.chars().next()? {
            quote @ ('"' | '`' | '\'') => written[1..].find(quote)? + 2,
            '[' => written.find(']')? + 1,
            _ => written.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(written.len()),
        };
        let name = self.written(written.get(..end)?);
        Some(ColumnDefinition {
            name,
            type_name: None,
            constraints: Vec::new(),
            may_be_invisible: false,
        })
    }
}

/// The tables that a module keeps.
///
/// Source: `SQLite` documentation, "FTS5 Extension", "Shadow Tables"; "FTS3 and FTS4 Extensions",
/// "Shadow Tables"; "The R*Tree Module", "Implementation Details".
fn shadows(module: &str) -> Shadows {
    match module {
        "fts5" => Shadows::Ending(&["data", "idx", "content", "docsize", "config"]),
        "fts3" | "fts4" => Shadows::Ending(&["content", "segments", "segdir", "docsize", "stat"]),
        "rtree" | "rtree_i32" | "geopoly" => Shadows::Ending(&["node", "rowid", "parent"]),
        _ => Shadows::Any,
    }
}
