//! Conditions of `EXCEPTION WHEN … THEN`.

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

fn are_among(conditions: &str, known: &[&str]) -> bool {
    let mut words = conditions.split_whitespace().map(str::to_ascii_lowercase);
    words.all(|word| word == "or" || known.contains(&word.as_str()))
}
