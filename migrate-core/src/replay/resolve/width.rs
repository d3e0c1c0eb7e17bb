//! Queries that make more or fewer columns than are asked for.

use super::{Fault, Outputs, Resolver, place};
use crate::diagnostics::Code;
use crate::replay::catalog::Relation;
use crate::replay::model::{Expression, FromItem, Literal, Name, Place, Query, QueryBody, Target};

impl Resolver<'_> {
    /// The rows of `VALUES` have one length.
    pub(super) fn rows_of_one_length(&mut self, rows: &[Vec<Expression>]) {
        let Some(first) = rows.first().map(Vec::len) else { return };
        let Some(other) = rows.iter().find(|row| row.len() != first) else { return };
        if first == 0 || other.is_empty() || has_star(rows) {
            // What a row without values stands for differs.
            return;
        }
        let at = other.first().and_then(place::of_expression).unwrap_or_default();
        let message = format!("a row has {} values, and the first has {first}", other.len());
        self.faults.push(Fault::new(Code::M411, at, message));
    }

    /// Both sides of `UNION` and its like make as many columns.
    pub(super) fn sides_of_one_width(&mut self, left: &Outputs, right: &Outputs, query: &Query) {
        let (own, other) = (left.columns.len(), right.columns.len());
        if left.is_open || right.is_open || own == other || own == 0 || other == 0 {
            return;
        }
        let at = place::of_query(query).unwrap_or_default();
        let message = format!("the query makes {other} columns, and the one before it {own}");
        self.faults.push(Fault::new(Code::M411, at, message));
    }

    /// Names for the columns of a query: no more than it has, on most servers no fewer.
    pub(crate) fn names_for_columns(&mut self, outputs: &Outputs, names: &[Name]) {
        let (count, listed) = (outputs.columns.len(), names.len());
        let (Some(first), Some(last)) = (names.first(), names.last()) else { return };
        let is_wrong = listed > count || (listed < count && self.dialect.names_all_results());
        if outputs.is_open || count == 0 || !is_wrong {
            return;
        }
        let at = Place { start: first.place.start, end: last.place.end };
        let message = format!("{listed} names for the {count} columns of the query");
        self.faults.push(Fault::new(Code::M411, at, message));
    }

    /// A sub-query in the place of one value makes one column.
    pub(super) fn one_column(&mut self, query: &Query, outputs: &Outputs) {
        let count = outputs.columns.len();
        if outputs.is_open || count < 2 {
            return;
        }
        let at = place::of_query(query).unwrap_or_default();
        let message = format!("a query of {count} columns stands for one value");
        self.faults.push(Fault::new(Code::M411, at, message));
    }

    /// Whether a query is no more than all of a table that has generated columns where another
    /// table has them.
    ///
    /// `SQLite` copies such a table as it is, where the two are made alike in all else too.
    pub(super) fn copies_table(&self, query: &Query, into: &Relation) -> bool {
        let QueryBody::Select(select) = &query.body else { return false };
        let is_star = |target: &Target| matches!(&target.value, Expression::Column(it) if it.star);
        let [FromItem::Relation { name, .. }] = select.from.as_slice() else { return false };
        let is_whole = matches!(select.targets.as_slice(), [target] if is_star(target))
            && select.conditions.is_empty();
        let from = self.catalog.find_relation(self.dialect, name).present();
        let from = from.and_then(|key| self.catalog.relations.get(&key));
        is_whole
            && from.is_some_and(|from| {
                from.columns.len() == into.columns.len()
                    && from.columns.iter().any(|column| column.is_generated)
                    && from
                        .columns
                        .iter()
                        .zip(&into.columns)
                        .all(|(own, other)| own.is_generated == other.is_generated)
            })
    }

    /// A number in `ORDER BY` or `GROUP BY` counts the results.
    pub(super) fn counted_result(&mut self, expression: &Expression, outputs: &Outputs) {
        let Expression::Literal(Literal::Number(digits), at) = expression else { return };
        let count = outputs.columns.len();
        let is_beyond = digits.parse::<usize>().is_ok_and(|number| number > count);
        if is_beyond && !outputs.is_open && count > 0 {
            let message = format!("the query has no result {digits}, it has {count}");
            self.faults.push(Fault::new(Code::M422, *at, message));
        }
    }
}

/// Whether `row.*` stands for several values somewhere in rows.
pub(super) fn has_star(rows: &[Vec<Expression>]) -> bool {
    rows.iter().flatten().any(|value| match value {
        Expression::Column(column) => column.star,
        Expression::Field(_, field) => field.is_none(),
        _ => false,
    })
}

/// The sub-query of an operation, where it stands for one value.
pub(super) fn single_operand(parts: &[Expression]) -> Option<&Query> {
    match parts {
        [
            Expression::Column(_) | Expression::Literal(..) | Expression::Call(_),
            Expression::Subquery(query) | Expression::QueryOperand(query),
        ] => Some(query),
        _ => None,
    }
}
