//! Whether a backslash means something in a plain string: a setting of the session decides, which
//! the text itself may change.
//!
//! Source: `PostgreSQL` 15 manual, 20.13.1 "Previous Versions",
//! `standard_conforming_strings`; `MySQL` 8.4 manual, 7.1.11 "Server SQL Modes",
//! `NO_BACKSLASH_ESCAPES`.

use super::lexer::TokenKind;
use crate::database::Database;

/// The mode of `MySQL` in which a backslash is a character like others.
const PLAIN_MODE: &str = "NO_BACKSLASH_ESCAPES";

/// Follows the statements of a text that say so.
#[derive(Debug, Clone)]
pub(super) struct Escapes {
    database: Database,
    in_strings: bool,
    place: Place,
}

/// Where in a `SET` the next token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In another statement.
    Elsewhere,
    /// Behind `RESET`.
    Reset,
    /// Before the setting's name.
    Names,
    /// Behind the name, where a value may or may not follow.
    Named,
    Value,
}

impl Escapes {
    /// As a session of the server begins, unless its owner decided otherwise.
    pub(super) fn new(database: Database) -> Self {
        Escapes { database, in_strings: by_default(database), place: Place::Elsewhere }
    }

    /// As though the session had switched them on before.
    #[cfg(feature = "postgres")]
    pub(super) fn begin_with_escapes(&mut self) {
        self.in_strings = true;
    }

    /// Whether a backslash escapes what follows it in a string without a prefix.
    pub(super) fn in_strings(&self) -> bool {
        self.in_strings
    }

    /// Whether a token may change anything; most do not.
    pub(super) fn listens_to(&self, kind: TokenKind, begins: bool) -> bool {
        begins || !matches!(self.place, Place::Elsewhere) || kind == TokenKind::ExecutableComment
    }

    /// Takes the next token that is significant; `begins` a statement or does not.
    pub(super) fn token(&mut self, kind: TokenKind, text: &str, begins: bool) {
        if begins {
            let is = |word| kind == TokenKind::Word && text.eq_ignore_ascii_case(word);
            self.place = match self.database {
                Database::Mysql | Database::Postgres if is("SET") => Place::Names,
                Database::Postgres if is("RESET") => Place::Reset,
                _ => Place::Elsewhere,
            };
        } else if self.place != Place::Elsewhere {
            self.inside(kind, text);
        }
        if kind == TokenKind::ExecutableComment && contains(text, "SQL_MODE") {
            self.in_strings = !contains(text, PLAIN_MODE);
        }
    }

    fn inside(&mut self, kind: TokenKind, text: &str) {
        self.place = match self.place {
            _ if kind == TokenKind::Semicolon => Place::Elsewhere,
            Place::Reset => {
                self.in_strings &= !(self.is_setting(text) || text.eq_ignore_ascii_case("ALL"));
                Place::Elsewhere
            }
            Place::Names if is_global(text) => Place::Elsewhere,
            Place::Names if self.is_setting(text) => Place::Named,
            // `= @@sql_mode,` names it as a value.
            Place::Named if !["=", ":=", "TO"].iter().any(|it| text.eq_ignore_ascii_case(it)) => {
                Place::Names
            }
            Place::Named => {
                self.in_strings = by_default(self.database);
                Place::Value
            }
            // It takes modes out of the present ones.
            Place::Value if text.eq_ignore_ascii_case("REPLACE") => Place::Elsewhere,
            Place::Value => {
                match self.database {
                    Database::Mysql if contains(text, PLAIN_MODE) => self.in_strings = false,
                    Database::Postgres => self.in_strings |= is_off(text),
                    _ => {}
                }
                Place::Value
            }
            place @ (Place::Names | Place::Elsewhere) => place,
        };
    }

    fn is_setting(&self, text: &str) -> bool {
        match self.database {
            Database::Sqlite => false,
            Database::Mysql => text.trim_start_matches('@').eq_ignore_ascii_case("SQL_MODE"),
            Database::Postgres => text.eq_ignore_ascii_case("standard_conforming_strings"),
        }
    }
}

fn by_default(database: Database) -> bool {
    database == Database::Mysql
}

/// Whether what follows is for other sessions.
fn is_global(text: &str) -> bool {
    text.trim_start_matches('@').eq_ignore_ascii_case("GLOBAL")
}

fn is_off(text: &str) -> bool {
    ["off", "false", "no", "0"].iter().any(|it| text.trim_matches('\'').eq_ignore_ascii_case(it))
}

fn contains(text: &str, words: &str) -> bool {
    text.as_bytes().windows(words.len()).any(|part| part.eq_ignore_ascii_case(words.as_bytes()))
}

#[cfg(test)]
mod tests {
    use crate::database::Database;
    use crate::sql::split;

    fn statements(text: &str, database: Database) -> usize {
        split(text, database).statements.len()
    }

    /// Every one was run on a `MariaDB` 10.11: the strings are one that ends in a backslash, or
    /// one with a quote and a semicolon in it.
    #[test]
    fn the_modes_of_mysql() {
        for (set, is_plain) in [
            ("SET sql_mode = 'NO_BACKSLASH_ESCAPES'", true),
            ("SET @a = 1, SESSION sql_mode := 'ansi,no_backslash_escapes'", true),
            ("SET @@session.sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')", true),
            ("/*!40101 SET SQL_MODE='NO_BACKSLASH_ESCAPES' */", true),
            ("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'", false),
            ("SET @@global.sql_mode = 'NO_BACKSLASH_ESCAPES'", false),
            ("SET @a = 'NO_BACKSLASH_ESCAPES'", false),
            ("SET sql_mode = 'NO_BACKSLASH_ESCAPES'; SET sql_mode = DEFAULT", false),
            ("SET sql_mode = 'NO_BACKSLASH_ESCAPES'; SET @a = @@sql_mode, @b = 1", true),
            (
                "SET sql_mode = 'NO_BACKSLASH_ESCAPES';
                SET sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
                false,
            ),
        ] {
            let string = if is_plain { r"'a;b\'" } else { r"'a\';b'" };
            let before = statements(set, Database::Mysql);
            let all = statements(&format!("{set}; SELECT {string}; SELECT 1"), Database::Mysql);
            assert_eq!(all, before + 2, "{set}");
        }
    }

    /// Every one was run on a `PostgreSQL` 15.
    #[test]
    fn strings_of_old_postgres() {
        for (set, escapes) in [
            ("SET standard_conforming_strings = off", true),
            ("SET SESSION standard_conforming_strings TO 'off'", true),
            ("SET standard_conforming_strings = on", false),
            ("SET escape_string_warning = off", false),
            (
                "SET standard_conforming_strings = 0; SET standard_conforming_strings = DEFAULT",
                false,
            ),
            ("SET standard_conforming_strings = off; RESET standard_conforming_strings", false),
            ("SET standard_conforming_strings = off; RESET ALL", false),
        ] {
            let string = if escapes { r"'a\';b'" } else { r"'a;b\'" };
            let before = statements(set, Database::Postgres);
            let all = statements(&format!("{set}; SELECT {string}; SELECT 1"), Database::Postgres);
            assert_eq!(all, before + 2, "{set}");
        }
    }
}
