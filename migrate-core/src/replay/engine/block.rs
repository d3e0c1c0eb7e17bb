//! Blocks of procedural code that run at once.

use std::collections::BTreeSet;

use super::Engine;
use super::report::MOST_UNHEARD;
use super::visible::fails_visibly;
use crate::diagnostics::Code;
use crate::replay::catalog::{Catalog, Found};
use crate::replay::model::{Block, BlockStatement, Branch, StatementKind, Text};
use crate::replay::resolve::Fault;

/// Whether the code after a statement runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    /// It may have been left.
    Perhaps,
    Left,
}

impl Engine {
    /// Runs a block of which it is not known whether it runs, and with what.
    pub(super) fn run_uncertainly(&mut self, block: &Block) {
        self.perhaps(|engine| {
            engine.nested_block(block);
        });
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.nested_block(block);
    }

    fn nested_block(&mut self, block: &Block) -> Flow {
        let before = self.variables.len();
        self.variables.extend(block.variables.iter().map(|name| name.text.clone()));
        self.variables.extend(["found", "sqlstate", "sqlerrm"].map(Text::from));
        let labels = self.labels.len();
        self.labels.extend(block.labels.iter().map(|name| name.text.clone()));
        let flow = match &block.handlers {
            None => self.sequence(&block.statements),
            Some(handlers) => self.guarded(block, handlers),
        };
        self.labels.truncate(labels);
        self.variables.truncate(before);
        flow
    }

    /// Faults of the one statement of a block that does not catch them: something is missing, and
    /// nothing that is caught can have come before.
    fn leave_by(&mut self, faults: Vec<Fault>, statements: &[BlockStatement], before: &Catalog) {
        let is_missing =
            |fault: &Fault| matches!(fault.code, Code::M402 | Code::M403 | Code::M405 | Code::M412);
        let [BlockStatement::Sql(statement)] = statements else { return };
        let StatementKind::AlterTable(alter) = &statement.kind else { return };
        if self.suppressed > 0
            || !(1..MOST_UNHEARD).contains(&faults.len())
            || !faults.iter().all(is_missing)
        {
            return;
        }
        let now = std::mem::replace(&mut self.catalog, before.clone());
        // Otherwise the name of what is added may be taken, which is looked at first.
        let table_is_missing =
            matches!(self.catalog.find_relation(self.dialect, &alter.name), Found::Absent);
        let is_sure = table_is_missing || self.knows_names_of(&statements[0]);
        self.catalog = now;
        if is_sure {
            for fault in faults {
                self.fault(fault);
            }
        }
    }

    /// A block whose errors are caught: all of it happened, or none of it.
    fn guarded(&mut self, block: &Block, handlers: &[Vec<BlockStatement>]) -> Flow {
        let Block { statements, catches_names, .. } = block;
        let snapshot = self.catalog.clone();
        let (failures, doubts) = (self.failures, self.doubts);
        self.suppressed += 1;
        self.unheard.clear();
        self.sequence(statements);
        let unheard = std::mem::take(&mut self.unheard);
        let failed = self.failures > failures;
        // Data and types can make a statement fail, too, and those are not looked at.
        let is_seen = |statement| {
            fails_visibly(statement) || (*catches_names && self.knows_names_of(statement))
        };
        let doubtful = self.doubts > doubts || !statements.iter().all(is_seen);
        if failed {
            self.catalog = snapshot.clone();
        }
        let mut after = self.catalog.clone();
        if failed || doubtful {
            for handler in handlers {
                self.catalog = snapshot.clone();
                self.sequence(handler);
                after = after.merged_with(&self.catalog);
            }
        }
        self.catalog = after;
        self.suppressed -= 1;
        self.failures = if self.suppressed > 0 { failures } else { 0 };
        if block.passes_missing {
            self.leave_by(unheard, statements, &snapshot);
        }
        Flow::On
    }

    fn sequence(&mut self, statements: &[BlockStatement]) -> Flow {
        let mut flow = Flow::On;
        for (index, statement) in statements.iter().enumerate() {
            match self.block_statement(statement) {
                Flow::On => {}
                Flow::Left => return Flow::Left,
                Flow::Perhaps => {
                    // The rest runs, or it does not.
                    flow = Flow::Perhaps;
                    let rest = &statements[index + 1..];
                    self.perhaps(|engine| {
                        engine.sequence(rest);
                    });
                    break;
                }
            }
        }
        flow
    }

