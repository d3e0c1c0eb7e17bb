//! What hangs on a table that the upgrade made, and needs something that came later still: that is
//! dropped before the table.

use super::part::{KINDS, parts};
use super::{Steps, Way};
use crate::replay::catalog::{Constraint, ConstraintRule, Dependency, Id, Key, Relation};

impl Way<'_> {
    /// Drops such foreign keys, checks, triggers, policies and rules of new relations.
    pub(super) fn drop_forward(&self, steps: &mut Steps) {
        let dialect = self.after.dialect;
        let parts_restrict = dialect.restricts_drops() && !dialect.only_foreign_keys_restrict();
        for (key, relation) in self.after.catalog.relations.iter() {
            if !self.is_new(relation) {
                continue;
            }
            for kind in KINDS {
                let forward = parts(relation, kind).iter();
                let forward = forward.filter(|part| is_forward(relation.id, &part.uses));
                for part in forward.filter(|_| parts_restrict) {
                    self.drop_part((key, relation), kind, part, steps);
                }
            }
            if relation.is_table() && self.after.dialect.names_constraints() {
                self.drop_forward_constraints(key, relation, steps);
            }
        }
    }

    fn drop_forward_constraints(&self, key: &Key, relation: &Relation, steps: &mut Steps) {
        let needs_newer = |entry: &&Constraint| match &entry.rule {
            ConstraintRule::Foreign { table: Some(table), .. } => *table > relation.id,
            ConstraintRule::Check(uses) => is_forward(relation.id, uses),
            _ => false,
        };
        let entries = relation.constraints.iter().filter(|entry| entry.is_certain);
        for entry in entries.filter(needs_newer) {
            let name = self.after.qualified_as_written(key, relation.definition.as_ref());
            let what = self.dropped_as(entry);
            steps.add(format!("ALTER TABLE {name} DROP {what}"));
        }
    }
}

/// Whether a part of a relation needs something that is newer than the relation.
fn is_forward(relation: Id, uses: &[Dependency]) -> bool {
    uses.iter().any(|used| match *used {
        Dependency::Relation(id)
        | Dependency::Column(id, _)
        | Dependency::Function(id)
        | Dependency::PerhapsFunction(id)
        | Dependency::Type(id)
        | Dependency::Typed(id) => id > relation,
    })
}
