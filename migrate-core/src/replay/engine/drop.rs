//! `DROP`, and what stands in its way.

use super::Engine;
use super::parameters::names_routine;
use super::typed::is_typed;
use crate::diagnostics::Code;
use crate::replay::catalog::{
    Dependent, Found, Function, Id, Key, Part, Relation, Removal, Tombstone, Victim,
};
use crate::replay::model::{Among, Drop, Name, ObjectKind, ObjectReference, Place, QualifiedName};
use crate::replay::resolve::{Fault, Subject};

impl Engine {
    pub(super) fn drop(&mut self, drop: &Drop) {
        let Some(first) = drop.targets.first() else {
            if drop.cascade {
                self.catalog.doubt_objects();
            }
            return;
        };
        match first.kind {
            ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence => self.drop_relations(drop),
            ObjectKind::Index => self.drop_indexes(drop),
            ObjectKind::Schema => self.drop_schemas(drop),
            ObjectKind::Type | ObjectKind::Domain => self.drop_types(drop),
            ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Aggregate
            | ObjectKind::Routine => self.drop_functions(drop),
            ObjectKind::Trigger if self.dialect.keeps_source() => {
                for target in &drop.targets {
                    self.drop_trigger(target, drop.if_exists);
                }
            }
            ObjectKind::Trigger | ObjectKind::Policy | ObjectKind::Rule => {
                for target in &drop.targets {
                    self.drop_part(target, drop.if_exists);
                }
            }
            kind if is_typed(kind) => self.drop_typed(drop),
            kind => {
                for target in &drop.targets {
                    if !drop.if_exists {
                        self.refer(target);
                    }
                    let name = target.name.name.text.clone();
                    if drop.cascade
                        && (kind != ObjectKind::Extension
                            || self.catalog.others.contains_key(&(kind, name.clone())))
                    {
                        // What lies in an extension, sorts by a collation, or comes through a
                        // server goes with it.
                        self.catalog.doubt_objects();
                    }
                    if kind == ObjectKind::Publication {
                        self.catalog.published.remove(&name);
                    }
                    self.catalog.others_mut().remove(&(kind, name));
                }
            }
        }
    }

    /// Whether a drop goes through: with what needs it, or because nothing does.
    pub(super) fn may_drop(
        &mut self,
        place: Place,
        what: &str,
        dependents: Vec<Dependent>,
        cascade: bool,
    ) -> bool {
        if cascade {
            self.catalog.cascade(dependents);
            return true;
        }
        if !self.dialect.restricts_drops() {
            return true;
        }
        let dependents = self.that_restrict(dependents);
        let certain = dependents.iter().find(|dependent| dependent.is_certain);
        let Some(dependent) = certain else { return true };
        let needs = dependent.victim.describe();
        let fault = Fault::new(Code::M410, place, format!("{needs} needs {what}"))
            .at_site(dependent.site, "it is created here")
            .help("drop what needs it first, or write `CASCADE`");
        let refused = self.suppressed == 0 && !self.catalog.unknown.everything;
        self.fault(fault);
        // What was meant is assumed to have happened.
        if refused {
            self.catalog.cascade(dependents);
        }
        true
    }

