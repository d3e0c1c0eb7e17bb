//! M602: a table has policies, and row-level security is not enabled on it.

use super::{History, Rule, finding, span};
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::replay::model::ObjectKind;

/// Policies hold: row-level security is enabled where there are any.
#[derive(Debug)]
pub(super) struct PolicyWithoutRls;

impl Rule for PolicyWithoutRls {
    fn code(&self) -> Code {
        Code::M602
    }

    fn databases(&self) -> &'static [Database] {
        &[Database::Postgres]
    }

    fn judge(&self, history: &History<'_>) -> Vec<Diagnostic> {
        let off = history.tables().filter(|(_, table, _)| table.row_security == Some(false));
        let found = off.filter_map(|(key, table, created)| {
            let lost = |name: &str| history.catalog.unknown.may_have_lost(ObjectKind::Policy, name);
            let policies =
                || table.policies.iter().filter(|policy| policy.is_certain && !lost(&policy.name));
            let (first, site) = policies().find_map(|policy| Some((policy, policy.site?)))?;
            let message = format!(
                "row-level security is not enabled on `{}`: its policy `{}` has no effect",
                key.name, first.name
            );
            let others = policies().count() - 1;
            let mut found = finding(self.code(), site, message)
                .also(span(created), "the table is created here")
                .help(format!(
                    "add a migration with `ALTER TABLE {} ENABLE ROW LEVEL SECURITY;`",
                    history.table_name(key)
                ));
            if others > 0 {
                let verb = if others == 1 { "policy has" } else { "policies have" };
                found = found.note(format!("{others} other {verb} no effect either"));
            }
            Some(found)
        });
        found.collect()
    }
}
