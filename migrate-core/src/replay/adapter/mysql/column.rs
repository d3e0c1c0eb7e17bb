//! Columns, keys and constraints, as `CREATE TABLE` and `ALTER TABLE` have them.

use std::sync::Arc;

use super::cursor::Cursor;
use super::part_expression;
use crate::replay::model::{
    ColumnDefinition, ColumnReference, Constraint, ConstraintKind, CreateIndex, Expression,
    Identity, Name, QualifiedName, TypeName,
};

/// A column with what its definition adds to the table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) definition: ColumnDefinition,
    /// It has a unique key of its own.
    pub(super) is_unique: bool,
    /// Where it is put, where that is said.
    pub(super) position: Option<Position>,
}

/// Where a column is put among the others.
#[derive(Debug)]
pub(super) enum Position {
    First,
    After(Name),
}

/// What a part of a table's definition is, besides a column.
#[derive(Debug)]
pub(super) enum TablePart {
    Constraint {
        constraint: Constraint,
        if_not_exists: bool,
    },
    Index {
        index: CreateIndex,
    },
    /// Changes nothing that the catalog knows.
    Nothing,
}

/// Reads `name type options`; the cursor holds nothing else.
pub(super) fn column(mut cursor: Cursor<'_>) -> Option<Column> {
    let name = cursor.folded()?;
    definition(cursor, name)
}

/// Reads what follows a column's name.
pub(super) fn definition(mut cursor: Cursor<'_>, name: Name) -> Option<Column> {
    let type_name = type_name(&mut cursor)?;
    let is_serial = &*type_name.name.name.text == "serial";
    let mut column = Column {
        definition: ColumnDefinition {
            name,
            type_name: Some(type_name),
            constraints: Vec::new(),
            may_be_invisible: false,
        },
        is_unique: is_serial,
        position: None,
    };
    while !cursor.is_at_end() {
        option(&mut cursor, &mut column)?;
    }
    Some(column)
}

fn type_name(cursor: &mut Cursor<'_>) -> Option<TypeName> {
    let start = cursor.offset();
    let name = cursor.folded()?;
    cursor.parenthesised();
    while !cursor.is_at_end() && !is_option(cursor) {
        cursor.skip();
    }
    let written = cursor.passed(start);
    Some(TypeName {
        name: QualifiedName::bare(name),
        is_array: false,
        written: Arc::from(written),
        is_borrowed: false,
    })
}

fn is_option(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&[
        "NOT",
        "NULL",
        "DEFAULT",
        "AUTO_INCREMENT",
        "PRIMARY",
        "UNIQUE",
        "KEY",
        "COMMENT",
        "COLLATE",
        "GENERATED",
        "AS",
        "VIRTUAL",
        "STORED",
        "PERSISTENT",
        "ON",
        "REFERENCES",
        "CONSTRAINT",
        "CHECK",
        "FIRST",
        "AFTER",
        "INVISIBLE",
        "VISIBLE",
        "COLUMN_FORMAT",
        "STORAGE",
        "WITH",
        "WITHOUT",
        "SRID",
        "ENGINE_ATTRIBUTE",
    ])
}

