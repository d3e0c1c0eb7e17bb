//! Columns as they are defined.

use super::options::{charset, collation};
use super::types::{self, Type};
use super::{Refusal, slips};
use crate::replay::adapter::mysql::cursor::Cursor;
use crate::replay::model::{Name, Place};
use crate::sql::TokenKind;

/// What a column's definition says, as far as rules ask for it.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: Name,
    pub(super) type_name: Option<Type>,
    pub(super) counts: Option<Place>,
    pub(super) is_primary: bool,
    pub(super) is_key: bool,
    pub(super) refuses_null: bool,
}

/// A default as it is written.
enum Default<'t> {
    Text(&'t str),
    Null,
    Other,
}

/// Words that stand alone in a column's definition.
const FLAGS: &[&str] = &[
    "NULL",
    "VIRTUAL",
    "STORED",
    "PERSISTENT",
    "INVISIBLE",
    "VISIBLE",
    "ZEROFILL",
    "BINARY",
    "ASCII",
    "UNICODE",
    "BYTE",
    "ENFORCED",
    "FIRST",
    "COMPRESSED",
    "VALUE",
    "KEY",
];

/// Words with one token behind them, or an equals sign and one.
const WITH_VALUE: &[&str] =
    &["COLUMN_FORMAT", "STORAGE", "SRID", "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"];

/// Words that begin an option, so that a default before them lacks its value.
const NO_VALUES: &[&str] = &["NOT", "COMMENT", "PRIMARY", "UNIQUE", "AUTO_INCREMENT", "REFERENCES"];

/// Judges `name type options`; the cursor holds nothing else. `may_be_there` says that the server
/// does not look at what the definition means where the column or its table is there already.
pub(super) fn judge(
    mut cursor: Cursor<'_>,
    may_be_there: bool,
) -> Result<Option<Definition>, Refusal> {
    let Some(name) = cursor.folded() else { return Ok(None) };
    typed(cursor, name, may_be_there)
}

/// Judges what follows a column's name.
pub(super) fn typed(
    mut cursor: Cursor<'_>,
    name: Name,
    may_be_there: bool,
) -> Result<Option<Definition>, Refusal> {
    if cursor.is_at_end() {
        return Err(Refusal::syntax(name.place, format!("`{}` has no type", name.text)));
    }
    let Some(type_name) = types::read(&mut cursor)? else { return Ok(None) };
    let mut definition = Definition {
        name,
        counts: None,
        is_primary: false,
        is_key: type_name.name == "serial",
        refuses_null: false,
        type_name: None,
    };
    let mut default = None;
    let mut character_set = None;
    let mut updated = None;
    let mut is_folded = true;
    while !cursor.is_at_end() {
        let at = cursor.peek_place();
        if cursor.peek_kind() != Some(TokenKind::Word) {
            break;
        }
        is_folded &= !cursor.is_any(&["BINARY", "COLLATE"]);
        if cursor.eat(&["NOT"]) {
            if !cursor.is_any(&["NULL", "ENFORCED", "SECONDARY"]) {
                return Err(Refusal::syntax(at, "`NULL` is expected behind `NOT`"));
            }
            definition.refuses_null |= cursor.is("NULL");
            cursor.advance();
        } else if cursor.eat(&["DEFAULT"]) {
            if cursor.is_at_end() || cursor.is_any(NO_VALUES) {
                return Err(Refusal::syntax(at, "a value is expected behind `DEFAULT`"));
            }
            let value_at = cursor.peek_place();
            let Some(value) = default_value(&mut cursor) else {
                slips::default(cursor)?;
                break;
            };
            default = Some((value, value_at));
        } else if cursor.eat(&["AUTO_INCREMENT"]) {
            definition.counts = Some(at);
        } else if cursor.eat(&["PRIMARY"]) {
            if !cursor.eat(&["KEY"]) {
                return Err(Refusal::syntax(at, "`KEY` is expected behind `PRIMARY`"));
            }
            definition.is_primary = true;
        } else if cursor.eat(&["UNIQUE"]) {
            cursor.eat(&["KEY"]);
            definition.is_key = true;
        } else if of_text(&mut cursor, &type_name, &mut character_set)? || constraint(&mut cursor)?
        {
            // Judged there.
        } else if cursor.eat(&["SERIAL", "DEFAULT", "VALUE"]) {
            definition.is_key = true;
        } else if cursor.eat(&["ON", "UPDATE"]) {
            updated = Some(at);
            if default_value(&mut cursor).is_none() {
                break;
            }
        } else if cursor.eat(&["WITH"]) || cursor.eat(&["WITHOUT"]) {
            cursor.eat(&["SYSTEM", "VERSIONING"]);
        } else if cursor.eat(&["AFTER"]) {
            let at = cursor.peek_place();
            if cursor.folded().is_some_and(|other| other.text == definition.name.text)
                && !may_be_there
            {
                let message = format!("`{}` cannot stand behind itself", definition.name.text);
                return Err(Refusal::new(crate::diagnostics::Code::M403, at, message));
            }
        } else if cursor.eat_any(WITH_VALUE) {
            cursor.eat_mark("=");
            cursor.advance();
        } else if cursor.is_any(FLAGS) {
            definition.is_key |= cursor.is("KEY");
            cursor.advance();
            if cursor.eat_mark("=") {
                cursor.advance();
            }
        } else if cursor.eat(&["PARTITION", "BY"]) || cursor.eat(&["REMOVE", "PARTITIONING"]) {
            // `ALTER TABLE` says this of the whole table, without a comma before it.
            break;
        } else {
            let word = cursor.peek();
            cursor.advance();
            if !cursor.eat_mark("=") {
                let message = format!("`{word}` is no part of a column's definition");
                return Err(Refusal::syntax(at, message));
            }
            // An option of a storage engine.
            cursor.advance();
        }
    }
    if !may_be_there {
        meaning(&definition, &type_name, default, is_folded)?;
        // `date` is a moment in one of the modes.
        let has_moments = matches!(type_name.name.as_str(), "date" | "datetime" | "timestamp");
        let is_other = types::is_number(&type_name.name) || is_text(&type_name.name);
        if let Some(at) = updated.filter(|_| is_other && !has_moments) {
            let message = format!("a `{}` is not set on updates", type_name.name);
            return Err(Refusal::definition(at, message));
        }
    }
    definition.type_name = Some(type_name);
    Ok(Some(definition))
}

