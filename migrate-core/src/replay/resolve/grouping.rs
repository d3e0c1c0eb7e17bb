//! Columns that a grouped query has no single value of.

use super::aggregate::{calls_in, columns_in, has_query, parts};
use super::{Fault, Item, Outputs, Resolver, is_closed};
use crate::diagnostics::Code;
use crate::replay::catalog::{ConstraintRule, Dependency};
use crate::replay::model::{ColumnReference, Expression, Literal, Name, ObjectKind, Select, Text};

/// A column of the query: which of its tables, and the name.
type Own = (usize, Text);

impl Resolver<'_> {
    /// A fault for a column beside groups that is neither grouped nor follows from a key.
    ///
    /// Source: Postgres manual, "SELECT", "GROUP BY Clause"; `parse_agg.c` of Postgres.
    pub(super) fn refuse_ungrouped(
        &mut self,
        select: &Select,
        order: &[Expression],
        outputs: &Outputs,
    ) {
        if !self.dialect.refuses_ungrouped() || !self.is_grouped(select) {
            return;
        }
        let Some(grouped) = self.grouped(select, outputs) else { return };
        let mut values: Vec<_> = select.targets.iter().map(|target| &target.value).collect();
        values.extend(&select.having);
        let named = |value: &&Expression| {
            !matches!(value, Expression::Column(column)
            if column.parts.len() == 1 && outputs.has(&column.parts[0].text))
        };
        values.extend(order.iter().filter(named));
        let mut found = Vec::new();
        for value in values {
            self.ungrouped(value, &grouped, &mut found);
        }
        let Some((name, table)) = found.into_iter().next() else { return };
        let message =
            format!("`{}` of `{table}` is neither grouped by nor in an aggregate", name.text);
        let fault = Fault::new(Code::M422, name.place, message)
            .help("add it to `GROUP BY`, or say which of its values is meant: `max(…)`");
        self.faults.push(fault);
    }

    fn is_grouped(&self, select: &Select) -> bool {
        if !select.grouping.is_empty() {
            return true;
        }
        let mut calls = Vec::new();
        for target in &select.targets {
            calls_in(&target.value, &mut calls);
        }
        calls.into_iter().any(|call| self.is_own_aggregate(call))
    }

    /// The columns that are grouped by; nothing where that is not sure.
    fn grouped(&self, select: &Select, outputs: &Outputs) -> Option<Vec<Own>> {
        let mut grouped = Vec::new();
        for expression in &select.grouping {
            let mut columns = Vec::new();
            match expression {
                Expression::Literal(Literal::Number(digits), _) => {
                    if outputs.is_open || select.targets.iter().any(|target| is_star(&target.value))
                    {
                        return None;
                    }
                    let number: usize = digits.parse().ok()?;
                    let target = select.targets.get(number.checked_sub(1)?)?;
                    columns_in(&target.value, &mut columns);
                }
                Expression::Literal(..) => return None,
                other if has_query(other) => return None,
                // Where no column has the name, that of a result is meant.
                Expression::Column(column) if column.parts.len() == 1 && !column.star => {
                    let name = &column.parts[0].text;
                    if self.own(column).is_some() {
                        columns.push(column);
                    }
                    for target in &select.targets {
                        let alias = target.alias.as_ref();
                        if alias.is_some_and(|alias| alias.text == *name) {
                            columns_in(&target.value, &mut columns);
                        }
                    }
                }
                other => columns_in(other, &mut columns),
            }
            if columns.iter().any(|column| column.star) {
                return None;
            }
            // A whole row.
            let items = &self.scopes.last()?.items;
            let is_row = |column: &&ColumnReference| {
                column.parts.len() == 1
                    && items.iter().any(|item| item.alias == column.parts[0].text)
            };
            if columns.iter().any(is_row) {
                return None;
            }
            grouped.extend(columns.into_iter().filter_map(|column| self.own(column)));
        }
        Some(grouped)
    }

    /// The column of the innermost query that is certainly meant.
    fn own(&self, column: &ColumnReference) -> Option<Own> {
        let items = &self.scopes.last()?.items;
        match column.parts.as_slice() {
            [name] => {
                let found = items.iter().position(|item| item.column(&name.text).is_some())?;
                Some((found, name.text.clone()))
            }
            [table, name] => {
                let found = items.iter().position(|item| item.alias == table.text)?;
                items[found].column(&name.text)?;
                Some((found, name.text.clone()))
            }
            _ => None,
        }
    }

    fn ungrouped(&self, value: &Expression, grouped: &[Own], found: &mut Vec<(Name, Text)>) {
        match value {
            Expression::Column(column) if column.star => {}
            Expression::Column(column) => {
                let Some((index, name)) = self.own(column) else { return };
                let Some(items) = self.scopes.last().map(|scope| &scope.items) else { return };
                let Some(item) = items.get(index) else { return };
                let is_shared = items
                    .iter()
                    .any(|item| item.star_is_open || item.is_open || item.merged.contains(&name));
                let is_row = items.iter().any(|item| item.alias == name);
                if is_shared
                    || is_row
                    || self.variables.contains(&name)
                    || grouped.contains(&(index, name.clone()))
                    || self.follows(index, item, grouped)
                {
                    return;
                }
                let Some(written) = column.parts.last() else { return };
                found.push((written.clone(), item.alias.clone()));
            }
            // Any other may be an aggregate: of a newer server, an extension's or its own.
            Expression::Call(call) if !call.is_window && !is_scalar(&call.name.name.text) => {}
            Expression::Call(call) if !self.catalog.functions_named(&call.name).is_empty() => {}
            Expression::Named(form, _) if form.contains("agg") => {}
            other => {
                for part in parts(other) {
                    self.ungrouped(part, grouped, found);
                }
            }
        }
    }

    /// Whether a table's primary key is grouped by, or may be, so that its other columns follow.
    fn follows(&self, index: usize, item: &Item, grouped: &[Own]) -> bool {
        let Some(key) = &item.key else { return false };
        let Some(relation) = self.catalog.relations.get(key) else { return true };
        if !is_closed(relation) || self.catalog.unknown.has_kind(ObjectKind::Constraint) {
            return true;
        }
        let is_grouped = |id| {
            item.columns.iter().any(|column| {
                column.dependency == Some(Dependency::Column(relation.id, id))
                    && grouped.contains(&(index, column.name.clone()))
            })
        };
        relation.constraints.iter().any(|constraint| match &constraint.rule {
            ConstraintRule::Primary(ids) => ids.is_empty() || ids.iter().all(|id| is_grouped(*id)),
            _ => false,
        })
    }
}

fn is_star(value: &Expression) -> bool {
    matches!(value, Expression::Column(column) if column.star)
        || matches!(value, Expression::Field(_, None))
}

/// Whether a built-in function makes one value of one, so that its arguments count as they stand.
fn is_scalar(function: &str) -> bool {
    matches!(
        function,
        "abs"
            | "btrim"
            | "ceil"
            | "coalesce"
            | "concat"
            | "date_part"
            | "date_trunc"
            | "floor"
            | "greatest"
            | "initcap"
            | "least"
            | "left"
            | "length"
            | "lower"
            | "ltrim"
            | "md5"
            | "nullif"
            | "replace"
            | "right"
            | "round"
            | "rtrim"
            | "split_part"
            | "substr"
            | "substring"
            | "to_char"
            | "trim"
            | "upper"
    )
}
