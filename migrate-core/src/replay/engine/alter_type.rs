//! `ALTER TYPE` and `ALTER DOMAIN`.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{About, Key, Removal, TypeKind, Victim};
use crate::replay::model::{
    AlterType, Constraint, ConstraintKind, Name, ObjectKind, Place, QualifiedName, Text,
};
use crate::replay::resolve::Fault;

impl Engine {
    pub(super) fn alter_type(&mut self, name: &QualifiedName, actions: &[AlterType]) {
        let Some(key) = self.type_key(name) else {
            self.refer_type(name);
            return;
        };
        for action in actions {
            if !self.is_of_other_kind(&key, action, name.place()) {
                self.type_action(&key, action);
            }
        }
        let is_listed = |action: &AlterType| {
            matches!(action, AlterType::AddValue { .. } | AlterType::RenameValue { .. })
        };
        if let Some(id) = self.catalog.types.get(&key).map(|found| found.id)
            && !actions.iter().any(is_listed)
        {
            self.amend(About::Type(id), name.place());
        }
    }

    fn type_action(&mut self, key: &Key, action: &AlterType) {
        let Some(data) = self.catalog.types.get(key) else { return };
        let is_sure =
            data.is_certain && !self.catalog.unknown.may_have_lost(ObjectKind::Type, &key.name);
        let site = data.site;
        let mut kind = data.kind.clone();
        let mut fault = None;
        let mut fail = |code: Code, place, message: String| {
            fault =
                Some(Fault::new(code, place, message).at_site(site, "the type is created here"));
        };
        match (action, &mut kind) {
            (
                AlterType::AddValue { if_not_exists, value, beside, is_before },
                TypeKind::Enum { labels, is_open },
            ) => {
                if labels.contains(&value.text) {
                    if !if_not_exists && is_sure && !*is_open {
                        let message =
                            format!("`{}` already has a value `{}`", key.name, value.text);
                        fail(Code::M408, value.place, message);
                    }
                } else {
                    let at = beside
                        .as_ref()
                        .and_then(|beside| labels.iter().position(|label| *label == beside.text));
                    let at = at.map_or(labels.len(), |at| at + usize::from(!is_before));
                    labels.insert(at, value.text.clone());
                }
                if let Some(beside) = beside
                    && !labels.contains(&beside.text)
                    && is_sure
                    && !*is_open
                {
                    let message = format!("`{}` has no value `{}`", key.name, beside.text);
                    fail(Code::M409, beside.place, message);
                }
            }
            (AlterType::RenameValue { from, to }, TypeKind::Enum { labels, is_open }) => {
                match labels.iter_mut().find(|label| **label == from.text) {
                    Some(label) => *label = to.text.clone(),
                    None if is_sure && !*is_open => {
                        let message = format!("`{}` has no value `{}`", key.name, from.text);
                        fail(Code::M409, from.place, message);
                    }
                    None => {}
                }
            }
            (AlterType::AddAttribute(column), TypeKind::Composite { fields, is_open }) => {
                if fields.contains(&column.name.text) && is_sure && !*is_open {
                    let message =
                        format!("`{}` already has a field `{}`", key.name, column.name.text);
                    fail(Code::M407, column.name.place, message);
                }
                fields.push(column.name.text.clone());
            }
            (
                AlterType::DropAttribute { name, if_exists },
                TypeKind::Composite { fields, is_open },
            ) => {
                if !fields.contains(&name.text) && !if_exists && is_sure && !*is_open {
                    let message = format!("`{}` has no field `{}`", key.name, name.text);
                    fail(Code::M403, name.place, message);
                }
                fields.retain(|field| *field != name.text);
            }
            (AlterType::RenameAttribute { to, .. }, TypeKind::Composite { fields, is_open })
                if fields.contains(&to.text) && is_sure && !*is_open =>
            {
                let message = format!("`{}` already has a field `{}`", key.name, to.text);
                fail(Code::M407, to.place, message);
            }
            (AlterType::AlterAttribute { name, .. }, TypeKind::Composite { fields, is_open })
                if !fields.contains(&name.text) && is_sure && !*is_open =>
            {
                let message = format!("`{}` has no field `{}`", key.name, name.text);
                fail(Code::M403, name.place, message);
            }
            (AlterType::AddConstraint(constraint), kind @ TypeKind::Domain { .. }) => {
                if let Some(name) = add_to_domain(kind, constraint)
                    && is_sure
                {
                    let message =
                        format!("`{}` already has a constraint `{}`", key.name, name.text);
                    fail(Code::M408, name.place, message);
                }
            }
            (
                AlterType::DropConstraint { name, if_exists },
                TypeKind::Domain { constraints, has_made_up, is_open },
            ) => {
                let known = constraints.contains(&name.text)
                    || *is_open
                    || may_have_constraint(*has_made_up, &name.text);
                if !known && !if_exists && is_sure {
                    let message = format!("`{}` has no constraint `{}`", key.name, name.text);
                    fail(Code::M409, name.place, message);
                }
                constraints.retain(|own| *own != name.text);
            }
            (
                AlterType::ReferConstraint(name) | AlterType::RenameConstraint { from: name, .. },
                TypeKind::Domain { constraints, has_made_up, is_open },
            ) => {
                let known = constraints.contains(&name.text)
                    || *is_open
                    || may_have_constraint(*has_made_up, &name.text);
                if !known && is_sure {
                    let message = format!("`{}` has no constraint `{}`", key.name, name.text);
                    fail(Code::M409, name.place, message);
                }
                if let AlterType::RenameConstraint { to, .. } = action {
                    if constraints.contains(&to.text) && is_sure {
                        let message =
                            format!("`{}` already has a constraint `{}`", key.name, to.text);
                        fail(Code::M408, to.place, message);
                    }
                    constraints.retain(|own| *own != name.text && *own != to.text);
                    constraints.push(to.text.clone());
                }
            }
            (AlterType::RenameAttribute { from, to }, TypeKind::Composite { fields, is_open }) => {
                match fields.iter_mut().find(|field| **field == from.text) {
                    Some(field) => *field = to.text.clone(),
                    None if is_sure && !*is_open => {
                        let message = format!("`{}` has no field `{}`", key.name, from.text);
                        fail(Code::M403, from.place, message);
                    }
                    None => {}
                }
            }
            _ => {}
        }
        if let Some(data) = self.catalog.types_mut().get_mut(key) {
            let data = Arc::make_mut(data);
            data.kind = kind;
            if let AlterType::RenameValue { from, to } = action {
                let id = data.id;
                self.rename_label_in_defaults(id, &from.text, &to.text);
            }
        }
        if let Some(fault) = fault {
            self.fault(fault);
        }
        self.type_names(key, action);
    }

