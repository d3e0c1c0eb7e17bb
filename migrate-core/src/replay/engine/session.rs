//! Variables of the session, and statements that are put together in them.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use crate::replay::adapter::{Origin, Variables, guard_of, mentions, parse_all, value_of};
use crate::replay::model::{
    BlockStatement, Guard, Made, ObjectKind, Place, Prepared, QualifiedName, SetVariable,
    Statement, StatementKind, Text, Value,
};
use crate::sql::has_word;

/// What the session keeps until the file ends: the next one may have another.
#[derive(Debug)]
pub(super) struct Session {
    variables: Variables,
    /// Statements by their names, with the place of what they are made from.
    prepared: BTreeMap<Text, (Value, Place)>,
    /// What variables were ever told, which a text that is not known may be made of; `None` for
    /// everything, where they were made of rows.
    mentions: Option<BTreeSet<Text>>,
    /// What the values of variables were made of, where that counts.
    made: BTreeMap<Text, Made>,
    /// Loops around the code that runs: what it sets it may set again, to something else.
    loops: usize,
}

impl Default for Session {
    fn default() -> Self {
        Session {
            loops: 0,
            variables: Variables::default(),
            prepared: BTreeMap::new(),
            mentions: Some(BTreeSet::new()),
            made: BTreeMap::new(),
        }
    }
}

/// The names of both; everything where either is everything.
fn joined(known: Option<&BTreeSet<Text>>, more: Option<&[Text]>) -> Option<BTreeSet<Text>> {
    let mut all = known?.clone();
    all.extend(more?.iter().cloned());
    Some(all)
}

/// The variables that code sets.
fn assigned(statements: &[BlockStatement], found: &mut Vec<Text>) {
    for statement in statements {
        match statement {
            BlockStatement::Sql(Statement { kind: StatementKind::SetVariables(set), .. }) => {
                found.extend(set.iter().map(|variable| variable.name.clone()));
            }
            BlockStatement::Sql(Statement { kind: StatementKind::Block(block), .. }) => {
                assigned(&block.statements, found);
            }
            BlockStatement::Block(block) => assigned(&block.statements, found),
            BlockStatement::If { branches, otherwise } => {
                for branch in branches {
                    assigned(&branch.body, found);
                }
                assigned(otherwise, found);
            }
            BlockStatement::Loop { body, .. } => assigned(body, found),
            _ => {}
        }
    }
}

impl Session {
    /// The variables as they are now.
    pub(super) fn kept(&self) -> Variables {
        self.variables.clone()
    }

    /// Sets the variables back; returns what they held.
    pub(super) fn restore(&mut self, variables: Variables) -> Variables {
        std::mem::replace(&mut self.variables, variables)
    }

    /// Each variable holds what it does now or what it held there.
    pub(super) fn merge(&mut self, other: Variables) {
        for (name, value) in &mut self.variables {
            match other.get(name) {
                Some(other) if other == value => {}
                Some(other) => {
                    let own = std::mem::replace(value, Value::Unknown);
                    *value = either(own, other.clone());
                }
                None => *value = Value::Unknown,
            }
        }
        for name in other.into_keys() {
            self.variables.entry(name).or_insert(Value::Unknown);
        }
    }

    /// Variables of code end with it.
    pub(super) fn end_block(&mut self) {
        self.variables.retain(|name, _| name.starts_with('@'));
        self.made.retain(|name, _| name.starts_with('@'));
    }

    /// What a value is made of, besides what itself says.
    fn made_of(&self, source: &str) -> Made {
        let is_in = |name: &Text| has_word(source, name.trim_start_matches('@'), 0);
        let parts = self.made.iter().filter(|(name, _)| is_in(name));
        parts.fold(Made::default(), |all, (_, made)| all.with(*made))
    }

    /// Says whether a variable is told a statement that may name anything.
    fn told(&mut self, name: &Text, made: Made) -> bool {
        if made == Made::default() {
            self.made.remove(name);
        } else {
            self.made.insert(name.clone(), made);
        }
        made.of_rows && made.of_statement
    }

    /// Says whether it is a loop of a session with variables, inside no other.
    pub(super) fn enter_loop(&mut self, body: &[BlockStatement]) -> bool {
        self.loops += 1;
        let mut names = Vec::new();
        assigned(body, &mut names);
        let has_variables = !names.is_empty() || !self.variables.is_empty();
        self.variables.extend(names.into_iter().map(|name| (name, Value::Unknown)));
        has_variables && self.loops == 1
    }

    pub(super) fn leave_loop(&mut self) {
        self.loops -= 1;
    }
}

/// More ways than these are not followed.
const MOST_WAYS: usize = 8;

fn either(one: Value, other: Value) -> Value {
    let value = Value::Choice(Guard::Unknown, Box::new(one), Box::new(other));
    match value.texts() {
        Some(texts) if texts.len() <= MOST_WAYS => value,
        _ => Value::Unknown,
    }
}

impl Engine {
    pub(super) fn read_guard(&self, text: &str) -> Guard {
        guard_of(text, self.database, &self.session.variables)
    }

    pub(super) fn set_variables(&mut self, variables: &[SetVariable]) {
        for variable in variables {
            let value = self.settled(&variable.source);
            let made = variable.made.with(self.session.made_of(&variable.source));
            if self.session.told(&variable.name, made) && value.texts().is_none() {
                self.mention(None);
            }
            // A number or another variable tells nothing new.
            let is_told = variable.source.contains(['\'', '"']);
            if is_told && (variable.mentions.is_some() || value.texts().is_none()) {
                self.mention(variable.mentions.as_deref());
            }
            self.session.variables.insert(variable.name.clone(), value);
        }
    }

