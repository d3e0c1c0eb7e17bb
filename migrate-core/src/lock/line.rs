//! Reads single lines of the lock file.

use super::chain::LINK_DIGITS;
use super::{LineState, LockLine};
use crate::checksum::Checksum;
use crate::database::Database;
use crate::diagnostics::Code;
use crate::layout;
use crate::policy::{Decision, Situation};
use crate::settings::HistoryNames;

/// What a line of the lock file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Nothing: empty, or a comment.
    Blank,
    Format(u32),
    Set(&'a str),
    Database(Database),
    Layout(&'a str),
    History(HistoryNames),
    Policy(Situation, Decision),
    Assume(&'a str),
    Rule(Code),
    TenantColumn(String),
    File(FileLine<'a>),
    End {
        count: usize,
        last: &'a str,
    },
    Checked(Checksum),
    /// git's `<<<<<<<`, `|||||||`, `=======` or `>>>>>>>`: its first character.
    Marker(u8),
}

/// A line that lists a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileLine<'a> {
    pub(super) state: LineState,
    pub(super) path: &'a str,
    pub(super) content: Checksum,
    /// The content hash as it stands in the line; spares writing it again for the link.
    pub(super) content_text: &'a str,
    pub(super) tokens: Checksum,
    pub(super) chain: &'a str,
}

impl FileLine<'_> {
    pub(super) fn numbered(self, line: usize) -> LockLine {
        LockLine {
            state: self.state,
            path: self.path.to_owned(),
            content: self.content,
            tokens: self.tokens,
            chain: self.chain.to_owned(),
            line,
        }
    }
}

/// Reads a line.
///
/// # Errors
/// What is wrong with it, as the caret's label.
pub(super) fn read(line: &str) -> Result<Line<'_>, String> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(Line::Blank);
    }
    if let Some(marker) = marker(line) {
        return Ok(Line::Marker(marker));
    }
    let Some((word, rest)) = line.split_once(' ') else {
        return Err(unknown_word(line));
    };
    if let Some(state) = LineState::ALL.into_iter().find(|state| state.name() == word) {
        return file(state, rest).map(Line::File);
    }
    match word {
        "format" => match rest.parse() {
            Ok(number) => Ok(Line::Format(number)),
            Err(_) => Err("a number is expected".to_owned()),
        },
        "set" => Ok(Line::Set(rest)),
        "database" => rest.parse().map(Line::Database).map_err(message),
        "layout" if layout::by_name(rest).is_none() => Err(format!("`{rest}` is no known layout")),
        "layout" => Ok(Line::Layout(rest)),
        "history" => history(rest).map(Line::History),
        "policy" => policy(rest),
        "assume" => Ok(Line::Assume(rest)),
        "rule" => match Code::rule(rest) {
            Some(code) => Ok(Line::Rule(code)),
            None => Err(format!("`{rest}` is no rule that this version knows")),
        },
        "tenant-column" => decoded(rest).map(Line::TenantColumn),
        "end" => end(rest),
        "checked" => rest.parse().map(Line::Checked).map_err(message),
        _ => Err(unknown_word(word)),
    }
}

/// Whether git wrote the line when it met a conflict.
fn marker(line: &str) -> Option<u8> {
    let first = *line.as_bytes().first()?;
    if !matches!(first, b'<' | b'|' | b'=' | b'>') {
        return None;
    }
    let run = line.bytes().take_while(|&byte| byte == first).count();
    (run >= 7 && matches!(line.as_bytes().get(run), None | Some(b' '))).then_some(first)
}

/// The widths are fixed: no search, as the macro reads thousands of these unoptimised.
fn file(state: LineState, rest: &str) -> Result<FileLine<'_>, String> {
    const CHECKSUM: usize = "sha256:".len() + 64;
    let fields = || {
        let (content_text, rest) = field(rest, CHECKSUM)?;
        let (tokens, rest) = field(rest, CHECKSUM)?;
        let (chain, path) = field(rest, LINK_DIGITS)?;
        Some((content_text, tokens, chain, path))
    };
    let Some((content_text, tokens, chain, path)) = fields().filter(|(.., path)| !path.is_empty())
    else {
        return Err("two hashes, a link and a path are expected".to_owned());
    };
    Ok(FileLine {
        state,
        path,
        content: content_text.parse().map_err(message)?,
        content_text,
        tokens: tokens.parse().map_err(message)?,
        chain,
    })
}

