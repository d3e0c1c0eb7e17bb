//! Indexes, and what foreign keys ask of them, on servers where they belong to tables.

use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    ConstraintRule, Dependent, Found, Id, IndexData, Key, Relation, Victim,
};
use crate::replay::model::{Drop, Name, ObjectKind, QualifiedName, Rename, Text};
use crate::replay::resolve::{Fault, Subject, is_closed};

impl Engine {
    /// The key under which an index of a table is entered.
    pub(super) fn index_key(&self, table: &Key, name: &str) -> Key {
        if self.dialect.indexes_belong_to_tables() {
            self.catalog.index_key(table, name)
        } else {
            Key { schema: table.schema.clone(), name: Arc::from(name) }
        }
    }

    /// The name of an index without one: its first column's, with a number where that is taken.
    pub(super) fn made_up_index(&self, table: &Key, first: Option<&String>) -> Key {
        let base = first.map_or("functional_index", String::as_str);
        let mut key = self.catalog.index_key(table, base);
        for number in 2..1_000 {
            if !self.catalog.relations.contains_key(&key) {
                break;
            }
            key = self.catalog.index_key(table, &format!("{base}_{number}"));
        }
        key
    }

    /// Whether foreign keys are checked in this session.
    pub(super) fn checks_foreign_keys(&self) -> bool {
        self.dialect.checks_foreign_keys() && self.catalog.checks_foreign_keys
    }

    /// Those that keep the server from dropping what they need.
    pub(super) fn that_restrict(&self, mut dependents: Vec<Dependent>) -> Vec<Dependent> {
        if self.dialect.only_foreign_keys_restrict() {
            let checks = self.checks_foreign_keys();
            dependents
                .retain(|dependent| checks && matches!(dependent.victim, Victim::Constraint(..)));
        }
        dependents
    }

    /// The index of a foreign key, which the server makes where no other serves.
    pub(super) fn foreign_key_index(&mut self, table: &Key, name: &Text, column: Option<&Name>) {
        let Some(relation) = self.catalog.relations.get(table) else { return };
        let (id, site) = (relation.id, relation.site);
        let columns = relation.constraints.iter().rev().find_map(|entry| match &entry.rule {
            ConstraintRule::Foreign { columns, .. } if entry.name == *name => Some(columns.clone()),
            _ => None,
        });
        let Some(columns) = columns.filter(|columns| !columns.is_empty()) else { return };
        if self.catalog.has_certain_leading_index(id, &columns) {
            return;
        }
        // It is called like the key, or like its first column where the key has no name.
        //
        // Source: `MySQL` 5.7 and 8.4 manuals, "FOREIGN KEY Constraints", "Identifiers".
        let names = [Some(name.clone()), column.map(|column| column.text.clone())];
        for name in names.into_iter().flatten() {
            let key = self.catalog.index_key(table, &name);
            if self.catalog.relations.contains_key(&key) {
                continue;
            }
            let mut index = Relation::new(self.catalog.id(), ObjectKind::Index, site);
            index.is_certain = false;
            index.index = Some(IndexData {
                table: id,
                columns: Some(columns.clone()),
                is_unique: false,
                is_partial: false,
                uses: Vec::new(),
                of_constraint: false,
                is_implied: true,
            });
            self.catalog.relations_mut().insert(key, Arc::new(index));
        }
    }

    pub(super) fn drop_index_of(&mut self, table: &QualifiedName, name: &Name, drop: &Drop) {
        let Some((table, key)) = self.index_of(table, name, drop.if_exists) else { return };
        if !drop.cascade {
            self.index_is_needed(&table, &key, name);
        }
        self.catalog.relations_mut().remove(&key);
    }

    /// Says where a foreign key needs an index that is dropped.
    pub(super) fn index_is_needed(&mut self, table: &Key, index: &Key, name: &Name) {
        let is_certain =
            |key: &Key| self.catalog.relations.get(key).filter(|found| found.is_certain);
        let is_implied = |key: &Key| {
            let index = self.catalog.relations.get(key).and_then(|found| found.index.as_ref());
            index.is_some_and(|index| index.is_implied)
        };
        let Some(relation) = is_certain(table) else { return };
        // One that is implied is needed if it is there, and cannot be dropped if it is not.
        if is_certain(index).is_none() && !(is_implied(index) && is_closed(relation)) {
            return;
        }
        let needed = self.catalog.foreign_key_on(relation.id, index);
        let Some((constraint, site)) = needed.filter(|_| self.checks_foreign_keys()) else {
            return;
        };
        let message = format!("the foreign key `{constraint}` needs index `{}`", name.text);
        let fault = Fault::new(Code::M410, name.place, message)
            .at_site(site, "it is added here")
            .help("drop the foreign key first, or add another index over its columns");
        self.fault(fault);
    }

