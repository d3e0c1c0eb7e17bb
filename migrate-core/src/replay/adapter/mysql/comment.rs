//! Comments whose content is code, for some servers and versions.

use crate::database::Database;
use crate::replay::model::{
    Block, BlockStatement, Branch, Expression, Guard, Place, Statement, StatementKind,
};
use crate::sql::{Lexer, TokenKind};

/// The newest version whose `/*!` comments both servers run, whatever their own version is.
///
/// Source: `MySQL` 8.4 manual, "Comments"; `MariaDB`, "Comment Syntax": it passes over those
/// from 50700 to 99999.
const EVERYWHERE: u32 = 50_699;

/// A statement as servers see it. Bytes keep their places.
#[derive(Debug)]
pub(super) enum Versions {
    /// As it is written.
    Plain,
    /// Without the marks of comments.
    One(String),
    /// With what stands in comments for some servers only, and without it.
    Two { newer: String, older: String },
}

/// Takes the marks of `/*!40101 … */` away, and hints as a whole.
pub(super) fn versions(text: &str) -> Versions {
    if !text.contains("/*") {
        return Versions::Plain;
    }
    let found: Vec<_> = Lexer::new(text, Database::Mysql)
        .filter(|token| token.kind == TokenKind::ExecutableComment)
        .collect();
    if found.is_empty() {
        return Versions::Plain;
    }
    let (mut newer, mut older) = (text.to_owned(), text.to_owned());
    for token in found {
        let comment = &text[token.start..token.end];
        let blank = " ".repeat(comment.len());
        let (shown, is_everywhere) = code_of(comment).unwrap_or_else(|| (blank.clone(), true));
        older.replace_range(token.start..token.end, if is_everywhere { &shown } else { &blank });
        newer.replace_range(token.start..token.end, &shown);
    }
    if newer == older { Versions::One(newer) } else { Versions::Two { newer, older } }
}

/// What a comment holds between blanks, and whether every server runs it; `None` for a hint.
fn code_of(comment: &str) -> Option<(String, bool)> {
    let of_all = comment.strip_prefix("/*!");
    let code = of_all.or_else(|| comment.strip_prefix("/*M!"))?;
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    let (version, code) = code.split_at(digits);
    let is_everywhere = of_all.is_some()
        && (version.is_empty() || version.parse().is_ok_and(|version: u32| version <= EVERYWHERE));
    let end = code.len() - if code.ends_with("*/") { 2 } else { 0 };
    let marks = comment.len() - code.len();
    let blank = |length| " ".repeat(length);
    let shown = format!("{}{}{}", blank(marks), &code[..end], blank(code.len() - end));
    Some((shown, is_everywhere))
}

/// What runs as one of two, which are the same where the difference is nothing that is read.
pub(super) fn either(place: Place, newer: StatementKind, older: StatementKind) -> StatementKind {
    if format!("{newer:?}") == format!("{older:?}") {
        return newer;
    }
    let statement = |kind| vec![BlockStatement::Sql(Statement { place, kind })];
    let condition = Expression::Operation(Vec::new());
    let branch = Branch { condition, guard: Guard::Unknown, body: statement(newer) };
    let statements =
        vec![BlockStatement::If { branches: vec![branch], otherwise: statement(older) }];
    StatementKind::Block(Box::new(Block { statements, ..Block::default() }))
}

#[cfg(test)]
mod tests {
    use crate::replay::adapter::mysql::tests::{accepted, findings};

    const TABLE: &str = "CREATE TABLE a (n int)";

    /// Every one was run on a `MariaDB` 10.11 and a `MySQL` 9.7.
    #[test]
    fn what_only_some_servers_run_is_not_certain() {
        for text in [
            "/*!99999 SELECT nope FROM a */",
            "/*!80000 SELECT nope FROM a */",
            "/*M!110000 SELECT nope FROM a */",
            "/*!110100 DROP TABLE a */; SELECT n FROM a",
            "/*!99999 ALTER TABLE a ADD m int */; ALTER TABLE a ADD m int",
            "/*!80000 ALTER TABLE a ADD m int */; SELECT m FROM a",
            "SELECT n /*!99999 , nope */ FROM a",
            "CREATE TABLE b (n int /*!80016 NOT NULL */) /*!80000 ENCRYPTION='N' */",
        ] {
            accepted(&[TABLE, text]);
        }
    }

    #[test]
    fn what_all_servers_run_is() {
        for text in [
            "/*! SELECT nope FROM a */",
            "/*!40101 SELECT nope FROM a */",
            "/*!50600 SELECT nope FROM a */",
            "CREATE TABLE b (n int) /*!80000 ENCRYPTION='N' */; SELECT nope FROM b",
        ] {
            let found = findings(&[TABLE, text]);
            assert!(matches!(&*found, [found] if found.contains("has no column `nope`")), "{text}");
        }
    }
}