fn field(rest: &str, width: usize) -> Option<(&str, &str)> {
    let (field, rest) = rest.split_at_checked(width)?;
    Some((field, rest.strip_prefix(' ')?))
}

fn policy(rest: &str) -> Result<Line<'_>, String> {
    let (situation, decision) =
        rest.split_once(' ').ok_or("a situation and a decision are expected")?;
    let situation: Situation = situation.parse().map_err(message)?;
    let decision: Decision = decision.parse().map_err(message)?;
    Ok(Line::Policy(situation, decision))
}

fn end(rest: &str) -> Result<Line<'_>, String> {
    let (count, last) = rest.split_once(' ').ok_or("a count and a link are expected")?;
    let count = count.parse().map_err(|_| "a number is expected".to_owned())?;
    Ok(Line::End { count, last })
}

fn history(rest: &str) -> Result<HistoryNames, String> {
    Ok(match rest.split_once('.') {
        Some((schema, table)) => {
            HistoryNames { schema: Some(decoded(schema)?), table: decoded(table)? }
        }
        None => HistoryNames { schema: None, table: decoded(rest)? },
    })
}

fn decoded(name: &str) -> Result<String, String> {
    decode(name).ok_or_else(|| format!("`{name}` is no name"))
}

/// Reads percent-encoded text; `None` where it is none.
fn decode(name: &str) -> Option<String> {
    let mut decoded = String::with_capacity(name.len());
    let mut parts = name.split('%');
    decoded.push_str(parts.next()?);
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        decoded.push(char::from(u8::from_str_radix(digits, 16).ok()?));
        decoded.push_str(rest);
    }
    (!decoded.is_empty()).then_some(decoded)
}

fn unknown_word(word: &str) -> String {
    format!("`{word}` begins no line of a lock file")
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn message(error: impl ToString) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values() {
        assert_eq!(read(""), Ok(Line::Blank));
        assert_eq!(read("# x"), Ok(Line::Blank));
        assert_eq!(read("format 2"), Ok(Line::Format(2)));
        assert_eq!(read("set a b"), Ok(Line::Set("a b")));
        assert_eq!(
            read("end 3 0123456789abcdef"),
            Ok(Line::End { count: 3, last: "0123456789abcdef" })
        );
        for wrong in [
            "format x",
            "database oracle",
            "layout x",
            "end 3",
            "policy x y",
            "seal",
            "history %",
            "rule x",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_of_the_history_are_decoded() {
        let names = HistoryNames { schema: Some("a.b".to_owned()), table: "c %".to_owned() };
        assert_eq!(read("history a%2eb.c%20%25"), Ok(Line::History(names)));
    }

    #[test]
    fn seven_signs_are_a_marker() {
        assert_eq!(read("<<<<<<< HEAD"), Ok(Line::Marker(b'<')));
        assert_eq!(read("======="), Ok(Line::Marker(b'=')));
        assert!(read("======").is_err());
        assert!(read("=======x").is_err());
    }

    #[test]
    fn a_file_line_needs_all_its_fields() {
        let sum = Checksum::of("a");
        let line = format!("sealed {sum} {sum} 0123456789abcdef 1_a b.sql");
        let Ok(Line::File(file)) = read(&line) else { panic!("{line}") };
        assert_eq!((file.path, file.chain), ("1_a b.sql", "0123456789abcdef"));
        for wrong in [
            format!("sealed {sum} {sum} 0123456789abcdef "),
            format!("sealed {sum} {sum} 0123456789abcde 1_a.sql"),
            format!("sealed {sum} 0123456789abcdef 1_a.sql"),
            "sealed é".to_owned(),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