    fn drop_relations(&mut self, drop: &Drop) {
        let mut keys: Vec<(Key, Place)> = Vec::new();
        let mut removal = Removal::default();
        for target in &drop.targets {
            let found = match drop.among {
                Among::All => self.catalog.find_relation(self.dialect, &target.name),
                Among::Temporary => self.catalog.find_temporary(self.dialect, &target.name),
                Among::Lasting => self.catalog.find_lasting(self.dialect, &target.name),
            };
            match found {
                Found::Present(key) => {
                    let is_other = |found: &Relation| found.kind != target.kind;
                    let passes_over = self.is_passed_over(&key)
                        || self.dialect.passes_over_other_kinds()
                            && self
                                .catalog
                                .relations
                                .get(&key)
                                .is_some_and(|found| is_other(found));
                    if drop.if_exists && passes_over {
                        continue;
                    }
                    if self.wrong_kind(target, &key) {
                        continue;
                    }
                    if let Some(relation) = self.catalog.relations.get(&key) {
                        removal.relations.insert(relation.id);
                    }
                    keys.push((key, target.name.place()));
                }
                Found::Unknown if drop.among == Among::Temporary && drop.if_exists => {}
                Found::Unknown => self.doubt_namesakes(&target.name),
                Found::Absent if drop.if_exists => {}
                Found::Absent => self.missing_relation(&target.name),
            }
        }
        let Some((_, place)) = keys.first().cloned() else { return };
        let partitions = self.take_along(&mut removal);
        let mut dependents = self.catalog.dependents(&removal);
        dependents.extend(keys.iter().filter_map(|(key, _)| self.counting_column(key, &removal)));
        let what = match keys.as_slice() {
            [(key, _)] => format!("`{}`", key.name),
            _ => "what is dropped here".to_owned(),
        };
        self.may_drop(place, &what, dependents, drop.cascade);
        for id in partitions {
            if let Some(key) = self.catalog.relation_by_id(id).map(|(key, _)| key.clone()) {
                self.catalog.remove_relation(&key);
            }
        }
        for (key, place) in keys {
            self.catalog.remove_relation(&key);
            self.bury(ObjectKind::Relation, &key.name, place);
        }
    }

    /// Adds what belongs to the tables of a removal, and goes with them: partitions with their own
    /// partitions, and sequences.
    fn take_along(&self, removal: &mut Removal) -> Vec<Id> {
        let mut taken = Vec::new();
        loop {
            let belongs = |relation: &Relation| {
                let gone = |id: &Id| removal.relations.contains(id);
                let may_belong = relation.owner.is_some()
                    || relation.shadow_of.is_some()
                    || relation.is_partition;
                may_belong
                    && !gone(&relation.id)
                    && (relation.owner.is_some_and(|(table, _)| gone(&table))
                        || relation.shadow_of.as_ref().is_some_and(gone)
                        || (relation.is_partition && relation.parents.iter().any(gone)))
            };
            let near =
                self.catalog.relations_near(&removal.objects()).map(|(_, relation)| relation);
            let found: Vec<Id> =
                near.filter(|it| belongs(it)).map(|relation| relation.id).collect();
            if found.is_empty() {
                return taken;
            }
            removal.relations.extend(found.iter().copied());
            taken.extend(found);
        }
    }

    /// The serial column of a table that stays whose default is the next number of a sequence.
    fn counting_column(&self, sequence: &Key, removal: &Removal) -> Option<Dependent> {
        let (table, column) = self.catalog.relations.get(sequence)?.owner?;
        if removal.relations.contains(&table) {
            return None;
        }
        let (key, relation) = self.catalog.relation_by_id(table)?;
        let column = relation.columns.iter().find(|own| own.id == column && own.counts)?;
        Some(Dependent {
            victim: Victim::Default(key.clone(), column.name.clone()),
            site: column.site,
            is_certain: column.is_certain && relation.is_certain && !relation.is_vague,
        })
    }

    pub(super) fn bury(&mut self, kind: ObjectKind, name: &str, place: Place) {
        if let Some(site) = self.site(place) {
            self.catalog.bury(kind, name, Tombstone { site, renamed_to: None });
        }
    }

    /// Whether the name certainly belongs to something of another kind.
    fn wrong_kind(&mut self, target: &ObjectReference, key: &Key) -> bool {
        let Some(relation) = self.catalog.relations.get(key) else { return false };
        let is_right = relation.kind == target.kind
            || relation.kind == ObjectKind::Relation
            || (relation.kind == ObjectKind::ForeignTable && target.kind == ObjectKind::Table)
            || (relation.kind == ObjectKind::Sequence
                && target.kind == ObjectKind::Table
                && self.dialect.drops_sequences_as_tables());
        if is_right || !relation.is_certain {
            return false;
        }
        if relation.kind == ObjectKind::ForeignTable || target.kind == ObjectKind::ForeignTable {
            return false;
        }
        let message = format!(
            "`{}` is {}, not {}",
            target.name.display(),
            relation.kind.one(),
            target.kind.one()
        );
        let fault = Fault::new(Code::M409, target.name.place(), message)
            .at_site(relation.site, "it is created here")
            .about(Subject::Nothing);
        self.fault(fault);
        true
    }

