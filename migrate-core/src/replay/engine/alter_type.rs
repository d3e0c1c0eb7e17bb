//! `ALTER TYPE` and `ALTER DOMAIN`.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{About, Dependency, Key, Removal, TypeKind, Victim};
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
        let (refused, is_open) = match &mut kind {
            TypeKind::Enum { labels, is_open } => (value_action(labels, action), *is_open),
            TypeKind::Composite { fields, is_open } => (field_action(fields, action), *is_open),
            TypeKind::Domain { .. } => constraint_action(&mut kind, action),
            TypeKind::Other => (None, true),
        };
        if let Some(data) = self.catalog.types_mut().get_mut(key) {
            let data = Arc::make_mut(data);
            data.kind = kind;
            if let AlterType::RenameValue { from, to } = action {
                let id = data.id;
                self.rename_label_in_defaults(id, &from.text, &to.text);
            }
        }
        if let Some((code, place, what)) = refused.filter(|_| is_sure && !is_open) {
            let fault = Fault::new(code, place, format!("`{}` {what}", key.name))
                .at_site(site, "the type is created here");
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

    fn needs_for_part(&mut self, key: &Key, needed: Vec<Dependency>) {
        if let Some(data) = self.catalog.types_mut().get_mut(key) {
            Arc::make_mut(data).parts.extend(needed);
        }
    }

    fn type_names(&mut self, key: &Key, action: &AlterType) {
        match action {
            AlterType::AddAttribute(column) => {
                if let Some(type_name) = &column.type_name {
                    let needed = self.check(&mut |resolver| resolver.type_name(type_name));
                    self.needs_for_part(key, needed);
                }
            }
            AlterType::AlterAttribute { name, type_name } => {
                self.keeps_attribute(key, name.place);
                let needed = self.check(&mut |resolver| resolver.type_name(type_name));
                self.needs_for_part(key, needed);
            }
            AlterType::AddConstraint(constraint) => {
                if let ConstraintKind::Check(value) = &constraint.kind {
                    let before = self.variables.len();
                    self.variables.push(Arc::from("value"));
                    let needed = self.check(&mut |resolver| {
                        resolver.without_columns(std::slice::from_ref(value));
                    });
                    self.variables.truncate(before);
                    self.needs_for_part(key, needed);
                }
            }
            AlterType::SetDefault(value) => {
                self.check(&mut |resolver| resolver.without_columns(std::slice::from_ref(value)));
            }
            _ => {}
        }
    }
}

/// What is wrong with an action, if anything: where, and what the type has or has not.
type Refused = Option<(Code, Place, String)>;

fn value_action(labels: &mut Vec<Text>, action: &AlterType) -> Refused {
    match action {
        AlterType::AddValue { if_not_exists, value, beside, is_before } => {
            let mut refused = None;
            if labels.contains(&value.text) {
                let twice =
                    (Code::M408, value.place, format!("already has a value `{}`", value.text));
                refused = (!if_not_exists).then_some(twice);
            } else {
                let at = beside
                    .as_ref()
                    .and_then(|beside| labels.iter().position(|label| *label == beside.text));
                let at = at.map_or(labels.len(), |at| at + usize::from(!is_before));
                labels.insert(at, value.text.clone());
            }
            let missing = beside.as_ref().filter(|beside| !labels.contains(&beside.text));
            let missing = missing.map(|beside| {
                (Code::M409, beside.place, format!("has no value `{}`", beside.text))
            });
            missing.or(refused)
        }
        AlterType::RenameValue { from, to } => {
            let had = labels.contains(&to.text);
            let Some(label) = labels.iter_mut().find(|label| **label == from.text) else {
                return Some((Code::M409, from.place, format!("has no value `{}`", from.text)));
            };
            *label = to.text.clone();
            had.then(|| (Code::M408, to.place, format!("already has a value `{}`", to.text)))
        }
        _ => None,
    }
}

fn field_action(fields: &mut Vec<Text>, action: &AlterType) -> Refused {
    let missing =
        |name: &Name| Some((Code::M403, name.place, format!("has no field `{}`", name.text)));
    let twice = |name: &Name| {
        Some((Code::M407, name.place, format!("already has a field `{}`", name.text)))
    };
    match action {
        AlterType::AddAttribute(column) => {
            let had = fields.contains(&column.name.text);
            fields.push(column.name.text.clone());
            if had { twice(&column.name) } else { None }
        }
        AlterType::DropAttribute { name, if_exists } => {
            let had = fields.contains(&name.text);
            fields.retain(|field| *field != name.text);
            if had || *if_exists { None } else { missing(name) }
        }
        AlterType::RenameAttribute { to, .. } if fields.contains(&to.text) => twice(to),
        AlterType::RenameAttribute { from, to } => {
            let Some(field) = fields.iter_mut().find(|field| **field == from.text) else {
                return missing(from);
            };
            *field = to.text.clone();
            None
        }
        AlterType::AlterAttribute { name, .. } if !fields.contains(&name.text) => missing(name),
        _ => None,
    }
}

/// What is wrong with an action, and whether the domain may have constraints that are not listed.
fn constraint_action(kind: &mut TypeKind, action: &AlterType) -> (Refused, bool) {
    let twice =
        |name: &Name| (Code::M408, name.place, format!("already has a constraint `{}`", name.text));
    let TypeKind::Domain { is_open, .. } = kind else { return (None, true) };
    let was_open = *is_open;
    if let AlterType::AddConstraint(constraint) = action {
        return (add_to_domain(kind, constraint).map(twice), was_open);
    }
    let TypeKind::Domain { constraints, has_made_up, is_open } = kind else { return (None, true) };
    let (name, if_exists) = match action {
        AlterType::DropConstraint { name, if_exists } => (name, *if_exists),
        AlterType::ReferConstraint(name) | AlterType::RenameConstraint { from: name, .. } => {
            (name, false)
        }
        _ => return (None, true),
    };
    let is_known =
        constraints.contains(&name.text) || may_have_constraint(*has_made_up, &name.text);
    let mut refused = (!is_known && !if_exists)
        .then(|| (Code::M409, name.place, format!("has no constraint `{}`", name.text)));
    match action {
        AlterType::DropConstraint { .. } => constraints.retain(|own| *own != name.text),
        AlterType::RenameConstraint { to, .. } => {
            if constraints.contains(&to.text) {
                refused = Some(twice(to));
            }
            constraints.retain(|own| *own != name.text && *own != to.text);
            constraints.push(to.text.clone());
        }
        _ => {}
    }
    (refused, *is_open)
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
