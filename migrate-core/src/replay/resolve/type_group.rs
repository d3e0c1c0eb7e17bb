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

impl Group {
    /// Whether a value of this group may be put where one of the other is wanted.
    ///
    /// Source: `pg_cast` of Postgres 15; to a text anything is converted in an assignment.
    pub(crate) fn becomes(self, wanted: Group) -> bool {
        // Servers from 18 on convert numbers to bytes.
        self == wanted || wanted == Group::Text || [self, wanted].contains(&Group::Bytes)
    }
}

/// Numbers, from the narrowest: the server converts on its own to what stands behind, and not back.
///
/// Source: `PostgreSQL` 15 manual, 10.2 "Operators", and the casts in `pg_cast`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Number {
    Integer,
    Decimal,
    Float,
}

/// The group of a type as it is written; none for one that is not surely built in.
pub(crate) fn group(written: &str) -> Option<Group> {
    let name = name_of(written)?;
    Some(match name.as_str() {
        name if number(name).is_some() => Group::Number,
        "text" | "varchar" | "character varying" | "char" | "character" | "bpchar" => Group::Text,
        "uuid" => Group::Uuid,
        "bool" | "boolean" => Group::Boolean,
        "date"
        | "timestamp"
        | "timestamptz"
        | "timestamp with time zone"
        | "timestamp without time zone" => Group::Time,
        "bytea" => Group::Bytes,
        "json" | "jsonb" => Group::Json,
        _ => return None,
    })
}

/// Whether a foreign key of one type certainly cannot refer to a key of the other.
///
/// Source: `PostgreSQL` 15 manual, 5.4.5 "Foreign Keys"; all pairs of numbers were seen on one.
pub(crate) fn cannot_refer(column: &str, target: &str) -> bool {
    match (group(column), group(target)) {
        (Some(Group::Number), Some(Group::Number)) => {
            let number = |written| name_of(written).and_then(|name| number(&name));
            number(column) > number(target)
        }
        (Some(column), Some(target)) => column != target,
        _ => false,
    }
}

/// Whether a column of the type certainly is none that the server can count in.
///
/// Source: `PostgreSQL` 15 manual, `CREATE TABLE`, `GENERATED … AS IDENTITY`.
pub(crate) fn cannot_count(written: &str) -> bool {
    let is_integer = || name_of(written).and_then(|name| number(&name)) == Some(Number::Integer);
    group(written).is_some() && !is_integer()
}

/// The name of a type without its length, in lower case; nothing for an array.
fn name_of(written: &str) -> Option<String> {
    let written = written.to_lowercase();
    if written.contains('[') || written.contains("array") {
        return None;
    }
    let name = written.split('(').next().unwrap_or_default().trim();
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name).trim_matches('"');
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn number(name: &str) -> Option<Number> {
    Some(match name {
        "smallint" | "int2" | "int" | "integer" | "int4" | "bigint" | "int8" | "serial"
        | "serial4" | "bigserial" | "serial8" | "smallserial" => Number::Integer,
        "numeric" | "decimal" => Number::Decimal,
        "real" | "float4" | "float" | "float8" | "double precision" => Number::Float,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::cannot_refer;

    #[test]
    fn a_foreign_key_converts_to_what_it_refers_to() {
        for (column, target) in [
            ("smallint", "bigserial"),
            ("int", "NUMERIC(10, 2)"),
            ("numeric", "double precision"),
            ("real", "float8"),
            ("text", "varchar(9)"),
            ("date", "timestamptz"),
            ("int[]", "uuid"),
        ] {
            assert!(!cannot_refer(column, target), "{column} {target}");
        }
        for (column, target) in [
            ("numeric(10, 2)", "bigint"),
            ("Double Precision", "serial"),
            ("float(3)", "decimal"),
            ("uuid", "text"),
            ("timestamptz", "bigint"),
        ] {
            assert!(cannot_refer(column, target), "{column} {target}");
        }
    }
}
