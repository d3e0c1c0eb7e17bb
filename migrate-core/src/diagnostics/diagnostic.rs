//! One finding.

use super::{Code, Severity};
use crate::source::{FileId, Position, SourceMap, Span};

/// Something wrong in a set of migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of thing was found.
    pub code: Code,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What the caret says; may be empty.
    pub label: String,
    /// Further places, each with what there is to see.
    pub labels: Vec<Label>,
    /// The facts that were compared.
    pub notes: Vec<String>,
    /// Things to do.
    pub help: Vec<Help>,
    /// How much it weighs; the code's own weight unless a policy says otherwise.
    severity: Severity,
}

/// Where a finding lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file's text.
    Text(Span),
    /// A file as a whole, or one that could not be read: its path below the root.
    File(String),
    /// In a file's name: the path below the root, and the bytes of it that are meant.
    Name {
        /// The path below the root.
        path: String,
        /// First byte of the path that is meant.
        start: usize,
        /// End of those bytes, exclusive.
        end: usize,
    },
    /// The folder itself.
    Root,
}

/// A further place, and what there is to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What there is to see.
    pub text: String,
}

/// A thing to do, perhaps with the edit that does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// What to do.
    pub message: String,
    /// The edit.
    pub patch: Option<Patch>,
}

/// Text to put in the place of other text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// What is replaced.
    pub span: Span,
    /// What comes in its place.
    pub replacement: String,
}

impl Diagnostic {
    /// Creates a finding without labels, notes and help.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            message: message.into(),
            place,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            severity: code.severity(),
        }
    }

    /// Gives the finding another weight than its code has.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says what the caret points at.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a fact that was compared.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a thing to do.
    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Self {
        self.help.push(Help { message: message.into(), patch: None });
        self
    }

    /// Adds a thing to do with the edit that does it.
    #[must_use]
    pub fn patch(
        mut self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Self {
        let patch = Patch { span, replacement: replacement.into() };
        self.help.push(Help { message: message.into(), patch: Some(patch) });
        self
    }

    /// Returns the bytes of a file's text that the finding is about.
    pub fn span(&self) -> Option<Span> {
        match self.place {
            Place::Text(span) => Some(span),
            Place::File(_) | Place::Name { .. } | Place::Root => None,
        }
    }

    /// Returns how much the finding weighs.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the path below the root, where the place has one.
    pub fn path<'a>(&'a self, sources: &'a SourceMap) -> Option<&'a str> {
        match &self.place {
            Place::Text(span) => Some(&sources.file(span.file).path),
            Place::File(path) | Place::Name { path, .. } => Some(path),
            Place::Root => None,
        }
    }

    /// Returns the first and last position, where the finding lies in a file's text.
    pub fn positions(&self, sources: &SourceMap) -> Option<(Position, Position)> {
        let Place::Text(span) = &self.place else { return None };
        Some((sources.position(span.file, span.start), sources.position(span.file, span.end)))
    }

    /// The key by which findings are sorted: by file, then by place in it.
    pub fn sort_key<'a>(&'a self, sources: &'a SourceMap) -> (Option<&'a str>, usize, Code) {
        let offset = match &self.place {
            Place::Text(span) => span.start,
            Place::Name { .. } | Place::File(_) | Place::Root => 0,
        };
        (self.path(sources), offset, self.code)
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place::Text(span)
    }
}

impl Place {
    /// The whole of a file that is part of the map.
    pub fn whole(sources: &SourceMap, file: FileId) -> Self {
        Place::File(sources.file(file).path.clone().into_owned())
    }
}

/// Sorts findings by file and place.
pub fn sort(findings: &mut [Diagnostic], sources: &SourceMap) {
    findings.sort_by(|a, b| a.sort_key(sources).cmp(&b.sort_key(sources)));
}

/// Whether any of the findings stops a build.
pub fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity() == Severity::Error)
}
