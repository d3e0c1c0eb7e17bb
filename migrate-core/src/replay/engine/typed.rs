//! Operators, casts, operator classes and families.

use std::sync::Arc;

use super::Engine;
use super::parameters::same_arguments;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    Dependency, Found, Key, Pattern, Removal, RenameEvent, TypedKey, TypedObject,
};
use crate::replay::model::{
    CreateIndex, CreateTyped, Drop, Name, ObjectKind, ObjectReference, Place, QualifiedName, Text,
    TypeName,
};
use crate::replay::resolve::{Fault, Subject};

/// Whether objects of the kind are told by types or an access method.
pub(super) fn is_typed(kind: ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::Operator
            | ObjectKind::Cast
            | ObjectKind::OperatorClass
            | ObjectKind::OperatorFamily
    )
}

impl Engine {
    /// What tells the object that a reference means from its namesakes; nothing where a type in
    /// it is not known.
    pub(super) fn typed_by(&self, reference: &ObjectReference) -> Option<Vec<Text>> {
        if let Some(method) = &reference.on {
            // The one is an old name of the other.
            let method = if &*method.name.text == "rtree" { "gist" } else { &method.name.text };
            return Some(vec![Text::from(method)]);
        }
        let types = reference.arguments.iter().flatten();
        types.map(|type_name| self.told_by(type_name)).collect()
    }

    fn told_by(&self, type_name: &TypeName) -> Option<Text> {
        let (name, _) = self.catalog.find_type(self.dialect, type_name).present()?;
        // `_int4` is another name of `int4[]`.
        Some(match name.strip_prefix("pg_catalog._") {
            Some(element) => Text::from(format!("pg_catalog.{element}[]")),
            None => name,
        })
    }

    pub(super) fn create_typed(&mut self, create: &CreateTyped) {
        let target = &create.target;
        let mut uses = Vec::new();
        for type_name in target.arguments.iter().flatten().chain(&create.types) {
            uses.extend(self.check(&mut |resolver| resolver.type_name(type_name)));
        }
        for function in &create.functions {
            uses.extend(self.function_of(function));
        }
        for needed in &create.needs {
            uses.extend(self.needed_typed(needed));
        }
        let place = target.name.place();
        if let Some(method) = &target.on {
            self.refer_method(&method.name);
        }
        self.catalog.seen.casts |= target.kind == ObjectKind::Cast;
        let key = self.new_typed_key(target);
        for shell in &create.shells {
            self.hold_place(shell, key.as_ref());
        }
        let Some(key) = key else {
            self.may_be_typed(target);
            return;
        };
        if key.kind == ObjectKind::Cast && self.dialect.brings_cast(&key.by) {
            let message = format!("every server has {}", described(target));
            self.fault(Fault::new(Code::M408, place, message));
            return;
        }
        if key.kind == ObjectKind::OperatorClass {
            uses.extend(self.family_of(create, &key));
        }
        let existing = self.catalog.typed.get(&key);
        let id = existing.map(|existing| existing.id);
        if let Some(existing) = existing
            && existing.is_certain
            && !existing.is_shell
            && !self.catalog.may_have_lost_typed(&key)
        {
            let message = format!("there is already {}", described(target));
            let fault =
                Fault::new(Code::M408, place, message).at_site(existing.site, "it is created here");
            self.fault(fault);
            return;
        }
        let id = id.unwrap_or_else(|| self.catalog.id());
        let object = TypedObject {
            site: self.site(place),
            definition: self.definition(place, None),
            uses,
            ..TypedObject::new(id)
        };
        self.catalog.typed_mut().insert(key, Arc::new(object));
    }

    /// The family that a class makes for itself, where none is written and none of its name is
    /// there.
    fn family_of(&mut self, create: &CreateTyped, class: &TypedKey) -> Option<Dependency> {
        if create.needs.iter().any(|needed| needed.kind == ObjectKind::OperatorFamily) {
            return None;
        }
        let key = TypedKey { kind: ObjectKind::OperatorFamily, ..class.clone() };
        if let Some(family) = self.catalog.typed.get(&key) {
            return Some(Dependency::Typed(family.id));
        }
        let id = self.catalog.id();
        let site = self.site(create.target.name.place());
        let object = TypedObject { site, ..TypedObject::new(id) };
        self.catalog.typed_mut().insert(key, Arc::new(object));
        Some(Dependency::Typed(id))
    }

    /// The operator classes that an index names, and its access method.
    pub(super) fn classes_of(&mut self, index: &CreateIndex) -> Vec<Dependency> {
        if let Some(method) = &index.method
            && !self.refer_method(method)
        {
            return Vec::new();
        }
        index.classes.iter().filter_map(|class| self.needed_typed(class)).collect()
    }