    fn drop_indexes(&mut self, drop: &Drop) {
        for target in &drop.targets {
            if let Some(table) = &target.on {
                self.drop_index_of(table, &target.name.name, drop);
                continue;
            }
            let Found::Present(key) = self.catalog.find_relation(self.dialect, &target.name) else {
                if !drop.if_exists {
                    self.refer_index(&target.name);
                }
                continue;
            };
            let Some(relation) = self.catalog.relations.get(&key) else { continue };
            let Some(index) = relation.index.clone() else {
                // `SQLite` looks for the name among indexes alone.
                if !(drop.if_exists && self.dialect.keeps_source()) {
                    self.wrong_kind(target, &key);
                }
                continue;
            };
            let certain = relation.is_certain;
            if index.of_constraint && certain {
                let message = format!("the constraint `{}` needs its index", key.name);
                let known = self.catalog.relation_by_id(index.table).is_some_and(|(_, table)| {
                    table.constraints.iter().any(|entry| entry.name == key.name && entry.is_certain)
                });
                if known && !drop.cascade {
                    let fault = Fault::new(Code::M410, target.name.place(), message)
                        .help("drop the constraint instead");
                    self.fault(fault);
                }
            }
            if let Some(columns) = &index.columns
                && index.is_unique
                && !index.of_constraint
                && !index.is_partial
            {
                let dependents = self.catalog.foreign_keys_to(index.table, columns);
                let what = format!("index `{}`", key.name);
                self.may_drop(target.name.place(), &what, dependents, drop.cascade);
            }
            self.catalog.relations_mut().remove(&key);
            self.bury(ObjectKind::Index, &key.name, target.name.place());
        }
    }

    fn drop_types(&mut self, drop: &Drop) {
        // What needs another target goes too.
        let keys = drop.targets.iter().filter_map(|target| self.type_key(&target.name));
        let all: Vec<Id> =
            keys.filter_map(|key| self.catalog.types.get(&key).map(|found| found.id)).collect();
        for target in &drop.targets {
            let Some(key) = self.type_key(&target.name) else {
                if !drop.if_exists {
                    self.refer(target);
                }
                continue;
            };
            let mut removal = Removal::default();
            removal.types.extend(&all);
            let dependents = self.catalog.dependents(&removal);
            let what = format!("type `{}`", key.name);
            self.may_drop(target.name.place(), &what, dependents, drop.cascade);
            self.catalog.types_mut().remove(&key);
            if drop.cascade {
                self.catalog.doubt_what_types_make();
            }
            self.bury(ObjectKind::Type, &key.name, target.name.place());
        }
    }

    fn drop_functions(&mut self, drop: &Drop) {
        for target in &drop.targets {
            let wanted = self.argument_types(target.arguments.as_deref());
            let named = self.routines_named(&target.name, target.kind);
            let fits = |function: &Function| match &wanted {
                Some(wanted) => names_routine(function, wanted),
                None => Some(true),
            };
            let matching: Vec<_> =
                named.iter().filter(|(_, function)| fits(function) != Some(false)).collect();
            if matching.is_empty() {
                if self.dialect.has_one_routine_of_a_name() {
                    self.missing_routine(target, drop.if_exists);
                } else if !drop.if_exists {
                    self.missing_function(target, &named);
                }
                continue;
            }
            let certain = matching.len() == 1 || wanted.is_some();
            for (key, function) in matching {
                let mut removal = Removal::default();
                removal.functions.insert(function.id);
                let dependents = self.catalog.dependents(&removal);
                let what = format!("function `{}`", key.name);
                if certain {
                    self.may_drop(target.name.place(), &what, dependents, drop.cascade);
                }
                self.catalog.remove_function(key, function.id);
                if drop.cascade {
                    self.catalog.doubt_callers(function.id);
                }
            }
            self.bury(ObjectKind::Function, &target.name.name.text, target.name.place());
        }
    }

