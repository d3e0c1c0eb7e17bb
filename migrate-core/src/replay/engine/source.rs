//! Views and triggers that the server keeps as they are written.
//!
//! `SQLite` looks into them when they are used, and into all of them whenever a table is
//! renamed or loses a column: one that names what is not there makes that fail.
//!
//! Source: `renameTestSchema` in `SQLite`'s `alter.c`.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    ConstraintRule, Dependency, Id, Key, Relation, Site, Source, SourceKey, TEMPORARY, Tombstone,
};
use crate::replay::model::{
    ConstraintKind, CreateIndex, CreateTrigger, CreateView, Name, ObjectKind, ObjectReference,
    Place, TableAction,
};
use crate::replay::resolve::{Fault, Resolver};

/// A view or trigger that was looked into.
struct Read {
    key: SourceKey,
    /// As people call it.
    what: String,
    site: Option<Site>,
    fault: Option<Fault>,
    uses: Vec<Dependency>,
}

impl Engine {
    pub(super) fn keep_view(&mut self, key: &Key, view: &CreateView) {
        let Some(id) = self.catalog.relations.get(key).map(|relation| relation.id) else { return };
        let source = Source::View { query: view.query.clone(), columns: view.columns.clone() };
        self.catalog.keep_source((id, None), source);
    }

    /// `CREATE TRIGGER`; what the trigger names is not looked up yet.
    pub(super) fn create_kept_trigger(&mut self, key: &Key, trigger: &CreateTrigger) {
        let name = &trigger.name;
        if trigger.temporary && &*key.schema != TEMPORARY {
            // Its name is none of those of the table's schema.
            self.catalog.temporary_triggers.insert(name.text.clone());
            return;
        }
        let taken =
            self.trigger_tables(&name.text).find(|other| other.schema == key.schema).cloned();
        if let Some(other) = taken {
            if trigger.if_not_exists {
                return;
            }
            if other != *key {
                let message = format!("`{}` already has a trigger `{}`", other.name, name.text);
                let site = self.catalog.relations.get(&other).and_then(|relation| {
                    relation.triggers.iter().find(|part| part.name == name.text)?.site
                });
                let fault =
                    Fault::new(Code::M408, name.place, message).at_site(site, "it is created here");
                self.fault(fault);
                return;
            }
        }
        self.add_part(key, ObjectKind::Trigger, (name, &trigger.table), false, Vec::new());
        let Some(id) = self.catalog.relations.get(key).map(|relation| relation.id) else { return };
        let name = Some(trigger.name.text.clone());
        self.catalog.keep_source((id, name), Source::Trigger(trigger.clone()));
    }

    /// The tables that have a trigger of the name; triggers are named per schema.
    fn trigger_tables(&self, name: &str) -> impl Iterator<Item = &Key> {
        let relations = self.catalog.relations.iter();
        let found = relations
            .filter(move |(_, relation)| relation.triggers.iter().any(|part| &*part.name == name));
        found.map(|(key, _)| key)
    }

    /// `DROP TRIGGER name`, without the table.
    pub(super) fn drop_trigger(&mut self, target: &ObjectReference, if_exists: bool) {
        let name = &target.name.name;
        let schema = target.name.schema.as_ref().map(|schema| &schema.text);
        // Those of the session come first.
        let may_be_temporary = schema.is_none_or(|schema| &**schema == TEMPORARY)
            && self.catalog.temporary_triggers.remove(&name.text);
        let tables = self.trigger_tables(&name.text);
        let found = tables
            .filter(|key| schema.is_none_or(|schema| key.schema == *schema))
            .min_by_key(|key| &*key.schema != TEMPORARY)
            .cloned();
        if let Some(key) = found {
            if let Some(relation) = self.catalog.relation_mut(&key) {
                if may_be_temporary {
                    let mut triggers = relation.triggers.iter_mut();
                    if let Some(part) = triggers.find(|part| part.name == name.text) {
                        part.is_certain = false;
                    }
                } else {
                    relation.triggers.retain(|part| part.name != name.text);
                }
            }
            return;
        }
        let is_sure = !if_exists
            && !may_be_temporary
            && !self.catalog.unknown.covers(ObjectKind::Trigger, &name.text)
            && self.catalog.relations.values().all(|relation| relation.is_certain);
        if is_sure {
            let parts = self.catalog.relations.values().flat_map(|relation| &relation.triggers);
            let named = parts.map(|part| (&*part.name, part.site));
            let similar = crate::replay::suggest::closest(&name.text, named);
            let code = Code::M409;
            let fault =
                Fault::unknown_object(&self.catalog, code, ObjectKind::Trigger, name, similar);
            self.fault(fault);
        }
    }

