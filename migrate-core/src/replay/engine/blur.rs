//! What becomes unknown after something that cannot be read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Engine;
use crate::replay::adapter::parse_code;
use crate::replay::catalog::{Id, Key, Pattern, TypeKind};
use crate::replay::model::{
    AlterTable, AlterType, Code, Drop, Name, ObjectKind, Place, QualifiedName, StatementKind,
    TableAction, Text, WILDCARD,
};
use crate::sql::has_word;

/// Functions that call functions that call functions.
const DEEPEST_CALL: usize = 5;

/// Whether code may do more than read and write rows.
fn changes_catalog(code: &Code) -> bool {
    const VERBS: [(&str, usize); 7] = [
        ("create", 0),
        ("alter", 1),
        ("drop", 3),
        ("rename", 4),
        ("execute", 1),
        ("perform", 0),
        ("call", 0),
    ];
    // `SELECT … INTO` makes a table, where it fills no variables.
    code.is_sql && has_word(&code.text, "into", 0)
        || VERBS.iter().any(|(word, rare)| has_word(&code.text, word, *rare))
        || changes_system_rows(&code.text)
}

/// Whether code may change rows of the server's own tables, which stand for objects.
fn changes_system_rows(text: &str) -> bool {
    const VERBS: [(&str, usize); 3] = [("update", 0), ("delete", 0), ("insert", 0)];
    text.contains("pg_") && VERBS.iter().any(|(word, rare)| has_word(text, word, *rare))
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
            self.doubt_relation(&key);
        }
    }

    /// Doubts the relations that a bare name may mean: something was done to one of them.
    pub(super) fn doubt_namesakes(&mut self, name: &QualifiedName) {
        self.doubts += 1;
        if name.schema.is_some() {
            return;
        }
        let keys = self.catalog.relations.keys();
        let named: Vec<Key> = keys.filter(|key| key.name == name.name.text).cloned().collect();
        for key in named {
            self.doubt_relation(&key);
        }
    }

    /// Runs the code of a function that a statement calls, once and certainly or not.
    pub(super) fn ran_function(
        &mut self,
        name: &QualifiedName,
        texts: &[Option<Text>],
        once: bool,
    ) {
        let named = self.catalog.functions_named(name);
        let found: Vec<_> = named
            .into_iter()
            .filter_map(|(key, function)| Some((key.clone(), function.id, function.code.clone()?)))
            .collect();
        let once = once && found.len() == 1;
        for (key, id, code) in found {
            let arguments = code.parameters.iter().zip(texts);
            let arguments = arguments
                .filter_map(|(name, text)| Some((name.clone(), text.as_ref()?.to_string())))
                .collect();
            let call = (key, id, name.place());
            self.run_code(&call, &code, arguments, once);
            // What it sets may live on behind the call, or end with the function.
            self.catalog.path_is_uncertain |= has_word(&code.text, "search_path", 7);
        }
    }

    /// Whether a function is not being run already, nor too deep in others.
    pub(super) fn may_be_called(&self, id: Id) -> bool {
        !self.calls.contains(&id) && self.calls.len() <= DEEPEST_CALL
    }

    /// Says whether the code was run.
    pub(super) fn run_code(
        &mut self,
        (key, id, place): &(Key, Id, Place),
        code: &Code,
        arguments: Vec<(String, String)>,
        once: bool,
    ) -> bool {
        if !self.may_be_called(*id) {
            return false;
        }
        let calls_one_that_does =
            || self.dialect.checks_signatures() && self.may_define(code, &mut BTreeSet::new());
        if !(changes_catalog(code) || calls_one_that_does()) {
            return false;
        }
        self.calls.push(*id);
        let mut block = parse_code(code, self.database, *place, arguments);
        let parameters = code.parameters.iter().filter(|name| !name.is_empty());
        block.variables.extend(parameters.map(|name| Name::new(name, Place::default())));
        block.variables.push(Name { text: key.name.clone(), place: Place::default() });
        let opaque = self.opaque_now.clone();
        let once = once || self.dialect.follows_calls();
        self.unheard(|engine| {
            engine.under_path_of(code, |engine| {
                if once {
                    engine.block(&block);
                } else {
                    engine.run_uncertainly(&block);
                }
            });
        });
        // The code's own dynamic SQL is opaque where the code is called.
        if self.opaque_now.is_some() {
            self.opaque_now =
                opaque.or_else(|| Some(Text::from("a call of a function with dynamic SQL")));
        }
        self.calls.pop();
        if once && self.calls.is_empty() {
            self.perhaps_ran.clear();
        }
        true
    }

    /// Runs a statement that names things known only at run time; says whether it was one.
    pub(super) fn blur_wildcards(&mut self, kind: &StatementKind) -> bool {
        let named = |name: &QualifiedName| Some(name.clone());
        let of = |name: &Name, on: &QualifiedName| {
            let is_wild = name.is_wildcard() || on.is_wildcard();
            is_wild.then(|| QualifiedName::bare(name.clone()))
        };
        let (object, name) = match kind {
            StatementKind::CreateTable(table) | StatementKind::CreateVirtualTable(table, _) => {
                (ObjectKind::Relation, named(&table.name))
            }
            StatementKind::CreateSequence { name, .. } => (ObjectKind::Relation, named(name)),
            StatementKind::CreateView(view) => (ObjectKind::Relation, named(&view.name)),
            StatementKind::CreateType(create) => (ObjectKind::Type, named(&create.name)),
            StatementKind::AlterType { name, actions }
                if actions.iter().any(AlterType::names_wildcard) =>
            {
                self.open_type(name);
                return true;
            }
            StatementKind::AlterType { name, .. } => (ObjectKind::Type, named(name)),
            StatementKind::CreateFunction(create) => (ObjectKind::Function, named(&create.name)),
            StatementKind::CreateObject { target, .. } => (target.kind, named(&target.name)),
            StatementKind::CreateTyped(create) => (create.target.kind, named(&create.target.name)),
            StatementKind::CreateExtension { name, .. } => {
                (ObjectKind::Extension, Some(QualifiedName::bare(name.clone())))
            }
            StatementKind::CreateSchema { name: Some(name), .. } => {
                (ObjectKind::Schema, Some(QualifiedName::bare(name.clone())))
            }
            StatementKind::CreateTrigger(create) => {
                return self.blur_part(ObjectKind::Trigger, of(&create.name, &create.table));
            }
            StatementKind::CreatePolicy(policy) | StatementKind::AlterPolicy(policy) => {
                return self.blur_part(ObjectKind::Policy, of(&policy.name, &policy.table));
            }
            StatementKind::CreateRule { name, table, .. } => {
                return self.blur_part(ObjectKind::Rule, of(name, table));
            }
            StatementKind::CreateIndex(index) => {
                let made_up = || Name::new(WILDCARD, index.table.name.place);
                let name = index.name.clone().unwrap_or_else(made_up);
                let is_named = index.name.as_ref().is_some_and(Name::is_wildcard);
                let is_wild = index.table.is_wildcard() || is_named;
                let name = is_wild.then(|| QualifiedName::bare(name));
                return self.blur_part(ObjectKind::Index, name);
            }
            StatementKind::AlterTable(alter) => return self.blur_alter(alter),
            StatementKind::Drop(drop) => return self.blur_drop(drop),
            StatementKind::Rename(rename) => {
                let is_wild = rename.target.name.is_wildcard() || rename.to.is_wildcard();
                if is_wild {
                    self.may_be_gone(rename.target.kind, &rename.target.name.name);
                    self.may_appear(rename.target.kind, &rename.to);
                }
                return is_wild;
            }
            StatementKind::SetSchema(set) => {
                let is_wild = set.target.name.is_wildcard() || set.schema.is_wildcard();
                if is_wild {
                    self.may_be_gone(set.target.kind, &set.target.name.name);
                    self.may_appear(set.target.kind, &set.target.name.name);
                }
                return is_wild;
            }
            _ => return false,
        };
        self.blur_part(object, name.filter(QualifiedName::is_wildcard))
    }

    /// A type that may have values or fields which nobody lists, and may have lost others.
    fn open_type(&mut self, name: &QualifiedName) {
        self.doubts += 1;
        let Some(key) = self.type_key(name) else { return };
        let Some(data) = self.catalog.types_mut().get_mut(&key) else { return };
        if let TypeKind::Enum { is_open, .. }
        | TypeKind::Composite { is_open, .. }
        | TypeKind::Domain { is_open, .. } = &mut Arc::make_mut(data).kind
        {
            *is_open = true;
        }
    }

    fn blur_part(&mut self, kind: ObjectKind, name: Option<QualifiedName>) -> bool {
        let Some(name) = name else { return false };
        self.may_appear(kind, &name.name);
        true
    }

    fn blur_drop(&mut self, drop: &Drop) -> bool {
        let is_wild = drop.targets.iter().any(|target| {
            target.name.is_wildcard() || target.on.as_ref().is_some_and(QualifiedName::is_wildcard)
        });
        if is_wild {
            for target in &drop.targets {
                self.may_be_gone(target.kind, &target.name.name);
            }
        }
        is_wild
    }

    fn blur_alter(&mut self, alter: &AlterTable) -> bool {
        let is_wild = alter.name.is_wildcard() || alter.actions.iter().any(names_wildcard);
        if !is_wild {
            return false;
        }
        for action in &alter.actions {
            self.blur_action(&alter.name.name, action);
        }
        if !alter.name.is_wildcard()
            && let Some(key) = self.found(&alter.name)
        {
            self.doubt_relation(&key);
        }
        true
    }

    /// A relation of which anything may have changed, its indexes included.
    pub(super) fn doubt_relation(&mut self, key: &Key) {
        self.catalog.doubt_relation(key);
    }

    fn blur_action(&mut self, table: &Name, action: &TableAction) {
        match action {
            TableAction::AddColumn { column, .. } => {
                self.may_appear(ObjectKind::Column, &column.name);
            }
            TableAction::DropColumn { name, .. } => self.may_be_gone(ObjectKind::Column, name),
            TableAction::RenameColumn { from, to } => {
                self.may_be_gone(ObjectKind::Column, from);
                self.may_appear(ObjectKind::Column, to);
            }
            TableAction::RenameTo(to) => {
                self.may_be_gone(ObjectKind::Relation, table);
                self.may_appear(ObjectKind::Relation, &to.name);
            }
            TableAction::SetSchema(_) => {
                self.may_be_gone(ObjectKind::Relation, table);
                self.may_appear(ObjectKind::Relation, table);
            }
            TableAction::AddConstraint(constraint) => {
                let made_up = Name::new(WILDCARD, table.place);
                let name = constraint.name.as_ref().unwrap_or(&made_up);
                self.may_appear(ObjectKind::Constraint, name);
                self.may_appear(ObjectKind::Index, name);
            }
            TableAction::DropConstraint { name, .. } => {
                self.may_be_gone(ObjectKind::Constraint, name);
                self.may_be_gone(ObjectKind::Index, name);
            }
            TableAction::RenameConstraint { from, to } => {
                self.may_be_gone(ObjectKind::Constraint, from);
                self.may_appear(ObjectKind::Constraint, to);
            }
            TableAction::Inherit(_) => {
                let any = Name::new(WILDCARD, table.place);
                self.may_appear(ObjectKind::Column, &any);
            }
            TableAction::RowSecurity(on) => self.perhaps_row_security(table, *on),
            _ => {}
        }
    }

    /// Row-level security may have been switched on tables with such a name.
    fn perhaps_row_security(&mut self, table: &Name, on: bool) {
        let pattern = Pattern::new(ObjectKind::Table, &table.text);
        let meant = self.catalog.relations.iter().filter(|(key, relation)| {
            relation.row_security == Some(!on) && pattern.matches(ObjectKind::Relation, &key.name)
        });
        let meant: Vec<_> = meant.map(|(key, _)| key.clone()).collect();
        for key in meant {
            if let Some(relation) = self.catalog.relation_mut(&key) {
                relation.row_security = None;
            }
        }
    }

    /// Objects of a kind with such a name may be there from now on.
    pub(super) fn may_appear(&mut self, kind: ObjectKind, name: &Name) {
        self.doubts += 1;
        self.catalog.unknown_mut().appeared.insert(Pattern::new(kind, &name.text));
    }

    /// Objects of a kind with such a name may have gone.
    pub(super) fn may_be_gone(&mut self, kind: ObjectKind, name: &Name) {
        self.doubts += 1;
        self.catalog.unknown_mut().gone.insert(Pattern::new(kind, &name.text));
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
