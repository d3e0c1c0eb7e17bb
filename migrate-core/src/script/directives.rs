//! `-- migrate: key=value …` lines, and the `MIGRATE` constant of Rust migrations.

use std::ops::Range;
use std::time::Duration;

use crate::diagnostics::{Code, Diagnostic};
use crate::set::{Allowed, Directives};
use crate::source::{FileId, SourceFile, SourceMap, SourceText, Span};
use crate::suggest;

/// Directives of the form `key=value`.
pub const KEYS: [&str; 6] =
    ["transaction", "lock_timeout", "statement_timeout", "retries", "only", "requires"];

/// Directives of the form `key(…)`.
pub const CALLS: [&str; 2] = ["allow", "assume"];

/// A text of directives and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DirectiveText<'a> {
    /// The directives, without what introduces them.
    pub(crate) text: &'a str,
    /// The file.
    pub(crate) file: FileId,
    /// Offset of `text` in the file.
    pub(crate) start: usize,
    /// Set where the bytes of `text` are not those of the file, as in a literal with escapes:
    /// everything is then found at this place.
    pub(crate) whole: Option<Span>,
}

impl DirectiveText<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        self.whole.unwrap_or_else(|| {
            Span::new(self.file, self.start + range.start..self.start + range.end)
        })
    }
}

/// A finding that is waived in its migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiver {
    /// The code.
    pub(crate) code: Code,
    /// Where `allow(…)` stands.
    pub(crate) span: Span,
}

/// Reads the value of a Rust migration's `MIGRATE` constant, passing over what is wrong in it.
///
/// For the runtime, which has the value and not the file's text; the macro refused to compile
/// a value with anything wrong in it.
pub fn read_constant(value: &str) -> Directives {
    let mut sources = SourceMap::default();
    let text = SourceText::new(value.to_owned());
    let file = sources.add(SourceFile { path: "MIGRATE".into(), text });
    let mut parsed = ParsedDirectives::default();
    parsed.read(DirectiveText { text: value, file, start: 0, whole: None });
    parsed.directives
}

/// Writes what matters at run time as the value of a `MIGRATE` constant; [`read_constant`] reads it.
///
/// For the macro, which has read the file and hands the runtime one string.
pub fn write_constant(directives: &Directives) -> String {
    let mut words = Vec::new();
    if directives.no_transaction {
        words.push("transaction=off".to_owned());
    }
    let durations = [
        ("lock_timeout", directives.lock_timeout),
        ("statement_timeout", directives.statement_timeout),
    ];
    for (key, duration) in durations {
        words.extend(duration.map(|duration| format!("{key}={}ms", duration.as_millis())));
    }
    if directives.retries > 0 {
        words.push(format!("retries={}", directives.retries));
    }
    for (key, names) in [("only", &directives.only), ("requires", &directives.requires)] {
        if !names.is_empty() {
            words.push(format!("{key}={}", names.join(",")));
        }
    }
    words.join(" ")
}

/// The directives of a migration as far as they could be read, and what is wrong with the rest.
#[derive(Debug, Default)]
pub(crate) struct ParsedDirectives {
    /// How the migration is run.
    pub(crate) directives: Directives,
    /// What it waives.
    pub(crate) waivers: Vec<Waiver>,
    /// What is wrong.
    pub(crate) findings: Vec<Diagnostic>,
    seen: Vec<(String, Span)>,
}

impl ParsedDirectives {
    /// Reads one line.
    pub(crate) fn read(&mut self, line: DirectiveText<'_>) {
        let mut position = 0;
        while let Some(start) = next_word(line.text, position) {
            let rest = &line.text[start..];
            let key_end = rest.find(['=', '(', ' ', '\t', '\n']).unwrap_or(rest.len());
            let key = &rest[..key_end];
            position = start
                + match rest[key_end..].chars().next() {
                    Some('(') => self.call(line, start, key),
                    _ => self.pair(line, start, key),
                };
        }
    }

    /// Reads `key=value` at `start` and returns its length.
    fn pair(&mut self, line: DirectiveText<'_>, start: usize, key: &str) -> usize {
        let rest = &line.text[start..];
        let length = rest.find([' ', '\t', '\n']).unwrap_or(rest.len());
        let key_span = line.span(start..start + key.len());
        if !KEYS.contains(&key) {
            self.unknown(line, key, key_span);
            return length;
        }
        if let Some((_, first)) = self.seen.iter().find(|(seen, _)| seen == key) {
            let finding = invalid(key_span, format!("the directive `{key}` is given twice"))
                .label("again")
                .also(*first, "first here")
                .help("keep one of them");
            self.findings.push(finding);
            return length;
        }
        self.seen.push((key.to_owned(), key_span));
        let value = rest[key.len()..length].strip_prefix('=').unwrap_or_default();
        if let Err(expected) = self.set(key, value) {
            let (span, message) = if value.is_empty() {
                (key_span, format!("the directive `{key}` has no value"))
            } else {
                let span = line.span(start + key.len() + 1..start + length);
                (span, format!("`{value}` is no value of the directive `{key}`"))
            };
            let finding = invalid(span, message).label(format!("expected {expected}"));
            self.findings.push(finding);
        }
        length
    }

