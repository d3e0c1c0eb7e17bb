//! Triggers, policies and rules, and constraints: what hangs on tables and views that stay.

use super::pairs::Pair;
use super::restore::is_another;
use super::{Steps, Way};
use crate::replay::catalog::{About, Key, Part, Relation};
use crate::replay::model::{ObjectKind, Text};
use crate::replay::write::{Node, Table, Writer};

pub(super) const KINDS: [ObjectKind; 3] =
    [ObjectKind::Policy, ObjectKind::Rule, ObjectKind::Trigger];

impl Way<'_> {
    /// Drops parts that came or changed, foreign keys of new tables that others need, and
    /// views that say something else.
    pub(super) fn drop_parts(&self, steps: &mut Steps) {
        for pair in &self.pairs.all {
            for kind in KINDS {
                for part in parts(pair.after, kind) {
                    let stayed = parts(pair.before, kind)
                        .iter()
                        .any(|old| old.name == part.name && !self.part_changed(pair, kind, old));
                    if !stayed && self.renamed_part(pair, kind, part).is_none() {
                        self.drop_part((pair.key_after, pair.after), kind, part, steps);
                    }
                }
            }
        }
        self.drop_changed_views(steps);
        for pair in self.pairs.tables().filter(|pair| !self.is_rebuilt(pair)) {
            self.drop_constraints(pair, steps);
        }
    }

    /// Views that say something else go before what they newly rest on.
    fn drop_changed_views(&self, steps: &mut Steps) {
        for node in self.after.in_order().iter().rev() {
            let Node::Relation(key, relation) = node else { continue };
            let before = self.pairs.before(relation.id).and_then(|id| self.before.relation(id));
            let is_view = matches!(relation.kind, ObjectKind::View | ObjectKind::MaterializedView);
            if is_view && before.is_some_and(|(_, before)| self.view_changed(before)) {
                let kind = relation.kind.noun().to_uppercase();
                let name = self.after.qualified_as_written(key, relation.definition.as_ref());
                steps.add(format!("DROP {kind} {name}"));
            }
        }
    }

    pub(super) fn drop_part(
        &self,
        (key, relation): (&Key, &Relation),
        kind: ObjectKind,
        part: &Part,
        steps: &mut Steps,
    ) {
        // A trigger goes with its function's text only where it is named without a table.
        let name = self.after.as_written(&part.name, part.definition.as_ref());
        let word = kind.noun().to_uppercase();
        let is_alone =
            self.after.dialect.keeps_source() || self.after.dialect.indexes_belong_to_tables();
        if is_alone {
            steps.add(format!("DROP {word} {name}"));
        } else {
            let table = self.after.qualified_as_written(key, relation.definition.as_ref());
            steps.add(format!("DROP {word} {name} ON {table}"));
        }
    }

    /// Whether a part that has its name still says something else.
    fn part_changed(&self, pair: &Pair<'_>, kind: ObjectKind, old: &Part) -> bool {
        let Some(new) = parts(pair.after, kind).iter().find(|new| new.name == old.name) else {
            return false;
        };
        is_another(old.definition.as_ref(), new.definition.as_ref())
            || altered(&self.before, pair.before, kind, &old.name)
                != altered(&self.after, pair.after, kind, &new.name)
    }

    /// The part before that one after is, where only its name is another one.
    fn renamed_part<'c>(&self, pair: &Pair<'c>, kind: ObjectKind, part: &Part) -> Option<&'c Part> {
        if self.after.dialect.keeps_source() || pair.was_replaced() {
            return None;
        }
        let is_it = |old: &&Part| match (&old.definition, &part.definition) {
            (Some(a), Some(b)) => a.is_of_same_statement(b) && old.name != part.name,
            _ => false,
        };
        parts(pair.before, kind).iter().find(is_it)
    }

    /// Makes again what went or changed, on tables and views that stayed and on those that
    /// are made again.
    pub(super) fn restore_parts(&self, steps: &mut Steps) {
        for pair in &self.pairs.all {
            for kind in KINDS {
                self.rename_parts(pair, kind, steps);
            }
            if pair.before.is_table() && !self.is_rebuilt(pair) {
                self.restore_security(pair, steps);
            }
        }
        for (key, relation) in self.before.catalog.relations.iter() {
            let pair = self.pairs.all.iter().find(|pair| pair.before.id == relation.id);
            if relation.index.is_some() || relation.site.is_none() {
                continue;
            }
            let table = Table::new(&self.before, key, relation);
            for kind in KINDS {
                for part in parts(relation, kind) {
                    if pair.is_none_or(|pair| self.has_gone(pair, kind, part)) {
                        steps.write(self.before.part(&table, kind, part));
                        self.restore_alterations(relation, kind, &part.name, steps);
                    }
                }
            }
            if pair.is_none() && relation.row_security == Some(true) {
                let name = self.before.qualified(key);
                steps.add(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
            }
        }
    }

    fn has_gone(&self, pair: &Pair<'_>, kind: ObjectKind, part: &Part) -> bool {
        let stays_as_it_is = parts(pair.after, kind).iter().any(|new| {
            new.name == part.name && !self.part_changed(pair, kind, part)
                || self.renamed_part(pair, kind, new).is_some_and(|old| old.name == part.name)
        });
        let is_rebuilt = pair.before.is_table() && self.is_rebuilt(pair);
        !stays_as_it_is || is_rebuilt || self.view_changed(pair.before)
    }

    fn rename_parts(&self, pair: &Pair<'_>, kind: ObjectKind, steps: &mut Steps) {
        for part in parts(pair.after, kind) {
            if let Some(old) = self.renamed_part(pair, kind, part) {
                let (from, to) = (self.after.quote(&part.name), self.before.quote(&old.name));
                let word = kind.noun().to_uppercase();
                let table = self.table_before(pair);
                steps.add(format!("ALTER {word} {from} ON {table} RENAME TO {to}"));
            }
        }
    }

    /// What was said of a policy after it was made.
    fn restore_alterations(
        &self,
        table: &Relation,
        kind: ObjectKind,
        name: &Text,
        steps: &mut Steps,
    ) {
        let about = About::Part(table.id, kind, name.clone());
        let own = self.before.catalog.amendments.iter().filter(|it| it.about == about);
        steps.statements.extend(own.filter_map(|amendment| self.before.amendment(amendment)));
    }
}

/// How often a part was altered.
fn altered(writer: &Writer<'_>, table: &Relation, kind: ObjectKind, name: &Text) -> usize {
    let about = About::Part(table.id, kind, name.clone());
    let is_policy = kind == ObjectKind::Policy;
    writer.catalog.amendments.iter().filter(|it| is_policy && it.about == about).count()
}

pub(super) fn parts(relation: &Relation, kind: ObjectKind) -> &[Part] {
    match kind {
        ObjectKind::Trigger => &relation.triggers,
        ObjectKind::Policy => &relation.policies,
        _ => &relation.rules,
    }
}
