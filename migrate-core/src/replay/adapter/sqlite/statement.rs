//! Every kind of statement, and which reader it goes to.

use std::sync::Arc;

use sqlite3_parser::ast::{self, Stmt};

use super::names::{Reader, TEMPORARY, folded, unquoted};
use crate::replay::model::{
    Among, CreateIndex, CreateTrigger, CreateView, Drop, Expression, Insert, Name, ObjectKind,
    ObjectReference, Opaque, QualifiedName, StatementKind, TriggerEvent,
};

impl Reader<'_> {
    pub(super) fn statement_kind(&self, statement: &Stmt<'_>) -> Option<StatementKind> {
        Some(match statement {
            Stmt::CreateTable { temporary, if_not_exists, tbl_name, body } => {
                self.create_table(*temporary, *if_not_exists, tbl_name, body)
            }
            Stmt::AlterTable(name, body) => self.alter_table(name, body)?,
            Stmt::CreateVirtualTable { if_not_exists, tbl_name, module_name, args } => {
                self.create_virtual_table(*if_not_exists, tbl_name, module_name, *args)
            }
            Stmt::CreateIndex { .. } => self.create_index(statement)?,
            Stmt::CreateView { .. } => self.create_view(statement)?,
            Stmt::CreateTrigger { .. } => self.create_trigger(statement)?,
            Stmt::DropTable { if_exists, tbl_name } => {
                self.drop(ObjectKind::Table, *if_exists, tbl_name)
            }
            Stmt::DropView { if_exists, view_name } => {
                self.drop(ObjectKind::View, *if_exists, view_name)
            }
            Stmt::DropIndex { if_exists, idx_name } => {
                self.drop(ObjectKind::Index, *if_exists, idx_name)
            }
            Stmt::DropTrigger { if_exists, trigger_name } => {
                self.drop(ObjectKind::Trigger, *if_exists, trigger_name)
            }
            Stmt::Insert { tbl_name, .. }
            | Stmt::Update { tbl_name, .. }
            | Stmt::Delete { tbl_name, .. }
                if is_schema_table(&folded(tbl_name.name.0)) =>
            {
                // Whoever writes to the schema itself can have changed anything.
                anything("change of the schema table")
            }
            Stmt::Insert { with, or_conflict, tbl_name, columns, body, returning } => {
                let source = match body {
                    ast::InsertBody::Select(select, upsert) => Some((*select, *upsert)),
                    ast::InsertBody::DefaultValues => None,
                };
                let (with, columns) = (with.as_ref(), columns.as_ref());
                let insert = self.insert(with, tbl_name, columns, source, *returning);
                let is_lenient = or_conflict.is_some();
                StatementKind::Insert(Box::new(Insert { is_lenient, ..insert }))
            }
            Stmt::Update { with, tbl_name, sets, from, where_clause, returning, .. } => {
                let mut update = self.update(
                    with.as_ref(),
                    tbl_name,
                    sets,
                    from.as_ref(),
                    where_clause.as_ref(),
                );
                update.returning = self.returning(*returning);
                StatementKind::Update(Box::new(update))
            }
            Stmt::Delete { with, tbl_name, where_clause, returning, .. } => {
                let mut delete = self.delete(with.as_ref(), tbl_name, where_clause.as_ref());
                delete.returning = self.returning(*returning);
                StatementKind::Delete(Box::new(delete))
            }
            Stmt::Select(select) => StatementKind::Query(Box::new(self.query(select))),
            Stmt::Pragma(name, body) => pragma(name, body.as_ref()),
            // The tables of another file are not known, nor which of them hide ours.
            Stmt::Attach { .. } => anything("attach"),
            // What it undoes began somewhere before.
            Stmt::Rollback { .. } => anything("ROLLBACK"),
            Stmt::Begin(..)
            | Stmt::Commit(_)
            | Stmt::Savepoint(_)
            | Stmt::Release(_)
            | Stmt::Detach(_)
            | Stmt::Analyze(_)
            | Stmt::Reindex { .. }
            | Stmt::Vacuum(..) => StatementKind::Nothing,
        })
    }

    fn create_index(&self, statement: &Stmt<'_>) -> Option<StatementKind> {
        let Stmt::CreateIndex { unique, if_not_exists, idx_name, tbl_name, columns, where_clause } =
            statement
        else {
            return None;
        };
        let index = self.qualified(idx_name);
        let table = QualifiedName { schema: index.schema, name: self.name(tbl_name) };
        let items = columns.iter().map(|column| self.key_item(&column.expr)).collect();
        Some(StatementKind::CreateIndex(Box::new(CreateIndex {
            name: Some(index.name),
            if_not_exists: *if_not_exists,
            unique: *unique,
            condition: where_clause.as_ref().map(|value| self.expression(value)),
            ..CreateIndex::over(table, items)
        })))
    }

    /// A part of a key, where a text in single quotes is a name as well.
    pub(super) fn key_item(&self, value: &ast::Expr<'_>) -> Expression {
        match value {
            ast::Expr::Collate(value, _) => self.key_item(value),
            ast::Expr::Literal(ast::Literal::String(written)) => {
                super::expression::column(vec![self.written(written)])
            }
            value => self.expression(value),
        }
    }

    fn create_view(&self, statement: &Stmt<'_>) -> Option<StatementKind> {
        let Stmt::CreateView { temporary, if_not_exists, view_name, columns, select } = statement
        else {
            return None;
        };
        Some(StatementKind::CreateView(Box::new(CreateView {
            name: self.qualified(view_name),
            materialized: false,
            temporary: *temporary,
            recursive: false,
            replace: false,
            if_not_exists: *if_not_exists,
            columns: self.indexed(*columns),
            query: self.query(select),
        })))
    }

    fn create_trigger(&self, statement: &Stmt<'_>) -> Option<StatementKind> {
        let Stmt::CreateTrigger {
            temporary,
            if_not_exists,
            trigger_name,
            time,
            event,
            tbl_name,
            when_clause,
            commands,
            ..
        } = statement
        else {
            return None;
        };
        let QualifiedName { schema, name } = self.qualified(trigger_name);
        let is_temporary = |schema: &Name| &*schema.text == TEMPORARY;
        // Columns after `UPDATE OF` need not exist.
        if let ast::TriggerEvent::UpdateOf(columns) = event {
            for column in columns.iter() {
                self.name(column);
            }
        }
        let table = self.qualified(tbl_name);
        let condition = when_clause.as_ref().map(|value| self.expression(value));
        Some(StatementKind::CreateTrigger(Box::new(CreateTrigger {
            transition_tables: Vec::new(),
            name,
            replace: false,
            if_not_exists: *if_not_exists,
            temporary: *temporary || schema.as_ref().is_some_and(is_temporary),
            table,
            instead: Some(matches!(time, Some(ast::TriggerTime::InsteadOf))),
            event: Some(match event {
                ast::TriggerEvent::Insert => TriggerEvent::Insert,
                ast::TriggerEvent::Delete => TriggerEvent::Delete,
                ast::TriggerEvent::Update | ast::TriggerEvent::UpdateOf(_) => TriggerEvent::Update,
            }),
            columns: Vec::new(),
            condition,
            function: None,
            body: commands.iter().map(|command| self.trigger_statement(command)).collect(),
        })))
    }

    fn drop(
        &self,
        kind: ObjectKind,
        if_exists: bool,
        name: &ast::QualifiedName<'_>,
    ) -> StatementKind {
        let target =
            ObjectReference { kind, name: self.qualified(name), on: None, arguments: None };
        StatementKind::Drop(Drop {
            targets: vec![target],
            if_exists,
            among: Among::All,
            cascade: false,
        })
    }
}

/// Settings change no schema, but for the two that lift the rules of `ALTER TABLE`.
fn pragma(name: &ast::QualifiedName<'_>, body: Option<&ast::PragmaBody<'_>>) -> StatementKind {
    let value = match body {
        Some(ast::PragmaBody::Equals(value) | ast::PragmaBody::Call(value)) => {
            unquoted(&value.to_string()).to_ascii_lowercase()
        }
        None => return StatementKind::Nothing,
    };
    let is_off = matches!(value.as_str(), "0" | "off" | "false" | "no");
    match folded(name.name.0).as_str() {
        "legacy_alter_table" => StatementKind::CheckFunctionBodies(is_off),
        _ => StatementKind::Nothing,
    }
}

/// The tables in which the database keeps its schema.
fn is_schema_table(name: &str) -> bool {
    matches!(name, "sqlite_master" | "sqlite_schema" | "sqlite_temp_master" | "sqlite_temp_schema")
}

fn anything(what: &str) -> StatementKind {
    StatementKind::Opaque(Opaque { what: Arc::from(what), mentions: None })
}
