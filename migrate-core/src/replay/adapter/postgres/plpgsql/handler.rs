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

/// A condition that the server does not know, and the one that is meant. What is like none of them
/// may be one of a later server.
///
/// Source: `plpgsql_recognize_err_condition` in Postgres's `pl_comp.c`; the names are those of its
/// `errcodes.txt`.
pub(super) fn slip(conditions: &str) -> Option<(&str, &'static str)> {
    let known = || include_str!("conditions.txt").lines();
    let mut words = conditions.split_whitespace();
    words.find_map(|word| {
        let lower = word.to_ascii_lowercase();
        let is_name = lower.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !is_name || ["or", "sqlstate", "others"].contains(&lower.as_str()) {
            return None;
        }
        if known().any(|name| name == lower) {
            return None;
        }
        Some((word, known().find(|name| distance(&lower, name) <= 2)?))
    })
}

fn are_among(conditions: &str, known: &[&str]) -> bool {
    let mut words = conditions.split_whitespace().map(str::to_ascii_lowercase);
    words.all(|word| word == "or" || known.contains(&word.as_str()))
}
