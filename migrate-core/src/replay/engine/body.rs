//! Bodies of functions, looked into when the history has ended.
//!
//! A server that reads a body only when the function is called takes any name in it, and the
//! function may come before what it uses. So what is missing is a warning, and is judged at the
//! end, over the functions that are left.

use std::collections::HashSet;

use super::Engine;
use crate::diagnostics::{Code, Diagnostic, Place as DiagnosticPlace};
use crate::replay::adapter::parse_routine;
use crate::replay::catalog::{Catalog, Function, Key};
use crate::replay::dialect::Dialect;
use crate::replay::model::{
    Block, BlockStatement, Code as Body, Name, Place, Statement, StatementKind, Text,
};
use crate::replay::resolve::{Fault, Resolver, Subject};
use crate::source::Span;

#[cfg(all(test, feature = "postgres"))]
mod tests;

/// Words of bodies that look before they use something, or name things by a block's label.
const LOOKING: [&str; 11] = [
    "information_schema",
    "to_reg",
    "pg_catalog",
    "pg_class",
    "pg_tables",
    "pg_views",
    "pg_proc",
    "pg_attribute",
    "pg_namespace",
    "pg_extension",
    "<<",
];

/// Words of handlers that catch a missing name.
const CATCHING: [&str; 4] = ["others", "undefined_", "invalid_schema_name", "invalid_name"];

/// What the server names in every body: of triggers, event triggers and handlers.
const READY_MADE: [&str; 17] = [
    "new",
    "old",
    "found",
    "sqlstate",
    "sqlerrm",
    "tg_name",
    "tg_when",
    "tg_level",
    "tg_op",
    "tg_relid",
    "tg_relname",
    "tg_table_name",
    "tg_table_schema",
    "tg_nargs",
    "tg_argv",
    "tg_event",
    "tg_tag",
];

impl Engine {
    /// Returns a warning for each name in a body that is certainly not there.
    pub(super) fn judge_bodies(&mut self) -> Vec<Diagnostic> {
        if !self.dialect.reads_code_late() || self.catalog.unknown.everything {
            return Vec::new();
        }
        // A function runs under its caller's path, or under one of its own.
        self.catalog.path_is_uncertain = true;
        // A schema that no migration makes belongs to somebody else, who may fill it any time.
        self.catalog.unknown_mut().schemas = true;
        let functions = || {
            let all = self.catalog.functions.iter();
            all.flat_map(|(key, list)| list.iter().map(move |function| (key, function)))
        };
        let codes = functions().filter_map(|(_, function)| function.code.as_ref());
        let makers: Vec<String> =
            codes.map(|code| code.text.to_lowercase()).filter(|text| makes_tables(text)).collect();
        let mut warnings = Vec::new();
        for (key, function) in functions().filter(|(_, function)| function.is_certain) {
            for fault in self.faults_of(key, function, &makers) {
                warnings.extend(warning(key, function, fault));
            }
        }
        warnings
    }

    /// What is missing in a body, each thing once.
    fn faults_of(&self, key: &Key, function: &Function, makers: &[String]) -> Vec<Fault> {
        let (Some(code), Some(site)) = (&function.code, function.site) else { return Vec::new() };
        let Some(walk) = self.walk(key, function, code, site.place) else { return Vec::new() };
        let mut seen = HashSet::new();
        let faults = walk.faults.into_iter().filter(|fault| {
            let is_name = matches!(fault.code, Code::M402 | Code::M403 | Code::M404 | Code::M405);
            let may_be_made = match &fault.subject {
                Subject::Relation(name) => {
                    let name: &str = &name.name.text;
                    self.events.transition_tables.contains(name)
                        || makers.iter().any(|text| text.contains(name))
                }
                _ => false,
            };
            is_name && !may_be_made && seen.insert(fault.message.clone())
        });
        faults.collect()
    }

