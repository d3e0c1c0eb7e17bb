//! Routines: their creation, their calls, and their bodies, which are read when they are called.
//!
//! Blocks, `IF` and plain statements are followed. Loops, cursors and handlers are not:
//! a body with one of them may do anything with what it names.

use std::sync::Arc;

use super::cursor::{Cursor, Source, fold};
use super::dynamic::{holds_statement, told};
use crate::database::Database;
use crate::replay::adapter::{Origin, is_too_deep};
use crate::replay::model::{
    Block, BlockStatement, Branch, Code, CreateFunction, Expression, FunctionBody, Guard,
    GuardedObject, Name, ObjectKind, Parameter, ParameterMode, QualifiedName, Query, QueryBody,
    Statement, StatementKind, TypeName,
};
use crate::sql::{Lexer, TokenKind};

/// Blocks in blocks.
const DEEPEST: usize = 20;

/// What a routine does when it is called.
pub(crate) fn parse_body(text: &str, origin: &Origin) -> Block {
    followed(text, origin).unwrap_or_else(|| {
        let mentions = told(text);
        let statements = vec![BlockStatement::Unknown { what: "routine".into(), mentions }];
        Block { statements, ..Block::default() }
    })
}

fn followed(text: &str, origin: &Origin) -> Option<Block> {
    if is_too_deep(text, Database::Mysql) {
        return None;
    }
    let tokens: Vec<_> =
        Lexer::new(text, Database::Mysql).filter(|token| token.kind.is_significant()).collect();
    let mut cursor = Cursor::new(Source { text, origin }, &tokens);
    let mut block = Block::default();
    for mut parameter in cursor.parenthesised()?.items() {
        parameter.eat_any(&["IN", "OUT", "INOUT"]);
        block.variables.extend(parameter.folded());
    }
    while !cursor.is_at_end() && !cursor.is("BEGIN") {
        cursor.skip();
    }
    if !cursor.eat(&["BEGIN"]) {
        return None;
    }
    block.statements = statements(&mut cursor, &mut block.variables, 0)?;
    Some(block)
}

/// `BEGIN NOT ATOMIC … END`, which runs at once; `None` where it is something else.
///
/// Source: the manual of `MariaDB`, "BEGIN END".
pub(super) fn anonymous(cursor: &Cursor<'_>) -> Option<StatementKind> {
    let mut inside = *cursor;
    if !inside.eat(&["BEGIN", "NOT", "ATOMIC"]) {
        return None;
    }
    let mut block = Block::default();
    let read = statements(&mut inside, &mut block.variables, 0);
    block.statements = read.unwrap_or_else(|| {
        let mentions = told(cursor.source.text);
        vec![BlockStatement::Unknown { what: "BEGIN".into(), mentions }]
    });
    Some(StatementKind::Block(Box::new(block)))
}

/// Reads statements up to the word that ends their block; `None` where one is not followed.
fn statements(
    cursor: &mut Cursor<'_>,
    variables: &mut Vec<Name>,
    depth: usize,
) -> Option<Vec<BlockStatement>> {
    if depth > DEEPEST {
        return None;
    }
    let mut found = Vec::new();
    loop {
        while cursor.peek_kind() == Some(TokenKind::Semicolon) {
            cursor.skip();
        }
        if cursor.is_at_end() || cursor.is_any(&["END", "ELSE", "ELSEIF"]) {
            return Some(found);
        }
        if cursor.eat(&["BEGIN"]) {
            cursor.eat(&["NOT", "ATOMIC"]);
            let mut inner = Block::default();
            inner.statements = statements(cursor, &mut inner.variables, depth + 1)?;
            if !cursor.eat(&["END"]) {
                return None;
            }
            found.push(BlockStatement::Block(inner));
        } else if cursor.eat(&["IF"]) {
            found.push(condition(cursor, variables, depth)?);
        } else if cursor.eat(&["DECLARE"]) {
            let (_, text, mut declared) = until(cursor, &[])?;
            if holds_statement(text) {
                let mentions = told(text);
                found.push(BlockStatement::Unknown { what: "DECLARE".into(), mentions });
            }
            variables.extend(declared.folded());
            while declared.eat_mark(",") {
                variables.extend(declared.folded());
            }
            if declared.is_any(&["HANDLER", "CURSOR", "CONDITION"]) || cursor.is("HANDLER") {
                return None;
            }
        } else {
            found.push(plain(cursor)?);
        }
    }
}

