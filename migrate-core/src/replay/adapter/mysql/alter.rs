//! `ALTER TABLE`.
//!
//! The server applies all actions of a statement together: drops see the table as it was,
//! keys see what is added and renamed. The actions are handed on in that order.

use super::column::{Column, PRIMARY, Position, TablePart, column, definition, table_part};
use super::cursor::Cursor;
use super::several;
use super::table::{passes_over_foreign_keys, reserved_name, unique_index};
use crate::replay::model::{
    AlterTable, Among, Block, BlockStatement, Branch, ColumnDefinition, Constraint, ConstraintKind,
    CreateIndex, Drop, Expression, Guard, GuardedObject, Name, ObjectKind, ObjectReference, Place,
    QualifiedName, Rename, Statement, StatementKind, TableAction,
};

/// When an action takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    DropForeign,
    DropKey,
    DropColumn,
    Rename,
    Column,
    Key,
    Foreign,
    Last,
    /// The table gets another name, by which none of the actions call it.
    Name,
}

/// The actions of one statement, each a statement of its own.
struct Actions<'t> {
    table: QualifiedName,
    if_exists: bool,
    place: Place,
    found: Vec<(Step, StatementKind)>,
    /// Columns that other actions may call by either name.
    renamed: Vec<(Name, Name)>,
    renamed_indexes: Vec<(Name, Name)>,
    source: super::cursor::Source<'t>,
    /// What may leave a column that counts without a key, or beside another one.
    counting: Option<Place>,
    /// What no server takes.
    invalid: Option<StatementKind>,
}

/// Reads what follows `ALTER [ONLINE] [IGNORE] TABLE`; `None` where an action is unknown.
pub(super) fn alter_table(cursor: &mut Cursor<'_>) -> Option<StatementKind> {
    let if_exists = cursor.if_exists();
    let place = cursor.source.origin.place(0, cursor.source.text.len());
    let table = cursor.qualified()?;
    if cursor.eat(&["WAIT"]) {
        cursor.skip();
    }
    cursor.eat(&["NOWAIT"]);
    if ["ANALYZE", "CHECK", "OPTIMIZE", "REPAIR"]
        .iter()
        .any(|verb| cursor.eat(&[verb, "PARTITION"]))
    {
        // What is wrong comes back as a row, also that there is no such table.
        return Some(StatementKind::Nothing);
    }
    let source = cursor.source;
    let mut actions = Actions {
        table,
        if_exists,
        place,
        found: Vec::new(),
        renamed: Vec::new(),
        renamed_indexes: Vec::new(),
        source,
        counting: None,
        invalid: None,
    };
    for mut item in cursor.items() {
        actions.action(&mut item)?;
        if actions.invalid.is_some() {
            return actions.invalid;
        }
    }
    // Names that change places cannot be followed one after the other.
    if take_places(&actions.renamed) || take_places(&actions.renamed_indexes) {
        return None;
    }
    if actions.found.is_empty() {
        actions.push(Step::Last, TableAction::Nothing);
    }
    actions.replace_keys();
    actions.settle();
    if let Some(at) = actions.counting.filter(|_| !if_exists) {
        actions.push(Step::Last, TableAction::CountsOnce(at));
    }
    actions.found.sort_by_key(|(step, _)| *step);
    Some(several(actions.found.into_iter().map(|(_, kind)| kind).collect(), actions.source))
}

/// Whether something gets the name that something else gives up.
fn take_places(renamed: &[(Name, Name)]) -> bool {
    let is_given_up = |name: &Name| renamed.iter().any(|(from, _)| from.text == name.text);
    renamed.iter().any(|(_, to)| is_given_up(to))
}

