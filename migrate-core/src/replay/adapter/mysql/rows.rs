//! Statements that read and change rows.

use sqlparser::ast::{
    Assignment as SqlAssignment, AssignmentTarget, Delete as SqlDelete, FromTable,
    Insert as SqlInsert, ObjectName, OnInsert, SetExpr, Statement as SqlStatement, TableFactor,
    TableObject, TableWithJoins, Update as SqlUpdate, With,
};

use super::cursor::{Source, fold};
use super::expression::Reader;
use crate::replay::model::{
    Assignment, ColumnReference, Conflict, Delete, Expression, FromItem, Insert, InsertSource,
    Name, QualifiedName, Query, QueryBody, Select, StatementKind, Target, Update,
};

/// Reads a statement that is a query or changes rows.
pub(super) fn statement(source: Source<'_>) -> Option<StatementKind> {
    let mut parser = super::parser(source.text)?;
    let parsed = parser.parse_statement().ok()?;
    if parser.peek_token().token != sqlparser::tokenizer::Token::EOF {
        return None;
    }
    Reader::new(source).row_statement(&parsed, None)
}

impl Reader<'_> {
    fn row_statement(
        &self,
        statement: &SqlStatement,
        with: Option<&With>,
    ) -> Option<StatementKind> {
        match statement {
            SqlStatement::Query(query) => match &*query.body {
                SetExpr::Insert(inner) | SetExpr::Update(inner) | SetExpr::Delete(inner) => {
                    self.row_statement(inner, query.with.as_ref())
                }
                SetExpr::Select(select) if select.into.is_some() => None,
                _ => Some(StatementKind::Query(Box::new(self.query(query)))),
            },
            SqlStatement::Insert(insert) => self.insert(insert),
            SqlStatement::Update(update) => self.update(update, with),
            SqlStatement::Delete(delete) => Some(self.delete(delete, with)),
            _ => None,
        }
    }

    fn insert(&self, insert: &SqlInsert) -> Option<StatementKind> {
        let TableObject::TableName(table) = &insert.table else { return None };
        let table = self.qualified(table)?;
        let mut columns: Vec<Name> =
            insert.columns.iter().filter_map(|column| self.last_name(column)).collect();
        let mut from_tables = false;
        let source = match &insert.source {
            Some(query) => {
                from_tables = !matches!(&*query.body, SetExpr::Values(_));
                self.ignores_columns.set(!from_tables);
                let query = if from_tables { self.query(query) } else { self.row_values(query) };
                self.ignores_columns.set(false);
                InsertSource::Query(Box::new(query))
            }
            None if !insert.assignments.is_empty() => {
                self.ignores_columns.set(true);
                let assignments = self.assignments(&insert.assignments)?;
                self.ignores_columns.set(false);
                let mut row = Vec::new();
                for assignment in assignments {
                    columns.extend(assignment.columns);
                    row.push(assignment.value);
                }
                InsertSource::Query(Box::new(Query::of(QueryBody::Values(vec![row]))))
            }
            None => InsertSource::Defaults,
        };
        let conflict = match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => {
                Some(self.duplicate_key(insert, assignments, from_tables)?)
            }
            _ => None,
        };
        let returning = insert.returning.as_ref().map(|items| self.targets(items, false));
        Some(StatementKind::Insert(Box::new(Insert {
            common: Vec::new(),
            recursive: false,
            alias: Some(fold(table.name.clone())),
            table,
            columns,
            fills_parts: false,
            overrides: false,
            is_lenient: insert.ignore || insert.replace_into,
            source,
            conflict,
            returning: returning.unwrap_or_default(),
        })))
    }

    /// Rows whose values may name columns to their left, which is not checked.
    fn row_values(&self, query: &sqlparser::ast::Query) -> Query {
        let SetExpr::Values(values) = &*query.body else { return self.query(query) };
        let rows = values
            .rows
            .iter()
            .map(|row| row.content.iter().map(|value| self.expression(value)).collect());
        Query::of(QueryBody::Values(rows.collect()))
    }

    fn duplicate_key(
        &self,
        insert: &SqlInsert,
        assignments: &[SqlAssignment],
        from_tables: bool,
    ) -> Option<Conflict> {
        // Columns of the tables the rows come from, and those a row's alias renames, may
        // stand in the values.
        let renames = insert.insert_alias.as_ref().is_some_and(|alias| alias.col_aliases.is_some());
        if let Some(alias) = &insert.insert_alias {
            let row = self.last_name(&alias.row_alias).map(|name| name.text.to_string());
            self.row.replace(row);
        }
        self.ignores_columns.set(from_tables || renames);
        let assignments = self.assignments(assignments);
        self.ignores_columns.set(false);
        self.row.replace(None);
        Some(Conflict {
            target: Vec::new(),
            target_condition: None,
            constraint: None,
            assignments: assignments?,
            condition: None,
        })
    }

    fn assignments(&self, assignments: &[SqlAssignment]) -> Option<Vec<Assignment>> {
        let one = |assignment: &SqlAssignment| {
            let AssignmentTarget::ColumnName(column) = &assignment.target else { return None };
            let value = self.expression(&assignment.value);
            Some(Assignment { columns: vec![self.last_name(column)?], fills_parts: false, value })
        };
        assignments.iter().map(one).collect()
    }

    fn update(&self, update: &SqlUpdate, with: Option<&With>) -> Option<StatementKind> {
        let (recursive, common) = self.common_tables(with);
        let mut condition: Vec<_> =
            update.selection.iter().map(|value| self.expression(value)).collect();
        condition.extend(self.order(&update.order_by));
        if let Some((table, alias)) = self.single(&update.table) {
            return Some(StatementKind::Update(Box::new(Update {
                common,
                recursive,
                table,
                alias: Some(alias),
                assignments: self.assignments(&update.assignments)?,
                from: Vec::new(),
                condition: Some(Expression::Operation(condition)),
                returning: Vec::new(),
            })));
        }
        // Over several tables it names what a query over them would.
        let mut targets = Vec::new();
        for assignment in &update.assignments {
            let AssignmentTarget::ColumnName(column) = &assignment.target else { return None };
            targets.push(self.column_of(column)?);
            targets.push(self.expression(&assignment.value));
        }
        let from = self.joined(&update.table).into_iter().collect();
        Some(Self::like_query(recursive, common, from, targets, condition))
    }

    fn delete(&self, delete: &SqlDelete, with: Option<&With>) -> StatementKind {
        let (recursive, common) = self.common_tables(with);
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let mut condition: Vec<_> =
            delete.selection.iter().map(|value| self.expression(value)).collect();
        condition.extend(self.order(&delete.order_by));
        if let ([table], true, None) = (from.as_slice(), delete.tables.is_empty(), &delete.using)
            && let Some((table, alias)) = self.single(table)
        {
            return StatementKind::Delete(Box::new(Delete {
                common,
                recursive,
                table,
                alias: Some(alias),
                using: Vec::new(),
                condition: Some(Expression::Operation(condition)),
                returning: Vec::new(),
            }));
        }
        let (tables, named): (&[TableWithJoins], Vec<ObjectName>) = match &delete.using {
            Some(using) => {
                let named = from.iter().filter_map(|table| match &table.relation {
                    TableFactor::Table { name, .. } => Some(name.clone()),
                    _ => None,
                });
                (using, named.collect())
            }
            None => (from, delete.tables.clone()),
        };
        let targets = named.iter().filter_map(|name| self.star_of(name)).collect();
        let from = tables.iter().filter_map(|table| self.joined(table)).collect();
        Self::like_query(recursive, common, from, targets, condition)
    }

    fn like_query(
        recursive: bool,
        common: Vec<crate::replay::model::CommonTable>,
        from: Vec<FromItem>,
        targets: Vec<Expression>,
        conditions: Vec<Expression>,
    ) -> StatementKind {
        let targets = targets.into_iter().map(|value| Target { value, alias: None }).collect();
        let select = Select { targets, from, conditions, ..Select::default() };
        let body = QueryBody::Select(Box::new(select));
        StatementKind::Query(Box::new(Query { recursive, common, ..Query::of(body) }))
    }

    /// The table and its alias, where it is one table and no join.
    fn single(&self, table: &TableWithJoins) -> Option<(QualifiedName, Name)> {
        if !table.joins.is_empty() {
            return None;
        }
        match self.joined(table)? {
            FromItem::Relation { name, alias } => {
                let is_common = self.common.borrow().find(&name.name.text).is_some();
                let alias = alias?.name?;
                (!is_common).then_some((name, alias))
            }
            _ => None,
        }
    }

    fn column_of(&self, name: &ObjectName) -> Option<Expression> {
        let parts: Vec<Name> = self.names(name)?.into_iter().map(fold).collect();
        Some(Expression::Column(ColumnReference { parts, star: false }))
    }

    /// `table.*` for a table that rows are deleted from; nothing where a database is named.
    fn star_of(&self, name: &ObjectName) -> Option<Expression> {
        let mut parts = self.names(name)?;
        if parts.last().is_some_and(|part| &*part.text == "*") {
            parts.pop();
        }
        let [table] = parts.as_slice() else { return None };
        let table = fold(table.clone());
        Some(Expression::Column(ColumnReference { parts: vec![table], star: true }))
    }
}
