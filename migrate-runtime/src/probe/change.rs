//! What a statement changes, as far as a look at the server can show it.

mod alter;

use migrate_core::database::Database;

use crate::phrase::{Name, Phrase};
use alter::alter_table;

/// What a statement changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// It can simply be run again, whether or not it took effect.
    Again,
    /// It takes all of these steps, or none.
    Steps(Vec<Step>),
    /// Its effect cannot be seen.
    Unknown,
}

/// One thing that a statement makes or takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) object: Object,
    /// Whether it is there afterwards; else it is gone.
    pub(crate) creates: bool,
}

/// Something that can be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
    /// The table that it belongs to, where its name does not stand alone.
    pub(crate) table: Option<Name>,
}

/// The kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A table, view or sequence: they share their names.
    Table,
    Column,
    Index,
    Constraint,
    Trigger,
    Function,
    Procedure,
    Event,
    Database,
    /// A schema; on `MySQL` that is a database.
    Schema,
}

impl Object {
    /// Something with a name of its own.
    pub(crate) fn new(kind: Kind, name: Name) -> Self {
        Object { kind, name, table: None }
    }

    /// Something whose name is unique within a table.
    pub(crate) fn of_table(kind: Kind, table: &Name, name: String) -> Self {
        Object { kind, name: Name { schema: None, name }, table: Some(table.clone()) }
    }

    fn created(self) -> Step {
        Step { object: self, creates: true }
    }

    fn dropped(self) -> Step {
        Step { object: self, creates: false }
    }
}

impl Change {
    /// Reads a statement.
    pub(crate) fn of(statement: &str, database: Database) -> Self {
        let mut phrase = Phrase::new(statement, database);
        read(&mut phrase).unwrap_or(Change::Unknown)
    }