    /// What is demanded before an action of `ALTER TABLE`; says whether that does it all.
    pub(super) fn kept_action(&mut self, key: &Key, action: &TableAction) -> bool {
        let Some(relation) = self.catalog.relations.get(key).cloned() else { return false };
        if relation.kind == ObjectKind::View && relation.is_certain {
            let place = relation_place(action);
            let message = format!("`{}` is a view, which cannot be altered", key.name);
            let fault =
                Fault::new(Code::M409, place, message).at_site(relation.site, "it is created here");
            self.fault(fault);
            return true;
        }
        let is_renamed = matches!(action, TableAction::RenameTo(_));
        if !is_renamed
            && self.refuse_virtual(key, relation_place(action), "takes no change of its columns")
        {
            return true;
        }
        match action {
            TableAction::DropColumn { name, .. } => {
                self.drop_kept_column(key, name);
                return true;
            }
            TableAction::RenameColumn { from, to } => {
                let column = relation.column(&from.text);
                let renamed = column.map(|column| Dependency::Column(relation.id, column.id));
                self.check_sources(key, from.place, renamed);
                if from.text == to.text {
                    // Only upper and lower case change.
                    self.check(&mut |resolver| resolver.column_of(key, from));
                    return true;
                }
            }
            TableAction::RenameTo(to) => {
                self.check_sources(key, to.place(), Some(Dependency::Relation(relation.id)));
            }
            TableAction::AddColumn { column, .. } => {
                let key = column.constraints.iter().find(|constraint| {
                    matches!(
                        constraint.kind,
                        ConstraintKind::Primary { .. } | ConstraintKind::Unique { .. }
                    )
                });
                if let Some(key) = key {
                    let message = "a column with a key cannot be added to a table".to_owned();
                    let fault = Fault::new(Code::M412, key.place, message)
                        .help("add the column alone, then create a unique index over it");
                    self.fault(fault);
                }
            }
            _ => {}
        }
        false
    }

    /// Whether it is an index, which a `DROP … IF EXISTS` of something else passes over.
    pub(super) fn is_passed_over(&self, key: &Key) -> bool {
        self.dialect.keeps_source()
            && self.catalog.relations.get(key).is_some_and(|relation| relation.index.is_some())
    }

