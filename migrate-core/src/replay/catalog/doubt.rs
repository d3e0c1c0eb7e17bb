//! What may have gone, where it is not known whether it has.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Catalog, Dependency, Id, Key, Relation, Removal, TypeKind, Victim};
use crate::replay::model::ObjectKind;

impl Catalog {
    /// Doubts what may have called a function that went with `CASCADE`.
    ///
    /// Where several functions share a name, types of arguments choose between them, and
    /// nobody knows those here: a caller went too, or called another.
    pub(crate) fn doubt_callers(&mut self, function: Id) {
        let mut removal = Removal::default();
        removal.perhaps_called.insert(function);
        let mut doubted: BTreeSet<Victim> = BTreeSet::new();
        let mut dependents = self.dependents(&removal);
        while let Some(dependent) = dependents.pop() {
            if !doubted.insert(dependent.victim.clone()) {
                continue;
            }
            if let Some(removal) = self.doubt_victim(&dependent.victim) {
                dependents.extend(self.dependents(&removal));
            }
        }
    }

    /// Doubts all that is there and may have gone with something that it lies in.
    pub(crate) fn doubt_objects(&mut self) {
        let keys: Vec<Key> = self.relations.keys().cloned().collect();
        for key in keys {
            self.doubt_relation(&key);
        }
        self.doubt_types(|_| true);
        self.doubt_functions();
        self.doubt_kinds(|_| true);
    }

    /// Doubts all functions.
    pub(crate) fn doubt_functions(&mut self) {
        for list in self.functions.values_mut() {
            for function in Arc::make_mut(list) {
                function.is_certain = false;
            }
        }
    }

    /// Doubts the objects of some kinds, of those of which little more than a name is listed.
    pub(crate) fn doubt_kinds(&mut self, is_meant: impl Fn(ObjectKind) -> bool) {
        let typed = self.typed.keys().filter(|key| is_meant(key.kind));
        let typed: Vec<_> = typed.cloned().collect();
        for key in typed {
            if let Some(object) = self.typed.get_mut(&key) {
                Arc::make_mut(object).is_certain = false;
            }
        }
        let others = self.others.keys().filter(|(kind, _)| is_meant(*kind));
        let others: Vec<_> = others.cloned().collect();
        for key in others {
            if let Some(object) = self.others.get_mut(&key) {
                Arc::make_mut(object).is_certain = false;
            }
        }
    }

    /// Doubts all schemas, and not what lies in them.
    pub(crate) fn doubt_schemas(&mut self) {
        for schema in self.schemas_mut().values_mut() {
            Arc::make_mut(schema).is_certain = false;
        }
    }

    /// Doubts domains, types with fields and tables of a type: they may have gone with the type
    /// that they were made of, which nobody remembers.
    pub(crate) fn doubt_what_types_make(&mut self) {
        self.doubt_types(|kind| !matches!(kind, TypeKind::Enum { .. }));
        let may_be_typed = |relation: &Relation| relation.is_open && relation.is_table();
        let keys: Vec<Key> = self.relations_where(may_be_typed);
        for key in keys {
            self.doubt_relation(&key);
        }
    }

    /// Domains may have constraints that are not listed, and may have lost others.
    pub(crate) fn open_domains(&mut self) {
        self.open_types(|kind| matches!(kind, TypeKind::Domain { .. }));
    }

    /// Types may have fields that are not listed, and may have lost others.
    pub(crate) fn open_composites(&mut self) {
        self.open_types(|kind| matches!(kind, TypeKind::Composite { .. }));
    }

    /// The type may have other fields or constraints than are listed.
    pub(super) fn open_type_at(&mut self, key: &Key) {
        if let Some(data) = self.types.get_mut(key) {
            Arc::make_mut(data).kind.open();
        }
    }

    /// Enums may have values that are not listed, and may have lost others.
    pub(crate) fn open_enums(&mut self) {
        self.open_types(|kind| matches!(kind, TypeKind::Enum { .. }));
    }

