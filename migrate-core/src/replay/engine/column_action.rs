//! What a column's own attributes keep a single action of `ALTER TABLE` from.
//!
//! Source: `ATExecAddIdentity`, `ATExecColumnDefault` and `ATExecDropNotNull` in Postgres's
//! `tablecmds.c`.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, ConstraintRule, Key, Relation};
use crate::replay::model::{AlterTable, Name, TableAction};
use crate::replay::resolve::{Fault, cannot_count, is_known_table};

impl Engine {
    /// A fault where the only action of a statement does not go with what its column is. Several
    /// are run in an order of the server's own.
    pub(super) fn suits_its_column(&mut self, key: &Key, alter: &AlterTable) {
        let [action] = alter.actions.as_slice() else { return };
        if !self.dialect.checks_signatures() {
            return;
        }
        let Some(name) = column_of(action) else { return };
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if !is_known_table(relation) {
            return;
        }
        let Some(column) = relation.column(&name.text) else { return };
        let Some((problem, help)) = problem(relation, column, action) else { return };
        let message = format!("`{}` of `{}` {problem}", name.text, key.name);
        let fault = Fault::new(Code::M422, name.place, message)
            .at_site(column.site, "the column is added here")
            .help(help);
        self.fault(fault);
    }
}

/// The column that an action is judged by.
fn column_of(action: &TableAction) -> Option<&Name> {
    match action {
        TableAction::AddIdentity(column, _)
        | TableAction::SetDefault { column, .. }
        | TableAction::DropDefault(column)
        | TableAction::SetNotNull(column, false) => Some(column),
        _ => None,
    }
}

/// Why an action fails, and what to do instead.
fn problem(
    relation: &Relation,
    column: &Column,
    action: &TableAction,
) -> Option<(&'static str, &'static str)> {
    let is_key = |rule: &ConstraintRule| matches!(rule, ConstraintRule::Primary(ids) if ids.contains(&column.id));
    Some(match action {
        TableAction::AddIdentity(..) if cannot_count(&column.type_name) => {
            ("is no integer, and an identity is one", "`ALTER COLUMN … TYPE bigint` makes it one")
        }
        TableAction::AddIdentity(..) if !column.not_null => {
            ("may be null, and an identity may not", "write `ALTER COLUMN … SET NOT NULL` before")
        }
        TableAction::AddIdentity(..) if column.default.is_some() || column.counts => {
            ("has a default, and an identity is one", "write `ALTER COLUMN … DROP DEFAULT` before")
        }
        TableAction::SetDefault { .. } | TableAction::DropDefault(_) if column.is_generated => (
            "is generated, and has no default",
            "`ALTER COLUMN … DROP EXPRESSION` makes it an ordinary column",
        ),
        TableAction::SetDefault { .. } | TableAction::DropDefault(_)
            if column.is_always_identity =>
        {
            ("is an identity, which is its default", "write `ALTER COLUMN … DROP IDENTITY` before")
        }
        TableAction::SetNotNull(..) if column.is_always_identity => {
            ("is an identity, which is not null", "write `ALTER COLUMN … DROP IDENTITY` before")
        }
        TableAction::SetNotNull(..)
            if relation.constraints.iter().any(|entry| is_key(&entry.rule)) =>
        {
            ("is in the primary key, which is not null", "drop the primary key before")
        }
        _ => return None,
    })
}
