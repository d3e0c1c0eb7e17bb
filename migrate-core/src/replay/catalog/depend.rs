//! What needs what, and what goes when something is dropped.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Catalog, Constraint, ConstraintRule, Dependency, Id, Key, Relation, Site, TypedKey};
use crate::replay::model::{ObjectKind, Text};

/// Something that needs another thing.
#[derive(Debug, Clone)]
pub(crate) struct Dependent {
    pub(crate) victim: Victim,
    pub(crate) site: Option<Site>,
    pub(crate) is_certain: bool,
}

/// What goes with a thing that is dropped with `CASCADE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Victim {
    Relation(Key, ObjectKind),
    Constraint(Key, Text),
    Policy(Key, Text),
    Rule(Key, Text),
    Trigger(Key, Text),
    Default(Key, Text),
    Column(Key, Text),
    Function(Key, Id),
    Typed(TypedKey),
    Type(Key),
    /// Fields of a type, or checks of a domain: which ones is not known.
    TypePart(Key),
}

impl Victim {
    /// As people call it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Victim::Relation(key, kind) => format!("{} `{}`", kind.noun(), key.name),
            Victim::Constraint(key, name) => format!("constraint `{name}` of `{}`", key.name),
            Victim::Policy(key, name) => format!("policy `{name}` on `{}`", key.name),
            Victim::Rule(key, name) => format!("rule `{name}` on `{}`", key.name),
            Victim::Trigger(key, name) => format!("trigger `{name}` on `{}`", key.name),
            Victim::Default(key, name) => format!("the default of `{}.{name}`", key.name),
            Victim::Column(key, name) => format!("column `{}.{name}`", key.name),
            Victim::Function(key, _) => format!("function `{}`", key.name),
            Victim::Typed(key) => key.describe(),
            Victim::Type(key) | Victim::TypePart(key) => format!("type `{}`", key.name),
        }
    }
}

/// What is being dropped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Removal {
    /// Relations that go as a whole.
    pub(crate) relations: BTreeSet<Id>,
    /// Columns of relations that stay.
    pub(crate) columns: BTreeSet<(Id, Id)>,
    pub(crate) functions: BTreeSet<Id>,
    /// Functions whose callers are sought that may have called another one instead.
    pub(crate) perhaps_called: BTreeSet<Id>,
    pub(crate) types: BTreeSet<Id>,
    /// Operators and their like.
    pub(crate) typed: BTreeSet<Id>,
}

impl Removal {
    fn takes(&self, dependency: Dependency) -> bool {
        match dependency {
            Dependency::Relation(id) => self.relations.contains(&id) || self.types.contains(&id),
            Dependency::Column(relation, column) => {
                self.relations.contains(&relation) || self.columns.contains(&(relation, column))
            }
            Dependency::Function(id) => self.functions.contains(&id),
            Dependency::PerhapsFunction(id) => self.perhaps_called.contains(&id),
            Dependency::Type(id) => self.types.contains(&id) || self.relations.contains(&id),
            Dependency::Typed(id) => self.typed.contains(&id),
        }
    }

    /// Whatever has to be spoken of for something to be needed.
    pub(crate) fn objects(&self) -> Vec<Id> {
        let mut objects: Vec<Id> = self.columns.iter().map(|(table, _)| *table).collect();
        for whole in
            [&self.relations, &self.functions, &self.perhaps_called, &self.types, &self.typed]
        {
            if !whole.is_empty() {
                objects.extend(whole);
            }
        }
        objects
    }

    fn takes_any(&self, uses: &[Dependency]) -> bool {
        uses.iter().any(|dependency| self.takes(*dependency))
    }
}