    pub(super) fn prepared(&mut self, prepared: &Prepared) {
        match prepared {
            Prepared::Make { name, source, place, mentions } => {
                let value = self.settled(source);
                if value.texts().is_none() {
                    let is_open = self.session.made_of(source).of_rows && source.contains('\'');
                    let mentions = mentions.as_deref().filter(|_| !is_open);
                    self.unknown_text("EXECUTE", mentions);
                }
                self.session.prepared.insert(name.clone(), (value, *place));
            }
            Prepared::Run { name, mentions } => {
                let known = self.session.prepared.get(&name.text).cloned();
                match known {
                    Some((Value::Text(text), place)) => self.run_text(&text, place),
                    Some((value, place)) if value.texts().is_some() => {
                        self.mark_opaque("EXECUTE");
                        for text in value.texts().unwrap_or_default() {
                            self.perhaps(|engine| engine.run_text(&text, place));
                        }
                    }
                    _ => {
                        self.unknown_text("EXECUTE", mentions.as_deref());
                    }
                }
            }
        }
    }

    /// Remembers what later texts may be made of.
    fn mention(&mut self, mentions: Option<&[Text]>) {
        self.session.mentions = joined(self.session.mentions.as_ref(), mentions);
    }

    /// Something runs, or may be made to run, of which only some words are known.
    pub(super) fn unknown_text(&mut self, what: &str, mentions: Option<&[Text]>) {
        self.mark_opaque(what);
        let all = joined(self.session.mentions.as_ref(), mentions);
        let all: Option<Vec<_>> = all.map(|all| all.into_iter().collect());
        self.blur(all.as_deref());
    }

    /// Another session may follow, which knows none of the variables.
    pub(super) fn end_session(&mut self) {
        self.session.variables.clear();
        self.session.prepared.clear();
        self.session.made.clear();
    }

    /// Code that was called may have set any variable of the session.
    pub(super) fn forget_variables(&mut self) {
        self.session.variables.retain(|name, _| !name.starts_with('@'));
    }

    /// Runs the code of a procedure with what its arguments hold.
    pub(super) fn ran_procedure(&mut self, name: &QualifiedName, written: &[Text]) {
        let named = self.routines_named(name, ObjectKind::Procedure);
        let found = named
            .into_iter()
            .filter_map(|(key, function)| Some((key, function.id, function.code?)));
        let found: Vec<_> = found.collect();
        let [(key, id, code)] = found.as_slice() else {
            self.called_unknown(written);
            return;
        };
        let is_followed = code.parameters.len() == written.len();
        let values: Vec<Value> = written.iter().map(|argument| self.settled(argument)).collect();
        let mentions: Vec<Text> =
            written.iter().flat_map(|argument| mentions(argument, self.database)).collect();
        self.mention(Some(&mentions));
        // What its caller's variables hold is no matter of its own.
        let (outer, mut own): (Variables, Variables) = std::mem::take(&mut self.session.variables)
            .into_iter()
            .partition(|(name, _)| !name.starts_with('@'));
        for (parameter, argument) in code.parameters.iter().zip(written) {
            let made = self.session.made_of(argument);
            self.session.told(&Text::from(parameter.as_str()), made);
        }
        if is_followed {
            own.extend(code.parameters.iter().map(|name| Text::from(name.as_str())).zip(values));
        }
        self.session.variables = own;
        let ran = self.run_code(&(key.clone(), *id, name.place()), code, Vec::new(), true);
        self.session.variables.retain(|name, _| name.starts_with('@'));
        if !ran && code.text.contains('@') {
            self.forget_variables();
        }
        self.session.variables.extend(outer);
        // An argument may be for a result.
        for argument in written {
            let name = argument.trim().to_lowercase();
            if let Some(value) = self.session.variables.get_mut(name.as_str()) {
                *value = Value::Unknown;
            }
        }
    }

    /// Code that nobody knows may have been told by its arguments what to change.
    fn called_unknown(&mut self, written: &[Text]) {
        let is_told = self.session.mentions.as_ref().is_none_or(|known| !known.is_empty())
            || written.iter().any(|argument| argument.contains(['\'', '"', '@']));
        if is_told {
            let mentions: Vec<Text> =
                written.iter().flat_map(|argument| mentions(argument, self.database)).collect();
            self.unknown_text("CALL", Some(&mentions));
        }
        self.forget_variables();
    }

    /// A value with all that is asked of the catalog answered as it is now.
    fn settled(&self, source: &str) -> Value {
        if self.session.loops > 0 {
            return Value::Unknown;
        }
        self.answered(value_of(source, self.database, &self.session.variables))
    }

    fn answered(&self, value: Value) -> Value {
        match value {
            Value::Count(guard) => match self.answer(&guard) {
                Some(false) => Value::Number(0),
                // An index has a row for each of its columns.
                Some(true) => Value::Count(Guard::Constant(true)),
                None => Value::Count(Guard::Unknown),
            },
            Value::Choice(guard, yes, no) => match self.answer(&guard) {
                Some(true) => self.answered(*yes),
                Some(false) => self.answered(*no),
                None => {
                    let (yes, no) = (self.answered(*yes), self.answered(*no));
                    Value::Choice(Guard::Unknown, Box::new(yes), Box::new(no))
                }
            },
            other => other,
        }
    }

    fn run_text(&mut self, text: &str, place: Place) {
        let statements = parse_all(text, self.database, &Origin::within(place));
        self.unheard(|engine| {
            for statement in &statements {
                engine.statement(statement);
            }
        });
    }
}
