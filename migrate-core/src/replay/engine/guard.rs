//! Conditions of procedural code that ask whether something is there.

use super::Engine;
use crate::replay::catalog::{Found, Key, TEMPORARY};
use crate::replay::model::{Guard, GuardedObject, Name, ObjectKind, Place, QualifiedName, Text};

impl Engine {
    /// What a condition says, where the catalog can tell.
    pub(super) fn answer(&self, guard: &Guard) -> Option<bool> {
        if self.catalog.unknown.everything {
            return None;
        }
        match guard {
            Guard::Unknown => None,
            Guard::Written(text) => self.answer(&self.read_guard(text)),
            Guard::Constant(value) => Some(*value),
            Guard::Not(inner) => self.answer(inner).map(|answer| !answer),
            Guard::All(parts) => self.decided(parts, false),
            Guard::Any(parts) => self.decided(parts, true),
            Guard::Exists(object) => match self.existence(object) {
                Found::Present(()) if object.is_exact => Some(true),
                Found::Absent => Some(false),
                Found::Present(()) | Found::Unknown => None,
            },
        }
    }

    /// The answer of several guards, of which one that says `decisive` decides.
    fn decided(&self, parts: &[Guard], decisive: bool) -> Option<bool> {
        let answers: Vec<_> = parts.iter().map(|part| self.answer(part)).collect();
        if answers.contains(&Some(decisive)) {
            Some(decisive)
        } else {
            answers.iter().all(Option::is_some).then_some(!decisive)
        }
    }

    fn existence(&self, object: &GuardedObject) -> Found<()> {
        let unknown = &self.catalog.unknown;
        if unknown.covers(object.kind, &object.name)
            || unknown.may_have_lost(object.kind, &object.name)
        {
            return Found::Unknown;
        }
        if self.dialect.indexes_belong_to_tables() && self.is_temporary(object) {
            // Whether `information_schema` has it depends on the version.
            return Found::Unknown;
        }
        let name = Name::new(&object.name, Place::default());
        let schema = object.schema.as_ref().map(|schema| Name::new(schema, Place::default()));
        let qualified = QualifiedName { schema, name };
        match object.kind {
            ObjectKind::Index | ObjectKind::Constraint
                if self.dialect.indexes_belong_to_tables() =>
            {
                self.key_existence(object)
            }
            ObjectKind::Relation
            | ObjectKind::Table
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence
            | ObjectKind::Index => {
                let mut found = self.relation_state(&qualified);
                if found == Found::Absent && object.schema.is_none() && !object.on_path {
                    let name = &qualified.name.text;
                    let elsewhere = self.catalog.relations.keys().find(|key| key.name == *name);
                    found = elsewhere.map_or(Found::Absent, |key| Found::Present(key.clone()));
                }
                self.certain(&found, object.kind)
            }
            ObjectKind::Column
            | ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Policy => self.part_existence(object, &qualified),
            ObjectKind::Type => match self.type_key(&qualified) {
                Some(key) if self.catalog.types.get(&key).is_some_and(|it| it.is_certain) => {
                    Found::Present(())
                }
                Some(_) => Found::Unknown,
                None => {
                    let elsewhere = self
                        .catalog
                        .types
                        .keys()
                        .any(|key| key.name == qualified.name.text)
                        || self.catalog.extension_brings(self.dialect, 't', &object.name)
                        || self.dialect.has_type(&object.name)
                        || self.catalog.relations.keys().any(|key| key.name == qualified.name.text);
                    if elsewhere { Found::Unknown } else { Found::Absent }
                }
            },
            ObjectKind::Routine => self.function_state(&qualified),
            ObjectKind::Schema => self.catalog.has_schema(self.dialect, &object.name),
            kind @ (ObjectKind::Publication | ObjectKind::Extension) => {
                match self.catalog.others.get(&(kind, Text::from(object.name.as_str()))) {
                    Some(found) if found.is_certain => Found::Present(()),
                    Some(_) => Found::Unknown,
                    // An extension may be in the template that databases are made from.
                    None if kind == ObjectKind::Extension => Found::Unknown,
                    None => Found::Absent,
                }
            }
            kind => match self.catalog.others.get(&(kind, Text::from(object.name.as_str()))) {
                Some(found) if found.is_certain => Found::Present(()),
                _ => Found::Unknown,
            },
        }
    }

