//! Values of session variables, as far as the catalog can tell them.
//!
//! Migrations that must run twice put a statement together in a variable, by a question to
//! `information_schema`, and execute it: `SET @s = (SELECT IF(COUNT(*) = 0, 'ALTER …', …) FROM …)`.

use super::cursor::{Cursor, Source};
use crate::database::Database;
use crate::replay::adapter::{Origin, Variables};
use crate::replay::model::{Guard, GuardedObject, ObjectKind, SetVariable, Text, Value};
use crate::sql::{Lexer, TokenKind};

/// Deeper values are unknown.
const DEEPEST: usize = 40;

/// Reads a value that stands between `=` and the next comma.
pub(crate) fn value_of(text: &str, variables: &Variables) -> Value {
    let origin = Origin::at(0);
    let tokens: Vec<_> =
        Lexer::new(text, Database::Mysql).filter(|token| token.kind.is_significant()).collect();
    let cursor = Cursor::new(Source { text, origin: &origin }, &tokens);
    Reading { variables }.whole(cursor, None, 0).unwrap_or(Value::Unknown)
}

/// The variables that a `SET` sets, where it sets nothing else.
pub(super) fn assignments(cursor: &Cursor<'_>) -> Option<Vec<SetVariable>> {
    let mut found = Vec::new();
    for mut item in cursor.items() {
        let name = variable(&mut item)?;
        while item.eat_mark(":") || item.eat_mark("=") || item.eat_mark(":=") {}
        let (_, source) = item.rest();
        found.push(set(name, source));
    }
    (!found.is_empty()).then_some(found)
}

fn set(name: Text, source: &str) -> SetVariable {
    SetVariable { name, source: source.into(), mentions: super::dynamic::told(source) }
}

/// The variables that another statement sets on its way, with `INTO @name` or `@name := …`; and
/// the query without the first, with all bytes in their places.
pub(super) fn set_aside(start: Cursor<'_>) -> (Vec<SetVariable>, Option<String>) {
    let text = start.source.text;
    if !text.contains('@') || start.is("SET") {
        return (Vec::new(), None);
    }
    let (mut cursor, mut names) = (start, Vec::new());
    let (mut sets, mut into) = (false, None);
    while !cursor.is_at_end() {
        let from = cursor.offset();
        let is_into = cursor.eat(&["INTO"]);
        if let Some(name) = variable(&mut cursor) {
            if is_into {
                into = Some((from, from + cursor.passed(from).len()));
            }
            names.push(name);
            sets |= is_into || cursor.is_mark(":=") || cursor.is_mark(":");
        } else if !is_into {
            cursor.advance();
        }
    }
    if !sets {
        return (Vec::new(), None);
    }
    if let (Some((from, to)), [name], true) = (into, names.as_slice(), start.is("SELECT")) {
        let query = format!("{}{}{}", &text[..from], " ".repeat(to - from), &text[to..]);
        return (vec![set(name.clone(), &format!("({query})"))], Some(query));
    }
    (names.into_iter().map(|name| set(name, "")).collect(), None)
}

/// `@name`.
pub(super) fn variable(cursor: &mut Cursor<'_>) -> Option<Text> {
    let mut ahead = *cursor;
    let word = ahead.peek();
    let name = if word.len() > 1 && word.starts_with('@') && !word.starts_with("@@") {
        ahead.advance();
        word[1..].to_ascii_lowercase()
    } else if ahead.eat_mark("@") {
        let name = ahead.peek().trim_matches(['`', '\'', '"']).to_ascii_lowercase();
        ahead.advance();
        name
    } else {
        return None;
    };
    let name = name.trim_matches(['`', '\'', '"']).to_owned();
    *cursor = ahead;
    (!name.is_empty()).then(|| name.into())
}

struct Reading<'v> {
    variables: &'v Variables,
}