    fn open_types(&mut self, is_meant: impl Fn(&TypeKind) -> bool) {
        for data in self.types.values_mut().filter(|data| is_meant(&data.kind)) {
            Arc::make_mut(data).kind.open();
        }
    }

    /// Doubts types, which may have gone or are called otherwise.
    pub(crate) fn doubt_types(&mut self, is_meant: impl Fn(&TypeKind) -> bool) {
        let meant = self.types.iter().filter(|(_, data)| is_meant(&data.kind));
        let keys: Vec<Key> = meant.map(|(key, _)| key.clone()).collect();
        for key in keys {
            let Some(data) = self.types_mut().get_mut(&key) else { continue };
            let data = Arc::make_mut(data);
            data.is_certain = false;
            if let TypeKind::Composite { is_open, .. } | TypeKind::Domain { is_open, .. } =
                &mut data.kind
            {
                *is_open = true;
            }
        }
    }

    /// Makes something uncertain; what needs it is as uncertain then.
    fn doubt_victim(&mut self, victim: &Victim) -> Option<Removal> {
        let mut removal = Removal::default();
        match victim {
            Victim::Relation(key, _) => {
                let relation = self.relation_mut(key)?;
                relation.is_certain = false;
                removal.relations.insert(relation.id);
            }
            Victim::Constraint(key, name) => {
                let constraints = &mut self.relation_mut(key)?.constraints;
                constraints.iter_mut().find(|own| own.name == *name)?.is_certain = false;
            }
            Victim::Policy(key, name) => {
                let policies = &mut self.relation_mut(key)?.policies;
                policies.iter_mut().find(|own| own.name == *name)?.is_certain = false;
            }
            Victim::Rule(key, name) => {
                let rules = &mut self.relation_mut(key)?.rules;
                rules.iter_mut().find(|own| own.name == *name)?.is_certain = false;
            }
            Victim::Trigger(key, name) => {
                let triggers = &mut self.relation_mut(key)?.triggers;
                triggers.iter_mut().find(|own| own.name == *name)?.is_certain = false;
            }
            Victim::Default(key, name) => {
                let column = self.relation_mut(key)?.column_mut(name)?;
                column.uses.retain(|used| matches!(used, Dependency::Type(_)));
            }
            Victim::Column(key, name) => {
                let relation = self.relation_mut(key)?;
                let table = relation.id;
                let column = relation.column_mut(name)?;
                column.is_certain = false;
                removal.columns.insert((table, column.id));
            }
            Victim::Function(key, id) => {
                let functions = Arc::make_mut(self.functions_mut().get_mut(key)?);
                functions.iter_mut().find(|own| own.id == *id)?.is_certain = false;
                removal.functions.insert(*id);
                removal.perhaps_called.insert(*id);
            }
            Victim::Typed(key) => {
                let object = Arc::make_mut(self.typed.get_mut(key)?);
                object.is_certain = false;
                removal.typed.insert(object.id);
                self.doubt_users_of(key);
            }
            Victim::Type(key) => {
                let data = Arc::make_mut(self.types.get_mut(key)?);
                data.is_certain = false;
                removal.types.insert(data.id);
            }
            Victim::TypePart(key) => self.open_type_at(key),
        }
        Some(removal)
    }

    /// A relation of which anything may have changed, its indexes included.
    pub(crate) fn doubt_relation(&mut self, key: &Key) {
        let Some(relation) = self.relation_mut(key) else { return };
        doubt(relation);
        let id = relation.id;
        let indexes: Vec<_> = self.indexes_of(id).map(|(key, ..)| key.clone()).collect();
        for key in indexes {
            if let Some(index) = self.relation_mut(&key) {
                index.is_certain = false;
            }
        }
    }
}

fn doubt(relation: &mut Relation) {
    relation.is_open = true;
    relation.is_certain = false;
    relation.row_security = None;
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
