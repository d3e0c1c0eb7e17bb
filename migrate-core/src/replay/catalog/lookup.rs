//! Finding things by name.

use std::sync::Arc;

use super::{Catalog, Function, Id, Key, Relation, TypeKind};
use crate::replay::dialect::Dialect;
use crate::replay::model::{ObjectKind, QualifiedName, Text, TypeName};

/// The schema of temporary tables, whatever the server calls it.
pub(crate) const TEMPORARY: &str = "pg_temp";

/// What a lookup says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// There, perhaps not certainly: the object knows.
    Present(T),
    /// Cannot be said.
    Unknown,
    /// Certainly not there.
    Absent,
}

impl<T> Found<T> {
    pub(crate) fn present(self) -> Option<T> {
        match self {
            Found::Present(value) => Some(value),
            Found::Unknown | Found::Absent => None,
        }
    }
}

impl Catalog {
    /// Schemas in which a name is looked up, in order.
    pub(super) fn schemas_of<'a>(&'a self, name: &'a QualifiedName) -> &'a [Text] {
        match &name.schema {
            Some(schema) => std::slice::from_ref(&schema.text),
            None => &self.path,
        }
    }

    /// Whether the schema may have things that nobody lists.
    pub(super) fn is_open_schema(&self, dialect: &dyn Dialect, schema: &str) -> bool {
        dialect.has_loose_names()
            || self.unknown.covers(ObjectKind::Schema, schema)
            || (self.unknown.schemas && !self.schemas.contains_key(schema))
            || self.others.keys().any(|(kind, name)| {
                *kind == ObjectKind::Extension && dialect.extension_has(name, 's', schema)
            })
    }

    /// Whether a schema on the path may have things that nobody lists.
    pub(super) fn has_open_path(&self, dialect: &dyn Dialect) -> bool {
        let unlisted = self.path.iter().filter(|schema| !self.schemas.contains_key(*schema));
        unlisted.into_iter().any(|schema| self.is_open_schema(dialect, schema))
    }

    /// A table, view, index or sequence.
    pub(crate) fn find_relation(&self, dialect: &dyn Dialect, name: &QualifiedName) -> Found<Key> {
        // Temporary tables come before all others.
        if name.schema.is_none() {
            let key = Key { schema: Arc::from(TEMPORARY), name: name.name.text.clone() };
            if self.relations.contains_key(&key) {
                return Found::Present(key);
            }
        }
        for schema in self.schemas_of(name) {
            let key = Key { schema: schema.clone(), name: name.name.text.clone() };
            if self.relations.contains_key(&key) {
                let others = || self.relations.keys().filter(|other| other.name == key.name);
                if name.schema.is_none() && self.path_is_uncertain && others().count() > 1 {
                    return Found::Unknown;
                }
                return Found::Present(key);
            }
        }
        let bare: &str = &name.name.text;
        let system = match &name.schema {
            Some(schema) if dialect.is_system_schema(&schema.text) => {
                dialect.has_system_relation(&schema.text, bare)
            }
            Some(_) if dialect.has_loose_names() => false,
            // Each database of `SQLite` has them.
            Some(schema) if dialect.keeps_source() => {
                dialect.has_system_relation(&schema.text, bare)
                    || self.is_open_schema(dialect, &schema.text)
            }
            Some(schema) => self.is_open_schema(dialect, &schema.text),
            None => dialect.has_system_relation(system_schema(dialect), bare),
        };
        if system || name.is_wildcard() || self.unknown.covers(ObjectKind::Relation, bare) {
            return Found::Unknown;
        }
        if self.extension_brings(dialect, 'r', bare)
            || (name.schema.is_none() && self.has_open_path(dialect))
        {
            return Found::Unknown;
        }
        if dialect.has_loose_names() {
            return match self.loosely_named(name) {
                Some(key) => Found::Present(key),
                None if name.schema.is_some() => Found::Unknown,
                None => Found::Absent,
            };
        }
        // Any schema may be on the path that is in force.
        let elsewhere = || self.relations.keys().any(|key| &*key.name == bare);
        if name.schema.is_none() && self.path_is_uncertain && elsewhere() {
            return Found::Unknown;
        }
        Found::Absent
    }

