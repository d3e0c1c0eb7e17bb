//! Schemas, sequences, types, extensions and other objects.

use std::sync::Arc;

use super::Engine;
use super::alter_type::add_to_domain;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    Dependency, Found, Key, Pattern, Relation, SimpleObject, TEMPORARY, TypeData, TypeKind,
};
use crate::replay::model::{
    ColumnDefinition, ConstraintKind, CreateType, Name, ObjectKind, ObjectReference, QualifiedName,
    Statement, TypeBody, TypeName,
};
use crate::replay::resolve::{Fault, Subject};

impl Engine {
    pub(super) fn create_schema(
        &mut self,
        name: Option<&Name>,
        if_not_exists: bool,
        elements: &[Statement],
    ) {
        let Some(name) = name else { return };
        if let Some(existing) = self.catalog.schemas.get(&name.text) {
            let sure = existing.is_certain
                && !self.catalog.unknown.may_have_lost(ObjectKind::Schema, &name.text);
            // `public` is there on a fresh server, but tools drop it and begin with it.
            if !if_not_exists && sure && existing.site.is_some() {
                let site = existing.site;
                let message = format!("there is already a schema `{}`", name.text);
                let fault =
                    Fault::new(Code::M408, name.place, message).at_site(site, "it is created here");
                self.fault(fault);
            }
        }
        let object = SimpleObject {
            is_certain: true,
            schema: None,
            site: self.site(name.place),
            definition: self.definition(name.place, None),
        };
        self.catalog.schemas_mut().get_or_insert_with(name.text.clone(), || Arc::new(object));
        let path = self.catalog.path.clone();
        self.catalog.path.insert(0, name.text.clone());
        for element in elements {
            self.statement(element);
        }
        self.catalog.path = path;
    }

    pub(super) fn create_sequence(
        &mut self,
        name: &QualifiedName,
        temporary: bool,
        if_not_exists: bool,
        owner: Option<&ObjectReference>,
    ) {
        let mut key = self.new_key(name);
        if temporary {
            self.catalog.seen.temporary = true;
            key.schema = Arc::from(TEMPORARY);
        }
        if if_not_exists
            && self.catalog.relations.get(&key).is_some_and(|existing| existing.is_certain)
        {
            return;
        }
        if !if_not_exists && self.is_taken(&key, name, Code::M408) {
            return;
        }
        let id = self.catalog.id();
        let mut sequence = Relation::new(id, ObjectKind::Sequence, self.site(name.place()));
        sequence.definition = self.definition(name.place(), None);
        // Its own columns are no secret, but nobody asks for them.
        sequence.is_open = true;
        if let Some(owner) = owner {
            self.refer(owner);
            sequence.owner = self.owner_of(owner);
        }
        self.catalog.relations_mut().insert(key, Arc::new(sequence));
    }

    /// Gives a sequence to the column that it falls with from now on, or to none.
    pub(super) fn own_sequence(
        &mut self,
        sequence: &ObjectReference,
        if_exists: bool,
        owner: Option<&ObjectReference>,
    ) {
        if !if_exists {
            self.refer(sequence);
        }
        let found = owner.and_then(|owner| {
            self.refer(owner);
            self.owner_of(owner)
        });
        if let Some(key) = self.found(&sequence.name)
            && let Some(relation) = self.catalog.relation_mut(&key)
        {
            relation.owner = found;
            // Nobody knows what it falls with.
            relation.is_certain &= owner.is_some() == found.is_some();
        }
    }

    /// The column that `OWNED BY` names.
    fn owner_of(
        &self,
        owner: &ObjectReference,
    ) -> Option<(crate::replay::catalog::Id, crate::replay::catalog::Id)> {
        let key = self.found(owner.on.as_ref()?)?;
        let relation = self.catalog.relations.get(&key)?;
        Some((relation.id, relation.column(&owner.name.name.text)?.id))
    }

    /// The type with a name, where it is in the catalog.
    pub(super) fn type_key(&self, name: &QualifiedName) -> Option<Key> {
        let schemas = match &name.schema {
            Some(schema) => std::slice::from_ref(&schema.text),
            None => &self.catalog.path[..],
        };
        schemas
            .iter()
            .map(|schema| Key::of(schema, &name.name))
            .find(|key| self.catalog.types.contains_key(key))
    }

    pub(super) fn refer_type(&mut self, name: &QualifiedName) {
        let type_name = TypeName {
            name: name.clone(),
            is_array: false,
            written: Arc::from(""),
            is_borrowed: false,
        };
        self.check(&mut |resolver| resolver.type_name(&type_name));
    }

    /// Holds the place of a type that is not there yet, as functions do that make its values.
    ///
    /// Source: `PostgreSQL` 15 manual, `CREATE TYPE`, "Base Types": the server makes the shell on
    /// its own, where the language is C.
    pub(super) fn hold_type(&mut self, name: &TypeName) {
        if name.is_array || self.catalog.find_type(self.dialect, name) != Found::Absent {
            return;
        }
        self.create_type(&CreateType { name: name.name.clone(), body: TypeBody::Other });
    }

