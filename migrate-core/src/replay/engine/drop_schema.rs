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
            let inside: Vec<Key> = self
                .catalog
                .relations
                .keys()
                .filter(|key| key.schema == name.text)
                .cloned()
                .collect();
            if let Some(held) = self.held_by(&name.text, &inside)
                && !drop.cascade
            {
                let message = format!("the schema `{}` still holds {held}", name.text);
                let fault = Fault::new(Code::M410, name.place, message)
                    .help("drop what it holds first, or write `CASCADE`");
                self.fault(fault);
            }
            let mut removal = Removal::default();
            for key in &inside {
                removal.relations.extend(self.catalog.relations.get(key).map(|found| found.id));
            }
            let operators =
                self.catalog.typed.iter().filter(|(key, _)| key.name.schema == name.text);
            let operators: Vec<_> =
                operators.map(|(key, object)| (key.clone(), object.id)).collect();
            removal.typed.extend(operators.iter().map(|(_, id)| *id));
            let types = self.catalog.types.iter().filter(|(key, _)| key.schema == name.text);
            removal.types.extend(types.map(|(_, data)| data.id));
            let functions = self.catalog.functions.iter();
            let functions = functions.filter(|(key, _)| key.schema == name.text);
            let functions = functions.flat_map(|(_, list)| list.iter().map(|it| it.id));
            removal.functions.extend(functions);
            let called: Vec<_> = removal.functions.iter().copied().collect();
            let dependents = self.catalog.dependents(&removal);
            self.catalog.cascade(dependents);
            for id in called {
                self.catalog.doubt_callers(id);
            }
            for key in inside {
                self.catalog.remove_relation(&key);
            }
            for (key, _) in operators {
                self.catalog.typed_mut().remove(&key);
                self.catalog.doubt_users_of(&key);
            }
            self.catalog.types_mut().retain(|key, _| key.schema != name.text);
            self.catalog.functions_mut().retain(|key, _| key.schema != name.text);
            if drop.cascade {
                self.drop_extensions_in(&name.text);
            }
            self.catalog.schemas_mut().remove(&name.text);
            self.bury(ObjectKind::Schema, &name.text, name.place);
        }
    }

    /// Something that a schema certainly holds.
    fn held_by(&self, schema: &str, relations: &[Key]) -> Option<String> {
        let mut relations = relations
            .iter()
            .filter(|key| self.catalog.relations.get(*key).is_some_and(|found| found.is_certain));
        if let Some(key) = relations.next() {
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
