//! `CREATE … IF NOT EXISTS` with a fault that counts only where the table or trigger is not there.

use crate::database::Database;
use crate::replay::adapter::{Origin, mentions};
use crate::replay::model::{
    Block, BlockStatement, Branch, Expression, Guard, GuardedObject, ObjectKind, Place, Statement,
    StatementKind,
};
use crate::sql::{Lexer, TokenKind};

/// Text that the database refuses, but for a table or trigger that is there already: that is
/// not looked at any further.
pub(super) fn invalid_unless_exists(
    text: &str,
    origin: &Origin,
    message: String,
    at: Place,
) -> StatementKind {
    unless_exists(text, origin, StatementKind::Invalid { message, at })
}

/// A statement that counts only where what is named after `IF NOT EXISTS` is not there.
pub(super) fn unless_exists(text: &str, origin: &Origin, kind: StatementKind) -> StatementKind {
    let Some((what, schema, name)) = created(text) else { return kind };
    let object =
        GuardedObject { kind: what, schema, name, on: None, is_exact: true, on_path: false };
    let refused = Statement { place: origin.place(0, text.len()), kind };
    let branch = Branch {
        condition: Expression::Operation(Vec::new()),
        guard: Guard::Not(Box::new(Guard::Exists(object))),
        body: vec![
            BlockStatement::Sql(refused),
            // The table that was meant is not missed a second time.
            BlockStatement::Unknown {
                what: "create table".into(),
                mentions: Some(mentions(text, Database::Sqlite)),
            },
        ],
    };
    let statements = vec![BlockStatement::If { branches: vec![branch], otherwise: Vec::new() }];
    StatementKind::Block(Box::new(Block { statements, ..Block::default() }))
}

/// The kind, schema and name of what is created `IF NOT EXISTS`, where that is written.
fn created(text: &str) -> Option<(ObjectKind, Option<String>, String)> {
    let mut lexer = Lexer::new(text, Database::Sqlite);
    let mut next = || {
        let token = lexer.find(|token| token.kind.is_significant())?;
        Some((token.kind, &text[token.start..token.end]))
    };
    // `CREATE TEMPORARY TABLE IF NOT EXISTS` is the longest way there.
    let mut found = false;
    let mut what = ObjectKind::Relation;
    for _ in 0..6 {
        let (kind, word) = next()?;
        if kind == TokenKind::Word && word.eq_ignore_ascii_case("trigger") {
            what = ObjectKind::Trigger;
        }
        if kind == TokenKind::Word && word.eq_ignore_ascii_case("exists") {
            found = true;
            break;
        }
    }
    let first = super::names::folded(next().filter(|_| found)?.1);
    if next()?.1 == "." {
        let name = super::names::folded(next()?.1);
        return Some((what, Some(first), name));
    }
    Some((what, None, first))
}
