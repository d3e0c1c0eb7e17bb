//! The hash that tells a cosmetic edit from a real one.

use super::lexer::Lexer;
use crate::checksum::{Checksum, FieldHasher};
use crate::database::Database;

/// Hashes the tokens of `text` as they are written; comments and white space do not
/// count.
///
/// Upper and lower case count, also in keywords: which words are keywords depends on
/// where they stand, and a false "cosmetic" is worse than a false "edited".
pub fn token_checksum(text: &str, database: Database) -> Checksum {
    let mut hasher = FieldHasher::default();
    let mut lexer = Lexer::new(text, database);
    while let Some(token) = lexer.next() {
        if token.kind.is_significant() {
            hasher.field(lexer.text(token));
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