impl Catalog {
    /// Everything outside the removal that needs a part of it.
    pub(crate) fn dependents(&self, removal: &Removal) -> Vec<Dependent> {
        let mut found = Vec::new();
        let objects = removal.objects();
        for (key, relation) in self.relations_near(&objects) {
            if !removal.relations.contains(&relation.id) {
                dependents_in(removal, key, relation, &mut found);
            }
        }
        for (key, functions) in self.functions.near_mentions(&objects) {
            for function in functions.iter() {
                if !removal.functions.contains(&function.id) && removal.takes_any(&function.uses) {
                    found.push(Dependent {
                        victim: Victim::Function(key.clone(), function.id),
                        site: function.site,
                        is_certain: function.is_certain,
                    });
                }
            }
        }
        for (key, object) in self.typed.near_mentions(&objects) {
            if !removal.typed.contains(&object.id) && removal.takes_any(&object.uses) {
                found.push(Dependent {
                    victim: Victim::Typed(key.clone()),
                    site: object.site,
                    is_certain: object.is_certain && !self.may_have_lost_typed(key),
                });
            }
        }
        for (key, data) in self.types.near_mentions(&objects) {
            if removal.types.contains(&data.id) {
                continue;
            }
            if removal.takes_any(&data.uses) {
                found.push(Dependent {
                    victim: Victim::Type(key.clone()),
                    site: data.site,
                    is_certain: data.is_certain
                        && !self.unknown.may_have_lost(ObjectKind::Type, &key.name),
                });
            } else if removal.takes_any(&data.parts) {
                let victim = Victim::TypePart(key.clone());
                found.push(Dependent { victim, site: data.site, is_certain: false });
            }
        }
        found
    }

