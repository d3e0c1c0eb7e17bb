//! Names that are words which squawk's grammar keeps for something else.
//!
//! Postgres has four kinds of keywords, and which of them may be a name depends on the place.
//! Squawk decides some by the word alone, and knows words that only later servers keep. Where it
//! fails, such names are put into quotes, which say the same.
//!
//! Source: `PostgreSQL` 15 manual, "SQL Key Words", and the grammar behind it, `gram.y`.

use super::insertions::Insertions;
use crate::database::Database;
use crate::sql::{Lexer, Token, TokenKind};

/// Words that may be the name of a function, and of an argument, but not of a table or column.
const FUNCTION_WORDS: [&str; 23] = [
    "authorization",
    "binary",
    "collation",
    "concurrently",
    "cross",
    "current_schema",
    "freeze",
    "full",
    "ilike",
    "inner",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "natural",
    "notnull",
    "outer",
    "overlaps",
    "right",
    "similar",
    "tablesample",
    "verbose",
];

/// The text with quotes around such names, and the offsets of the quotes in it; nothing where
/// there are none.
pub(super) fn with_quoted_names(text: &str) -> Option<(String, Vec<usize>)> {
    let tokens: Vec<Token> =
        Lexer::new(text, Database::Postgres).filter(|token| token.kind.is_significant()).collect();
    let words: Vec<String> =
        tokens.iter().map(|token| text[token.start..token.end].to_ascii_lowercase()).collect();
    let scan = Scan { words };
    let arguments = scan.arguments_of_table();
    let mut quoted = Insertions::into(text);
    for (index, token) in tokens.iter().enumerate() {
        let is_argument =
            arguments.contains(&index) && scan.begins_argument(arguments.start, index);
        if token.kind != TokenKind::Word || !(scan.is_name(index) || is_argument) {
            continue;
        }
        quoted.copy(token.start);
        quoted.insert('"');
        quoted.replace(token.end, &scan.words[index]);
        quoted.insert('"');
    }
    quoted.end()
}

struct Scan {
    /// The tokens, folded.
    words: Vec<String>,
}

impl Scan {
    fn word(&self, index: Option<usize>) -> &str {
        index.and_then(|index| self.words.get(index)).map_or("", String::as_str)
    }

    /// Whether a word can only be a name where it stands.
    fn is_name(&self, index: usize) -> bool {
        let word = self.words[index].as_str();
        let before = self.word(index.checked_sub(1));
        let after = self.word(Some(index + 1));
        let is_listed = matches!(before, "(" | ",") && matches!(after, "," | ")");
        let is_query = matches!(before, "with" | "recursive" | ",") && matches!(after, "as" | "(");
        match word {
            // Kept for their standard meaning by later servers only.
            "system_user" | "json_table" => true,
            "exclude" => !matches!(after, "(" | "using" | "ties" | "group" | "current" | "no"),
            "current" => !matches!(after, "of" | "row"),
            "cube" | "rollup" => after != "(",
            // Its rows come in parentheses; partitions are `FOR VALUES`, rows may be `DEFAULT VALUES`.
            "values" => {
                is_listed || is_query || (after != "(" && !matches!(before, "default" | "for"))
            }
            "delete" | "insert" | "merge" | "update" => is_query,
            // As a bare alias.
            "between" | "escape" => matches!(after, "" | "," | ";" | "from" | ")"),
            "transaction" => before == "prepare" && matches!(after, "as" | "("),
            "role" => matches!(before, "set" | "reset" | "session" | "local") && after == ".",
            "recursive" => before == "with" && matches!(after, "as" | "("),
            word => {
                FUNCTION_WORDS.contains(&word)
                    && after == "("
                    && matches!(before, "from" | "join" | "lateral")
            }
        }
    }

