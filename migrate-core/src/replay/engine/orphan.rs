//! Columns whose values come from one that goes, on servers that judge the actions of a statement
//! together: what speaks of it may go, or be defined anew, in the same statement.
//!
//! Source: `MySQL` 8.4 manual, 15.1.20.8 "CREATE TABLE and Generated Columns" and 15.1.9 "ALTER
//! TABLE"; seen on `MariaDB` 10.11 and `MySQL` 9.7.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, Dependency, Id, Key};
use crate::replay::model::{Name, ObjectKind};
use crate::replay::resolve::Fault;

/// A column that the statement at hand dropped.
#[derive(Debug, Clone)]
pub(super) struct Dropped {
    table: Id,
    column: Id,
    name: Name,
}

impl Engine {
    /// Keeps in mind that a column is dropped; [`Engine::settle`] judges it.
    pub(super) fn note_dropped(&mut self, table: Id, column: Id, name: &Name) {
        if self.dialect.only_foreign_keys_restrict() {
            self.dropped.push(Dropped { table, column, name: name.clone() });
        }
    }

    /// At the end of a statement, a fault for each column that was dropped from a table though
    /// the value of another comes from it.
    pub(super) fn settle(&mut self, key: &Key) {
        for Dropped { table, column, name } in std::mem::take(&mut self.dropped) {
            let Some(relation) = self.catalog.relations.get(key) else { return };
            let gone = Dependency::Column(table, column);
            let needs = |other: &&Column| {
                other.is_certain
                    && other.is_generated
                    && other.uses.contains(&gone)
                    && !self.catalog.unknown.may_have_lost(ObjectKind::Column, &other.name)
            };
            // `MariaDB` takes a column of the same name for it.
            let is_there = relation.column(&name.text).is_some();
            let is_sure = relation.is_certain && !relation.is_vague && !is_there;
            let Some(other) = relation.columns.iter().find(needs).filter(|_| is_sure) else {
                continue;
            };
            let message = format!("`{}` needs column `{}`", other.name, name.text);
            let fault = Fault::new(Code::M410, name.place, message)
                .at_site(other.site, "it is added here")
                .help(format!("drop `{}` in the same statement, or define it anew", other.name));
            self.fault(fault);
        }
    }
}
