//! What git leaves in a file where two branches changed the same lines.

use super::Origin;
use crate::database::Database;
use crate::replay::model::{Statement, StatementKind};
use crate::sql::{Lexer, TokenKind};

/// What a line begins with that stands before, between and after the two sides.
const MARKERS: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];

/// Whether a text may hold a conflict; `str::find` with a `char` is fast in a macro, too.
pub(super) fn may_be_in(text: &str) -> bool {
    let mut from = 0;
    while let Some(found) = text[from..].find('<') {
        let at = from + found;
        if text[at..].starts_with(MARKERS[0]) {
            return true;
        }
        from = at + 1;
    }
    false
}

/// Tells a marker in a statement by its name.
///
/// Postgres has operators of any signs, so its parser has to refuse the statement first; what the
/// adapter of `MySQL` reads over no server takes.
pub(super) fn told(
    text: &str,
    database: Database,
    origin: &Origin,
    statement: Statement,
) -> Statement {
    let is_refused = matches!(statement.kind, StatementKind::Invalid { .. });
    if !is_refused && database != Database::Mysql {
        return statement;
    }
    let marker = Lexer::new(text, database).find(|token| {
        let before = &text[..token.start];
        token.kind == TokenKind::Punctuation
            && (before.is_empty() || before.ends_with('\n'))
            && MARKERS.iter().any(|marker| text[token.start..].starts_with(marker))
    });
    let Some(marker) = marker else { return statement };
    let at = origin.place(marker.start, marker.start + MARKERS[0].len());
    let message = "a merge conflict is not resolved here".to_owned();
    Statement { kind: StatementKind::Invalid { message, at }, ..statement }
}

#[cfg(all(test, feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod tests {
    use super::*;
    use crate::replay::adapter::parse_all;

    const ALL: [Database; 3] = [Database::Postgres, Database::Mysql, Database::Sqlite];

    /// Where conflicts are seen.
    fn seen(text: &str, database: Database) -> Vec<u32> {
        let statements = parse_all(text, database, &Origin::at(0));
        let places = statements.iter().filter_map(|statement| match &statement.kind {
            StatementKind::Invalid { message, at } if message.starts_with("a merge conflict") => {
                Some(at.start)
            }
            _ => None,
        });
        places.collect()
    }

    #[test]
    fn a_conflict_is_told_once_in_a_statement_and_at_each_marker_between() {
        for database in ALL {
            let inside =
                "CREATE TABLE a (\n<<<<<<< ours\nb int\n=======\nc int\n>>>>>>> theirs\n);";
            assert_eq!(seen(inside, database), [17], "{database}");
            let between = "<<<<<<< ours\nDROP TABLE a;\n=======\nDROP TABLE b;\n>>>>>>> theirs\nDROP TABLE c;";
            assert_eq!(seen(between, database), [0, 27, 49], "{database}");
        }
    }

    #[test]
    fn signs_elsewhere_are_none() {
        for database in ALL {
            for text in ["SELECT '\n<<<<<<< ours\n';", "/*\n<<<<<<< ours\n*/ SELECT 1;"] {
                assert_eq!(seen(text, database), [0; 0], "{database}");
            }
        }
        assert_eq!(seen("SELECT 1\n<<<<<<< 2;", Database::Postgres), [0; 0]);
    }
}
