//! From the parser's lines and columns to bytes.

use sqlparser::tokenizer::Span;

use crate::replay::adapter::Origin;
use crate::replay::model::Place;

/// So many characters lie between two marks.
const STRIDE: usize = 64;

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// Unless columns are bytes: a dump has lines of half a megabyte, and each name in it asks for its place.
    characters: Option<Characters>,
}

/// What leads from characters to bytes without reading a line from its beginning.
#[derive(Debug)]
struct Characters {
    /// The number of the first character of each line.
    starts: Vec<usize>,
    /// The byte of every `STRIDE`th character of the text.
    marks: Vec<usize>,
}

impl Characters {
    fn new(text: &str) -> Self {
        let mut starts = vec![0];
        let mut marks = Vec::with_capacity(text.len() / STRIDE + 1);
        for (number, (at, character)) in text.char_indices().enumerate() {
            if number % STRIDE == 0 {
                marks.push(at);
            }
            if character == '\n' {
                starts.push(number + 1);
            }
        }
        Characters { starts, marks }
    }

    /// The byte of a character of a line.
    fn byte(&self, text: &str, line: usize, column: usize) -> Option<usize> {
        let number = self.starts.get(line)? + column;
        let mark = *self.marks.get(number / STRIDE)?;
        text[mark..].char_indices().nth(number % STRIDE).map(|(at, _)| mark + at)
    }
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let characters = (!text.is_ascii()).then(|| Characters::new(text));
        Lines { text, starts, characters }
    }

    /// The byte of a line and column, which count characters from one.
    fn byte(&self, line: u64, column: u64) -> Option<usize> {
        let line = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let column = usize::try_from(column).ok()?.checked_sub(1)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let byte = match &self.characters {
            None => Some(start + column),
            Some(characters) => characters.byte(self.text, line, column),
        };
        Some(byte.map_or(end, |byte| byte.min(end)))
    }

    /// The place of a span; the whole text where the parser has lost it.
    pub(super) fn place(&self, span: Span, origin: &Origin) -> Place {
        let start = self.byte(span.start.line, span.start.column);
        let end = self.byte(span.end.line, span.end.column);
        match (start, end) {
            (Some(start), Some(end)) if start < end => origin.place(start, end),
            _ => origin.place(0, self.text.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, STRIDE};

    /// Every character of every line, and one behind its end.
    #[test]
    fn columns_are_characters() {
        let long = "é,".repeat(STRIDE);
        for text in ["", "ab\ncd", "\n\nä", &format!("{long}\nx\n{long}{long}\n")] {
            let lines = Lines::new(text);
            let mut start = 0;
            for (line, content) in (1..).zip(text.split_inclusive('\n')) {
                for (column, (at, _)) in (1..).zip(content.char_indices()) {
                    assert_eq!(lines.byte(line, column), Some(start + at), "{line}:{column}");
                }
                start += content.len();
                let column = u64::try_from(content.chars().count()).expect("is short") + 1;
                assert_eq!(lines.byte(line, column), Some(start), "{line}:{column}");
            }
        }
    }
}
