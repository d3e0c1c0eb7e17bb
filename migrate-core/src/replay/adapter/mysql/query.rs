//! Queries.

use sqlparser::ast::{
    Distinct, GroupByExpr, Join as SqlJoin, JoinConstraint, JoinOperator, LimitClause,
    NamedWindowExpr, OrderByKind, Query as SqlQuery, Select as SqlSelect, SelectItem, SetExpr,
    TableAlias, TableFactor, TableWithJoins, With,
};

use super::cursor::fold;
use super::expression::Reader;
use crate::replay::model::{
    Alias, CommonTable, Expression, FromItem, Join, JoinCondition, Name, Query, QueryBody, Select,
};

impl Reader<'_> {
    /// A query whose number of results counts, not their names.
    pub(super) fn query(&self, query: &SqlQuery) -> Query {
        self.any_query(query, false)
    }

    /// A query whose results are named by others: of a view, a table, a sub-query in `FROM`.
    pub(super) fn open_query(&self, query: &SqlQuery) -> Query {
        self.any_query(query, true)
    }

    fn any_query(&self, query: &SqlQuery, open: bool) -> Query {
        let ignored = self.ignores_columns.replace(false);
        let before = self.common.borrow().len();
        let (recursive, common) = self.common_tables(query.with.as_ref());
        let body = self.body(&query.body, open);
        let names = match &*query.body {
            SetExpr::Select(select) => result_names(select),
            _ => Vec::new(),
        };
        let outer = self.results.replace(names);
        let order_by = match query.order_by.as_ref().map(|order| &order.kind) {
            Some(OrderByKind::Expressions(order)) => self.order(order),
            _ => Vec::new(),
        };
        self.results.replace(outer);
        let rest = match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => limit
                .iter()
                .chain(offset.iter().map(|offset| &offset.value))
                .map(|value| self.expression(value))
                .collect(),
            _ => Vec::new(),
        };
        self.common.borrow_mut().truncate(before);
        self.ignores_columns.set(ignored);
        Query { recursive, common, body, order_by, rest }
    }

    /// The tables of a `WITH`, which stay known until the caller forgets them.
    pub(super) fn common_tables(&self, with: Option<&With>) -> (bool, Vec<CommonTable>) {
        let Some(with) = with else { return (false, Vec::new()) };
        let mut tables = Vec::new();
        for table in &with.cte_tables {
            let name = self.name(&table.alias.name);
            if with.recursive {
                self.common.borrow_mut().push(name.text.clone());
            }
            let query = self.open_query(&table.query);
            if !with.recursive {
                self.common.borrow_mut().push(name.text.clone());
            }
            tables.push(CommonTable {
                name,
                columns: self.alias_columns(&table.alias),
                query,
                is_open: false,
            });
        }
        (with.recursive, tables)
    }

    fn body(&self, body: &SetExpr, open: bool) -> QueryBody {
        match body {
            SetExpr::Select(select) => QueryBody::Select(Box::new(self.select(select, open))),
            SetExpr::Query(query) => QueryBody::Nested(Box::new(self.any_query(query, open))),
            SetExpr::SetOperation { left, right, .. } => QueryBody::Set(
                Box::new(Query::of(self.body(left, open))),
                Box::new(Query::of(self.body(right, open))),
            ),
            SetExpr::Values(values) => {
                let rows = values.rows.iter();
                let rows = QueryBody::Values(rows.map(|row| self.all(&row.content)).collect());
                // `MySQL` calls the columns `column_0` and on, `MariaDB` by the text of the
                // first row.
                if open { with_other_names(rows) } else { rows }
            }
            _ => QueryBody::Unknown,
        }
    }

    fn select(&self, select: &SqlSelect, open: bool) -> Select {
        let outer = self.results.replace(Vec::new());
        let outer_aliases = self.aliases.replace(result_names(select));
        let from = select.from.iter().filter_map(|table| self.joined(table)).collect();
        let targets = self.targets(&select.projection, open);
        let conditions: Vec<_> =
            select.selection.iter().map(|value| self.expression(value)).collect();
        self.results.replace(result_names(select));
        let mut having: Vec<_> = select.having.iter().map(|value| self.expression(value)).collect();
        for window in &select.named_window {
            if let NamedWindowExpr::WindowSpec(window) = &window.1 {
                having.extend(self.window(window));
            }
        }
        let grouping: Vec<_> = match &select.group_by {
            GroupByExpr::Expressions(values, _) => {
                values.iter().map(|value| self.expression(value)).collect()
            }
            GroupByExpr::All(_) => Vec::new(),
        };
        let distinct = match &select.distinct {
            Some(Distinct::On(values)) => {
                values.iter().map(|value| self.expression(value)).collect()
            }
            _ => Vec::new(),
        };
        self.results.replace(outer);
        self.aliases.replace(outer_aliases);
        Select { targets, from, conditions, grouping, having, distinct, into: None }
    }

    /// A table with what is joined to it; nothing for `DUAL`.
    pub(super) fn joined(&self, tables: &TableWithJoins) -> Option<FromItem> {
        let mut item = self.factor(&tables.relation);
        for join in &tables.joins {
            let right = self.factor(&join.relation);
            item = match (item, right) {
                (Some(left), Some(right)) => {
                    let condition = self.condition(join);
                    Some(FromItem::Join(Box::new(Join { left, right, condition })))
                }
                (left, right) => left.or(right),
            };
        }
        item
    }

    fn condition(&self, join: &SqlJoin) -> JoinCondition {
        let (JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint)
        | JoinOperator::CrossJoin(constraint)
        | JoinOperator::StraightJoin(constraint)) = &join.join_operator
        else {
            return JoinCondition::None;
        };
        match constraint {
            JoinConstraint::On(value) => JoinCondition::On(self.expression(value)),
            JoinConstraint::Using(columns) => JoinCondition::Using(
                columns.iter().filter_map(|column| self.last_name(column)).collect(),
                None,
            ),
            JoinConstraint::Natural => JoinCondition::Natural,
            JoinConstraint::None => JoinCondition::None,
        }
    }

    fn factor(&self, factor: &TableFactor) -> Option<FromItem> {
        Some(match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let Some(mut name) = self.qualified(name) else { return Some(unknown(None)) };
                if name.schema.is_none() {
                    if name.name.text.eq_ignore_ascii_case("dual") {
                        return None;
                    }
                    let common = self.common.borrow();
                    let known = common.find(&name.name.text).cloned();
                    if let Some(known) = known {
                        name.name.text = known;
                    }
                }
                // Qualifiers of columns are folded, so every table has a folded alias.
                let shown = match alias {
                    Some(alias) => self.column_name(&alias.name),
                    None => fold(name.name.clone()),
                };
                let columns = alias.as_ref().map(|alias| self.alias_columns(alias));
                let alias = Alias { name: Some(shown), columns: columns.unwrap_or_default() };
                FromItem::Relation { name, alias: Some(alias) }
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => FromItem::Query {
                query: Box::new(self.open_query(subquery)),
                lateral: *lateral,
                alias: alias.as_ref().map(|alias| self.alias(alias)),
            },
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                return self.joined(table_with_joins);
            }
            TableFactor::NestedJoin { table_with_joins, alias: Some(alias) } => FromItem::Unknown {
                alias: Some(self.alias(alias)),
                inner: self.joined(table_with_joins).into_iter().collect(),
                expressions: Vec::new(),
            },
            TableFactor::JsonTable { json_expr, alias, .. } => FromItem::Unknown {
                alias: alias.as_ref().map(|alias| self.alias(alias)),
                inner: Vec::new(),
                expressions: vec![self.expression(json_expr)],
            },
            TableFactor::Table { alias, .. } | TableFactor::Function { alias, .. } => {
                unknown(alias.as_ref().map(|alias| self.alias(alias)))
            }
            _ => unknown(None),
        })
    }

    fn alias(&self, alias: &TableAlias) -> Alias {
        Alias { name: Some(self.column_name(&alias.name)), columns: self.alias_columns(alias) }
    }

    fn alias_columns(&self, alias: &TableAlias) -> Vec<Name> {
        alias.columns.iter().map(|column| self.column_name(&column.name)).collect()
    }
}

/// Columns that may be called differently.
fn with_other_names(body: QueryBody) -> QueryBody {
    let others = Query::of(QueryBody::Unknown);
    QueryBody::Set(Box::new(Query::of(body)), Box::new(others))
}

fn unknown(alias: Option<Alias>) -> FromItem {
    FromItem::Unknown { alias, inner: Vec::new(), expressions: Vec::<Expression>::new() }
}

fn result_names(select: &SqlSelect) -> Vec<String> {
    select
        .projection
        .iter()
        .filter_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
            _ => None,
        })
        .collect()
}