    /// A temporary table, where no other is meant.
    pub(crate) fn find_temporary(&self, dialect: &dyn Dialect, name: &QualifiedName) -> Found<Key> {
        let bare: &str = &name.name.text;
        let has_name = |key: &&Key| key.name.eq_ignore_ascii_case(bare);
        let mut named = self.relations.keys().filter(has_name);
        if let Some(key) = named.find(|key| &*key.schema == TEMPORARY) {
            return Found::Present(key.clone());
        }
        // One of the name that stays may have been made in the session of an earlier file.
        match self.find_relation(dialect, name) {
            Found::Absent => Found::Absent,
            Found::Present(_) | Found::Unknown => Found::Unknown,
        }
    }

    /// A relation that is not temporary, also where a temporary one hides it.
    pub(crate) fn find_lasting(&self, dialect: &dyn Dialect, name: &QualifiedName) -> Found<Key> {
        let found = self.find_relation(dialect, name);
        if !matches!(&found, Found::Present(key) if &*key.schema == TEMPORARY) {
            return found;
        }
        let mut hidden = self
            .schemas_of(name)
            .iter()
            .map(|schema| Key { schema: schema.clone(), name: name.name.text.clone() });
        hidden.find(|key| self.relations.contains_key(key)).map_or(Found::Absent, Found::Present)
    }

    /// Whether an installed extension brings a name, or may bring any.
    pub(crate) fn extension_brings(&self, dialect: &dyn Dialect, kind: char, name: &str) -> bool {
        self.others.keys().filter(|(object, _)| *object == ObjectKind::Extension).any(
            |(_, extension)| {
                !dialect.is_known_extension(extension)
                    || dialect.extension_has(extension, kind, name)
            },
        ) || self.unknown.has_kind(ObjectKind::Extension)
    }

    /// A type; [`Found::Present`] holds the name by which it is compared.
    pub(crate) fn find_type(
        &self,
        dialect: &dyn Dialect,
        name: &TypeName,
    ) -> Found<(Text, Option<Id>)> {
        if name.is_borrowed {
            return Found::Unknown;
        }
        let suffix = if name.is_array { "[]" } else { "" };
        let bare: &str = &name.name.name.text;
        let built_in = || {
            let stored = dialect.serial_type(bare).unwrap_or(bare);
            (Arc::from(format!("pg_catalog.{stored}{suffix}")), None)
        };
        let schema = name.name.schema.as_ref().map(|schema| &*schema.text);
        let is_system = schema.is_some_and(|schema| dialect.is_system_schema(schema));
        let has = dialect.has_type(bare) || dialect.serial_type(bare).is_some();
        if is_system {
            return if has { Found::Present(built_in()) } else { Found::Unknown };
        }
        if schema.is_none() && has {
            return Found::Present(built_in());
        }
        let temporary = [Text::from(TEMPORARY)];
        let first = if schema.is_none() { &temporary[..] } else { &[] };
        for schema in first.iter().chain(self.schemas_of(&name.name)) {
            let key = Key { schema: schema.clone(), name: name.name.name.text.clone() };
            let text = || Arc::from(format!("{}.{}{suffix}", key.schema, key.name));
            if let Some(found) = self.types.get(&key) {
                return Found::Present((text(), Some(found.id)));
            }
            if let Some(found) = self.relations.get(&key)
                && found.index.is_none()
            {
                return Found::Present((text(), Some(found.id)));
            }
        }
        if self.unknown.covers(ObjectKind::Type, bare)
            || self.unknown.covers(ObjectKind::Relation, bare)
            || name.name.is_wildcard()
            || self.extension_brings(dialect, 't', bare)
            || schema.map_or_else(
                || self.has_open_path(dialect),
                |schema| self.is_open_schema(dialect, schema),
            )
            || (schema.is_none() && dialect.has_system_relation(system_schema(dialect), bare))
        {
            return Found::Unknown;
        }
        // An array's type has a name of its own.
        if let Some(element) = bare.strip_prefix('_')
            && self.types.keys().any(|key| &*key.name == element)
        {
            return Found::Unknown;
        }
        let elsewhere = || {
            self.types.keys().any(|key| &*key.name == bare)
                || self.relations.keys().any(|key| &*key.name == bare)
        };
        if name.name.schema.is_none() && self.path_is_uncertain && elsewhere() {
            return Found::Unknown;
        }
        Found::Absent
    }