    /// The tokens between the parentheses of `RETURNS TABLE (…)`.
    fn arguments_of_table(&self) -> std::ops::Range<usize> {
        let begins = self.words.windows(3).position(|three| three == ["returns", "table", "("]);
        let Some(start) = begins.map(|at| at + 3) else { return 0..0 };
        let mut depth = 1_usize;
        let length = self.words[start..].iter().position(|word| {
            match word.as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        start..length.map_or(self.words.len(), |length| start + length)
    }

    /// Whether a token of those, from `start` on, begins the declaration of a column.
    fn begins_argument(&self, start: usize, index: usize) -> bool {
        let depth =
            self.words[start..index].iter().fold(0_usize, |depth, word| match word.as_str() {
                "(" => depth + 1,
                ")" => depth.saturating_sub(1),
                _ => depth,
            });
        FUNCTION_WORDS.contains(&self.words[index].as_str())
            && depth == 0
            && (index == start || self.words[index - 1] == ",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        let (quoted, added) = with_quoted_names(text).expect("it has some");
        assert!(added.iter().all(|at| quoted.as_bytes()[*at] == b'"'), "{quoted}");
        quoted
    }

    #[test]
    fn only_names_are_quoted() {
        for (text, expected) in [
            (
                "CREATE TABLE a (Exclude int, EXCLUDE (b WITH =))",
                r#"CREATE TABLE a ("exclude" int, EXCLUDE (b WITH =))"#,
            ),
            (
                "INSERT INTO a (values) VALUES (1), (2)",
                r#"INSERT INTO a ("values") VALUES (1), (2)"#,
            ),
            (
                "WITH update AS (UPDATE a SET b = 1) SELECT",
                r#"WITH "update" AS (UPDATE a SET b = 1) SELECT"#,
            ),
            (
                "WITH values AS (VALUES (1), (2)) SELECT",
                r#"WITH "values" AS (VALUES (1), (2)) SELECT"#,
            ),
            (
                "SELECT values.a FROM values CROSS JOIN b, (VALUES (1)) c",
                r#"SELECT "values".a FROM "values" CROSS JOIN b, (VALUES (1)) c"#,
            ),
            ("WITH recursive AS (SELECT 1)", r#"WITH "recursive" AS (SELECT 1)"#),
            ("DELETE FROM a WHERE current = 1", r#"DELETE FROM a WHERE "current" = 1"#),
            ("GROUP BY cube, rollup, CUBE (a)", r#"GROUP BY "cube", "rollup", CUBE (a)"#),
            (
                "RETURNS TABLE (left int, right numeric(1, 2), b int) AS",
                r#"RETURNS TABLE ("left" int, "right" numeric(1, 2), b int) AS"#,
            ),
            ("SELECT FROM left('a', 1) LEFT JOIN b", r#"SELECT FROM "left"('a', 1) LEFT JOIN b"#),
            ("CREATE TABLE system_user ()", r#"CREATE TABLE "system_user" ()"#),
            ("SELECT 1 between, 2 escape", r#"SELECT 1 "between", 2 "escape""#),
            ("PREPARE transaction AS SELECT 1", r#"PREPARE "transaction" AS SELECT 1"#),
            ("SET role.a = 1", r#"SET "role".a = 1"#),
        ] {
            assert_eq!(quoted(text), expected);
        }
        for text in [
            "WHERE CURRENT OF a",
            "ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING EXCLUDE CURRENT ROW",
            "WITH RECURSIVE a AS (VALUES (1), (2))",
            "SELECT a FROM b LEFT JOIN c ON true",
            "VALUES (1)",
            "PREPARE TRANSACTION 'a'",
            "SET SESSION ROLE a",
            "WHERE a BETWEEN 1 AND 2 OR b LIKE 'c' ESCAPE 'd'",
            "INSERT INTO a DEFAULT VALUES RETURNING b",
            "CREATE TABLE a PARTITION OF b FOR VALUES FROM (1) TO (2)",
        ] {
            assert_eq!(with_quoted_names(text), None, "{text}");
        }
    }
}