    pub(super) fn create_type(&mut self, create: &CreateType) {
        let key = self.new_key(&create.name);
        if let Some(existing) = self.catalog.types.get(&key)
            && existing.is_certain
            && !matches!(existing.kind, TypeKind::Other)
            && !self.catalog.unknown.may_have_lost(ObjectKind::Type, &key.name)
        {
            let message = format!("there is already a type `{}`", create.name.display());
            let fault = Fault::new(Code::M408, create.name.place(), message)
                .at_site(existing.site, "it is created here");
            self.fault(fault);
            return;
        }
        let site = self.site(create.name.place());
        let (mut uses, mut parts) = (Vec::new(), Vec::new());
        let kind = match &create.body {
            TypeBody::Enum(labels) => TypeKind::Enum {
                labels: labels.iter().map(|label| label.text.clone()).collect(),
                is_open: labels.iter().any(Name::is_wildcard),
            },
            TypeBody::Composite(fields) => {
                for field in fields {
                    if let Some(type_name) = &field.type_name {
                        parts.extend(self.check(&mut |resolver| resolver.type_name(type_name)));
                    }
                }
                self.refuse_repeated_fields(fields);
                TypeKind::Composite {
                    fields: fields.iter().map(|field| field.name.text.clone()).collect(),
                    is_open: false,
                }
            }
            TypeBody::Domain { base, constraints } => {
                uses.extend(self.check(&mut |resolver| resolver.type_name(base)));
                let before = self.variables.len();
                self.variables.push(Arc::from("value"));
                for constraint in constraints {
                    if let ConstraintKind::Check(value) | ConstraintKind::Default(value, _) =
                        &constraint.kind
                    {
                        let needed = self.check(&mut |resolver| {
                            resolver.without_columns(std::slice::from_ref(value));
                        });
                        if matches!(constraint.kind, ConstraintKind::Check(_)) {
                            parts.extend(needed);
                        }
                    }
                }
                self.variables.truncate(before);
                let mut kind = TypeKind::Domain {
                    constraints: Vec::new(),
                    has_made_up: false,
                    is_open: false,
                };
                for constraint in constraints {
                    if let Some(name) = add_to_domain(&mut kind, constraint) {
                        let message = format!(
                            "`{}` already has a constraint `{}`",
                            create.name.display(),
                            name.text
                        );
                        self.fault(Fault::new(Code::M408, name.place, message));
                    }
                }
                kind
            }
            TypeBody::Range { multirange, subtype, functions } => {
                uses = self.needs_of_range(subtype.as_ref(), functions);
                // Both types have functions of their name that make their values.
                let unknown = self.catalog.unknown_mut();
                unknown.appeared.extend([
                    Pattern::new(ObjectKind::Function, &key.name),
                    Pattern::new(ObjectKind::Function, multirange),
                    Pattern::new(ObjectKind::Type, multirange),
                ]);
                TypeKind::Other
            }
            TypeBody::Other => TypeKind::Other,
        };
        let id = self.catalog.id();
        let definition = self.definition(create.name.place(), None);
        let data = TypeData { id, kind, uses, parts, is_certain: true, site, definition };
        self.catalog.types_mut().insert(key, Arc::new(data));
    }

    /// What a range goes with; whether it is there, is asked elsewhere.
    fn needs_of_range(
        &self,
        subtype: Option<&TypeName>,
        functions: &[QualifiedName],
    ) -> Vec<Dependency> {
        let subtype = subtype.and_then(|it| self.catalog.find_type(self.dialect, it).present());
        let mut uses: Vec<_> =
            subtype.and_then(|(_, id)| id).map(Dependency::Type).into_iter().collect();
        for name in functions {
            let named = self.catalog.functions_named(name);
            let is_one = named.len() == 1;
            uses.extend(named.into_iter().map(|(_, function)| {
                if is_one {
                    Dependency::Function(function.id)
                } else {
                    Dependency::PerhapsFunction(function.id)
                }
            }));
        }
        uses
    }

    fn refuse_repeated_fields(&mut self, fields: &[ColumnDefinition]) {
        for (index, field) in fields.iter().enumerate() {
            if fields[..index].iter().any(|other| other.name.text == field.name.text) {
                let message = format!("there are two fields `{}`", field.name.text);
                self.fault(Fault::new(Code::M407, field.name.place, message));
            }
        }
    }