impl Reading<'_> {
    /// A value that fills all of the cursor; `counted` is what `COUNT(*)` stands for.
    fn whole(
        &self,
        mut cursor: Cursor<'_>,
        counted: Option<&Guard>,
        depth: usize,
    ) -> Option<Value> {
        let value = self.value(&mut cursor, counted, depth)?;
        cursor.is_at_end().then_some(value)
    }

    fn value(
        &self,
        cursor: &mut Cursor<'_>,
        counted: Option<&Guard>,
        depth: usize,
    ) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let depth = depth + 1;
        if cursor.peek_kind() == Some(TokenKind::String) {
            return text(cursor).map(|text| Value::Text(text.into()));
        }
        if cursor.peek_kind() == Some(TokenKind::Number) {
            let number = cursor.peek().parse().ok()?;
            cursor.advance();
            return Some(Value::Number(number));
        }
        if let Some(name) = variable(cursor) {
            return self.variables.get(&name).cloned();
        }
        if cursor.is_mark("(") {
            let inside = cursor.parenthesised()?;
            return if inside.is("SELECT") {
                self.selected(inside, depth)
            } else {
                self.whole(inside, counted, depth)
            };
        }
        if cursor.eat(&["CASE"]) {
            return self.case(cursor, counted, depth);
        }
        if cursor.is_any(&["DATABASE", "SCHEMA"]) {
            cursor.advance();
            return cursor.parenthesised()?.is_at_end().then_some(Value::Database);
        }
        if cursor.eat(&["COUNT"]) {
            cursor.parenthesised()?;
            return Some(Value::Count(counted?.clone()));
        }
        if cursor.eat(&["CONCAT"]) {
            let mut joined = String::new();
            for item in cursor.parenthesised()?.items() {
                match self.whole(item, counted, depth)? {
                    Value::Text(text) => joined.push_str(&text),
                    Value::Number(number) => joined.push_str(&number.to_string()),
                    _ => return None,
                }
            }
            return Some(Value::Text(joined.into()));
        }
        if cursor.eat(&["IF"]) {
            let items = cursor.parenthesised()?.items();
            let [asked, yes, no] = items.as_slice() else { return None };
            let guard = self.guard(*asked, counted, depth);
            let yes = Box::new(self.whole(*yes, counted, depth)?);
            return Some(Value::Choice(guard, yes, Box::new(self.whole(*no, counted, depth)?)));
        }
        None
    }

    /// `CASE WHEN … THEN … ELSE … END`.
    fn case(
        &self,
        cursor: &mut Cursor<'_>,
        counted: Option<&Guard>,
        depth: usize,
    ) -> Option<Value> {
        if !cursor.eat(&["WHEN"]) {
            return None;
        }
        let asked = part(cursor, &["THEN"])?;
        let guard = self.guard(asked, counted, depth);
        let yes = Box::new(self.whole(part(cursor, &["WHEN", "ELSE"])?, counted, depth)?);
        let no = if cursor.is("WHEN") {
            self.case(cursor, counted, depth + 1).filter(|_| depth < DEEPEST)?
        } else {
            cursor.advance();
            let no = self.whole(part(cursor, &["END"])?, counted, depth)?;
            cursor.advance();
            no
        };
        Some(Value::Choice(guard, yes, Box::new(no)))
    }

    /// What a query makes, of one row and one column.
    fn selected(&self, mut query: Cursor<'_>, depth: usize) -> Option<Value> {
        query.eat(&["SELECT"]);
        let start = query;
        while !query.is_at_end() && !query.is("FROM") {
            query.skip();
        }
        let result = start.up_to(&query);
        let counted = query.is("FROM").then(|| self.exists(query));
        // Without a count there may be no row, or several.
        if counted.is_some() && !counts(result) {
            return None;
        }
        self.whole(result, counted.as_ref(), depth)
    }

    fn guard(&self, mut asked: Cursor<'_>, counted: Option<&Guard>, depth: usize) -> Guard {
        if depth > DEEPEST {
            return Guard::Unknown;
        }
        if asked.eat(&["NOT"]) {
            return Guard::Not(Box::new(self.guard(asked, counted, depth + 1)));
        }
        if asked.eat(&["EXISTS"]) {
            let inside = asked.parenthesised().filter(|_| asked.is_at_end());
            return inside.map_or(Guard::Unknown, |inside| self.exists(inside));
        }
        let mut ahead = asked;
        if let Some(inside) = ahead.parenthesised()
            && ahead.is_at_end()
            && !inside.is("SELECT")
        {
            return self.guard(inside, counted, depth + 1);
        }
        let Some(value) = self.value(&mut asked, counted, depth) else { return Guard::Unknown };
        let (_, compared) = asked.rest();
        let compared: String = compared.split_whitespace().collect();
        match value {
            Value::Count(guard) => match compared.as_str() {
                "=0" | "<1" | "<=0" => Guard::Not(Box::new(guard)),
                "" | ">0" | ">=1" | "<>0" | "!=0" => guard,
                _ => Guard::Unknown,
            },
            Value::Number(number) => {
                let digits = compared.trim_start_matches(['=', '<', '>', '!']);
                let Ok(other) = digits.parse::<i64>() else {
                    return if compared.is_empty() {
                        Guard::Constant(number != 0)
                    } else {
                        Guard::Unknown
                    };
                };
                match &compared[..compared.len() - digits.len()] {
                    "=" => Guard::Constant(number == other),
                    "<" => Guard::Constant(number < other),
                    "<=" => Guard::Constant(number <= other),
                    ">" => Guard::Constant(number > other),
                    ">=" => Guard::Constant(number >= other),
                    "<>" | "!=" => Guard::Constant(number != other),
                    _ => Guard::Unknown,
                }
            }
            _ => Guard::Unknown,
        }
    }

    /// The object that a query of `information_schema` looks for.
    fn exists(&self, mut query: Cursor<'_>) -> Guard {
        while !query.is_at_end() && !query.is("FROM") {
            query.skip();
        }
        query.eat(&["FROM"]);
        let Some(view) = query.qualified() else { return Guard::Unknown };
        let of_catalog = view
            .schema
            .as_ref()
            .is_some_and(|schema| schema.text.eq_ignore_ascii_case("information_schema"));
        // `FROM information_schema.columns AS c`.
        query.eat(&["AS"]);
        if !query.is("WHERE") {
            query.name();
        }
        if !of_catalog || !query.eat(&["WHERE"]) {
            return Guard::Unknown;
        }
        let Some(asked) = self.asked(query).filter(|asked| asked.is_here) else {
            return Guard::Unknown;
        };
        let view = view.name.text.to_ascii_lowercase();
        let (kind, name) = match (view.as_str(), &asked.column, &asked.index, &asked.constraint) {
            ("tables", None, None, None) => (ObjectKind::Relation, asked.table.clone()),
            ("columns", Some(_), None, None) => (ObjectKind::Column, asked.column),
            ("statistics", None, Some(_), None) => (ObjectKind::Index, asked.index),
            (
                "table_constraints" | "key_column_usage" | "referential_constraints",
                None,
                None,
                Some(_),
            ) => (ObjectKind::Constraint, asked.constraint),
            _ => return Guard::Unknown,
        };
        let Some(name) = name else { return Guard::Unknown };
        let (name, on) = match kind {
            ObjectKind::Relation => (name, None),
            _ => (name.to_lowercase(), asked.table),
        };
        if kind != ObjectKind::Relation && on.is_none() {
            return Guard::Unknown;
        }
        let is_exact = asked.is_exact;
        Guard::Exists(GuardedObject { kind, schema: None, name, on, is_exact, on_path: true })
    }

    /// The names that `name = 'value' AND …` fixes; nothing where more is asked.
    fn asked(&self, conditions: Cursor<'_>) -> Option<Asked> {
        let mut asked = Asked { is_exact: true, ..Asked::default() };
        let mut conditions = conditions;
        loop {
            let condition = part(&mut conditions, &["AND", "LIMIT"])?;
            self.condition(condition, &mut asked)?;
            if conditions.is_at_end() || conditions.is("LIMIT") {
                return Some(asked);
            }
            conditions.advance();
        }
    }

    fn condition(&self, mut condition: Cursor<'_>, asked: &mut Asked) -> Option<()> {
        let mut ahead = condition;
        if let Some(inside) = ahead.parenthesised()
            && ahead.is_at_end()
        {
            condition = inside;
        }
        let name = condition.qualified()?.name.text.to_ascii_lowercase();
        if !condition.eat_mark("=") {
            return None;
        }
        let value = self.whole(condition, None, 0)?;
        let text = match &value {
            Value::Text(text) => Some(text.to_string()),
            _ => None,
        };
        match name.as_str() {
            // Another database is not known.
            "table_schema" | "constraint_schema" | "index_schema" => {
                asked.is_here = true;
                return matches!(value, Value::Database).then_some(());
            }
            "table_name" => asked.table = Some(text?),
            "column_name" => asked.column = Some(text?),
            "index_name" => asked.index = Some(text?),
            "constraint_name" => asked.constraint = Some(text?),
            "constraint_type" | "data_type" | "column_type" | "is_nullable" | "table_type" => {
                asked.is_exact = false;
            }
            _ => return None,
        }
        Some(())
    }
}

