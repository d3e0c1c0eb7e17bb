//! The order in which objects can be made: what others need comes first.

use std::collections::{BTreeMap, BTreeSet};

use super::Writer;
use crate::replay::catalog::{
    ConstraintRule, Dependency, Function, Id, Key, Relation, TypeData, TypedKey, TypedObject,
};
use crate::replay::model::ObjectKind;

/// An object that others may need.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node<'c> {
    Relation(&'c Key, &'c Relation),
    Type(&'c Key, &'c TypeData),
    Function(&'c Key, &'c Function),
    Typed(&'c TypedKey, &'c TypedObject),
}

impl Node<'_> {
    fn needs(&self) -> Vec<Id> {
        let uses: Vec<Dependency> = match self {
            Node::Type(..) => Vec::new(),
            Node::Function(_, function) => function.uses.clone(),
            Node::Typed(_, object) => object.uses.clone(),
            Node::Relation(_, relation) => {
                let columns = relation.columns.iter().flat_map(|column| &column.uses);
                let checks = relation.constraints.iter().flat_map(|entry| match &entry.rule {
                    ConstraintRule::Check(uses) | ConstraintRule::Exclude(uses) => uses.as_slice(),
                    _ => &[],
                });
                let parents = relation.parents.iter().map(|id| Dependency::Relation(*id));
                columns.chain(checks).chain(&relation.uses).copied().chain(parents).collect()
            }
        };
        let ids = uses.into_iter().map(|used| match used {
            Dependency::Relation(id)
            | Dependency::Column(id, _)
            | Dependency::Function(id)
            | Dependency::PerhapsFunction(id)
            | Dependency::Type(id)
            | Dependency::Typed(id) => id,
        });
        ids.collect()
    }
}

impl Writer<'_> {
    /// Everything that migrations made, each after what it needs, otherwise as it came.
    pub(crate) fn in_order(&self) -> Vec<Node<'_>> {
        let mut nodes: BTreeMap<Id, Node<'_>> = BTreeMap::new();
        for (key, relation) in self.catalog.relations.iter() {
            if relation.index.is_none() && relation.site.is_some() {
                nodes.insert(relation.id, Node::Relation(key, relation));
            }
        }
        for (key, data) in self.catalog.types.iter().filter(|(_, data)| data.site.is_some()) {
            nodes.insert(data.id, Node::Type(key, data));
        }
        for (key, list) in self.catalog.functions.iter() {
            for function in list.iter().filter(|function| function.site.is_some()) {
                nodes.insert(function.id, Node::Function(key, function));
            }
        }
        let typed = self.catalog.typed.iter().filter(|(_, object)| object.site.is_some());
        let typed: Vec<_> = typed.map(|(key, object)| (object.id, key, object)).collect();
        for (id, key, object) in &typed {
            nodes.insert(*id, Node::Typed(key, object));
        }
        let mut ordered = Vec::new();
        let mut seen = BTreeSet::new();
        // Defaults name sequences in texts, which nobody follows.
        let is_sequence = |node: &Node<'_>| matches!(node, Node::Relation(_, relation) if relation.kind == ObjectKind::Sequence);
        for (id, node) in nodes.iter().filter(|(_, node)| is_sequence(node)) {
            seen.insert(*id);
            ordered.push(*node);
        }
        // Expressions use operators and casts, and nobody follows that either.
        for (id, ..) in typed {
            put(id, &nodes, &mut seen, &mut ordered);
        }
        for id in nodes.keys() {
            put(*id, &nodes, &mut seen, &mut ordered);
        }
        ordered
    }
}

/// Puts an object behind what it needs; of objects that need each other the older comes first.
fn put<'c>(
    first: Id,
    nodes: &BTreeMap<Id, Node<'c>>,
    seen: &mut BTreeSet<Id>,
    ordered: &mut Vec<Node<'c>>,
) {
    // Not recursive: a chain of views may be long.
    let mut open: Vec<(Id, Vec<Id>)> = Vec::new();
    let enter = |id: Id, seen: &mut BTreeSet<Id>, open: &mut Vec<(Id, Vec<Id>)>| {
        if let Some(node) = nodes.get(&id)
            && seen.insert(id)
        {
            open.push((id, node.needs()));
        }
    };
    enter(first, seen, &mut open);
    while let Some((id, needs)) = open.last_mut() {
        if let Some(needed) = needs.pop() {
            enter(needed, seen, &mut open);
        } else {
            ordered.extend(nodes.get(id).copied());
            open.pop();
        }
    }
}
