//! Reads the lock file.

use std::collections::HashSet;
use std::ops::Range;

use super::line::{self, FileLine, Line};
use super::{FORMAT, LineState, LockFile, chain, files};
use crate::checksum::Checksum;
use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic};
use crate::settings::Settings;
use crate::source::{FileId, SourceMap, Span};

/// What a lock file's text says.
#[derive(Debug, Clone, Default)]
pub struct ParsedLock {
    /// The settings, as far as its head can be read: what is wrong elsewhere does not make the
    /// set one for another database.
    pub settings: Option<Settings>,
    /// The lock file, where all of it can be read.
    pub lock: Option<LockFile>,
    /// What is wrong with it (M307 to M312).
    pub findings: Vec<Diagnostic>,
}

/// Reads the lock file that is `file` of the map.
pub fn parse(sources: &SourceMap, file: FileId) -> ParsedLock {
    let mut parser = Parser::new(file);
    let mut offset = 0;
    let mut lines = sources.text(file).split('\n').enumerate();
    while let Some((index, text)) = lines.next() {
        let range = offset..offset + text.len();
        offset = range.end + 1;
        if let Err(stop) = parser.line(index + 1, text, range) {
            let rest = lines.map(|(_, text)| text);
            let settings = parser.head(rest);
            return ParsedLock { settings, findings: vec![*stop], lock: None };
        }
    }
    parser.finish()
}

