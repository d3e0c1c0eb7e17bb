//! Words behind the verb that say how a statement runs, which the parser takes for names.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Leaves the words out that stand between `UPDATE` or `DELETE` and the tables, and `SQL_CACHE`.
///
/// The grammar takes all of them for such words that may be, also where a table is called `quick`.
/// `SQL_CACHE` is a name since `MySQL` 8.0, and a word to `MariaDB`: it is one where no mark, no
/// `FROM` and no `AS` follows.
///
/// Source: `MySQL` 8.4 manual, "UPDATE Statement", "DELETE Statement"; `MariaDB` manual, "SELECT".
pub(super) fn left_out(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut words: &[&str] = &[];
    let is_kept = |token: &TokenWithSpan| match &token.token {
        Token::Whitespace(_) => true,
        Token::Word(word) if word.quote_style.is_none() => {
            if words.iter().any(|known| word.value.eq_ignore_ascii_case(known)) {
                return false;
            }
            words = match word.keyword {
                Keyword::UPDATE => &["LOW_PRIORITY", "IGNORE"],
                Keyword::DELETE => &["LOW_PRIORITY", "QUICK", "IGNORE"],
                _ => &[],
            };
            true
        }
        _ => {
            words = &[];
            true
        }
    };
    let mut tokens = tokens;
    tokens.retain(is_kept);
    leave_cache_out(&mut tokens);
    tokens
}

fn leave_cache_out(tokens: &mut Vec<TokenWithSpan>) {
    let is_cache = |token: &TokenWithSpan| {
        matches!(&token.token, Token::Word(word)
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("sql_cache"))
    };
    let mut at = 0;
    while let Some(found) = tokens.get(at..).and_then(|rest| rest.iter().position(is_cache)) {
        at += found;
        let mut rest = tokens[at + 1..].iter().map(|token| &token.token);
        let next = rest.find(|token| !matches!(token, Token::Whitespace(_)));
        let is_word = match next {
            Some(Token::Word(word)) => {
                !matches!(word.keyword, Keyword::FROM | Keyword::AS | Keyword::INTO)
            }
            Some(Token::Mul | Token::LParen | Token::Number(..) | Token::SingleQuotedString(_)) => {
                true
            }
            _ => false,
        };
        if is_word {
            tokens.remove(at);
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};
    use crate::replay::adapter::{Origin, mysql};
    use crate::replay::model::StatementKind;

    const TABLES: &str = "CREATE TABLE a (id int, n int); CREATE TABLE b (id int, `ignore` int)";

    /// Every one was run on a `MariaDB` 10.11 and a `MySQL` 9.7.
    #[test]
    fn how_rows_are_changed_is_no_table() {
        for text in [
            "UPDATE LOW_PRIORITY a SET n = 1",
            "UPDATE IGNORE a SET n = 1",
            "UPDATE low_priority ignore a JOIN b ON a.id = b.id SET n = `ignore`",
            "DELETE QUICK FROM a WHERE id = 1 ORDER BY n LIMIT 1",
            "DELETE LOW_PRIORITY QUICK IGNORE a FROM a JOIN b ON a.id = b.id",
            "DELETE IGNORE FROM a USING a JOIN b ON a.id = b.id",
            "INSERT INTO a (id) SELECT id FROM b ON DUPLICATE KEY UPDATE n = 1",
            "SELECT id FROM a FOR UPDATE",
        ] {
            accepted(&[TABLES, text]);
            let kind = mysql::parse(text, &Origin::at(0)).kind;
            assert!(!matches!(kind, StatementKind::Opaque(_)), "{text}");
        }
    }

    /// A `MariaDB` 10.11 took the first ones, a `MySQL` 9.7 the others.
    #[test]
    fn what_is_kept_of_a_query_is_no_column() {
        for text in [
            "SELECT SQL_CACHE * FROM a",
            "SELECT sql_cache id, n FROM a; SELECT SQL_CACHE max(n) FROM a",
            "CREATE VIEW v AS SELECT SQL_CACHE id FROM a; SELECT id FROM v",
            "CREATE TABLE c (sql_cache int, n int); SELECT sql_cache, n FROM c",
            "CREATE TABLE c (sql_cache int); SELECT sql_cache FROM c; SELECT sql_cache AS n FROM c",
        ] {
            accepted(&[TABLES, text]);
        }
        assert_eq!(
            findings(&[TABLES, "SELECT SQL_CACHE nope FROM a"]),
            ["`a` has no column `nope`"]
        );
    }

    #[test]
    fn tables_and_columns_behind_it_are_looked_up() {
        for (text, message) in [
            ("UPDATE IGNORE a SET nope = 1", "`a` has no column `nope`"),
            ("DELETE QUICK FROM a WHERE nope = 1", "`a` has no column `nope`"),
            ("DELETE IGNORE FROM nope", "no earlier migration creates `nope`"),
        ] {
            assert_eq!(findings(&[TABLES, text]), [message], "{text}");
        }
    }
}
