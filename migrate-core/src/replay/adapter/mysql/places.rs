//! From the parser's lines and columns to bytes.

use sqlparser::tokenizer::Span;

use crate::replay::adapter::Origin;
use crate::replay::model::Place;

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// Columns are bytes.
    is_ascii: bool,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Lines { text, starts, is_ascii: text.is_ascii() }
    }

    /// The byte of a line and column, which count characters from one.
    fn byte(&self, line: u64, column: u64) -> Option<usize> {
        let line = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let column = usize::try_from(column).ok()?.checked_sub(1)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        if self.is_ascii {
            return Some((start + column).min(end));
        }
        let line = &self.text[start..end];
        Some(line.char_indices().nth(column).map_or(end, |(at, _)| start + at))
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
