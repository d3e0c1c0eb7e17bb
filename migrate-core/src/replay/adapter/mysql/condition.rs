//! Conditions that ask the catalog or the values of variables.

use super::cursor::Cursor;
use super::variable::{DEEPEST, Reading, part};
use crate::replay::model::{Guard, GuardedObject, ObjectKind, Value};

/// How a list of conditions is one.
type Join = fn(Vec<Guard>) -> Guard;

/// Words between conditions, those that bind least first.
///
/// Source: `MySQL` 8.4 manual, "Operator Precedence".
const JOINS: [(&[&str], Join); 2] = [(&["OR"], Guard::Any), (&["AND"], Guard::All)];

/// Words that make `AND` or `OR` a part of something else.
const KEEPERS: [&str; 4] = ["BETWEEN", "CASE", "SELECT", "XOR"];

/// The conditions between the words, or all of it.
fn parts<'t>(asked: Cursor<'t>, words: &[&str]) -> Vec<Cursor<'t>> {
    let (mut found, mut ahead, mut start) = (Vec::new(), asked, asked);
    while !ahead.is_at_end() {
        if ahead.is_any(&KEEPERS) {
            return vec![asked];
        }
        if ahead.is_any(words) {
            found.push(start.up_to(&ahead));
            ahead.advance();
            start = ahead;
        } else {
            ahead.skip();
        }
    }
    found.push(start.up_to(&ahead));
    found
}

/// `=`, `<>` and their like; empty where none comes next.
fn operator(cursor: &mut Cursor<'_>) -> String {
    let mut found = String::new();
    while let mark @ ("=" | "<" | ">" | "!" | "<=" | ">=" | "<>" | "!=" | "<=>") = cursor.peek() {
        found.push_str(mark);
        cursor.advance();
    }
    found
}

/// Whether what is counted is there once or not at all: an index has a row for each column.
fn counts_once(guard: &Guard) -> bool {
    let once = [ObjectKind::Relation, ObjectKind::Column];
    matches!(guard, Guard::Exists(object) if once.contains(&object.kind))
}

impl Reading<'_> {
    pub(super) fn guard(
        &self,
        mut asked: Cursor<'_>,
        counted: Option<&Guard>,
        depth: usize,
    ) -> Guard {
        if depth > DEEPEST {
            return Guard::Unknown;
        }
        for (words, join) in JOINS {
            let parts = parts(asked, words);
            if parts.len() > 1 {
                return join(
                    parts.iter().map(|part| self.guard(*part, counted, depth + 1)).collect(),
                );
            }
        }
        if asked.eat(&["NOT"]) || asked.eat_mark("!") {
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
        if asked.eat(&["IS"]) {
            let negated = asked.eat(&["NOT"]);
            let is_null = asked.eat(&["NULL"]) && asked.is_at_end();
            return match value {
                Value::Null if is_null => Guard::Constant(!negated),
                Value::Text(_) | Value::Number(_) if is_null => Guard::Constant(negated),
                _ => Guard::Unknown,
            };
        }
        let operator = operator(&mut asked);
        if asked.is_at_end() {
            return match value {
                _ if !operator.is_empty() => Guard::Unknown,
                Value::Count(guard) => guard,
                Value::Number(number) => Guard::Constant(number != 0),
                _ => Guard::Unknown,
            };
        }
        match (value, self.whole(asked, counted, depth)) {
            (Value::Count(guard), Some(Value::Number(number))) => match (operator.as_str(), number)
            {
                ("=" | "<=", 0) | ("<", 1) => Guard::Not(Box::new(guard)),
                (">" | "<>" | "!=", 0) | (">=", 1) => guard,
                ("=", 1) if counts_once(&guard) => guard,
                ("<>" | "!=", 1) if counts_once(&guard) => Guard::Not(Box::new(guard)),
                _ => Guard::Unknown,
            },
            (Value::Number(number), Some(Value::Number(other))) => match operator.as_str() {
                "=" => Guard::Constant(number == other),
                "<" => Guard::Constant(number < other),
                "<=" => Guard::Constant(number <= other),
                ">" => Guard::Constant(number > other),
                ">=" => Guard::Constant(number >= other),
                "<>" | "!=" => Guard::Constant(number != other),
                _ => Guard::Unknown,
            },
            // How other texts compare is a matter of collation.
            (Value::Text(text), Some(Value::Text(other)))
                if text == other || text.is_empty() || other.is_empty() =>
            {
                // Trailing spaces count in some collations only.
                let is_blank = |text: &str| !text.is_empty() && text.trim().is_empty();
                match operator.as_str() {
                    _ if is_blank(&text) || is_blank(&other) => Guard::Unknown,
                    "=" => Guard::Constant(text == other),
                    "<>" | "!=" => Guard::Constant(text != other),
                    _ => Guard::Unknown,
                }
            }
            _ => Guard::Unknown,
        }
    }

    /// The object that a query of `information_schema` looks for.
    pub(super) fn exists(&self, mut query: Cursor<'_>) -> Guard {
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
        let name = condition.qualified()?;
        let is_bare = name.schema.is_none();
        let name = name.name.text.to_ascii_lowercase();
        // A variable of the code hides a column of its name.
        if is_bare && self.is_own(&name) {
            return None;
        }
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
