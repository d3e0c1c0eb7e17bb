//! `!`, which the parser does not know as a prefix.

use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Puts `NOT` in the place of every `!`.
///
/// It binds less, which changes nothing about what is named.
///
/// Source: `MySQL` 8.4 manual, "Logical Operators".
pub(super) fn in_words(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut told = Vec::with_capacity(tokens.len());
    for TokenWithSpan { token, span } in tokens {
        let not = || Token::make_keyword("NOT");
        let parts = match token {
            Token::ExclamationMark => vec![not()],
            Token::DoubleExclamationMark => vec![not(), not()],
            Token::ExclamationMarkTilde => vec![not(), Token::Tilde],
            token => vec![token],
        };
        told.extend(parts.into_iter().map(|token| TokenWithSpan { token, span }));
    }
    told
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};
    use crate::replay::adapter::{Origin, mysql};
    use crate::replay::model::StatementKind;

    const TABLE: &str = "CREATE TABLE t (a int, b int)";

    /// Every one was run on a `MariaDB` 10.11.
    #[test]
    fn what_is_negated_is_read() {
        for text in [
            "UPDATE t SET a = !b",
            "UPDATE t SET a = !!b, b = ! (a > 1) WHERE !a AND !EXISTS (SELECT 1 FROM t x)",
            "SELECT !a, !~b, 1 + !b FROM t WHERE a != !b GROUP BY !a HAVING !max(b) ORDER BY !a",
            "SELECT '!', \"!!\", `a` FROM t WHERE !(a IN (1, 2)) /* ! */",
            "INSERT INTO t (a, b) SELECT !a, b FROM t WHERE !(a <=> b)",
        ] {
            accepted(&[TABLE, text]);
            let kind = mysql::parse(text, &Origin::at(0)).kind;
            assert!(!matches!(kind, StatementKind::Opaque(_)), "{text}");
        }
    }

    #[test]
    fn what_is_negated_is_looked_up() {
        for text in [
            "UPDATE t SET a = !nope",
            "SELECT !!nope FROM t",
            "SELECT a FROM t WHERE !~nope",
            "DELETE FROM t WHERE !(nope > 1)",
        ] {
            let found = findings(&[TABLE, text]);
            assert_eq!(found, ["`t` has no column `nope`"], "{text}");
        }
    }
}
