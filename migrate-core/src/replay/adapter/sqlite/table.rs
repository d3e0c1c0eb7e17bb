//! `CREATE TABLE`, `ALTER TABLE` and constraints.

use sqlite3_parser::ast;

use super::names::{Reader, text};
use super::unless_exists::unless_exists;
use crate::diagnostics::Code;
use crate::replay::model::{
    AlterTable, ColumnDefinition, Constraint, ConstraintKind, CreateTable, Expression, Name,
    QualifiedName, StatementKind, TableAction,
};

impl Reader<'_> {
    pub(super) fn create_table(
        &self,
        temporary: bool,
        if_not_exists: bool,
        name: &ast::QualifiedName<'_>,
        body: &ast::CreateTableBody<'_>,
    ) -> StatementKind {
        let mut table = CreateTable { if_not_exists, ..CreateTable::new(self.qualified(name)) };
        table.temporary = temporary;
        let mut refusal = None;
        match body {
            ast::CreateTableBody::AsSelect(select) => {
                let mut query = self.query(select);
                super::query::open_unnamed(&mut query);
                table.query = Some(query);
            }
            ast::CreateTableBody::ColumnsAndConstraints { columns, constraints, flags } => {
                table.columns = columns.iter().map(|column| self.column(column)).collect();
                refusal = self.refused_table(columns, *flags, &table.columns);
                let constraints = constraints.unwrap_or_default().iter();
                table.constraints =
                    constraints.map(|constraint| self.table_constraint(constraint)).collect();
            }
        }
        let meant = StatementKind::CreateTable(Box::new(table));
        match refusal {
            // A table that is there already is not looked at any further.
            Some((at, message)) => {
                let kind = meant.refused(Code::M422, at, message);
                if if_not_exists { unless_exists(self.text, self.origin, kind) } else { kind }
            }
            None => meant,
        }
    }

    pub(super) fn column(&self, column: &ast::ColumnDefinition<'_>) -> ColumnDefinition {
        let name = self.name(&column.col_name);
        let type_name = column.col_type.as_ref().and_then(|name| self.type_name(name));
        let constraints = column.constraints.iter();
        let constraints =
            constraints.filter_map(|constraint| self.column_constraint(&name, constraint));
        let constraints = constraints.collect();
        ColumnDefinition { name, type_name, constraints, may_be_invisible: false }
    }

    fn column_constraint(
        &self,
        column: &Name,
        constraint: &ast::NamedColumnConstraint<'_>,
    ) -> Option<Constraint> {
        let name = constraint.name.as_ref().map(|name| self.name(name));
        let own = Vec::new;
        let kind = match &constraint.constraint {
            ast::ColumnConstraint::PrimaryKey { .. } => {
                ConstraintKind::Primary { columns: own(), using_index: None }
            }
            ast::ColumnConstraint::Unique(_) => {
                ConstraintKind::Unique { columns: own(), using_index: None }
            }
            ast::ColumnConstraint::NotNull { nullable: false, .. } => ConstraintKind::NotNull,
            ast::ColumnConstraint::NotNull { .. } => ConstraintKind::Null,
            ast::ColumnConstraint::Check(value) => ConstraintKind::Check(self.expression(value)),
            // Names in a default are not looked up: a bare word is a text.
            ast::ColumnConstraint::Default(value) => {
                self.expression(value);
                ConstraintKind::Default(Expression::Operation(Vec::new()), text(value))
            }
            ast::ColumnConstraint::ForeignKey { clause, .. } => self.foreign(Vec::new(), clause),
            ast::ColumnConstraint::Generated { expr, .. } => {
                ConstraintKind::Generated(self.expression(expr))
            }
            ast::ColumnConstraint::Defer(_) | ast::ColumnConstraint::Collate { .. } => return None,
        };
        let place = name.as_ref().map_or(column.place, |name| name.place);
        Some(Constraint { name, kind, place })
    }

    fn table_constraint(&self, constraint: &ast::NamedTableConstraint<'_>) -> Constraint {
        let name = constraint.name.as_ref().map(|name| self.name(name));
        let kind = match &constraint.constraint {
            ast::TableConstraint::PrimaryKey { columns, .. } => {
                ConstraintKind::Primary { columns: self.key(columns), using_index: None }
            }
            ast::TableConstraint::Unique { columns, .. } => {
                ConstraintKind::Unique { columns: self.key(columns), using_index: None }
            }
            ast::TableConstraint::Check(value, _) => ConstraintKind::Check(self.expression(value)),
            ast::TableConstraint::ForeignKey { columns, clause, .. } => {
                self.foreign(self.indexed(Some(columns)), clause)
            }
        };
        let place = match (&name, &kind) {
            (Some(name), _) => name.place,
            (
                None,
                ConstraintKind::Primary { columns, .. }
                | ConstraintKind::Unique { columns, .. }
                | ConstraintKind::Foreign { columns, .. },
            ) => columns.first().map(|name| name.place).unwrap_or_default(),
            _ => self.origin.place(0, self.text.len()),
        };
        Constraint { name, kind, place }
    }

    fn foreign(&self, columns: Vec<Name>, clause: &ast::ForeignKeyClause<'_>) -> ConstraintKind {
        ConstraintKind::Foreign {
            columns,
            table: QualifiedName::bare(self.name(&clause.tbl_name)),
            referenced: self.indexed(clause.columns),
        }
    }

    /// The columns of a key; expressions are refused there.
    fn key(&self, columns: &[ast::SortedColumn<'_>]) -> Vec<Name> {
        let columns = columns.iter().filter_map(|column| match self.key_item(&column.expr) {
            Expression::Column(column) => column.parts.last().cloned(),
            Expression::ColumnOrText(name) => Some(name),
            _ => None,
        });
        columns.collect()
    }

    pub(super) fn alter_table(
        &self,
        name: &ast::QualifiedName<'_>,
        body: &ast::AlterTableBody<'_>,
    ) -> Option<StatementKind> {
        let name = self.qualified(name);
        let action = match body {
            ast::AlterTableBody::RenameTo(to) => {
                TableAction::RenameTo(QualifiedName::bare(self.name(to)))
            }
            ast::AlterTableBody::AddColumn(column) => {
                TableAction::AddColumn { if_not_exists: false, column: self.column(column) }
            }
            ast::AlterTableBody::RenameColumn { old, new } => {
                TableAction::RenameColumn { from: self.name(old), to: self.name(new) }
            }
            ast::AlterTableBody::DropColumn(column) => TableAction::DropColumn {
                name: self.name(column),
                if_exists: false,
                cascade: false,
            },
            // Newer than what most builds have.
            ast::AlterTableBody::DropColumnNotNull(_)
            | ast::AlterTableBody::SetColumnNotNull(..)
            | ast::AlterTableBody::AddConstraint(_)
            | ast::AlterTableBody::DropConstraint(_) => return None,
        };
        Some(StatementKind::AlterTable(Box::new(AlterTable {
            name,
            if_exists: false,
            actions: vec![action],
        })))
    }
}
