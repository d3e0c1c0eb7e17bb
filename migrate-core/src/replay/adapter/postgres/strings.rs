//! Strings as they were before `standard_conforming_strings`, which a text may still switch off:
//! a backslash escapes. Dumps of old servers do so. With `E` before them they say it themselves.
//!
//! Source: `PostgreSQL` 15 manual, 4.1.2.2 "String Constants with C-Style Escapes".

use super::insertions::Insertions;
use crate::database::Database;
use crate::sql::{Lexer, TokenKind};

/// The text with an `E` before each plain string that has a backslash, and their offsets in it;
/// nothing where there is no such string.
pub(super) fn with_prefixes(text: &str) -> Option<(String, Vec<usize>)> {
    if !text.contains('\\') {
        return None;
    }
    let mut prefixed = Insertions::into(text);
    for token in Lexer::new(text, Database::Postgres).with_escapes_in_strings() {
        let string = &text[token.start..token.end];
        if token.kind == TokenKind::String && string.starts_with('\'') && string.contains('\\') {
            prefixed.copy(token.start);
            prefixed.insert('E');
        }
    }
    prefixed.end()
}

#[cfg(test)]
mod tests {
    use super::with_prefixes;

    #[test]
    fn what_needs_a_prefix_gets_one() {
        let (text, added) =
            with_prefixes(r"VALUES ('a', 'b\'c', E'd\'', 'e\\', $$f\'$$)").expect("it has some");
        assert_eq!(text, r"VALUES ('a', E'b\'c', E'd\'', E'e\\', $$f\'$$)");
        assert!(added.iter().all(|at| text.as_bytes()[*at] == b'E'), "{added:?}");
        for text in ["VALUES ('a')", r"VALUES (E'a\'', $$\'$$)"] {
            assert_eq!(with_prefixes(text), None, "{text}");
        }
    }
}
