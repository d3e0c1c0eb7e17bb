//! Which part of the engine a statement goes to.

use std::sync::Arc;

use super::Engine;
use super::system_rows::RowChange;
use crate::diagnostics::Code;
use crate::replay::catalog::Found;
use crate::replay::model::{
    Expression, Literal, Name, ObjectKind, QualifiedName, Query, QueryBody, Select, Statement,
    StatementKind, Text,
};
use crate::replay::resolve::Fault;

/// Statements inside blocks inside strings, and so on.
const DEEPEST: usize = 20;

impl Engine {
    pub(super) fn statement(&mut self, statement: &Statement) {
        if self.depth > DEEPEST {
            self.mark_opaque("deep nesting");
            self.catalog.unknown_mut().everything = true;
            return;
        }
        if self.blur_wildcards(&statement.kind) {
            return;
        }
        self.depth += 1;
        let before = self.hear_part(statement.place);
        self.needs_creation_schema(&statement.kind);
        let elsewhere = self.placed_uncertainly(&statement.kind);
        if self.changes_a_guess(&statement.kind) {
            self.perhaps(|engine| engine.execute(statement));
        } else if elsewhere.is_empty() {
            self.execute(statement);
        } else {
            // Before it, so that nothing is said to be there twice; after it, for what it made.
            self.blur(Some(&elsewhere));
            self.execute(statement);
            self.blur(Some(&elsewhere));
        }
        self.hear_part(before);
        self.depth -= 1;
    }

    fn execute(&mut self, statement: &Statement) {
        self.forget_what_ran(&statement.kind);
        match &statement.kind {
            StatementKind::CreateSchema { name, if_not_exists, elements } => {
                self.create_schema(name.as_ref(), *if_not_exists, elements);
            }
            StatementKind::CreateTable(table) => self.create_table(table),
            StatementKind::CreateVirtualTable(table, shadows) => {
                self.create_virtual_table(table, shadows);
            }
            StatementKind::AlterTable(alter) => self.alter_table(alter),
            StatementKind::CreateIndex(index) => self.create_index(index),
            StatementKind::CreateSequence { name, temporary, if_not_exists, owner } => {
                self.create_sequence(name, *temporary, *if_not_exists, owner.as_ref());
            }
            StatementKind::OwnSequence { sequence, if_exists, owner } => {
                self.own_sequence(sequence, *if_exists, owner.as_ref());
            }
            StatementKind::CreateType(create) => self.create_type(create),
            StatementKind::AlterType { name, actions } => self.alter_type(name, actions),
            StatementKind::CreateView(view) => self.create_view(view),
            StatementKind::CreateFunction(function) => self.create_function(function),
            StatementKind::CreateTrigger(trigger) => self.create_trigger(trigger),
            StatementKind::CreatePolicy(policy) => self.create_policy(policy),
            StatementKind::AlterPolicy(policy) => self.alter_policy(policy),
            StatementKind::CreateRule { name, table, replace, condition, actions } => {
                self.create_rule(name, table, *replace, condition.as_ref(), actions);
            }
            StatementKind::CreateExtension { name, if_not_exists, schema, is_lenient } => {
                let demanding = schema.as_ref().filter(|_| !is_lenient);
                self.create_extension(name, *if_not_exists, schema.as_ref(), demanding);
            }
            StatementKind::CreateObject { target, if_not_exists, replace, uses, members } => {
                self.create_object(target, *if_not_exists, *replace, uses);
                if target.kind == ObjectKind::Publication {
                    self.publish(&target.name.name, members.as_deref());
                }
            }
            StatementKind::CreateTyped(create) => self.create_typed(create),
            StatementKind::AlterPublication(alter) => self.alter_publication(alter),
            StatementKind::Drop(drop) => self.drop(drop),
            StatementKind::Rename(rename) => self.rename(rename),
            StatementKind::SetSchema(set) => self.set_schema(set),
            StatementKind::Refer(references) => {
                for reference in references {
                    self.refer(reference);
                }
                self.keep_reference(references);
            }
            StatementKind::Insert(_)
            | StatementKind::Update(_)
            | StatementKind::Delete(_)
            | StatementKind::Merge(_) => self.change_rows(&statement.kind),
            StatementKind::Truncate(table) => self.truncate(table),
            StatementKind::Query(query) => self.query(query),
            StatementKind::Call { name, arguments, written } => {
                self.call(name, arguments, written);
            }
            StatementKind::Block(block) => self.block(block),
            StatementKind::SearchPath { path, local } => {
                self.set_path(path.as_deref(), *local);
            }
            StatementKind::AlterRoutinePath { target, path } => {
                self.alter_routine_path(target, path);
            }
            StatementKind::DropOwned => {
                self.mark_opaque("DROP OWNED");
                self.drop_owned();
            }
            StatementKind::Discard { all } => self.discard(*all),
            StatementKind::EndTransaction => self.end_transaction(),
            StatementKind::ForeignKeyChecks(on) => self.catalog.checks_foreign_keys = *on,
            StatementKind::CheckFunctionBodies(on) => self.catalog.checks_function_bodies = *on,
            StatementKind::SetVariables(variables) => self.set_variables(variables),
            StatementKind::Prepared(prepared) => self.prepared(prepared),
            StatementKind::LookInto(statement) => drop(self.row_statement(statement)),
            StatementKind::Nothing => {}
            StatementKind::Empty => self.empty_statement(statement),
            StatementKind::Opaque(opaque) => {
                self.mark_opaque(&opaque.what);
                self.blur(opaque.mentions.as_deref());
            }
            StatementKind::Refused { unless_there: true, meant, .. }
                if !self.certainly_makes_table(meant) =>
            {
                self.execute(&Statement { place: statement.place, kind: (**meant).clone() });
            }
            StatementKind::Refused { code, message, at, meant, .. } => {
                self.refused(Fault::new(*code, *at, message.clone()), statement, meant);
            }
            StatementKind::Invalid { message, at } => {
                let message = format!("this is not SQL of {}: {message}", self.database);
                self.fault(Fault::new(Code::M401, *at, message));
                self.blur(Some(&[]));
            }
        }
    }