    pub(super) fn create_extension(
        &mut self,
        name: &Name,
        if_not_exists: bool,
        schema: Option<&Name>,
        demanded: Option<&Name>,
    ) {
        let key = (ObjectKind::Extension, name.text.clone());
        if let Some(existing) = self.catalog.others.get(&key) {
            let sure = existing.is_certain && existing.site.is_some();
            if !if_not_exists
                && sure
                && !self.catalog.unknown.may_have_lost(ObjectKind::Extension, &name.text)
            {
                let message = format!("the extension `{}` is already installed", name.text);
                let fault = Fault::new(Code::M408, name.place, message)
                    .at_site(existing.site, "it is created here");
                self.fault(fault);
            } else if !sure {
                self.may_lie_elsewhere(&name.text);
            }
            return;
        }
        if let Some(schema) = schema {
            self.require_schema(schema);
        }
        if let Some(schema) = demanded {
            self.fits_extension(name, schema, if_not_exists);
        }
        let object = SimpleObject {
            is_certain: true,
            schema: self.schema_of_new_extension(&name.text, if_not_exists, schema),
            site: self.site(name.place),
            definition: self.definition(name.place, None),
        };
        self.catalog.others_mut().insert(key, Arc::new(object));
        self.need_extensions(&name.text);
    }

    /// What an extension needs is there with it: `CASCADE` installs it, and without the word the
    /// server refuses the statement unless it was there before.
    ///
    /// Source: Postgres 15 manual, "CREATE EXTENSION", `CASCADE`.
    fn need_extensions(&mut self, name: &str) {
        for needed in self.dialect.needs_of_extension(name) {
            let key = (ObjectKind::Extension, Arc::from(needed));
            if self.catalog.others.contains_key(&key) {
                continue;
            }
            let object =
                SimpleObject { is_certain: false, schema: None, site: None, definition: None };
            self.catalog.others_mut().insert(key, Arc::new(object));
            self.need_extensions(needed);
        }
    }

    /// Refuses a schema other than the one that the extension's control file names.
    ///
    /// Source: Postgres 17 manual, "Packaging Related Objects into an Extension", `schema`;
    /// "CREATE EXTENSION", `schema_name`.
    fn fits_extension(&mut self, name: &Name, schema: &Name, if_not_exists: bool) {
        let Some(own) = self.dialect.schema_of_extension(&name.text) else { return };
        let may_be_there =
            if_not_exists && self.catalog.unknown.covers(ObjectKind::Extension, &name.text);
        if own == &*schema.text || schema.is_wildcard() || may_be_there {
            return;
        }
        let message = format!("the extension `{}` must be created in `{own}`", name.text);
        let fault = Fault::new(Code::M421, schema.place, message)
            .help(format!("write `WITH SCHEMA {own}`, or name no schema"));
        self.fault(fault);
    }

    pub(super) fn create_object(
        &mut self,
        target: &ObjectReference,
        if_not_exists: bool,
        replace: bool,
        uses: &[ObjectReference],
    ) {
        for reference in uses {
            self.refer(reference);
        }
        let name = &target.name.name;
        let key = (target.kind, name.text.clone());
        if let Some(existing) = self.catalog.others.get(&key) {
            // Roles live in the server, not in the database: they may be there from before.
            let sure = existing.is_certain
                && existing.site.is_some()
                && target.kind != ObjectKind::Collation
                && target.kind != ObjectKind::Statistics;
            if !if_not_exists
                && !replace
                && sure
                && !self.catalog.unknown.may_have_lost(target.kind, &name.text)
            {
                let message = format!("there is already {} `{}`", target.kind.one(), name.text);
                let fault = Fault::new(Code::M408, name.place, message)
                    .at_site(existing.site, "it is created here");
                self.fault(fault);
            }
            return;
        }
        let object = SimpleObject {
            is_certain: true,
            schema: None,
            site: self.site(name.place),
            definition: self.definition(name.place, None),
        };
        self.catalog.others_mut().insert(key, Arc::new(object));
    }

    /// A fault for an object that nobody creates.
    pub(super) fn refer_other(&mut self, kind: ObjectKind, name: &Name) {
        let known = self.catalog.others.contains_key(&(kind, name.text.clone()))
            || self.catalog.unknown.covers(kind, &name.text)
            || name.is_wildcard();
        if known {
            return;
        }
        match kind {
            ObjectKind::Role if self.dialect.is_system_role(&name.text) => {}
            ObjectKind::Extension if self.dialect.is_built_in_extension(&name.text) => {}
            // Publications belong to the database; roles, servers and languages may come
            // from outside, and who runs the migrations often is one of them.
            ObjectKind::Publication | ObjectKind::Extension => {
                let named = self
                    .catalog
                    .others
                    .iter()
                    .filter(|((other, _), _)| *other == kind)
                    .map(|((_, name), object)| (&**name, object.site));
                let similar = crate::replay::suggest::closest(&name.text, named);
                let fault = Fault::unknown_object(&self.catalog, Code::M409, kind, name, similar)
                    .about(Subject::Other(kind, name.text.clone()));
                self.fault(fault);
            }
            _ => self.doubts += 1,
        }
    }

    /// The relation with a name, and whether that is sure.
    pub(super) fn has_relation(&self, name: &QualifiedName) -> Found<Key> {
        self.catalog.find_relation(self.dialect, name)
    }
}
