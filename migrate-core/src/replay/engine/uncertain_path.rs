//! Statements whose bare names go where the search path says, when it is not known which holds.

use super::Engine;
use crate::replay::catalog::Found;
use crate::replay::model::{ObjectKind, QualifiedName, StatementKind, Text};

impl Engine {
    /// Takes note of the schema in which the path at hand creates things.
    pub(super) fn note_creation_schema(&mut self) {
        let schemas = &self.catalog.schemas;
        let Some(first) = self.catalog.path.iter().find(|name| schemas.contains_key(*name)) else {
            // With such a path bare names cannot be created at all.
            return;
        };
        if !self.other_creation_schemas.contains(first) {
            self.other_creation_schemas.push(first.clone());
        }
    }

    /// Whether a bare name may be created in another schema than the path at hand says.
    pub(super) fn may_create_elsewhere(&self) -> bool {
        let usual = self.catalog.creation_schema();
        self.catalog.path_is_uncertain
            && (!self.path_may_live_on
                || self.other_creation_schemas.iter().any(|schema| *schema != usual))
    }

    /// Bare names that a statement creates, changes or drops in one schema or another.
    pub(super) fn placed_uncertainly(&self, kind: &StatementKind) -> Vec<Text> {
        if !self.catalog.path_is_uncertain {
            return Vec::new();
        }
        if let Some(name) = created(kind) {
            let is_open = self.may_create_elsewhere();
            return if is_open { bare(name).into_iter().collect() } else { Vec::new() };
        }
        let mut names: Vec<Text> = changed(kind)
            .into_iter()
            .filter_map(bare)
            .filter(|name| {
                let relations = self.catalog.relations.keys();
                let operators = self.catalog.typed.keys().map(|key| &key.name);
                relations.chain(operators).filter(|key| key.name == *name).count() > 1
            })
            .collect();
        names.sort_unstable();
        names
    }
}

impl Engine {
    /// Whether a statement changes a table that may not be the one that it means.
    pub(super) fn changes_a_guess(&self, kind: &StatementKind) -> bool {
        let mut names = changed(kind);
        match kind {
            StatementKind::CreateIndex(index) => names.push(&index.table),
            StatementKind::CreateTrigger(trigger) => names.push(&trigger.table),
            StatementKind::Truncate(table) => names.push(table),
            StatementKind::Drop(drop) => {
                names.extend(drop.targets.iter().filter_map(|target| target.on.as_ref()));
            }
            StatementKind::Rename(rename) => names.extend(&rename.target.on),
            _ => {}
        }
        let passes_over = matches!(kind, StatementKind::Drop(drop) if drop.if_exists);
        names.iter().any(|name| {
            let Found::Present(key) = self.catalog.find_relation(self.dialect, name) else {
                return false;
            };
            // A drop says nothing of a table that the server knows by no other case.
            key.is_guessed(name) || passes_over && key.name != name.name.text
        })
    }
}

fn bare(name: &QualifiedName) -> Option<Text> {
    (name.schema.is_none() && !name.is_wildcard()).then(|| name.name.text.clone())
}

/// The name of what a statement creates in a schema.
pub(super) fn created(kind: &StatementKind) -> Option<&QualifiedName> {
    match kind {
        StatementKind::CreateTable(table) if !table.temporary => Some(&table.name),
        StatementKind::CreateView(view) if !view.temporary => Some(&view.name),
        StatementKind::CreateSequence { name, .. } => Some(name),
        StatementKind::CreateType(create) => Some(&create.name),
        StatementKind::CreateFunction(create) => Some(&create.name),
        StatementKind::CreateTyped(create) if create.target.kind != ObjectKind::Cast => {
            Some(&create.target.name)
        }
        _ => None,
    }
}

fn changed(kind: &StatementKind) -> Vec<&QualifiedName> {
    match kind {
        StatementKind::AlterTable(alter) => vec![&alter.name],
        StatementKind::Drop(drop) => drop.targets.iter().map(|target| &target.name).collect(),
        StatementKind::Rename(rename) => vec![&rename.target.name],
        StatementKind::SetSchema(set) => vec![&set.target.name],
        _ => Vec::new(),
    }
}
