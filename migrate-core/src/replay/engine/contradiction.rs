//! Columns whose definition contradicts itself.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::model::{ColumnDefinition, ConstraintKind, Place};
use crate::replay::resolve::Fault;

impl Engine {
    /// A fault where a column is defined in two ways at once, or has a name of the system's.
    ///
    /// Source: `transformColumnDefinition` and `CheckAttributeNamesTypes` of Postgres.
    pub(super) fn refuse_contradiction(&mut self, column: &ColumnDefinition) {
        if !self.dialect.checks_signatures() {
            return;
        }
        let name = &column.name.text;
        // `oid` is an ordinary name since Postgres 12.
        if self.dialect.is_system_column(name) && &**name != "oid" {
            let message = format!("every table has a system column `{name}`");
            self.fault(Fault::new(Code::M407, column.name.place, message));
            return;
        }
        if let Some((at, message)) = contradiction(column, self.is_serial(column)) {
            self.fault(Fault::new(Code::M422, at, format!("`{name}` {message}")));
        }
    }

    fn is_serial(&self, column: &ColumnDefinition) -> bool {
        column.type_name.as_ref().is_some_and(|type_name| {
            !type_name.is_array && self.dialect.serial_type(&type_name.name.name.text).is_some()
        })
    }
}

fn contradiction(column: &ColumnDefinition, is_serial: bool) -> Option<(Place, &'static str)> {
    let (mut null, mut not_null, mut values) = (false, false, usize::from(is_serial));
    for constraint in &column.constraints {
        match &constraint.kind {
            ConstraintKind::Null => null = true,
            ConstraintKind::NotNull => not_null = true,
            ConstraintKind::Default(..)
            | ConstraintKind::Identity(_)
            | ConstraintKind::Generated(_) => {
                values += 1;
            }
            _ => {}
        }
        if null && not_null {
            return Some((constraint.place, "is both `NULL` and `NOT NULL`"));
        }
        if values > 1 {
            return Some((constraint.place, "gets its value in two ways"));
        }
    }
    None
}
