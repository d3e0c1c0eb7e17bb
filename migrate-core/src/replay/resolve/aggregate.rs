//! Aggregates and window functions where the server takes none.

use super::{Fault, Resolver};
use crate::diagnostics::Code;
use crate::replay::model::{Call, Expression, ObjectKind};

impl Resolver<'_> {
    /// A fault for every aggregate or window function that belongs to the query at hand.
    pub(super) fn refuse_aggregates(&mut self, expressions: &[Expression], clause: &str) {
        let mut calls = Vec::new();
        for expression in expressions {
            calls_in(expression, &mut calls);
        }
        for call in calls {
            let what = if call.is_window && self.is_built_in(call) {
                "a window function"
            } else if self.is_own_aggregate(call) {
                "an aggregate"
            } else {
                continue;
            };
            let message = format!("`{}` is {what}, and stands in {clause}", call.name.name.text);
            self.faults.push(Fault::new(Code::M422, call.name.place(), message));
        }
    }

    /// A fault for every aggregate inside another one of the same query.
    pub(super) fn refuse_nested_aggregates(&mut self, expression: &Expression) {
        let mut calls = Vec::new();
        calls_in(expression, &mut calls);
        for call in calls {
            if !self.is_own_aggregate(call) {
                continue;
            }
            for argument in &call.arguments {
                self.refuse_aggregates(std::slice::from_ref(&argument.value), "another one");
            }
        }
    }

    /// Whether a call is that of an aggregate over the rows of the innermost query.
    ///
    /// One whose arguments are columns of a query further out belongs to that.
    pub(super) fn is_own_aggregate(&self, call: &Call) -> bool {
        if call.is_window
            || !self.dialect.is_aggregate(&call.name.name.text, call.arguments.len())
            || !self.is_built_in(call)
        {
            return false;
        }
        if self.scopes.len() <= 1 {
            return true;
        }
        let Some(scope) = self.scopes.last() else { return false };
        let mut columns = Vec::new();
        let values = call.arguments.iter().map(|argument| &argument.value).chain(&call.clauses);
        for value in values {
            columns_in(value, &mut columns);
        }
        columns.iter().any(|column| match column.parts.as_slice() {
            [name] => scope.items.iter().any(|item| item.column(&name.text).is_some()),
            [table, _] => scope.items.iter().any(|item| item.alias == table.text),
            _ => false,
        })
    }

    fn is_built_in(&self, call: &Call) -> bool {
        let is_plain = call.name.schema.as_ref().is_none_or(|schema| &*schema.text == "pg_catalog");
        is_plain
            && !self.catalog.unknown.covers(ObjectKind::Function, &call.name.name.text)
            && self.catalog.functions_named(&call.name).is_empty()
    }
}

/// The calls in an expression, but for those in sub-queries.
pub(super) fn calls_in<'e>(expression: &'e Expression, found: &mut Vec<&'e Call>) {
    if let Expression::Call(call) = expression {
        found.push(call);
    }
    for part in parts(expression) {
        calls_in(part, found);
    }
}

/// The columns in an expression, but for those in sub-queries.
pub(super) fn columns_in<'e>(
    expression: &'e Expression,
    found: &mut Vec<&'e crate::replay::model::ColumnReference>,
) {
    if let Expression::Column(column) = expression {
        found.push(column);
    }
    for part in parts(expression) {
        columns_in(part, found);
    }
}

/// The parts of an expression, but for sub-queries.
pub(super) fn parts(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Call(call) => {
            call.arguments.iter().map(|argument| &argument.value).chain(&call.clauses).collect()
        }
        Expression::Cast(value, _) | Expression::Field(value, _) => vec![value],
        Expression::Named(_, parts)
        | Expression::Operation(parts)
        | Expression::Comparison(parts) => parts.iter().collect(),
        Expression::NamedLike(base, parts) => std::iter::once(&**base).chain(parts).collect(),
        Expression::Column(_)
        | Expression::ColumnOrText(_)
        | Expression::Literal(..)
        | Expression::Subquery(_)
        | Expression::QueryOperand(_) => Vec::new(),
    }
}

/// Whether an expression has a sub-query in it.
pub(super) fn has_query(expression: &Expression) -> bool {
    matches!(expression, Expression::Subquery(_) | Expression::QueryOperand(_))
        || parts(expression).into_iter().any(has_query)
}