    /// Reads a body; `None` where it does what cannot be followed.
    fn walk(&self, key: &Key, function: &Function, code: &Body, place: Place) -> Option<Walk<'_>> {
        let text = code.text.to_lowercase();
        if LOOKING.iter().any(|word| text.contains(word)) {
            return None;
        }
        let block = parse_routine(code, self.database, place)?;
        let mut walk = Walk {
            catalog: &self.catalog,
            dialect: self.dialect,
            variables: READY_MADE.map(Text::from).to_vec(),
            catches: CATCHING.iter().any(|word| text.contains(word)),
            is_doubtful: false,
            faults: Vec::new(),
        };
        let parameters = code.parameters.iter().map(|name| Text::from(name.as_str()));
        walk.variables.extend(parameters);
        walk.variables.extend(function.columns.iter().flatten().cloned());
        walk.variables.push(key.name.clone());
        walk.block(&block);
        (!walk.is_doubtful).then_some(walk)
    }
}

/// Whether a body may make tables that others use, temporary ones above all.
fn makes_tables(text: &str) -> bool {
    text.contains("create") && text.contains("table")
}

fn warning(key: &Key, function: &Function, fault: Fault) -> Option<Diagnostic> {
    let made = function.site?;
    let span = Span::new(made.file, fault.place.range());
    let message = format!("a call of `{}` fails here: {}", key.name, fault.message);
    let mut finding = Diagnostic::new(Code::M420, DiagnosticPlace::Text(span), message)
        .note("the server looks into the body only when the function is called");
    if let Some((site, text)) = fault.site {
        finding = finding.also(Span::new(site.file, site.place.range()), text);
    }
    if let Some(help) = fault.help {
        finding = finding.help(help);
    }
    Some(finding)
}

/// A walk through a body.
struct Walk<'c> {
    catalog: &'c Catalog,
    dialect: &'static dyn Dialect,
    variables: Vec<Text>,
    /// A handler may catch a missing name.
    catches: bool,
    /// The body does more than read and write rows.
    is_doubtful: bool,
    faults: Vec<Fault>,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        let before = self.enter(&block.variables);
        if block.handlers.is_none() || !self.catches {
            self.sequence(&block.statements);
        }
        for handler in block.handlers.iter().flatten() {
            self.sequence(handler);
        }
        self.variables.truncate(before);
    }

    fn enter(&mut self, names: &[Name]) -> usize {
        let before = self.variables.len();
        self.variables.extend(names.iter().map(|name| name.text.clone()));
        before
    }

    fn sequence(&mut self, statements: &[BlockStatement]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &BlockStatement) {
        match statement {
            BlockStatement::Sql(statement) => self.sql(statement),
            BlockStatement::Evaluate(expression) => {
                self.check(&mut |resolver| {
                    resolver.without_columns(std::slice::from_ref(expression));
                });
            }
            BlockStatement::Block(block) => self.block(block),
            BlockStatement::If { branches, otherwise } => {
                for branch in branches {
                    let condition = std::slice::from_ref(&branch.condition);
                    self.check(&mut |resolver| resolver.without_columns(condition));
                    self.sequence(&branch.body);
                }
                self.sequence(otherwise);
            }
            BlockStatement::Loop { query, bounds, variables, body } => {
                self.check(&mut |resolver| {
                    resolver.without_columns(bounds);
                    if let Some(query) = query {
                        resolver.query(query);
                    }
                });
                let before = self.enter(variables);
                self.sequence(body);
                self.variables.truncate(before);
            }
            BlockStatement::Execute { .. } | BlockStatement::Unknown { .. } => {
                self.is_doubtful = true;
            }
            BlockStatement::Leave | BlockStatement::MayLeave | BlockStatement::Raise => {}
        }
    }

    fn sql(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Nothing | StatementKind::EndTransaction => {}
            kind => {
                let mut is_resolved = false;
                self.check(&mut |resolver| is_resolved = resolver.rows(kind));
                self.is_doubtful |= !is_resolved;
            }
        }
    }

    fn check(&mut self, run: &mut dyn FnMut(&mut Resolver<'_>)) {
        let mut resolver = Resolver::new(self.catalog, self.dialect);
        resolver.variables.clone_from(&self.variables);
        run(&mut resolver);
        self.faults.append(&mut resolver.faults);
    }
}
