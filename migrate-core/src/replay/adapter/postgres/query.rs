//! Queries and the statements that change rows.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::expression::{is_expression, is_query, special_value};
use super::tree::{Reader, child, children, has, has_token};
use crate::replay::model::{
    Alias, Assignment, CommonTable, Conflict, Delete, Expression, FromItem, Insert, InsertSource,
    Join, JoinCondition, Literal, Merge, Name, QualifiedName, Query, QueryBody, Select, Statement,
    StatementKind, Target, Update,
};

impl Reader<'_> {
    pub(super) fn query(self, node: &SyntaxNode) -> Query {
        let (recursive, common) = self.with(node);
        let mut query = Query { recursive, common, ..Query::of(QueryBody::Unknown) };
        for tail in node.children() {
            match tail.kind() {
                K::ORDER_BY_CLAUSE => query.order_by.extend(self.collect(&tail)),
                K::LIMIT_CLAUSE | K::OFFSET_CLAUSE | K::FETCH_CLAUSE => {
                    query.rest.extend(self.collect(&tail));
                }
                _ => {}
            }
        }
        query.body = match node.kind() {
            K::SELECT | K::SELECT_INTO => QueryBody::Select(Box::new(self.select(node))),
            K::PAREN_SELECT | K::PAREN_EXPR => {
                match node
                    .children()
                    .find(|node| is_query(node.kind()) || is_expression(node.kind()))
                {
                    Some(inner) => QueryBody::Nested(Box::new(self.query(&inner))),
                    None => QueryBody::Unknown,
                }
            }
            K::TABLE => node
                .children()
                .find(|node| node.kind() == K::RELATION_NAME)
                .and_then(|node| self.qualified(&node))
                .map_or(QueryBody::Unknown, QueryBody::Table),
            K::VALUES => {
                let rows = child(node, K::ROW_LIST)
                    .map(|list| children(&list, K::ROW).map(|row| self.collect(&row)).collect());
                QueryBody::Values(rows.unwrap_or_default())
            }
            K::COMPOUND_SELECT => {
                let operands: Vec<_> = node
                    .children()
                    .filter(|node| is_query(node.kind()) || node.kind() == K::PAREN_EXPR)
                    .collect();
                if let [left, right] = operands.as_slice() {
                    let mut left = self.query(left);
                    let right = self.query(right);
                    // A `WITH` before the first operand belongs to the whole.
                    query.recursive |= left.recursive;
                    query.common.append(&mut left.common);
                    QueryBody::Set(Box::new(left), Box::new(right))
                } else {
                    QueryBody::Unknown
                }
            }
            K::INSERT | K::UPDATE | K::DELETE | K::MERGE => {
                QueryBody::Statement(Box::new(self.statement(node)))
            }
            _ => QueryBody::Unknown,
        };
        query
    }

    pub(super) fn with(self, node: &SyntaxNode) -> (bool, Vec<CommonTable>) {
        let Some(with) = child(node, K::WITH_CLAUSE) else { return (false, Vec::new()) };
        let common = children(&with, K::WITH_TABLE).filter_map(|table| {
            let query = table.children().find(|node| {
                is_query(node.kind())
                    || matches!(node.kind(), K::INSERT | K::UPDATE | K::DELETE | K::MERGE)
            })?;
            Some(CommonTable {
                name: self.name_child(&table, K::CTE_NAME)?,
                columns: self.listed_columns(&table, K::COLUMN_LIST),
                query: self.query(&query),
                is_open: child(&table, K::SEARCH_CLAUSE).is_some()
                    || child(&table, K::CYCLE_CLAUSE).is_some(),
            })
        });
        (has_token(&with, K::RECURSIVE_KW), common.collect())
    }

    fn select(self, node: &SyntaxNode) -> Select {
        let mut select = Select::default();
        for part in node.children() {
            match part.kind() {
                K::SELECT_CLAUSE => {
                    if let Some(list) = child(&part, K::TARGET_LIST) {
                        select.targets = self.targets(&list);
                    }
                    if let Some(distinct) = child(&part, K::DISTINCT_CLAUSE) {
                        select.distinct.extend(self.collect(&distinct));
                    }
                }
                K::FROM_CLAUSE => select.from = self.items_of(&part),
                K::WHERE_CLAUSE => select.conditions.extend(self.collect(&part)),
                K::HAVING_CLAUSE | K::WINDOW_CLAUSE | K::FILTER_CLAUSE => {
                    select.having.extend(self.collect(&part));
                }
                K::GROUP_BY_CLAUSE => select.grouping.extend(self.collect(&part)),
                K::INTO_CLAUSE => select.into = self.qualified_child(&part, K::TABLE_NAME),
                _ => {}
            }
        }
        select
    }

    pub(super) fn targets(self, list: &SyntaxNode) -> Vec<Target> {
        children(list, K::TARGET)
            .filter_map(|target| {
                let alias = child(&target, K::AS_NAME)
                    .and_then(|name| self.name_child(&name, K::COLUMN_NAME));
                if let Some(value) = self.expression_child(&target) {
                    return Some(Target { value, alias });
                }
                let star = has_token(&target, K::STAR);
                star.then(|| Target {
                    value: super::expression::column(Vec::new(), true),
                    alias: None,
                })
            })
            .collect()
    }

    pub(super) fn items_of(self, node: &SyntaxNode) -> Vec<FromItem> {
        node.children().filter_map(|node| self.item_of(&node)).collect()
    }

    fn item_of(self, node: &SyntaxNode) -> Option<FromItem> {
        let alias = self.alias(node);
        Some(match node.kind() {
            K::RELATION_FROM_ITEM => {
                let name = child(node, K::RELATION_NAME_REF)?;
                match name.first_token().and_then(|token| special_value(token.kind())) {
                    Some(called) => FromItem::Function {
                        calls: vec![Expression::Named(called, Vec::new())],
                        alias,
                        ordinality: has(node, K::WITH_ORDINALITY),
                    },
                    None => FromItem::Relation { name: self.qualified(&name)?, alias },
                }
            }
            // A table named as what the grammar has a form of its own for: `treat`.
            K::EXPR_FROM_ITEM if let Some(name) = child(node, K::NAME_REF) => {
                FromItem::Relation { name: QualifiedName::bare(self.name(&name)), alias }
            }
            K::FUNCTION_FROM_ITEM | K::EXPR_FROM_ITEM | K::ROWS_FROM_ITEM => {
                let ordinality = child(node, K::WITH_ORDINALITY).is_some();
                FromItem::Function { calls: self.collect(node), alias, ordinality }
            }
            K::PAREN_FROM_ITEM => {
                let lateral = has_token(node, K::LATERAL_KW);
                let inner = node
                    .children()
                    .find(|node| matches!(node.kind(), K::PAREN_SELECT | K::PAREN_EXPR))?;
                self.parenthesised(&inner, lateral, alias)
            }
            K::JOIN_EXPR => self.join(node)?,
            K::JSON_TABLE_FROM_ITEM | K::XML_TABLE_FROM_ITEM | K::GRAPH_TABLE_FROM_ITEM => {
                FromItem::Unknown { alias, inner: Vec::new(), expressions: Vec::new() }
            }
            _ => return None,
        })
    }

    /// What stands in parentheses. Each node is read once: views that a server wrote down nest joins
    /// in dozens of them.
    fn parenthesised(self, node: &SyntaxNode, lateral: bool, alias: Option<Alias>) -> FromItem {
        for inner in node.children() {
            if is_query(inner.kind()) {
                return FromItem::Query { query: Box::new(self.query(node)), lateral, alias };
            }
            if inner.kind() == K::PAREN_EXPR {
                return self.parenthesised(&inner, lateral, alias);
            }
            match self.item_of(&inner) {
                None => {}
                Some(item) if alias.is_none() => return item,
                Some(item) => {
                    return FromItem::Unknown { alias, inner: vec![item], expressions: Vec::new() };
                }
            }
        }
        FromItem::Unknown { alias, inner: Vec::new(), expressions: Vec::new() }
    }

    fn join(self, node: &SyntaxNode) -> Option<FromItem> {
        let mut parts = node.children();
        let left = self.item_of(&parts.next()?)?;
        self.join_onto(left, node)
    }

    /// The join that `node` is, with something else on its left.
    fn join_onto(self, left: FromItem, node: &SyntaxNode) -> Option<FromItem> {
        let join = node.children().find(|node| node.kind() == K::JOIN)?;
        let condition = if let Some(on) = child(&join, K::ON_CLAUSE) {
            self.expression_child(&on).map_or(JoinCondition::None, JoinCondition::On)
        } else if let Some(using) = child(&join, K::JOIN_USING_CLAUSE) {
            let columns = self.listed_columns(&using, K::COLUMN_REF_LIST);
            JoinCondition::Using(columns, self.table_alias(&using))
        } else if has_token(&join, K::NATURAL_KW) {
            JoinCondition::Natural
        } else {
            JoinCondition::None
        };
        let is_open = matches!(condition, JoinCondition::None | JoinCondition::Natural);
        if is_open && let Some(nested) = join.children().find(|node| node.kind() == K::JOIN_EXPR) {
            // Joins associate to the left: the parser gives `a CROSS JOIN b JOIN c USING (x)`
            // as if `b JOIN c` were in parentheses.
            return self.join_first(left, condition, &nested);
        }
        let right = join.children().find_map(|node| self.item_of(&node))?;
        Some(FromItem::Join(Box::new(Join { left, right, condition })))
    }

    /// A join with the first table of `node`, and then with its others.
    fn join_first(
        self,
        left: FromItem,
        condition: JoinCondition,
        node: &SyntaxNode,
    ) -> Option<FromItem> {
        if node.kind() != K::JOIN_EXPR {
            let right = self.item_of(node)?;
            return Some(FromItem::Join(Box::new(Join { left, right, condition })));
        }
        let left = self.join_first(left, condition, &node.children().next()?)?;
        self.join_onto(left, node)
    }

    fn alias(self, node: &SyntaxNode) -> Option<Alias> {
        let alias = child(node, K::FROM_ALIAS)?;
        let mut columns = self.listed_columns(&alias, K::COLUMN_LIST);
        columns.extend(self.listed_columns(&alias, K::COLUMN_DEF_LIST));
        Some(Alias { name: self.name_child(&alias, K::TABLE_ALIAS), columns })
    }

    /// The name after `AS` of the changed table.
    fn table_alias(self, node: &SyntaxNode) -> Option<Name> {
        let alias = node
            .children()
            .find(|node| matches!(node.kind(), K::REQUIRED_AS_ALIAS | K::OPTIONAL_AS_ALIAS))?;
        self.name_child(&alias, K::TABLE_ALIAS)
    }

    fn returning(self, node: &SyntaxNode) -> Vec<Target> {
        child(node, K::RETURNING_CLAUSE)
            .and_then(|clause| child(&clause, K::TARGET_LIST))
            .map(|list| self.targets(&list))
            .unwrap_or_default()
    }

    fn condition(self, node: &SyntaxNode) -> Option<Expression> {
        self.expression_child(&child(node, K::WHERE_CLAUSE)?)
    }

    /// The columns of a list of targets of an assignment.
    fn target_columns(self, node: &SyntaxNode) -> Vec<Name> {
        children(node, K::COLUMN_TARGET)
            .filter_map(|target| self.name_child(&target, K::COLUMN_NAME_REF))
            .collect()
    }

    fn assignments(self, node: &SyntaxNode) -> Vec<Assignment> {
        let Some(list) = child(node, K::SET_CLAUSE).and_then(|set| child(&set, K::SET_COLUMN_LIST))
        else {
            return Vec::new();
        };
        list.children()
            .map(|set| {
                let columns = match child(&set, K::COLUMN_TARGET_LIST) {
                    Some(list) => self.target_columns(&list),
                    None => self.target_columns(&set),
                };
                let values = set
                    .children()
                    .filter(|node| !matches!(node.kind(), K::COLUMN_TARGET | K::COLUMN_TARGET_LIST))
                    .flat_map(|node| match node.kind() {
                        kind if is_expression(kind) => vec![self.expression(&node)],
                        kind if is_query(kind) => {
                            vec![Expression::QueryOperand(Box::new(self.query(&node)))]
                        }
                        K::SET_EXPR_LIST => self.row_of_assignment(&node),
                        _ => self.collect(&node),
                    })
                    .collect();
                Assignment {
                    columns,
                    fills_parts: fills_parts(&set),
                    value: Expression::Operation(values),
                }
            })
            .collect()
    }

    /// The values of `(a, b) = (1, DEFAULT)`.
    fn row_of_assignment(self, list: &SyntaxNode) -> Vec<Expression> {
        let value = |node: SyntaxNode| {
            let mut parts = self.collect(&node);
            if has_token(&node, K::DEFAULT_KW) || parts.is_empty() {
                return Expression::Literal(Literal::Other, self.place(&node));
            }
            parts.remove(0)
        };
        children(list, K::SET_EXPR).map(value).collect()
    }

    pub(super) fn insert(self, node: &SyntaxNode) -> Option<Insert> {
        let (recursive, common) = self.with(node);
        let source = node.children().find(|node| is_query(node.kind()));
        let source = match source {
            Some(query) => InsertSource::Query(Box::new(self.query(&query))),
            None => InsertSource::Defaults,
        };
        let columns = child(node, K::COLUMN_TARGET_LIST);
        Some(Insert {
            common,
            recursive,
            table: self.qualified_child(node, K::RELATION_NAME_REF)?,
            alias: self.table_alias(node),
            fills_parts: columns.as_ref().is_some_and(fills_parts),
            overrides: node.children().any(|part| {
                matches!(part.kind(), K::OVERRIDING_SYSTEM_VALUE | K::OVERRIDING_USER_VALUE)
            }),
            is_lenient: false,
            columns: columns.map(|list| self.target_columns(&list)).unwrap_or_default(),
            source,
            conflict: child(node, K::ON_CONFLICT_CLAUSE).map(|node| self.conflict(&node)),
            returning: self.returning(node),
        })
    }

    fn conflict(self, node: &SyntaxNode) -> Conflict {
        let mut conflict = Conflict::default();
        for part in node.children() {
            match part.kind() {
                K::CONFLICT_ON_INDEX => {
                    if let Some(list) = child(&part, K::CONFLICT_INDEX_ITEM_LIST) {
                        conflict.target = children(&list, K::CONFLICT_INDEX_ITEM)
                            .filter_map(|item| self.expression_child(&item))
                            .collect();
                    }
                    conflict.target_condition = self.condition(&part);
                }
                K::CONFLICT_ON_CONSTRAINT => {
                    let name = self.qualified_child(&part, K::CONSTRAINT_NAME_REF);
                    conflict.constraint = name.map(|name| name.name);
                }
                K::CONFLICT_DO_UPDATE_SET => {
                    conflict.assignments = self.assignments(&part);
                    conflict.condition = self.condition(&part);
                }
                _ => {}
            }
        }
        conflict
    }

    pub(super) fn update(self, node: &SyntaxNode) -> Option<Update> {
        let (recursive, common) = self.with(node);
        Some(Update {
            common,
            recursive,
            table: self.qualified_child(node, K::RELATION_NAME)?,
            alias: self.table_alias(node),
            assignments: self.assignments(node),
            from: child(node, K::FROM_CLAUSE).map(|from| self.items_of(&from)).unwrap_or_default(),
            condition: self.condition(node),
            returning: self.returning(node),
        })
    }

    pub(super) fn delete(self, node: &SyntaxNode) -> Option<Delete> {
        let (recursive, common) = self.with(node);
        Some(Delete {
            common,
            recursive,
            table: self.qualified_child(node, K::RELATION_NAME)?,
            alias: self.table_alias(node),
            using: child(node, K::USING_CLAUSE)
                .map(|using| self.items_of(&using))
                .unwrap_or_default(),
            condition: self.condition(node),
            returning: self.returning(node),
        })
    }

    pub(super) fn merge(self, node: &SyntaxNode) -> Option<Merge> {
        let (recursive, common) = self.with(node);
        let using = child(node, K::USING_ON_CLAUSE)?;
        let source = using.children().find_map(|node| self.item_of(&node))?;
        let mut expressions = Vec::new();
        if let Some(on) = child(&using, K::ON_CLAUSE) {
            expressions.extend(self.collect(&on));
        }
        let mut columns = Vec::new();
        for clause in node.children() {
            if matches!(
                clause.kind(),
                K::MERGE_WHEN_MATCHED
                    | K::MERGE_WHEN_NOT_MATCHED_SOURCE
                    | K::MERGE_WHEN_NOT_MATCHED_TARGET
            ) {
                expressions.extend(self.collect(&clause));
                let targets = clause.descendants().filter(|node| node.kind() == K::COLUMN_TARGET);
                columns.extend(
                    targets.filter_map(|target| self.name_child(&target, K::COLUMN_NAME_REF)),
                );
            }
        }
        Some(Merge {
            common,
            recursive,
            table: self.qualified_child(node, K::TABLE_RELATION_NAME)?,
            alias: self.table_alias(node),
            source,
            expressions,
            columns,
        })
    }

    /// A statement that changes rows, or a query.
    pub(super) fn rows(self, node: &SyntaxNode) -> Option<StatementKind> {
        Some(match node.kind() {
            K::INSERT => StatementKind::Insert(Box::new(self.insert(node)?)),
            K::UPDATE => StatementKind::Update(Box::new(self.update(node)?)),
            K::DELETE => StatementKind::Delete(Box::new(self.delete(node)?)),
            K::MERGE => StatementKind::Merge(Box::new(self.merge(node)?)),
            kind if is_query(kind) => StatementKind::Query(Box::new(self.query(node))),
            _ => return None,
        })
    }

    pub(super) fn statement(self, node: &SyntaxNode) -> Statement {
        Statement { place: self.place(node), kind: self.statement_kind(node) }
    }
}

/// Whether a target of an assignment is an element or field of a column.
fn fills_parts(node: &SyntaxNode) -> bool {
    let mut targets = node.descendants().filter(|node| node.kind() == K::COLUMN_TARGET);
    targets.any(|target| target.children().any(|node| node.kind() != K::COLUMN_NAME_REF))
}
