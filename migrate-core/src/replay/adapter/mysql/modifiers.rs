//! Words behind the verb that say how a statement runs, which the parser takes for names.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// Leaves the words out that stand between `UPDATE` or `DELETE` and the tables.
///
/// The grammar takes all of them for such words that may be, also where a table is called `quick`.
///
/// Source: `MySQL` 8.4 manual, "UPDATE Statement", "DELETE Statement".
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
    tokens
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
