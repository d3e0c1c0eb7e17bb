//! Routines where a name is of one procedure and of one function.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Function, Key, Relation};
use crate::replay::model::{
    CreateFunction, CreateTrigger, ObjectKind, ObjectReference, QualifiedName,
};
use crate::replay::resolve::{Fault, Subject};
use crate::replay::suggest::closest;

/// Whether two kinds of routines share their names.
fn is_kin(kind: ObjectKind, other: ObjectKind) -> bool {
    (kind == ObjectKind::Procedure) == (other == ObjectKind::Procedure)
}

impl Engine {
    /// The routines of a name and kind.
    pub(super) fn routines_named(
        &self,
        name: &QualifiedName,
        kind: ObjectKind,
    ) -> Vec<(Key, Function)> {
        let named = self.catalog.functions_named(name).into_iter();
        let of_kind = named.filter(|(_, function)| {
            !self.dialect.has_one_routine_of_a_name() || is_kin(function.kind, kind)
        });
        of_kind.map(|(key, function)| (key.clone(), function.clone())).collect()
    }

    /// Makes room for a new routine, or refuses it; says whether an old one stays in its place.
    pub(super) fn settles_routine(
        &mut self,
        key: &Key,
        create: &CreateFunction,
        function: &Function,
    ) -> bool {
        let listed = self.catalog.functions.get(key).into_iter().flat_map(|list| list.iter());
        let mut same = listed.filter(|other| is_kin(other.kind, function.kind));
        let Some(existing) = same.next().cloned() else { return false };
        let is_sure = existing.is_certain
            && same.next().is_none()
            // Functions of libraries have names of their own.
            && existing.most.is_some()
            && function.most.is_some()
            && !self.catalog.unknown.may_have_lost(ObjectKind::Function, &key.name);
        if create.if_not_exists {
            // Where it is not sure, either may be the one that is there.
            return is_sure;
        }
        if is_sure && !create.replace {
            let noun = function.kind.noun();
            let one = function.kind.one();
            let message = format!("there is already {one} `{}`", create.name.display());
            let fault = Fault::new(Code::M408, create.name.place(), message)
                .at_site(existing.site, "it is created here")
                .help(format!("drop it before: `DROP {} IF EXISTS …`", noun.to_uppercase()));
            self.fault(fault);
        }
        if is_sure || create.replace {
            self.catalog.remove_function(key, existing.id);
        }
        false
    }

    /// `DROP PROCEDURE` and `DROP FUNCTION` of one that nobody creates.
    pub(super) fn missing_routine(&mut self, target: &ObjectReference, if_exists: bool) {
        let (name, kind) = (&target.name, target.kind);
        // The database that is written, or left out, may be the one it was created in.
        for key in self.catalog.routines_elsewhere(name) {
            if let Some(list) = self.catalog.functions_mut().get_mut(&key) {
                for function in Arc::make_mut(list) {
                    function.is_certain = false;
                }
            }
        }
        if if_exists || self.catalog.may_have_function(self.dialect, name) {
            return;
        }
        let others = self.catalog.functions_named(name);
        let Some((_, other)) = others.first().filter(|(_, other)| other.is_certain) else {
            self.check(&mut |resolver| resolver.unknown_function(name));
            return;
        };
        let (bare, is) = (name.display(), other.kind.noun());
        let message = format!("`{bare}` is a {is}, and there is no {} of that name", kind.noun());
        let fault = Fault::new(Code::M404, name.place(), message)
            .at_site(other.site, "it is created here")
            .about(Subject::Other(ObjectKind::Function, name.name.text.clone()));
        self.fault(fault);
    }

    /// A fault where another table of the schema has a trigger of the name.
    pub(super) fn refuse_trigger_of_a_name(&mut self, key: &Key, trigger: &CreateTrigger) {
        let name = &trigger.name;
        if trigger.replace
            || trigger.if_not_exists
            || self.catalog.unknown.may_have_lost(ObjectKind::Trigger, &name.text)
        {
            return;
        }
        let others = self.catalog.relations.iter().filter(|(other, relation)| {
            other.schema == key.schema && *other != key && relation.is_certain
        });
        let found = others.into_iter().find_map(|(other, relation)| {
            let parts = &relation.triggers;
            let part = parts.iter().find(|part| part.name == name.text && part.is_certain)?;
            Some((other.name.clone(), part.site))
        });
        let Some((table, site)) = found else { return };
        let message = format!("`{table}` already has a trigger `{}`", name.text);
        let fault = Fault::new(Code::M408, name.place, message).at_site(site, "it is created here");
        self.fault(fault);
    }

    /// `DROP TRIGGER` of one that no table has.
    pub(super) fn missing_trigger(&mut self, name: &QualifiedName) {
        let is_known =
            |relation: &Relation| relation.is_certain && !(relation.is_open && relation.is_table());
        let is_sure = name.schema.is_none()
            && !name.is_wildcard()
            && !self.catalog.unknown.covers(ObjectKind::Trigger, &name.name.text)
            && self.catalog.relations.values().all(|relation| is_known(relation));
        if is_sure {
            let parts = self.catalog.relations.values().flat_map(|relation| &relation.triggers);
            let similar = closest(&name.name.text, parts.map(|part| (&*part.name, part.site)));
            let kind = ObjectKind::Trigger;
            let fault = Fault::unknown_object(&self.catalog, Code::M409, kind, &name.name, similar);
            self.fault(fault);
        }
    }

    /// A call with another number of values than the procedure has parameters.
    pub(super) fn refuse_number_of_values(&mut self, name: &QualifiedName, count: usize) {
        let named = self.routines_named(name, ObjectKind::Procedure);
        let [(key, procedure)] = named.as_slice() else { return };
        let Some(wanted) = procedure.most else { return };
        if wanted == count
            || !procedure.is_certain
            || name.is_wildcard()
            || self.catalog.unknown.may_have_lost(ObjectKind::Function, &key.name)
        {
            return;
        }
        let message = format!("procedure `{}` takes {wanted} arguments, not {count}", key.name);
        let fault = Fault::new(Code::M404, name.place(), message)
            .at_site(procedure.site, "it is created here");
        self.fault(fault);
    }
}
