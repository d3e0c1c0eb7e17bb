//! Types that certainly do not fit.

use super::Engine;
use super::default::Kind;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    ConstraintRule, Dependent, Id, Key, Relation, Removal, TypeKind, Victim,
};
use crate::replay::model::{
    ColumnReference, Expression, Name, ObjectKind, Place, QualifiedName, TypeName,
};
use crate::replay::resolve::{Fault, Group, KnownValue, cannot_refer, group, is_closed};

/// A column's type as it is written, where the relation is certain.
fn written_of(relation: &Relation, column: Id) -> Option<&str> {
    if !is_closed(relation) || !relation.is_table() {
        return None;
    }
    Some(&relation.columns.iter().find(|other| other.id == column)?.type_name)
}

impl Engine {
    /// A fault where the columns of a foreign key cannot be compared with those it refers to.
    pub(super) fn refuse_incomparable(
        &mut self,
        rule: &ConstraintRule,
        key: &Key,
        table: &QualifiedName,
    ) {
        let ConstraintRule::Foreign { columns, table: Some(to), referenced } = rule else { return };
        if self.catalog.seen.casts || columns.len() != referenced.len() {
            return;
        }
        let Some(own) = self.catalog.relations.get(key) else { return };
        let Some((_, other)) = self.catalog.relation_by_id(*to) else { return };
        let differing = columns.iter().zip(referenced).find(|(column, target)| {
            let (column, target) = (written_of(own, **column), written_of(other, **target));
            let (Some(column), Some(target)) = (column, target) else { return false };
            if self.dialect.checks_signatures() {
                return cannot_refer(column, target);
            }
            let (column, target) = (self.dialect.storage(column), self.dialect.storage(target));
            self.checks_foreign_keys() && column.is_some() && target.is_some() && column != target
        });
        let Some((column, target)) = differing else { return };
        let named = |relation: &Relation, id: &Id| {
            let column = relation.columns.iter().find(|column| column.id == *id);
            column.map(|column| (column.name.clone(), column.type_name.clone(), column.site))
        };
        let (Some((name, written, _)), Some((target, wanted, site))) =
            (named(own, column), named(other, target))
        else {
            return;
        };
        let message =
            format!("`{name}` is `{written}`, but `{}.{target}` is `{wanted}`", table.display());
        let fault = Fault::new(Code::M416, table.place(), message)
            .at_site(site, "the column is added here")
            .help("both columns of a foreign key need types that can be compared");
        self.fault(fault);
    }

    /// Faults where a column's type cannot be changed.
    pub(super) fn may_change_type(
        &mut self,
        key: &Key,
        column: &Name,
        to: &TypeName,
        says_how: bool,
    ) {
        if !self.dialect.checks_signatures() {
            return;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text).filter(|column| column.is_certain) else {
            return;
        };
        let own = written_of(relation, found.id).and_then(|_| self.kind_of_column(found));
        let (written, site) = (found.type_name.clone(), found.site);
        let mut removal = Removal::default();
        removal.columns.insert((relation.id, found.id));
        let needed = self.catalog.dependents(&removal);
        if let Some(dependent) = needed.iter().find(|dependent| self.fixes_types(dependent)) {
            let message = format!(
                "{} needs the type of `{}.{}`",
                dependent.victim.describe(),
                key.name,
                column.text
            );
            let fault = Fault::new(Code::M410, column.place, message)
                .at_site(dependent.site, "it is created here")
                .help("drop it first, and create it again afterwards");
            self.fault(fault);
        }
        if says_how || self.catalog.seen.casts {
            return;
        }
        let (Some(own), Some(wanted)) = (own, self.wanted_kind(to)) else { return };
        if !own.becomes(wanted) {
            let message = format!(
                "`{}` is `{written}`, which does not become `{}` on its own",
                column.text, to.written
            );
            let fault = Fault::new(Code::M416, to.name.place(), message)
                .at_site(site, "the column is added here")
                .help(format!("say how: `USING {}::{}`", column.text, to.written));
            self.fault(fault);
        }
    }

    /// A fault where what `USING` makes certainly does not become the type on its own.
    pub(super) fn makes_the_type(
        &mut self,
        key: &Key,
        to: &TypeName,
        using: &Expression,
        known: Option<KnownValue>,
    ) {
        if !self.dialect.checks_signatures() || self.catalog.seen.casts {
            return;
        }
        let made = match (using, known) {
            (_, Some(known)) => Some((Kind::BuiltIn(known.group), known.place, known.shown)),
            (Expression::Column(reference), _) => self.own_column(key, reference),
            _ => None,
        };
        let (Some((own, place, shown)), Some(wanted)) = (made, self.wanted_kind(to)) else {
            return;
        };
        if own.becomes(wanted) {
            return;
        }
        let message = format!("{shown} does not become `{}` on its own", to.written);
        let help = format!("convert it: `USING (…)::{}`", to.written);
        self.fault(Fault::new(Code::M416, place, message).help(help));
    }

    /// The kind of a column of the table, where it is certain.
    fn own_column(&self, key: &Key, reference: &ColumnReference) -> Option<(Kind, Place, String)> {
        let [name] = reference.parts.as_slice() else { return None };
        let relation = self.catalog.relations.get(key)?;
        let found = relation.column(&name.text).filter(|column| column.is_certain)?;
        written_of(relation, found.id)?;
        let shown = format!("`{}`, which is `{}`,", name.text, found.type_name);
        Some((self.kind_of_column(found)?, name.place, shown))
    }

    /// The group of a type that a column shall have.
    pub(super) fn wanted_group(&self, to: &TypeName) -> Option<Group> {
        if to.is_array || to.is_borrowed {
            return None;
        }
        let own = self.type_key(&to.name).and_then(|key| self.catalog.types.get(&key));
        match own {
            Some(own) if own.is_certain && matches!(own.kind, TypeKind::Enum { .. }) => {
                Some(Group::Enum)
            }
            Some(_) => None,
            None => group(&to.written),
        }
    }

    /// Whether what needs a column keeps it from changing its type.
    ///
    /// Keys, checks, defaults and indexes are made anew; see `RememberAllDependentForRebuilding`
    /// in Postgres's `tablecmds.c`.
    fn fixes_types(&self, dependent: &Dependent) -> bool {
        dependent.is_certain
            && match &dependent.victim {
                Victim::Relation(key, kind) => {
                    matches!(kind, ObjectKind::View | ObjectKind::MaterializedView)
                        && !self.catalog.unknown.may_have_lost(*kind, &key.name)
                }
                Victim::Policy(_, name) => {
                    !self.catalog.unknown.may_have_lost(ObjectKind::Policy, name)
                }
                Victim::Trigger(_, name) => {
                    !self.catalog.unknown.may_have_lost(ObjectKind::Trigger, name)
                }
                Victim::Rule(_, name) => {
                    !self.catalog.unknown.may_have_lost(ObjectKind::Rule, name)
                }
                Victim::Column(_, name) => {
                    !self.catalog.unknown.may_have_lost(ObjectKind::Column, name)
                }
                Victim::Constraint(..)
                | Victim::Default(..)
                | Victim::Function(..)
                | Victim::Typed(_)
                | Victim::Type(_)
                | Victim::TypePart(_) => false,
            }
    }
}