/// What a query of `information_schema` asks for.
#[derive(Default)]
struct Asked {
    table: Option<String>,
    column: Option<String>,
    index: Option<String>,
    constraint: Option<String>,
    /// The current database is meant.
    is_here: bool,
    /// Nothing else is asked.
    is_exact: bool,
}

/// What comes before one of the words, which is not passed.
fn part<'t>(cursor: &mut Cursor<'t>, words: &[&str]) -> Option<Cursor<'t>> {
    let start = *cursor;
    while !cursor.is_at_end() && !cursor.is_any(words) {
        cursor.skip();
    }
    let found = start.up_to(cursor);
    (!found.is_at_end()).then_some(found)
}

/// Whether `COUNT` is called, so that there is one row whatever is found.
fn counts(mut result: Cursor<'_>) -> bool {
    while !result.is_at_end() {
        if result.is("COUNT") {
            return true;
        }
        result.advance();
    }
    false
}

/// The text that literals beside each other stand for; nothing where that depends on the session.
fn text(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut joined = String::new();
    while cursor.peek_kind() == Some(TokenKind::String) {
        let literal = cursor.peek();
        let quote = literal.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        if inner.contains('\\') {
            return None;
        }
        joined.push_str(&inner.replace(&format!("{quote}{quote}"), &quote.to_string()));
        cursor.advance();
    }
    Some(joined)
}
