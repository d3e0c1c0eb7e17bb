//! Queries.

use sqlite3_parser::ast;

use super::names::{Reader, folded};
use crate::replay::model::{
    ColumnReference, CommonTable, Expression, FromItem, Join, JoinCondition, Query, QueryBody,
    Select, Target,
};

impl Reader<'_> {
    pub(super) fn query(&self, select: &ast::Select<'_>) -> Query {
        let (recursive, common) = self.with(select.with.as_ref());
        let mut body = self.one_select(&select.body.select);
        for compound in select.body.compounds.iter().flatten() {
            let right = self.one_select(&compound.select);
            body = QueryBody::Set(Box::new(Query::of(body)), Box::new(Query::of(right)));
        }
        let windows = self.windows.take();
        let mut order_by = self.sorted(select.order_by);
        self.windows.replace(windows);
        if matches!(body, QueryBody::Set(..)) {
            // A term may also be a column of any of the parts.
            order_by.clear();
        }
        Query { recursive, common, body, order_by, rest: self.limit(select.limit) }
    }

    pub(super) fn limit(&self, limit: Option<&ast::Limit<'_>>) -> Vec<Expression> {
        let Some(limit) = limit else { return Vec::new() };
        let values = std::iter::once(&limit.expr).chain(&limit.offset);
        values.map(|value| self.expression(value)).collect()
    }

    /// The tables of a `WITH`; each may name itself and those after it, whether it says
    /// `RECURSIVE` or not.
    pub(super) fn with(&self, with: Option<&ast::With<'_>>) -> (bool, Vec<CommonTable>) {
        let Some(with) = with else { return (false, Vec::new()) };
        let tables = with.ctes.iter().map(|table| CommonTable {
            name: self.name(&table.tbl_name),
            columns: self.indexed(table.columns),
            query: self.query(table.select),
            is_open: false,
        });
        (true, tables.collect())
    }

    fn one_select(&self, select: &ast::OneSelect<'_>) -> QueryBody {
        let (columns, from, condition, grouping, having, windows) = match select {
            ast::OneSelect::Values(rows) => {
                return QueryBody::Values(
                    rows.iter().map(|row| self.expressions(Some(row))).collect(),
                );
            }
            ast::OneSelect::Select {
                columns,
                from,
                where_clause,
                group_by,
                having,
                window_clause,
                ..
            } => (columns, from, where_clause, group_by, having, window_clause),
        };
        let outer = self.windows.take();
        let mut read = Select { targets: self.targets(columns), ..Select::default() };
        if let Some(from) = from {
            // `ON` is part of the condition and sees what that sees: also results' names.
            read.from.extend(self.tables(from, &mut read.conditions));
        }
        read.conditions.extend(condition.map(|value| self.expression(value)));
        read.grouping = self.expressions(*grouping);
        read.having.extend(having.map(|value| self.expression(value)));
        // A window may be made from one before it. What nothing uses is not looked into.
        for window in windows.unwrap_or_default().iter().rev() {
            if self.windows.borrow().contains(&folded(window.name.0)) {
                read.having.extend(self.window(&window.window));
            }
        }
        self.windows.replace(outer);
        QueryBody::Select(Box::new(read))
    }

    pub(super) fn targets(&self, columns: &[ast::ResultColumn<'_>]) -> Vec<Target> {
        let star = |parts| Expression::Column(ColumnReference { parts, star: true });
        let columns = columns.iter().map(|column| match column {
            ast::ResultColumn::Expr(value, alias) => Target {
                value: self.expression(value),
                alias: alias.as_ref().map(|alias| self.alias_name(alias)),
            },
            ast::ResultColumn::Star => Target { value: star(Vec::new()), alias: None },
            ast::ResultColumn::TableStar(table) => {
                Target { value: star(vec![self.name(table)]), alias: None }
            }
        });
        columns.collect()
    }

    /// Reads `FROM`, and puts what `ON` says into `conditions`.
    pub(super) fn tables(
        &self,
        from: &ast::FromClause<'_>,
        conditions: &mut Vec<Expression>,
    ) -> Option<FromItem> {
        let mut item = self.table(from.select?, conditions);
        for join in from.joins.iter().flatten() {
            let right = self.table(&join.table, conditions);
            let condition = match &join.constraint {
                Some(ast::JoinConstraint::On(condition)) => {
                    conditions.push(self.expression(condition));
                    JoinCondition::None
                }
                Some(ast::JoinConstraint::Using(names)) => {
                    let names = names.iter().map(|name| self.name(name)).collect();
                    JoinCondition::Using(names, None)
                }
                None if is_natural(join.operator) => JoinCondition::Natural,
                None => JoinCondition::None,
            };
            item = FromItem::Join(Box::new(Join { left: item, right, condition }));
        }
        Some(item)
    }

    fn table(&self, table: &ast::SelectTable<'_>, conditions: &mut Vec<Expression>) -> FromItem {
        match table {
            ast::SelectTable::Table(name, alias, _) => {
                FromItem::Relation { name: self.qualified(name), alias: self.alias(alias.as_ref()) }
            }
            ast::SelectTable::TableCall(name, arguments, alias) => {
                let function = self.qualified(name);
                let expressions = self.expressions(*arguments);
                let alias = self.alias(alias.as_ref()).or_else(|| {
                    let name = Some(function.name.clone());
                    Some(crate::replay::model::Alias { name, columns: Vec::new() })
                });
                FromItem::Unknown { alias, inner: Vec::new(), expressions }
            }
            ast::SelectTable::Select(select, alias) => FromItem::Query {
                query: Box::new(self.query(select)),
                lateral: false,
                alias: self.alias(alias.as_ref()),
            },
            ast::SelectTable::Sub(from, alias) => {
                let inner = self.tables(from, conditions);
                match (alias, inner) {
                    // Without a name of its own the tables inside keep theirs.
                    (None, Some(inner)) => inner,
                    // Joined ones keep theirs beside it.
                    (Some(alias), Some(right @ FromItem::Join(_))) => {
                        let alias = self.alias(Some(alias));
                        let (inner, expressions) = (Vec::new(), Vec::new());
                        let left = FromItem::Unknown { alias, inner, expressions };
                        let condition = JoinCondition::Natural;
                        FromItem::Join(Box::new(Join { left, right, condition }))
                    }
                    (alias, inner) => FromItem::Unknown {
                        alias: self.alias(alias.as_ref()),
                        inner: inner.into_iter().collect(),
                        expressions: Vec::new(),
                    },
                }
            }
        }
    }
}

/// Makes open what results without a name are called, which is the text they are written in.
pub(super) fn open_unnamed(query: &mut Query) {
    let mut body = &mut query.body;
    while let QueryBody::Set(left, _) = body {
        body = &mut left.body;
    }
    let QueryBody::Select(select) = body else { return };
    for target in &mut select.targets {
        if target.alias.is_none() && !matches!(target.value, Expression::Column(_)) {
            let value = std::mem::replace(&mut target.value, Expression::Operation(Vec::new()));
            target.value = Expression::Field(Box::new(value), None);
        }
    }
}

fn is_natural(operator: ast::JoinOperator) -> bool {
    matches!(
        operator,
        ast::JoinOperator::TypedJoin(Some(kind)) if kind.contains(ast::JoinType::NATURAL)
    )
}
