//! M604: no index begins with the columns of a foreign key.

use super::{History, Rule, finding};
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::replay::catalog::{ConstraintRule, Id, Key, Relation, Site};
use crate::replay::model::ObjectKind;

/// A row of the other table can be deleted without reading this one from end to end.
///
/// `MySQL` makes such an index itself. Partitions have those of the table they belong to.
#[derive(Debug)]
pub(super) struct ForeignKeyWithoutIndex;

impl Rule for ForeignKeyWithoutIndex {
    fn code(&self) -> Code {
        Code::M604
    }

    fn databases(&self) -> &'static [Database] {
        &[Database::Postgres, Database::Sqlite]
    }

    fn judge(&self, history: &History<'_>) -> Vec<Diagnostic> {
        if history.catalog.unknown.has_kind(ObjectKind::Index) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for (key, table, _) in history.tables() {
            let hides_indexes = table.is_open || table.has_hidden_parts || table.is_partition;
            if hides_indexes {
                continue;
            }
            for (columns, site) in foreign_keys(history, table) {
                if !history.catalog.has_key_or_index(table, &columns) {
                    findings.extend(self.found(history, key, table, &columns, site));
                }
            }
        }
        findings
    }
}

impl ForeignKeyWithoutIndex {
    fn found(
        &self,
        history: &History<'_>,
        key: &Key,
        table: &Relation,
        columns: &[Id],
        site: Site,
    ) -> Option<Diagnostic> {
        let name = |id: &Id| table.columns.iter().find(|column| column.id == *id);
        let names: Option<Vec<_>> = columns.iter().map(|id| Some(&*name(id)?.name)).collect();
        let names = names?;
        let listed = names.join(", ");
        let message = format!("no index of `{}` begins with `{listed}`, its foreign key", key.name);
        let index = history.database.quote(&format!("{}_{}_idx", key.name, names.join("_")));
        let found = finding(self.code(), site, message)
            .note("to delete or change a row it refers to, the server reads the whole table")
            .help(format!(
                "add a migration with `CREATE INDEX {index} ON {} ({});`",
                history.table_name(key),
                history.columns(&names)
            ));
        Some(found)
    }
}

/// The foreign keys that are certainly there, each with its place.
fn foreign_keys(history: &History<'_>, table: &Relation) -> Vec<(Vec<Id>, Site)> {
    let own = table.constraints.iter().filter(|constraint| constraint.is_certain);
    let own = own.filter_map(|constraint| match &constraint.rule {
        ConstraintRule::Foreign { columns, .. } if !columns.is_empty() => {
            Some((columns.clone(), constraint.site?))
        }
        _ => None,
    });
    let with_columns = history.events.references.iter().filter(|one| one.table == table.id);
    own.chain(with_columns.map(|one| (vec![one.column], one.site))).collect()
}