    /// Whether a type certainly is none that the action is for; says so.
    fn is_of_other_kind(&mut self, key: &Key, action: &AlterType, place: Place) -> bool {
        let Some(data) = self.catalog.types.get(key) else { return false };
        if !data.is_certain || self.catalog.unknown.may_have_lost(ObjectKind::Type, &key.name) {
            return false;
        }
        let (Some(own), Some(wanted)) = (kind_name(&data.kind), wanted_kind(action)) else {
            return false;
        };
        if own == wanted {
            return false;
        }
        let message = format!("`{}` is {own}, not {wanted}", key.name);
        let fault =
            Fault::new(Code::M409, place, message).at_site(data.site, "the type is created here");
        self.fault(fault);
        true
    }

    /// A fault where the field of a type that columns have would change its own.
    ///
    /// Source: `find_composite_type_dependencies` in Postgres's `tablecmds.c`.
    fn keeps_attribute(&mut self, key: &Key, place: Place) {
        let Some(data) = self.catalog.types.get(key).filter(|data| data.is_certain) else { return };
        let mut removal = Removal::default();
        removal.types.insert(data.id);
        let holds = |table: &Key, column: &Text| {
            let relation = self.catalog.relations.get(table);
            relation.is_some_and(|relation| {
                let found = relation.column(column);
                relation.kind == ObjectKind::Table
                    && relation.partition_key.is_none()
                    && !relation.is_vague
                    // A default may speak of it as well.
                    && found.is_some_and(|column| column.default.is_none() && !column.is_generated)
            })
        };
        let dependents = self.catalog.dependents(&removal);
        let user = dependents.iter().find_map(|dependent| match &dependent.victim {
            Victim::Column(table, column) if dependent.is_certain && holds(table, column) => {
                Some((dependent.victim.describe(), dependent.site))
            }
            _ => None,
        });
        let Some((user, site)) = user else { return };
        let message = format!("{user} is of type `{}`, whose fields keep their types", key.name);
        let fault = Fault::new(Code::M410, place, message).at_site(site, "it is created here");
        self.fault(fault);
    }

