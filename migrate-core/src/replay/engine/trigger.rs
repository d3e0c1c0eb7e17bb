//! Triggers and what they can be on.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::Key;
use crate::replay::model::{CreateTrigger, ObjectKind, Text};
use crate::replay::resolve::Fault;

impl Engine {
    /// A fault where a trigger is on a view that ought to be on a table, or the other way round.
    pub(super) fn refuse_trigger_of_kind(&mut self, key: &Key, trigger: &CreateTrigger) -> bool {
        let Some(instead) = trigger.instead else { return false };
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        // Names of triggers are the schema's, and come first.
        let is_named = |name: &Text| *name == trigger.name.text;
        let mut triggers = self.catalog.relations.values().flat_map(|other| &other.triggers);
        let is_there = trigger.if_not_exists && triggers.any(|part| is_named(&part.name));
        drop(triggers);
        if !relation.is_certain
            || is_there
            || self.catalog.unknown.may_have_lost(ObjectKind::Relation, &key.name)
        {
            return false;
        }
        if self.refuse_virtual(key, trigger.table.place(), "can have no trigger") {
            return true;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        let fault = match (relation.kind, instead) {
            (ObjectKind::View, false) => {
                let message = format!("`{}` is a view, which has no rows of its own", key.name);
                Fault::new(Code::M409, trigger.table.place(), message)
            }
            (ObjectKind::Table, true) => {
                let message = format!("`{}` is a table, and `INSTEAD OF` is for views", key.name);
                Fault::new(Code::M409, trigger.table.place(), message)
                    .help("write `BEFORE` or `AFTER`")
            }
            _ => return false,
        };
        let fault = fault.at_site(relation.site, "it is created here");
        self.fault(fault);
        true
    }
}
