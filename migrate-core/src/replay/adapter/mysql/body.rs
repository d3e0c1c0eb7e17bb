//! Bodies of routines, which are read when they are called.
//!
//! Blocks, conditions, loops and plain statements are followed, and the values of variables with
//! them. Where a handler goes on after an error, each statement may have run or not.

use super::cursor::{Cursor, Source};
use super::dynamic::told;
use super::variable::{assignments, fetched, set, variable_or};
use crate::database::Database;
use crate::replay::adapter::{Origin, is_too_deep};
use crate::replay::model::{
    Block, BlockStatement, Branch, Expression, Guard, Name, SetVariable, Statement, StatementKind,
    Text,
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
    let mut names = parameters(&mut cursor)?;
    let header = cursor;
    while !cursor.is_at_end() && !cursor.is("BEGIN") {
        cursor.skip();
    }
    // `label: BEGIN`, or one statement without a block.
    if cursor.is_at_end() {
        cursor = header;
        while is_characteristic(&mut cursor) {}
        let statements = vec![plain(&mut cursor, &names)?];
        return Some(Block { variables: names, statements, ..Block::default() });
    }
    cursor.eat(&["BEGIN"]);
    let statements = statements(&mut cursor, &mut names, 0)?;
    Some(Block { variables: names, statements, ..Block::default() })
}

/// The names between the parentheses that come next.
pub(super) fn parameters(cursor: &mut Cursor<'_>) -> Option<Vec<Name>> {
    let mut names = Vec::new();
    for mut parameter in cursor.parenthesised()?.items() {
        parameter.eat_any(&["IN", "OUT", "INOUT"]);
        names.push(parameter.folded()?);
    }
    Some(names)
}

/// Passes a word between the parameters and a body.
fn is_characteristic(cursor: &mut Cursor<'_>) -> bool {
    if cursor.eat(&["COMMENT"]) {
        return cursor.eat_string();
    }
    let words = [
        "NOT",
        "DETERMINISTIC",
        "CONTAINS",
        "NO",
        "READS",
        "MODIFIES",
        "SQL",
        "DATA",
        "SECURITY",
        "DEFINER",
        "INVOKER",
        "LANGUAGE",
    ];
    cursor.eat_any(&words)
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
    let mut goes_on = false;
    loop {
        while cursor.peek_kind() == Some(TokenKind::Semicolon) {
            cursor.skip();
        }
        if cursor.is_at_end() || cursor.is_any(&["END", "ELSE", "ELSEIF", "UNTIL", "WHEN"]) {
            return Some(if goes_on { each_perhaps(found) } else { found });
        }
        let label = label(cursor);
        if cursor.eat(&["BEGIN"]) {
            cursor.eat(&["NOT", "ATOMIC"]);
            let statements = statements(cursor, variables, depth + 1)?;
            if !cursor.eat(&["END"]) {
                return None;
            }
            found.push(BlockStatement::Block(Block { statements, ..Block::default() }));
        } else if cursor.eat(&["IF"]) {
            found.push(condition(cursor, variables, depth)?);
        } else if cursor.eat(&["CASE"]) {
            found.push(case(cursor, variables, depth)?);
        } else if cursor.is_any(&["LOOP", "WHILE", "REPEAT"]) {
            found.push(repeated(cursor, variables, depth)?);
        } else if cursor.eat(&["DECLARE"]) {
            match declare(cursor, variables, depth)? {
                Declared::Variables(set) if set.is_empty() => {}
                Declared::Variables(set) => found.push(sets(cursor, set)),
                Declared::Handler { catches } => goes_on |= catches,
            }
        } else {
            found.push(plain(cursor, variables)?);
        }
        if label {
            // `END LOOP label`.
            let mut ahead = *cursor;
            if ahead.folded().is_some()
                && (ahead.is_at_end() || ahead.peek_kind() == Some(TokenKind::Semicolon))
            {
                *cursor = ahead;
            }
        }
    }
}

/// Passes `label:`.
fn label(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    let found = ahead.folded().is_some() && ahead.eat_mark(":");
    if found {
        *cursor = ahead;
    }
    found
}

/// Statements that an error skips, each on its own or with all that follow.
fn each_perhaps(statements: Vec<BlockStatement>) -> Vec<BlockStatement> {
    let perhaps = |statement| match statement {
        BlockStatement::Sql(Statement { kind: StatementKind::SetVariables(_), .. }) => statement,
        statement => {
            let condition = Expression::Operation(Vec::new());
            let branch = Branch { condition, guard: Guard::Unknown, body: vec![statement] };
            BlockStatement::If { branches: vec![branch], otherwise: Vec::new() }
        }
    };
    statements.into_iter().map(perhaps).collect()
}

/// What a `DECLARE` makes.
enum Declared {
    Variables(Vec<SetVariable>),
    /// Code for a condition; `catches` says whether that may be an error of a statement.
    Handler {
        catches: bool,
    },
}

