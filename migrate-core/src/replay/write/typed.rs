//! Operators, casts, operator classes and families.

use super::renamed::Scope;
use super::{Writer, Written};
use crate::replay::catalog::{Dependency, Key, RenameEvent, TypedKey, TypedObject};
use crate::replay::model::{ObjectKind, Text};

impl Writer<'_> {
    /// The statement that makes one.
    pub(crate) fn typed(&self, key: &TypedKey, object: &TypedObject) -> Written {
        let scope = Scope { uses: object.uses.clone(), ..Scope::default() };
        let whole = object.definition.as_ref().and_then(|definition| {
            // Functions and operators stand in it without what tells them from other words.
            let is_renamed = definition.renames_since(self.catalog).iter().any(|event| {
                let (RenameEvent::Object { what, .. } | RenameEvent::Moved { what, .. }) = event
                else {
                    return false;
                };
                !matches!(what, Dependency::Type(_)) && object.uses.contains(what)
            });
            (!is_renamed).then(|| self.whole(definition, self.typed_name(key), &scope))?
        });
        let written = whole.unwrap_or_else(|| Written::unknown(&key.describe()));
        if object.is_certain { written } else { written.unsure() }
    }

    /// What a statement that drops it calls it.
    pub(crate) fn typed_reference(&self, key: &TypedKey) -> String {
        let kind = key.kind.noun().to_uppercase();
        let name = self.typed_name(key);
        let by: Vec<_> = key.by.iter().map(|told| self.type_told(told)).collect();
        match (key.kind, by.as_slice()) {
            (ObjectKind::Cast, _) => format!("{kind} {name}"),
            (ObjectKind::Operator, [right]) => format!("{kind} {name} (NONE, {right})"),
            (ObjectKind::Operator, by) => format!("{kind} {name} ({})", by.join(", ")),
            (_, _) => format!("{kind} {name} USING {}", key.by.join("")),
        }
    }

    /// What stands for it in the statement that makes it.
    fn typed_name(&self, key: &TypedKey) -> String {
        match key.kind {
            ObjectKind::Cast => {
                let by: Vec<_> = key.by.iter().map(|told| self.type_told(told)).collect();
                format!("({})", by.join(" AS "))
            }
            ObjectKind::Operator => self.in_schema(&key.name.schema, key.name.name.to_string()),
            _ => self.qualified(&key.name),
        }
    }

    /// A type by the name under which the catalog compares it.
    fn type_told(&self, told: &Text) -> String {
        let (name, array) = match told.strip_suffix("[]") {
            Some(name) => (name, "[]"),
            None => (&**told, ""),
        };
        match name.split_once('.') {
            Some(("pg_catalog", name)) => format!("pg_catalog.{}{array}", self.quote(name)),
            Some((schema, name)) => {
                let key = Key { schema: Text::from(schema), name: Text::from(name) };
                format!("{}{array}", self.qualified(&key))
            }
            None => told.to_string(),
        }
    }
}
