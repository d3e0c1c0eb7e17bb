//! `INSERT`, `UPDATE` and `DELETE`, on their own and in triggers.

use sqlite3_parser::ast;

use super::names::Reader;
use crate::replay::model::{
    Assignment, Conflict, Delete, Expression, Insert, InsertSource, Name, Statement, StatementKind,
    Target, Update,
};

impl Reader<'_> {
    pub(super) fn returning(&self, columns: Option<&[ast::ResultColumn<'_>]>) -> Vec<Target> {
        self.targets(columns.unwrap_or_default())
    }

    fn column_list(&self, names: Option<&ast::DistinctNames<'_>>) -> Vec<Name> {
        names.into_iter().flat_map(|names| names.iter()).map(|name| self.name(name)).collect()
    }

    pub(super) fn insert(
        &self,
        with: Option<&ast::With<'_>>,
        table: &ast::QualifiedName<'_>,
        columns: Option<&ast::DistinctNames<'_>>,
        source: Option<(&ast::Select<'_>, Option<&ast::Upsert<'_>>)>,
        returning: Option<&[ast::ResultColumn<'_>]>,
    ) -> Insert {
        let (recursive, common) = self.with(with);
        let table_name = self.qualified(table);
        let alias = self.own_alias(table);
        let columns = self.column_list(columns);
        let (source, conflict) = match source {
            None => (InsertSource::Defaults, None),
            Some((select, upsert)) => {
                let query = InsertSource::Query(Box::new(self.query(select)));
                (query, upsert.map(|upsert| self.upsert(upsert)))
            }
        };
        Insert {
            common,
            recursive,
            table: table_name,
            alias,
            columns,
            fills_parts: false,
            overrides: false,
            is_lenient: false,
            source,
            conflict,
            returning: self.returning(returning),
        }
    }

    /// `ON CONFLICT`; of several, the assignments are read as one's.
    fn upsert(&self, upsert: &ast::Upsert<'_>) -> Conflict {
        let mut conflict = Conflict::default();
        if let Some(index) = &upsert.index {
            conflict.target = self.sorted(Some(index.targets));
            conflict.target_condition =
                index.where_clause.as_ref().map(|value| self.expression(value));
        }
        let mut conditions = Vec::new();
        // Without a key it is not looked at where the table has none.
        let mut next = upsert.index.as_ref().map(|_| upsert);
        while let Some(upsert) = next {
            if let ast::UpsertDo::Set { sets, where_clause } = &upsert.do_clause {
                conflict.assignments.extend(self.assignments(sets));
                conditions.extend(where_clause.iter().map(|value| self.expression(value)));
            }
            next = upsert.next;
        }
        conflict.condition = (!conditions.is_empty()).then_some(Expression::Operation(conditions));
        conflict
    }

    fn assignments(&self, sets: &[ast::Set<'_>]) -> Vec<Assignment> {
        let sets = sets.iter().map(|set| Assignment {
            columns: self.column_list(Some(&set.col_names)),
            fills_parts: false,
            value: self.expression(&set.expr),
        });
        sets.collect()
    }

    pub(super) fn update(
        &self,
        with: Option<&ast::With<'_>>,
        table: &ast::QualifiedName<'_>,
        sets: &[ast::Set<'_>],
        from: Option<&ast::FromClause<'_>>,
        condition: Option<&ast::Expr<'_>>,
    ) -> Update {
        let (recursive, common) = self.with(with);
        let table_name = self.qualified(table);
        let alias = self.own_alias(table);
        let assignments = self.assignments(sets);
        let mut conditions = Vec::new();
        let from = from.and_then(|from| self.tables(from, &mut conditions));
        conditions.extend(condition.map(|value| self.expression(value)));
        Update {
            common,
            recursive,
            table: table_name,
            alias,
            assignments,
            from: from.into_iter().collect(),
            condition: Some(Expression::Operation(conditions)),
            returning: Vec::new(),
        }
    }

    pub(super) fn delete(
        &self,
        with: Option<&ast::With<'_>>,
        table: &ast::QualifiedName<'_>,
        condition: Option<&ast::Expr<'_>>,
    ) -> Delete {
        let (recursive, common) = self.with(with);
        Delete {
            common,
            recursive,
            table: self.qualified(table),
            alias: self.own_alias(table),
            using: Vec::new(),
            condition: condition.map(|value| self.expression(value)),
            returning: Vec::new(),
        }
    }

    /// A statement in the body of a trigger.
    pub(super) fn trigger_statement(&self, command: &ast::TriggerCmd<'_>) -> Statement {
        let kind = match command {
            ast::TriggerCmd::Update { tbl_name, sets, from, where_clause, .. } => {
                let update =
                    self.update(None, tbl_name, sets, from.as_ref(), where_clause.as_ref());
                StatementKind::Update(Box::new(update))
            }
            ast::TriggerCmd::Insert { tbl_name, col_names, select, upsert, .. } => {
                let source = Some((*select, *upsert));
                let insert = self.insert(None, tbl_name, col_names.as_ref(), source, None);
                StatementKind::Insert(Box::new(insert))
            }
            ast::TriggerCmd::Delete { tbl_name, where_clause } => {
                StatementKind::Delete(Box::new(self.delete(None, tbl_name, where_clause.as_ref())))
            }
            ast::TriggerCmd::Select(select) => StatementKind::Query(Box::new(self.query(select))),
        };
        Statement { place: self.origin.place(0, self.text.len()), kind }
    }
}
