//! From a server's SQL to the statement model, one folder per parser.
//!
//! An adapter never fails: text that is no SQL becomes [`StatementKind::Invalid`], and what
//! it cannot read becomes opaque with the names that are mentioned.

mod limits;
mod merge;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

use std::sync::Arc;

use crate::database::Database;
use crate::replay::model::{
    Block, BlockStatement, Code, Guard, Opaque, Place, Statement, StatementKind, Text, Value,
};
use crate::sql::{Lexer, TokenKind, split};

pub(crate) use limits::is_too_deep;

/// Where a text that is parsed on its own stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    offset: usize,
    /// Set where offsets inside mean nothing to the file: literals with escapes.
    whole: Option<Place>,
    /// Bytes that were put into the text to make it readable.
    added: Option<Added>,
}

/// Where bytes were put into a text that the file has not.
#[derive(Debug, Clone)]
struct Added {
    /// Their offsets in the text with them, in order.
    at: Arc<[usize]>,
    /// The offset in that text at which the part begins that is read.
    begins: usize,
}

impl Origin {
    /// A part of the file that begins at `offset`.
    pub(crate) fn at(offset: usize) -> Self {
        Origin { offset, whole: None, added: None }
    }

    /// Text that was built from the bytes of `place`.
    pub(crate) fn within(place: Place) -> Self {
        Origin { offset: 0, whole: Some(place), added: None }
    }

    /// The byte of the file at which the text begins, where offsets carry over.
    pub(crate) fn offset(&self) -> Option<usize> {
        let carries_over = match &self.added {
            Some(added) => added.at.last().is_none_or(|last| *last < added.begins),
            None => true,
        };
        (self.whole.is_none() && carries_over).then(|| self.in_file(0))
    }

    /// The byte of the file behind a byte of the text.
    fn in_file(&self, byte: usize) -> usize {
        let added = self.added.as_ref().map_or(0, |added| {
            let byte = added.begins.wrapping_add(byte);
            added.at.partition_point(|at| *at < byte)
        });
        self.offset.wrapping_add(byte).wrapping_sub(added)
    }

    /// The origin of this text with bytes put into it; `at` are their offsets in the new text.
    #[cfg(feature = "postgres")]
    pub(crate) fn with_added(&self, at: Vec<usize>) -> Origin {
        debug_assert!(self.added.is_none(), "bytes are added once");
        Origin { added: Some(Added { at: at.into(), begins: 0 }), ..self.clone() }
    }

    /// The place of a range of bytes of the text.
    pub(crate) fn place(&self, start: usize, end: usize) -> Place {
        self.whole.unwrap_or_else(|| Place::new(self.in_file(start), self.in_file(end)))
    }

    /// The origin of this text with `length` bytes put before it.
    pub(crate) fn before(&self, length: usize) -> Origin {
        self.moved(self.offset.wrapping_sub(length), |begins| begins.wrapping_sub(length))
    }

    /// The origin of a part of this text.
    pub(crate) fn part(&self, start: usize) -> Origin {
        self.moved(self.offset + start, |begins| begins.wrapping_add(start))
    }

    fn moved(&self, offset: usize, begins: impl FnOnce(usize) -> usize) -> Origin {
        let moved =
            |added: &Added| Added { at: Arc::clone(&added.at), begins: begins(added.begins) };
        Origin { offset, whole: self.whole, added: self.added.as_ref().map(moved) }
    }
}

/// Parses one statement, or says why it cannot.
pub(crate) type ParseStatement = fn(&str, &Origin) -> Statement;

/// Returns the parser for a server, where this build has one.
pub(crate) fn parser_of(database: Database) -> Option<ParseStatement> {
    match database {
        #[cfg(feature = "postgres")]
        Database::Postgres => Some(postgres::parse),
        #[cfg(feature = "sqlite")]
        Database::Sqlite => Some(sqlite::parse),
        #[cfg(feature = "mysql")]
        Database::Mysql => Some(mysql::parse),
        #[allow(unreachable_patterns, reason = "all three features may be on")]
        _ => None,
    }
}

/// Texts that are longer are not read: a bound on time and memory.
const LONGEST_TEXT: usize = 16 << 20;