    /// The table that it makes, where it does nothing else.
    pub(super) fn made_table(&self) -> Option<&Name> {
        match self {
            Change::Steps(steps) => match steps.as_slice() {
                [Step { object, creates: true }] if object.kind == Kind::Table => {
                    Some(&object.name)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The one table to which it adds, where it does nothing else.
    pub(super) fn grown_table(&self) -> Option<&Name> {
        let Change::Steps(steps) = self else { return None };
        let table = steps.first()?.object.table.as_ref()?;
        let adds = |step: &Step| step.creates && step.object.table.as_ref() == Some(table);
        steps.iter().all(adds).then_some(table)
    }
}

/// Returns `None` where the statement is not understood.
fn read(phrase: &mut Phrase) -> Option<Change> {
    if phrase.take_word("CREATE") {
        return create(phrase);
    }
    if phrase.take_word("DROP") {
        return drop_object(phrase);
    }
    if phrase.take_word("RENAME") {
        return phrase.take_one_of(&["TABLE", "TABLES"]).and_then(|_| rename_tables(phrase));
    }
    if phrase.take_word("ALTER") {
        phrase.take_one_of(&["ONLINE", "IGNORE"]);
        return phrase.take_word("TABLE").then(|| alter_table(phrase)).flatten();
    }
    let harmless = [
        "ANALYZE", "CHECK", "CLUSTER", "DISCARD", "FLUSH", "GRANT", "LOCK", "OPTIMIZE", "PRAGMA",
        "PREPARE", "REFRESH", "REINDEX", "REPAIR", "TRUNCATE", "UNLOCK", "USE",
    ];
    if phrase.sees_one_of(&harmless) {
        return Some(Change::Again);
    }
    if phrase.take_word("VACUUM") {
        // SQLite writes a file that must not be there.
        return (!phrase.contains("INTO")).then_some(Change::Again);
    }
    if phrase.take_word("SET") {
        // What is set for the session went with it.
        return (!phrase.sees_one_of(&[
            "GLOBAL",
            "PERSIST",
            "PERSIST_ONLY",
            "PASSWORD",
            "DEFAULT",
        ]))
        .then_some(Change::Again);
    }
    None
}

fn create(phrase: &mut Phrase) -> Option<Change> {
    let replaces = phrase.take_words(&["OR", "REPLACE"]);
    if phrase.take_word("TEMPORARY") {
        // It went with the session.
        return phrase.sees("TABLE").then_some(Change::Again);
    }
    let word = word_of_creation(phrase)?;
    let kind = kind(word);
    phrase.take_word("CONCURRENTLY");
    let guarded = phrase.take_words(&["IF", "NOT", "EXISTS"]);
    if replaces || guarded {
        return Some(Change::Again);
    }
    if kind == Kind::Index {
        return index(phrase).map(|object| Change::Steps(vec![object.created()]));
    }
    let name = phrase.take_name()?;
    if word == "TABLE" && (phrase.contains("SELECT") || phrase.contains("TABLE")) {
        // The table may be there without its rows.
        return None;
    }
    Some(Change::Steps(vec![Object::new(kind, name).created()]))
}

/// Reads `name ON table`; an index without a name cannot be found again.
pub(super) fn index(phrase: &mut Phrase) -> Option<Object> {
    let name = if phrase.sees("ON") { None } else { phrase.take_name() }?;
    if phrase.take_word("USING") {
        phrase.take();
    }
    if !phrase.take_word("ON") {
        return None;
    }
    phrase.take_word("ONLY");
    let table = phrase.take_name()?;
    Some(Object { kind: Kind::Index, name, table: Some(table) })
}

/// Returns the word for the kind of object that `CREATE` makes.
fn word_of_creation(phrase: &mut Phrase) -> Option<&'static str> {
    /// `DEFINER = …`, `ALGORITHM = …` and `SQL SECURITY …` together have no more tokens.
    const LONGEST_PREFIX: usize = 16;
    let prefixes = ["DEFINER", "ALGORITHM", "SQL", "UNIQUE", "FULLTEXT", "SPATIAL", "AGGREGATE"];
    if phrase.sees_one_of(&prefixes) {
        for _ in 0..LONGEST_PREFIX {
            if phrase.sees_one_of(&KINDS) {
                break;
            }
            phrase.take()?;
        }
    }
    phrase.take_one_of(&KINDS)
}

const KINDS: [&str; 10] = [
    "TABLE",
    "VIEW",
    "SEQUENCE",
    "INDEX",
    "TRIGGER",
    "FUNCTION",
    "PROCEDURE",
    "EVENT",
    "DATABASE",
    "SCHEMA",
];

fn kind(word: &str) -> Kind {
    match word {
        "INDEX" => Kind::Index,
        "TRIGGER" => Kind::Trigger,
        "FUNCTION" => Kind::Function,
        "PROCEDURE" => Kind::Procedure,
        "EVENT" => Kind::Event,
        "DATABASE" => Kind::Database,
        "SCHEMA" => Kind::Schema,
        _ => Kind::Table,
    }
}

fn drop_object(phrase: &mut Phrase) -> Option<Change> {
    let kind = kind(phrase.take_one_of(&KINDS)?);
    phrase.take_word("CONCURRENTLY");
    if phrase.take_words(&["IF", "EXISTS"]) {
        return Some(Change::Again);
    }
    let mut steps = Vec::new();
    loop {
        let mut object = Object::new(kind, phrase.take_name()?);
        if kind == Kind::Index && phrase.take_word("ON") {
            object.table = Some(phrase.take_name()?);
        }
        steps.push(object.dropped());
        if !phrase.take_mark(",") {
            break;
        }
    }
    Some(conclusive(&steps))
}

/// `RENAME TABLE a TO b, c TO d`, which `MySQL` does as one.
fn rename_tables(phrase: &mut Phrase) -> Option<Change> {
    if phrase.take_words(&["IF", "EXISTS"]) {
        return Some(Change::Again);
    }
    let mut steps = Vec::new();
    loop {
        let from = phrase.take_name()?;
        if phrase.take_word("WAIT") {
            phrase.take();
        }
        phrase.take_word("NOWAIT");
        if !phrase.take_word("TO") {
            return None;
        }
        steps.push(Object::new(Kind::Table, from).dropped());
        steps.push(Object::new(Kind::Table, phrase.take_name()?).created());
        if !phrase.take_mark(",") {
            break;
        }
    }
    Some(conclusive(&steps))
}

/// Keeps the steps that can be seen afterwards: what a statement both drops and creates is there
/// before and after it.
fn conclusive(steps: &[Step]) -> Change {
    let alike = |a: &Object, b: &Object| {
        // A constraint may be an index, too; a column is nothing else.
        a.name.is_like(&b.name) && (a.kind == Kind::Column) == (b.kind == Kind::Column)
    };
    let is_alone =
        |step: &&Step| steps.iter().filter(|other| alike(&other.object, &step.object)).count() == 1;
    let kept: Vec<_> = steps.iter().filter(is_alone).cloned().collect();
    if kept.is_empty() { Change::Unknown } else { Change::Steps(kept) }
}

#[cfg(test)]
mod tests;