    fn change_rows(&mut self, kind: &StatementKind) {
        match kind {
            StatementKind::Insert(insert) => {
                let uses = self.check(&mut |resolver| drop(resolver.insert(insert)));
                self.refuse_nulls(insert);
                self.changed_rows(&insert.table, &uses);
                self.change_system_rows(&insert.table, RowChange::Other);
            }
            StatementKind::Update(update) => {
                self.lose_values(&update.table, &update.assignments);
                self.catalog.seen.system_rows |= update.table.name.text.starts_with("pg_");
                let uses = self.check(&mut |resolver| drop(resolver.update(update)));
                self.changed_rows(&update.table, &uses);
                self.change_system_rows(&update.table, RowChange::Update(&update.assignments));
            }
            StatementKind::Delete(delete) => {
                self.lose_rows(&delete.table);
                let uses = self.check(&mut |resolver| drop(resolver.delete(delete)));
                self.changed_rows(&delete.table, &uses);
                self.change_system_rows(&delete.table, RowChange::Delete);
            }
            StatementKind::Merge(merge) => {
                self.lose_rows(&merge.table);
                let uses = self.check(&mut |resolver| resolver.merge(merge));
                self.changed_rows(&merge.table, &uses);
                self.change_system_rows(&merge.table, RowChange::Other);
            }
            _ => {}
        }
    }

    fn call(&mut self, name: &QualifiedName, arguments: &Query, written: &[Text]) {
        let known = !self.routines_named(name, ObjectKind::Procedure).is_empty()
            || self.catalog.may_have_function(self.dialect, name);
        if self.dialect.has_one_routine_of_a_name() {
            self.refuse_number_of_values(name, written.len());
        }
        self.check(&mut |resolver| {
            resolver.query(arguments);
            if !known {
                resolver.unknown_function(name);
            }
        });
        if self.dialect.follows_calls() {
            self.ran_procedure(name, written);
        } else {
            self.ran_function(name, &[], false);
        }
    }