/// Statements that are longer are not parsed: the trees of parsers take a hundred times the text.
const LONGEST_STATEMENT: usize = 2 << 20;

/// In texts that are longer, rows are not read: they are what makes a text long, and change
/// nothing that the catalog knows.
const LONG_TEXT: usize = 4 << 20;

/// A text of a file, with its statements.
pub(crate) struct ParsedText<'t> {
    pub(crate) text: &'t str,
    /// The byte of the file at which it begins.
    pub(crate) offset: usize,
    /// Nothing where the text is too long to be read.
    pub(crate) statements: Option<Vec<Statement>>,
}

impl<'t> ParsedText<'t> {
    pub(crate) fn new(text: &'t str, offset: usize, database: Database) -> Self {
        let is_short = text.len() <= LONGEST_TEXT;
        let statements = is_short.then(|| parse_all(text, database, &Origin::at(offset)));
        ParsedText { text, offset, statements }
    }
}

/// Parses every statement of a text.
pub(crate) fn parse_all(text: &str, database: Database, origin: &Origin) -> Vec<Statement> {
    let parser = parser_of(database);
    let is_long = text.len() > LONG_TEXT;
    let has_conflict = merge::may_be_in(text);
    let mut statements = Vec::new();
    let pieces = split(text, database);
    let mut empty = pieces.empty.into_iter().peekable();
    for piece in pieces.statements {
        while let Some(offset) = empty.next_if(|offset| *offset < piece.start) {
            let place = origin.place(offset, offset + 1);
            statements.push(Statement { place, kind: StatementKind::Empty });
        }
        for (start, part) in parts(piece.text(text), database) {
            let origin = origin.part(piece.start + start);
            let statement = match parser {
                _ if part.len() > LONGEST_STATEMENT => unread(part, database, &origin),
                _ if is_long && puts_rows(part, database) => unread(part, database, &origin),
                Some(parse) if !is_too_deep(part, database) => parse(part, &origin),
                _ => opaque(part, database, &origin),
            };
            statements.push(if has_conflict {
                merge::told(part, database, &origin, statement)
            } else {
                statement
            });
        }
    }
    statements
}

/// What the server takes for statements of their own in what the client sends as one.
///
/// Under a `DELIMITER` of the client's the server still ends a statement at a semicolon, but for
/// those inside a routine, which holds all that follows here.
fn parts(text: &str, database: Database) -> Vec<(usize, &str)> {
    if database != Database::Mysql || !text.contains(';') {
        return vec![(0, text)];
    }
    let (mut found, mut start, mut words) = (Vec::new(), None, Vec::new());
    for token in Lexer::new(text, database).filter(|token| token.kind.is_significant()) {
        if token.kind == TokenKind::Semicolon && !holds_statements(&words) {
            if let Some(start) = start.take() {
                found.push((start, &text[start..token.start]));
            }
            words.clear();
            continue;
        }
        start.get_or_insert(token.start);
        if words.len() < FIRST_WORDS {
            words.push(text[token.start..token.end].to_ascii_uppercase());
        }
    }
    found.extend(start.map(|start| (start, &text[start..])));
    if found.len() > 1 { found } else { vec![(0, text)] }
}

/// Among so many stands the word that tells what is created, after `DEFINER` and its like.
const FIRST_WORDS: usize = 12;

/// Whether a statement has others inside, by its first words.
fn holds_statements(words: &[String]) -> bool {
    let holders = ["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"];
    match words.first().map(String::as_str) {
        Some("CREATE" | "ALTER") => words.iter().any(|word| holders.contains(&word.as_str())),
        Some("BEGIN" | "IF" | "LOOP" | "WHILE" | "REPEAT" | "CASE" | "FOR") => true,
        _ => false,
    }
}

/// What a session's variables hold, by their names.
pub(crate) type Variables = std::collections::BTreeMap<Text, Value>;

/// Reads what a session's variable is set to.
pub(crate) fn value_of(text: &str, database: Database, variables: &Variables) -> Value {
    match database {
        #[cfg(feature = "mysql")]
        Database::Mysql => mysql::value_of(text, variables),
        _ => {
            let _ = (text, variables);
            Value::Unknown
        }
    }
}

