//! Texts of migration files and places in them.

use std::borrow::Cow;
use std::ops::Range;

use crate::checksum::Checksum;

/// A file's text with the byte-order mark removed and CRLF read as LF.
///
/// Every span, hash and statement of this project refers to this form, so that a
/// checkout with other line endings is the same migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText(Cow<'static, str>);

impl SourceText {
    /// Normalises `text`; borrows it where nothing has to change.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        let text: Cow<'static, str> = text.into();
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Cow::Owned(text) => match text.strip_prefix('\u{feff}') {
                Some(rest) => Cow::Owned(rest.to_owned()),
                None => Cow::Owned(text),
            },
        };
        // `\r` is rare: one fast search spares almost every file the copy.
        if text.as_bytes().contains(&b'\r') {
            return SourceText(Cow::Owned(text.replace("\r\n", "\n")));
        }
        SourceText(text)
    }

    /// Returns the normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the content hash.
    pub fn checksum(&self) -> Checksum {
        Checksum::of(&self.0)
    }
}

/// A file of a set: its path for people, and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the migrations folder, with `/` between parts.
    pub path: Cow<'static, str>,
    /// The normalised text.
    pub text: SourceText,
}

/// Index of a file in its [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// The files of a set, and the folder they lie in.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    /// What is put before every path in messages, such as `migrations`; may be empty.
    pub root: String,
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Creates a map for files below `root`.
    pub fn new(root: impl Into<String>) -> Self {
        SourceMap { root: root.into(), files: Vec::new() }
    }

    /// Adds a file.
    ///
    /// # Panics
    /// When there are more than `u32::MAX` files.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(file);
        id
    }

    /// Returns the files in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// Returns the indices of the files, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> {
        (0u32..).map(FileId).take(self.files.len())
    }

    /// Returns a file of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Returns the text of a file of this map.
    pub fn text(&self, id: FileId) -> &str {
        self.file(id).text.as_str()
    }

    /// Returns the path for messages, with the root before it.
    pub fn display_path(&self, id: FileId) -> String {
        self.join(&self.file(id).path)
    }

    /// Puts the root before a relative path.
    pub fn join(&self, path: &str) -> String {
        if self.root.is_empty() { path.to_owned() } else { format!("{}/{path}", self.root) }
    }

    /// Returns the span of a whole file.
    pub fn whole(&self, id: FileId) -> Span {
        Span::new(id, 0..self.text(id).len())
    }

    /// Returns the text that a span covers.
    pub fn slice(&self, span: &Span) -> &str {
        &self.text(span.file)[span.range()]
    }

    /// Returns line and column of a byte offset in a file.
    pub fn position(&self, file: FileId, offset: usize) -> Position {
        Position::of(self.text(file), offset)
    }
}

/// A range of bytes in a file's normalised text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// End, exclusive.
    pub end: usize,
}

impl Span {
    /// Creates a span from a byte range.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Span { file, start: range.start, end: range.end }
    }

    /// Returns the byte range.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// One-based line and column; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "json", derive(serde::Serialize, serde::Deserialize))]
pub struct Position {
    /// One-based line.
    pub line: usize,
    /// One-based column in characters.
    pub column: usize,
}

impl Position {
    /// Returns the position of byte `offset` in `text`; an offset past the end is the end.
    pub fn of(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.bytes().filter(|&b| b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_and_bom_do_not_count() {
        let unix = SourceText::new("a\nb\n");
        assert_eq!(SourceText::new("\u{feff}a\r\nb\r\n"), unix);
        assert_eq!(SourceText::new("a\r\nb\n".to_owned()), unix);
        // A lone carriage return is content.
        assert_ne!(SourceText::new("a\rb\n"), unix);
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(Position::of("é;x", 3), Position { line: 1, column: 3 });
        assert_eq!(Position::of("a\nbc", 3), Position { line: 2, column: 2 });
        assert_eq!(Position::of("a\n", 99), Position { line: 2, column: 1 });
    }
}
