//! What objects of the catalog speak of, so that who speaks of one is found without asking all.

use std::sync::Arc;

use super::chunk::Mentions;
use super::{
    Catalog, Column, ConstraintRule, Dependency, Function, Id, Key, Part, Relation, TypeData,
    TypedObject,
};

impl Catalog {
    /// The relations that may speak of one of the objects, and of a relation itself.
    pub(crate) fn relations_near<'c>(
        &'c self,
        objects: &[Id],
    ) -> impl Iterator<Item = (&'c Key, &'c Arc<Relation>)> + use<'c> {
        self.relations.near_mentions(objects)
    }

    /// The names of the relations that speak of an object, or are it, and for which something
    /// holds besides.
    pub(crate) fn relations_of(&self, object: Id, holds: impl Fn(&Relation) -> bool) -> Vec<Key> {
        let found = self.relations_near(&[object]).filter(|(_, relation)| holds(relation));
        found.map(|(key, _)| key.clone()).collect()
    }
}

impl Mentions for Arc<Relation> {
    fn tell_mentioned(&self, tell: &mut dyn FnMut(Id)) {
        tell(self.id);
        uses(&self.uses, tell);
        for parent in &self.parents {
            tell(*parent);
        }
        if let Some(table) = self.shadow_of {
            tell(table);
        }
        if let Some(index) = &self.index {
            tell(index.table);
            uses(&index.uses, tell);
        }
        if let Some((table, _)) = self.owner {
            tell(table);
        }
        for constraint in &self.constraints {
            match &constraint.rule {
                ConstraintRule::Foreign { table: Some(table), .. } => tell(*table),
                ConstraintRule::Check(needed) | ConstraintRule::Exclude(needed) => {
                    uses(needed, tell);
                }
                ConstraintRule::Foreign { table: None, .. }
                | ConstraintRule::Primary(_)
                | ConstraintRule::Unique(_) => {}
            }
        }
        for parts in [&self.policies, &self.rules, &self.triggers] {
            for Part { uses: needed, .. } in parts {
                uses(needed, tell);
            }
        }
        for Column { uses: needed, .. } in &self.columns {
            uses(needed, tell);
        }
    }
}

impl Mentions for Arc<Vec<Function>> {
    fn tell_mentioned(&self, tell: &mut dyn FnMut(Id)) {
        for function in self.iter() {
            tell(function.id);
            uses(&function.uses, tell);
        }
    }
}

impl Mentions for Arc<TypeData> {
    fn tell_mentioned(&self, tell: &mut dyn FnMut(Id)) {
        tell(self.id);
        uses(&self.uses, tell);
        uses(&self.parts, tell);
    }
}

impl Mentions for Arc<TypedObject> {
    fn tell_mentioned(&self, tell: &mut dyn FnMut(Id)) {
        tell(self.id);
        uses(&self.uses, tell);
    }
}

fn uses(needed: &[Dependency], tell: &mut dyn FnMut(Id)) {
    for dependency in needed {
        match dependency {
            Dependency::Relation(id)
            | Dependency::Column(id, _)
            | Dependency::Function(id)
            | Dependency::PerhapsFunction(id)
            | Dependency::Type(id)
            | Dependency::Typed(id) => tell(*id),
        }
    }
}
