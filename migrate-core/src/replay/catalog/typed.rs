//! Operators, casts, operator classes and families: what is told apart by types, or by an access
//! method, beside its name.

use std::sync::Arc;

use super::{Catalog, Definition, Dependency, Id, Key, Relation, SharedMap, Site};
use crate::replay::dialect::Dialect;
use crate::replay::model::{ObjectKind, QualifiedName, Text};

/// By what such an object is told from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypedKey {
    pub(crate) kind: ObjectKind,
    pub(crate) name: Key,
    /// Types of operands, those that a cast goes between, or an access method.
    pub(crate) by: Vec<Text>,
}

/// What is known of such an object.
#[derive(Debug, Clone)]
pub(crate) struct TypedObject {
    pub(crate) id: Id,
    pub(crate) is_certain: bool,
    /// Only named by another one so far: it may still be created.
    pub(crate) is_shell: bool,
    pub(crate) site: Option<Site>,
    pub(crate) definition: Option<Definition>,
    pub(crate) uses: Vec<Dependency>,
}

impl TypedObject {
    /// Something of which nothing is known but that it is there.
    pub(crate) fn new(id: Id) -> Self {
        TypedObject {
            id,
            is_certain: true,
            is_shell: false,
            site: None,
            definition: None,
            uses: Vec::new(),
        }
    }

    /// Whether it came with another object: the family that a class made for itself.
    pub(crate) fn is_implied(&self, key: &TypedKey) -> bool {
        key.kind == ObjectKind::OperatorFamily && self.definition.is_none()
    }
}

/// All of them.
pub(crate) type TypedMap = SharedMap<TypedKey, Arc<TypedObject>>;

impl TypedKey {
    /// As people call it.
    pub(crate) fn describe(&self) -> String {
        if self.kind != ObjectKind::Cast {
            return format!("{} `{}`", self.kind.noun(), self.name.name);
        }
        let bare = |told: &Text| {
            let rest = told.strip_prefix("pg_catalog.").or_else(|| told.strip_prefix("public."));
            format!("`{}`", rest.unwrap_or(told))
        };
        let by: Vec<_> = self.by.iter().map(bare).collect();
        format!("cast from {}", by.join(" to "))
    }
}

/// The word by which an unreadable text speaks of a kind, whose names are no words or are made up.
fn word_of(kind: ObjectKind) -> &'static str {
    if kind == ObjectKind::Cast { "cast" } else { "operator" }
}

/// The letter of a kind in the tables of what extensions bring.
fn letter_of(kind: ObjectKind) -> char {
    match kind {
        ObjectKind::Operator => 'o',
        ObjectKind::Cast => 'k',
        _ => 'c',
    }
}

impl Catalog {
    pub(crate) fn typed_mut(&mut self) -> &mut TypedMap {
        &mut self.typed
    }

    /// Whether an object of this kind and name may be there though nobody lists it.
    pub(crate) fn may_have_typed(
        &self,
        dialect: &dyn Dialect,
        kind: ObjectKind,
        name: &QualifiedName,
    ) -> bool {
        let bare: &str = &name.name.text;
        let in_schema = match &name.schema {
            _ if kind == ObjectKind::Cast => false,
            Some(schema) => {
                dialect.is_system_schema(&schema.text) || self.is_open_schema(dialect, &schema.text)
            }
            None => {
                self.has_open_path(dialect)
                    || (self.path_is_uncertain
                        && self.typed.keys().any(|key| key.kind == kind && *key.name.name == *bare))
            }
        };
        in_schema
            || name.is_wildcard()
            || self.unknown.covers(kind, bare)
            || self.unknown.names.contains(word_of(kind))
            || self.extension_brings(dialect, letter_of(kind), bare)
    }

    /// Whether an object that is listed may be gone.
    pub(crate) fn may_have_lost_typed(&self, key: &TypedKey) -> bool {
        self.unknown.may_have_lost(key.kind, &key.name.name)
            || self.unknown.names.contains(word_of(key.kind))
    }

    /// The listed object that a name means, by the types or the method that tell it.
    pub(crate) fn typed_named(
        &self,
        kind: ObjectKind,
        name: &QualifiedName,
        by: &[Text],
    ) -> Option<TypedKey> {
        let schemas = self.schemas_of(name);
        let keys = schemas.iter().map(|schema| TypedKey {
            kind,
            name: Key::of(schema, &name.name),
            by: by.to_vec(),
        });
        keys.into_iter().find(|key| self.typed.contains_key(key))
    }

    /// Gives objects other keys, such as types with new names ask for.
    pub(crate) fn rename_typed(&mut self, renamed: impl Fn(&TypedKey) -> Option<TypedKey>) {
        let changed: Vec<_> =
            self.typed.keys().filter_map(|key| Some((key.clone(), renamed(key)?))).collect();
        for (old, new) in changed {
            if let Some(object) = self.typed.remove(&old) {
                self.typed.insert(new, object);
            }
        }
    }

    /// Doubts whatever may use an operator that went with what needs it: nobody reads the
    /// operators in expressions.
    pub(crate) fn doubt_users_of(&mut self, key: &TypedKey) {
        // An expression knows the function of a cast, and a family is no more than a name.
        if matches!(key.kind, ObjectKind::Cast | ObjectKind::OperatorFamily) {
            return;
        }
        // Sorting, grouping, `IN` and `LIKE` use operators that they do not name; so do indexes
        // and their classes.
        let is_everywhere = key.kind != ObjectKind::Operator
            || key.name.name.chars().all(|c| matches!(c, '=' | '<' | '>' | '!' | '~' | '*'));
        let names = |definition: Option<&Definition>| {
            definition.is_none_or(|it| it.text().contains(&*key.name.name))
        };
        let may_use = |relation: &Relation| {
            let parts = relation.triggers.iter().chain(&relation.policies).chain(&relation.rules);
            is_everywhere
                || names(relation.definition.as_ref())
                || relation.constraints.iter().any(|entry| names(entry.definition.as_ref()))
                || parts.into_iter().any(|part| names(part.definition.as_ref()))
                || relation.columns.iter().any(|column| {
                    column.default.as_ref().is_some_and(|text| text.contains(&*key.name.name))
                })
        };
        for key in self.relations_where(may_use) {
            self.doubt_relation(&key);
        }
        let has_own_body = |definition: &Definition| {
            let text = definition.text().to_ascii_lowercase();
            !text.contains("plpgsql") && (text.contains("atomic") || text.contains("return "))
        };
        let with_it: Vec<Key> = self
            .functions
            .iter()
            .filter(|(_, list)| {
                list.iter().any(|it| it.definition.as_ref().is_none_or(has_own_body))
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in with_it {
            let Some(list) = self.functions_mut().get_mut(&key) else { continue };
            for function in Arc::make_mut(list) {
                function.is_certain &=
                    function.definition.as_ref().is_some_and(|it| !has_own_body(it));
            }
        }
    }
}