/// A statement that is no block.
fn plain(cursor: &mut Cursor<'_>) -> Option<BlockStatement> {
    let is_followed = cursor.is_any(&[
        "ALTER",
        "CREATE",
        "DROP",
        "RENAME",
        "INSERT",
        "REPLACE",
        "UPDATE",
        "DELETE",
        "SELECT",
        "SET",
        "CALL",
        "PREPARE",
        "EXECUTE",
        "DEALLOCATE",
        "TRUNCATE",
        "COMMIT",
        "START",
    ]);
    if !is_followed {
        return None;
    }
    let (start, text, _) = until(cursor, &[])?;
    let origin = cursor.source.origin.part(start);
    Some(BlockStatement::Sql(super::parse(text, &origin)))
}

/// The text up to a semicolon or one of the words, which is not passed.
fn until<'t>(cursor: &mut Cursor<'t>, words: &[&str]) -> Option<(usize, &'t str, Cursor<'t>)> {
    let start = *cursor;
    while !cursor.is_at_end()
        && cursor.peek_kind() != Some(TokenKind::Semicolon)
        && !cursor.is_any(words)
    {
        // `DECLARE … HANDLER FOR` holds statements of its own.
        if start.is_any(&["EXIT", "CONTINUE", "UNDO"]) {
            return None;
        }
        cursor.skip();
    }
    let from = start.offset();
    Some((from, cursor.passed(from), start.up_to(cursor)))
}

/// `condition THEN … [ELSEIF …] [ELSE …] END IF`.
fn condition(
    cursor: &mut Cursor<'_>,
    variables: &mut Vec<Name>,
    depth: usize,
) -> Option<BlockStatement> {
    let mut branches = Vec::new();
    let mut otherwise = Vec::new();
    loop {
        let (_, _, asked) = until(cursor, &["THEN"])?;
        if !cursor.eat(&["THEN"]) {
            return None;
        }
        let guard = guard(asked);
        let body = statements(cursor, variables, depth + 1)?;
        branches.push(Branch { condition: Expression::Operation(Vec::new()), guard, body });
        if cursor.eat(&["ELSEIF"]) {
            continue;
        }
        if cursor.eat(&["ELSE"]) {
            otherwise = statements(cursor, variables, depth + 1)?;
        }
        return cursor.eat(&["END", "IF"]).then_some(BlockStatement::If { branches, otherwise });
    }
}

/// What a condition asks of `information_schema`.
fn guard(mut asked: Cursor<'_>) -> Guard {
    let negated = asked.eat(&["NOT"]);
    let guard = if asked.eat(&["EXISTS"]) {
        match asked.parenthesised() {
            Some(inside) if asked.is_at_end() => exists(inside),
            _ => return Guard::Unknown,
        }
    } else {
        match asked.parenthesised() {
            Some(inside) if asked.is_at_end() => guard(inside),
            Some(inside) if inside.is("SELECT") => counted(inside, &mut asked),
            _ => return Guard::Unknown,
        }
    };
    if negated { Guard::Not(Box::new(guard)) } else { guard }
}

/// `(SELECT COUNT(*) …) = 0` and its like.
fn counted(inside: Cursor<'_>, rest: &mut Cursor<'_>) -> Guard {
    let mut words = inside;
    words.skip();
    if !words.is("COUNT") {
        return Guard::Unknown;
    }
    let (_, compared) = rest.rest();
    let compared: String = compared.split_whitespace().collect();
    match compared.as_str() {
        "=0" | "<1" | "<=0" => Guard::Not(Box::new(exists(inside))),
        ">0" | ">=1" | "<>0" | "!=0" | "=1" => exists(inside),
        _ => Guard::Unknown,
    }
}

