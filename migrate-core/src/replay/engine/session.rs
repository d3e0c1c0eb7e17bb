//! Variables of the session, and statements that are put together in them.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use crate::replay::adapter::{Origin, Variables, parse_all, value_of};
use crate::replay::model::{Guard, Place, Prepared, SetVariable, Text, Value};

/// What the session keeps until the file ends: the next one may have another.
#[derive(Debug)]
pub(super) struct Session {
    variables: Variables,
    /// Statements by their names, with the place of what they are made from.
    prepared: BTreeMap<Text, (Value, Place)>,
    /// What variables were ever told, which a text that is not known may be made of; `None` for
    /// everything, where they were made of rows.
    mentions: Option<BTreeSet<Text>>,
}

impl Default for Session {
    fn default() -> Self {
        Session {
            variables: Variables::default(),
            prepared: BTreeMap::new(),
            mentions: Some(BTreeSet::new()),
        }
    }
}

/// The names of both; everything where either is everything.
fn joined(known: Option<&BTreeSet<Text>>, more: Option<&[Text]>) -> Option<BTreeSet<Text>> {
    let mut all = known?.clone();
    all.extend(more?.iter().cloned());
    Some(all)
}

impl Engine {
    pub(super) fn set_variables(&mut self, variables: &[SetVariable]) {
        for variable in variables {
            let value = self.settled(&variable.source);
            // A number or another variable tells nothing new.
            let is_told = variable.source.contains(['\'', '"']);
            if is_told && (variable.mentions.is_some() || value.texts().is_none()) {
                self.mention(variable.mentions.as_deref());
            }
            if matches!(value, Value::Unknown) && is_told {
                self.unknown_text("SET @variable", variable.mentions.as_deref());
            }
            self.session.variables.insert(variable.name.clone(), value);
        }
    }

    pub(super) fn prepared(&mut self, prepared: &Prepared) {
        match prepared {
            Prepared::Make { name, source, place, mentions } => {
                let value = self.settled(source);
                if value.texts().is_none() {
                    self.unknown_text("EXECUTE", mentions.as_deref());
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
    fn unknown_text(&mut self, what: &str, mentions: Option<&[Text]>) {
        self.mark_opaque(what);
        let all = joined(self.session.mentions.as_ref(), mentions);
        let all: Option<Vec<_>> = all.map(|all| all.into_iter().collect());
        self.blur(all.as_deref());
    }

    /// Another session may follow, which knows none of the variables.
    pub(super) fn end_session(&mut self) {
        self.session.variables.clear();
        self.session.prepared.clear();
    }

    /// Code that was called may have set any variable.
    pub(super) fn forget_variables(&mut self) {
        self.session.variables.clear();
    }

    /// A value with all that is asked of the catalog answered as it is now.
    fn settled(&self, source: &str) -> Value {
        // Code that may not run sets what nobody knows.
        if self.suppressed > 0 {
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
