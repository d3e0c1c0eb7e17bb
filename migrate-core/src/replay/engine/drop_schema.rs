//! `DROP SCHEMA`.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Key, Removal};
use crate::replay::model::{Drop, ObjectKind};
use crate::replay::resolve::Fault;

impl Engine {
    pub(super) fn drop_schemas(&mut self, drop: &Drop) {
        for target in &drop.targets {
            let name = &target.name.name;
            if !drop.if_exists {
                self.require_schema(name);
            }
            if let Some(held) = self.held_by(&name.text)
                && !drop.cascade
            {
                let message = format!("the schema `{}` still holds {held}", name.text);
                let fault = Fault::new(Code::M410, name.place, message)
                    .help("drop what it holds first, or write `CASCADE`");
                self.fault(fault);
            }
            self.empty_schema(&name.text);
            if drop.cascade {
                self.drop_extensions_in(&name.text);
            }
            self.catalog.schemas_mut().remove(&name.text);
            self.bury(ObjectKind::Schema, &name.text, name.place);
        }
    }

    /// Drops all that lies in a schema, and what needs it.
    pub(super) fn empty_schema(&mut self, schema: &str) {
        let is_inside = |key: &&Key| &*key.schema == schema;
        let relations: Vec<Key> =
            self.catalog.relations.keys().filter(is_inside).cloned().collect();
        let mut removal = Removal::default();
        for key in &relations {
            removal.relations.extend(self.catalog.relations.get(key).map(|found| found.id));
        }
        let operators = self.catalog.typed.iter().filter(|(key, _)| is_inside(&&key.name));
        let operators: Vec<_> = operators.map(|(key, object)| (key.clone(), object.id)).collect();
        removal.typed.extend(operators.iter().map(|(_, id)| *id));
        let types = self.catalog.types.iter().filter(|(key, _)| is_inside(key));
        removal.types.extend(types.map(|(_, data)| data.id));
        let functions = self.catalog.functions.iter().filter(|(key, _)| is_inside(key));
        removal.functions.extend(functions.flat_map(|(_, list)| list.iter().map(|it| it.id)));
        let called: Vec<_> = removal.functions.iter().copied().collect();
        let dependents = self.catalog.dependents(&removal);
        self.catalog.cascade(dependents);
        for id in called {
            self.catalog.doubt_callers(id);
        }
        for key in relations {
            self.catalog.remove_relation(&key);
        }
        for (key, _) in operators {
            self.catalog.typed_mut().remove(&key);
            self.catalog.doubt_users_of(&key);
        }
        self.catalog.types_mut().retain(|key, _| !is_inside(&key));
        self.catalog.functions_mut().retain(|key, _| !is_inside(&key));
    }

    /// Something that a schema certainly holds.
    fn held_by(&self, schema: &str) -> Option<String> {
        let mut relations = self
            .catalog
            .relations
            .iter()
            .filter(|(key, found)| &*key.schema == schema && found.is_certain);
        if let Some((key, _)) = relations.next() {
            return Some(format!("`{}`", key.name));
        }
        let mut typed = self.catalog.typed.iter().filter(|(key, object)| {
            &*key.name.schema == schema
                && object.is_certain
                && !self.catalog.may_have_lost_typed(key)
        });
        typed.next().map(|(key, _)| key.describe())
    }
}
