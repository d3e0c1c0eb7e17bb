//! Conditions of `EXCEPTION WHEN … THEN`.

use crate::suggest::distance;

/// Whether the conditions of a handler are errors that depend on nothing but names.
///
/// `undefined_function` is none of them: an operator that does not fit its values is called so, too.
///
/// Source: Postgres 15 manual, appendix A, "`PostgreSQL` Error Codes".
pub(super) fn are_of_names(conditions: &str) -> bool {
    const OF_NAMES: [&str; 7] = [
        "duplicate_object",
        "duplicate_table",
        "duplicate_column",
        "duplicate_schema",
        "undefined_table",
        "undefined_column",
        "invalid_schema_name",
    ];
    are_among(conditions, &OF_NAMES)
}

/// Whether the conditions of a handler are only errors of names that are taken.
pub(super) fn are_of_taken_names(conditions: &str) -> bool {
    are_among(
        conditions,
        &["duplicate_object", "duplicate_table", "duplicate_column", "duplicate_schema"],
    )
}

/// The condition that is meant by a word that the server does not know. What is like none of those
/// that it knows may be one of a later server.
///
/// Source: `plpgsql_recognize_err_condition` in Postgres's `pl_comp.c`; the names are those of its
/// `errcodes.txt`.
pub(super) fn meant_by(word: &str) -> Option<&'static str> {
    let mut known = include_str!("conditions.txt").lines();
    let lower = word.to_ascii_lowercase();
    if ["or", "then", "sqlstate", "others"].contains(&lower.as_str())
        || known.clone().any(|name| name == lower)
    {
        return None;
    }
    known.find(|name| distance(&lower, name) <= 2)
}

fn are_among(conditions: &str, known: &[&str]) -> bool {
    let mut words = conditions.split_whitespace().map(str::to_ascii_lowercase);
    words.all(|word| word == "or" || known.contains(&word.as_str()))
}
