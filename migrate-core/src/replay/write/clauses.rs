//! What is said of a column, clause by clause.

use crate::replay::tokens::Tokens;
use std::ops::Range;

/// What a clause of a column's definition says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClauseKind {
    Type,
    NotNull,
    Null,
    Default,
    Primary,
    Unique,
    References,
    Check,
    Generated,
    /// `FIRST`, `AFTER column`.
    Position,
    /// Collations, comments, `AUTO_INCREMENT` and whatever else a server knows.
    Other,
}

/// A clause, as a range of tokens; a name that `CONSTRAINT` gives it is part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) kind: ClauseKind,
    /// All of it.
    pub(crate) tokens: Range<usize>,
    /// Where it begins behind its name.
    pub(crate) body: usize,
}

/// The clauses between two tokens: a column without its name, or a constraint.
pub(crate) fn clauses(tokens: &Tokens<'_>, range: Range<usize>) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let mut index = range.start;
    while index < range.end {
        let start = index;
        let mut body = index;
        if tokens.is(index, "CONSTRAINT") {
            body = index + 1;
            if !is_clause_word(tokens, body) {
                body += 1;
            }
        }
        let current = found.last().map(|clause| clause.kind);
        if let Some((kind, length)) = begins(tokens, body, current, index == range.start) {
            found.push(Clause { kind, tokens: start..body, body });
            index = body;
            // Its own words begin no other clause.
            for _ in 0..length {
                index = tokens.next(index);
            }
        } else {
            index = tokens.next(index);
            if found.is_empty() {
                found.push(Clause { kind: ClauseKind::Type, tokens: start..index, body: start });
            }
        }
        if let Some(last) = found.last_mut() {
            last.tokens.end = index.min(range.end);
        }
    }
    found
}

fn is_clause_word(tokens: &Tokens<'_>, index: usize) -> bool {
    tokens.is_any(index, &["CHECK", "PRIMARY", "UNIQUE", "REFERENCES", "NOT", "FOREIGN"])
}

/// The clause that begins at a token, with how many tokens say so.
fn begins(
    tokens: &Tokens<'_>,
    index: usize,
    current: Option<ClauseKind>,
    is_first: bool,
) -> Option<(ClauseKind, usize)> {
    use ClauseKind as Kind;
    let is = |offset: usize, word: &str| tokens.is(index + offset, word);
    let follows = |words: &[&str]| index > 0 && tokens.is_any(index - 1, words);
    let in_key = matches!(current, Some(Kind::Primary | Kind::Unique | Kind::References));
    let word = tokens.word(index).to_ascii_uppercase();
    Some(match word.as_str() {
        "NOT" if is(1, "NULL") => (Kind::NotNull, 2),
        // `SET NULL`, `IS NULL`.
        "NULL" if !follows(&["SET", "IS"]) => (Kind::Null, 1),
        "DEFAULT" if !follows(&["SET", "BY"]) => (Kind::Default, 2),
        "PRIMARY" => (Kind::Primary, 2),
        // Only MySQL has it alone; there it is the primary key.
        "KEY" if current != Some(Kind::Unique) => (Kind::Primary, 1),
        "UNIQUE" => (Kind::Unique, 1),
        "REFERENCES" => (Kind::References, 2),
        "FOREIGN" if is(1, "KEY") => (Kind::References, 3),
        "CHECK" => (Kind::Check, 2),
        "GENERATED" => (Kind::Generated, 2),
        "AS" if is(1, "(") && current != Some(Kind::Generated) => (Kind::Generated, 2),
        "FIRST" => (Kind::Position, 1),
        "AFTER" => (Kind::Position, 2),
        "ON" if is(1, "UPDATE") && !in_key => (Kind::Other, 3),
        "COLLATE" | "COMMENT" | "COMPRESSION" | "STORAGE" if !is_first => (Kind::Other, 2),
        "AUTO_INCREMENT" | "INVISIBLE" | "VISIBLE" | "COLUMN_FORMAT" | "SRID" => (Kind::Other, 1),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database::{Mysql, Postgres};

    fn read(text: &str, database: crate::database::Database) -> Vec<(ClauseKind, String)> {
        let tokens = Tokens::new(text, database);
        clauses(&tokens, 0..tokens.len())
            .into_iter()
            .map(|clause| (clause.kind, text[tokens.span(clause.tokens)].to_owned()))
            .collect()
    }

    #[test]
    fn a_column_of_postgres_is_cut_into_clauses() {
        use ClauseKind::{Check, Default, Generated, NotNull, Other, References, Type};
        let text = "numeric(10, 2)[] COLLATE \"C\" NOT NULL DEFAULT '{}'::numeric[] \
                    CONSTRAINT fk REFERENCES o (id) ON DELETE SET NULL ON UPDATE CASCADE \
                    CHECK (a IS NOT NULL)";
        let expected = [
            (Type, "numeric(10, 2)[]"),
            (Other, "COLLATE \"C\""),
            (NotNull, "NOT NULL"),
            (Default, "DEFAULT '{}'::numeric[]"),
            (References, "CONSTRAINT fk REFERENCES o (id) ON DELETE SET NULL ON UPDATE CASCADE"),
            (Check, "CHECK (a IS NOT NULL)"),
        ];
        assert_eq!(read(text, Postgres), expected.map(|(kind, text)| (kind, text.to_owned())));
        let identity = "int GENERATED BY DEFAULT AS IDENTITY (START 5)";
        assert_eq!(
            read(identity, Postgres)[1],
            (Generated, "GENERATED BY DEFAULT AS IDENTITY (START 5)".to_owned())
        );
        assert_eq!(read("text DEFAULT NULL", Postgres)[1].1, "DEFAULT NULL");
    }

    #[test]
    fn a_column_of_mysql_is_cut_into_clauses() {
        use ClauseKind::{Default, NotNull, Other, Position, Primary, Type, Unique};
        let kinds = |text| read(text, Mysql).into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(
            kinds("bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'x' AFTER b"),
            [Type, NotNull, Other, Primary, Other, Position]
        );
        assert_eq!(
            kinds("datetime(6) DEFAULT now(6) ON UPDATE now(6) UNIQUE KEY"),
            [Type, Default, Other, Unique]
        );
    }
}
