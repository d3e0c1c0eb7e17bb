//! What is the same thing before and after.

use std::collections::BTreeMap;

use crate::replay::catalog::{Catalog, Column, Id, Key, Relation, TEMPORARY};
use crate::replay::model::ObjectKind;

/// A relation on both sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'c> {
    pub(super) key_before: &'c Key,
    pub(super) before: &'c Relation,
    pub(super) key_after: &'c Key,
    pub(super) after: &'c Relation,
}

impl<'c> Pair<'c> {
    /// Whether the table was dropped and made anew under its name.
    pub(super) fn was_replaced(&self) -> bool {
        self.before.id != self.after.id
    }

    /// The column after, of one before: the same one, or one that took its name.
    pub(super) fn column_after(&self, column: &Column) -> Option<&'c Column> {
        let same = self.after.columns.iter().find(|other| other.id == column.id);
        same.or_else(|| {
            let taken = self.after.column(&column.name)?;
            let is_new = self.before.columns.iter().all(|old| old.id != taken.id);
            is_new.then_some(taken)
        })
    }

    /// The column before, of one after.
    pub(super) fn column_before(&self, column: &Column) -> Option<&'c Column> {
        let mut columns = self.before.columns.iter();
        columns.find(|old| self.column_after(old).is_some_and(|found| found.id == column.id))
    }
}

/// Relations that are there on both sides.
#[derive(Debug)]
pub(super) struct Pairs<'c> {
    pub(super) all: Vec<Pair<'c>>,
    /// Identities before, of relations after.
    before_of: BTreeMap<Id, Id>,
    after_of: BTreeMap<Id, Id>,
}

impl<'c> Pairs<'c> {
    pub(super) fn new(before: &'c Catalog, after: &'c Catalog) -> Self {
        let by_id: BTreeMap<Id, (&Key, &Relation)> =
            after.relations.iter().map(|(key, it)| (it.id, (key, &**it))).collect();
        let ids: std::collections::BTreeSet<Id> =
            before.relations.values().map(|relation| relation.id).collect();
        let mut all = Vec::new();
        // What belongs to a session ends with it.
        let lasting = |(key, _): &(&Key, _)| &*key.schema != TEMPORARY;
        for (key, relation) in before.relations.iter().filter(lasting) {
            // What may or may not have been renamed is there under both names.
            let same = after.relations.get_key_value(key).filter(|(_, it)| it.id == relation.id);
            let same = same.map(|(key, it)| (key, &**it));
            let found = same.or_else(|| by_id.get(&relation.id).copied()).or_else(|| {
                // A table may take the place of another one; what is made of text does not.
                let (new_key, new) = after.relations.get_key_value(key)?;
                let is_table =
                    |it: &Relation| matches!(it.kind, ObjectKind::Table | ObjectKind::ForeignTable);
                let takes_place = is_table(relation) && is_table(new) && !ids.contains(&new.id);
                takes_place.then_some((new_key, &**new))
            });
            if let Some((key_after, after)) = found {
                all.push(Pair { key_before: key, before: relation, key_after, after });
            }
        }
        let before_of = all.iter().map(|pair| (pair.after.id, pair.before.id)).collect();
        let after_of = all.iter().map(|pair| (pair.before.id, pair.after.id)).collect();
        Pairs { all, before_of, after_of }
    }

    /// The identity after, of a relation before.
    pub(super) fn after(&self, before: Id) -> Option<Id> {
        self.after_of.get(&before).copied()
    }

    /// The identity before, of a relation after.
    pub(super) fn before(&self, after: Id) -> Option<Id> {
        self.before_of.get(&after).copied()
    }

    /// Tables that are there on both sides.
    pub(super) fn tables(&self) -> impl Iterator<Item = &Pair<'c>> {
        self.all.iter().filter(|pair| pair.before.is_table() && pair.after.is_table())
    }
}
