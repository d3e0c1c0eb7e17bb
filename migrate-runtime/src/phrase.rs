//! A statement read token by token, for the few words and names that decide how it is run.

use migrate_core::database::Database;
use migrate_core::sql::{Lexer, TokenKind, executable_code};

/// The tokens of a statement, and how far they were read.
#[derive(Debug, Clone)]
pub(crate) struct Phrase<'a> {
    database: Database,
    tokens: Vec<(TokenKind, &'a str)>,
    next: usize,
}

/// A name as the server stores it: quotes taken off, case folded where the server folds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// The schema; on `MySQL` the database.
    pub(crate) schema: Option<String>,
    /// The name itself.
    pub(crate) name: String,
}

impl<'a> Phrase<'a> {
    /// Reads the significant tokens of `statement`, those in executable comments included.
    pub(crate) fn new(statement: &'a str, database: Database) -> Self {
        Phrase { database, tokens: tokens(statement, database, usize::MAX), next: 0 }
    }

    /// As [`Phrase::new`], but reads no further than to the first token: most statements are asked
    /// for no more, several times each.
    pub(crate) fn beginning(statement: &'a str, database: Database) -> Self {
        Phrase { database, tokens: tokens(statement, database, 1), next: 0 }
    }

    /// Returns the token that comes next, and takes it.
    pub(crate) fn take(&mut self) -> Option<(TokenKind, &'a str)> {
        let token = self.tokens.get(self.next).copied()?;
        self.next += 1;
        Some(token)
    }

    /// Whether `word` comes next, as an unquoted word in any case.
    pub(crate) fn sees(&self, word: &str) -> bool {
        self.sees_at(0, word)
    }

    /// Whether one of `words` comes next.
    pub(crate) fn sees_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sees(word))
    }

    /// Takes `words` where all of them come next, in this order; else nothing.
    pub(crate) fn take_words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(ahead, word)| self.sees_at(ahead, word));
        if found {
            self.next += words.len();
        }
        found
    }

    /// Takes a word where it comes next.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        self.take_words(&[word])
    }

    /// Takes the first of `words` that comes next.
    pub(crate) fn take_one_of(&mut self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().find(|word| self.sees(word)).map(|word| {
            self.next += 1;
            *word
        })
    }

    /// Whether `mark` comes next.
    pub(crate) fn sees_mark(&self, mark: &str) -> bool {
        self.tokens.get(self.next).is_some_and(|(kind, text)| is_mark(*kind) && *text == mark)
    }

    /// Takes a punctuation mark where it comes next.
    pub(crate) fn take_mark(&mut self, mark: &str) -> bool {
        let found = self.sees_mark(mark);
        self.next += usize::from(found);
        found
    }

    /// Whether `word` stands anywhere in what is left.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.tokens[self.next.min(self.tokens.len())..]
            .iter()
            .any(|(kind, text)| *kind == TokenKind::Word && text.eq_ignore_ascii_case(word))
    }

    /// Takes one identifier.
    pub(crate) fn take_identifier(&mut self) -> Option<String> {
        let (kind, text) = self.tokens.get(self.next).copied()?;
        let identifier = self.identifier(kind, text)?;
        self.next += 1;
        Some(identifier)
    }

    /// Takes a name, with its schema where it has one.
    pub(crate) fn take_name(&mut self) -> Option<Name> {
        let start = self.next;
        let first = self.take_identifier()?;
        if !self.take_mark(".") {
            return Some(Name { schema: None, name: first });
        }
        let Some(name) = self.take_identifier() else {
            self.next = start;
            return None;
        };
        Some(Name { schema: Some(first), name })
    }

    /// Passes over everything up to the next comma outside parentheses, and over the comma;
    /// `false` at the end.
    pub(crate) fn skip_past_comma(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some((kind, text)) = self.take() {
            match text {
                "(" if is_mark(kind) => depth += 1,
                ")" if is_mark(kind) => depth = depth.saturating_sub(1),
                "," if is_mark(kind) && depth == 0 => return true,
                _ => {}
            }
        }
        false
    }

    fn sees_at(&self, ahead: usize, word: &str) -> bool {
        self.tokens
            .get(self.next + ahead)
            .is_some_and(|(kind, text)| *kind == TokenKind::Word && text.eq_ignore_ascii_case(word))
    }

    fn identifier(&self, kind: TokenKind, text: &str) -> Option<String> {
        match (kind, self.database) {
            (TokenKind::Word, Database::Postgres) => Some(text.to_lowercase()),
            (TokenKind::Word, _) => Some(text.to_owned()),
            // SQLite and MySQL (ANSI_QUOTES) take strings for names in some places.
            (TokenKind::QuotedIdentifier, _)
            | (TokenKind::String, Database::Sqlite | Database::Mysql) => unquoted(text),
            _ => None,
        }
    }
}

