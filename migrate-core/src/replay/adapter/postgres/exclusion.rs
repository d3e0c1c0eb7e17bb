//! Operator classes in exclusion constraints, which squawk's grammar lacks.

use crate::database::Database;
use crate::sql::{Lexer, Token, TokenKind};

/// The text with spaces in the place of what stands between an element of an exclusion constraint
/// and its `WITH`; nothing where nothing stands there.
///
/// Source: `PostgreSQL` 15 manual, `CREATE TABLE`, `exclude_element`.
pub(super) fn without_operator_classes(text: &str) -> Option<String> {
    let tokens: Vec<Token> =
        Lexer::new(text, Database::Postgres).filter(|token| token.kind.is_significant()).collect();
    let scan = Scan { text, tokens: &tokens };
    let mut blanks = Vec::new();
    for index in 0..tokens.len() {
        if !scan.is_word(index, "EXCLUDE") {
            continue;
        }
        let open = if scan.is_word(index + 1, "USING") { index + 3 } else { index + 1 };
        if scan.is(open, "(") {
            scan.elements(open + 1, &mut blanks);
        }
    }
    if blanks.is_empty() {
        return None;
    }
    let mut blanked = text.to_owned();
    for range in blanks {
        let spaces = " ".repeat(range.len());
        blanked.replace_range(range, &spaces);
    }
    Some(blanked)
}

struct Scan<'t> {
    text: &'t str,
    tokens: &'t [Token],
}

impl Scan<'_> {
    fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    fn is(&self, index: usize, word: &str) -> bool {
        self.word(index).eq_ignore_ascii_case(word)
    }

    fn is_word(&self, index: usize, word: &str) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word)
            && self.is(index, word)
    }

    fn is_name(&self, index: usize) -> bool {
        let kind = self.tokens.get(index).map(|token| token.kind);
        matches!(kind, Some(TokenKind::Word | TokenKind::QuotedIdentifier))
    }

    /// The index behind the parenthesis that closes the one at `open`.
    fn behind_parentheses(&self, open: usize) -> usize {
        let (mut depth, mut index) = (0_usize, open);
        while index < self.tokens.len() {
            match self.word(index) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            index += 1;
            if depth == 0 {
                break;
            }
        }
        index
    }

    /// The index behind a name with what it lies in.
    fn behind_name(&self, first: usize) -> usize {
        let mut index = first + 1;
        while self.is(index, ".") && self.is_name(index + 1) {
            index += 2;
        }
        index
    }

    /// Finds what is to go in the elements from `start` on.
    fn elements(&self, start: usize, blanks: &mut Vec<std::ops::Range<usize>>) {
        let mut index = start;
        while index < self.tokens.len() {
            if self.is_name(index) {
                index = self.behind_name(index);
            }
            if self.is(index, "(") {
                index = self.behind_parentheses(index);
            }
            if self.is_word(index, "COLLATE") {
                index = self.behind_name(index + 1);
            }
            let first = index;
            while index < self.tokens.len() && !self.is_word(index, "WITH") {
                match self.word(index) {
                    // Not as an element should be.
                    ")" | "," => return,
                    "(" => index = self.behind_parentheses(index),
                    _ => index += 1,
                }
            }
            if let (Some(from), true) = (self.tokens.get(first), first < index)
                && let Some(last) = self.tokens.get(index - 1)
            {
                blanks.push(from.start..last.end);
            }
            while !matches!(self.word(index), "," | ")" | "") {
                index =
                    if self.is(index, "(") { self.behind_parentheses(index) } else { index + 1 };
            }
            if !self.is(index, ",") {
                return;
            }
            index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_in_front_of_with_goes() {
        let text = "EXCLUDE USING gist (a gist_int4_ops WITH =, f(b, c) COLLATE \"C\" x.y (z = 1) DESC WITH OPERATOR(s.&&), (d) WITH =)";
        let blanked = without_operator_classes(text).expect("it has some");
        assert_eq!(blanked.len(), text.len());
        assert_eq!(
            blanked.split_whitespace().collect::<Vec<_>>().join(" "),
            "EXCLUDE USING gist (a WITH =, f(b, c) COLLATE \"C\" WITH OPERATOR(s.&&), (d) WITH =)"
        );
        assert_eq!(without_operator_classes("EXCLUDE (a WITH =)"), None);
        for broken in
            ["EXCLUDE (", "EXCLUDE USING", "EXCLUDE (a b", "EXCLUDE (a b WITH", "EXCLUDE ((a"]
        {
            let _ = without_operator_classes(broken);
        }
    }
}
