//! The kinds of database server a set of migrations is written for.

use std::fmt;
use std::str::FromStr;

/// A kind of database server.
///
/// It decides how SQL is split and quoted, and what a transaction can undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Database {
    /// `PostgreSQL` and servers that speak its protocol and dialect.
    Postgres,
    /// `MySQL` and `MariaDB`.
    Mysql,
    /// `SQLite`.
    Sqlite,
}

impl Database {
    /// Every kind, in the order in which they are listed to users.
    pub const ALL: [Database; 3] = [Database::Postgres, Database::Mysql, Database::Sqlite];

    /// Returns the word used in the lock file, in options and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Database::Postgres => "postgres",
            Database::Mysql => "mysql",
            Database::Sqlite => "sqlite",
        }
    }

    /// Returns the kind that a connection URL names by its scheme.
    pub fn from_url(url: &str) -> Option<Self> {
        let (scheme, _) = url.split_once(':')?;
        match scheme {
            "postgres" | "postgresql" => Some(Database::Postgres),
            "mysql" | "mariadb" => Some(Database::Mysql),
            "sqlite" => Some(Database::Sqlite),
            _ => None,
        }
    }

    /// Whether DDL can be rolled back together with the history row.
    ///
    /// Source: `MySQL` 8.4 manual, "Statements That Cause an Implicit Commit";
    /// `MariaDB` documentation, "SQL statements That Cause an Implicit Commit".
    pub fn has_transactional_ddl(self) -> bool {
        self != Database::Mysql
    }

    /// Quotes `name` as an identifier of this server.
    pub fn quote(self, name: &str) -> String {
        let quote = if self == Database::Mysql { '`' } else { '"' };
        let mut quoted = String::with_capacity(name.len() + 2);
        quoted.push(quote);
        for c in name.chars() {
            if c == quote {
                quoted.push(quote);
            }
            quoted.push(c);
        }
        quoted.push(quote);
        quoted
    }

    /// Quotes `text` as a string literal of this server.
    ///
    /// On `MySQL` a text with backslashes or beyond ASCII is written in hexadecimal: what those
    /// bytes mean in quotes depends on `sql_mode` and on the character set, which a migration
    /// may change. On Postgres one with backslashes says that they are escaped: whether they
    /// are escapes otherwise depends on `standard_conforming_strings`.
    pub fn literal(self, text: &str) -> String {
        if self == Database::Mysql && text.bytes().any(|byte| byte == b'\\' || !byte.is_ascii()) {
            return hexadecimal(text);
        }
        let mut literal = String::with_capacity(text.len() + 2);
        let escapes = self == Database::Postgres && text.contains('\\');
        literal.push_str(if escapes { "E'" } else { "'" });
        for c in text.chars() {
            if c == '\'' || (escapes && c == '\\') {
                literal.push(c);
            }
            literal.push(c);
        }
        literal.push('\'');
        literal
    }
}

fn hexadecimal(text: &str) -> String {
    use fmt::Write as _;
    let mut literal = "_utf8mb4 x'".to_owned();
    for byte in text.bytes() {
        // Writing to a string cannot fail.
        let _ = write!(literal, "{byte:02x}");
    }
    literal.push('\'');
    literal
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no kind of database.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a kind of database; known are `postgres`, `mysql` (also for MariaDB) and `sqlite`"
)]
pub struct ParseDatabaseError(String);

impl FromStr for Database {
    type Err = ParseDatabaseError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "postgres" | "postgresql" | "pg" => Ok(Database::Postgres),
            "mysql" | "mariadb" => Ok(Database::Mysql),
            "sqlite" | "sqlite3" => Ok(Database::Sqlite),
            _ => Err(ParseDatabaseError(word.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_server() {
        assert_eq!(Database::from_url("postgres://localhost/app"), Some(Database::Postgres));
        assert_eq!(Database::from_url("mariadb://localhost/app"), Some(Database::Mysql));
        assert_eq!(Database::from_url("sqlite::memory:"), Some(Database::Sqlite));
        assert_eq!(Database::from_url("oracle://x"), None);
        assert_eq!(Database::from_url("app.db"), None);
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(Database::Postgres.quote(r#"a"b"#), r#""a""b""#);
        assert_eq!(Database::Mysql.quote("a`b"), "`a``b`");
        assert_eq!(Database::Sqlite.literal(r"it's \n"), r"'it''s \n'");
        assert_eq!(Database::Postgres.literal(r"it's \n"), r"E'it''s \\n'");
        assert_eq!(Database::Postgres.literal("it's"), "'it''s'");
        assert_eq!(Database::Mysql.literal("it's"), "'it''s'");
        assert_eq!(Database::Mysql.literal(r"'\n"), "_utf8mb4 x'275c6e'");
        assert_eq!(Database::Mysql.literal("é"), "_utf8mb4 x'c3a9'");
    }
}