/// Passes a comment, a character set, a collation or a sign; whether it is one.
fn of_text(
    cursor: &mut Cursor<'_>,
    type_name: &Type,
    character_set: &mut Option<String>,
) -> Result<bool, Refusal> {
    let at = cursor.peek_place();
    if cursor.eat(&["COMMENT"]) {
        if cursor.is_at_end() || cursor.peek_kind() == Some(TokenKind::Word) {
            return Err(Refusal::syntax(at, "a text is expected behind `COMMENT`"));
        }
        while cursor.eat_string() {}
    } else if cursor.eat(&["COLLATE"]) {
        cursor.eat_mark("=");
        collation(cursor, character_set.as_deref())?;
    } else if cursor.eat(&["CHARSET"])
        || cursor.eat(&["CHARACTER", "SET"])
        || cursor.eat(&["CHAR", "SET"])
    {
        if types::is_number(&type_name.name) {
            let message = format!("`{}` has no character set", type_name.name);
            return Err(Refusal::syntax(at, message));
        }
        cursor.eat_mark("=");
        *character_set = charset(cursor)?;
    } else if cursor.eat_any(&["UNSIGNED", "SIGNED"]) {
        if is_text(&type_name.name) {
            let message = format!("`{}` has no sign", type_name.name);
            return Err(Refusal::syntax(at, message));
        }
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Passes what a column demands of its rows; whether it is that.
fn constraint(cursor: &mut Cursor<'_>) -> Result<bool, Refusal> {
    if cursor.is_any(&["GENERATED", "AS"]) {
        generated(cursor)?;
    } else if cursor.eat(&["REFERENCES"]) {
        super::table::referenced(cursor)?;
    } else if cursor.eat(&["CONSTRAINT"]) {
        if !cursor.is("CHECK") {
            cursor.name();
        }
    } else if cursor.eat(&["CHECK"]) {
        cursor.parenthesised();
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn meaning(
    definition: &Definition,
    type_name: &Type,
    default: Option<(Default<'_>, Place)>,
    is_folded: bool,
) -> Result<(), Refusal> {
    let name = &definition.name.text;
    let counts = definition.counts.is_some();
    if let Some(at) = definition.counts.filter(|_| is_text(&type_name.name)) {
        let message = format!("`{name}` is a `{}`, which cannot count", type_name.name);
        return Err(Refusal::definition(at, message));
    }
    let Some((default, at)) = default else { return Ok(()) };
    let message = match default {
        Default::Null if definition.refuses_null && !counts => {
            format!("`{name}` refuses nulls, and its default is one")
        }
        Default::Text(text) if types::is_number(&type_name.name) && !begins_number(text) => {
            format!("`{name}` is a `{}`, and its default {text} no number", type_name.name)
        }
        Default::Text(text) if is_too_long(type_name, text) => {
            format!("`{name}` is too short for {text}, which is its default")
        }
        Default::Text(text) if says_no_moment(type_name, text) => {
            format!("`{name}` is a `{}`, and its default {text} no moment", type_name.name)
        }
        Default::Text(text) if is_folded && lacks_label(type_name, text) => {
            format!("`{name}` has no value {text}, which is its default")
        }
        Default::Text(_) | Default::Other if counts => {
            format!("`{name}` counts by itself and has no default")
        }
        _ => return Ok(()),
    };
    Err(Refusal::new(crate::diagnostics::Code::M416, at, message))
}

/// Whether what a literal says begins like a number.
fn begins_number(literal: &str) -> bool {
    let inner = literal.trim_matches(['\'', '"']).trim();
    !(inner.is_empty() || inner.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Whether a literal has more letters than its column; spaces at the end do not count.
fn is_too_long(type_name: &Type, literal: &str) -> bool {
    let holds_letters = matches!(type_name.name.as_str(), "char" | "varchar");
    let Some(most) = type_name.length.filter(|_| holds_letters) else { return false };
    let Some(quote) = literal.chars().next() else { return false };
    let inner = literal.trim_matches(quote).trim_end();
    // Two quotes are one.
    let letters = inner.chars().count() - inner.matches(quote).count();
    u64::try_from(letters).is_ok_and(|letters| letters > most)
}

/// Whether a literal begins with a word where a day or a moment is asked for.
fn says_no_moment(type_name: &Type, literal: &str) -> bool {
    let is_moment = matches!(type_name.name.as_str(), "date" | "datetime" | "timestamp");
    let inner = literal.trim_matches(['\'', '"', ' ']);
    is_moment && inner.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether an `ENUM` certainly lacks the value of a literal.
fn lacks_label(type_name: &Type, literal: &str) -> bool {
    let Some(labels) = &type_name.labels else { return false };
    let value = literal.trim_matches(['\'', '"']).trim_end().to_ascii_lowercase();
    // A number may count the values.
    value.is_ascii() && !value.starts_with(|c: char| c.is_ascii_digit()) && !labels.contains(&value)
}

/// Types of texts and times, which have no sign and do not count.
fn is_text(name: &str) -> bool {
    types::is_long(name)
        || matches!(
            name,
            "char"
                | "character"
                | "varchar"
                | "binary"
                | "varbinary"
                | "date"
                | "datetime"
                | "timestamp"
                | "time"
        )
}

/// `[GENERATED ALWAYS] AS (…)` or `AS ROW START`.
fn generated(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    if cursor.eat(&["GENERATED"]) && !cursor.eat(&["ALWAYS"]) {
        return Err(Refusal::syntax(
            cursor.peek_place(),
            "`ALWAYS AS` is expected behind `GENERATED`",
        ));
    }
    let at = cursor.peek_place();
    if !cursor.eat(&["AS"]) {
        return Err(Refusal::syntax(at, "`AS` is expected behind `GENERATED ALWAYS`"));
    }
    if cursor.eat(&["ROW"]) {
        cursor.advance();
    } else if cursor.parenthesised().is_none() {
        return Err(Refusal::syntax(at, "an expression in parentheses is expected behind `AS`"));
    }
    Ok(())
}

/// Passes a value that is a literal, a call or in parentheses; nothing where it is another
/// expression, whose end is not known.
fn default_value<'t>(cursor: &mut Cursor<'t>) -> Option<Default<'t>> {
    let text = cursor.peek();
    if cursor.eat_string() {
        // Bits, bytes and texts of another character set have a letter before them.
        let is_one = !cursor.eat_string() && text.starts_with(['\'', '"']);
        while cursor.eat_string() {}
        return Some(if is_one { Default::Text(text) } else { Default::Other });
    }
    if cursor.eat(&["NULL"]) {
        return Some(Default::Null);
    }
    while cursor.eat_mark("-") || cursor.eat_mark("+") {}
    if cursor.parenthesised().is_some() {
        return Some(Default::Other);
    }
    let is_simple = cursor.peek_kind() == Some(TokenKind::Number)
        || cursor.is_any(&["TRUE", "FALSE"])
        || is_now(cursor);
    if !is_simple {
        return None;
    }
    cursor.advance();
    cursor.parenthesised();
    Some(Default::Other)
}

fn is_now(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(&["CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_DATE"])
}