    fn empty_statement(&mut self, statement: &Statement) {
        let message = "the server refuses an empty statement";
        let fault = Fault::new(Code::M401, statement.place, message.to_owned())
            .help("remove the semicolon: tools that send the file whole fail at it");
        self.fault(fault);
    }

    /// A fault that the adapter saw; what is wrong further on shows when it is mended.
    fn refused(&mut self, mut fault: Fault, statement: &Statement, meant: &StatementKind) {
        if fault.code == Code::M401 {
            fault.message = format!("this is not SQL of {}: {}", self.database, fault.message);
        }
        self.fault(fault);
        self.perhaps(|engine| {
            engine.execute(&Statement { place: statement.place, kind: meant.clone() });
        });
    }

    /// Whether a `CREATE TABLE IF NOT EXISTS` certainly finds no table of the name.
    fn certainly_makes_table(&self, meant: &StatementKind) -> bool {
        let StatementKind::CreateTable(create) = meant else { return false };
        matches!(self.catalog.find_relation(self.dialect, &create.name), Found::Absent)
    }

    fn query(&mut self, query: &Query) {
        let mut outputs = crate::replay::resolve::Outputs::default();
        let uses = self.check(&mut |resolver| outputs = resolver.query(query));
        if let QueryBody::Select(select) = &query.body
            && let Some(into) = &select.into
        {
            self.create_from_outputs(into, outputs);
        }
        self.called_by_query(&query.body, &uses);
    }

    /// What a function that a statement calls does to the catalog.
    pub(super) fn called_directly(&mut self, expression: &Expression, once: bool) {
        let Expression::Call(call) = expression else { return };
        let literal = |index: usize| match &call.arguments.get(index)?.value {
            Expression::Literal(Literal::String(text), place) => Some((text.clone(), *place)),
            Expression::Cast(value, _) => match &**value {
                Expression::Literal(Literal::String(text), place) => Some((text.clone(), *place)),
                _ => None,
            },
            _ => None,
        };
        match &*call.name.name.text {
            "set_config" if literal(0).is_some_and(|(text, _)| &*text == "search_path") => {
                let value = literal(1);
                let path = value.map(|(text, place)| {
                    let parts = text.split(',').map(|part| part.trim().trim_matches('"'));
                    parts
                        .filter(|part| !part.is_empty())
                        .map(|part| Name::new(part, place))
                        .collect::<Vec<_>>()
                });
                // PostgreSQL 15 manual, 9.27.1: the third argument says that it is for the transaction.
                let third = call.arguments.get(2).map(|argument| &argument.value);
                let local = matches!(third, Some(Expression::Literal(Literal::Boolean(true), _)));
                self.set_path(path.as_deref(), local);
                // What is put together when the statement runs may be any path.
                self.catalog.path_is_uncertain |= path.is_none();
            }
            "set_config"
                if literal(0).is_some_and(|(text, _)| &*text == "check_function_bodies") =>
            {
                let off = |text: &str| {
                    let text = text.trim().to_lowercase();
                    ["off", "false", "0", "no", "f", "n"].contains(&text.as_str())
                };
                self.catalog.checks_function_bodies =
                    literal(1).is_some_and(|(text, _)| !off(&text));
            }
            _ if self.spatial_call(call, once) => {}
            _ => {
                let texts: Vec<_> =
                    (0..call.arguments.len()).map(|index| Some(literal(index)?.0)).collect();
                self.ran_function(&call.name, &texts, once);
            }
        }
    }

    pub(super) fn mark_opaque(&mut self, what: &str) {
        if self.opaque_now.is_none() {
            self.opaque_now = Some(Arc::from(what));
        }
    }
}

/// Whether a query makes one row whatever the data, so that what it calls runs once.
pub(super) fn runs_once(select: &Select) -> bool {
    select.from.is_empty()
        && select.conditions.is_empty()
        && select.grouping.is_empty()
        && select.having.is_empty()
        && select.distinct.is_empty()
}
