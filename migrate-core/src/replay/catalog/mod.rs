//! The symbolic catalog: what a database would hold after the statements so far.
//!
//! A copy is cheap: maps and objects are shared until one of them changes. Every part may
//! be unknown, and only what is certainly absent, or certainly there twice, refutes.

mod definition;
mod depend;
mod keyed;
mod listing;
mod lookup;
mod loose;
mod merge;
mod object;
mod source;
mod unknown;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{ObjectKind, Text};

pub(crate) use definition::{About, Amendment, Definition, RenameEvent};
pub(crate) use depend::{Dependent, Removal, Victim};
pub(crate) use lookup::{Found, TEMPORARY};
pub(crate) use object::{
    Column, Constraint, ConstraintRule, Dependency, Function, Id, IndexData, Part, Relation,
    Signature, SimpleObject, Site, Tombstone, TypeData, TypeKind,
};
pub(crate) use source::{Source, SourceKey};
pub(crate) use unknown::{Pattern, Unknown};

/// A name in a schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) schema: Text,
    pub(crate) name: Text,
}

/// A map that is shared until it changes.
pub(crate) type Shared<K, V> = Arc<BTreeMap<K, V>>;

/// Everything that exists, might exist, or did exist.
#[derive(Debug, Clone)]
pub(crate) struct Catalog {
    pub(crate) schemas: Shared<Text, Arc<SimpleObject>>,
    pub(crate) relations: Shared<Key, Arc<Relation>>,
    pub(crate) types: Shared<Key, Arc<TypeData>>,
    pub(crate) functions: Shared<Key, Arc<Vec<Function>>>,
    /// Roles, publications and others of which only the name counts.
    pub(crate) others: Shared<(ObjectKind, Text), Arc<SimpleObject>>,
    /// What views and triggers say, where the server keeps it and looks later.
    pub(crate) sources: Shared<SourceKey, Arc<Source>>,
    /// What was dropped or renamed, last time.
    pub(crate) gone: Shared<(ObjectKind, Text), Tombstone>,
    /// What got another name, in order.
    pub(crate) renames: Arc<Vec<RenameEvent>>,
    /// What was said of objects besides, in order.
    pub(crate) amendments: Arc<Vec<Amendment>>,
    pub(crate) comments: Shared<About, Definition>,
    pub(crate) unknown: Arc<Unknown>,
    /// Schemas in which a bare name is looked up.
    pub(crate) path: Vec<Text>,
    /// The search path was changed in another file and may or may not hold on.
    pub(crate) path_is_uncertain: bool,
    pub(crate) checks_function_bodies: bool,
    /// Not reset at the end of a file: the next one may have the same session.
    pub(crate) checks_foreign_keys: bool,
    pub(crate) seen: Seen,
    next: u32,
}

/// What has occurred at all: most histories have none of it, and need not look for it.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Seen {
    pub(crate) temporary: bool,
    pub(crate) inheritance: bool,
    pub(crate) renamed: bool,
    pub(crate) casts: bool,
}

impl Catalog {
    /// An empty database.
    pub(crate) fn new(path: &[&str]) -> Self {
        let mut catalog = Catalog {
            schemas: Arc::default(),
            relations: Arc::default(),
            types: Arc::default(),
            functions: Arc::default(),
            others: Arc::default(),
            sources: Arc::default(),
            gone: Arc::default(),
            renames: Arc::default(),
            amendments: Arc::default(),
            comments: Arc::default(),
            unknown: Arc::default(),
            path: path.iter().map(|schema| Arc::from(*schema)).collect(),
            path_is_uncertain: false,
            checks_function_bodies: true,
            checks_foreign_keys: true,
            seen: Seen::default(),
            next: 0,
        };
        for schema in path {
            let object = SimpleObject { is_certain: true, site: None, definition: None };
            catalog.schemas_mut().insert(Arc::from(*schema), Arc::new(object));
        }
        catalog
    }

    /// A number that no other object of this history has.
    pub(crate) fn id(&mut self) -> Id {
        self.next += 1;
        Id(self.next)
    }

    pub(crate) fn schemas_mut(&mut self) -> &mut BTreeMap<Text, Arc<SimpleObject>> {
        Arc::make_mut(&mut self.schemas)
    }

    pub(crate) fn relations_mut(&mut self) -> &mut BTreeMap<Key, Arc<Relation>> {
        Arc::make_mut(&mut self.relations)
    }

    /// The relation, to be changed.
    pub(crate) fn relation_mut(&mut self, key: &Key) -> Option<&mut Relation> {
        self.relations_mut().get_mut(key).map(Arc::make_mut)
    }

    pub(crate) fn types_mut(&mut self) -> &mut BTreeMap<Key, Arc<TypeData>> {
        Arc::make_mut(&mut self.types)
    }

    pub(crate) fn functions_mut(&mut self) -> &mut BTreeMap<Key, Arc<Vec<Function>>> {
        Arc::make_mut(&mut self.functions)
    }

    pub(crate) fn others_mut(&mut self) -> &mut BTreeMap<(ObjectKind, Text), Arc<SimpleObject>> {
        Arc::make_mut(&mut self.others)
    }

    pub(crate) fn unknown_mut(&mut self) -> &mut Unknown {
        Arc::make_mut(&mut self.unknown)
    }

    /// Remembers where a name went.
    pub(crate) fn bury(&mut self, kind: ObjectKind, name: &str, tombstone: Tombstone) {
        Arc::make_mut(&mut self.gone).insert((kind, Arc::from(name)), tombstone);
    }

    /// Where a name went, where it was ever there.
    pub(crate) fn tombstone(&self, kind: ObjectKind, name: &str) -> Option<&Tombstone> {
        self.gone.get(&(kind, Arc::from(name)))
    }

    /// Tables that inherit from one.
    pub(crate) fn children_of(&self, parent: Id) -> Vec<Key> {
        if !self.seen.inheritance {
            return Vec::new();
        }
        let children = self.relations.iter().filter(|(_, it)| it.parents.contains(&parent));
        children.map(|(key, _)| key.clone()).collect()
    }

    /// The schema in which a bare name is created.
    pub(crate) fn creation_schema(&self) -> Text {
        self.path
            .iter()
            .find(|schema| self.schemas.contains_key(*schema))
            .cloned()
            .unwrap_or_else(|| Arc::from("public"))
    }
}
