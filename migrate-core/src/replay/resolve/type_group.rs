//! Types by what they can be compared with.

/// Built-in types between which the server neither compares nor converts on its own, but to
/// text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Number,
    Text,
    Uuid,
    Boolean,
    /// Dates and times of day differ, but some of them convert.
    Time,
    Bytes,
    Json,
    /// An enum of the history's own.
    Enum,
}

/// The group of a type as it is written; none for one that is not surely built in.
pub(crate) fn group(written: &str) -> Option<Group> {
    let written = written.to_lowercase();
    if written.contains('[') || written.contains("array") {
        return None;
    }
    let name = written.split('(').next().unwrap_or_default().trim();
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name).trim_matches('"');
    let words: Vec<_> = name.split_whitespace().collect();
    Some(match words.join(" ").as_str() {
        "smallint" | "int2" | "int" | "integer" | "int4" | "bigint" | "int8" | "serial"
        | "serial4" | "bigserial" | "serial8" | "smallserial" | "numeric" | "decimal" | "real"
        | "float4" | "float" | "float8" | "double precision" => Group::Number,
        "text" | "varchar" | "character varying" | "char" | "character" | "bpchar" => Group::Text,
        "uuid" => Group::Uuid,
        "bool" | "boolean" => Group::Boolean,
        "date" | "timestamp" | "timestamptz" => Group::Time,
        "bytea" => Group::Bytes,
        "json" | "jsonb" => Group::Json,
        _ => return None,
    })
}
