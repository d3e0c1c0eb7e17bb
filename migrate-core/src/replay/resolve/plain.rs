//! Expressions that are kept with a table and judged row by row.

use super::aggregate::{calls_in, has_query};
use super::{Fault, Resolver, place};
use crate::diagnostics::Code;
use crate::replay::model::{Expression, ObjectKind};

impl Resolver<'_> {
    /// Sub-queries and aggregates in checks, defaults, generated columns and indexes.
    pub(crate) fn plain(&mut self, expressions: &[Expression], clause: &str) {
        if !self.dialect.keeps_definitions_plain() {
            return;
        }
        self.refuse_aggregates(expressions, clause);
        if let Some(expression) = expressions.iter().find(|expression| has_query(expression)) {
            let at = place::of_expression(expression).unwrap_or_default();
            let message = format!("a sub-query stands in {clause}");
            self.faults.push(Fault::new(Code::M422, at, message));
        }
    }

    /// Functions whose results change, where they are kept: in indexes and generated columns.
    pub(crate) fn immutable(&mut self, expressions: &[Expression], clause: &str) {
        let mut calls = Vec::new();
        for expression in expressions {
            calls_in(expression, &mut calls);
        }
        for call in calls {
            let name = &call.name;
            let is_own = name.schema.is_some()
                || !self.catalog.functions_named(name).is_empty()
                || self.catalog.unknown.covers(ObjectKind::Function, &name.name.text);
            if !is_own && self.dialect.is_volatile(&name.name.text) {
                let message = format!(
                    "`{}` changes from call to call, and stands in {clause}",
                    name.name.text
                );
                self.faults.push(Fault::new(Code::M422, name.place(), message));
                return;
            }
        }
    }
}