    /// Whether there may be such an access method; a fault where there certainly is none.
    fn refer_method(&mut self, method: &Name) -> bool {
        let kind = ObjectKind::AccessMethod;
        let bare: &str = &method.text;
        let known = self.dialect.has_access_method(bare)
            || method.is_wildcard()
            || self.catalog.others.contains_key(&(kind, method.text.clone()))
            || self.catalog.unknown.covers(kind, bare)
            || self.catalog.extension_brings(self.dialect, 'm', bare);
        if known {
            return true;
        }
        let mut fault = Fault::unknown_object(&self.catalog, Code::M409, kind, method, None)
            .about(Subject::Other(kind, method.text.clone()));
        if let Some(extension) = self.dialect.extensions_with('m', bare) {
            fault = fault.help(format!("`CREATE EXTENSION \"{extension}\"` brings it"));
        }
        self.fault(fault);
        false
    }

    /// The key of an object that is to be made.
    fn new_typed_key(&mut self, target: &ObjectReference) -> Option<TypedKey> {
        let name = if target.kind == ObjectKind::Cast {
            Key { schema: Text::from(""), name: target.name.name.text.clone() }
        } else {
            self.new_key(&target.name)
        };
        if target.name.is_wildcard() {
            return None;
        }
        Some(TypedKey { kind: target.kind, name, by: self.typed_by(target)? })
    }

    /// An object of the kind and name may be there from now on, or may have gone.
    fn may_be_typed(&mut self, target: &ObjectReference) {
        self.doubts += 1;
        let pattern = Pattern::new(target.kind, &target.name.name.text);
        let unknown = self.catalog.unknown_mut();
        unknown.appeared.insert(pattern.clone());
        unknown.gone.insert(pattern);
    }

    /// An operator that another one names is there from then on, though it cannot be used.
    fn hold_place(&mut self, shell: &ObjectReference, owner: Option<&TypedKey>) {
        let Some(by) = self.typed_by(shell) else { return };
        if self.catalog.typed_named(shell.kind, &shell.name, &by).is_some() {
            return;
        }
        let key = TypedKey { kind: shell.kind, name: self.new_key(&shell.name), by };
        if Some(&key) == owner {
            return;
        }
        let object = TypedObject {
            // The server's own operator may be the one that is meant.
            is_certain: false,
            is_shell: true,
            ..TypedObject::new(self.catalog.id())
        };
        self.catalog.typed_mut().insert(key, Arc::new(object));
    }

    /// A function that an object is made of.
    fn function_of(&mut self, function: &ObjectReference) -> Vec<Dependency> {
        let Some(wanted) = self.argument_types(function.arguments.as_deref()) else {
            return self.check(&mut |resolver| resolver.named_function(&function.name));
        };
        self.refer(function);
        let named = self.catalog.functions_named(&function.name);
        let mut fitting = named
            .into_iter()
            .filter(|(_, own)| same_arguments(&own.arguments, &wanted) == Some(true));
        // The first on the path is the one.
        fitting.next().map(|(_, own)| Dependency::Function(own.id)).into_iter().collect()
    }

    /// The object that must be there for another one.
    fn needed_typed(&mut self, needed: &ObjectReference) -> Option<Dependency> {
        self.refer_typed(needed);
        let key = self.typed_state(needed).present()?;
        self.catalog.typed.get(&key).map(|object| Dependency::Typed(object.id))
    }

    /// The listed object that a reference means.
    fn typed_state(&self, reference: &ObjectReference) -> Found<TypedKey> {
        let Some(by) = self.typed_by(reference) else { return Found::Unknown };
        let name = unschemed(reference);
        if let Some(key) = self.catalog.typed_named(reference.kind, &name, &by) {
            return Found::Present(key);
        }
        let is_built_in = (name.schema.is_none() || reference.kind == ObjectKind::Cast)
            && self.dialect.has_typed(reference.kind, &reference.name.name.text, &by);
        if is_built_in || self.catalog.may_have_typed(self.dialect, reference.kind, &reference.name)
        {
            Found::Unknown
        } else {
            Found::Absent
        }
    }

    /// A fault where the object certainly is not there.
    pub(super) fn refer_typed(&mut self, reference: &ObjectReference) {
        for type_name in reference.arguments.iter().flatten() {
            self.check(&mut |resolver| resolver.type_name(type_name));
        }
        if let Some(method) = &reference.on
            && !self.refer_method(&method.name)
        {
            return;
        }
        if self.typed_state(reference) != Found::Absent {
            return;
        }
        let name = &reference.name;
        let namesake = self.catalog.typed.iter().find(|(key, _)| {
            key.kind == reference.kind
                && key.name.name == name.name.text
                && name.schema.as_ref().is_none_or(|schema| schema.text == key.name.schema)
        });
        let subject = Subject::Other(reference.kind, name.name.text.clone());
        let message = format!("no earlier migration creates {}", described(reference));
        let mut fault = Fault::new(Code::M409, name.place(), message).about(subject);
        if let Some((_, object)) = namesake
            && reference.kind != ObjectKind::Cast
        {
            fault = fault.at_site(object.site, "this one is for others");
        } else if let Some(extension) = self.extension_with(reference) {
            fault = fault.help(format!("`CREATE EXTENSION \"{extension}\"` brings it"));
        }
        self.fault(fault);
    }

