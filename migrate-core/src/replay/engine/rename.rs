//! New names and new schemas for what is there.

use super::Engine;
use super::parameters::names_routine;
use super::typed::is_typed;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    About, Dependency, Found, Function, Key, RenameEvent, Tombstone, TypedKey,
};
use crate::replay::model::{Name, ObjectKind, ObjectReference, QualifiedName, Rename, SetSchema};
use crate::replay::resolve::Fault;

impl Engine {
    pub(super) fn rename(&mut self, rename: &Rename) {
        let target = &rename.target;
        match target.kind {
            ObjectKind::Index if target.on.is_some() => self.rename_index_of(rename),
            kind if kind.is_relation() => {
                match self.catalog.find_relation(self.dialect, &target.name) {
                    Found::Present(key) => {
                        self.rename_relation(&key, &rename.to);
                    }
                    Found::Absent if !rename.if_exists => self.refer(target),
                    Found::Absent => self.doubts += 1,
                    Found::Unknown => self.doubt_namesakes(&target.name),
                }
            }
            ObjectKind::Type | ObjectKind::Domain => self.rename_type(target, &rename.to),
            ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Aggregate
            | ObjectKind::Routine => self.rename_function(target, &rename.to),
            ObjectKind::Schema => self.rename_schema(&target.name.name, &rename.to),
            ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                self.rename_part(target, &rename.to);
            }
            kind if is_typed(kind) => self.move_typed(target, None, Some(&rename.to)),
            kind => {
                self.refer(target);
                if kind == ObjectKind::Publication
                    && let Some(tables) = self.catalog.published.remove(&target.name.name.text)
                {
                    self.catalog.published.insert(rename.to.text.clone(), tables);
                }
                let others = self.catalog.others_mut();
                if let Some(object) = others.remove(&(kind, target.name.name.text.clone())) {
                    others.insert((kind, rename.to.text.clone()), object);
                }
            }
        }
    }

    /// Renames a relation; returns its new key.
    pub(super) fn rename_relation(&mut self, key: &Key, to: &Name) -> Option<Key> {
        let new_key = Key::of(&key.schema, to);
        if self.is_taken(&new_key, &QualifiedName::bare(to.clone()), Code::M406) {
            return None;
        }
        let site = self.site(to.place);
        self.catalog.seen.renamed = true;
        let relations = self.catalog.relations_mut();
        let mut relation = relations.remove(key)?;
        let changed = std::sync::Arc::make_mut(&mut relation);
        changed.site = site.or(changed.site);
        changed.was_renamed = true;
        let is_constraint = changed.index.as_ref().filter(|index| index.of_constraint);
        let table = is_constraint.map(|index| index.table);
        let id = relation.id;
        relations.insert(new_key.clone(), relation);
        self.catalog.rename_argument_type(key, &new_key);
        self.catalog.note_rename(Dependency::Relation(id), &key.name, &to.text);
        // The index of a key and the key have one name.
        if let Some(table) = table
            && let Some(table_key) = self.catalog.relation_by_id(table).map(|(key, _)| key.clone())
            && let Some(relation) = self.catalog.relation_mut(&table_key)
        {
            for constraint in &mut relation.constraints {
                if constraint.name == key.name {
                    constraint.name = to.text.clone();
                }
            }
        }
        if let Some(site) = site {
            let tombstone = Tombstone { site, renamed_to: Some(to.text.clone()) };
            self.catalog.bury(ObjectKind::Relation, &key.name, tombstone);
        }
        self.rename_shadows(key, &new_key);
        Some(new_key)
    }

    fn rename_type(&mut self, target: &ObjectReference, to: &Name) {
        let Some(key) = self.type_key(&target.name) else {
            self.refer(target);
            if self.catalog.unknown.covers(ObjectKind::Type, &target.name.name.text) {
                self.may_appear(ObjectKind::Type, to);
            }
            return;
        };
        let new_key = Key::of(&key.schema, to);
        if let Some(existing) = self.catalog.types.get(&new_key)
            && existing.is_certain
            && !self.catalog.unknown.may_have_lost(ObjectKind::Type, &to.text)
        {
            let message = format!("there is already a type `{}`", to.text);
            let fault = Fault::new(Code::M408, to.place, message)
                .at_site(existing.site, "it is created here");
            self.fault(fault);
            return;
        }
        self.catalog.rename_argument_type(&key, &new_key);
        let types = self.catalog.types_mut();
        if let Some(found) = types.remove(&key) {
            let id = found.id;
            types.insert(new_key, found);
            self.catalog.note_rename(Dependency::Type(id), &key.name, &to.text);
        }
        if let Some(site) = self.site(to.place) {
            let tombstone = Tombstone { site, renamed_to: Some(to.text.clone()) };
            self.catalog.bury(ObjectKind::Type, &key.name, tombstone);
        }
    }

    fn rename_function(&mut self, target: &ObjectReference, to: &Name) {
        self.refer(target);
        let named: Vec<_> = self
            .catalog
            .functions_named(&target.name)
            .into_iter()
            .map(|(key, function)| (key.clone(), function.clone()))
            .collect();
        let wanted = self.argument_types(target.arguments.as_deref());
        for (key, function) in named {
            let is_it = match &wanted {
                Some(wanted) => names_routine(&function, wanted) != Some(false),
                None => true,
            };
            if is_it {
                self.catalog.remove_function(&key, function.id);
                let new_key = Key::of(&key.schema, to);
                let what = Dependency::Function(function.id);
                self.catalog.note_rename(what, &key.name, &to.text);
                let list = self
                    .catalog
                    .functions_mut()
                    .get_or_insert_with(new_key, std::sync::Arc::default);
                std::sync::Arc::make_mut(list).push(function);
            }
        }
        if let Some(site) = self.site(to.place) {
            let tombstone = Tombstone { site, renamed_to: Some(to.text.clone()) };
            self.catalog.bury(ObjectKind::Function, &target.name.name.text, tombstone);
        }
    }

    fn rename_schema(&mut self, from: &Name, to: &Name) {
        self.require_schema(from);
        let schemas = self.catalog.schemas_mut();
        if let Some(object) = schemas.remove(&from.text) {
            schemas.insert(to.text.clone(), object);
        }
        self.catalog.note(RenameEvent::Schema { from: from.text.clone(), to: to.text.clone() });
        let moved = |key: &Key| {
            let schema = if key.schema == from.text { &to.text } else { &key.schema };
            Key { schema: schema.clone(), name: key.name.clone() }
        };
        self.catalog.rename_arguments(|argument| {
            let rest = argument.strip_prefix(&*from.text)?;
            rest.starts_with('.').then(|| format!("{}{rest}", to.text))
        });
        let relations = self.catalog.relations_mut();
        *relations = relations.iter().map(|(key, value)| (moved(key), value.clone())).collect();
        let types = self.catalog.types_mut();
        *types = types.iter().map(|(key, value)| (moved(key), value.clone())).collect();
        let functions = self.catalog.functions_mut();
        *functions = functions.iter().map(|(key, value)| (moved(key), value.clone())).collect();
        self.move_extensions(|_, object| {
            (object.schema.as_ref() == Some(&from.text)).then(|| Some(to.text.clone()))
        });
        self.catalog.rename_typed(|key| {
            let name = moved(&key.name);
            (name != key.name).then(|| TypedKey { name, ..key.clone() })
        });
    }

    fn rename_part(&mut self, target: &ObjectReference, to: &Name) {
        self.refer(target);
        let Some(key) = target.on.as_ref().and_then(|on| self.found(on)) else { return };
        let Some(relation) = self.catalog.relation_mut(&key) else { return };
        let id = relation.id;
        let parts = match target.kind {
            ObjectKind::Trigger => &mut relation.triggers,
            ObjectKind::Policy => &mut relation.policies,
            _ => &mut relation.rules,
        };
        if let Some(part) = parts.iter_mut().find(|part| part.name == target.name.name.text) {
            part.name = to.text.clone();
            let about = |name: &Name| About::Part(id, target.kind, name.text.clone());
            self.catalog.rename_about(&about(&target.name.name), &about(to));
        }
    }

    pub(super) fn rename_constraint(&mut self, key: &Key, from: &Name, to: &Name) {
        if !self.constraint_exists(key, from) {
            return;
        }
        let index = Key::of(&key.schema, from);
        let owned = self.catalog.relations.get(&index).is_some_and(|relation| {
            relation.index.as_ref().is_some_and(|index| index.of_constraint)
        });
        if owned {
            self.rename_relation(&index, to);
        }
        if let Some(relation) = self.catalog.relation_mut(key) {
            for constraint in &mut relation.constraints {
                if constraint.name == from.text {
                    constraint.name = to.text.clone();
                }
            }
            let id = relation.id;
            let about = |name: &Name| About::Part(id, ObjectKind::Constraint, name.text.clone());
            self.catalog.rename_about(&about(from), &about(to));
        }
    }

    pub(super) fn set_schema(&mut self, set: &SetSchema) {
        self.require_schema(&set.schema);
        self.joins_the_server(&set.schema, &set.target.name.name);
        match set.target.kind {
            ObjectKind::Type | ObjectKind::Domain => {
                let Some(key) = self.type_key(&set.target.name) else {
                    self.refer(&set.target);
                    return;
                };
                let moved = Key { schema: set.schema.text.clone(), name: key.name.clone() };
                self.catalog.rename_argument_type(&key, &moved);
                let types = self.catalog.types_mut();
                if let Some(found) = types.remove(&key) {
                    let what = Dependency::Type(found.id);
                    let (name, from) = (key.name.clone(), key.schema.clone());
                    types.insert(Key { schema: set.schema.text.clone(), name: key.name }, found);
                    let to = set.schema.text.clone();
                    self.catalog.note(RenameEvent::Moved { what, name, from, to });
                }
            }
            ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Aggregate
            | ObjectKind::Routine => {
                self.refer(&set.target);
                let named: Vec<_> = self
                    .catalog
                    .functions_named(&set.target.name)
                    .into_iter()
                    .map(|(key, function)| (key.clone(), function.clone()))
                    .collect();
                let wanted = self.argument_types(set.target.arguments.as_deref());
                let is_it = |function: &Function| {
                    wanted
                        .as_ref()
                        .is_none_or(|wanted| names_routine(function, wanted) != Some(false))
                };
                for (key, function) in named.into_iter().filter(|(_, function)| is_it(function)) {
                    self.catalog.remove_function(&key, function.id);
                    self.catalog.note(RenameEvent::Moved {
                        what: Dependency::Function(function.id),
                        name: key.name.clone(),
                        from: key.schema.clone(),
                        to: set.schema.text.clone(),
                    });
                    let key = Key { schema: set.schema.text.clone(), name: key.name };
                    let list = self
                        .catalog
                        .functions_mut()
                        .get_or_insert_with(key, std::sync::Arc::default);
                    std::sync::Arc::make_mut(list).push(function);
                }
            }
            kind if is_typed(kind) => self.move_typed(&set.target, Some(&set.schema), None),
            ObjectKind::Extension => {
                self.refer(&set.target);
                let extension: &str = &set.target.name.name.text;
                self.move_extensions(|name, _| {
                    (name == extension).then(|| Some(set.schema.text.clone()))
                });
            }
            _ => match self.catalog.find_relation(self.dialect, &set.target.name) {
                Found::Present(key) => {
                    self.move_relation(&key, &set.schema);
                }
                Found::Absent if !set.if_exists => self.refer(&set.target),
                Found::Absent => {}
                Found::Unknown => self.doubt_namesakes(&set.target.name),
            },
        }
    }

    /// Notes that every bare name may mean what lies in a schema of the server.
    pub(super) fn joins_the_server(&mut self, schema: &Name, name: &Name) {
        if self.dialect.is_system_schema(&schema.text) {
            self.catalog.unknown_mut().names.insert(name.text.clone());
        }
    }

    /// Moves a relation, with its indexes and sequences, to another schema.
    pub(super) fn move_relation(&mut self, key: &Key, schema: &Name) -> Key {
        let moved = |key: &Key| Key { schema: schema.text.clone(), name: key.name.clone() };
        self.joins_the_server(schema, &Name::new(&key.name, schema.place));
        let Some(id) = self.catalog.relations.get(key).map(|relation| relation.id) else {
            return moved(key);
        };
        let along: Vec<Key> = self
            .catalog
            .relations
            .iter()
            .filter(|(_, other)| {
                other.id == id
                    || other.index.as_ref().is_some_and(|index| index.table == id)
                    || other.owner.is_some_and(|(table, _)| table == id)
            })
            .map(|(key, _)| key.clone())
            .collect();
        self.catalog.note(RenameEvent::Moved {
            what: Dependency::Relation(id),
            name: key.name.clone(),
            from: key.schema.clone(),
            to: schema.text.clone(),
        });
        self.catalog.rename_argument_type(key, &moved(key));
        let relations = self.catalog.relations_mut();
        for key in along {
            if let Some(relation) = relations.remove(&key) {
                relations.insert(moved(&key), relation);
            }
        }
        moved(key)
    }
}
