//! `UPDATE a, b SET …`, which `sqlparser` does not read: it names what a query over the tables would.

use super::cursor::{Cursor, Source, fold};
use super::expression::Reader;
use super::{parser, part_expression};
use crate::replay::model::{ColumnReference, Expression, QueryBody, StatementKind, Target};

/// Put before the tables, so that they and the conditions are read as a query's.
const QUERY: &str = "SELECT 1 FROM ";

/// Reads an update of tables between commas; `None` where it is none, or cannot be read.
pub(super) fn over_several(mut cursor: Cursor<'_>) -> Option<StatementKind> {
    let source = cursor.source;
    cursor.eat(&["UPDATE"]);
    cursor.eat(&["LOW_PRIORITY"]);
    cursor.eat(&["IGNORE"]);
    let tables = cursor;
    while !cursor.is_at_end() && !cursor.is("SET") {
        cursor.skip();
    }
    let set = cursor;
    if tables.up_to(&set).items().len() < 2 || !cursor.eat(&["SET"]) {
        return None;
    }
    let assignments = cursor;
    while !cursor.is_at_end() && !cursor.is_any(&["WHERE", "ORDER", "LIMIT"]) {
        cursor.skip();
    }
    let mut targets = Vec::new();
    for assignment in assignments.up_to(&cursor).items() {
        targets.extend(assigned(assignment)?.map(|value| Target { value, alias: None }));
    }
    let (start, end) = (tables.offset(), cursor.offset());
    let (_, conditions) = cursor.rest();
    let tables = source.text.get(start..set.offset())?;
    let blank = " ".repeat(end.checked_sub(set.offset())?);
    let text = format!("{QUERY}{tables}{blank}{conditions}");
    let parsed = parser(&text)?.parse_query().ok()?;
    let origin = source.origin.part(start).before(QUERY.len());
    let mut query = Reader::new(Source { text: &text, origin: &origin }).query(&parsed);
    if let QueryBody::Select(select) = &mut query.body {
        select.targets = targets;
    }
    Some(StatementKind::Query(Box::new(query)))
}

/// The column and the value of `table.column = value`.
fn assigned(mut cursor: Cursor<'_>) -> Option<[Expression; 2]> {
    let mut parts = vec![fold(cursor.name()?)];
    while cursor.eat_mark(".") {
        parts.push(fold(cursor.name()?));
    }
    if !cursor.eat_mark("=") && !cursor.eat_mark(":=") {
        return None;
    }
    let (start, text) = cursor.rest();
    let value = part_expression(cursor.source, start, text)?;
    Some([Expression::Column(ColumnReference { parts, star: false }), value])
}