    /// Foreign keys elsewhere that rest on a key of these columns, and on no other.
    pub(crate) fn foreign_keys_to(&self, table: Id, columns: &[Id]) -> Vec<Dependent> {
        let same = |ids: &[Id]| {
            ids.iter().all(|id| columns.contains(id)) && columns.iter().all(|id| ids.contains(id))
        };
        let keys = self.relation_by_id(table).map_or(0, |(_, relation)| {
            let constraints = relation.constraints.iter().filter(|constraint| {
                matches!(&constraint.rule, ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) if same(ids))
            });
            constraints.count()
        }) + self.unique_indexes(table).filter(|ids| same(ids)).count();
        if keys > 1 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (key, relation) in self.relations_near(&[table]) {
            for constraint in &relation.constraints {
                let ConstraintRule::Foreign { table: to, referenced, .. } = &constraint.rule else {
                    continue;
                };
                if *to == Some(table) && !referenced.is_empty() && same(referenced) {
                    found.push(Dependent {
                        victim: Victim::Constraint(key.clone(), constraint.name.clone()),
                        site: constraint.site,
                        is_certain: constraint.is_certain && relation.is_certain,
                    });
                }
            }
        }
        found
    }

    /// Columns of the unique indexes of a table that belong to no constraint.
    pub(crate) fn unique_indexes(&self, table: Id) -> impl Iterator<Item = &Vec<Id>> {
        self.relations_near(&[table]).filter_map(move |(_, relation)| {
            let index = relation.index.as_ref()?;
            (index.table == table && index.is_unique && !index.of_constraint && !index.is_partial)
                .then_some(index.columns.as_ref()?)
        })
    }

    /// Removes what a cascade takes, and what needs that in turn.
    pub(crate) fn cascade(&mut self, mut dependents: Vec<Dependent>) {
        // Every round removes something, so this ends; the bound is for the unforeseen.
        for _ in 0..10_000 {
            let Some(dependent) = dependents.pop() else { return };
            let removal = self.remove_victim(&dependent.victim);
            if let Some(removal) = removal {
                dependents.extend(self.dependents(&removal));
            }
        }
    }

    fn remove_victim(&mut self, victim: &Victim) -> Option<Removal> {
        let mut removal = Removal::default();
        match victim {
            Victim::Relation(key, _) => {
                let id = self.relations.get(key)?.id;
                removal.relations.insert(id);
                self.remove_relation(key);
            }
            Victim::Constraint(key, name) => {
                self.remove_constraint(key, name);
            }
            Victim::Policy(key, name) => {
                self.relation_mut(key)?.policies.retain(|part| part.name != *name);
            }
            Victim::Rule(key, name) => {
                self.relation_mut(key)?.rules.retain(|part| part.name != *name);
            }
            Victim::Trigger(key, name) => {
                self.relation_mut(key)?.triggers.retain(|part| part.name != *name);
            }
            Victim::Default(key, name) => {
                let column = self.relation_mut(key)?.column_mut(name)?;
                column.default = None;
                column.uses.retain(|used| matches!(used, Dependency::Type(_)));
            }
            Victim::Column(key, name) => {
                let relation = self.relations.get(key)?;
                let ids = (relation.id, relation.column(name)?.id);
                if relation.partition_key.as_ref().is_some_and(|own| own.columns.contains(&ids.1)) {
                    // Nothing is partitioned by what is not there.
                    removal.relations.insert(ids.0);
                    self.remove_relation(key);
                    return Some(removal);
                }
                removal.columns.insert(ids);
                self.remove_column(key, name);
            }
            Victim::Function(key, id) => {
                removal.functions.insert(*id);
                self.remove_function(key, *id);
                self.doubt_callers(*id);
            }
            Victim::Typed(key) => {
                removal.typed.insert(self.typed.get(key)?.id);
                self.typed.remove(key);
                self.doubt_users_of(key);
            }
            Victim::Type(key) => {
                removal.types.insert(self.types.remove(key)?.id);
            }
            Victim::TypePart(key) => self.open_type_at(key),
        }
        Some(removal)
    }

    /// Removes a relation with its indexes and owned sequences.
    pub(crate) fn remove_relation(&mut self, key: &Key) {
        let Some(relation) = self.relations_mut().remove(key) else { return };
        let id = relation.id;
        if relation.index.is_none() && self.seen.renamed_columns {
            self.last_names.insert(id, key.name.clone());
        }
        if let Some((table, column)) = relation.owner
            && let Some(key) = self.relation_by_id(table).map(|(key, _)| key.clone())
            && let Some(table) = self.relation_mut(&key)
        {
            // Its default goes with the sequence.
            for own in table.columns.iter_mut().filter(|own| own.id == column) {
                own.counts = false;
            }
        }
        self.remove_relations_of(id, |other| {
            other.index.as_ref().is_some_and(|index| index.table == id)
                || other.owner.is_some_and(|(table, _)| table == id)
        });
    }

    /// Removes a constraint with its index.
    pub(crate) fn remove_constraint(&mut self, key: &Key, name: &str) {
        let Some(relation) = self.relation_mut(key) else { return };
        let id = relation.id;
        relation.constraints.retain(|constraint| &*constraint.name != name);
        let index = self.indexes_of(id).find_map(|(key, _, data)| {
            (data.of_constraint && &*key.name == name).then(|| key.clone())
        });
        if let Some(index) = index {
            self.relations_mut().remove(&index);
        }
    }

    /// Removes a column with the keys, checks and indexes that it is part of.
    pub(crate) fn remove_column(&mut self, key: &Key, name: &str) {
        let Some(relation) = self.relation_mut(key) else { return };
        let table = relation.id;
        let Some(column) = relation.column(name).map(|column| column.id) else { return };
        relation.columns.retain(|other| other.id != column);
        let own = Dependency::Column(table, column);
        let gone: Vec<Text> = relation
            .constraints
            .iter()
            .filter(|constraint| match &constraint.rule {
                ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => ids.contains(&column),
                ConstraintRule::Foreign { columns, table: to, referenced } => {
                    columns.contains(&column)
                        || (*to == Some(table) && referenced.contains(&column))
                }
                ConstraintRule::Check(uses) | ConstraintRule::Exclude(uses) => uses.contains(&own),
            })
            .map(|constraint| constraint.name.clone())
            .collect();
        for name in gone {
            self.remove_constraint(key, &name);
        }
        self.remove_relations_of(table, |other| {
            let index_goes = other.index.as_ref().is_some_and(|index| {
                index.table == table
                    && (index.columns.as_ref().is_some_and(|ids| ids.contains(&column))
                        || index.uses.contains(&own))
            });
            index_goes || other.owner == Some((table, column))
        });
    }

    /// Removes what belongs to a table and has to go.
    fn remove_relations_of(&mut self, table: Id, goes: impl Fn(&Relation) -> bool) {
        for key in self.relations_of(table, goes) {
            self.relations_mut().remove(&key);
        }
    }

    pub(crate) fn remove_function(&mut self, key: &Key, id: Id) {
        let functions = self.functions_mut();
        if let Some(list) = functions.get_mut(key) {
            Arc::make_mut(list).retain(|function| function.id != id);
            if list.is_empty() {
                functions.remove(key);
            }
        }
    }
}