fn option(cursor: &mut Cursor<'_>, column: &mut Column) -> Option<()> {
    let place = cursor.peek_place();
    let mut add = |kind: ConstraintKind| {
        column.definition.constraints.push(Constraint { name: None, kind, place });
    };
    if cursor.eat(&["NOT", "NULL"]) {
        add(ConstraintKind::NotNull);
    } else if cursor.eat(&["NULL"]) {
        add(ConstraintKind::Null);
    } else if cursor.eat(&["DEFAULT"]) {
        let (value, source) = default_value(cursor);
        add(ConstraintKind::Default(value, Arc::from(source)));
    } else if cursor.eat(&["AUTO_INCREMENT"]) {
        add(ConstraintKind::Identity(Identity { always: false, sequence: None }));
    } else if cursor.eat(&["PRIMARY", "KEY"]) || cursor.eat_any(&["PRIMARY", "KEY"]) {
        let name = Some(Name::new(PRIMARY, place));
        let kind = ConstraintKind::Primary { columns: Vec::new(), using_index: None };
        // To say it twice is no second key.
        let is_primary = |known: &Constraint| matches!(known.kind, ConstraintKind::Primary { .. });
        if !column.definition.constraints.iter().any(is_primary) {
            column.definition.constraints.push(Constraint { name, kind, place });
        }
    } else if cursor.eat(&["UNIQUE"]) {
        cursor.eat(&["KEY"]);
        column.is_unique = true;
    } else if cursor.eat(&["GENERATED", "ALWAYS", "AS"]) || cursor.eat(&["AS"]) {
        if cursor.eat(&["ROW"]) {
            // `AS ROW START`, `AS ROW END` of a versioned table.
            cursor.skip();
        } else {
            let value = enclosed_expression(cursor)?;
            add(ConstraintKind::Generated(value));
        }
    } else if cursor.eat(&["CONSTRAINT"]) {
        if !cursor.is("CHECK") {
            cursor.name();
        }
    } else if cursor.eat(&["CHECK"]) {
        let value = enclosed_expression(cursor)?;
        add(ConstraintKind::Check(value));
    } else if cursor.eat(&["ON", "UPDATE"]) {
        default_value(cursor);
    } else if cursor.eat(&["REFERENCES"]) {
        // Some versions make a foreign key of it, others pass it over.
        foreign_target(cursor)?;
    } else if cursor.eat(&["AFTER"]) {
        column.position = Some(Position::After(cursor.folded()?));
    } else if cursor.eat(&["FIRST"]) {
        column.position = Some(Position::First);
    } else if cursor.eat(&["COMMENT"]) {
        cursor.eat_string();
    } else if cursor.eat(&["INVISIBLE"]) {
        column.definition.may_be_invisible = true;
    } else {
        cursor.skip();
    }
    Some(())
}

/// The value after `DEFAULT`, with its text.
pub(super) fn default_value<'t>(cursor: &mut Cursor<'t>) -> (Expression, &'t str) {
    let start = cursor.offset();
    while cursor.eat_mark("-") || cursor.eat_mark("+") {}
    cursor.skip();
    // `CURRENT_TIMESTAMP(6)`, `nextval(s)`, `_utf8mb4 'text'`, `b'0'`.
    cursor.parenthesised();
    cursor.eat_string();
    let written = cursor.passed(start);
    // A value in parentheses may name columns of the table, which is not checked.
    (Expression::Operation(Vec::new()), written)
}

fn enclosed_expression(cursor: &mut Cursor<'_>) -> Option<Expression> {
    let (start, text) = cursor.parenthesised()?.rest();
    let read = part_expression(cursor.source, start, text);
    Some(read.unwrap_or_else(|| Expression::Operation(Vec::new())))
}

/// Reads a key, constraint or other part of a table that is no column; `None` where it
/// is one.
pub(super) fn table_part(cursor: &mut Cursor<'_>, table: &QualifiedName) -> Option<TablePart> {
    let place = cursor.peek_place();
    let mut symbol = None;
    let mut if_not_exists = false;
    if cursor.eat(&["CONSTRAINT"]) {
        if_not_exists = cursor.if_not_exists();
        if !cursor.is_any(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
            symbol = Some(cursor.folded()?);
        }
    }
    if cursor.eat(&["PRIMARY", "KEY"]) {
        if_not_exists |= cursor.if_not_exists();
        pass_primary_name(cursor);
        let columns = key_columns(cursor)?;
        let columns = columns.iter().filter_map(plain_column).collect();
        let kind = ConstraintKind::Primary { columns, using_index: None };
        let name = Some(Name::new(PRIMARY, place));
        let constraint = Constraint { name, kind, place };
        return Some(TablePart::Constraint { constraint, if_not_exists });
    }
    if cursor.eat(&["FOREIGN", "KEY"]) {
        if_not_exists |= cursor.if_not_exists();
        if !cursor.is_mark("(") {
            let index = cursor.folded();
            symbol = symbol.or(index);
        }
        let columns = key_columns(cursor)?.iter().filter_map(plain_column).collect();
        if !cursor.eat(&["REFERENCES"]) {
            return None;
        }
        let (table, referenced) = foreign_target(cursor)?;
        let kind = ConstraintKind::Foreign { columns, table, referenced };
        let constraint = Constraint { name: symbol, kind, place };
        return Some(TablePart::Constraint { constraint, if_not_exists });
    }
    if cursor.eat(&["CHECK"]) {
        let kind = ConstraintKind::Check(enclosed_expression(cursor)?);
        let constraint = Constraint { name: symbol, kind, place };
        return Some(TablePart::Constraint { constraint, if_not_exists });
    }
    if cursor.eat(&["PERIOD", "FOR"]) {
        return Some(TablePart::Nothing);
    }
    index(cursor, table, symbol, if_not_exists)
}

