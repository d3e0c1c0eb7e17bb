//! Uses of names: what grants, comments and owners speak of must exist.

use super::Engine;
use super::parameters::same_arguments;
use super::typed::is_typed;
use crate::diagnostics::Code;
use crate::replay::catalog::{Found, Key};
use crate::replay::model::{Name, ObjectKind, ObjectReference, QualifiedName};
use crate::replay::resolve::{Fault, Subject};

impl Engine {
    pub(super) fn refer(&mut self, reference: &ObjectReference) {
        if reference.name.is_wildcard() {
            return;
        }
        match reference.kind {
            ObjectKind::Index => self.refer_index(&reference.name),
            kind if kind.is_relation() => self.missing_relation(&reference.name),
            ObjectKind::Schema => self.require_schema(&reference.name.name),
            ObjectKind::Type | ObjectKind::Domain => self.refer_type(&reference.name),
            ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Aggregate
            | ObjectKind::Routine => self.refer_function(reference),
            ObjectKind::Column => self.refer_column(reference),
            ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                if let Some(key) = self.relation_of(reference.on.as_ref()) {
                    self.refer_part(&key, reference.kind, &reference.name.name);
                }
            }
            ObjectKind::Constraint => {
                if let Some(key) = self.relation_of(reference.on.as_ref()) {
                    self.constraint_exists(&key, &reference.name.name);
                }
            }
            kind if is_typed(kind) => self.refer_typed(reference),
            kind => self.refer_other(kind, &reference.name.name),
        }
    }

    fn relation_of(&mut self, on: Option<&QualifiedName>) -> Option<Key> {
        let on = on?;
        let mut found = None;
        self.check(&mut |resolver| found = resolver.relation(on));
        found
    }

    fn refer_column(&mut self, reference: &ObjectReference) {
        // Fields of composite types are commented on like columns.
        if reference.on.as_ref().is_some_and(|on| self.type_key(on).is_some()) {
            return;
        }
        if let Some(key) = self.relation_of(reference.on.as_ref()) {
            self.check(&mut |resolver| resolver.column_of(&key, &reference.name.name));
        }
    }

    fn refer_function(&mut self, reference: &ObjectReference) {
        if reference.kind == ObjectKind::Function
            && let Some(wanted) = self.argument_types(reference.arguments.as_deref())
        {
            let named = self.catalog.functions_named(&reference.name).into_iter();
            let named: Vec<_> =
                named.map(|(key, function)| (key.clone(), function.clone())).collect();
            let fits = |arguments: &[Option<crate::replay::model::Text>]| {
                same_arguments(arguments, &wanted) != Some(false)
            };
            if !named.iter().any(|(_, function)| fits(&function.arguments)) {
                self.missing_function(reference, &named);
            }
            return;
        }
        let known = !self.catalog.functions_named(&reference.name).is_empty()
            || self.catalog.may_have_function(self.dialect, &reference.name);
        if !known {
            self.check(&mut |resolver| resolver.unknown_function(&reference.name));
        }
    }

    pub(super) fn refer_part(&mut self, key: &Key, kind: ObjectKind, name: &Name) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let parts = match kind {
            ObjectKind::Trigger => &relation.triggers,
            ObjectKind::Policy => &relation.policies,
            _ => &relation.rules,
        };
        let known = parts.iter().any(|part| part.name == name.text)
            || relation.is_open
            || relation.has_hidden_parts
            || !relation.is_certain
            || !relation.parents.is_empty()
            || self.catalog.unknown.covers(kind, &name.text)
            || name.is_wildcard()
            // The server's own, for foreign keys.
            || (kind == ObjectKind::Trigger && name.text.starts_with("RI_"));
        if known {
            return;
        }
        let similar = crate::replay::suggest::closest(
            &name.text,
            parts.iter().map(|part| (&*part.name, part.site)),
        );
        let message = format!("`{}` has no {} `{}`", key.name, kind.noun(), name.text);
        let mut fault = Fault::new(Code::M409, name.place, message)
            .about(Subject::Other(kind, name.text.clone()));
        if let Some((similar, site)) = similar {
            fault = fault
                .at_site(site, format!("`{similar}` is created here"))
                .help(format!("did you mean `{similar}`?"));
        }
        self.fault(fault);
    }

    /// Whether a table has a constraint; says so where it certainly has not.
    pub(super) fn constraint_exists(&mut self, key: &Key, name: &Name) -> bool {
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        if relation.constraints.iter().any(|constraint| constraint.name == name.text) {
            return true;
        }
        let unsure = relation.is_open
            || relation.has_hidden_parts
            || !relation.is_certain
            || !relation.is_table()
            || relation.constraints.iter().any(|constraint| !constraint.is_certain)
            || self.catalog.unknown.covers(ObjectKind::Constraint, &name.text)
            || self.catalog.unknown.covers(ObjectKind::Relation, &key.name)
            || name.is_wildcard()
            // Servers since 18 name what is not null; numbers tell made-up names apart.
            || name.text.ends_with("_not_null")
            || name.text.ends_with(|c: char| c.is_ascii_digit());
        if unsure {
            return false;
        }
        let similar = crate::replay::suggest::closest(
            &name.text,
            relation.constraints.iter().map(|constraint| (&*constraint.name, constraint.site)),
        );
        let message = format!("`{}` has no constraint `{}`", key.name, name.text);
        let mut fault = Fault::new(Code::M409, name.place, message)
            .about(Subject::Other(ObjectKind::Constraint, name.text.clone()));
        if let Some((similar, site)) = similar {
            fault = fault
                .at_site(site, format!("`{similar}` is added here"))
                .help(format!("did you mean `{similar}`?"));
        }
        self.fault(fault);
        false
    }

    /// Whether something is there, for conditions that ask.
    pub(super) fn relation_state(&self, name: &QualifiedName) -> Found<Key> {
        self.has_relation(name)
    }
}
