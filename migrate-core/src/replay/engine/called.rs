//! Functions that a statement calls, wherever in it the call stands, and those of triggers.
//!
//! What a query calls once and for certain is followed exactly. Of everything else it is not known
//! whether it runs, how often and with what: rows decide.

use std::collections::BTreeSet;

use super::Engine;
use super::statement::runs_once;
use crate::database::Database;
use crate::replay::catalog::{Dependency, Id};
use crate::replay::model::{
    Code, Expression, FromItem, Name, Place, QualifiedName, QueryBody, Select, StatementKind,
};
use crate::sql::{Lexer, TokenKind, has_word};

impl Engine {
    /// Runs what a query calls; `uses` is all that it needs.
    pub(super) fn called_by_query(&mut self, body: &QueryBody, uses: &[Dependency]) {
        let mut followed = BTreeSet::new();
        if let QueryBody::Select(select) = body {
            for (call, once) in direct_calls(select) {
                followed.extend(self.named_by(call));
                self.called_directly(call, once);
            }
        }
        self.called_within(uses, &followed);
    }

    /// Runs, perhaps, the functions among what a statement needs.
    pub(super) fn called_within(&mut self, uses: &[Dependency], followed: &BTreeSet<Id>) {
        if !self.dialect.checks_signatures() {
            return;
        }
        for used in uses {
            let (Dependency::Function(id) | Dependency::PerhapsFunction(id)) = used else {
                continue;
            };
            if !followed.contains(id) {
                self.perhaps_ran(*id);
            }
        }
    }

    /// Runs, perhaps, what a statement calls that changes the rows of a table, and what the
    /// table's triggers call.
    pub(super) fn changed_rows(&mut self, table: &QualifiedName, uses: &[Dependency]) {
        self.called_within(uses, &BTreeSet::new());
        if !self.dialect.checks_signatures() {
            return;
        }
        let Some(key) = self.found(table) else { return };
        let Some(relation) = self.catalog.relations.get(&key) else { return };
        let uses: Vec<_> =
            relation.triggers.iter().flat_map(|trigger| trigger.uses.iter().copied()).collect();
        self.called_within(&uses, &BTreeSet::new());
    }

    fn named_by(&self, call: &Expression) -> Vec<Id> {
        let Expression::Call(call) = call else { return Vec::new() };
        let named = self.catalog.functions_named(&call.name);
        named.iter().map(|(_, function)| function.id).collect()
    }

    /// Forgets which functions perhaps ran, before a statement of the history's own that may change
    /// the catalog: what such a function may do is done once until then, however often it is called.
    pub(super) fn forget_what_ran(&mut self, kind: &StatementKind) {
        let leaves_catalog = kind.is_about_rows() || matches!(kind, StatementKind::Nothing);
        if self.calls.is_empty() && !leaves_catalog {
            self.perhaps_ran.clear();
        }
    }

    fn perhaps_ran(&mut self, id: Id) {
        if !self.may_be_called(id) || !self.perhaps_ran.insert(id) {
            return;
        }
        let mut all = self.catalog.functions.iter();
        let found = all.find_map(|(key, functions)| {
            let function = functions.iter().find(|function| function.id == id)?;
            Some((key.clone(), function.code.clone()?))
        });
        drop(all);
        let Some((key, code)) = found else { return };
        if self.may_define(&code, &mut BTreeSet::new()) {
            self.run_code(&(key, id, Place::default()), &code, Vec::new(), false);
        }
    }

    /// Whether code, or a function that it calls, has a word of a statement that changes the
    /// catalog.
    pub(super) fn may_define(&self, code: &Code, seen: &mut BTreeSet<Id>) -> bool {
        const VERBS: [(&str, usize); 3] = [("create", 0), ("alter", 1), ("drop", 3)];
        if VERBS.iter().any(|(word, rare)| has_word(&code.text, word, *rare)) {
            return true;
        }
        let tokens: Vec<_> = Lexer::new(&code.text, Database::Postgres)
            .filter(|token| token.kind.is_significant())
            .collect();
        let text =
            |index: usize| tokens.get(index).map_or("", |token| &code.text[token.start..token.end]);
        let name = |index: usize| Name::new(&text(index).to_lowercase(), Place::default());
        for (index, token) in tokens.iter().enumerate() {
            if token.kind != TokenKind::Word || text(index + 1) != "(" {
                continue;
            }
            let schema = (index > 1 && text(index - 1) == ".").then(|| name(index - 2));
            let called = QualifiedName { schema, name: name(index) };
            for (_, function) in self.catalog.functions_named(&called) {
                let Some(code) = &function.code else { continue };
                if seen.insert(function.id) && self.may_define(code, seen) {
                    return true;
                }
            }
        }
        false
    }
}

/// The calls of which a query makes nothing but its results or its only row source, and whether
/// each runs exactly once.
fn direct_calls(select: &Select) -> Vec<(&Expression, bool)> {
    let once = runs_once(select);
    let targets = select.targets.iter().map(|target| (&target.value, once));
    // A function in `FROM` is called once, whatever rows it gives.
    let sources = match select.from.as_slice() {
        [FromItem::Function { calls, .. }] => calls.as_slice(),
        _ => &[],
    };
    let once = select.conditions.is_empty();
    targets.chain(sources.iter().map(|call| (call, once))).collect()
}