/// `[UNIQUE | FULLTEXT | SPATIAL] [KEY | INDEX] [name] (columns)`.
fn index(
    cursor: &mut Cursor<'_>,
    table: &QualifiedName,
    symbol: Option<Name>,
    if_not_exists: bool,
) -> Option<TablePart> {
    let unique = cursor.eat(&["UNIQUE"]);
    let special = !unique && cursor.eat_any(&["FULLTEXT", "SPATIAL", "VECTOR"]);
    let is_index = cursor.eat_any(&["KEY", "INDEX"]);
    if !unique && !special && !is_index {
        return None;
    }
    let if_not_exists = cursor.if_not_exists() || if_not_exists;
    let mut name = None;
    if !cursor.is_mark("(") && !cursor.is("USING") {
        name = Some(cursor.folded()?);
    }
    let items = key_columns(cursor)?;
    Some(TablePart::Index {
        index: CreateIndex {
            name: name.or(symbol),
            if_not_exists,
            unique,
            ..CreateIndex::over(table.clone(), items)
        },
    })
}

/// `[USING BTREE] (column [(length)] [ASC | DESC], (expression), …)`.
pub(super) fn key_columns(cursor: &mut Cursor<'_>) -> Option<Vec<Expression>> {
    if cursor.eat_any(&["USING", "TYPE"]) {
        cursor.skip();
    }
    let inside = cursor.parenthesised()?;
    let part = |mut item: Cursor<'_>| {
        if item.is_mark("(") {
            return enclosed_expression(&mut item);
        }
        let name = item.folded()?;
        Some(column_expression(name))
    };
    inside.items().into_iter().filter(|item| !is_period(*item)).map(part).collect()
}

/// Passes over the name of a primary key, which nobody ever sees: the key is called `PRIMARY`.
pub(super) fn pass_primary_name(cursor: &mut Cursor<'_>) {
    if !cursor.is_mark("(") && !cursor.is_any(&["USING", "TYPE"]) {
        cursor.name();
    }
}

/// `period WITHOUT OVERLAPS`, which is no column.
pub(super) fn is_period(mut item: Cursor<'_>) -> bool {
    item.advance();
    item.eat(&["WITHOUT", "OVERLAPS"])
}

pub(super) fn column_expression(name: Name) -> Expression {
    Expression::Column(ColumnReference { parts: vec![name], star: false })
}

fn plain_column(expression: &Expression) -> Option<Name> {
    match expression {
        Expression::Column(column) => column.parts.first().cloned(),
        _ => None,
    }
}

/// `table [(columns)] [ON DELETE …] [ON UPDATE …]`.
fn foreign_target(cursor: &mut Cursor<'_>) -> Option<(QualifiedName, Vec<Name>)> {
    let table = cursor.qualified()?;
    let columns = if cursor.is_mark("(") {
        key_columns(cursor)?.iter().filter_map(plain_column).collect()
    } else {
        Vec::new()
    };
    while cursor.is_any(&["ON", "MATCH"]) {
        cursor.skip();
        cursor.eat_any(&["DELETE", "UPDATE"]);
        // `SET NULL`, `NO ACTION`, `CASCADE` and the like.
        cursor.eat_any(&["SET", "NO"]);
        cursor.skip();
    }
    Some((table, columns))
}

/// The name of every table's primary key.
pub(super) const PRIMARY: &str = "primary";
