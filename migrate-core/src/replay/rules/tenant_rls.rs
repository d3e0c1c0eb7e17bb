//! M601: a table with the tenant column lacks row-level security or a policy.

use super::{History, Rule, finding, span};
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::replay::catalog::{Column, Key, Relation};
use crate::replay::model::ObjectKind;

/// Every table of a tenant is under row-level security.
///
/// Partitions are left out: rows are read through the table that they are parts of.
#[derive(Debug)]
pub(super) struct TenantRls;

impl Rule for TenantRls {
    fn code(&self) -> Code {
        Code::M601
    }

    fn databases(&self) -> &'static [Database] {
        &[Database::Postgres]
    }

    fn judge(&self, history: &History<'_>) -> Vec<Diagnostic> {
        let Some(tenant) = history.tenant_column else { return Vec::new() };
        let mut findings = Vec::new();
        for (key, table, site) in history.tables().filter(|(_, table, _)| !table.is_partition) {
            let Some(column) = table.column(tenant).filter(|column| column.is_certain) else {
                continue;
            };
            let is_off = table.row_security == Some(false);
            let may_have_policy =
                !table.policies.is_empty() || history.catalog.unknown.has_kind(ObjectKind::Policy);
            let message = match (is_off, may_have_policy) {
                (true, _) => "row-level security is not enabled on it",
                // Then nobody but the owner sees a row, which is safe and hardly meant.
                (false, false) if table.row_security == Some(true) => "it has no policy",
                _ => continue,
            };
            let message = format!("`{}` has the tenant column `{tenant}`, and {message}", key.name);
            let mut found = finding(self.code(), site, message);
            if let Some(added) = column.site.filter(|added| added.file != site.file) {
                found = found.also(span(added), format!("`{tenant}` is added here"));
            }
            if is_off {
                let name = history.table_name(key);
                found = found.help(format!(
                    "add a migration with `ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;`"
                ));
            }
            if !may_have_policy {
                found = found.help(policy(history, key, table, column));
            }
            findings.push(found);
        }
        findings
    }
}

/// A policy to begin with: where the application keeps its tenant is its own affair.
fn policy(history: &History<'_>, key: &Key, table: &Relation, column: &Column) -> String {
    let quote = |name: &str| history.database.quote(name);
    let policy = quote(&format!("{}_tenant", key.name));
    let column_name = quote(&column.name);
    let setting = format!("current_setting('app.{}')", column.name);
    let value = match &*column.type_name {
        "" | "text" => setting,
        written => format!("{setting}::{written}"),
    };
    let also = if table.row_security == Some(true) { "add a migration with" } else { "and" };
    format!(
        "{also} a policy, such as `CREATE POLICY {policy} ON {} USING ({column_name} = {value});`",
        history.table_name(key)
    )
}
