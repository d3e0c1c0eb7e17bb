//! Tables for people.

use anstyle::Style;
use comfy_table::{ContentArrangement, presets};

use super::terminal::{BAD, GOOD, NAME, NOTICE};

/// What a cell's colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing.
    Plain,
    /// Good news.
    Good,
    /// Something to look at.
    Notice,
    /// Bad news.
    Bad,
}

/// A table without lines, which can be searched and cut by columns.
#[derive(Debug)]
pub(crate) struct Table {
    inner: comfy_table::Table,
    /// For each row the column that has a tone, and the tone; the header is the first row.
    tones: Vec<(usize, Tone)>,
}

impl Table {
    /// Creates a table with the names of its columns.
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut inner = comfy_table::Table::new();
        inner.load_style(presets::NOTHING);
        inner.set_content_arrangement(ContentArrangement::Disabled);
        inner.set_header(header.iter().copied());
        Table { inner, tones: vec![(0, Tone::Plain)] }
    }

    /// Adds a row in which one column has a tone.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N], column: usize, tone: Tone) {
        // A line feed would make two lines of a row.
        self.inner.add_row(cells.map(|cell| cell.replace('\n', " ")));
        self.tones.push((column, tone));
    }

    /// Returns the text, with no white space at the ends of lines and none before the first
    /// column.
    pub(crate) fn text(&self) -> String {
        let widths = self.inner.column_max_content_widths();
        let lines = self.inner.lines().zip(&self.tones).enumerate();
        let lines = lines.map(|(index, (line, (column, tone)))| {
            let line = line.strip_prefix(' ').unwrap_or(&line).trim_end();
            if index == 0 {
                return format!("{NAME}{line}{NAME:#}");
            }
            // Every column has a blank on both sides.
            let start: usize =
                widths.iter().take(*column).map(|width| usize::from(*width) + 2).sum();
            let width = widths.get(*column).copied().map_or(0, usize::from);
            styled(line, start, width, style(*tone))
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Good => GOOD,
        Tone::Notice => NOTICE,
        Tone::Bad => BAD,
    }
}

/// Puts a style around some characters of a line.
fn styled(line: &str, start: usize, width: usize, style: Style) -> String {
    let at = |index: usize| line.char_indices().nth(index).map_or(line.len(), |(at, _)| at);
    let (before, rest) = line.split_at(at(start));
    let (cell, after) = rest.split_at(at(start + width).saturating_sub(before.len()));
    format!("{before}{style}{cell}{style:#}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_column_is_coloured() {
        let mut table = Table::new(&["name", "state"]);
        table.row(["a".to_owned(), "bad".to_owned()], 1, Tone::Bad);
        table.row(["applied".to_owned(), "applied".to_owned()], 1, Tone::Plain);
        let expected =
            format!("{NAME}name     state{NAME:#}\na        {BAD}bad{BAD:#}\napplied  applied");
        assert_eq!(table.text(), expected);
    }
}
