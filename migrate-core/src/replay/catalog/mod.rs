//! The symbolic catalog: what a database would hold after the statements so far.
//!
//! A copy is cheap: maps and objects are shared until one of them changes. Every part may
//! be unknown, and only what is certainly absent, or certainly there twice, refutes.

mod chunk;
mod definition;
mod depend;
mod doubt;
mod keyed;
mod listing;
mod lookup;
mod loose;
mod mention;
mod merge;
mod object;
mod shared;
mod source;
mod typed;
mod unknown;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::model::{ObjectKind, Text};

pub(crate) use definition::{About, Amendment, Definition, RenameEvent};
pub(crate) use depend::{Dependent, Removal, Victim};
pub(crate) use lookup::{Found, TEMPORARY};
pub(crate) use object::{
    Column, Constraint, ConstraintRule, Dependency, Function, Id, IndexData, Module, Part,
    PartitionKey, Relation, Signature, SimpleObject, Site, Tombstone, TypeData, TypeKind,
};
pub(crate) use shared::{Pair, SharedMap};
pub(crate) use source::{Source, SourceKey};
pub(crate) use typed::{TypedKey, TypedMap, TypedObject};
pub(crate) use unknown::{Pattern, Unknown};

/// A name in a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) schema: Text,
    pub(crate) name: Text,
}

