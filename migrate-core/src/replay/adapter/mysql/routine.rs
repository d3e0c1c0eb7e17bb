//! Routines: their creation and their calls.

use std::sync::Arc;

use super::body::parameters;
use super::cursor::{Cursor, fold};
use crate::replay::model::{
    Code, CreateFunction, FunctionBody, Name, ObjectKind, Parameter, ParameterMode, QualifiedName,
    Query, QueryBody, RoutinePath, StatementKind, Text, TypeName,
};

/// Routines are compared without regard to case.
pub(super) fn routine_name(cursor: &mut Cursor<'_>) -> Option<QualifiedName> {
    let name = cursor.qualified()?;
    Some(QualifiedName { schema: name.schema, name: fold(name.name) })
}

/// A routine by its name: neither its arguments nor its body are looked at before it runs.
pub(super) fn create_routine(
    cursor: &Cursor<'_>,
    name: QualifiedName,
    kind: ObjectKind,
    (replace, if_not_exists): (bool, bool),
) -> StatementKind {
    let (_, body) = cursor.rest();
    let arity = arity(*cursor);
    let names = parameters(&mut { *cursor }).unwrap_or_default();
    let parameters = names.iter().map(|name| name.text.to_string()).collect();
    let code = Code {
        text: body.to_owned(),
        parameters,
        is_sql: false,
        path: RoutinePath::Callers,
        offset: None,
    };
    let any = TypeName {
        name: QualifiedName::bare(Name::new("any", name.place())),
        is_array: false,
        written: "any".into(),
        is_borrowed: true,
    };
    let parameter =
        Parameter { name: None, mode: ParameterMode::Variadic, type_name: any, default: None };
    StatementKind::CreateFunction(Box::new(CreateFunction {
        kind,
        name,
        replace,
        if_not_exists,
        parameters: vec![parameter],
        arity,
        returns: None,
        is_compiled: false,
        parts: Vec::new(),
        body: FunctionBody::Procedural(Arc::new(code)),
    }))
}

/// How many values a call has; nothing where some may be left out, or it is no stored routine.
fn arity(mut cursor: Cursor<'_>) -> Option<usize> {
    let list = cursor.parenthesised()?.items();
    let is_plain = |mut parameter: Cursor<'_>| {
        while !parameter.is_at_end() {
            // Source: the manual of `MariaDB`, "CREATE PROCEDURE": since 11.8.
            if parameter.is_any(&["DEFAULT", ":"]) {
                return false;
            }
            parameter.skip();
        }
        true
    };
    list.iter().all(|parameter| is_plain(*parameter)).then_some(list.len())
}

/// `CALL name(…)`.
pub(super) fn call(cursor: &Cursor<'_>, name: QualifiedName) -> StatementKind {
    let arguments = Box::new(Query::of(QueryBody::Unknown));
    let given = cursor.clone().parenthesised().map(|inside| inside.items()).unwrap_or_default();
    let written = given.iter().map(|argument| Text::from(argument.rest().1)).collect();
    StatementKind::Call { name, arguments, written }
}