    /// Stores a value, or says what was expected.
    fn set(&mut self, key: &str, value: &str) -> Result<(), &'static str> {
        let directives = &mut self.directives;
        match key {
            "transaction" => match value {
                "off" => directives.no_transaction = true,
                "on" => directives.no_transaction = false,
                _ => return Err("`off` or `on`"),
            },
            "lock_timeout" => directives.lock_timeout = Some(duration(value)?),
            "statement_timeout" => directives.statement_timeout = Some(duration(value)?),
            "retries" => {
                directives.retries = value.parse().map_err(|_| "a number, such as `3`")?;
            }
            "only" => {
                directives.only = list(value, |word| {
                    word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
                })
                .ok_or("environments separated by commas, such as `staging,prod`")?;
            }
            _ => {
                directives.requires = list(value, |word| word.bytes().all(|b| b.is_ascii_digit()))
                    .ok_or("versions separated by commas, such as `20250130114438`")?;
            }
        }
        Ok(())
    }

    /// Reads `key(…)` at `start` and returns its length, the reason included.
    fn call(&mut self, line: DirectiveText<'_>, start: usize, key: &str) -> usize {
        let rest = &line.text[start..];
        let key_span = line.span(start..start + key.len());
        let Some(close) = closing_parenthesis(rest) else {
            let message = format!("the parenthesis after `{key}` is not closed");
            self.findings.push(invalid(key_span, message));
            return rest.find('\n').unwrap_or(rest.len());
        };
        let argument = rest[key.len() + 1..close].trim();
        match key {
            "allow" => {
                let end = rest[close..].find('\n').map_or(rest.len(), |length| close + length);
                let span = line.span(start..start + close + 1);
                self.allow(argument, rest[close + 1..end].trim(), span);
                return end;
            }
            "assume" if argument.is_empty() => {
                let finding = invalid(key_span, "`assume` says nothing")
                    .label("expected what an unreadable statement creates");
                self.findings.push(finding);
            }
            "assume" => self.directives.assume.push(argument.to_owned()),
            _ => self.unknown(line, key, key_span),
        }
        close + 1
    }

    fn allow(&mut self, name: &str, reason: &str, span: Span) {
        let found = Code::ALL.iter().copied().find(|code| {
            name.eq_ignore_ascii_case(code.id()) || name.eq_ignore_ascii_case(code.slug())
        });
        let finding = match found {
            None => {
                let names = Code::ALL.iter().flat_map(|code| [code.slug(), code.id()]);
                let finding = invalid(span, format!("`{name}` is the code of no finding"));
                match suggest::nearest(name, names) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help("`cargo migrate check` prints the code of each finding"),
                }
            }
            Some(code) if !is_waivable(code) => {
                invalid(span, format!("{} ({}) cannot be waived", code.id(), code.slug()))
                    .label("only M2xx, M4xx and M6xx codes can")
            }
            Some(_) if reason.is_empty() => {
                invalid(span, format!("`allow({name})` gives no reason"))
                    .label("the reason belongs after it")
                    .help(format!("write `allow({name}) <reason>`"))
            }
            Some(code) => {
                let reason = reason.to_owned();
                self.directives.allow.push(Allowed { code, reason, span });
                self.waivers.push(Waiver { code, span });
                return;
            }
        };
        self.findings.push(finding);
    }

    fn unknown(&mut self, line: DirectiveText<'_>, key: &str, span: Span) {
        let finding =
            Diagnostic::new(Code::M210, span.into(), format!("unknown directive `{key}`"));
        let finding = match suggest::nearest(key, KEYS.into_iter().chain(CALLS)) {
            Some(near) if line.whole.is_none() => {
                finding.label("not known").patch(format!("did you mean `{near}`?"), span, near)
            }
            Some(near) => finding.label("not known").help(format!("did you mean `{near}`?")),
            None => {
                let keys = KEYS.into_iter().chain(CALLS).collect::<Vec<_>>().join("`, `");
                finding.label("not known").note(format!("known are `{keys}`"))
            }
        };
        self.findings.push(finding);
    }
}

/// Whether a migration may waive findings of this code.
///
/// Names and the lock file concern the set, not one migration; what is found while applying
/// is decided by the policy table.
fn is_waivable(code: Code) -> bool {
    code.id().starts_with("M2") || code.is_of_replay()
}

