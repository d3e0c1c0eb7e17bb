//! What becomes unknown after something that cannot be read.

use super::Engine;
use crate::replay::adapter::parse_code;
use crate::replay::catalog::{Id, Key, Relation};
use crate::replay::model::{
    Code, Name, ObjectKind, Place, QualifiedName, StatementKind, TableAction, Text,
};

/// Functions that call functions that call functions.
const DEEPEST_CALL: usize = 5;

/// Whether code may do more than read and write rows.
fn changes_catalog(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["create", "alter", "drop", "execute", "perform"].iter().any(|word| lower.contains(word))
}

impl Engine {
    /// Makes unknown what something unreadable may have touched: the names it mentions, or
    /// everything.
    pub(super) fn blur(&mut self, mentions: Option<&[Text]>) {
        self.doubts += 1;
        let Some(mentions) = mentions else {
            self.catalog.unknown_mut().everything = true;
            return;
        };
        if mentions.is_empty() {
            return;
        }
        self.catalog.unknown_mut().names.extend(mentions.iter().cloned());
        let touched: Vec<_> = self
            .catalog
            .relations
            .keys()
            .filter(|key| mentions.binary_search(&key.name).is_ok())
            .cloned()
            .collect();
        for key in touched {
            if let Some(relation) = self.catalog.relation_mut(&key) {
                doubt(relation);
            }
        }
    }

    /// Runs the code of a function that a statement calls; what it does is uncertain, since
    /// it depends on arguments and data.
    pub(super) fn ran_function(&mut self, name: &QualifiedName) {
        let named = self.catalog.functions_named(name);
        let found: Vec<_> = named
            .into_iter()
            .filter_map(|(key, function)| Some((key.clone(), function.id, function.code.clone()?)))
            .collect();
        for (key, id, code) in found {
            self.run_code(&key, id, &code);
        }
    }

    fn run_code(&mut self, key: &Key, id: Id, code: &Code) {
        if self.calls.contains(&id)
            || self.calls.len() > DEEPEST_CALL
            || !changes_catalog(&code.text)
        {
            return;
        }
        self.calls.push(id);
        let mut block = parse_code(code, self.database);
        block.variables.push(Name { text: key.name.clone(), place: Place::default() });
        let opaque = self.opaque_now.clone();
        self.run_uncertainly(&block);
        // The code's own dynamic SQL is opaque where the code is called.
        if self.opaque_now.is_some() {
            self.opaque_now =
                opaque.or_else(|| Some(Text::from("a call of a function with dynamic SQL")));
        }
        self.calls.pop();
    }

    /// Runs a statement that names things known only at run time; says whether it was one.
    pub(super) fn blur_wildcards(&mut self, kind: &StatementKind) -> bool {
        match kind {
            StatementKind::CreateTable(table) if table.name.is_wildcard() => {
                self.blur_kind(ObjectKind::Relation);
            }
            StatementKind::AlterTable(alter) if alter.name.is_wildcard() => {
                for action in &alter.actions {
                    self.blur_action(action);
                }
            }
            StatementKind::AlterTable(alter)
                if alter.actions.iter().any(|action| names_wildcard(action)) =>
            {
                for action in &alter.actions {
                    self.blur_action(action);
                }
                if let Some(key) = self.found(&alter.name)
                    && let Some(relation) = self.catalog.relation_mut(&key)
                {
                    doubt(relation);
                }
            }
            StatementKind::CreateIndex(index)
                if index.table.is_wildcard()
                    || index.name.as_ref().is_some_and(Name::is_wildcard) =>
            {
                self.blur_kind(ObjectKind::Index);
            }
            StatementKind::CreateSequence { name, .. } if name.is_wildcard() => {
                self.blur_kind(ObjectKind::Relation);
            }
            StatementKind::CreateType(create) if create.name.is_wildcard() => {
                self.blur_kind(ObjectKind::Type);
            }
            StatementKind::AlterType { name, .. } if name.is_wildcard() => {
                self.blur_kind(ObjectKind::Type);
            }
            StatementKind::CreateView(view) if view.name.is_wildcard() => {
                self.blur_kind(ObjectKind::Relation);
            }
            StatementKind::CreateFunction(function) if function.name.is_wildcard() => {
                self.blur_kind(ObjectKind::Function);
            }
            StatementKind::CreateTrigger(trigger)
                if trigger.table.is_wildcard() || trigger.name.is_wildcard() =>
            {
                self.blur_kind(ObjectKind::Trigger);
            }
            StatementKind::CreatePolicy(policy) | StatementKind::AlterPolicy(policy)
                if policy.table.is_wildcard() || policy.name.is_wildcard() =>
            {
                self.blur_kind(ObjectKind::Policy);
            }
            StatementKind::CreateRule { name, table, .. }
                if name.is_wildcard() || table.is_wildcard() =>
            {
                self.blur_kind(ObjectKind::Rule);
            }
            StatementKind::CreateObject { target, .. } if target.name.is_wildcard() => {
                self.blur_kind(target.kind);
            }
            StatementKind::CreateExtension { name, .. } if name.is_wildcard() => {
                self.blur_kind(ObjectKind::Extension);
            }
            StatementKind::CreateSchema { name, .. }
                if name.as_ref().is_some_and(Name::is_wildcard) =>
            {
                self.blur_kind(ObjectKind::Schema);
            }
            StatementKind::Drop(drop)
                if drop.targets.iter().any(|target| {
                    target.name.is_wildcard()
                        || target.on.as_ref().is_some_and(QualifiedName::is_wildcard)
                }) =>
            {
                for target in &drop.targets {
                    self.blur_kind(target.kind);
                }
            }
            StatementKind::Rename(rename)
                if rename.target.name.is_wildcard() || rename.to.is_wildcard() =>
            {
                self.blur_kind(rename.target.kind);
            }
            StatementKind::SetSchema(set)
                if set.target.name.is_wildcard() || set.schema.is_wildcard() =>
            {
                self.blur_kind(set.target.kind);
            }
            _ => return false,
        }
        self.doubts += 1;
        true
    }

