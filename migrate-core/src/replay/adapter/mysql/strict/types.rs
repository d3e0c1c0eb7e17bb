//! Types of columns.

use super::Refusal;
use crate::diagnostics::Code;
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::replay::suggest::closest;

/// Every word that begins a type, in order, on some version of either server, `sql_mode=ORACLE` and
/// plugins included.
///
/// Source: `MySQL` 9 manual, "Data Types"; `MariaDB` documentation, "Data Types".
const TYPES: &[&str] = &[
    "bigint",
    "binary",
    "bit",
    "blob",
    "bool",
    "boolean",
    "char",
    "character",
    "clob",
    "date",
    "datetime",
    "dec",
    "decimal",
    "double",
    "enum",
    "fixed",
    "float",
    "float4",
    "float8",
    "geomcollection",
    "geometry",
    "geometrycollection",
    "inet4",
    "inet6",
    "int",
    "int1",
    "int2",
    "int3",
    "int4",
    "int8",
    "integer",
    "json",
    "linestring",
    "long",
    "longblob",
    "longtext",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "middleint",
    "multilinestring",
    "multipoint",
    "multipolygon",
    "national",
    "nchar",
    "number",
    "numeric",
    "nvarchar",
    "point",
    "polygon",
    "raw",
    "real",
    "rowid",
    "serial",
    "set",
    "smallint",
    "text",
    "time",
    "timestamp",
    "tinyblob",
    "tinyint",
    "tinytext",
    "uuid",
    "varbinary",
    "varchar",
    "varchar2",
    "varcharacter",
    "vector",
    "xmltype",
    "year",
];

/// Types of other servers, which nobody will have under these names.
const FOREIGN: &[&str] = &[
    "bigserial",
    "bytea",
    "citext",
    "datetime2",
    "datetimeoffset",
    "float32",
    "float64",
    "hstore",
    "int16",
    "int32",
    "int64",
    "interval",
    "jsonb",
    "money",
    "ntext",
    "oid",
    "smallserial",
    "string",
    "timestamptz",
    "timetz",
    "tsvector",
    "uint",
    "uint32",
    "uint64",
    "uniqueidentifier",
];

/// Types that hold text as long as you say, and do not say how long themselves.
const NEED_LENGTH: &[&str] = &["varchar", "varbinary", "nvarchar", "varcharacter"];

/// Words that stand behind a type, and are none: reserved ones.
const BEHIND: &[&str] =
    &["NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "REFERENCES", "CHECK", "COLLATE", "UNSIGNED"];

/// What is known of a column's type.
#[derive(Debug, Default)]
pub(super) struct Type {
    pub(super) name: String,
    /// Labels of an `ENUM` in lower case, without quotes.
    pub(super) labels: Option<Vec<String>>,
    /// The first number in parentheses.
    pub(super) length: Option<u64>,
}

/// Types of which a key has only the first bytes.
pub(super) fn is_long(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "tinytext"
            | "mediumtext"
            | "longtext"
            | "blob"
            | "tinyblob"
            | "mediumblob"
            | "longblob"
            | "json"
    )
}