impl Ord for Key {
    /// Most keys are of one schema, whose name they share.
    fn cmp(&self, other: &Self) -> Ordering {
        if !Arc::ptr_eq(&self.schema, &other.schema) {
            let order = self.schema.as_bytes().cmp(other.schema.as_bytes());
            if order.is_ne() {
                return order;
            }
        }
        self.name.as_bytes().cmp(other.name.as_bytes())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Everything that exists, might exist, or did exist.
#[derive(Debug, Clone)]
pub(crate) struct Catalog {
    pub(crate) schemas: SharedMap<Text, Arc<SimpleObject>>,
    pub(crate) relations: SharedMap<Key, Arc<Relation>>,
    pub(crate) types: SharedMap<Key, Arc<TypeData>>,
    pub(crate) functions: SharedMap<Key, Arc<Vec<Function>>>,
    /// Operators, casts, operator classes and families.
    pub(crate) typed: TypedMap,
    /// The tables of publications of which they are known.
    pub(crate) published: SharedMap<Text, Arc<Vec<Id>>>,
    /// Roles, publications and others of which only the name counts.
    pub(crate) others: SharedMap<(ObjectKind, Text), Arc<SimpleObject>>,
    /// What views and triggers say, where the server keeps it and looks later.
    pub(crate) sources: SharedMap<SourceKey, Arc<Source>>,
    /// What was dropped or renamed, last time.
    pub(crate) gone: SharedMap<(ObjectKind, Text), Tombstone>,
    /// The last names of tables and views that were dropped.
    pub(crate) last_names: SharedMap<Id, Text>,
    /// What got another name, in order.
    pub(crate) renames: Arc<Vec<RenameEvent>>,
    /// What was said of objects besides, in order.
    pub(crate) amendments: Arc<Vec<Amendment>>,
    pub(crate) comments: SharedMap<About, Definition>,
    pub(crate) unknown: Arc<Unknown>,
    /// Schemas in which a bare name is looked up.
    pub(crate) path: Vec<Text>,
    /// The search path was changed in another file and may or may not hold on.
    pub(crate) path_is_uncertain: bool,
    pub(crate) checks_function_bodies: bool,
    /// Not reset at the end of a file: the next one may have the same session.
    pub(crate) checks_foreign_keys: bool,
    /// Triggers that may be there for the session, on tables that stay.
    pub(crate) temporary_triggers: BTreeSet<Text>,
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
    pub(crate) renamed_columns: bool,
    /// Columns that are filled only where they are named.
    pub(crate) hidden_columns: bool,
    /// Rows of the system's tables are changed by hand.
    pub(crate) system_rows: bool,
}

impl Catalog {
    /// An empty database.
    pub(crate) fn new(path: &[&str]) -> Self {
        let mut catalog = Catalog {
            schemas: SharedMap::default(),
            relations: SharedMap::default(),
            types: SharedMap::default(),
            functions: SharedMap::default(),
            typed: SharedMap::default(),
            published: SharedMap::default(),
            others: SharedMap::default(),
            sources: SharedMap::default(),
            gone: SharedMap::default(),
            last_names: SharedMap::default(),
            renames: Arc::default(),
            amendments: Arc::default(),
            comments: SharedMap::default(),
            unknown: Arc::default(),
            path: path.iter().map(|schema| Arc::from(*schema)).collect(),
            path_is_uncertain: false,
            checks_function_bodies: true,
            checks_foreign_keys: true,
            temporary_triggers: BTreeSet::new(),
            seen: Seen::default(),
            next: 0,
        };
        for schema in path {
            let object =
                SimpleObject { is_certain: true, schema: None, site: None, definition: None };
            catalog.schemas_mut().insert(Arc::from(*schema), Arc::new(object));
        }
        catalog
    }

    /// A number that no other object of this history has.
    pub(crate) fn id(&mut self) -> Id {
        self.next += 1;
        Id(self.next)
    }

    pub(crate) fn schemas_mut(&mut self) -> &mut SharedMap<Text, Arc<SimpleObject>> {
        &mut self.schemas
    }

    pub(crate) fn relations_mut(&mut self) -> &mut SharedMap<Key, Arc<Relation>> {
        &mut self.relations
    }

    /// The relation, to be changed.
    pub(crate) fn relation_mut(&mut self, key: &Key) -> Option<&mut Relation> {
        self.relations_mut().get_mut(key).map(Arc::make_mut)
    }

    /// The names of the relations for which something holds.
    pub(crate) fn relations_where(&self, holds: impl Fn(&Relation) -> bool) -> Vec<Key> {
        let found = self.relations.iter().filter(|(_, relation)| holds(relation));
        found.map(|(key, _)| key.clone()).collect()
    }

    pub(crate) fn types_mut(&mut self) -> &mut SharedMap<Key, Arc<TypeData>> {
        &mut self.types
    }

    pub(crate) fn functions_mut(&mut self) -> &mut SharedMap<Key, Arc<Vec<Function>>> {
        &mut self.functions
    }

    pub(crate) fn others_mut(&mut self) -> &mut SharedMap<(ObjectKind, Text), Arc<SimpleObject>> {
        &mut self.others
    }

    pub(crate) fn unknown_mut(&mut self) -> &mut Unknown {
        Arc::make_mut(&mut self.unknown)
    }

    /// Remembers where a name went.
    pub(crate) fn bury(&mut self, kind: ObjectKind, name: &str, tombstone: Tombstone) {
        self.gone.insert((kind, Arc::from(name)), tombstone);
    }

    /// Where a name went, where it was ever there.
    pub(crate) fn tombstone(&self, kind: ObjectKind, name: &str) -> Option<&Tombstone> {
        self.gone.get(&(kind, Arc::from(name)))
    }

    /// Tables that inherit from one, and those that inherit from them.
    pub(crate) fn descendants_of(&self, ancestor: Id) -> Vec<Key> {
        if !self.seen.inheritance {
            return Vec::new();
        }
        let mut found: Vec<Key> = Vec::new();
        let mut parents = vec![ancestor];
        while let Some(parent) = parents.pop() {
            for key in self.relations_of(parent, |relation| relation.parents.contains(&parent)) {
                if !found.contains(&key) {
                    parents.extend(self.relations.get(&key).map(|relation| relation.id));
                    found.push(key);
                }
            }
        }
        found
    }

    /// A type that functions take, under its new name.
    pub(crate) fn rename_argument_type(&mut self, from: &Key, to: &Key) {
        let (old, new) =
            (format!("{}.{}", from.schema, from.name), format!("{}.{}", to.schema, to.name));
        self.rename_arguments(|argument| {
            let array = argument.strip_prefix(&old)?;
            matches!(array, "" | "[]").then(|| format!("{new}{array}"))
        });
    }

    /// Gives the types that functions and operators are told by other names, where `renamed` has
    /// one.
    pub(crate) fn rename_arguments(&mut self, renamed: impl Fn(&str) -> Option<String>) {
        let takes = |function: &Function| {
            function.arguments.iter().flatten().any(|argument| renamed(argument).is_some())
        };
        let with_it = self.functions.iter().filter(|(_, list)| list.iter().any(takes));
        let keys: Vec<Key> = with_it.map(|(key, _)| key.clone()).collect();
        for key in keys {
            let Some(list) = self.functions_mut().get_mut(&key) else { continue };
            for function in Arc::make_mut(list) {
                for argument in function.arguments.iter_mut().flatten() {
                    if let Some(name) = renamed(argument) {
                        *argument = Arc::from(name);
                    }
                }
            }
        }
        self.rename_typed(|key| {
            let by = key.by.iter().map(|own| renamed(own).map(Text::from));
            let by: Vec<_> = by.collect();
            by.iter().any(Option::is_some).then(|| TypedKey {
                by: by
                    .into_iter()
                    .zip(&key.by)
                    .map(|(new, own)| new.unwrap_or_else(|| own.clone()))
                    .collect(),
                ..key.clone()
            })
        });
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