    /// Whether no index comes of it: a view can have none, and what is there already is not
    /// looked at any further.
    pub(super) fn settles_index(&mut self, key: &Key, index: &CreateIndex) -> bool {
        let there = index
            .name
            .as_ref()
            .and_then(|name| self.catalog.relations.get(&Key::of(&key.schema, name)));
        if index.if_not_exists && there.is_some_and(|there| there.is_certain) {
            return true;
        }
        if self.refuse_virtual(key, index.table.place(), "cannot have an index") {
            return true;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        if relation.kind != ObjectKind::View || !relation.is_certain {
            return false;
        }
        let message = format!("`{}` is a view, which cannot have an index", key.name);
        let fault = Fault::new(Code::M409, index.table.place(), message)
            .at_site(relation.site, "it is created here");
        self.fault(fault);
        true
    }

    /// Looks into every view and trigger.
    ///
    /// What belongs to the session may name what does not, but not the other way round.
    fn read_sources(&self, altered: &Key) -> Vec<Read> {
        let mut found = Vec::new();
        if self.catalog.sources.is_empty() || !self.catalog.checks_function_bodies {
            return found;
        }
        for (key, relation) in self.catalog.relations.iter() {
            if &*altered.schema == TEMPORARY && &*key.schema != TEMPORARY {
                continue;
            }
            for (trigger, source) in self.catalog.sources_of(relation) {
                let mut resolver = Resolver::new(&self.catalog, self.dialect);
                // `SQLite` looks them up only when the trigger runs.
                resolver.skips_targets = true;
                resolver.source(key, source);
                let site = match trigger {
                    None => relation.site,
                    Some(name) => relation
                        .triggers
                        .iter()
                        .find(|part| part.name == *name)
                        .and_then(|part| part.site),
                };
                found.push(Read {
                    key: (relation.id, trigger.cloned()),
                    what: match trigger {
                        None => format!("view `{}`", key.name),
                        Some(name) => format!("trigger `{name}`"),
                    },
                    site,
                    fault: resolver.faults.into_iter().find(is_of_names),
                    uses: resolver.uses,
                });
            }
        }
        found
    }

    /// Refuses an alteration where a view or trigger does not work, and forgets those that
    /// name what is renamed: they are rewritten.
    pub(super) fn check_sources(
        &mut self,
        altered: &Key,
        place: Place,
        renamed: Option<Dependency>,
    ) {
        for read in self.read_sources(altered) {
            if let Some(fault) = read.fault {
                let message =
                    format!("the {} does not work any more: {}", read.what, fault.message);
                let own = Fault::new(fault.code, place, message)
                    .at_site(read.site, "it is created here")
                    .help("drop or correct it before the table is altered");
                self.fault(own);
                self.catalog.forget_source(&read.key);
            } else if renamed.is_some_and(|renamed| read.uses.contains(&renamed)) {
                self.catalog.forget_source(&read.key);
            }
        }
    }

    /// `DROP COLUMN` where nothing that uses the column goes with it.
    pub(super) fn drop_kept_column(&mut self, key: &Key, name: &Name) {
        self.check_sources(key, name.place, None);
        let Some(relation) = self.catalog.relations.get(key).cloned() else { return };
        let Some(column) = relation.column(&name.text).map(|column| column.id) else {
            self.check(&mut |resolver| resolver.column_of(key, name));
            return;
        };
        let is_certain = relation.is_certain
            && relation.column(&name.text).is_some_and(|column| column.is_certain);
        if is_certain && let Some((user, site)) = self.user_of_column(&relation, column) {
            let message = format!("{user} needs column `{}` of `{}`", name.text, key.name);
            let fault = Fault::new(Code::M410, name.place, message)
                .at_site(site, "it is created here")
                .help("drop what needs it first, or build the table anew without the column");
            self.fault(fault);
        }
        self.catalog.remove_column(key, &name.text);
        if let (Some(site), Some(relation)) =
            (self.site(name.place), self.catalog.relation_mut(key))
        {
            let tombstone = Tombstone { site, renamed_to: None };
            relation.gone_columns.push((name.text.clone(), tombstone));
        }
        if is_certain {
            self.check_sources(key, name.place, None);
        }
    }

    /// What of the table and its indexes a column cannot go without.
    fn user_of_column(&self, table: &Relation, column: Id) -> Option<(String, Option<Site>)> {
        let own = Dependency::Column(table.id, column);
        for constraint in table.constraints.iter().filter(|constraint| constraint.is_certain) {
            let what = match &constraint.rule {
                ConstraintRule::Primary(ids) if ids.contains(&column) => "the primary key",
                ConstraintRule::Unique(ids) if ids.contains(&column) => "a unique constraint",
                ConstraintRule::Foreign { columns, .. } if columns.contains(&column) => {
                    "a foreign key"
                }
                ConstraintRule::Check(uses) if uses.contains(&own) => "a check",
                _ => continue,
            };
            return Some((what.to_owned(), constraint.site));
        }
        let generated = table
            .columns
            .iter()
            .find(|other| other.id != column && other.is_generated && other.uses.contains(&own));
        if let Some(generated) = generated {
            return Some((format!("the generated column `{}`", generated.name), generated.site));
        }
        self.catalog.relations.iter().find_map(|(key, relation)| {
            let index = relation.index.as_ref().filter(|_| relation.is_certain)?;
            (index.table == table.id && index.uses.contains(&own))
                .then(|| (format!("the index `{}`", key.name), relation.site))
        })
    }
}

/// The name that an action begins with.
/// Whether a fault shows when names are looked up; how many columns there are, and where
/// aggregates stand, shows only in use.
fn is_of_names(fault: &Fault) -> bool {
    !matches!(fault.code, Code::M407 | Code::M411 | Code::M416 | Code::M422)
}

fn relation_place(action: &TableAction) -> Place {
    match action {
        TableAction::AddColumn { column, .. } => column.name.place,
        TableAction::DropColumn { name, .. } | TableAction::RenameColumn { from: name, .. } => {
            name.place
        }
        TableAction::RenameTo(name) => name.place(),
        _ => Place::default(),
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