    /// Runs code that may not run: nothing in it refutes, and what it does is uncertain.
    pub(super) fn perhaps(&mut self, run: impl FnOnce(&mut Self)) {
        let snapshot = self.catalog.clone();
        let variables = self.session.kept();
        self.suppressed += 1;
        run(self);
        self.suppressed -= 1;
        self.catalog = snapshot.merged_with(&self.catalog);
        self.session.merge(variables);
        self.doubts += 1;
        if self.suppressed == 0 {
            self.failures = 0;
        }
    }

    fn block_statement(&mut self, statement: &BlockStatement) -> Flow {
        match statement {
            BlockStatement::Sql(statement) => self.statement(statement),
            BlockStatement::Execute { statements, is_partial } => {
                self.guessing += usize::from(*is_partial);
                for statement in statements {
                    self.statement(statement);
                }
                self.guessing -= usize::from(*is_partial);
            }
            BlockStatement::Evaluate(expression) => {
                let uses = self.check(&mut |resolver| {
                    resolver.without_columns(std::slice::from_ref(expression));
                });
                if let crate::replay::model::Expression::Subquery(query) = expression {
                    self.called_by_query(&query.body, &uses);
                }
            }
            BlockStatement::Block(block) => return self.nested_block(block),
            BlockStatement::If { branches, otherwise } => {
                return self.branches(branches, otherwise);
            }
            BlockStatement::Loop { query, bounds, variables, body } => {
                let uses = self.check(&mut |resolver| {
                    resolver.without_columns(bounds);
                    if let Some(query) = query {
                        resolver.query(query);
                    }
                });
                self.called_within(&uses, &BTreeSet::new());
                let before = self.variables.len();
                self.variables.extend(variables.iter().map(|name| name.text.clone()));
                // Once more: what a later statement keeps in a variable an earlier one may run.
                let rounds = if self.session.enter_loop(body) { 2 } else { 1 };
                for _ in 0..rounds {
                    self.perhaps(|engine| {
                        engine.sequence(body);
                    });
                }
                self.session.leave_loop();
                self.variables.truncate(before);
            }
            BlockStatement::Unknown { what, mentions } => {
                self.unknown_text(what, mentions.as_deref());
                self.forget_variables();
            }
            BlockStatement::Leave => return Flow::Left,
            BlockStatement::MayLeave => return Flow::Perhaps,
            BlockStatement::Raise => {
                // An error that certainly comes would have been noticed by its author.
                self.failures += usize::from(self.suppressed > 0);
                self.raises |= self.suppressed == 0;
                return Flow::Left;
            }
        }
        Flow::On
    }

    fn branches(&mut self, branches: &[Branch], otherwise: &[BlockStatement]) -> Flow {
        let Some((first, rest)) = branches.split_first() else { return self.sequence(otherwise) };
        let uses = self.check(&mut |resolver| {
            resolver.without_columns(std::slice::from_ref(&first.condition));
        });
        self.called_within(&uses, &BTreeSet::new());
        match self.answer(&first.guard) {
            Some(true) => self.sequence(&first.body),
            Some(false) => self.branches(rest, otherwise),
            None => {
                let snapshot = self.catalog.clone();
                let variables = self.session.kept();
                self.suppressed += 1;
                let raised = ends_in_raise(&first.body);
                let mut flow = self.sequence(&first.body);
                let taken = std::mem::replace(&mut self.catalog, snapshot);
                let set = self.session.restore(variables);
                let other = self.branches(rest, otherwise);
                self.suppressed -= 1;
                if self.suppressed == 0 {
                    self.failures = 0;
                }
                self.doubts += 1;
                if raised {
                    // After it nothing runs at all, so the other way was taken.
                    return other;
                }
                self.catalog = taken.merged_with(&self.catalog);
                self.session.merge(set);
                if flow != other {
                    flow = Flow::Perhaps;
                }
                flow
            }
        }
    }
}

fn ends_in_raise(body: &[BlockStatement]) -> bool {
    body.iter().any(|statement| matches!(statement, BlockStatement::Raise))
}
