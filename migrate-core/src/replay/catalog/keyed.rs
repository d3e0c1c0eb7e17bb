//! Indexes that belong to their tables.

use std::sync::Arc;

use super::{Catalog, ConstraintRule, Id, IndexData, Key, Relation};

impl Catalog {
    /// The schema in which the indexes of a table are entered: one of its own, so that
    /// names need to differ within the table only.
    pub(crate) fn index_key(&self, table: &Key, name: &str) -> Key {
        let id = self.relations.get(table).map_or(0, |relation| relation.id.0);
        Key { schema: Arc::from(format!("{} table {id}", table.schema)), name: Arc::from(name) }
    }

    /// Indexes of a table, keys included.
    pub(crate) fn indexes_of(
        &self,
        table: Id,
    ) -> impl Iterator<Item = (&Key, &Relation, &IndexData)> {
        self.relations_near(&[table]).filter_map(move |(key, relation)| {
            let data = relation.index.as_ref().filter(|data| data.table == table)?;
            Some((key, &**relation, data))
        })
    }

    /// Whether an index other than `except` begins with the columns, or may do so.
    pub(crate) fn has_leading_index(
        &self,
        table: Id,
        columns: &[Id],
        except: Option<&Key>,
    ) -> bool {
        let clusters = if columns.len() > 1 { self.clusters(table) } else { Vec::new() };
        self.indexes_of(table).filter(|(key, _, _)| Some(*key) != except).any(
            |(_, relation, data)| {
                let may_be_another = !relation.is_certain && !data.is_implied;
                may_be_another
                    || data.columns.as_ref().is_none_or(|ids| {
                        begins_with(ids, columns)
                            || clusters.iter().any(|hidden| goes_on_with(ids, hidden, columns))
                    })
            },
        )
    }

    /// The columns by which a table's rows are kept, which every other index of it has at its end:
    /// those of the primary key, without one those of a unique key.
    ///
    /// Source: `MySQL` 8.4 manual, "Clustered and Secondary Indexes"; "FOREIGN KEY Constraints":
    /// "Hidden columns that `InnoDB` adds to an index are also considered".
    fn clusters(&self, table: Id) -> Vec<Vec<Id>> {
        let relation = self.relation_by_id(table).map(|(_, relation)| relation);
        let constraints = relation.into_iter().flat_map(|relation| &relation.constraints);
        let primary = constraints.filter_map(|constraint| match &constraint.rule {
            ConstraintRule::Primary(ids) => Some(ids.clone()),
            _ => None,
        });
        let primary: Vec<_> = primary.collect();
        if !primary.is_empty() {
            return primary;
        }
        let unique = self.indexes_of(table).filter(|(_, _, data)| data.is_unique);
        unique.filter_map(|(_, _, data)| data.columns.clone()).collect()
    }

    /// Whether an index or a key of the table begins with the columns, or may do so.
    pub(crate) fn has_key_or_index(&self, table: &Relation, columns: &[Id]) -> bool {
        let keys = table.constraints.iter().any(|constraint| match &constraint.rule {
            ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => begins_with(ids, columns),
            _ => false,
        });
        keys || self.has_leading_index(table.id, columns, None)
    }

    /// Whether an index certainly begins with the columns.
    pub(crate) fn has_certain_leading_index(&self, table: Id, columns: &[Id]) -> bool {
        self.indexes_of(table).any(|(_, relation, data)| {
            let ids = data.columns.as_ref().filter(|_| relation.is_certain);
            ids.is_some_and(|ids| begins_with(ids, columns))
        })
    }

    /// A foreign key that only the given index carries, at either of its ends.
    pub(crate) fn foreign_key_on(
        &self,
        table: Id,
        index: &Key,
    ) -> Option<(String, Option<super::Site>)> {
        let data = self.relations.get(index)?.index.as_ref()?;
        let own = data.columns.as_ref()?;
        for (_, relation) in self.relations_near(&[table]) {
            for constraint in relation.constraints.iter().filter(|entry| entry.is_certain) {
                let ConstraintRule::Foreign { columns, table: to, referenced } = &constraint.rule
                else {
                    continue;
                };
                let ends = [(relation.id, columns), (to.unwrap_or(relation.id), referenced)];
                let needs = ends.iter().any(|(end, columns)| {
                    *end == table
                        && !columns.is_empty()
                        && begins_with(own, columns)
                        && !self.has_leading_index(table, columns, Some(index))
                });
                if needs && relation.is_certain {
                    return Some((constraint.name.to_string(), constraint.site));
                }
            }
        }
        None
    }

    /// Takes a column out of the indexes and keys that have others besides.
    pub(crate) fn shrink_indexes(&mut self, table: &Key, column: Id) {
        let Some(relation) = self.relation_mut(table) else { return };
        let id = relation.id;
        for constraint in &mut relation.constraints {
            if let ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) = &mut constraint.rule
                && ids.len() > 1
                && ids.contains(&column)
            {
                ids.retain(|own| *own != column);
                constraint.is_certain = false;
            }
        }
        let shrinks = |relation: &Relation| {
            relation.index.as_ref().is_some_and(|data| {
                let columns = data.columns.as_ref();
                data.table == id
                    && columns.is_some_and(|ids| ids.len() > 1 && ids.contains(&column))
            })
        };
        for key in self.relations_of(id, shrinks) {
            let Some(relation) = self.relation_mut(&key) else { continue };
            if let Some(data) = &mut relation.index {
                if let Some(ids) = &mut data.columns {
                    ids.retain(|own| *own != column);
                }
                data.uses.retain(|used| *used != super::Dependency::Column(id, column));
                // Only one of the two servers lets a unique key lose a column.
                relation.is_certain &= !data.is_unique;
            }
        }
    }
}

/// Whether the first columns of an index are these, in whatever order.
fn begins_with(index: &[Id], columns: &[Id]) -> bool {
    index.get(..columns.len()).is_some_and(|first| columns.iter().all(|id| first.contains(id)))
}

/// Whether an index with hidden columns at its end begins with the columns.
fn goes_on_with(index: &[Id], hidden: &[Id], columns: &[Id]) -> bool {
    let more = hidden.iter().filter(|id| !index.contains(id));
    let all: Vec<Id> = index.iter().chain(more).copied().collect();
    begins_with(&all, columns)
}