/// Reads what a condition of code asks.
pub(crate) fn guard_of(text: &str, database: Database, variables: &Variables) -> Guard {
    match database {
        #[cfg(feature = "mysql")]
        Database::Mysql => mysql::guard_of(text, variables),
        _ => {
            let _ = (text, variables);
            Guard::Unknown
        }
    }
}

/// Parses the body of a routine that is called at `place` with the given texts.
pub(crate) fn parse_code(
    code: &Code,
    database: Database,
    place: Place,
    arguments: Vec<(String, String)>,
) -> Block {
    let origin = Origin::within(place);
    if code.is_sql {
        let statements = parse_all(&code.text, database, &origin);
        return Block {
            statements: statements.into_iter().map(BlockStatement::Sql).collect(),
            ..Block::default()
        };
    }
    match database {
        #[cfg(feature = "postgres")]
        Database::Postgres => postgres::parse_block(&code.text, &origin, arguments),
        #[cfg(feature = "mysql")]
        Database::Mysql => mysql::parse_body(&code.text, &origin),
        _ => Block::default(),
    }
}

/// Parses the body of a routine to look into it, results and all; `None` where it is not sure what
/// it says. `place` is that of the routine.
pub(crate) fn parse_routine(code: &Code, database: Database, place: Place) -> Option<Block> {
    let origin = code.offset.map_or(Origin::within(place), Origin::at);
    match database {
        #[cfg(feature = "postgres")]
        Database::Postgres if !code.is_sql => postgres::parse_routine(&code.text, &origin),
        _ => None,
    }
}

/// A statement that nobody reads, with the names it mentions.
pub(crate) fn opaque(text: &str, database: Database, origin: &Origin) -> Statement {
    let what = crate::sql::significant_words(text, database, 2).join(" ");
    let mentions = if changes_rows(text, database) { Vec::new() } else { mentions(text, database) };
    Statement {
        place: origin.place(0, text.len()),
        kind: StatementKind::Opaque(Opaque { what: Arc::from(what), mentions: Some(mentions) }),
    }
}

/// Whether a statement changes nothing but rows, as its first word tells.
///
/// On Postgres functions that it calls may change the schema. Those of the others cannot:
/// `SQLite` has none in SQL, `MySQL` refuses statements that commit in them.
///
/// Source: `MySQL` 8.4 manual, "Restrictions on Stored Programs".
fn changes_rows(text: &str, database: Database) -> bool {
    let first = crate::sql::significant_words(text, database, 1).concat();
    let words = ["insert", "update", "delete", "replace"];
    database != Database::Postgres && words.iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// A statement that is left out; one that only puts rows into a table touches nothing.
fn unread(text: &str, database: Database, origin: &Origin) -> Statement {
    if !puts_rows(text, database) {
        return opaque(text, database, origin);
    }
    Statement {
        place: origin.place(0, text.len()),
        kind: StatementKind::Opaque(Opaque {
            what: Arc::from("rows in a long file"),
            mentions: Some(Vec::new()),
        }),
    }
}

/// Whether a statement only puts rows into a table, as far as its first word tells.
fn puts_rows(text: &str, database: Database) -> bool {
    let first = crate::sql::significant_words(text, database, 1).concat();
    ["insert", "replace", "copy"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// Words, quoted names and words in strings, folded and each once.
pub(crate) fn mentions(text: &str, database: Database) -> Vec<Text> {
    let mut found: Vec<String> = Vec::new();
    let mut lexer = Lexer::new(text, database);
    while let Some(token) = lexer.next() {
        let token_text = lexer.text(token);
        match token.kind {
            TokenKind::Word => found.push(token_text.to_lowercase()),
            TokenKind::QuotedIdentifier => {
                let inner = token_text.trim_matches(['"', '`', '[', ']']);
                found.push(inner.replace("\"\"", "\""));
            }
            TokenKind::String | TokenKind::ExecutableComment => {
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                for word in token_text.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
                    found.push(word.to_owned());
                    found.push(word.to_lowercase());
                }
            }
            _ => {}
        }
    }
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(Arc::from).collect()
}