    /// Whether what was found is there, and of the kind that is asked for.
    fn certain(&self, found: &Found<Key>, kind: ObjectKind) -> Found<()> {
        match found {
            Found::Present(key) => match self.catalog.relations.get(key) {
                Some(relation) if relation.is_certain => match (kind, relation.kind) {
                    (ObjectKind::Relation | ObjectKind::Index, _) => Found::Present(()),
                    (_, ObjectKind::Relation) => Found::Unknown,
                    (wanted, own) if wanted == own => Found::Present(()),
                    _ => Found::Absent,
                },
                _ => Found::Unknown,
            },
            Found::Unknown => Found::Unknown,
            Found::Absent => Found::Absent,
        }
    }

    fn is_temporary(&self, object: &GuardedObject) -> bool {
        let table = object.on.as_ref().unwrap_or(&object.name);
        let is_it = |key: &Key| &*key.schema == TEMPORARY && key.name.eq_ignore_ascii_case(table);
        self.catalog.seen.temporary && self.catalog.relations.keys().any(is_it)
    }

    /// An index or constraint of a table that has names of its own for them.
    fn key_existence(&self, object: &GuardedObject) -> Found<()> {
        let Some(on) = &object.on else { return Found::Unknown };
        let table = QualifiedName::bare(Name::new(on, Place::default()));
        let table = match self.relation_state(&table) {
            Found::Present(table) => table,
            Found::Absent => return Found::Absent,
            Found::Unknown => return Found::Unknown,
        };
        let Some(relation) = self.catalog.relations.get(&table) else { return Found::Unknown };
        let index = self.catalog.relations.get(&self.catalog.index_key(&table, &object.name));
        let named = relation.constraints.iter().find(|entry| *entry.name == *object.name);
        let wanted = match object.kind {
            ObjectKind::Index => index.map(|index| index.is_certain),
            _ => named.map(|entry| entry.is_certain),
        };
        if wanted == Some(true) && relation.is_certain {
            return Found::Present(());
        }
        // Names that the server makes up, and keys that count among the constraints.
        let is_made_up = object.name == "primary"
            || object.name.contains("_ibfk_")
            || object.name.contains("_chk_")
            || object.name.bytes().all(|byte| byte.is_ascii_digit());
        let is_sure = crate::replay::resolve::is_closed(relation)
            && wanted.is_none()
            && index.is_none()
            && named.is_none()
            && !is_made_up;
        if is_sure { Found::Absent } else { Found::Unknown }
    }

    /// Columns, constraints, triggers and policies, of one table or of any.
    fn part_existence(&self, object: &GuardedObject, name: &QualifiedName) -> Found<()> {
        let has = |relation: &crate::replay::catalog::Relation| -> Found<()> {
            let part = |found: Option<bool>| match found {
                Some(true) if relation.is_certain => Found::Present(()),
                Some(_) => Found::Unknown,
                None if relation.is_open || relation.has_hidden_parts || !relation.is_certain => {
                    Found::Unknown
                }
                None => Found::Absent,
            };
            let text = &name.name.text;
            match object.kind {
                ObjectKind::Column => part(relation.column(text).map(|column| column.is_certain)),
                ObjectKind::Constraint => part(
                    relation
                        .constraints
                        .iter()
                        .find(|constraint| constraint.name == *text)
                        .map(|constraint| constraint.is_certain),
                ),
                ObjectKind::Trigger => part(
                    relation
                        .triggers
                        .iter()
                        .find(|part| part.name == *text)
                        .map(|part| part.is_certain),
                ),
                _ => part(
                    relation
                        .policies
                        .iter()
                        .find(|part| part.name == *text)
                        .map(|part| part.is_certain),
                ),
            }
        };
        if let Some(table) = &object.on {
            let table = QualifiedName {
                schema: name.schema.clone(),
                name: Name::new(table, Place::default()),
            };
            let mut found = self.relation_state(&table);
            if found == Found::Absent && object.schema.is_none() {
                let name = &table.name.text;
                let elsewhere = self.catalog.relations.keys().find(|key| key.name == *name);
                found = elsewhere.map_or(Found::Absent, |key| Found::Present(key.clone()));
            }
            return match found {
                Found::Present(key) => self
                    .catalog
                    .relations
                    .get(&key)
                    .map_or(Found::Unknown, |relation| has(relation)),
                Found::Unknown => Found::Unknown,
                Found::Absent => Found::Absent,
            };
        }
        let answers: Vec<_> =
            self.catalog.relations.values().map(|relation| has(relation)).collect();
        if answers.contains(&Found::Present(())) {
            Found::Present(())
        } else if answers.contains(&Found::Unknown) {
            Found::Unknown
        } else {
            Found::Absent
        }
    }
}
