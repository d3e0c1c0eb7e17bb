//! The tables of publications.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Found, Id};
use crate::replay::model::{
    AlterPublication, Name, ObjectKind, ObjectReference, PublicationChange, QualifiedName,
};
use crate::replay::resolve::Fault;

impl Engine {
    /// Enters the tables of a new publication; `None` where there may be others.
    pub(super) fn publish(&mut self, name: &Name, tables: Option<&[QualifiedName]>) {
        // Surroundings are near enough to resolve names, not more.
        let ids: Option<Vec<Id>> = tables
            .filter(|_| self.file.is_some())
            .and_then(|tables| tables.iter().map(|table| self.published_table(table)).collect());
        match ids {
            Some(ids) => drop(self.catalog.published.insert(name.text.clone(), Arc::new(ids))),
            None => drop(self.catalog.published.remove(&name.text)),
        }
    }

    /// A table that certainly is there and has none beside it that go with it.
    fn published_table(&self, table: &QualifiedName) -> Option<Id> {
        let Found::Present(key) = self.catalog.find_relation(self.dialect, table) else {
            return None;
        };
        let relation = self.catalog.relations.get(&key)?;
        let is_alone = self.catalog.descendants_of(relation.id).is_empty();
        (relation.is_certain && is_alone).then_some(relation.id)
    }

    pub(super) fn alter_publication(&mut self, alter: &AlterPublication) {
        let reference = |kind, name: &QualifiedName| ObjectReference {
            kind,
            name: name.clone(),
            on: None,
            arguments: None,
        };
        let own = QualifiedName::bare(alter.name.clone());
        self.refer(&reference(ObjectKind::Publication, &own));
        for table in &alter.tables {
            self.refer(&reference(ObjectKind::Relation, table));
        }
        for column in &alter.columns {
            self.refer(column);
        }
        let name = &alter.name.text;
        let is_doubtful = self.catalog.unknown.covers(ObjectKind::Publication, name)
            || self.catalog.unknown.may_have_lost(ObjectKind::Publication, name)
            || alter.name.is_wildcard();
        if is_doubtful || alter.is_open {
            self.catalog.published.remove(name);
            return;
        }
        if alter.change == PublicationChange::Set {
            // A table in it may be followed by those that inherit from it.
            let tables = Some(alter.tables.as_slice());
            let known = self.catalog.published.contains_key(name);
            self.publish(&alter.name, tables.filter(|_| known));
            return;
        }
        let Some(listed) = self.catalog.published.get(name).cloned() else { return };
        let mut tables: Vec<Id> = listed.to_vec();
        let mut faults = Vec::new();
        for table in &alter.tables {
            let Some(id) = self.published_table(table) else {
                self.catalog.published.remove(name);
                return;
            };
            let adds = alter.change == PublicationChange::Add;
            match (listed.contains(&id), adds) {
                (true, true) => faults.push((
                    Code::M408,
                    table,
                    format!("`{}` is already in the publication `{name}`", table.display()),
                )),
                (false, false) => faults.push((
                    Code::M409,
                    table,
                    format!("`{}` is not in the publication `{name}`", table.display()),
                )),
                (false, true) => tables.push(id),
                (true, false) => tables.retain(|own| *own != id),
            }
        }
        self.catalog.published.insert(name.clone(), Arc::new(tables));
        for (code, table, message) in faults {
            self.fault(Fault::new(code, table.place(), message));
        }
    }
}
