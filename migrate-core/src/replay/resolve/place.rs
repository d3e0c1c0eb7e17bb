//! Where an expression stands, as far as its parts say.

use crate::replay::model::{Expression, Place, Query, QueryBody};

/// The place of the first name or literal in an expression.
pub(super) fn of_expression(expression: &Expression) -> Option<Place> {
    match expression {
        Expression::Column(column) => column.parts.first().map(|name| name.place),
        Expression::ColumnOrText(name) => Some(name.place),
        Expression::Call(call) => Some(call.name.place()),
        Expression::Cast(value, type_name) => {
            of_expression(value).or_else(|| Some(type_name.name.place()))
        }
        Expression::Field(base, name) => {
            of_expression(base).or_else(|| name.as_ref().map(|name| name.place))
        }
        Expression::Literal(_, place) => Some(*place),
        Expression::Subquery(query) | Expression::QueryOperand(query) => of_query(query),
        Expression::Named(_, parts)
        | Expression::Operation(parts)
        | Expression::Comparison(parts) => parts.iter().find_map(of_expression),
        Expression::NamedLike(base, parts) => {
            of_expression(base).or_else(|| parts.iter().find_map(of_expression))
        }
    }
}

/// The place of the first name or literal among a query's results.
pub(super) fn of_query(query: &Query) -> Option<Place> {
    match &query.body {
        QueryBody::Select(select) => {
            select.targets.iter().find_map(|target| of_expression(&target.value))
        }
        QueryBody::Values(rows) => rows.iter().flatten().find_map(of_expression),
        QueryBody::Table(name) => Some(name.place()),
        QueryBody::Set(left, _) => of_query(left),
        QueryBody::Nested(query) => of_query(query),
        QueryBody::Statement(statement) => Some(statement.place),
        QueryBody::Unknown => None,
    }
}
