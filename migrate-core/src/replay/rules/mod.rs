//! Rules over the replayed schema: what a server accepts and a team may not want.
//!
//! A rule is off unless the set switches it on by its name, the slug of its code. A finding
//! stands at the statement that made the thing, and is waived there. Like the replay, a rule is
//! silent wherever it is not sure: what may have come about unseen may have come about rightly.
//!
//! To add one: a code of the series M6xx with its page, a file here with a unit struct, and its line in
//! [`ALL`].

mod foreign_key_without_index;
mod not_null_without_default;
mod policy_without_rls;
mod tenant_rls;
#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;

use std::collections::BTreeSet;

use super::catalog::{Catalog, Id, Key, Relation, Site, TEMPORARY};
use super::dialect::Dialect;
use super::engine::Engine;
use super::model::{ObjectKind, Text};
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::settings::Rules;
use crate::source::Span;

/// Every rule, in the order of codes.
const ALL: [&dyn Rule; 4] = [
    &tenant_rls::TenantRls,
    &policy_without_rls::PolicyWithoutRls,
    &not_null_without_default::NotNullWithoutDefault,
    &foreign_key_without_index::ForeignKeyWithoutIndex,
];

/// One rule.
trait Rule: Sync {
    /// The code of its findings.
    fn code(&self) -> Code;

    /// The servers on which it means something.
    fn databases(&self) -> &'static [Database];

    /// Returns what breaks it.
    fn judge(&self, history: &History<'_>) -> Vec<Diagnostic>;
}

/// What happened on the way and is not told by the catalog at the end.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// Columns that were added to tables of earlier migrations.
    pub(crate) added: Vec<AddedColumn>,
    /// Foreign keys that are written with their column, where those have no entry of their own.
    pub(crate) references: Vec<Reference>,
    /// Names by which functions of triggers see the changed rows.
    pub(crate) transition_tables: BTreeSet<Text>,
}

/// A column that was added to a table of an earlier migration.
#[derive(Debug)]
pub(crate) struct AddedColumn {
    pub(crate) table: Text,
    pub(crate) column: Text,
    /// The type as it is written.
    pub(crate) type_name: Text,
    pub(crate) site: Site,
    /// It refuses nulls, and nothing gives it a value in the rows that are there.
    pub(crate) lacks_value: bool,
}

/// A foreign key that is written with its column.
#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) table: Id,
    pub(crate) column: Id,
    pub(crate) site: Site,
}

/// A history that was replayed to its end.
struct History<'a> {
    catalog: &'a Catalog,
    dialect: &'a dyn Dialect,
    database: Database,
    events: &'a Events,
    tenant_column: Option<&'a str>,
}

/// Returns the servers on which the rule of a code means something.
pub fn databases_of_rule(code: Code) -> &'static [Database] {
    ALL.iter().find(|rule| rule.code() == code).map_or(&[], |rule| rule.databases())
}

/// Returns what breaks the rules that are switched on.
pub(super) fn judge(engine: &Engine, rules: &Rules) -> Vec<Diagnostic> {
    let history = History {
        catalog: &engine.catalog,
        dialect: engine.dialect(),
        database: engine.database(),
        events: &engine.events,
        tenant_column: rules.tenant_column.as_deref(),
    };
    let on = ALL.iter().filter(|rule| rules.on.contains(&rule.code()));
    on.filter(|rule| rule.databases().contains(&history.database))
        .flat_map(|rule| rule.judge(&history))
        .collect()
}

impl History<'_> {
    /// Tables that a migration made and that are certainly there, with the place that made them.
    fn tables(&self) -> impl Iterator<Item = (&Key, &Relation, Site)> {
        self.catalog.relations.iter().filter_map(|(key, relation)| {
            let is_lasting = relation.kind == ObjectKind::Table && &*key.schema != TEMPORARY;
            let is_sure = relation.is_certain && !self.catalog.unknown.everything;
            let site = relation.site.filter(|_| is_lasting && is_sure)?;
            Some((key, &**relation, site))
        })
    }

    /// A table's name as SQL that finds it.
    fn table_name(&self, key: &Key) -> String {
        let name = self.database.quote(&key.name);
        if self.dialect.default_path().contains(&&*key.schema) {
            name
        } else {
            format!("{}.{name}", self.database.quote(&key.schema))
        }
    }

    /// Names as a list of columns.
    fn columns(&self, names: &[&str]) -> String {
        let quoted: Vec<_> = names.iter().map(|name| self.database.quote(name)).collect();
        quoted.join(", ")
    }
}

fn finding(code: Code, site: Site, message: String) -> Diagnostic {
    Diagnostic::new(code, Place::Text(span(site)), message)
}

fn span(site: Site) -> Span {
    Span::new(site.file, site.place.range())
}