/// Whether a constraint of a table that stays needs what goes.
fn constraint_needs(constraint: &Constraint, own: Id, removal: &Removal) -> bool {
    match &constraint.rule {
        ConstraintRule::Foreign { table, referenced, .. } => {
            let Some(table) = *table else { return false };
            removal.relations.contains(&table)
                || (table != own
                    && referenced.iter().any(|column| removal.columns.contains(&(table, *column))))
        }
        // Columns of its own table take a check with them; functions and types do not.
        ConstraintRule::Check(uses) | ConstraintRule::Exclude(uses) => uses.iter().any(|used| {
            !matches!(used, Dependency::Column(table, _) if *table == own) && removal.takes(*used)
        }),
        ConstraintRule::Primary(_) | ConstraintRule::Unique(_) => false,
    }
}

/// What needs a part of the removal inside a relation that stays.
fn dependents_in(removal: &Removal, key: &Key, relation: &Relation, found: &mut Vec<Dependent>) {
    let mut add = |victim: Victim, site: Option<Site>, is_certain: bool| {
        let is_certain = is_certain && relation.is_certain;
        found.push(Dependent { victim, site, is_certain });
    };
    let whole = removal.takes_any(&relation.uses)
        || relation.parents.iter().any(|parent| removal.relations.contains(parent));
    if whole {
        add(Victim::Relation(key.clone(), relation.kind), relation.site, true);
        return;
    }
    if let Some(index) = &relation.index {
        let is_own = removal.relations.contains(&index.table);
        let functions = index.uses.iter().any(|used| {
            !matches!(used, Dependency::Relation(_) | Dependency::Column(..))
                && removal.takes(*used)
        });
        if functions && !is_own {
            add(Victim::Relation(key.clone(), relation.kind), relation.site, true);
        }
        return;
    }
    for constraint in &relation.constraints {
        if constraint_needs(constraint, relation.id, removal) {
            let victim = Victim::Constraint(key.clone(), constraint.name.clone());
            add(victim, constraint.site, constraint.is_certain);
        }
    }
    for policy in relation.policies.iter().filter(|part| removal.takes_any(&part.uses)) {
        add(Victim::Policy(key.clone(), policy.name.clone()), policy.site, policy.is_certain);
    }
    for rule in relation.rules.iter().filter(|part| removal.takes_any(&part.uses)) {
        add(Victim::Rule(key.clone(), rule.name.clone()), rule.site, rule.is_certain);
    }
    for trigger in relation.triggers.iter().filter(|part| removal.takes_any(&part.uses)) {
        add(Victim::Trigger(key.clone(), trigger.name.clone()), trigger.site, trigger.is_certain);
    }
    for column in &relation.columns {
        if removal.columns.contains(&(relation.id, column.id)) {
            continue;
        }
        let needs_type = column
            .uses
            .iter()
            .any(|used| matches!(used, Dependency::Type(_)) && removal.takes(*used));
        if needs_type || (column.is_generated && removal.takes_any(&column.uses)) {
            add(Victim::Column(key.clone(), column.name.clone()), column.site, column.is_certain);
        } else if removal.takes_any(&column.uses) {
            add(Victim::Default(key.clone(), column.name.clone()), column.site, column.is_certain);
        }
    }
}
