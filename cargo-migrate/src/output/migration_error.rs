//! A failed migration, as a finding in its own file.

use migrate_core::diagnostics::{Code, Diagnostic, Place};
use migrate_core::source::{FileId, Position, SourceMap, Span};
use migrate_runtime::MigrationError;

/// Turns a failed migration into a finding over the file's text.
pub(crate) fn finding(
    error: &MigrationError,
    causes: &[String],
    sources: &SourceMap,
) -> Diagnostic {
    let file = file_of(sources, &error.path);
    let place = match (file, error.position) {
        (Some(file), Some(position)) => Place::Text(span(sources, file, position)),
        (Some(file), None) => Place::whole(sources, file),
        (None, _) => Place::Root,
    };
    let in_text = matches!(place, Place::Text(_));
    let mut finding = Diagnostic::new(Code::M511, place, error.title());
    if in_text {
        finding = finding.label(&error.message);
    } else {
        finding = finding.note(&error.message);
        if let Some(sql) = &error.sql {
            finding = finding.note(format!("the statement is: {sql}"));
        }
    }
    if !error.code.is_empty() {
        finding = finding.note(format!("the database's code is {}", error.code));
    }
    for (name, line) in [("detail", &error.detail), ("hint", &error.hint)] {
        if let Some(line) = line {
            finding = finding.note(format!("{name}: {line}"));
        }
    }
    finding =
        causes.iter().fold(finding, |finding, cause| finding.note(format!("caused by: {cause}")));
    finding = finding.note(error.left_behind());
    if let Some(advice) = &error.advice {
        finding = finding.help(advice);
    }
    finding
}

/// Finds a file by the path that messages show.
fn file_of(sources: &SourceMap, path: &str) -> Option<FileId> {
    sources.ids().find(|id| sources.display_path(*id) == path)
}

/// The word at a position, or the one character there.
fn span(sources: &SourceMap, file: FileId, position: Position) -> Span {
    let text = sources.text(file);
    let before: usize =
        text.split_inclusive('\n').take(position.line.saturating_sub(1)).map(str::len).sum();
    let line = &text[before..];
    let start = before
        + line
            .char_indices()
            .nth(position.column.saturating_sub(1))
            .map_or(line.len(), |(at, _)| at);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let rest = &text[start..];
    let word = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    let first = rest.chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    Span::new(file, start..start + word.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::source::{SourceFile, SourceText};

    #[test]
    fn the_word_at_a_position_is_meant() {
        let mut sources = SourceMap::new("");
        let text = SourceText::new("ä\nDROP TABLE planets;\n");
        let file = sources.add(SourceFile { path: "1_a.sql".into(), text });
        let at = |line, column| {
            let span = span(&sources, file, Position { line, column });
            sources.slice(&span).to_owned()
        };
        assert_eq!(at(2, 12), "planets");
        assert_eq!(at(2, 19), ";");
        assert_eq!(at(2, 20), "");
        assert_eq!(at(9, 9), "");
    }
}