    fn extension_with(&self, reference: &ObjectReference) -> Option<&'static str> {
        let is_class = reference.kind == ObjectKind::OperatorClass;
        is_class.then(|| self.dialect.extensions_with('c', &reference.name.name.text))?
    }

    pub(super) fn drop_typed(&mut self, drop: &Drop) {
        let mut found: Vec<(TypedKey, Place)> = Vec::new();
        let mut removal = Removal::default();
        for target in &drop.targets {
            match self.typed_state(target) {
                Found::Present(key) => {
                    removal.typed.extend(self.catalog.typed.get(&key).map(|object| object.id));
                    found.push((key, target.name.place()));
                }
                Found::Unknown => {
                    if !drop.if_exists {
                        self.refer_typed(target);
                    }
                    self.may_be_typed(target);
                }
                Found::Absent if drop.if_exists => {}
                Found::Absent => self.refer_typed(target),
            }
        }
        let Some((first, place)) = found.first().cloned() else { return };
        // Classes go with their family.
        let families: Vec<_> = found
            .iter()
            .filter(|(key, _)| key.kind == ObjectKind::OperatorFamily)
            .filter_map(|(key, _)| Some(self.catalog.typed.get(key)?.id))
            .collect();
        let classes = self.catalog.typed.iter().filter(|(key, object)| {
            key.kind == ObjectKind::OperatorClass
                && object
                    .uses
                    .iter()
                    .any(|used| matches!(used, Dependency::Typed(id) if families.contains(id)))
        });
        let classes: Vec<_> = classes.map(|(key, object)| (key.clone(), object.id)).collect();
        removal.typed.extend(classes.iter().map(|(_, id)| *id));
        found.extend(classes.into_iter().map(|(key, _)| (key, place)));
        let dependents = self.catalog.dependents(&removal);
        self.may_drop(place, &first.describe(), dependents, drop.cascade);
        for (key, _) in found {
            self.catalog.typed_mut().remove(&key);
            if drop.cascade {
                self.catalog.doubt_users_of(&key);
            }
        }
    }

    /// Gives an object another name or schema.
    pub(super) fn move_typed(
        &mut self,
        target: &ObjectReference,
        schema: Option<&Name>,
        name: Option<&Name>,
    ) {
        self.refer_typed(target);
        let Some(key) = self.typed_state(target).present() else {
            self.doubts += 1;
            let to = name.unwrap_or(&target.name.name);
            self.may_be_typed(target);
            let pattern = Pattern::new(target.kind, &to.text);
            self.catalog.unknown_mut().appeared.insert(pattern);
            return;
        };
        let moved = Key {
            schema: schema.map_or(&key.name.schema, |schema| &schema.text).clone(),
            name: name.map_or(&key.name.name, |name| &name.text).clone(),
        };
        let place = name.or(schema).map_or(target.name.place(), |name| name.place);
        let to = TypedKey { name: moved, ..key.clone() };
        if let Some(existing) = self.catalog.typed.get(&to)
            && existing.is_certain
            && !existing.is_shell
            && !self.catalog.may_have_lost_typed(&to)
        {
            let message = format!("there is already {}", to.describe());
            let fault =
                Fault::new(Code::M408, place, message).at_site(existing.site, "it is created here");
            self.fault(fault);
            return;
        }
        let Some(object) = self.catalog.typed_mut().remove(&key) else { return };
        let what = Dependency::Typed(object.id);
        self.catalog.typed_mut().insert(to.clone(), object);
        self.catalog.note_rename(what, &key.name.name, &to.name.name);
        if key.name.schema != to.name.schema {
            let (name, from, to) = (key.name.name, key.name.schema, to.name.schema);
            self.catalog.note(RenameEvent::Moved { what, name, from, to });
        }
    }
}

/// The name of what a reference means; casts lie in no schema.
fn unschemed(reference: &ObjectReference) -> QualifiedName {
    if reference.kind != ObjectKind::Cast {
        return reference.name.clone();
    }
    let schema = Some(Name::new("", reference.name.name.place));
    QualifiedName { schema, name: reference.name.name.clone() }
}

/// As people call it, with what tells it.
fn described(reference: &ObjectReference) -> String {
    let written: Vec<_> = reference
        .arguments
        .iter()
        .flatten()
        .map(|type_name| format!("`{}`", type_name.written))
        .collect();
    let name = reference.name.display();
    match (reference.kind, &reference.on) {
        (ObjectKind::Cast, _) => format!("a cast from {}", written.join(" to ")),
        (kind, Some(method)) => {
            format!("an {} `{name}` for `{}`", kind.noun(), method.name.text)
        }
        (kind, None) => format!("an {} `{name}` for {}", kind.noun(), written.join(" and ")),
    }
}