impl Actions<'_> {
    /// A key may be dropped, whatever needs it, where the statement adds one as well.
    fn replace_keys(&mut self) {
        if !self.found.iter().any(|(step, _)| *step == Step::Key) {
            return;
        }
        for (_, kind) in self.found.iter_mut().filter(|(step, _)| *step == Step::DropKey) {
            match kind {
                StatementKind::Drop(drop) => drop.cascade = true,
                StatementKind::AlterTable(alter) => {
                    for action in &mut alter.actions {
                        if let TableAction::DropConstraint { cascade, .. } = action {
                            *cascade = true;
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Asks at the end whether what is dropped is still needed.
    fn settle(&mut self) {
        if let [(Step::DropColumn, StatementKind::AlterTable(alter))] = self.found.as_mut_slice() {
            alter.actions.push(TableAction::Settle);
        } else if self.found.iter().any(|(step, _)| *step == Step::DropColumn) {
            self.push(Step::Last, TableAction::Settle);
        }
    }

    fn push(&mut self, step: Step, action: TableAction) {
        let kind = self.statement(vec![action]);
        self.found.push((step, kind));
    }

    fn statement(&self, actions: Vec<TableAction>) -> StatementKind {
        StatementKind::AlterTable(Box::new(AlterTable {
            name: self.table.clone(),
            if_exists: self.if_exists,
            actions,
        }))
    }

    /// Reads one action; `None` where nobody can.
    fn action(&mut self, item: &mut Cursor<'_>) -> Option<()> {
        if item.eat(&["ADD"]) {
            return self.add(item);
        }
        if item.eat(&["CONVERT", "PARTITION"]) || item.eat(&["CONVERT", "TABLE"]) {
            // A table comes or goes.
            return None;
        }
        if item.eat(&["DROP"]) {
            self.drop(item)?;
        } else if item.eat(&["MODIFY"]) {
            item.eat(&["COLUMN"]);
            let if_exists = item.if_exists();
            let column = column(*item)?;
            self.redefine(column, if_exists);
        } else if item.eat(&["CHANGE"]) {
            item.eat(&["COLUMN"]);
            let if_exists = item.if_exists();
            let from = item.folded()?;
            let to = item.folded()?;
            let column = definition(*item, to.clone())?;
            self.rename_column(&from, to, if_exists);
            self.redefine(column, if_exists);
        } else if item.eat(&["RENAME"]) {
            self.rename(item)?;
        } else if item.eat(&["ALTER"]) {
            self.alter(item)?;
        } else if item.is_any(&["PARTITION", "PARTITIONS", "REORGANIZE", "EXCHANGE", "TRUNCATE"]) {
            self.push(Step::Last, TableAction::Nothing);
        } else if item.is("ENGINE") {
            let ignores = passes_over_foreign_keys(*item);
            self.push(Step::DropForeign, TableAction::IgnoreForeignKeys(ignores));
        } else {
            // Options of the table: engine, character set, comment, row format, locks.
            self.push(Step::Last, TableAction::Nothing);
        }
        Some(())
    }

    fn add(&mut self, item: &mut Cursor<'_>) -> Option<()> {
        if item.is_any(&["PARTITION", "SYSTEM"]) {
            self.push(Step::Last, TableAction::Nothing);
            return Some(());
        }
        let mut ahead = *item;
        match table_part(&mut ahead, &self.table) {
            Some(TablePart::Constraint { constraint, if_not_exists }) => {
                self.constraint(constraint, if_not_exists);
                return Some(());
            }
            Some(TablePart::Index { index }) => {
                self.index(index);
                return Some(());
            }
            Some(TablePart::Nothing) => return Some(()),
            None => {}
        }
        item.eat(&["COLUMN"]);
        let if_not_exists = item.if_not_exists();
        if let Some(list) = item.parenthesised() {
            for mut part in list.items() {
                self.listed(&mut part, if_not_exists)?;
            }
            return Some(());
        }
        self.invalid = reserved_name(item);
        if self.invalid.is_none() {
            self.column(column(*item)?, if_not_exists);
        }
        Some(())
    }

    /// A part of `ADD (…)`, which may hold keys as well.
    fn listed(&mut self, part: &mut Cursor<'_>, if_not_exists: bool) -> Option<()> {
        let mut ahead = *part;
        match table_part(&mut ahead, &self.table) {
            Some(TablePart::Constraint { constraint, if_not_exists }) => {
                self.constraint(constraint, if_not_exists);
            }
            Some(TablePart::Index { index }) => self.index(index),
            Some(TablePart::Nothing) => {}
            None => {
                self.invalid = self.invalid.take().or_else(|| reserved_name(part));
                if self.invalid.is_none() {
                    self.column(column(*part)?, if_not_exists);
                }
            }
        }
        Some(())
    }

    fn column(&mut self, column: Column, if_not_exists: bool) {
        let Column { definition, is_unique, position } = column;
        if is_unique {
            let mut index = unique_index(&definition.name, &self.table);
            if if_not_exists {
                // Seen on `MariaDB` 10.11: the key comes to a column that is there already, too,
                // unless there is one of its name.
                index.name = Some(definition.name.clone());
                index.if_not_exists = true;
            }
            self.index(index);
        }
        let name = definition.name.clone();
        self.note_counting(&definition, if_not_exists);
        self.push(Step::Column, TableAction::AddColumn { if_not_exists, column: definition });
        if !if_not_exists {
            self.put(name, position);
        }
    }

    /// `FIRST`, or `AFTER column`, which may call a renamed column by its old or its new name.
    fn put(&mut self, column: Name, position: Option<Position>) {
        let after = match position {
            Some(Position::After(after)) if self.renamed.is_empty() => Some(after),
            Some(Position::First) => None,
            _ => return,
        };
        if let Some(after) = after.clone() {
            self.push(Step::Key, TableAction::ReferColumn(after));
        }
        self.push(Step::Key, TableAction::Place { column, after });
    }

    fn constraint(&mut self, constraint: Constraint, if_not_exists: bool) {
        let step = match &constraint.kind {
            ConstraintKind::Foreign { .. } => Step::Foreign,
            _ => Step::Key,
        };
        let guard = constraint.name.clone().filter(|_| if_not_exists);
        let action = self.statement(vec![TableAction::AddConstraint(constraint)]);
        let kind = match guard {
            Some(name) => self.guarded(ObjectKind::Constraint, &name, false, action),
            None => action,
        };
        self.found.push((step, kind));
    }

    fn index(&mut self, index: CreateIndex) {
        if !self.if_exists {
            self.found.push((Step::Key, StatementKind::CreateIndex(Box::new(index))));
        }
    }

    fn note_counting(&mut self, column: &ColumnDefinition, is_guarded: bool) {
        let counts = |constraint: &Constraint| {
            matches!(constraint.kind, ConstraintKind::Identity(_)) && !is_guarded
        };
        if column.constraints.iter().any(counts) {
            self.counting = Some(column.name.place);
        }
    }

    /// `MODIFY` and `CHANGE`: what is not said about the column is no longer so.
    fn redefine(&mut self, column: Column, if_exists: bool) {
        let Column { definition, is_unique, position } = column;
        self.note_counting(&definition, if_exists);
        let name = definition.name;
        let mut actions = vec![TableAction::Redefine(name.clone())];
        if let Some(type_name) = definition.type_name {
            actions.push(TableAction::SetType { column: name.clone(), type_name, using: None });
        }
        actions.push(TableAction::SetInvisible(name.clone(), definition.may_be_invisible));
        let mut not_null = false;
        let mut default = TableAction::DropDefault(name.clone());
        for constraint in definition.constraints {
            match constraint.kind {
                ConstraintKind::NotNull => not_null = true,
                ConstraintKind::Default(value, source) => {
                    default = TableAction::SetDefault { column: name.clone(), value, source };
                }
                ConstraintKind::Primary { using_index, .. } => {
                    let columns = vec![name.clone()];
                    let kind = ConstraintKind::Primary { columns, using_index };
                    self.constraint(Constraint { kind, ..constraint }, false);
                }
                _ => {}
            }
        }
        actions.push(TableAction::SetNotNull(name.clone(), not_null));
        actions.push(default);
        if is_unique {
            self.index(unique_index(&name, &self.table));
        }
        let kind = self.statement(actions);
        let kind =
            if if_exists { self.guarded(ObjectKind::Column, &name, true, kind) } else { kind };
        self.found.push((Step::Column, kind));
        if !if_exists {
            self.put(name, position);
        }
    }

    fn rename_column(&mut self, from: &Name, to: Name, if_exists: bool) {
        if from.text == to.text {
            return;
        }
        self.renamed.push((from.clone(), to.clone()));
        let kind = self.statement(vec![TableAction::RenameColumn { from: from.clone(), to }]);
        let kind =
            if if_exists { self.guarded(ObjectKind::Column, from, true, kind) } else { kind };
        self.found.push((Step::Rename, kind));
    }

    fn drop(&mut self, item: &mut Cursor<'_>) -> Option<()> {
        if item.eat(&["PRIMARY", "KEY"]) {
            self.counting = Some(item.last_place());
            let name = Name::new(PRIMARY, item.peek_place());
            let action = TableAction::DropConstraint { name, if_exists: false, cascade: false };
            self.push(Step::DropKey, action);
        } else if item.eat(&["FOREIGN", "KEY"]) || item.eat_any(&["CONSTRAINT", "CHECK"]) {
            let if_exists = item.if_exists();
            let name = item.folded()?;
            let action = TableAction::DropConstraint { name, if_exists, cascade: false };
            self.push(Step::DropForeign, action);
        } else if item.eat_any(&["INDEX", "KEY"]) {
            let if_exists = item.if_exists();
            let name = item.folded()?;
            if &*name.text == PRIMARY {
                let action = TableAction::DropConstraint { name, if_exists, cascade: false };
                self.push(Step::DropKey, action);
            } else {
                let kind = drop_index(name, &self.table, if_exists || self.if_exists);
                self.found.push((Step::DropKey, kind));
            }
        } else if item.is_any(&["PARTITION", "SYSTEM"]) {
            self.push(Step::Last, TableAction::Nothing);
        } else {
            item.eat(&["COLUMN"]);
            let if_exists = item.if_exists();
            let name = item.folded()?;
            let action = TableAction::DropColumn { name, if_exists, cascade: false };
            self.push(Step::DropColumn, action);
        }
        Some(())
    }

    fn rename(&mut self, item: &mut Cursor<'_>) -> Option<()> {
        if item.eat(&["COLUMN"]) {
            let if_exists = item.if_exists();
            let from = item.folded()?;
            item.eat(&["TO"]);
            let to = item.folded()?;
            self.rename_column(&from, to, if_exists);
        } else if item.eat_any(&["INDEX", "KEY"]) {
            let if_exists = item.if_exists();
            let name = item.folded()?;
            item.eat(&["TO"]);
            let to = item.folded()?;
            if name.text == to.text {
                self.push(Step::Last, TableAction::Nothing);
                return Some(());
            }
            self.renamed_indexes.push((name.clone(), to.clone()));
            let target = ObjectReference {
                kind: ObjectKind::Index,
                name: QualifiedName::bare(name),
                on: Some(self.table.clone()),
                arguments: None,
            };
            let rename = Rename { target, if_exists: if_exists || self.if_exists, to };
            self.found.push((Step::Rename, StatementKind::Rename(rename)));
        } else {
            if !item.eat_any(&["TO", "AS"]) {
                item.eat_mark("=");
            }
            let to = item.qualified()?;
            if to.schema.is_some() {
                // It may move to another database.
                return None;
            }
            // To its own name is no change.
            let is_same = to.name.text == self.table.name.text;
            let action = if is_same { TableAction::Nothing } else { TableAction::RenameTo(to) };
            self.push(Step::Name, action);
        }
        Some(())
    }

    fn alter(&mut self, item: &mut Cursor<'_>) -> Option<()> {
        if item.eat_any(&["INDEX", "KEY", "CHECK", "CONSTRAINT"]) {
            self.push(Step::Last, TableAction::Nothing);
            return Some(());
        }
        item.eat(&["COLUMN"]);
        let if_exists = item.if_exists();
        let column = item.folded()?;
        let action = if item.eat(&["SET", "DEFAULT"]) {
            let (value, source) = super::column::default_value(item);
            TableAction::SetDefault { column: column.clone(), value, source: source.into() }
        } else if item.eat(&["DROP", "DEFAULT"]) {
            TableAction::DropDefault(column.clone())
        } else if item.eat(&["SET", "INVISIBLE"]) {
            TableAction::SetInvisible(column.clone(), true)
        } else if item.eat(&["SET", "VISIBLE"]) {
            TableAction::SetInvisible(column.clone(), false)
        } else {
            TableAction::ReferColumn(column.clone())
        };
        let kind = self.statement(vec![action]);
        let kind =
            if if_exists { self.guarded(ObjectKind::Column, &column, true, kind) } else { kind };
        self.found.push((Step::Column, kind));
        Some(())
    }

    /// Runs a statement only where the object is there, or only where it is not.
    fn guarded(
        &self,
        kind: ObjectKind,
        name: &Name,
        if_there: bool,
        statement: StatementKind,
    ) -> StatementKind {
        let exists = Guard::Exists(GuardedObject {
            kind,
            schema: None,
            name: name.text.to_string(),
            on: Some(self.table.name.text.to_string()),
            is_exact: true,
            on_path: true,
        });
        let guard = if if_there { exists } else { Guard::Not(Box::new(exists)) };
        let body = vec![BlockStatement::Sql(Statement { place: self.place, kind: statement })];
        let branch = Branch { condition: Expression::Operation(Vec::new()), guard, body };
        let statements = vec![BlockStatement::If { branches: vec![branch], otherwise: Vec::new() }];
        StatementKind::Block(Box::new(Block { statements, ..Block::default() }))
    }
}

/// `DROP INDEX name ON table`.
pub(super) fn drop_index(name: Name, table: &QualifiedName, if_exists: bool) -> StatementKind {
    let target = ObjectReference {
        kind: ObjectKind::Index,
        name: QualifiedName::bare(name),
        on: Some(table.clone()),
        arguments: None,
    };
    StatementKind::Drop(Drop {
        targets: vec![target],
        if_exists,
        among: Among::All,
        cascade: false,
    })
}