/// Passes a type without the words behind it.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Option<Type>, Refusal> {
    let at = cursor.peek_place();
    let is_word = cursor.peek_kind() == Some(crate::sql::TokenKind::Word);
    if !is_word {
        return Ok(None);
    }
    if cursor.is_any(BEHIND) {
        return Err(Refusal::syntax(at, format!("a type is expected before `{}`", cursor.peek())));
    }
    let name = cursor.peek().to_ascii_lowercase();
    if !is_type(&name) {
        let known = || TYPES.iter().map(|known| (*known, ()));
        let foreign = FOREIGN.iter().map(|known| (*known, ()));
        let is_foreign = FOREIGN.contains(&name.as_str());
        if !is_foreign && closest(&name, known().chain(foreign)).is_none() {
            return Ok(None);
        }
        let similar = closest(&name, known()).filter(|_| !is_foreign);
        let hint = similar.map(|(known, ())| format!("; `{known}` is one")).unwrap_or_default();
        let message = format!("there is no type `{name}`{hint}");
        return Err(Refusal::new(Code::M405, at, message));
    }
    cursor.advance();
    let varies = cursor.is_any(&["VARYING", "VARCHAR", "VARCHARACTER", "VARBINARY"])
        || (name == "national" && !cursor.is_any(&["CHAR", "CHARACTER"]));
    while cursor.is_any(&[
        "CHAR",
        "CHARACTER",
        "VARCHAR",
        "VARCHARACTER",
        "VARBINARY",
        "VARYING",
        "PRECISION",
    ]) && !is_charset(cursor)
    {
        cursor.advance();
    }
    let mut found = Type { name, ..Type::default() };
    if cursor.is_mark("[") {
        let message = "there are no arrays: a column has one value";
        return Err(Refusal::syntax(cursor.peek_place(), message));
    }
    let list_at = cursor.peek_place();
    let Some(mut list) = cursor.parenthesised() else {
        let needs_length = NEED_LENGTH.contains(&found.name.as_str())
            || varies && matches!(found.name.as_str(), "char" | "character");
        if needs_length {
            let message = format!("`{}` needs a length: `{}(255)`", found.name, found.name);
            return Err(Refusal::syntax(at, message));
        }
        if matches!(found.name.as_str(), "enum" | "set") {
            return Err(Refusal::syntax(at, format!("`{}` needs its values", found.name)));
        }
        return Ok(Some(found));
    };
    if list.is_at_end() && found.name != "vector" {
        return Err(Refusal::syntax(list_at, "nothing stands in the parentheses"));
    }
    let has_length = matches!(found.name.as_str(), "char" | "character" | "binary")
        || NEED_LENGTH.contains(&found.name.as_str())
        || is_number(&found.name);
    if has_length && list.peek_kind() == Some(crate::sql::TokenKind::Word) {
        let message = format!("a number is expected for the length of a `{}`", found.name);
        return Err(Refusal::syntax(list.peek_place(), message));
    }
    if found.name == "enum" {
        found.labels = labels(&list);
    } else {
        found.length = list.peek().parse().ok();
        numbers(&found.name, &mut list)?;
    }
    Ok(Some(found))
}

/// Whether `CHARACTER` begins the name of a character set.
fn is_charset(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.eat_any(&["CHAR", "CHARACTER"]) && ahead.is("SET")
}

fn labels(list: &Cursor<'_>) -> Option<Vec<String>> {
    let mut labels = Vec::new();
    for mut item in list.items() {
        let text = item.peek();
        let is_plain = text.is_ascii() && text.starts_with(['\'', '"']);
        if !item.eat_string() || !item.is_at_end() || !is_plain {
            return None;
        }
        labels.push(text.trim_matches(['\'', '"']).trim_end().to_ascii_lowercase());
    }
    Some(labels)
}

/// Refuses precisions that no server has, whatever its mode.
fn numbers(name: &str, list: &mut Cursor<'_>) -> Result<(), Refusal> {
    if !matches!(name, "decimal" | "numeric" | "dec" | "fixed" | "datetime" | "timestamp" | "time")
    {
        return Ok(());
    }
    let at = list.peek_place();
    let given: Vec<Option<u64>> =
        list.items().iter().map(|item| item.peek().parse().ok()).collect();
    let wrong = |message: String| Err(Refusal::definition(at, message));
    match (name, given.as_slice()) {
        ("decimal" | "numeric" | "dec" | "fixed", [Some(digits), rest @ ..]) => {
            let scale = rest.first().copied().flatten().unwrap_or(0);
            if *digits > 65 {
                return wrong(format!("a decimal has 65 digits at most, not {digits}"));
            }
            if scale > 38 {
                return wrong(format!("{scale} digits after the point are more than there can be"));
            }
            if scale > *digits && *digits > 0 {
                return wrong(format!("{scale} of {digits} digits cannot be after the point"));
            }
        }
        ("datetime" | "timestamp" | "time", [Some(digits)]) if *digits > 6 => {
            return wrong(format!("a second has 6 digits at most, not {digits}"));
        }
        _ => {}
    }
    Ok(())
}

/// Whether a type is one of whole numbers or of approximate ones.
pub(super) fn is_number(name: &str) -> bool {
    matches!(
        name,
        "bigint"
            | "bool"
            | "boolean"
            | "dec"
            | "decimal"
            | "double"
            | "fixed"
            | "float"
            | "float4"
            | "float8"
            | "int"
            | "int1"
            | "int2"
            | "int3"
            | "int4"
            | "int8"
            | "integer"
            | "mediumint"
            | "middleint"
            | "numeric"
            | "real"
            | "smallint"
            | "tinyint"
    )
}

/// Whether a word begins a type on some version.
pub(super) fn begins_type(word: &str) -> bool {
    is_type(&word.to_ascii_lowercase())
}

/// Whether a word in lower case begins a type.
fn is_type(word: &str) -> bool {
    TYPES.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::TYPES;

    #[test]
    fn types_are_in_the_order_in_which_they_are_looked_up() {
        assert!(TYPES.is_sorted());
    }
}