fn invalid(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::M211, span.into(), message)
}

fn next_word(text: &str, position: usize) -> Option<usize> {
    let rest = &text[position..];
    let start = rest.find(|c: char| !c.is_whitespace())?;
    Some(position + start)
}

/// The parenthesis that closes the first one, on the same line.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(offset),
            ')' => depth = depth.checked_sub(1)?,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn duration(value: &str) -> Result<Duration, &'static str> {
    const EXPECTED: &str = "a time above zero, such as `2s`, `500ms` or `5m`";
    let duration = humantime::parse_duration(value).map_err(|_| EXPECTED)?;
    // Zero switches a server's timeout off, which nobody means who writes one.
    if duration.is_zero() { Err(EXPECTED) } else { Ok(duration) }
}

fn list(value: &str, is_good: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let words: Vec<&str> = value.split(',').collect();
    let good = words.iter().all(|word| !word.is_empty() && is_good(word));
    good.then(|| words.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_constant_reads_the_same() {
        let value = "transaction=off lock_timeout=2s statement_timeout=5m retries=3 \
                     only=prod,staging requires=1,2";
        let directives = read_constant(value);
        assert!(directives.no_transaction && directives.requires == ["1", "2"]);
        assert_eq!(read_constant(&write_constant(&directives)), directives);
        assert_eq!(write_constant(&Directives::default()), "");
    }

    fn read(text: &'static str) -> (ParsedDirectives, SourceMap) {
        let mut sources = SourceMap::default();
        let file = sources.add(SourceFile { path: "x.sql".into(), text: SourceText::new(text) });
        let mut parsed = ParsedDirectives::default();
        parsed.read(DirectiveText { text, file, start: 0, whole: None });
        (parsed, sources)
    }

    #[test]
    fn a_parenthesis_that_nothing_opens() {
        let (parsed, _) = read("assu)me(table a)");
        assert_eq!(parsed.directives.assume, [""; 0]);
        assert!(!parsed.findings.is_empty());
    }

    #[test]
    fn every_directive() {
        let (parsed, _) = read(
            "transaction=off lock_timeout=2s statement_timeout=5m retries=3 only=staging,prod \
             requires=20250101000000,4 assume(table audit (id, at)) allow(M217) pgBouncer needs it",
        );
        assert_eq!(parsed.findings, []);
        let directives = parsed.directives;
        assert!(directives.no_transaction);
        assert_eq!(directives.lock_timeout, Some(Duration::from_secs(2)));
        assert_eq!(directives.statement_timeout, Some(Duration::from_mins(5)));
        assert_eq!(directives.retries, 3);
        assert_eq!(directives.only, ["staging", "prod"]);
        assert_eq!(directives.requires, ["20250101000000", "4"]);
        assert_eq!(directives.assume, ["table audit (id, at)"]);
        let allowed = &directives.allow[0];
        assert_eq!((allowed.code, allowed.reason.as_str()), (Code::M217, "pgBouncer needs it"));
    }

    #[test]
    fn the_constant_is_read_without_its_file() {
        let directives = read_constant("transaction=off nonsense retries=2");
        assert!(directives.no_transaction);
        assert_eq!(directives.retries, 2);
    }

    #[test]
    fn what_is_wrong_is_found_where_it_is() {
        for (text, code, meant) in [
            ("transacton=off", Code::M210, "transacton"),
            ("no_transaction", Code::M210, "no_transaction"),
            ("skip(M203)", Code::M210, "skip"),
            ("transaction=no", Code::M211, "no"),
            ("transaction", Code::M211, "transaction"),
            ("lock_timeout=2", Code::M211, "2"),
            ("lock_timeout=0s", Code::M211, "0s"),
            ("retries=-1", Code::M211, "-1"),
            ("only=staging,", Code::M211, "staging,"),
            ("requires=initial", Code::M211, "initial"),
            ("retries=1 retries=2", Code::M211, "retries"),
            ("allow(M217)", Code::M211, "allow(M217)"),
            ("allow(M106) x", Code::M211, "allow(M106)"),
            ("allow(emtpy-half) x", Code::M211, "allow(emtpy-half)"),
            ("allow(M217 x", Code::M211, "allow"),
            ("assume()", Code::M211, "assume"),
        ] {
            let (parsed, sources) = read(text);
            let [finding] = &parsed.findings[..] else { panic!("{text}: {:?}", parsed.findings) };
            assert_eq!(finding.code, code, "{text}");
            let crate::diagnostics::Place::Text(span) = &finding.place else { panic!("{text}") };
            assert_eq!(sources.slice(span), meant, "{text}");
        }
    }
}