/// The object that a query of `information_schema` looks for.
fn exists(mut query: Cursor<'_>) -> Guard {
    while !query.is_at_end() && !query.is("FROM") {
        query.skip();
    }
    query.eat(&["FROM"]);
    let Some(view) = query.qualified() else { return Guard::Unknown };
    let is_catalog = view
        .schema
        .as_ref()
        .is_some_and(|schema| schema.text.eq_ignore_ascii_case("information_schema"));
    if !is_catalog || !query.eat(&["WHERE"]) {
        return Guard::Unknown;
    }
    let Some((table, column)) = asked_names(query) else { return Guard::Unknown };
    let object = |kind, name: String, on| {
        Guard::Exists(GuardedObject { kind, schema: None, name, on, is_exact: true, on_path: true })
    };
    match (view.name.text.to_ascii_lowercase().as_str(), table, column) {
        ("tables", Some(table), None) => object(ObjectKind::Relation, table, None),
        ("columns", Some(table), Some(column)) => {
            object(ObjectKind::Column, column.to_lowercase(), Some(table))
        }
        _ => Guard::Unknown,
    }
}

/// The table and column that `name = 'value' AND …` fixes; `None` where more is asked.
fn asked_names(mut conditions: Cursor<'_>) -> Option<(Option<String>, Option<String>)> {
    let (mut table, mut column) = (None, None);
    loop {
        let mut name = conditions.qualified()?.name;
        // A qualifier of its own, where the view has an alias.
        name.text = name.text.to_ascii_lowercase().into();
        if !conditions.eat_mark("=") {
            return None;
        }
        let value = conditions.peek();
        let text = value.trim_matches(['\'', '"']).to_owned();
        let is_text = conditions.eat_string();
        match &*name.text {
            "table_schema" | "constraint_schema" => {
                if !is_text {
                    conditions.skip();
                    conditions.parenthesised();
                }
            }
            "table_name" if is_text => table = Some(text),
            "column_name" if is_text => column = Some(text),
            _ => return None,
        }
        if conditions.is_at_end() {
            return Some((table, column));
        }
        if !conditions.eat(&["AND"]) {
            return None;
        }
    }
}

/// Routines are compared without regard to case.
pub(super) fn routine_name(cursor: &mut Cursor<'_>) -> Option<QualifiedName> {
    let name = cursor.qualified()?;
    Some(QualifiedName { schema: name.schema, name: fold(name.name) })
}

/// A routine by its name: neither its arguments nor its body are looked at before it runs.
pub(super) fn create_routine(
    cursor: &Cursor<'_>,
    name: QualifiedName,
    kind: ObjectKind,
    replace: bool,
) -> StatementKind {
    let (_, body) = cursor.rest();
    // Its parameters are read with the body.
    let code = Code { text: body.to_owned(), parameters: Vec::new(), is_sql: false, offset: None };
    let any = TypeName {
        name: QualifiedName::bare(Name::new("any", name.place())),
        is_array: false,
        written: "any".into(),
        is_borrowed: true,
    };
    let parameter =
        Parameter { name: None, mode: ParameterMode::Variadic, type_name: any, default: None };
    StatementKind::CreateFunction(Box::new(CreateFunction {
        kind,
        name,
        replace,
        parameters: vec![parameter],
        returns: None,
        parts: Vec::new(),
        body: FunctionBody::Procedural(Arc::new(code)),
    }))
}

/// `CALL name(…)`, which may be told by strings what to change.
pub(super) fn call(cursor: &Cursor<'_>, name: QualifiedName) -> StatementKind {
    let place = cursor.source.origin.place(0, cursor.source.text.len());
    let arguments = Box::new(Query::of(QueryBody::Unknown));
    let call = StatementKind::Call { name, arguments };
    let (_, text) = cursor.rest();
    if !text.contains(['\'', '"', '@']) {
        return call;
    }
    let told =
        BlockStatement::Unknown { what: "CALL".into(), mentions: Some(super::mentions(text)) };
    let call = BlockStatement::Sql(Statement { place, kind: call });
    StatementKind::Block(Box::new(Block { statements: vec![call, told], ..Block::default() }))
}
