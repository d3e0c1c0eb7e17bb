//! Which semicolons lie inside a statement.

use super::compound::Compound;
use super::lexer::TokenKind;
use crate::database::Database;

/// Follows one statement and knows whether a semicolon would end it.
pub(super) enum Nesting {
    Standard(Standard),
    Compound(Compound),
}

impl Nesting {
    /// Starts at the beginning of a statement.
    pub(super) fn new(database: Database) -> Self {
        match database {
            Database::Mysql => Nesting::Compound(Compound::default()),
            Database::Postgres | Database::Sqlite => Nesting::Standard(Standard::new(database)),
        }
    }

    /// Takes the next significant token.
    pub(super) fn token(&mut self, kind: TokenKind, text: &str) {
        match self {
            Nesting::Standard(nesting) => nesting.token(kind, text),
            Nesting::Compound(nesting) => nesting.token(kind, text),
        }
    }

    /// Whether a semicolon here belongs to the statement.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Nesting::Standard(nesting) => nesting.is_open(),
            Nesting::Compound(nesting) => nesting.is_open(),
        }
    }
}

/// Bodies of Postgres (`CREATE FUNCTION … BEGIN ATOMIC … END`) and `SQLite`
/// (`CREATE TRIGGER … BEGIN … END`).
///
/// In both grammars every statement of the body ends with a semicolon and bodies do not
/// nest. So the body's `END` is the one right after a semicolon, and the `END` of a
/// `CASE` never is.
pub(super) struct Standard {
    database: Database,
    stage: Stage,
    /// Open parentheses; Postgres lets semicolons stand in those of `CREATE RULE`.
    depth: usize,
    previous: Previous,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    Create,
    Header,
    Body,
    /// No body, or the body is over.
    Rest,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Begin,
    /// A statement of the body may begin, or the body may end.
    Boundary,
    Other,
}

impl Standard {
    fn new(database: Database) -> Self {
        Standard { database, stage: Stage::Start, depth: 0, previous: Previous::Other }
    }

    fn is_open(&self) -> bool {
        self.stage == Stage::Body || self.depth > 0
    }

    fn token(&mut self, kind: TokenKind, text: &str) {
        let previous = std::mem::replace(&mut self.previous, Previous::Other);
        match kind {
            TokenKind::Word => {}
            TokenKind::Semicolon => {
                self.previous = Previous::Boundary;
                return;
            }
            TokenKind::Punctuation if self.database == Database::Postgres => {
                match text {
                    "(" => self.depth += 1,
                    ")" => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                return;
            }
            _ => return,
        }
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        match self.stage {
            Stage::Start => self.stage = if is("CREATE") { Stage::Create } else { Stage::Rest },
            Stage::Create => self.stage = self.after_create(text),
            Stage::Header if self.depth == 0 => {
                let begins = match self.database {
                    Database::Sqlite => is("BEGIN"),
                    _ => previous == Previous::Begin && is("ATOMIC"),
                };
                if begins {
                    self.stage = Stage::Body;
                    self.previous = Previous::Boundary;
                } else if is("BEGIN") {
                    self.previous = Previous::Begin;
                }
            }
            Stage::Body if previous == Previous::Boundary && is("END") => self.stage = Stage::Rest,
            Stage::Header | Stage::Body | Stage::Rest => {}
        }
    }

    fn after_create(&self, word: &str) -> Stage {
        let (modifiers, objects) = match self.database {
            Database::Sqlite => (["TEMP", "TEMPORARY"], ["TRIGGER", "TRIGGER"]),
            _ => (["OR", "REPLACE"], ["FUNCTION", "PROCEDURE"]),
        };
        let is_in = |words: [&str; 2]| words.iter().any(|it| word.eq_ignore_ascii_case(it));
        if is_in(modifiers) {
            Stage::Create
        } else if is_in(objects) {
            Stage::Header
        } else {
            Stage::Rest
        }
    }
}