fn declare(cursor: &mut Cursor<'_>, variables: &mut Vec<Name>, depth: usize) -> Option<Declared> {
    if cursor.eat_any(&["CONTINUE", "EXIT", "UNDO"]) {
        let start = *cursor;
        while !cursor.is_at_end()
            && !cursor.is_any(&["BEGIN", "SET", "ROLLBACK", "RESIGNAL", "SELECT", "INSERT"])
            && cursor.peek_kind() != Some(TokenKind::Semicolon)
        {
            cursor.advance();
        }
        let mut asked = start.up_to(cursor);
        let mut catches = false;
        asked.eat(&["HANDLER"]);
        asked.eat(&["FOR"]);
        for mut condition in asked.items() {
            // `NOT FOUND` and warnings are no errors; other conditions may be.
            catches |= !(condition.eat(&["NOT", "FOUND"]) || condition.eat(&["SQLWARNING"]));
        }
        if cursor.eat(&["BEGIN"]) {
            let body = statements(cursor, variables, depth + 1)?;
            // What it changes happens at some time or not at all.
            let is_harmless = body.iter().all(|statement| {
                matches!(
                    statement,
                    BlockStatement::Raise
                        | BlockStatement::Leave
                        | BlockStatement::Sql(Statement {
                            kind: StatementKind::Nothing
                                | StatementKind::Query(_)
                                | StatementKind::EndTransaction
                                | StatementKind::SetVariables(_),
                            ..
                        })
                )
            });
            if !is_harmless || !cursor.eat(&["END"]) {
                return None;
            }
            return Some(Declared::Handler { catches });
        }
        let is_harmless = cursor.is_any(&["SET", "ROLLBACK", "RESIGNAL", "SELECT", "INSERT"]);
        let (_, _, body) = until(cursor, &[]);
        // A variable that it sets is set at some time or not at all.
        let forgotten = body.is("SET").then(|| {
            let mut body = body;
            body.eat(&["SET"]);
            assignments(&body, variables)
        });
        return match forgotten {
            _ if !is_harmless => None,
            Some(Some(names)) if !catches => {
                let unknown = names.into_iter().map(|name| set(name.name, ""));
                Some(Declared::Variables(unknown.collect()))
            }
            _ => Some(Declared::Handler { catches }),
        };
    }
    let (_, _, mut declared) = until(cursor, &[]);
    let mut names = vec![declared.folded()?];
    while declared.eat_mark(",") {
        names.push(declared.folded()?);
    }
    if declared.is_any(&["CURSOR", "CONDITION"]) {
        return Some(Declared::Variables(Vec::new()));
    }
    while !declared.is_at_end() && !declared.eat(&["DEFAULT"]) {
        declared.skip();
    }
    let (_, value) = if declared.is_at_end() { (0, "NULL") } else { declared.rest() };
    // One that hides another of its name is not told from it.
    if names.iter().any(|name| variables.iter().any(|known| known.text == name.text)) {
        return None;
    }
    let assigned = names.iter().map(|name| set(name.text.clone(), value)).collect();
    variables.extend(names);
    Some(Declared::Variables(assigned))
}

fn sets(cursor: &Cursor<'_>, variables: Vec<SetVariable>) -> BlockStatement {
    let kind = StatementKind::SetVariables(variables);
    BlockStatement::Sql(Statement { place: cursor.peek_place(), kind })
}

/// A statement that is no block.
fn plain(cursor: &mut Cursor<'_>, variables: &[Name]) -> Option<BlockStatement> {
    if cursor.is_any(&["SIGNAL", "RESIGNAL"]) {
        until(cursor, &[]);
        return Some(BlockStatement::Raise);
    }
    if cursor.is("RETURN") {
        until(cursor, &[]);
        return Some(BlockStatement::Leave);
    }
    // Which block or loop is left is not looked at: what follows runs, or it does not.
    if cursor.is_any(&["LEAVE", "ITERATE"]) {
        until(cursor, &[]);
        return Some(BlockStatement::MayLeave);
    }
    if cursor.is_any(&["OPEN", "CLOSE"]) {
        let (start, text, _) = until(cursor, &[]);
        let place = cursor.source.origin.place(start, start + text.len());
        return Some(BlockStatement::Sql(Statement { place, kind: StatementKind::Nothing }));
    }
    if cursor.is_any(&["FETCH", "GET"]) {
        let (_, _, mut rest) = until(cursor, &[]);
        let mut unknown = Vec::new();
        while !rest.is_at_end() {
            match variable_or(&mut rest, variables) {
                Some(name) => unknown.push(fetched(name)),
                None => rest.advance(),
            }
        }
        return Some(sets(cursor, unknown));
    }
    if !cursor.is_any(FOLLOWED) {
        return None;
    }
    let (start, text, statement) = until(cursor, &[]);
    let mut assigned = statement;
    if assigned.eat(&["SET"])
        && let Some(set) = assignments(&assigned, variables)
    {
        return Some(sets(&statement, set));
    }
    let origin = cursor.source.origin.part(start);
    if statement.is("SELECT")
        && let Some((query, set)) = selected_into(statement, variables)
    {
        let query = BlockStatement::Sql(super::parse(&query, &origin));
        let statements = vec![query, sets(&statement, set)];
        return Some(BlockStatement::Block(Block { statements, ..Block::default() }));
    }
    Some(BlockStatement::Sql(super::parse(text, &origin)))
}

