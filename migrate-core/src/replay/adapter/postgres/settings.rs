//! Settings with a syntax of their own behind `SET` and `RESET` in functions, roles and databases,
//! which squawk's grammar lacks there.
//!
//! Source: `PostgreSQL` 15, `set_rest_more` and `VariableResetStmt` in `gram.y`; `SET`, Notes, says
//! what each of them is short for.

use super::insertions::Insertions;
use crate::database::Database;
use crate::sql::{Lexer, Token, TokenKind};

/// The text with `name = value` for them, and the offsets of what was put in; nothing where there
/// are none.
pub(super) fn with_plain_names(text: &str) -> Option<(String, Vec<usize>)> {
    let tokens: Vec<Token> =
        Lexer::new(text, Database::Postgres).filter(|token| token.kind.is_significant()).collect();
    let word = |index: usize| {
        let token = tokens.get(index)?;
        (token.kind == TokenKind::Word).then(|| text[token.start..token.end].to_ascii_lowercase())
    };
    let is = |index: usize, expected: &str| word(index).is_some_and(|word| word == expected);
    let mut object = 1;
    if is(0, "create") {
        object += if is(1, "or") && is(2, "replace") { 2 } else { 0 };
    } else if !is(0, "alter") {
        return None;
    }
    let kind = word(object)?;
    let is_routine = matches!(kind.as_str(), "function" | "procedure" | "routine");
    if !is_routine && !matches!(kind.as_str(), "role" | "user" | "database") {
        return None;
    }
    let mut plain = Insertions::into(text);
    for set in object + 1..tokens.len() {
        let is_reset = is(set, "reset");
        if !is_reset && !is(set, "set") {
            continue;
        }
        let first = set + 1;
        let last = match word(first).as_deref() {
            Some("time") if is(first + 1, "zone") => first + 1,
            Some("session") if is(first + 1, "authorization") => first + 1,
            Some("xml") if is(first + 1, "option") => first + 1,
            Some("transaction")
                if is_reset && is(first + 1, "isolation") && is(first + 2, "level") =>
            {
                first + 2
            }
            Some("names" | "role") if !is_reset => first,
            // `ALTER … SET SCHEMA name` moves the function.
            Some("schema") if is(0, "create") || !is_routine => first,
            _ => continue,
        };
        let (start, end) = (tokens[first].start, tokens[last].end);
        plain.copy(start);
        if is(first, "schema") {
            plain.replace(end, "search");
            "_path".chars().for_each(|mark| plain.insert(mark));
        } else {
            // As long as what it stands for; which setting it is does not matter.
            plain.replace(end, &"_".repeat(end - start));
        }
        if !is_reset {
            plain.insert('=');
        } else if last > first {
            // What follows must not run into it.
            plain.insert(' ');
        }
    }
    plain.end()
}

#[cfg(test)]
mod tests {
    use super::with_plain_names;

    #[test]
    fn only_settings_with_a_syntax_of_their_own_are_rewritten() {
        for (text, expected) in [
            (
                "CREATE OR REPLACE FUNCTION f() RETURNS int SET TIME ZONE 'UTC' AS ''",
                "CREATE OR REPLACE FUNCTION f() RETURNS int SET _________= 'UTC' AS ''",
            ),
            ("ALTER ROLE a RESET TIME  ZONE", "ALTER ROLE a RESET __________ "),
            ("CREATE FUNCTION f() SET SCHEMA 'a'", "CREATE FUNCTION f() SET search_path= 'a'"),
            ("ALTER ROLE a SET ROLE b", "ALTER ROLE a SET ____= b"),
            ("ALTER ROLE a SET SCHEMA 'b'", "ALTER ROLE a SET search_path= 'b'"),
            (
                "ALTER FUNCTION f() RESET TRANSACTION ISOLATION LEVEL",
                "ALTER FUNCTION f() RESET ___________________________ ",
            ),
        ] {
            assert_eq!(with_plain_names(text).map(|(text, _)| text).as_deref(), Some(expected));
        }
        for text in [
            "ALTER FUNCTION f() SET SCHEMA a",
            "CREATE FUNCTION f() SET work_mem TO 1",
            "ALTER ROLE a SET search_path TO names, role",
            "UPDATE t SET names = 1",
            "ALTER TABLE t SET SCHEMA a",
        ] {
            assert_eq!(with_plain_names(text), None, "{text}");
        }
    }
}
