//! Indexes.

use super::relation::column_names;
use super::{Comparison, text};
use crate::replay::catalog::{Catalog, Definition, IndexData, Key, Relation};
use crate::replay::model::{ObjectKind, Text};

/// An index of a table.
#[derive(Clone, Copy)]
struct Index<'c> {
    table: &'c Key,
    name: &'c Text,
    relation: &'c Relation,
    data: &'c IndexData,
}

impl Index<'_> {
    fn is_named_like(&self, other: &Index<'_>) -> bool {
        self.table == other.table && self.name == other.name
    }
}

impl<'c> Comparison<'c> {
    /// Compares the indexes of tables that are certainly on both sides.
    pub(super) fn indexes(
        &self,
        have: &[(&'c Key, &'c Relation)],
        want: &[(&'c Key, &'c Relation)],
    ) {
        let have = self.of_tables(self.have, have);
        let want = self.of_tables(self.want, want);
        let other = |all: &[Index<'c>], index: &Index<'_>| {
            all.iter().find(|other| other.is_named_like(index)).copied()
        };
        // An index under another name does what the other one did.
        let has_twin = |all: &[Index<'c>], index: &Index<'_>, is_own: bool| {
            all.iter().any(|twin| {
                twin.table == index.table
                    && if is_own { self.same(index, twin) } else { self.same(twin, index) }
            })
        };
        for wanted in &want {
            match other(&have, wanted) {
                None => {
                    let sure = self.is_sure_index(wanted, self.have)
                        && self.is_surely_missing(ObjectKind::Index, wanted.name);
                    if sure && !has_twin(&have, wanted, false) {
                        let grave = self.grave(ObjectKind::Index, wanted.name);
                        self.missing(self.title(wanted), grave.or(wanted.relation.site));
                    }
                }
                Some(own) => {
                    let sure = own.relation.is_certain && wanted.relation.is_certain;
                    if sure && !self.same(&own, wanted) {
                        self.changed(self.title(wanted), None, own.relation.site);
                    }
                }
            }
        }
        for own in have.iter().filter(|own| other(&want, own).is_none()) {
            let sure = self.is_sure_index(own, self.want)
                && self.is_surely_extra(ObjectKind::Index, own.name);
            if sure && !has_twin(&want, own, true) {
                self.extra(self.title(own), own.relation.site);
            }
        }
    }

    /// Indexes with their tables, where these are certainly on both sides.
    fn of_tables(
        &self,
        catalog: &'c Catalog,
        indexes: &[(&'c Key, &'c Relation)],
    ) -> Vec<Index<'c>> {
        if indexes.is_empty() {
            return Vec::new();
        }
        let data = |relation: &'c Relation| relation.index.as_ref();
        let is_certain = |catalog: &Catalog, table: &Key| {
            catalog.relations.get(table).is_some_and(|relation| relation.is_certain)
        };
        let entries = indexes.iter().filter_map(|(key, relation)| {
            let data = data(relation)?;
            let (table, _) = catalog.relation_by_id(data.table)?;
            Some(Index { table, name: &key.name, relation, data })
        });
        entries
            .filter(|it| is_certain(self.have, it.table) && is_certain(self.want, it.table))
            .collect()
    }

    fn title(&self, index: &Index<'_>) -> String {
        format!("index `{}` on `{}`", index.name, self.display(index.table))
    }

    /// Whether an index is there on its own account, and the other side lists all it has.
    ///
    /// The index of a constraint goes with it, and one that a server made up is not sure.
    fn is_sure_index(&self, index: &Index<'_>, other: &Catalog) -> bool {
        let is_closed = |table: &Relation| !table.is_open && !table.has_hidden_parts;
        index.relation.is_certain
            && !index.data.of_constraint
            && !self.is_named(index.name)
            && other.relations.get(index.table).is_some_and(|table| is_closed(table))
    }

    /// Whether two indexes are alike; also where that cannot be said.
    fn same(&self, have: &Index<'_>, want: &Index<'_>) -> bool {
        let (own, wanted) = (have.data, want.data);
        if own.of_constraint || wanted.of_constraint {
            return have.is_named_like(want);
        }
        if own.is_unique != wanted.is_unique || own.is_partial != wanted.is_partial {
            return false;
        }
        let names = |catalog: &Catalog, data: &IndexData| {
            let (_, table) = catalog.relation_by_id(data.table)?;
            column_names(table, data.columns.as_ref()?)
        };
        let columns = (names(self.have, own), names(self.want, wanted));
        if let (Some(own), Some(wanted)) = &columns
            && own != wanted
        {
            return false;
        }
        let is_plain = columns.0.is_some() && columns.1.is_some() && !own.is_partial;
        let definitions = (&have.relation.definition, &want.relation.definition);
        let (Some(a), Some(b)) = definitions else { return true };
        let is_renamed =
            !a.renames_since(self.have).is_empty() || !b.renames_since(self.want).is_empty();
        if is_plain || is_renamed || a.text() == b.text() {
            return true;
        }
        let form = |definition: &Definition| {
            let from = definition.table()?.end as usize;
            text::index(definition.text(), from, self.database)
        };
        match (form(a), form(b)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    }
}
