//! Values of session variables, as far as the catalog can tell them.
//!
//! Migrations that must run twice put a statement together in a variable, by a question to
//! `information_schema`, and execute it: `SET @s = (SELECT IF(COUNT(*) = 0, 'ALTER …', …) FROM …)`.

use super::cursor::{Cursor, Source};
use crate::replay::adapter::{Origin, Variables};
use crate::replay::model::{Guard, Name, SetVariable, Text, Value};
use crate::sql::TokenKind;

/// Deeper values are unknown.
pub(super) const DEEPEST: usize = 40;

/// Reads a value that stands between `=` and the next comma.
pub(crate) fn value_of(text: &str, variables: &Variables) -> Value {
    read(text, |cursor| Reading { variables }.whole(cursor, None, 0)).unwrap_or(Value::Unknown)
}

/// Reads a condition.
pub(crate) fn guard_of(text: &str, variables: &Variables) -> Guard {
    read(text, |cursor| Reading { variables }.guard(cursor, None, 0))
}

fn read<T>(text: &str, read: impl FnOnce(Cursor<'_>) -> T) -> T {
    let origin = Origin::at(0);
    read(Cursor::new(Source { text, origin: &origin }, &super::tokens(text)))
}

/// The variables that a `SET` sets, beside settings of the server or alone; `own` are those of the
/// code.
pub(super) fn assignments(cursor: &Cursor<'_>, own: &[Name]) -> Option<Vec<SetVariable>> {
    let mut found = Vec::new();
    for mut item in cursor.items() {
        let Some(name) = variable_or(&mut item, own) else { continue };
        while item.eat_mark(":") || item.eat_mark("=") || item.eat_mark(":=") {}
        let (_, source) = item.rest();
        found.push(set(name, source));
    }
    (!found.is_empty()).then_some(found)
}

pub(super) fn set(name: Text, source: &str) -> SetVariable {
    let (mentions, made) = (super::dynamic::told(source), super::dynamic::made(source));
    SetVariable { name, source: source.into(), mentions, made }
}

/// A variable that a row of a query is read into.
pub(super) fn fetched(name: Text) -> SetVariable {
    let mut unknown = set(name, "");
    unknown.made.of_rows = true;
    unknown
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
    let reads_rows = super::dynamic::made(text).of_rows;
    let unknown = |name| if reads_rows { fetched(name) } else { set(name, "") };
    (names.into_iter().map(unknown).collect(), None)
}

/// `@name`, or a variable of the code.
pub(super) fn variable_or(cursor: &mut Cursor<'_>, own: &[Name]) -> Option<Text> {
    if let Some(name) = variable(cursor) {
        return Some(name);
    }
    let mut ahead = *cursor;
    let name = ahead.folded()?.text;
    if !own.iter().any(|own| own.text == name) || ahead.is_mark(".") {
        return None;
    }
    *cursor = ahead;
    Some(name)
}

/// `@name`, whose name keeps its `@`.
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
    (!name.is_empty()).then(|| format!("@{name}").into())
}

/// Values and conditions, where the variables hold what they do now.
pub(super) struct Reading<'v> {
    pub(super) variables: &'v Variables,
}

impl Reading<'_> {
    /// A value that fills all of the cursor; `counted` is what `COUNT(*)` stands for.
    pub(super) fn whole(
        &self,
        mut cursor: Cursor<'_>,
        counted: Option<&Guard>,
        depth: usize,
    ) -> Option<Value> {
        let value = self.value(&mut cursor, counted, depth)?;
        cursor.is_at_end().then_some(value)
    }

    /// Whether a name that nothing qualifies is that of a variable of the code, which hides columns.
    pub(super) fn is_own(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// A variable of the code.
    fn own(&self, cursor: &mut Cursor<'_>) -> Option<Value> {
        let mut ahead = *cursor;
        let name = ahead.folded().filter(|_| cursor.peek_kind() != Some(TokenKind::String))?;
        if ahead.is_mark("(") || ahead.is_mark(".") {
            return None;
        }
        let value = self.variables.get(&name.text).cloned()?;
        *cursor = ahead;
        Some(value)
    }

    pub(super) fn value(
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
        if let Some(value) = self.own(cursor) {
            return Some(value);
        }
        if let Some(value) = constant(cursor) {
            return Some(value);
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
            let items = cursor.parenthesised()?.items();
            let parts = items.into_iter().map(|item| self.whole(item, counted, depth));
            return joined(parts.collect::<Option<Vec<_>>>()?);
        }
        if cursor.is_any(&["IFNULL", "COALESCE"]) {
            cursor.advance();
            for item in cursor.parenthesised()?.items() {
                let value = self.whole(item, counted, depth)?;
                match value {
                    Value::Null => {}
                    Value::Text(_) | Value::Number(_) => return Some(value),
                    _ => return None,
                }
            }
            return Some(Value::Null);
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
}

/// What comes before one of the words, which is not passed.
pub(super) fn part<'t>(cursor: &mut Cursor<'t>, words: &[&str]) -> Option<Cursor<'t>> {
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

/// `NULL`, `TRUE` and `FALSE`.
fn constant(cursor: &mut Cursor<'_>) -> Option<Value> {
    let value = match () {
        () if cursor.is("NULL") => Value::Null,
        () if cursor.is("TRUE") => Value::Number(1),
        () if cursor.is("FALSE") => Value::Number(0),
        () => return None,
    };
    cursor.advance();
    Some(value)
}

/// Stands for the name of the current database while a text is put together.
const DATABASE: &str = "\u{1}";

/// What `CONCAT` makes of its arguments: nothing where one is `NULL`.
///
/// The name of the current database is not known, but what it qualifies is the same without it.
fn joined(parts: Vec<Value>) -> Option<Value> {
    let mut joined = String::new();
    for part in parts {
        match part {
            Value::Text(text) => joined.push_str(&text),
            Value::Number(number) => joined.push_str(&number.to_string()),
            Value::Database => joined.push_str(DATABASE),
            Value::Null => return Some(Value::Null),
            _ => return None,
        }
    }
    let plain = joined.replace(&format!("`{DATABASE}`."), "").replace(&format!("{DATABASE}."), "");
    (!plain.contains(DATABASE)).then(|| Value::Text(plain.into()))
}

/// The text that literals beside each other stand for; nothing where that depends on the session.
fn text(cursor: &mut Cursor<'_>) -> Option<String> {
    let mut joined = String::new();
    while cursor.peek_kind() == Some(TokenKind::String) {
        let literal = cursor.peek();
        let quote = literal.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        joined
            .push_str(&unescaped(&inner.replace(&format!("{quote}{quote}"), &quote.to_string()))?);
        cursor.advance();
    }
    Some(joined)
}

/// Quotes and backslashes after a backslash; nothing where another escape is used.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        plain.push(letters.next().filter(|next| matches!(next, '\'' | '"' | '\\'))?);
    }
    Some(plain)
}
