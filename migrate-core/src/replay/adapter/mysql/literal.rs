//! Literals that the parser takes for something else.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Puts forms that the parser knows in the place of `0b01` and of the `NULL` of `RLIKE NULL`.
///
/// The first is read as a name, and `NULL` is passed over behind any operator of its kind.
///
/// Source: `MySQL` 8.4 manual, "Bit-Value Literals", "Regular Expression Functions and Operators".
pub(super) fn told(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut told = Vec::with_capacity(tokens.len());
    let mut is_part = false;
    let mut is_pattern = false;
    for TokenWithSpan { token, span } in tokens {
        let is_bits = !is_part && is_bits(&token);
        let is_null = is_pattern && is_keyword(&token, &[Keyword::NULL]);
        if !matches!(token, Token::Whitespace(_)) {
            is_part = token == Token::Period;
            is_pattern = is_keyword(&token, &[Keyword::RLIKE, Keyword::REGEXP]);
        }
        let parts = match token {
            Token::Word(word) if is_bits => vec![Token::HexStringLiteral(word.value)],
            token if is_null => vec![Token::LParen, token, Token::RParen],
            token => vec![token],
        };
        told.extend(parts.into_iter().map(|token| TokenWithSpan { token, span }));
    }
    told
}

/// `0b01`; a capital `B` makes a name.
fn is_bits(token: &Token) -> bool {
    let Token::Word(word) = token else { return false };
    word.quote_style.is_none()
        && word.value.strip_prefix("0b").is_some_and(|bits| {
            !bits.is_empty() && bits.bytes().all(|bit| matches!(bit, b'0' | b'1'))
        })
}

fn is_keyword(token: &Token, keywords: &[Keyword]) -> bool {
    matches!(token, Token::Word(word) if keywords.contains(&word.keyword))
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};
    use crate::replay::adapter::{Origin, mysql};
    use crate::replay::model::StatementKind;

    const TABLE: &str = "CREATE TABLE t (a text, n int, `0b2` int, `0b1` int)";

    /// Every one was run on a `MariaDB` 10.11 and a `MySQL` 9.7.
    #[test]
    fn literals_are_no_names() {
        for text in [
            "SELECT a RLIKE NULL AS b, a REGEXP NULL AS c, a NOT REGEXP NULL d, a NOT RLIKE NULL FROM t",
            "SELECT a FROM t WHERE a RLIKE NULL ORDER BY a",
            "SELECT a FROM t WHERE a REGEXP NULL",
            "UPDATE t SET n = 0b1 WHERE n IN (0b0, 0b10)",
            "INSERT INTO t (n) SELECT 0b101",
            "SELECT n + 0b111111111111111111111111111111111111111111111111111 FROM t",
            "SELECT t.0b1, t . 0b2, 0b2 FROM t",
            "ALTER TABLE t ALTER n SET DEFAULT 0b1, ADD p int AS (n + 0b1), ADD CHECK (n > 0b0)",
        ] {
            accepted(&[TABLE, text]);
            let kind = mysql::parse(text, &Origin::at(0)).kind;
            assert!(!matches!(kind, StatementKind::Opaque(_)), "{text}");
        }
    }

    /// Every one is refused by both.
    #[test]
    fn names_beside_literals_are_looked_up() {
        for (text, name) in [
            ("SELECT 0b3 FROM t", "0b3"),
            ("SELECT 0B0 FROM t", "0b0"),
            ("SELECT t.0b0 FROM t", "0b0"),
            ("SELECT 0b FROM t", "0b"),
            ("SELECT a FROM t WHERE nope RLIKE NULL", "nope"),
            ("SELECT a FROM t WHERE a RLIKE NULL AND nope = 1", "nope"),
        ] {
            assert_eq!(findings(&[TABLE, text]), [format!("`t` has no column `{name}`")], "{text}");
        }
    }
}
