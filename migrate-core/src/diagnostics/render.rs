//! Findings for people, in rustc's own form.

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Patch as TextPatch, Renderer, Snippet,
};

use super::{Diagnostic, Place, Severity};
use crate::source::{SourceMap, Span};

/// How a finding is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without colours.
    Plain,
    /// With the terminal's colours.
    Coloured,
    /// Without colours and without the leading `error:`, which rustc puts there itself.
    CompileError,
}

/// Renders a finding over the files it lies in; no line feed at the end.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = match style {
        // annotate-snippets prints `error[M106]: …`; rustc prints `error: ` before ours.
        Style::CompileError => level.no_name().primary_title(format!(
            "[{}] {}",
            diagnostic.code.id(),
            diagnostic.message
        )),
        Style::Plain | Style::Coloured => {
            level.primary_title(diagnostic.message.clone()).id(diagnostic.code.id())
        }
    };
    let mut main = Group::with_title(title);
    let mut further = Vec::new();
    match &diagnostic.place {
        Place::Text(span) => main = main.element(snippet(diagnostic, *span, sources)),
        Place::File(path) => main = main.element(Origin::path(sources.join(path))),
        Place::Name { path, start, end } => {
            main = main.element(name_snippet(diagnostic, path, *start, *end));
        }
        Place::Root if sources.root.is_empty() => {}
        Place::Root => main = main.element(Origin::path(sources.root.clone())),
    }
    for file in further_files(diagnostic) {
        main = main.element(further_snippet(diagnostic, file, sources));
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.clone()));
    }
    for help in &diagnostic.help {
        match &help.patch {
            None => main = main.element(Level::HELP.message(help.message.clone())),
            Some(patch) => {
                let text = sources.text(patch.span.file);
                further.push(
                    Level::HELP.secondary_title(help.message.clone()).element(
                        Snippet::source(text.to_owned())
                            .path(sources.display_path(patch.span.file))
                            .patch(TextPatch::new(patch.span.range(), patch.replacement.clone())),
                    ),
                );
            }
        }
    }
    let renderer = match style {
        Style::Coloured => Renderer::styled(),
        Style::Plain | Style::CompileError => Renderer::plain(),
    };
    let mut report = vec![main];
    report.append(&mut further);
    renderer.render(&report)
}

type TextSnippet = Snippet<'static, annotate_snippets::Annotation<'static>>;

fn snippet(diagnostic: &Diagnostic, span: Span, sources: &SourceMap) -> TextSnippet {
    let primary = AnnotationKind::Primary.span(visible(span, sources));
    let primary =
        if diagnostic.label.is_empty() { primary } else { primary.label(diagnostic.label.clone()) };
    let mut snippet = base(span, sources).annotation(primary);
    for label in diagnostic.labels.iter().filter(|label| label.span.file == span.file) {
        let range = visible(label.span, sources);
        snippet = snippet.annotation(AnnotationKind::Context.span(range).label(label.text.clone()));
    }
    snippet
}

fn base(span: Span, sources: &SourceMap) -> TextSnippet {
    Snippet::source(sources.text(span.file).to_owned())
        .path(sources.display_path(span.file))
        .fold(true)
}

/// The part of a span that is worth underlining: its first line.
fn visible(span: Span, sources: &SourceMap) -> std::ops::Range<usize> {
    let first_line = sources.slice(&span).lines().next().unwrap_or_default().len();
    span.start..(span.start + first_line).max(span.start)
}

/// Files other than the main one that have labels, each once.
fn further_files(diagnostic: &Diagnostic) -> Vec<Span> {
    let main = match &diagnostic.place {
        Place::Text(span) => Some(span.file),
        _ => None,
    };
    let mut files: Vec<Span> = Vec::new();
    for label in &diagnostic.labels {
        let seen = files.iter().any(|span| span.file == label.span.file);
        if Some(label.span.file) != main && !seen {
            files.push(label.span);
        }
    }
    files
}

fn further_snippet(diagnostic: &Diagnostic, first: Span, sources: &SourceMap) -> TextSnippet {
    let mut snippet = base(first, sources);
    for label in diagnostic.labels.iter().filter(|label| label.span.file == first.file) {
        let range = visible(label.span, sources);
        snippet = snippet.annotation(AnnotationKind::Context.span(range).label(label.text.clone()));
    }
    snippet
}

/// A file's name, underlined as if it were a line of text.
fn name_snippet(diagnostic: &Diagnostic, path: &str, start: usize, end: usize) -> TextSnippet {
    let annotation = AnnotationKind::Primary.span(start..end);
    Snippet::source(path.to_owned()).annotation(if diagnostic.label.is_empty() {
        annotation
    } else {
        annotation.label(diagnostic.label.clone())
    })
}