    fn type_names(&mut self, key: &Key, action: &AlterType) {
        match action {
            AlterType::AddAttribute(column) => {
                if let Some(type_name) = &column.type_name {
                    self.check(|resolver| resolver.type_name(type_name));
                }
            }
            AlterType::AlterAttribute { name, type_name } => {
                self.keeps_attribute(key, name.place);
                self.check(|resolver| resolver.type_name(type_name));
            }
            AlterType::AddConstraint(constraint) => {
                if let ConstraintKind::Check(value) = &constraint.kind {
                    let before = self.variables.len();
                    self.variables.push(Arc::from("value"));
                    self.check(|resolver| resolver.without_columns(std::slice::from_ref(value)));
                    self.variables.truncate(before);
                }
            }
            AlterType::SetDefault(value) => {
                self.check(|resolver| resolver.without_columns(std::slice::from_ref(value)));
            }
            _ => {}
        }
    }
}

/// Takes the constraint of a domain into the list; says which name is there already.
pub(super) fn add_to_domain<'c>(
    kind: &mut TypeKind,
    constraint: &'c Constraint,
) -> Option<&'c Name> {
    let TypeKind::Domain { constraints, has_made_up, is_open } = kind else { return None };
    match (&constraint.kind, &constraint.name) {
        (ConstraintKind::Check(_), Some(name)) if constraints.contains(&name.text) => {
            return Some(name);
        }
        (ConstraintKind::Check(_), Some(name)) => constraints.push(name.text.clone()),
        (ConstraintKind::Check(_), None) => *has_made_up = true,
        // Servers since 17 keep its name.
        (ConstraintKind::NotNull, Some(_)) => *is_open = true,
        _ => {}
    }
    None
}

/// Whether a domain may have a constraint that is not listed.
fn may_have_constraint(has_made_up: bool, name: &str) -> bool {
    // Numbers tell made-up names apart; servers since 17 name what is not null.
    (has_made_up && (name.contains("check") || name.ends_with(|c: char| c.is_ascii_digit())))
        || name.contains("not_null")
}

/// What a type has to be for an action.
fn wanted_kind(action: &AlterType) -> Option<&'static str> {
    Some(match action {
        AlterType::AddValue { .. } | AlterType::RenameValue { .. } => "an enum",
        AlterType::AddAttribute(_)
        | AlterType::DropAttribute { .. }
        | AlterType::RenameAttribute { .. }
        | AlterType::AlterAttribute { .. } => "a composite type",
        AlterType::AddConstraint(_)
        | AlterType::DropConstraint { .. }
        | AlterType::RenameConstraint { .. }
        | AlterType::ReferConstraint(_)
        | AlterType::SetDefault(_) => "a domain",
        AlterType::Nothing => return None,
    })
}

fn kind_name(kind: &TypeKind) -> Option<&'static str> {
    Some(match kind {
        TypeKind::Enum { .. } => "an enum",
        TypeKind::Composite { .. } => "a composite type",
        TypeKind::Domain { .. } => "a domain",
        TypeKind::Other => return None,
    })
}
