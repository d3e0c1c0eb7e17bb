//! Cuts a text into tokens.

use super::escapes::Escapes;
use super::operators::{fixed_operator, postgres_operator};
use super::scan;
use crate::database::Database;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A run of white space.
    Whitespace,
    /// `-- …` or `# …`, without the end of the line.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// `MySQL`'s `/*! … */`, `/*M! … */` and `/*+ … */`: code, whatever it looks like.
    ExecutableComment,
    /// A keyword or an unquoted identifier.
    Word,
    /// A quoted identifier.
    QuotedIdentifier,
    /// A quoted literal of any form, with its prefix: `'…'`, `E'…'`, `X'…'`, `$tag$…$tag$`.
    String,
    /// A number.
    Number,
    /// A parameter or a variable: `$1`, `?`, `:name`, `@name`.
    Parameter,
    /// The end of a statement: `;`, or what a `DELIMITER` line put in its place.
    Semicolon,
    /// One operator, or one byte that is nothing else.
    Punctuation,
    /// A line for `MySQL`'s client that sets the delimiter, without its end.
    DelimiterCommand,
}

impl TokenKind {
    /// Whether the server acts on the token: it is neither white space nor a comment.
    pub fn is_significant(self) -> bool {
        !matches!(self, TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment)
    }
}

/// A token: its kind and its bytes in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: usize,
    /// End, exclusive.
    pub end: usize,
}

/// What was still open at the end of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unterminated {
    /// A string literal in quotes.
    String,
    /// A quoted identifier.
    QuotedIdentifier,
    /// A dollar-quoted literal of Postgres.
    DollarQuote,
    /// A block comment.
    BlockComment,
}

/// The tokens of a text; together they cover every byte of it.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    database: Database,
    position: usize,
    unterminated: Option<(Unterminated, usize)>,
    continuation: Continuation,
    escapes: Escapes,
    /// Up to here the text is plus and minus signs that are operators of their own.
    signs_until: usize,
    /// What a `DELIMITER` line put in the place of `;`.
    delimiter: Option<&'a str>,
    /// No significant token was seen since the last end of a statement.
    at_statement_start: bool,
}

/// Postgres joins literals with a line end between them, and one that follows `E'…'`
/// has escapes without saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Continuation {
    None,
    AfterEscapes,
    OnNextLine,
}

/// The client's own limit; it keeps the search for a delimiter linear.
const LONGEST_DELIMITER: usize = 15;

