//! The hash that tells a cosmetic edit from a real one.

use super::lexer::{Lexer, TokenKind};
use crate::checksum::{Checksum, FieldHasher};
use crate::database::Database;
use crate::script::is_instruction;

/// Hashes the tokens of `text` as they are written; comments and white space do not
/// count, except section headers and directives: a statement that changes sides, or runs
/// without a transaction, is no cosmetic edit.
///
/// Upper and lower case count, also in keywords: which words are keywords depends on
/// where they stand, and a false "cosmetic" is worse than a false "edited".
pub fn token_checksum(text: &str, database: Database) -> Checksum {
    let mut hasher = FieldHasher::default();
    let mut lexer = Lexer::new(text, database);
    while let Some(token) = lexer.next() {
        let text = lexer.text(token);
        let instruction = || token.kind == TokenKind::LineComment && is_instruction(text);
        if token.kind.is_significant() || instruction() {
            hasher.field(text);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database::{Mysql, Postgres, Sqlite};

    fn same(database: Database, a: &str, b: &str) -> bool {
        token_checksum(a, database) == token_checksum(b, database)
    }

    #[test]
    fn comments_and_white_space_do_not_count() {
        for database in Database::ALL {
            assert!(same(database, "SELECT a , b ;", "/* x */SELECT a,\n\tb; -- end"));
            assert!(!same(database, "SELECT a", "SELECT b"));
            assert!(!same(database, "SELECT a", "select a"));
            assert!(!same(database, "SELECT 'a b'", "SELECT 'a  b'"));
        }
    }

    #[test]
    fn headers_and_directives_count() {
        for database in Database::ALL {
            let text = "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 2;\n";
            let moved = "-- upgrade\nSELECT 1;\nSELECT 2;\n-- downgrade\n";
            assert!(!same(database, text, moved));
            assert!(!same(database, text, &format!("-- migrate: transaction=off\n{text}")));
            assert!(same(database, text, &format!("-- an index\n{text}")));
        }
    }

    #[test]
    fn token_borders_count() {
        for database in Database::ALL {
            assert!(!same(database, "a < = b", "a <= b"));
            assert!(!same(database, "ab", "a b"));
            assert!(!same(database, "'a''b'", "'a' 'b'"));
        }
        assert!(same(Postgres, "a=-1", "a = - 1"));
        assert!(!same(Postgres, "a @> b", "a @ > b"));
    }

    #[test]
    fn what_a_comment_is_depends_on_the_server() {
        assert!(!same(Mysql, "SELECT 1 /*! + 1 */", "SELECT 1"));
        assert!(!same(Mysql, "SELECT /*+ NO_ICP(t) */ 1", "SELECT 1"));
        assert!(same(Sqlite, "SELECT 1 /*! + 1 */", "SELECT 1"));
        assert!(!same(Mysql, "SELECT 1 --1", "SELECT 1"));
        assert!(same(Postgres, "SELECT 1 --1", "SELECT 1"));
        assert!(same(Mysql, "SELECT 1 # one", "SELECT 1"));
        assert!(!same(Postgres, "SELECT 1 # 2", "SELECT 1"));
    }
}