struct Parser<'a> {
    file: FileId,
    format: bool,
    database: Option<Database>,
    /// The settings so far; the database is put in at the end.
    settings: Settings,
    lines: Vec<(FileLine<'a>, usize, Range<usize>)>,
    end: Option<(usize, &'a str, Range<usize>)>,
    stamp: Option<Checksum>,
    /// Lines that cannot be read; the last text line, where the file ends without `end`.
    malformed: Vec<Diagnostic>,
    last: Range<usize>,
}

impl<'a> Parser<'a> {
    fn new(file: FileId) -> Self {
        Parser {
            file,
            format: false,
            database: None,
            settings: Settings::new(Database::Postgres),
            lines: Vec::new(),
            end: None,
            stamp: None,
            malformed: Vec::new(),
            last: 0..0,
        }
    }

    /// Takes a line; an error is a finding that makes all further ones noise.
    fn line(
        &mut self,
        number: usize,
        text: &'a str,
        range: Range<usize>,
    ) -> Result<(), Box<Diagnostic>> {
        match line::read(text) {
            Ok(Line::Blank) => return Ok(()),
            Ok(Line::Marker(_)) => return Err(Box::new(merge_markers(self.span(range)))),
            Ok(Line::Format(format)) if format > FORMAT => {
                return Err(Box::new(newer_format(self.span(range), format)));
            }
            Ok(line) => {
                if let Err(reason) = self.take(line, number, &range) {
                    self.malformed(reason, &range);
                }
            }
            Err(reason) => self.malformed(reason, &range),
        }
        self.last = range;
        Ok(())
    }

    fn take(&mut self, line: Line<'a>, number: usize, range: &Range<usize>) -> Result<(), String> {
        if !self.format && !matches!(line, Line::Format(_)) {
            // Said once; a file of another kind would have it on every line.
            self.format = true;
            return Err("`format` is expected first".to_owned());
        }
        if self.end.is_some() && !matches!(line, Line::Checked(_)) {
            return Err("nothing but `checked` is expected after `end`".to_owned());
        }
        match line {
            Line::Format(_) => self.format = true,
            Line::Set(name) => name.clone_into(&mut self.settings.set),
            Line::Database(database) => self.database = Some(database),
            Line::Layout(name) => name.clone_into(&mut self.settings.layout),
            Line::History(names) => self.settings.history = names,
            Line::Policy(situation, decision) => {
                self.settings.policy.set(situation, decision).map_err(|error| error.to_string())?;
            }
            Line::Assume(text) => self.settings.assume.push(text.to_owned()),
            Line::Rule(code) => {
                self.settings.rules.on.insert(code);
            }
            Line::TenantColumn(name) => self.settings.rules.tenant_column = Some(name),
            Line::File(file) => self.lines.push((file, number, range.clone())),
            Line::End { count, last } => self.end = Some((count, last, range.clone())),
            Line::Checked(stamp) => self.stamp = Some(stamp),
            Line::Blank | Line::Marker(_) => {}
        }
        Ok(())
    }

    /// Takes what the rest of a file that cannot be read says of the settings.
    fn head(mut self, rest: impl Iterator<Item = &'a str>) -> Option<Settings> {
        self.format = true;
        for line in rest.filter_map(|text| line::read(text).ok()) {
            if !matches!(line, Line::File(_) | Line::End { .. } | Line::Checked(_)) {
                // What cannot be taken is not known here; the file is refused anyway.
                let _ = self.take(line, 0, &(0..0));
            }
        }
        // Between merge markers both branches have their say.
        let mut said = HashSet::new();
        self.settings.assume.retain(|text| said.insert(text.clone()));
        self.settings()
    }

    fn settings(&self) -> Option<Settings> {
        self.database.map(|database| Settings { database, ..self.settings.clone() })
    }

    fn malformed(&mut self, reason: String, range: &Range<usize>) {
        self.malformed.push(malformed(self.span(range.clone()), reason));
    }

    fn finish(mut self) -> ParsedLock {
        let mut findings = std::mem::take(&mut self.malformed);
        if self.end.is_none() {
            // A line cut off in the middle is the same finding.
            findings.pop_if(|finding| finding.place == self.span(self.last.clone()).into());
        }
        if self.database.is_none() && findings.is_empty() && self.end.is_some() {
            let finding = Diagnostic::new(
                Code::M308,
                self.span(0..0).into(),
                "the head of the lock file does not say which database it is for",
            );
            findings.push(finding.help(RESTORE));
        }
        let settings = self.settings();
        findings.extend(self.truncated());
        let readable = findings.is_empty();
        if readable {
            findings = self.out_of_order();
            if findings.is_empty() {
                findings = self.broken_links();
            }
        }
        let lock = settings.clone().filter(|_| readable).map(|settings| LockFile {
            settings,
            lines: self.lines.iter().map(|(line, number, _)| line.numbered(*number)).collect(),
            stamp: self.stamp,
        });
        ParsedLock { settings, lock, findings }
    }

    /// The file must end with a count of its lines and the last one's link.
    fn truncated(&self) -> Option<Diagnostic> {
        let listed = self.lines.len();
        let last = self.lines.last().map_or("-", |(line, ..)| line.chain);
        let finding = match &self.end {
            None => Diagnostic::new(
                Code::M312,
                self.span(self.last.end..self.last.end).into(),
                "the end of the lock file is missing",
            )
            .label("an `end` line should follow"),
            Some((count, _, range)) if *count != listed => Diagnostic::new(
                Code::M312,
                self.span(range.clone()).into(),
                format!("the lock file lists {listed} files, and its end says {count}"),
            ),
            Some((_, link, range)) if *link != last => Diagnostic::new(
                Code::M312,
                self.span(range.clone()).into(),
                "the end of the lock file belongs to other lines",
            )
            .note(format!("the last line's link is `{last}`, and the end says `{link}`")),
            Some(_) => return None,
        };
        Some(finding.help(RESTORE))
    }

    fn out_of_order(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let mut previous: Option<(Key<'_>, &FileLine<'_>, &Range<usize>)> = None;
        for (line, _, range) in &self.lines {
            let key = Key::of(line);
            if let Some((before, earlier, earlier_range)) = &previous
                && key < *before
            {
                let finding = Diagnostic::new(
                    Code::M310,
                    self.path_span(line, range).into(),
                    format!("`{}` stands after `{}` in the lock file", line.path, earlier.path),
                );
                findings.push(
                    finding
                        .label("belongs further up")
                        .also(self.path_span(earlier, earlier_range), "stands before it")
                        .help(REBASE),
                );
            }
            previous = Some((key, line, range));
        }
        findings
    }

    fn broken_links(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let mut previous: Option<(&FileLine<'_>, &Range<usize>)> = None;
        for (line, _, range) in &self.lines {
            let before = previous.map_or("", |(line, _)| line.chain);
            if !chain::is_link(line.chain, before, line.path, line.content_text) {
                findings.push(self.broken_link(line, range, previous));
            }
            previous = Some((line, range));
        }
        findings
    }

    fn broken_link(
        &self,
        line: &FileLine<'_>,
        range: &Range<usize>,
        previous: Option<(&FileLine<'_>, &Range<usize>)>,
    ) -> Diagnostic {
        let place = self.path_span(line, range).into();
        let Some((earlier, earlier_range)) = previous else {
            let message =
                format!("`{}` was not written into the lock file as it stands", line.path);
            return Diagnostic::new(Code::M307, place, message)
                .label("its link is not that of a first line")
                .help(REBASE);
        };
        let message =
            format!("`{}` does not follow from `{}` in the lock file", line.path, earlier.path);
        Diagnostic::new(Code::M307, place, message)
            .label("its link rests on another line")
            .also(self.path_span(earlier, earlier_range), "the line before it")
            .note("two branches added a migration each, or the file was edited by hand")
            .help(REBASE)
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// The path at the end of a line.
    fn path_span(&self, line: &FileLine<'_>, range: &Range<usize>) -> Span {
        self.span(range.end - line.path.len()..range.end)
    }
}

/// What orders the lines of the lock file.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Versioned(crate::version::Version),
    Repeatable(&'a str),
}

impl<'a> Key<'a> {
    fn of(line: &FileLine<'a>) -> Self {
        match line.state {
            LineState::Repeatable => Key::Repeatable(line.path),
            LineState::Draft | LineState::Sealed => Key::Versioned(files::version_of(line.path)),
        }
    }
}

const RESTORE: &str = "restore the lock file from version control, then run `cargo migrate lock`";
const REBASE: &str = "run `cargo migrate lock --rebase`";

fn merge_markers(span: Span) -> Diagnostic {
    Diagnostic::new(Code::M309, span.into(), "the lock file has unresolved merge markers")
        .note("two branches added migrations; both sides' lines can be kept")
        .help(REBASE)
}

pub(super) fn malformed(span: Span, reason: String) -> Diagnostic {
    Diagnostic::new(Code::M308, span.into(), "this line of the lock file cannot be read")
        .label(reason)
        .help(RESTORE)
}

pub(super) fn newer_format(span: Span, format: u32) -> Diagnostic {
    Diagnostic::new(
        Code::M311,
        span.into(),
        format!("the lock file has format {format}, which a newer cargo migrate wrote"),
    )
    .label(format!("this version reads format {FORMAT}"))
    .help("raise the version of `migrate-runtime`, or write the file with this version's command")
}
