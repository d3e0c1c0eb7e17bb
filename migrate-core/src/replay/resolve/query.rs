//! Queries.

use super::common::Common;
use super::{Fault, Item, Output, Outputs, Resolver, Scope};
use crate::diagnostics::Code;
use crate::replay::model::{
    CommonTable, Expression, Query, QueryBody, Select, StatementKind, Target,
};

impl Resolver<'_> {
    /// Resolves a query and returns the columns it makes.
    pub(crate) fn query(&mut self, query: &Query) -> Outputs {
        let before = self.common.len();
        self.common_tables(query.recursive, &query.common);
        let outputs = match &query.body {
            QueryBody::Select(select) => self.select(select, &query.order_by, &query.rest),
            body => {
                let outputs = self.body(body);
                for expression in &query.order_by {
                    self.counted_result(expression, &outputs);
                    self.order_of_results(expression, &outputs);
                }
                for expression in &query.rest {
                    self.expression(expression);
                }
                outputs
            }
        };
        self.common.truncate(before);
        outputs
    }

    /// Makes the tables of a `WITH` known; they stay until the caller removes them.
    pub(crate) fn common_tables(&mut self, recursive: bool, tables: &[CommonTable]) {
        self.refuse_common_twice(tables);
        let first = self.common.len();
        if recursive {
            // Later ones may be named before they are made.
            for table in tables {
                self.common.push(Common {
                    name: table.name.text.clone(),
                    outputs: Outputs::open(),
                    faults: Vec::new(),
                });
            }
        }
        for (index, table) in tables.iter().enumerate() {
            if recursive && let QueryBody::Set(left, _) = &table.query.body {
                let faults = self.faults.len();
                let before = self.common.len();
                self.common_tables(table.query.recursive, &table.query.common);
                let mut outputs = self.query(left);
                self.common.truncate(before);
                self.faults.truncate(faults);
                outputs.rename(&table.columns);
                outputs.is_open |= table.is_open;
                if let Some(common) = self.common.at(first + index) {
                    common.outputs = outputs;
                }
            }
            let known = self.faults.len();
            let mut outputs = self.query(&table.query);
            if !table.is_open {
                self.names_for_columns(&outputs, &table.columns);
            }
            let faults = if self.dialect.checks_unused_common_tables() {
                Vec::new()
            } else {
                self.faults.split_off(known)
            };
            outputs.rename(&table.columns);
            outputs.is_open |= table.is_open;
            if recursive {
                if let Some(common) = self.common.at(first + index) {
                    common.outputs = outputs;
                    common.faults = faults;
                }
            } else {
                self.common.push(Common { name: table.name.text.clone(), outputs, faults });
            }
        }
    }

    fn body(&mut self, body: &QueryBody) -> Outputs {
        match body {
            QueryBody::Select(select) => self.select(select, &[], &[]),
            QueryBody::Values(rows) => {
                self.rows_of_one_length(rows);
                for expression in rows.iter().flatten() {
                    self.expression(expression);
                }
                let width = rows.first().map_or(0, Vec::len);
                let columns =
                    (1..=width).map(|number| Output::named(format!("column{number}").into()));
                Outputs { columns: columns.collect(), is_open: false }
            }
            QueryBody::Table(name) => {
                let item =
                    crate::replay::model::FromItem::Relation { name: name.clone(), alias: None };
                let mut items = Vec::new();
                self.add_item(&item, &mut items);
                items.pop().map_or_else(Outputs::open, |item| item.visible())
            }
            QueryBody::Set(left, right) => {
                let left = self.query(left);
                let query = right;
                let right = self.query(query);
                self.sides_of_one_width(&left, &right, query);
                Outputs { is_open: left.is_open || right.is_open, ..left }
            }
            QueryBody::Nested(query) => self.query(query),
            QueryBody::Statement(statement) => self.statement_in_query(&statement.kind),
            QueryBody::Unknown => Outputs::open(),
        }
    }

    pub(super) fn statement_in_query(&mut self, kind: &StatementKind) -> Outputs {
        match kind {
            StatementKind::Insert(insert) => self.insert(insert),
            StatementKind::Update(update) => self.update(update),
            StatementKind::Delete(delete) => self.delete(delete),
            StatementKind::Merge(merge) => {
                self.merge(merge);
                Outputs::open()
            }
            StatementKind::Query(query) => self.query(query),
            _ => Outputs::open(),
        }
    }

    fn select(&mut self, select: &Select, order: &[Expression], rest: &[Expression]) -> Outputs {
        let mut items = Vec::new();
        for item in &select.from {
            self.add_item(item, &mut items);
        }
        self.refuse_twice(&select.from, &items);
        self.scopes.push(Scope::of(items));
        let outputs = self.targets(&select.targets);
        let results = self.scopes.last_mut().map(|scope| std::mem::take(&mut scope.results));
        if self.dialect.sees_results_in_conditions()
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.items.push(Item::of_results(&outputs));
        }
        for condition in &select.conditions {
            self.expression(condition);
        }
        if let (Some(results), Some(scope)) = (results, self.scopes.last_mut()) {
            scope.results = results;
        }
        self.preferring_results(&select.having);
        for expression in select.grouping.iter().chain(&select.distinct) {
            if !names_result(expression, &outputs) {
                self.expression(expression);
            }
        }
        for expression in &select.grouping {
            self.counted_result(expression, &outputs);
        }
        self.refuse_aggregates(&select.conditions, "`WHERE`");
        self.refuse_aggregates(&select.grouping, "`GROUP BY`");
        for target in &select.targets {
            self.refuse_nested_aggregates(&target.value);
        }
        self.refuse_ungrouped(select, order, &outputs);
        for expression in order {
            self.counted_result(expression, &outputs);
            if !names_result(expression, &outputs) {
                self.expression(expression);
            }
        }
        for expression in rest {
            self.expression(expression);
        }
        self.scopes.pop();
        outputs
    }

    /// Resolves what some servers look up among the results first: `HAVING` and windows.
    pub(super) fn preferring_results(&mut self, expressions: &[Expression]) {
        let outer = self.prefers_results;
        self.prefers_results |= self.dialect.prefers_results();
        for expression in expressions {
            self.expression(expression);
        }
        self.prefers_results = outer;
    }

    /// Resolves results and returns what they are called.
    pub(crate) fn targets(&mut self, targets: &[Target]) -> Outputs {
        let mut outputs = Outputs::default();
        for target in targets {
            if let Expression::Subquery(query) = &target.value {
                let made = self.query(query);
                self.one_column(query, &made);
            } else {
                self.expression(&target.value);
            }
            match &target.value {
                Expression::Column(column) if column.star => {
                    let star = self.star(column);
                    outputs.is_open |= star.is_open;
                    self.uses.extend(star.columns.iter().filter_map(|column| column.dependency));
                    outputs.columns.extend(star.columns);
                }
                Expression::Field(_, None) => outputs.is_open = true,
                value => {
                    let mut output = self.output_of(value);
                    if let Some(alias) = &target.alias {
                        output.name = alias.text.clone();
                        output.is_derived = false;
                        if self.dialect.sees_results_in_sub_queries()
                            && let Some(scope) = self.scopes.last_mut()
                        {
                            scope.results.push(alias.text.clone());
                        }
                    }
                    outputs.columns.push(output);
                }
            }
        }
        outputs
    }

    /// `ORDER BY` after `UNION` and its like, which sees the results only.
    fn order_of_results(&mut self, expression: &Expression, outputs: &Outputs) {
        let Expression::Column(column) = expression else { return };
        if let [name] = column.parts.as_slice()
            && !outputs.is_open
            && !outputs.has(&name.text)
            && !self.variables.contains(&name.text)
        {
            let message = format!("the query has no result `{}` to order by", name.text);
            self.faults.push(Fault::new(Code::M403, name.place, message));
        }
    }
}

/// Whether an expression is the bare name of a result.
fn names_result(expression: &Expression, outputs: &Outputs) -> bool {
    match expression {
        Expression::Column(column) => match column.parts.as_slice() {
            [name] => outputs.has(&name.text) || outputs.is_open,
            _ => false,
        },
        _ => false,
    }
}
