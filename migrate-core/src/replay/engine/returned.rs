//! What a function in SQL returns: its last statement makes it.
//!
//! Source: `check_sql_fn_retval` in Postgres's `functions.c`; the result is converted as in an
//! assignment.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::model::{
    CreateFunction, Expression, ObjectKind, ParameterMode, QueryBody, Returns, Statement,
    StatementKind, TypeName,
};
use crate::replay::resolve::Fault;

impl Engine {
    /// A fault where the last statement certainly does not make what a function says it returns.
    pub(super) fn returns_what_it_says(
        &mut self,
        create: &CreateFunction,
        statements: &[Statement],
    ) {
        let Some(Returns::Type(returned)) = &create.returns else { return };
        let has_results = create
            .parameters
            .iter()
            .any(|it| matches!(it.mode, ParameterMode::Out | ParameterMode::InOut));
        if !self.dialect.checks_signatures()
            || create.kind != ObjectKind::Function
            || has_results
            || &*returned.name.name.text == "void"
        {
            return;
        }
        let said = statements.iter().rev();
        let mut said = said.filter(|it| !matches!(it.kind, StatementKind::Nothing));
        let Some(last) = said.next() else { return };
        match &last.kind {
            StatementKind::Query(query) => {
                if let QueryBody::Select(select) = &query.body
                    && select.into.is_none()
                    && let [target] = select.targets.as_slice()
                {
                    self.returns_value(&target.value, returned);
                }
            }
            kind if makes_no_rows(kind) => {
                let written = &returned.written;
                let message = format!("the function returns `{written}`, and this returns nothing");
                let fault = Fault::new(Code::M416, last.place, message)
                    .help("end the statement with `RETURNING`, or declare `RETURNS void`");
                self.fault(fault);
            }
            _ => {}
        }
    }

    fn returns_value(&mut self, value: &Expression, returned: &TypeName) {
        if self.catalog.seen.casts {
            return;
        }
        let mut known = None;
        self.check(&mut |resolver| known = resolver.known_value(value));
        let (Some(known), Some(wanted)) = (known, self.wanted_group(returned)) else { return };
        if known.group.becomes(wanted) {
            return;
        }
        let message = format!("{} is no value of `{}`", known.shown, returned.written);
        let fault = Fault::new(Code::M416, known.place, message)
            .help("the last statement makes what the function returns");
        self.fault(fault);
    }
}

/// Whether a statement changes rows without returning them.
fn makes_no_rows(kind: &StatementKind) -> bool {
    match kind {
        StatementKind::Insert(insert) => insert.returning.is_empty(),
        StatementKind::Update(update) => update.returning.is_empty(),
        StatementKind::Delete(delete) => delete.returning.is_empty(),
        _ => false,
    }
}
