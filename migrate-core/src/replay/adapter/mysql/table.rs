//! `CREATE TABLE`.

use super::column::{Column, TablePart, column, column_expression, table_part};
use super::cursor::Cursor;
use super::{part_query, several};
use crate::replay::model::{
    Among, Constraint, CreateIndex, CreateTable, Drop, Expression, Like, Name, ObjectKind,
    ObjectReference, QualifiedName, Query, QueryBody, Select, StatementKind, Target,
};

/// Reads what follows `CREATE [OR REPLACE] [TEMPORARY] TABLE`.
pub(super) fn create_table(
    cursor: &mut Cursor<'_>,
    replace: bool,
    temporary: bool,
) -> Option<StatementKind> {
    let if_not_exists = cursor.if_not_exists();
    let mut table =
        CreateTable { if_not_exists, temporary, ..CreateTable::new(cursor.qualified()?) };
    if cursor.eat(&["LIKE"]) {
        table.likes.push(like(cursor)?);
    } else {
        let mut ahead = *cursor;
        let inside = ahead.parenthesised().filter(|inside| !is_inner_query(*inside));
        if let Some(mut inside) = inside {
            *cursor = ahead;
            if inside.eat(&["LIKE"]) {
                table.likes.push(like(&mut inside)?);
            } else {
                for item in inside.items() {
                    match part(item, &mut table)? {
                        Ok(()) => {}
                        Err(invalid) => return Some(invalid),
                    }
                }
            }
        }
        table.ignores_foreign_keys = passes_over_foreign_keys(*cursor);
        selected(cursor, &mut table);
    }
    let name = table.name.clone();
    let create = StatementKind::CreateTable(Box::new(table));
    if !replace {
        return Some(create);
    }
    let target = ObjectReference { kind: ObjectKind::Table, name, on: None, arguments: None };
    // A temporary table and one that stays do not take each other's place.
    let among = if temporary { Among::Temporary } else { Among::Lasting };
    let drop = Drop { targets: vec![target], if_exists: true, among, cascade: false };
    Some(several(vec![StatementKind::Drop(drop), create], cursor.source))
}

/// Whether the options name an engine without foreign keys, as all are but `InnoDB` and `NDB`.
pub(super) fn passes_over_foreign_keys(mut cursor: Cursor<'_>) -> bool {
    while !cursor.is_at_end() {
        if cursor.eat(&["ENGINE"]) {
            cursor.eat_mark("=");
            let name = cursor.peek().trim_matches(['\'', '"', '`']).to_ascii_lowercase();
            return !name.is_empty() && !matches!(&*name, "innodb" | "ndb" | "ndbcluster");
        }
        cursor.skip();
    }
    false
}

fn like(cursor: &mut Cursor<'_>) -> Option<Like> {
    let table = cursor.qualified()?;
    Some(Like {
        table,
        with_indexes: true,
        with_constraints: true,
        with_defaults: true,
        with_generated: true,
        with_identity: true,
    })
}

/// One part of the list; the error is a statement that no server takes.
fn part(mut item: Cursor<'_>, table: &mut CreateTable) -> Option<Result<(), StatementKind>> {
    let mut ahead = item;
    match table_part(&mut ahead, &table.name) {
        Some(TablePart::Constraint { constraint, .. }) => table.constraints.push(constraint),
        Some(TablePart::Index { index }) => table.indexes.push(index),
        Some(TablePart::Nothing) => {}
        None => {
            if let Some(invalid) = reserved_name(&item) {
                return Some(Err(invalid));
            }
            let Column { definition, is_unique, .. } = column(item)?;
            if is_unique {
                table.indexes.push(unique_index(&definition.name, &table.name));
            }
            table.columns.push(definition);
            item.skip();
        }
    }
    Some(Ok(()))
}

/// The key of a column that is declared `UNIQUE`.
pub(super) fn unique_index(column: &Name, table: &QualifiedName) -> CreateIndex {
    let items = vec![column_expression(column.clone())];
    CreateIndex { unique: true, ..CreateIndex::over(table.clone(), items) }
}

/// `[AS] SELECT …` after the options of the table.
fn selected(cursor: &mut Cursor<'_>, table: &mut CreateTable) {
    while !cursor.is_at_end() && !is_query(cursor) {
        cursor.skip();
    }
    if cursor.is_at_end() {
        return;
    }
    let (start, text) = cursor.rest();
    let query =
        part_query(cursor.source, start, text).unwrap_or_else(|| Query::of(QueryBody::Unknown));
    // Columns that are both declared and selected are one.
    let declared = table.columns.drain(..).map(|column| Target {
        value: Expression::Literal(crate::replay::model::Literal::Other, column.name.place),
        alias: Some(column.name),
    });
    let declared: Vec<_> = declared.collect();
    table.query = Some(if declared.is_empty() {
        query
    } else {
        table.constraints.retain(|constraint: &Constraint| constraint.name.is_some());
        with_open_results(query)
    });
}

/// A query that makes the results of another, and perhaps more.
fn with_open_results(query: Query) -> Query {
    let nothing = Expression::Operation(Vec::new());
    let targets = vec![
        Target { value: Expression::QueryOperand(Box::new(query)), alias: None },
        Target { value: Expression::Field(Box::new(nothing), None), alias: None },
    ];
    Query::of(QueryBody::Select(Box::new(Select { targets, ..Select::default() })))
}

fn is_query(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    while ahead.is_mark("(") {
        match ahead.parenthesised() {
            Some(inside) => ahead = inside,
            None => return false,
        }
    }
    ahead.is_any(&["SELECT", "WITH", "VALUES", "TABLE"])
}

/// Whether a list is a query: a column of the words that begin one would be in backticks, which
/// is said of it elsewhere.
fn is_inner_query(mut inside: Cursor<'_>) -> bool {
    if inside.is_mark("(") || inside.is_any(&["SELECT", "WITH"]) {
        return is_query(&inside);
    }
    if inside.eat(&["TABLE"]) {
        return inside.qualified().is_some() && inside.is_at_end();
    }
    inside.eat(&["VALUES"]) && (inside.is_mark("(") || inside.is("ROW"))
}

/// A statement that no server takes: an unquoted reserved word is a column's name.
pub(super) fn reserved_name(cursor: &Cursor<'_>) -> Option<StatementKind> {
    // Reserved since the first versions of both servers.
    const RESERVED: &[&str] = &[
        "ADD",
        "ALTER",
        "COLUMN",
        "CONSTRAINT",
        "CREATE",
        "DATABASE",
        "DELETE",
        "DROP",
        "FROM",
        "GROUP",
        "INDEX",
        "INSERT",
        "INTO",
        "KEY",
        "ORDER",
        "SELECT",
        "TABLE",
        "UPDATE",
        "VALUES",
        "WHERE",
    ];
    if !cursor.is_any(RESERVED) {
        return None;
    }
    let word = cursor.peek();
    Some(StatementKind::Invalid {
        message: format!("`{word}` is a reserved word and needs backticks here"),
        at: cursor.peek_place(),
    })
}