    /// Functions of a name that the catalog lists.
    pub(crate) fn functions_named(&self, name: &QualifiedName) -> Vec<(&Key, &Function)> {
        let mut found = Vec::new();
        for schema in self.schemas_of(name) {
            let key = Key { schema: schema.clone(), name: name.name.text.clone() };
            if let Some((key, functions)) = self.functions.get_key_value(&key) {
                found.extend(functions.iter().map(|function| (key, function)));
            }
        }
        found
    }

    /// Whether a function of the name may exist beside those that are listed.
    pub(crate) fn may_have_function(&self, dialect: &dyn Dialect, name: &QualifiedName) -> bool {
        let bare: &str = &name.name.text;
        let built_in = match &name.schema {
            Some(schema) if dialect.is_system_schema(&schema.text) => true,
            Some(schema) => self.is_open_schema(dialect, &schema.text),
            None => dialect.has_function(bare),
        };
        built_in
            || name.is_wildcard()
            || self.unknown.covers(ObjectKind::Function, bare)
            || self.extension_brings(dialect, 'f', bare)
            || (name.schema.is_none() && self.has_open_path(dialect))
            || dialect.has_loose_names() && !self.routines_elsewhere(name).is_empty()
            || (name.schema.is_none()
                && self.path_is_uncertain
                && self.functions.keys().any(|key| &*key.name == bare))
    }

    /// Whether a function of the name can be nobody's but the server's.
    pub(crate) fn is_only_built_in(&self, dialect: &dyn Dialect, name: &QualifiedName) -> bool {
        let bare: &str = &name.name.text;
        let is_theirs = match &name.schema {
            Some(schema) => &*schema.text == "pg_catalog",
            None => !self.has_open_path(dialect),
        };
        is_theirs
            && dialect.has_function(bare)
            && !name.is_wildcard()
            && !self.unknown.covers(ObjectKind::Function, bare)
            && !self.extension_brings(dialect, 'f', bare)
            // Any schema may be on the path that is in force.
            && !self.functions.keys().any(|key| &*key.name == bare)
    }

    /// Whether a composite type, a table's own among them, may have a field of the name.
    pub(crate) fn may_have_field(&self, name: &str) -> bool {
        let has_field = |kind: &TypeKind| match kind {
            TypeKind::Composite { fields, is_open } => {
                *is_open || fields.iter().any(|field| &**field == name)
            }
            _ => false,
        };
        self.types.values().any(|found| has_field(&found.kind))
            || self.relations.values().any(|relation| relation.column(name).is_some())
    }

    /// Routines of the name in schemas in which it is not looked up.
    pub(crate) fn routines_elsewhere(&self, name: &QualifiedName) -> Vec<Key> {
        let schemas = self.schemas_of(name);
        let is_elsewhere =
            |key: &&Key| key.name == name.name.text && !schemas.contains(&key.schema);
        self.functions.keys().filter(is_elsewhere).cloned().collect()
    }

    /// The relation with an identity.
    pub(crate) fn relation_by_id(&self, id: Id) -> Option<(&Key, &Arc<Relation>)> {
        self.relations_near(&[id]).find(|(_, relation)| relation.id == id)
    }

    /// Whether a schema is there.
    pub(crate) fn has_schema(&self, dialect: &dyn Dialect, schema: &str) -> Found<()> {
        if self.schemas.contains_key(schema) || dialect.is_system_schema(schema) {
            Found::Present(())
        } else if self.is_open_schema(dialect, schema) {
            Found::Unknown
        } else {
            Found::Absent
        }
    }
}

/// The schema of the server's own relations, where it has one.
fn system_schema(dialect: &dyn Dialect) -> &'static str {
    if dialect.is_system_schema("pg_catalog") { "pg_catalog" } else { "" }
}
