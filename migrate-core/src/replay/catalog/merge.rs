//! The catalog after code that may or may not have run.

use std::sync::Arc;

use super::{Catalog, Definition, Relation, SharedMap};
use crate::replay::model::{ObjectKind, Text};

impl Catalog {
    /// What holds whichever of two things happened.
    ///
    /// What only one of them has may exist; what both have alike is as certain as before.
    #[must_use]
    pub(crate) fn merged_with(&self, other: &Catalog) -> Catalog {
        let mut merged = self.clone();
        merged.next = self.next.max(other.next);
        merged.temporary_triggers.extend(other.temporary_triggers.iter().cloned());
        merged.seen.temporary |= other.seen.temporary;
        merged.seen.inheritance |= other.seen.inheritance;
        merged.seen.renamed |= other.seen.renamed;
        merged.seen.casts |= other.seen.casts;
        merged.seen.renamed_columns |= other.seen.renamed_columns;
        merged.seen.hidden_columns |= other.seen.hidden_columns;
        merged.seen.system_rows |= other.seen.system_rows;
        merge(&mut merged.relations, &other.relations, |a, b| {
            let mut relation = a.clone();
            if let Some(b) = b {
                either(&mut relation, b);
            } else {
                relation.is_certain = false;
            }
            relation
        });
        merge(&mut merged.types, &other.types, |a, b| {
            let mut found = b.unwrap_or(a).clone();
            found.is_certain = b.is_some() && a.is_certain && found.is_certain;
            if b.is_some() {
                found.kind.open();
            }
            found
        });
        merge(&mut merged.functions, &other.functions, |a, b| {
            let mut functions = a.clone();
            let others = b.map(Vec::as_slice).unwrap_or_default();
            for function in &mut functions {
                let same = others.iter().find(|other| other.id == function.id);
                function.is_certain &= same.is_some();
                if let Some(same) = same {
                    function.doubt_path(same);
                }
                function.definition = Definition::agreed(
                    function.definition.as_ref(),
                    same.and_then(|it| it.definition.as_ref()),
                );
            }
            for other in others {
                if !functions.iter().any(|function| function.id == other.id) {
                    functions.push(super::Function { is_certain: false, ..other.clone() });
                }
            }
            functions
        });
        let simple =
            |a: &super::SimpleObject, b: Option<&super::SimpleObject>| super::SimpleObject {
                is_certain: a.is_certain && b.is_some_and(|b| b.is_certain),
                schema: a.schema.clone().filter(|_| b.is_none_or(|b| b.schema == a.schema)),
                ..a.clone()
            };
        merge(&mut merged.typed, &other.typed, |a, b| super::TypedObject {
            is_certain: a.is_certain && b.is_some_and(|b| b.is_certain && b.id == a.id),
            ..a.clone()
        });
        merge(&mut merged.schemas, &other.schemas, simple);
        merge(&mut merged.others, &other.others, simple);
        let both: Vec<Text> = merged
            .published
            .iter()
            .filter(|(name, own)| other.published.get(*name).is_none_or(|it| it != *own))
            .map(|(name, _)| name.clone())
            .collect();
        for name in both {
            merged.published.remove(&name);
        }
        if other.renames.len() > merged.renames.len() {
            merged.renames.clone_from(&other.renames);
        }
        if !Arc::ptr_eq(&merged.unknown, &other.unknown) {
            Arc::make_mut(&mut merged.unknown).extend(&other.unknown);
        }
        if merged.path != other.path {
            merged.path_is_uncertain = true;
        }
        merged
    }
}

/// Merges two maps; the function gets `None` for what only one of them has.
fn merge<K: Ord + Clone, V: Clone>(
    into: &mut SharedMap<K, Arc<V>>,
    other: &SharedMap<K, Arc<V>>,
    combine: impl Fn(&V, Option<&V>) -> V,
) {
    let before = into.clone();
    for (key, own, others) in before.unshared(other) {
        let combined = match (own, others) {
            (Some(own), Some(others)) if Arc::ptr_eq(own, others) => continue,
            (Some(own), others) => combine(own, others.map(|others| &**others)),
            (None, Some(others)) => combine(others, None),
            (None, None) => continue,
        };
        into.insert(key.clone(), Arc::new(combined));
    }
}

/// Puts into `relation` what `other` has besides, and doubts what it lacks.
fn either(relation: &mut Relation, other: &Relation) {
    if relation.kind != other.kind {
        relation.kind = ObjectKind::Relation;
    }
    relation.is_certain &= other.is_certain;
    relation.is_open |= other.is_open;
    if relation.module != other.module {
        relation.module = None;
    }
    relation.has_hidden_parts |= other.has_hidden_parts;
    relation.is_vague |=
        other.is_vague || relation.parents != other.parents || says_otherwise(relation, other);
    relation.definition =
        Definition::agreed(relation.definition.as_ref(), other.definition.as_ref());
    if relation.row_security != other.row_security {
        relation.row_security = None;
    }
    for column in &mut relation.columns {
        let same = other.column(&column.name);
        column.is_certain &= same.is_some_and(|column| column.is_certain);
        column.is_converted |= same.is_some_and(|column| column.is_converted);
        column.may_be_invisible |= same.is_some_and(|column| column.may_be_invisible);
        if same.is_some_and(|other| other.type_name != column.type_name) {
            column.type_name = Text::from("");
        }
    }
    for column in &other.columns {
        if relation.column(&column.name).is_none() {
            relation.columns.push(super::Column { is_certain: false, ..column.clone() });
        }
    }
    for constraint in &mut relation.constraints {
        constraint.is_certain &=
            other.constraints.iter().any(|o| o.is_certain && o.name == constraint.name);
    }
    for constraint in &other.constraints {
        if !relation.constraints.iter().any(|own| own.name == constraint.name) {
            relation
                .constraints
                .push(super::Constraint { is_certain: false, ..constraint.clone() });
        }
    }
    parts(&mut relation.triggers, &other.triggers);
    parts(&mut relation.policies, &other.policies);
    parts(&mut relation.rules, &other.rules);
}

/// Whether two states of a relation list other things of the columns that both have.
fn says_otherwise(a: &Relation, b: &Relation) -> bool {
    a.columns.iter().any(|own| {
        b.column(&own.name).is_some_and(|other| {
            own.type_name != other.type_name
                || own.not_null != other.not_null
                || own.default != other.default
                || own.is_generated != other.is_generated
                || own.is_always_identity != other.is_always_identity
                || own.counts != other.counts
        })
    })
}

fn parts(own: &mut Vec<super::Part>, other: &[super::Part]) {
    for part in own.iter_mut() {
        let same = other.iter().find(|o| o.name == part.name);
        part.is_certain &= same.is_some_and(|o| o.is_certain);
        part.definition = Definition::agreed(
            part.definition.as_ref(),
            same.and_then(|it| it.definition.as_ref()),
        );
    }
    for part in other {
        if !own.iter().any(|own| own.name == part.name) {
            own.push(super::Part { is_certain: false, ..part.clone() });
        }
    }
}
