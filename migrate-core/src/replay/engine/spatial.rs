//! Functions of `PostGIS` and `SpatiaLite` that add columns to tables and drop them.

use super::Engine;
use crate::replay::model::{
    AlterTable, Argument, Call, ColumnDefinition, Expression, Literal, Name, ObjectKind,
    QualifiedName, TableAction, Text, WILDCARD,
};

impl Engine {
    /// Does what the call of such a function does; says whether it was one.
    pub(super) fn spatial_call(&mut self, call: &Call, once: bool) -> bool {
        let function: &str = &call.name.name.text;
        let action = match function {
            "addgeometrycolumn" | "addtopogeometrycolumn" => add,
            "dropgeometrycolumn" | "droptopogeometrycolumn" => drop_column,
            "dropgeometrytable" | "createtopology" | "droptopology" => {
                let is_theirs = self.catalog.functions_named(&call.name).is_empty();
                if is_theirs {
                    self.blur(Some(&texts(&leading_names(call))));
                }
                return is_theirs;
            }
            _ => return false,
        };
        if !self.catalog.functions_named(&call.name).is_empty() {
            return false;
        }
        let mut names = leading_names(call);
        let of_topology = function == "addtopogeometrycolumn";
        if of_topology && !names.is_empty() {
            // The topology, and behind the column the kind of its shapes.
            names.remove(0);
            names.truncate(3);
        }
        // Behind the names stands the number of the reference system, or nothing.
        let next = call.arguments.get(names.len()).map(|argument| &argument.value);
        let is_whole = of_topology || next.is_none_or(is_number);
        let Some((name, column)) = table_and_column(&names).filter(|_| is_whole) else {
            // A table or column whose name is put together.
            self.blur(Some(&texts(&names)));
            let any = Name::new(WILDCARD, call.name.place());
            self.may_appear(ObjectKind::Column, &any);
            self.may_be_gone(ObjectKind::Column, &any);
            return true;
        };
        let alter = AlterTable { name, if_exists: false, actions: vec![action(column)] };
        if once {
            self.alter_table(&alter);
        } else {
            self.perhaps(|engine| engine.alter_table(&alter));
        }
        true
    }
}

fn leading_names(call: &Call) -> Vec<Name> {
    call.arguments.iter().map_while(name_in).collect()
}

fn texts(names: &[Name]) -> Vec<Text> {
    let mut texts: Vec<Text> = names.iter().map(|name| name.text.clone()).collect();
    texts.sort_unstable();
    texts
}

fn add(name: Name) -> TableAction {
    let column = ColumnDefinition {
        name,
        type_name: None,
        constraints: Vec::new(),
        may_be_invisible: false,
    };
    TableAction::AddColumn { if_not_exists: false, column }
}

fn drop_column(name: Name) -> TableAction {
    TableAction::DropColumn { name, if_exists: false, cascade: false }
}

/// `[[catalog,] schema,] table, column`
fn table_and_column(names: &[Name]) -> Option<(QualifiedName, Name)> {
    let (schema, table, column) = match names {
        [table, column] => (None, table, column),
        [schema, table, column] | [_, schema, table, column] => (Some(schema), table, column),
        _ => return None,
    };
    // Without a schema in it, the text may be empty.
    let schema = schema.filter(|schema| !schema.text.is_empty()).cloned();
    Some((QualifiedName { schema, name: table.clone() }, column.clone()))
}

/// The name that an argument says, unless it is a number in quotes.
fn name_in(argument: &Argument) -> Option<Name> {
    let literal = |value: &Expression| match value {
        Expression::Literal(Literal::String(text), place) => Some(Name::new(text, *place)),
        _ => None,
    };
    let name = match &argument.value {
        Expression::Cast(value, _) => literal(value),
        value => literal(value),
    };
    name.filter(|name| name.text.parse::<i64>().is_err() && argument.name.is_none())
}

/// Whether it is a number, with or without a sign or quotes.
fn is_number(value: &Expression) -> bool {
    match value {
        Expression::Literal(Literal::Number(_) | Literal::String(_), _) => true,
        Expression::Cast(value, _) => is_number(value),
        Expression::Operation(parts) => matches!(parts.as_slice(), [part] if is_number(part)),
        _ => false,
    }
}
