//! Literals that are compared with a column: the server reads them as values of its type.
//!
//! Source: `PostgreSQL` 15 manual, 10.2 "Operators": a literal of unknown type is taken to be of
//! the type of the other side.

use super::{Fault, Group, Item, Resolver, group, is_known_table};
use crate::diagnostics::Code;
use crate::replay::catalog::{Dependency, Key};
use crate::replay::model::{ColumnReference, Expression, Name, ObjectKind, Text};

impl Resolver<'_> {
    /// The parts of a comparison, the lists of an `IN` among them.
    pub(super) fn comparison(&mut self, parts: &[Expression]) {
        for part in parts {
            self.expression(part);
        }
        if !self.dialect.checks_signatures() || self.may_have_other_operators() {
            return;
        }
        let columns = parts.iter().filter_map(|part| match part {
            Expression::Column(column) => self.table_column(column),
            _ => None,
        });
        let columns: Vec<(Key, Name)> = columns.collect();
        let [(key, column)] = columns.as_slice() else {
            self.comparable(&columns);
            return;
        };
        for part in parts {
            let values = match part {
                Expression::Named("row", values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            for value in values {
                self.value_for_column(key, column, value);
                self.setting_for_column(key, column, value);
            }
        }
    }

    /// A fault where a setting, which is a text, is compared with something else: in policies.
    fn setting_for_column(&mut self, key: &Key, column: &Name, value: &Expression) {
        let Expression::Call(call) = value else { return };
        let is_setting = &*call.name.name.text == "current_setting"
            && call.name.schema.as_ref().is_none_or(|schema| &*schema.text == "pg_catalog")
            && self.catalog.functions_named(&call.name).is_empty();
        let Some((written, own)) = self.group_of_column(key, column) else { return };
        if !is_setting || own == Group::Text {
            return;
        }
        let message = format!("`{}` is `{written}`, and a setting is a text", column.text);
        let fault = Fault::new(Code::M416, call.name.place(), message)
            .help(format!("convert it: `current_setting(…)::{written}`"));
        self.faults.push(fault);
    }

    /// The type of a column, where it certainly is one of the built-in ones.
    pub(super) fn group_of_column(&self, key: &Key, column: &Name) -> Option<(Text, Group)> {
        let relation = self.catalog.relations.get(key)?;
        let is_sure = is_known_table(relation) && !self.catalog.seen.casts;
        let column = relation.column(&column.text).filter(|_| is_sure)?;
        Some((column.type_name.clone(), group(&column.type_name)?))
    }

    /// A fault where two columns are of types that no operator compares.
    fn comparable(&mut self, columns: &[(Key, Name)]) {
        let [one, other] = columns else { return };
        let (Some((left, own)), Some((right, wanted))) =
            (self.group_of_column(&one.0, &one.1), self.group_of_column(&other.0, &other.1))
        else {
            return;
        };
        if own == wanted {
            return;
        }
        let message = format!(
            "`{}` is `{left}`, and cannot be compared with `{}`, which is `{right}`",
            one.1.text, other.1.text
        );
        let fault = Fault::new(Code::M416, one.1.place, message)
            .help("convert one of them, with `CAST (… AS …)`");
        self.faults.push(fault);
    }

    /// Whether an operator of the history's own may take other operands.
    fn may_have_other_operators(&self) -> bool {
        self.catalog.typed.keys().any(|key| key.kind == ObjectKind::Operator)
            || self.catalog.unknown.has_kind(ObjectKind::Operator)
    }

    /// The column of a table that certainly is what a name means.
    pub(super) fn table_column(&self, reference: &ColumnReference) -> Option<(Key, Name)> {
        let (table, name) = match reference.parts.as_slice() {
            [name] if !reference.star => (None, name),
            [table, name] if !reference.star => (Some(table), name),
            _ => return None,
        };
        let may_have = |item: &&Item| match table {
            Some(table) => item.alias == table.text,
            None => item.is_open || item.column(&name.text).is_some(),
        };
        let mut scopes = self.scopes.iter().rev();
        let scope = scopes.find(|scope| scope.items.iter().any(|item| may_have(&item)))?;
        let mut items = scope.items.iter().filter(may_have);
        let item = items.next().filter(|item| !item.is_open)?;
        if items.next().is_some() || self.variables.contains(&name.text) {
            return None;
        }
        let key = item.key.clone()?;
        let Dependency::Column(table, column) = item.column(&name.text)?.dependency? else {
            return None;
        };
        let relation = self.catalog.relations.get(&key).filter(|found| found.id == table)?;
        let column = relation.columns.iter().find(|found| found.id == column)?;
        Some((key, Name { text: column.name.clone(), place: name.place }))
    }
}