impl Name {
    /// Whether two names may mean the same thing.
    pub(crate) fn is_like(&self, other: &Name) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
    }
}

/// The significant tokens of a text, `most` of them or a few more.
fn tokens(text: &str, database: Database, most: usize) -> Vec<(TokenKind, &str)> {
    let mut tokens = Vec::new();
    let mut lexer = Lexer::new(text, database);
    while tokens.len() < most
        && let Some(token) = lexer.next()
    {
        let text = lexer.text(token);
        match token.kind {
            TokenKind::ExecutableComment => tokens.extend(executable_tokens(text, database)),
            kind if kind.is_significant() => tokens.push((kind, text)),
            _ => {}
        }
    }
    tokens
}

/// Executable comments do not nest.
fn executable_tokens(comment: &str, database: Database) -> Vec<(TokenKind, &str)> {
    let Some(code) = executable_code(comment) else { return Vec::new() };
    let mut lexer = Lexer::new(code, database);
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        if token.kind.is_significant() {
            tokens.push((token.kind, lexer.text(token)));
        }
    }
    tokens
}

fn is_mark(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Punctuation | TokenKind::Semicolon)
}

/// Takes the quotes off an identifier, and the doubling of quotes inside it.
fn unquoted(text: &str) -> Option<String> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '`' | '\'' => open,
        '[' => ']',
        _ => return None,
    };
    let inner = text.strip_prefix(open)?.strip_suffix(close)?;
    Some(inner.replace(&format!("{close}{close}"), &close.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unquoted_and_folded() {
        let check = |database, text, expected: Option<(Option<&str>, &str)>| {
            let name = Phrase::new(text, database).take_name();
            let expected = expected.map(|(schema, name)| Name {
                schema: schema.map(str::to_owned),
                name: name.to_owned(),
            });
            assert_eq!(name, expected, "{text}");
        };
        check(Database::Postgres, "Users (id)", Some((None, "users")));
        check(Database::Postgres, r#""Us""ers""#, Some((None, "Us\"ers")));
        check(Database::Postgres, r#"app . "Users""#, Some((Some("app"), "Users")));
        check(Database::Mysql, "`a``b`.Users", Some((Some("a`b"), "Users")));
        check(Database::Sqlite, "[my table]", Some((None, "my table")));
        check(Database::Postgres, "(id)", None);
        check(Database::Postgres, "app.", None);
    }

    #[test]
    fn executable_comments_are_read() {
        let mut phrase = Phrase::new("/*!40101 SET NAMES */ utf8 -- end", Database::Mysql);
        assert!(phrase.take_words(&["set", "names"]));
        assert_eq!(phrase.take_identifier().as_deref(), Some("utf8"));
        assert_eq!(phrase.take(), None);
    }

    #[test]
    fn commas_in_parentheses_do_not_count() {
        let mut phrase = Phrase::new("a (b, c), d", Database::Mysql);
        assert!(phrase.skip_past_comma());
        assert!(phrase.take_word("d"));
        assert!(!phrase.skip_past_comma());
    }
}