impl<'a> Lexer<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str, database: Database) -> Self {
        Lexer {
            text,
            bytes: text.as_bytes(),
            database,
            position: 0,
            unterminated: None,
            continuation: Continuation::None,
            escapes: Escapes::new(database),
            signs_until: 0,
            delimiter: None,
            at_statement_start: true,
        }
    }

    /// As though the session had said that a backslash escapes in every string.
    #[cfg(feature = "postgres")]
    pub(crate) fn with_escapes_in_strings(mut self) -> Self {
        self.escapes.begin_with_escapes();
        self
    }

    /// Forgets what the text set for its session: what follows is run in another one.
    pub(crate) fn begin_session(&mut self) {
        self.escapes = Escapes::new(self.database);
    }

    /// Returns what the tokens so far left open, and where it began.
    pub fn unterminated(&self) -> Option<(Unterminated, usize)> {
        self.unterminated
    }

    /// Whether a `DELIMITER` line is in force that names something else than `;`.
    pub fn has_delimiter(&self) -> bool {
        self.delimiter.is_some()
    }

    /// Returns the text of a token of this lexer.
    pub fn text(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    fn peek(&self, offset: usize) -> Option<u8> {
        self.bytes.get(self.position + offset).copied()
    }

    /// Ends a token, at the end of the text when its closing mark is missing.
    fn close(
        &mut self,
        kind: TokenKind,
        end: Option<usize>,
        open: Unterminated,
    ) -> (TokenKind, usize) {
        if end.is_none() {
            self.unterminated = Some((open, self.position));
        }
        (kind, end.unwrap_or(self.text.len()))
    }

    fn scan(&mut self, byte: u8) -> (TokenKind, usize) {
        let start = self.position;
        if self.delimiter.is_some() && self.delimiter_at(start) {
            return (TokenKind::Semicolon, start + self.delimiter.map_or(0, str::len));
        }
        match byte {
            b' ' | b'\t'..=b'\r' => (TokenKind::Whitespace, self.whitespace_end(start)),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word_or_literal(byte),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
            b';' if self.delimiter.is_none() => (TokenKind::Semicolon, start + 1),
            b'-' if self.peek(1) == Some(b'-') => self.dashes(),
            b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
            b'\'' => self.string(start),
            b'"' if self.database == Database::Mysql => self.string(start),
            b'"' => self.quoted_identifier(start, byte),
            b'`' if self.database != Database::Postgres => self.quoted_identifier(start, byte),
            b'[' if self.database == Database::Sqlite => {
                let end = self.text[start..].find(']').map(|length| start + length + 1);
                self.close(TokenKind::QuotedIdentifier, end, Unterminated::QuotedIdentifier)
            }
            b'#' if self.database == Database::Mysql => {
                (TokenKind::LineComment, scan::line_end(self.text, start))
            }
            b'$' | b'?' | b':' | b'@' | b'#' => self.parameter_or_operator(byte),
            _ => self.operator(),
        }
    }

    fn whitespace_end(&self, start: usize) -> usize {
        let mut end = start + 1;
        while end < self.bytes.len() && scan::is_space(self.bytes[end]) {
            end += 1;
        }
        end
    }

    fn delimiter_at(&self, position: usize) -> bool {
        self.delimiter.is_some_and(|it| self.bytes[position..].starts_with(it.as_bytes()))
    }

    /// Shortens a token that a delimiter cuts off, such as `END$$`.
    fn before_delimiter(&self, start: usize, end: usize) -> usize {
        if self.delimiter.is_none() {
            return end;
        }
        (start + 1..end).find(|&position| self.delimiter_at(position)).unwrap_or(end)
    }

    /// End of the bytes of a word from `start` on, which may be none.
    fn word_end(&self, start: usize) -> usize {
        let mut end = start;
        while end < self.bytes.len() && scan::WORD[self.bytes[end] as usize] {
            end += 1;
        }
        end
    }

    fn word_or_literal(&mut self, byte: u8) -> (TokenKind, usize) {
        let start = self.position;
        let next = self.peek(1);
        if next == Some(b'\'') {
            let is_prefix = match self.database {
                Database::Postgres => b"eEbBxXnN".contains(&byte),
                Database::Mysql => b"bBxXnN".contains(&byte),
                Database::Sqlite => b"xX".contains(&byte),
            };
            if is_prefix {
                return self.string(start + 1);
            }
        }
        if next == Some(b'&') && self.database == Database::Postgres && byte | 0x20 == b'u' {
            match self.peek(2) {
                Some(b'\'') => return self.string(start + 2),
                Some(b'"') => return self.quoted_identifier(start + 2, b'"'),
                _ => {}
            }
        }
        let end = self.before_delimiter(start, self.word_end(start));
        if self.at_statement_start && self.database == Database::Mysql {
            return self.delimiter_command(end).unwrap_or((TokenKind::Word, end));
        }
        (TokenKind::Word, end)
    }

    /// Obeys `DELIMITER xx`, whose word ends at `word_end`.
    fn delimiter_command(&mut self, word_end: usize) -> Option<(TokenKind, usize)> {
        if !self.text[self.position..word_end].eq_ignore_ascii_case("DELIMITER") {
            return None;
        }
        let mut end = scan::line_end(self.text, word_end);
        let line = &self.text[word_end..end];
        let argument = if line.trim().is_empty() {
            // Flyway takes it from the line below.
            let below = end + usize::from(end < self.text.len());
            end = scan::line_end(self.text, below);
            let is_mark = |word: &&str| !word.contains(char::is_alphanumeric);
            Some(self.text[below..end].trim()).filter(is_mark)
        } else {
            Some(line).filter(|line| line.starts_with([' ', '\t']))
        };
        let argument = argument?.split_ascii_whitespace().next()?;
        let delimiter = &argument[..argument.floor_char_boundary(LONGEST_DELIMITER)];
        self.delimiter = (delimiter != ";").then_some(delimiter);
        Some((TokenKind::DelimiterCommand, end))
    }

    fn number(&self) -> (TokenKind, usize) {
        let dollar_in_words = self.database != Database::Postgres;
        let (end, is_number) = scan::number_end(self.bytes, self.position, dollar_in_words);
        let is_word = !is_number && self.database == Database::Mysql;
        let kind = if is_word { TokenKind::Word } else { TokenKind::Number };
        (kind, self.before_delimiter(self.position, end))
    }

    /// A literal whose quote is at `quote`, after its prefix.
    fn string(&mut self, quote: usize) -> (TokenKind, usize) {
        let by_setting = self.escapes.in_strings();
        let escapes = match self.database {
            Database::Mysql | Database::Sqlite => by_setting,
            Database::Postgres => match self.bytes[self.position] {
                b'e' | b'E' => true,
                b'n' | b'N' => by_setting,
                b'\'' => by_setting || self.continuation == Continuation::OnNextLine,
                _ => false,
            },
        };
        let mark = self.bytes[quote];
        let end = if escapes {
            scan::escaped_quote_end(self.text, quote + 1, mark)
        } else {
            scan::quote_end(self.text, quote + 1, mark)
        };
        self.continuation = if escapes { Continuation::AfterEscapes } else { Continuation::None };
        self.close(TokenKind::String, end, Unterminated::String)
    }

    fn quoted_identifier(&mut self, quote: usize, mark: u8) -> (TokenKind, usize) {
        let end = scan::quote_end(self.text, quote + 1, mark);
        self.close(TokenKind::QuotedIdentifier, end, Unterminated::QuotedIdentifier)
    }

    fn dashes(&mut self) -> (TokenKind, usize) {
        let start = self.position;
        match self.database {
            Database::Postgres => {
                (TokenKind::LineComment, scan::line_end_or_return(self.text, start))
            }
            Database::Mysql if !scan::dashes_are_comment(self.bytes, start) => self.operator(),
            Database::Mysql | Database::Sqlite => {
                (TokenKind::LineComment, scan::line_end(self.text, start))
            }
        }
    }

    fn block_comment(&mut self) -> (TokenKind, usize) {
        let inside = self.position + 2;
        let (kind, end) = match self.database {
            Database::Postgres => {
                (TokenKind::BlockComment, scan::nested_comment_end(self.text, inside))
            }
            // SQLite takes the end of the input for the end of a comment.
            Database::Sqlite => (
                TokenKind::BlockComment,
                scan::block_comment_end(self.text, inside).or(Some(self.text.len())),
            ),
            Database::Mysql => match (self.peek(2), self.peek(3)) {
                (Some(b'!'), _) | (Some(b'M'), Some(b'!')) => {
                    (TokenKind::ExecutableComment, scan::executable_comment_end(self.text, inside))
                }
                (Some(b'+'), _) => {
                    (TokenKind::ExecutableComment, scan::block_comment_end(self.text, inside))
                }
                _ => (TokenKind::BlockComment, scan::block_comment_end(self.text, inside)),
            },
        };
        self.close(kind, end, Unterminated::BlockComment)
    }

    fn parameter_or_operator(&mut self, byte: u8) -> (TokenKind, usize) {
        let start = self.position;
        let end = match (self.database, byte) {
            (Database::Postgres, b'$') => return self.dollar(),
            (Database::Postgres, _) | (Database::Mysql, b':') => return self.operator(),
            (Database::Mysql, b'?') => return (TokenKind::Parameter, start + 1),
            (Database::Mysql, b'$') => {
                return (TokenKind::Word, self.before_delimiter(start, self.word_end(start)));
            }
            (Database::Mysql, _) => {
                let second = start + 1 + usize::from(self.peek(1) == Some(b'@'));
                self.before_delimiter(start, self.word_end(second))
            }
            (Database::Sqlite, b'?') => return (TokenKind::Parameter, self.word_end(start + 1)),
            (Database::Sqlite, _) => self.word_end(start + 1),
        };
        if end == start + 1 { self.operator() } else { (TokenKind::Parameter, end) }
    }

    /// A dollar quote or a numbered parameter of Postgres.
    fn dollar(&mut self) -> (TokenKind, usize) {
        let start = self.position;
        if let Some(inside) = scan::dollar_tag_end(self.bytes, start) {
            self.continuation = Continuation::None;
            let end = scan::dollar_quote_end(self.text, inside, &self.text[start..inside]);
            return self.close(TokenKind::String, end, Unterminated::DollarQuote);
        }
        let mut end = start + 1;
        while self.bytes.get(end).is_some_and(u8::is_ascii_digit) {
            end += 1;
        }
        if end > start + 1 { (TokenKind::Parameter, end) } else { self.operator() }
    }

    fn operator(&mut self) -> (TokenKind, usize) {
        let start = self.position;
        let length = if self.database != Database::Postgres {
            fixed_operator(&self.bytes[start..])
        } else if start < self.signs_until {
            1
        } else {
            let operator = postgres_operator(&self.bytes[start..]);
            self.signs_until = start + operator.run;
            operator.length
        };
        (TokenKind::Punctuation, self.before_delimiter(start, start + length))
    }

    /// Updates what the next token depends on.
    fn remember(&mut self, token: Token) {
        match token.kind {
            // A literal has set it itself.
            TokenKind::LineComment | TokenKind::String => {}
            TokenKind::Whitespace => {
                if self.continuation == Continuation::AfterEscapes
                    && self.text(token).as_bytes().iter().any(|b| matches!(b, b'\n' | b'\r'))
                {
                    self.continuation = Continuation::OnNextLine;
                }
            }
            _ => self.continuation = Continuation::None,
        }
        if token.kind.is_significant() {
            if self.escapes.listens_to(token.kind, self.at_statement_start) {
                self.escapes.token(token.kind, self.text(token), self.at_statement_start);
            }
            self.at_statement_start =
                matches!(token.kind, TokenKind::Semicolon | TokenKind::DelimiterCommand);
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.position;
        let byte = *self.bytes.get(start)?;
        let (kind, end) = self.scan(byte);
        let token = Token { kind, start, end };
        self.remember(token);
        self.position = end;
        Some(token)
    }
}

#[cfg(test)]
mod tests;