    pub(super) fn missing_function(&mut self, target: &ObjectReference, named: &[(Key, Function)]) {
        let is_unsure = self.catalog.may_have_function(self.dialect, &target.name)
            || named.iter().any(|(_, function)| !function.is_certain);
        if is_unsure {
            return;
        }
        let name: &QualifiedName = &target.name;
        if let Some((_, function)) = named.first() {
            let message = format!("no function `{}` has these arguments", name.display());
            let fault = Fault::new(Code::M404, name.place(), message)
                .at_site(function.site, "this one has others")
                .about(Subject::Other(ObjectKind::Function, name.name.text.clone()));
            self.fault(fault);
        } else {
            self.check(&mut |resolver| resolver.unknown_function(name));
        }
    }

    /// A trigger that is named without its table.
    fn drop_trigger_anywhere(&mut self, target: &QualifiedName, if_exists: bool) {
        let name = &target.name;
        let is_alike = |part: &Part| part.name.eq_ignore_ascii_case(&name.text);
        let is_it = |part: &Part| part.name == name.text;
        let keys = self.catalog.relations_where(|relation| relation.triggers.iter().any(is_alike));
        if keys.is_empty() && !if_exists {
            self.missing_trigger(target);
        }
        let of = |key: &Key| self.catalog.relations.get(key).map(|relation| &relation.triggers);
        let is_exact = keys.iter().filter_map(of).flatten().any(is_it);
        for key in keys {
            let Some(relation) = self.catalog.relation_mut(&key) else { continue };
            if if_exists && !is_exact {
                // The server may know none by this case, and says nothing then.
                for part in relation.triggers.iter_mut().filter(|part| is_alike(part)) {
                    part.is_certain = false;
                }
            } else {
                relation
                    .triggers
                    .retain(|part| if is_exact { !is_it(part) } else { !is_alike(part) });
            }
        }
    }

    fn drop_part(&mut self, target: &ObjectReference, if_exists: bool) {
        let Some(on) = &target.on else {
            self.drop_trigger_anywhere(&target.name, if_exists);
            return;
        };
        let key = match self.catalog.find_relation(self.dialect, on) {
            Found::Present(key) => key,
            Found::Unknown => {
                self.doubt_namesakes(on);
                return;
            }
            Found::Absent => {
                // With `IF EXISTS` a missing table is no error either.
                if !if_exists {
                    self.missing_relation(on);
                }
                return;
            }
        };
        let name: &Name = &target.name.name;
        if !if_exists {
            self.refer_part(&key, target.kind, name);
        }
        if let Some(relation) = self.catalog.relation_mut(&key) {
            let parts = match target.kind {
                ObjectKind::Trigger => &mut relation.triggers,
                ObjectKind::Policy => &mut relation.policies,
                _ => &mut relation.rules,
            };
            parts.retain(|part| part.name != name.text);
        }
    }

    pub(super) fn drop_constraint(
        &mut self,
        key: &Key,
        name: &Name,
        if_exists: bool,
        cascade: bool,
    ) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let found = relation.constraints.iter().find(|constraint| constraint.name == name.text);
        let Some(found) = found else {
            if self.dialect.indexes_belong_to_tables() && self.drop_loose_constraint(key, name) {
                return;
            }
            if !if_exists {
                self.constraint_exists(key, name);
            }
            return;
        };
        let table = relation.id;
        let columns = match &found.rule {
            crate::replay::catalog::ConstraintRule::Primary(ids)
            | crate::replay::catalog::ConstraintRule::Unique(ids) => Some(ids.clone()),
            _ => None,
        };
        if self.dialect.indexes_belong_to_tables() {
            // What a foreign key leaves behind is its index.
            if !cascade && columns.is_some() {
                let index = self.catalog.index_key(key, &name.text);
                self.index_is_needed(key, &index, name);
            }
        } else if let Some(columns) = columns {
            let dependents = self.catalog.foreign_keys_to(table, &columns);
            let what = format!("constraint `{}` of `{}`", name.text, key.name);
            self.may_drop(name.place, &what, dependents, cascade);
        }
        self.catalog.remove_constraint(key, &name.text);
    }
}