    fn blur_action(&mut self, action: &TableAction) {
        match action {
            TableAction::AddColumn { column, .. } => self.blur_column(&column.name),
            TableAction::DropColumn { name, .. } => self.blur_column(name),
            TableAction::RenameColumn { from, to } => {
                self.blur_column(from);
                self.blur_column(to);
            }
            TableAction::RenameTo(_) | TableAction::SetSchema(_) => {
                self.blur_kind(ObjectKind::Relation);
            }
            TableAction::AddConstraint(_)
            | TableAction::DropConstraint { .. }
            | TableAction::RenameConstraint { .. } => {
                self.blur_kind(ObjectKind::Constraint);
                self.blur_kind(ObjectKind::Index);
            }
            TableAction::AttachPartition(_)
            | TableAction::DetachPartition(_)
            | TableAction::Inherit(_)
            | TableAction::NoInherit(_) => self.blur_kind(ObjectKind::Column),
            _ => {}
        }
    }

    fn blur_column(&mut self, name: &Name) {
        if name.is_wildcard() {
            self.blur_kind(ObjectKind::Column);
        } else {
            self.catalog.unknown_mut().columns.insert(name.text.clone());
        }
    }

    /// Any object of a kind may have come or gone.
    fn blur_kind(&mut self, kind: ObjectKind) {
        self.catalog.unknown_mut().add_kind(kind);
    }
}

fn names_wildcard(action: &TableAction) -> bool {
    match action {
        TableAction::AddColumn { column, .. } => column.name.is_wildcard(),
        TableAction::DropColumn { name, .. } | TableAction::DropConstraint { name, .. } => {
            name.is_wildcard()
        }
        TableAction::RenameColumn { from, to } | TableAction::RenameConstraint { from, to } => {
            from.is_wildcard() || to.is_wildcard()
        }
        TableAction::RenameTo(name)
        | TableAction::AttachPartition(name)
        | TableAction::DetachPartition(name) => name.is_wildcard(),
        TableAction::AddConstraint(constraint) => {
            constraint.name.as_ref().is_some_and(Name::is_wildcard)
        }
        _ => false,
    }
}

/// A relation of which anything may have changed.
pub(super) fn doubt(relation: &mut Relation) {
    relation.is_open = true;
    relation.is_certain = false;
    for column in &mut relation.columns {
        column.is_certain = false;
    }
    for constraint in &mut relation.constraints {
        constraint.is_certain = false;
    }
    for part in
        relation.triggers.iter_mut().chain(&mut relation.policies).chain(&mut relation.rules)
    {
        part.is_certain = false;
    }
}