    pub(super) fn rename_index_of(&mut self, rename: &Rename) {
        let target = &rename.target;
        let Some(table) = &target.on else { return };
        let found = self.index_of(table, &target.name.name, rename.if_exists);
        let Some((table, key)) = found else { return };
        let new_key = self.catalog.index_key(&table, &rename.to.text);
        let name = QualifiedName::bare(rename.to.clone());
        if new_key == key || self.is_taken(&new_key, &name, Code::M408) {
            return;
        }
        let relations = self.catalog.relations_mut();
        if let Some(index) = relations.remove(&key) {
            relations.insert(new_key, index);
        }
    }

    /// The table and its index; a fault where one of them is certainly missing.
    fn index_of(
        &mut self,
        table: &QualifiedName,
        name: &Name,
        if_exists: bool,
    ) -> Option<(Key, Key)> {
        let found = match self.catalog.find_relation(self.dialect, table) {
            Found::Present(found) => found,
            Found::Unknown => {
                self.doubts += 1;
                return None;
            }
            Found::Absent => {
                if !if_exists {
                    self.missing_relation(table);
                }
                return None;
            }
        };
        let key = self.catalog.index_key(&found, &name.text);
        if self.catalog.relations.contains_key(&key) {
            return Some((found, key));
        }
        let relation = self.catalog.relations.get(&found)?;
        let unknown = &self.catalog.unknown;
        let is_sure = is_closed(relation)
            && !unknown.covers(ObjectKind::Index, &name.text)
            && !unknown.covers(ObjectKind::Relation, &found.name)
            && !name.is_wildcard();
        if if_exists || !is_sure {
            return None;
        }
        let own = self.catalog.indexes_of(relation.id);
        let own: Vec<_> = own.map(|(key, index, _)| (key.name.clone(), index.site)).collect();
        let similar = crate::replay::suggest::closest(
            &name.text,
            own.iter().map(|(name, site)| (&**name, *site)),
        );
        let message = format!("`{}` has no index `{}`", found.name, name.text);
        let mut fault = Fault::new(Code::M409, name.place, message)
            .about(Subject::Other(ObjectKind::Index, name.text.clone()));
        if let Some((similar, site)) = similar {
            fault = fault
                .at_site(site, format!("`{similar}` is created here"))
                .help(format!("did you mean `{similar}`?"));
        }
        self.fault(fault);
        None
    }

    /// Drops what a constraint's name may mean besides: a unique index, or a foreign key
    /// whose made-up name changed with its table's. Says whether there was one.
    pub(super) fn drop_loose_constraint(&mut self, table: &Key, name: &Name) -> bool {
        let index = self.catalog.index_key(table, &name.text);
        if self.catalog.relations.contains_key(&index) {
            // Seen on `MariaDB` 10.11: there is no such constraint where the key is hashed.
            if !self.may_be_hashed(table, &index) {
                self.catalog.relations_mut().remove(&index);
            } else if let Some(index) = self.catalog.relation_mut(&index) {
                index.is_certain = false;
            }
            return true;
        }
        let Some((_, number)) = name.text.rsplit_once("_ibfk_") else { return false };
        let ending = format!("_ibfk_{number}");
        let Some(relation) = self.catalog.relation_mut(table) else { return false };
        let before = relation.constraints.len();
        relation.constraints.retain(|entry| !entry.name.ends_with(&ending));
        if relation.constraints.len() == before {
            // It is one of the others, under a name that is made up by other rules.
            for entry in &mut relation.constraints {
                entry.is_certain &= !matches!(entry.rule, ConstraintRule::Foreign { .. });
            }
        }
        true
    }

    /// Whether a unique key may be over texts of any length, of which the server keeps hashes.
    fn may_be_hashed(&self, table: &Key, index: &Key) -> bool {
        let relations = &self.catalog.relations;
        let (Some(table), Some(index)) = (relations.get(table), relations.get(index)) else {
            return false;
        };
        let data = index.index.as_ref().filter(|data| data.is_unique);
        let ids = data.and_then(|data| data.columns.as_deref()).unwrap_or_default();
        table.columns.iter().filter(|column| ids.contains(&column.id)).any(|column| {
            let lower = column.type_name.to_ascii_lowercase();
            lower.contains("text") || lower.contains("blob")
        })
    }

    /// A column leaves the keys of its table; a foreign key of the table keeps it.
    pub(super) fn shrink_keys(&mut self, table: &Key, name: &Name, column: Id) {
        let Some(relation) = self.catalog.relations.get(table) else { return };
        let needed = relation.constraints.iter().find(|entry| {
            matches!(&entry.rule, ConstraintRule::Foreign { columns, .. } if columns.contains(&column))
                && entry.is_certain
        });
        if let Some(needed) = needed.filter(|_| relation.is_certain && self.checks_foreign_keys()) {
            let message = format!("the foreign key `{}` needs column `{}`", needed.name, name.text);
            let fault = Fault::new(Code::M410, name.place, message)
                .at_site(needed.site, "it is added here")
                .help("drop the foreign key first");
            self.fault(fault);
        }
        self.catalog.shrink_indexes(table, column);
    }
}
