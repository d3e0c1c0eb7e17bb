//! Writes the lock file.

use std::fmt::Write;

use super::{FORMAT, LockFile};
use crate::settings::{HistoryNames, Settings};

const COMMENT: &str = "# Written by `cargo migrate`; commit it. \
                       After a merge conflict run `cargo migrate lock --rebase`.";

/// Returns the lock file's text.
pub fn write(lock: &LockFile) -> String {
    let mut text = head(&lock.settings);
    text.push('\n');
    for line in &lock.lines {
        let state = line.state.name();
        push(
            &mut text,
            format_args!("{state} {} {} {} {}", line.content, line.tokens, line.chain, line.path),
        );
    }
    let last = lock.lines.last().map_or("-", |line| line.chain.as_str());
    push(&mut text, format_args!("end {} {last}", lock.lines.len()));
    if let Some(stamp) = lock.stamp {
        push(&mut text, format_args!("checked {stamp}"));
    }
    text
}

/// Returns the lines before the list of files: what the set is.
pub(crate) fn head(settings: &Settings) -> String {
    let mut text = String::new();
    push(&mut text, format_args!("{COMMENT}"));
    push(&mut text, format_args!("format {FORMAT}"));
    push(&mut text, format_args!("set {}", settings.set));
    push(&mut text, format_args!("database {}", settings.database));
    push(&mut text, format_args!("layout {}", settings.layout));
    if settings.history != HistoryNames::default() {
        push(&mut text, format_args!("history {}", history(&settings.history)));
    }
    for (situation, decision) in settings.policy.overrides() {
        push(&mut text, format_args!("policy {} {}", situation.key(), decision.name()));
    }
    for assumption in &settings.assume {
        // White space does not matter in SQL, and a line feed would end the line.
        let words: Vec<_> = assumption.split_whitespace().collect();
        push(&mut text, format_args!("assume {}", words.join(" ")));
    }
    for rule in &settings.rules.on {
        push(&mut text, format_args!("rule {}", rule.slug()));
    }
    if let Some(column) = &settings.rules.tenant_column {
        push(&mut text, format_args!("tenant-column {}", encode(column)));
    }
    text
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a string cannot fail");
}

fn history(names: &HistoryNames) -> String {
    match &names.schema {
        Some(schema) => format!("{}.{}", encode(schema), encode(&names.table)),
        None => encode(&names.table),
    }
}

/// Percent-encodes what would end the name or the line.
fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '.' | '%') || c.is_ascii_whitespace() {
            write!(encoded, "%{:02x}", c as u32).expect("writing to a string cannot fail");
        } else {
            encoded.push(c);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::super::{LineState, LockLine, chain};
    use super::*;
    use crate::checksum::Checksum;
    use crate::database::Database;
    use crate::policy::{Decision, Situation};

    #[test]
    fn the_text_of_a_small_lock_file() {
        let mut settings = Settings::new(Database::Postgres);
        settings.history =
            HistoryNames { schema: Some("my.schema".to_owned()), table: "my table".to_owned() };
        settings.policy.set(Situation::OutOfOrder, Decision::Apply).unwrap();
        let mut lines = vec![LockLine {
            state: LineState::Sealed,
            path: "1_a.sql".to_owned(),
            content: Checksum::of("a"),
            tokens: Checksum::of("b"),
            chain: String::new(),
            line: 0,
        }];
        chain::rechain(&settings, &mut lines);
        assert_eq!(lines[0].line, 9);
        let (a, b, c) = (Checksum::of("a"), Checksum::of("b"), Checksum::of("c"));
        let link = chain::link("", "1_a.sql", &a.to_string());
        let lock = LockFile { settings, lines, stamp: Some(c) };
        let expected = format!(
            "{COMMENT}\nformat 1\nset main\ndatabase postgres\nlayout native\n\
             history my%2eschema.my%20table\npolicy out-of-order apply\n\n\
             sealed {a} {b} {link} 1_a.sql\nend 1 {link}\nchecked {c}\n"
        );
        assert_eq!(write(&lock), expected);
    }

    #[test]
    fn an_empty_lock_file_has_an_end() {
        let settings = Settings::new(Database::Sqlite);
        let text = write(&LockFile { settings, lines: Vec::new(), stamp: None });
        assert!(text.ends_with("\n\nend 0 -\n"), "{text}");
    }
}
