//! The first words of a statement, by which it is told what it does.

use super::lexer::{Lexer, TokenKind};
use crate::database::Database;

/// The unquoted words of a text, as they are written.
///
/// Words inside `MySQL`'s executable comments are among them.
#[derive(Debug, Clone)]
pub struct Words<'a> {
    database: Database,
    lexer: Lexer<'a>,
    /// Inside an executable comment; those in it are not entered again.
    inside: Option<Lexer<'a>>,
}

impl<'a> Words<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str, database: Database) -> Self {
        Words { database, lexer: Lexer::new(text, database), inside: None }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some(inside) = &mut self.inside {
                if let Some(token) = inside.find(|token| token.kind == TokenKind::Word) {
                    return Some(inside.text(token));
                }
                self.inside = None;
            }
            let token = self.lexer.next()?;
            let text = self.lexer.text(token);
            match token.kind {
                TokenKind::Word => return Some(text),
                TokenKind::ExecutableComment => {
                    if let Some(code) = executable_code(text) {
                        self.inside = Some(Lexer::new(code, self.database));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Returns what `/*!50700 … */` executes; optimizer hints execute nothing.
pub fn executable_code(comment: &str) -> Option<&str> {
    let code = comment.strip_prefix("/*!").or_else(|| comment.strip_prefix("/*M!"))?;
    let code = code.trim_start_matches(|c: char| c.is_ascii_digit());
    Some(code.strip_suffix("*/").unwrap_or(code))
}

/// Returns the first `limit` unquoted words of `statement` in upper case.
pub fn significant_words(statement: &str, database: Database, limit: usize) -> Vec<String> {
    Words::new(statement, database).take(limit).map(str::to_ascii_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_quotes_and_comments_are_passed_over() {
        let words = |text, database| significant_words(text, database, 3).join(" ");
        assert_eq!(
            words("-- x\ncreate /* y */ Table \"add\" (a int)", Database::Postgres),
            "CREATE TABLE A"
        );
        assert_eq!(
            words("/*!50003 create*/ trigger `t` after", Database::Mysql),
            "CREATE TRIGGER AFTER"
        );
        assert_eq!(words("/*M!100100 set a */", Database::Mysql), "SET A");
        assert_eq!(words("select /*+ hint */ a", Database::Mysql), "SELECT A");
        assert_eq!(words("", Database::Sqlite), "");
    }
}