/// First words of statements that are read as they are elsewhere.
const FOLLOWED: &[&str] = &[
    "ALTER",
    "CREATE",
    "DROP",
    "RENAME",
    "INSERT",
    "REPLACE",
    "UPDATE",
    "DELETE",
    "SELECT",
    "WITH",
    "SET",
    "CALL",
    "DO",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "TRUNCATE",
    "COMMIT",
    "ROLLBACK",
    "START",
    "ANALYZE",
    "OPTIMIZE",
];

/// `SELECT … INTO variable …`: the query without the variables, all bytes in their places, and
/// what they are set to.
fn selected_into(statement: Cursor<'_>, variables: &[Name]) -> Option<(String, Vec<SetVariable>)> {
    let text = statement.rest().1;
    let base = statement.offset();
    let mut cursor = statement;
    while !cursor.is_at_end() && !cursor.is("INTO") {
        cursor.skip();
    }
    let from = cursor.offset();
    if !cursor.eat(&["INTO"]) {
        return None;
    }
    let mut names = vec![variable_or(&mut cursor, variables)?];
    while cursor.eat_mark(",") {
        names.push(variable_or(&mut cursor, variables)?);
    }
    let length = cursor.passed(from).len();
    let (start, end) = (from.checked_sub(base)?, from.checked_sub(base)? + length);
    let query = format!("{}{}{}", text.get(..start)?, " ".repeat(length), text.get(end..)?);
    // Each of several is a column of its own, which only a query without rows tells apart.
    let sources: Vec<String> = match names.as_slice() {
        [_] => vec![format!("({query})")],
        _ => names.iter().map(|_| String::new()).collect(),
    };
    let set = names.into_iter().zip(sources).map(|(name, source)| set(name, &source)).collect();
    Some((query, set))
}

/// The text up to a semicolon or one of the words, which is not passed.
fn until<'t>(cursor: &mut Cursor<'t>, words: &[&str]) -> (usize, &'t str, Cursor<'t>) {
    let start = *cursor;
    while !cursor.is_at_end()
        && cursor.peek_kind() != Some(TokenKind::Semicolon)
        && !cursor.is_any(words)
    {
        cursor.skip();
    }
    let from = start.offset();
    (from, cursor.passed(from), start.up_to(cursor))
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
        let (_, asked, _) = until(cursor, &["THEN"]);
        if !cursor.eat(&["THEN"]) {
            return None;
        }
        let guard = Guard::Written(Text::from(asked));
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

/// `CASE [value] WHEN … THEN … [ELSE …] END CASE`.
fn case(
    cursor: &mut Cursor<'_>,
    variables: &mut Vec<Name>,
    depth: usize,
) -> Option<BlockStatement> {
    let (_, compared, _) = until(cursor, &["WHEN"]);
    let (mut branches, mut otherwise) = (Vec::new(), Vec::new());
    while cursor.eat(&["WHEN"]) {
        let (_, asked, _) = until(cursor, &["THEN"]);
        if !cursor.eat(&["THEN"]) {
            return None;
        }
        let asked =
            if compared.is_empty() { asked.to_owned() } else { format!("{compared} = {asked}") };
        let guard = Guard::Written(asked.into());
        let body = statements(cursor, variables, depth + 1)?;
        branches.push(Branch { condition: Expression::Operation(Vec::new()), guard, body });
    }
    if cursor.eat(&["ELSE"]) {
        otherwise = statements(cursor, variables, depth + 1)?;
    }
    cursor.eat(&["END", "CASE"]).then_some(BlockStatement::If { branches, otherwise })
}

/// `LOOP`, `WHILE` and `REPEAT`.
fn repeated(
    cursor: &mut Cursor<'_>,
    variables: &mut Vec<Name>,
    depth: usize,
) -> Option<BlockStatement> {
    let word = cursor.peek();
    cursor.advance();
    if word.eq_ignore_ascii_case("WHILE") {
        until(cursor, &["DO"]);
        if !cursor.eat(&["DO"]) {
            return None;
        }
    }
    let body = statements(cursor, variables, depth + 1)?;
    if cursor.eat(&["UNTIL"]) {
        until(cursor, &["END"]);
    }
    if !cursor.eat(&["END"]) || !cursor.is(word) {
        return None;
    }
    cursor.advance();
    Some(BlockStatement::Loop { query: None, bounds: Vec::new(), variables: Vec::new(), body })
}
