//! Types and defaults in a form in which those that mean the same are the same.

use super::text::{skip_type, tokens};
use crate::database::Database;
use crate::replay::model::Text;

/// A type; nothing where it is not known.
pub(super) fn type_form(written: &str, database: Database) -> Option<String> {
    let tokens = tokens(written, database);
    if tokens.is_empty() {
        return None;
    }
    let words: Vec<&str> = tokens.iter().map(|token| &**token).collect();
    Some(match database {
        Database::Postgres => postgres(&words),
        Database::Mysql => mysql(&words),
        Database::Sqlite => words.join(" "),
    })
}

/// A type's words, and what stands in its brackets.
fn cut<'a>(words: &[&'a str]) -> (Vec<&'a str>, String) {
    let open = words.iter().position(|word| *word == "(");
    let close = words.iter().rposition(|word| *word == ")");
    match (open, close) {
        (Some(open), Some(close)) if open < close => {
            let name = words[..open].iter().chain(&words[close + 1..]).copied().collect();
            (name, words[open + 1..close].concat())
        }
        _ => (words.to_vec(), String::new()),
    }
}

fn with_arguments(name: &str, arguments: &str) -> String {
    if arguments.is_empty() { name.to_owned() } else { format!("{name}({arguments})") }
}

fn postgres(words: &[&str]) -> String {
    let end = words.iter().position(|word| matches!(*word, "[" | "array"));
    let array = if end.is_some() { "[]" } else { "" };
    let words = &words[..end.unwrap_or(words.len())];
    let end = words.iter().position(|word| *word == "collate").unwrap_or(words.len());
    let (name, arguments) = cut(&words[..end]);
    let name = name.join(" ");
    let (name, arguments) = match name.as_str() {
        "int" | "int4" | "serial" | "serial4" => ("integer", arguments),
        "int8" | "bigserial" | "serial8" => ("bigint", arguments),
        "int2" | "smallserial" | "serial2" => ("smallint", arguments),
        "bool" => ("boolean", arguments),
        "float8" => ("double precision", arguments),
        "float4" => ("real", arguments),
        "float" => match arguments.parse::<u8>() {
            Ok(1..=24) => ("real", String::new()),
            _ => ("double precision", String::new()),
        },
        "varchar" | "char varying" => ("character varying", arguments),
        "char" | "bpchar" | "character" => {
            ("character", if arguments.is_empty() { "1".to_owned() } else { arguments })
        }
        "decimal" | "dec" => ("numeric", arguments),
        "timestamptz" => ("timestamp with time zone", arguments),
        "timestamp without time zone" => ("timestamp", arguments),
        "timetz" => ("time with time zone", arguments),
        "time without time zone" => ("time", arguments),
        "varbit" => ("bit varying", arguments),
        other => (other, arguments),
    };
    // `numeric(10)` and `numeric(10, 0)` are one.
    let arguments = if name == "numeric" {
        arguments.strip_suffix(",0").unwrap_or(&arguments).to_owned()
    } else {
        arguments
    };
    with_arguments(name, &arguments) + array
}

fn mysql(words: &[&str]) -> String {
    // The character set of a table is not known, so neither is whether this is another one.
    let end = words
        .iter()
        .position(|word| matches!(*word, "character" | "charset" | "collate" | "comment"));
    let end = end.filter(|end| *end > 0).unwrap_or(words.len());
    let (name, arguments) = cut(&words[..end]);
    let name = name.join(" ");
    let (first, rest) = name.split_once(' ').unwrap_or((&name, ""));
    let (first, arguments) = match first {
        "integer" | "int" | "int4" => ("int", String::new()),
        "bool" | "boolean" | "tinyint" | "int1" => ("tinyint", String::new()),
        "smallint" | "int2" => ("smallint", String::new()),
        "mediumint" | "int3" => ("mediumint", String::new()),
        "bigint" | "int8" => ("bigint", String::new()),
        "serial" => return "bigint unsigned".to_owned(),
        "dec" | "numeric" | "fixed" | "decimal" => {
            ("decimal", if arguments.is_empty() { "10,0".to_owned() } else { arguments })
        }
        "real" | "double" => return "double".to_owned(),
        "json" => ("longtext", String::new()),
        other => (other, arguments),
    };
    let name = format!("{first} {rest}");
    with_arguments(name.trim_end(), &arguments)
}

/// A default: what it is, as far as that can be compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DefaultForm {
    None,
    Value(String),
    /// A sequence, or something else that goes by several names.
    Vague,
}

/// A column's default.
pub(super) fn default_form(written: Option<&Text>, database: Database) -> DefaultForm {
    let Some(written) = written else { return DefaultForm::None };
    let mut kept: Vec<String> = Vec::new();
    let mut tokens = tokens(written, database).into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &*token {
            "::" => {
                // A cast to the column's own type says nothing.
                skip_type(&mut tokens);
            }
            "(" | ")" | "default" => {}
            text if text.len() > 1 && text.starts_with('\'') && text.ends_with('\'') => {
                kept.push(text[1..text.len() - 1].to_owned());
            }
            text => kept.push(text.to_owned()),
        }
    }
    let value = kept.join(" ");
    match value.as_str() {
        "null" => DefaultForm::None,
        "" if written.trim().is_empty() => DefaultForm::Vague,
        text if text.contains("nextval") || text.contains("identity") => DefaultForm::Vague,
        "now" | "current_timestamp" | "localtimestamp" | "transaction_timestamp" => {
            DefaultForm::Value("now()".to_owned())
        }
        "true" | "t" if database != Database::Sqlite => DefaultForm::Value("1".to_owned()),
        "false" | "f" if database != Database::Sqlite => DefaultForm::Value("0".to_owned()),
        _ => DefaultForm::Value(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(database: Database, a: &str, b: &str) -> bool {
        type_form(a, database) == type_form(b, database)
    }

    #[test]
    fn a_type_goes_by_several_names() {
        for (a, b) in [
            ("int", "INTEGER"),
            ("varchar(20)", "character varying (20)"),
            ("timestamptz(3)", "timestamp(3) with time zone"),
            ("text[]", "text ARRAY"),
            ("public.mood", "mood"),
            ("bigserial", "int8"),
        ] {
            assert!(same(Database::Postgres, a, b), "{a} {b}");
        }
        assert!(!same(Database::Postgres, "varchar(20)", "varchar(30)"));
        assert!(!same(Database::Postgres, "text", "text[]"));
        assert!(same(Database::Mysql, "INT(11) UNSIGNED", "integer unsigned"));
        assert!(!same(Database::Mysql, "int", "int unsigned"));
        assert!(!same(Database::Mysql, "varchar(20)", "varchar(30)"));
        assert!(same(Database::Sqlite, "Text", "TEXT"));
    }

    #[test]
    fn a_default_is_its_value() {
        let form = |text: &str| default_form(Some(&Text::from(text)), Database::Postgres);
        assert_eq!(form("'a'::character varying(20)"), form("('a')"));
        assert_eq!(form("NULL"), DefaultForm::None);
        assert_eq!(form("now()"), form("CURRENT_TIMESTAMP"));
        assert_eq!(form("nextval('s')"), DefaultForm::Vague);
        assert_ne!(form("'a'"), form("'b'"));
    }
}
