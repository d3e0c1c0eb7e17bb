//! Lists of parameters: what routines are told by.

use crate::replay::catalog::Function;
use crate::replay::model::{CreateFunction, ParameterMode, Text};

/// Types that a call makes certain. Source: `PostgreSQL` 15 manual, 8.21 "Pseudo-Types".
const POLYMORPHIC: [&str; 11] = [
    "anyelement",
    "anyarray",
    "anynonarray",
    "anyenum",
    "anyrange",
    "anymultirange",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anycompatiblemultirange",
];

/// Whether two lists of argument types are the same; `None` where that cannot be said.
pub(super) fn same_arguments(own: &[Option<Text>], wanted: &[Option<Text>]) -> Option<bool> {
    if own.len() != wanted.len() {
        return Some(false);
    }
    let mut unsure = false;
    for (own, wanted) in own.iter().zip(wanted) {
        match (own, wanted) {
            (Some(own), Some(wanted)) if own != wanted => return Some(false),
            (Some(_), Some(_)) => {}
            _ => unsure = true,
        }
    }
    if unsure { None } else { Some(true) }
}

/// Whether a list of argument types names a routine; `None` where that cannot be said.
///
/// Source: `PostgreSQL` 15 manual, `DROP PROCEDURE`, "Notes": the parameters that are for results
/// may be written among the others.
pub(super) fn names_routine(function: &Function, wanted: &[Option<Text>]) -> Option<bool> {
    let whole = function.with_results.as_ref();
    let by_whole = whole.map_or(Some(false), |whole| same_arguments(whole, wanted));
    match (same_arguments(&function.arguments, wanted), by_whole) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        (Some(false), Some(false)) => Some(false),
    }
}

/// Whether the server leaves the names in a text of SQL until a call says what the types are.
pub(super) fn is_polymorphic(create: &CreateFunction) -> bool {
    let inputs = create.parameters.iter().filter(|it| it.mode != ParameterMode::Out);
    let mut types = inputs.map(|it| &it.type_name.name);
    types.any(|name| {
        name.schema.as_ref().is_none_or(|schema| &*schema.text == "pg_catalog")
            && POLYMORPHIC.contains(&&*name.name.text)
    })
}
