//! Events that rules ask for.

use super::Engine;
use crate::replay::catalog::{Column, Dependency, Key, TypeKind};
use crate::replay::model::{ColumnDefinition, ConstraintKind, Name};
use crate::replay::rules::{AddedColumn, Reference};

impl Engine {
    /// Takes note of a column that was just added to a table, where an earlier file made that.
    pub(super) fn note_added_column(&mut self, key: &Key, definition: &ColumnDefinition) {
        let Some(site) = self.site(definition.name.place).filter(|_| self.suppressed == 0) else {
            return;
        };
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let is_new = relation.site.is_some_and(|made| made.file == site.file);
        let Some(column) = relation.column(&definition.name.text) else { return };
        if is_new || !relation.is_table() {
            return;
        }
        let added = AddedColumn {
            table: key.name.clone(),
            column: column.name.clone(),
            type_name: column.type_name.clone(),
            site,
            lacks_value: column.not_null && !self.fills_itself(column, definition),
        };
        self.events.added.push(added);
    }

    /// Whether the server finds a value for the column in the rows that are there.
    fn fills_itself(&self, column: &Column, definition: &ColumnDefinition) -> bool {
        let default = column.default.as_ref();
        let has_default = default.is_some_and(|text| !text.trim().eq_ignore_ascii_case("null"));
        let counts =
            |constraint: &ConstraintKind| matches!(constraint, ConstraintKind::Identity(_));
        let is_serial = definition.type_name.as_ref().is_some_and(|written| {
            // Servers without sequences have the word, too.
            let name = &written.name.name.text;
            self.dialect.serial_type(name).is_some() || &**name == "serial"
        });
        let may_be_domain = column.uses.iter().any(|used| match used {
            Dependency::Type(id) => {
                let named = self.catalog.types.values().find(|data| data.id == *id);
                named.is_none_or(|data| {
                    matches!(data.kind, TypeKind::Other | TypeKind::Domain { .. })
                })
            }
            _ => false,
        });
        has_default
            || column.is_generated
            || is_serial
            || may_be_domain
            || definition.constraints.iter().any(|constraint| counts(&constraint.kind))
    }

    /// Takes note of a foreign key that is written with its column.
    pub(super) fn note_reference(&mut self, key: &Key, column: &Name) {
        let Some(site) = self.site(column.place).filter(|_| self.suppressed == 0) else { return };
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text) else { return };
        let reference = Reference { table: relation.id, column: found.id, site };
        self.events.references.push(reference);
    }
}
