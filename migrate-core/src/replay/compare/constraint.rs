//! Constraints of tables.

use super::relation::{Pair, column_names};
use super::{Comparison, text};
use crate::database::Database;
use crate::replay::catalog::{Catalog, Constraint, ConstraintRule, Dependency, Relation};
use crate::replay::model::{ObjectKind, Text};

/// What a constraint demands, by names; parts that are not known are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Demand {
    Primary(Vec<Text>),
    Unique(Vec<Text>),
    Foreign { columns: Vec<Text>, target: Option<(String, Vec<Text>)> },
    Check(Vec<Text>),
    Exclude,
    Unknown,
}

impl Demand {
    /// Whether two demands are the same, or may be.
    fn may_be(&self, other: &Demand) -> bool {
        match (self, other) {
            (Demand::Unknown, _) | (_, Demand::Unknown) => true,
            (
                Demand::Foreign { columns: a, target: to_a },
                Demand::Foreign { columns: b, target: to_b },
            ) => a == b && (to_a.is_none() || to_b.is_none() || to_a == to_b),
            (a, b) => a == b,
        }
    }
}

impl<'c> Comparison<'c> {
    pub(super) fn constraints(&self, pair: Pair<'c>, table: &str) {
        let Pair { have, want, .. } = pair;
        if !have.parents.is_empty() || !want.parents.is_empty() {
            return;
        }
        let own: Vec<_> =
            have.constraints.iter().map(|it| (it, self.demand(self.have, have, it))).collect();
        let wanted: Vec<_> =
            want.constraints.iter().map(|it| (it, self.demand(self.want, want, it))).collect();
        for (constraint, demand) in wanted.iter().filter(|(it, _)| self.is_sure(it)) {
            let named = own.iter().find(|(it, _)| self.has_name(it, constraint));
            let what = self.constraint_name(constraint, demand, table);
            // Several may be over the same columns.
            let alike = || {
                let mut like = own.iter().filter(|(_, other)| other.may_be(demand));
                let first = like.clone().next();
                like.find(|(other, _)| self.same_details(other, constraint)).or(first)
            };
            match named.or_else(alike) {
                None => {
                    if pair.have_is_closed()
                        && self.is_surely_missing(ObjectKind::Constraint, &constraint.name)
                    {
                        self.missing(what, constraint.site);
                    }
                }
                Some((other, own)) if self.is_sure(other) => {
                    if !own.may_be(demand) || !self.same_details(other, constraint) {
                        self.changed(what, None, other.site);
                    }
                }
                Some(_) => {}
            }
        }
        for (constraint, demand) in own.iter().filter(|(it, _)| self.is_sure(it)) {
            let is_wanted = wanted
                .iter()
                .any(|(it, other)| self.has_name(it, constraint) || other.may_be(demand));
            let sure = pair.want_is_closed()
                && self.is_surely_extra(ObjectKind::Constraint, &constraint.name);
            if !is_wanted && sure {
                self.extra(self.constraint_name(constraint, demand, table), constraint.site);
            }
        }
    }

    /// `MariaDB` takes a check that was written with a column for a part of it, and names none.
    fn is_sure(&self, constraint: &Constraint) -> bool {
        let may_be_of_column =
            self.database == Database::Mysql && matches!(constraint.rule, ConstraintRule::Check(_));
        constraint.is_certain && !may_be_of_column && !self.is_named(&constraint.name)
    }

    fn has_name(&self, a: &Constraint, b: &Constraint) -> bool {
        self.dialect.names_constraints() && a.name == b.name
    }

    fn constraint_name(&self, constraint: &Constraint, demand: &Demand, table: &str) -> String {
        let over = |noun: &str, columns: &[Text]| {
            format!("the {noun} over `{}` of `{table}`", columns.join("`, `"))
        };
        match demand {
            Demand::Primary(_) => format!("the primary key of `{table}`"),
            Demand::Unique(columns) if !self.dialect.names_constraints() => {
                over("unique constraint", columns)
            }
            Demand::Foreign { columns, .. } if !self.dialect.names_constraints() => {
                over("foreign key", columns)
            }
            _ if !self.dialect.names_constraints() => format!("a check of `{table}`"),
            _ => format!("constraint `{}` of `{table}`", constraint.name),
        }
    }

    fn demand(&self, catalog: &Catalog, table: &Relation, constraint: &Constraint) -> Demand {
        let known = |columns: &[_]| column_names(table, columns).filter(|names| !names.is_empty());
        match &constraint.rule {
            ConstraintRule::Primary(ids) => known(ids).map_or(Demand::Unknown, Demand::Primary),
            ConstraintRule::Unique(ids) => known(ids).map_or(Demand::Unknown, Demand::Unique),
            ConstraintRule::Foreign { columns, table: to, referenced } => {
                let Some(columns) = known(columns) else { return Demand::Unknown };
                let target = to.and_then(|id| {
                    let (key, other) = catalog.relation_by_id(id)?;
                    let names = column_names(other, referenced)?;
                    (!names.is_empty()).then(|| (self.display(key), names))
                });
                Demand::Foreign { columns, target }
            }
            ConstraintRule::Check(uses) => {
                let mut columns: Vec<Text> = table
                    .columns
                    .iter()
                    .filter(|column| uses.contains(&Dependency::Column(table.id, column.id)))
                    .map(|column| column.name.clone())
                    .collect();
                columns.sort_unstable();
                Demand::Check(columns)
            }
            ConstraintRule::Exclude(_) => Demand::Exclude,
        }
    }

    /// What a check or foreign key says beyond its columns, as far as it can be compared.
    fn same_details(&self, have: &Constraint, want: &Constraint) -> bool {
        let (Some(a), Some(b)) = (&have.definition, &want.definition) else { return true };
        if !a.renames_since(self.have).is_empty() || !b.renames_since(self.want).is_empty() {
            return true;
        }
        let texts = (a.text(), a.own().start as usize, b.text(), b.own().start as usize);
        match (&have.rule, &want.rule) {
            (ConstraintRule::Check(_), ConstraintRule::Check(_)) => {
                may_be_same(texts, self.database, text::check)
            }
            (ConstraintRule::Foreign { .. }, ConstraintRule::Foreign { .. }) => {
                may_be_same(texts, self.database, text::actions)
            }
            _ => true,
        }
    }
}

fn may_be_same<T: PartialEq>(
    (have, have_from, want, want_from): (&str, usize, &str, usize),
    database: Database,
    form: impl Fn(&str, usize, Database) -> Option<T>,
) -> bool {
    match (form(have, have_from, database), form(want, want_from, database)) {
        (Some(have), Some(want)) => have == want,
        _ => true,
    }
}
