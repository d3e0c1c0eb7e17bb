//! Values that a session keeps by name between statements.

use super::{Guard, Name, Place, Text};

/// `SET @name = value`: the value is read when the statement runs, since it may name others.
#[derive(Debug, Clone)]
pub(crate) struct SetVariable {
    /// With its `@`; without one it belongs to the code that runs.
    pub(crate) name: Text,
    /// The value as it is written.
    pub(crate) source: Text,
    /// What has to be taken for touched where the value stays unknown; `None` for everything.
    pub(crate) mentions: Option<Vec<Text>>,
    pub(crate) made: Made,
}

/// What a value was made of, for all that can be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// Rows, which may hold any name.
    pub(crate) of_rows: bool,
    /// The beginning of a statement that changes the schema.
    pub(crate) of_statement: bool,
}

impl Made {
    pub(crate) fn with(self, other: Made) -> Made {
        Made {
            of_rows: self.of_rows || other.of_rows,
            of_statement: self.of_statement || other.of_statement,
        }
    }
}

/// `PREPARE name FROM …` and `EXECUTE name`.
#[derive(Debug, Clone)]
pub(crate) enum Prepared {
    Make { name: Text, source: Text, place: Place, mentions: Option<Vec<Text>> },
    Run { name: Name, mentions: Option<Vec<Text>> },
}

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Text(Text),
    Number(i64),
    /// How many objects there are: one where the guard holds.
    Count(Guard),
    /// The name of the current database.
    Database,
    Choice(Guard, Box<Value>, Box<Value>),
    Unknown,
}

impl Value {
    /// The texts that it may stand for; nothing where there may be others.
    pub(crate) fn texts(&self) -> Option<Vec<Text>> {
        match self {
            Value::Text(text) => Some(vec![text.clone()]),
            Value::Choice(_, yes, no) => {
                let mut texts = yes.texts()?;
                texts.extend(no.texts()?);
                Some(texts)
            }
            Value::Null | Value::Number(_) | Value::Count(_) | Value::Database | Value::Unknown => {
                None
            }
        }
    }
}
