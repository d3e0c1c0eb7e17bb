//! The comment lines that mean something: section headers and directives.

use std::ops::Range;

/// One of the two halves of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Upgrade,
    Downgrade,
}

impl Side {
    /// The word in headers, and the name of the function in Rust.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Side::Upgrade => "upgrade",
            Side::Downgrade => "downgrade",
        }
    }
}

/// What a comment line means; ranges are bytes of the comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Header {
    /// `-- upgrade` or `-- downgrade`.
    Section(Side),
    /// `-- downgrade: irreversible, <reason>`; the bytes of the reason, which may be none.
    Irreversible(Range<usize>),
    /// The header of another tool for the same thing.
    Misnamed(Side),
    /// `-- migrate: …`; the bytes after the colon.
    Directives(Range<usize>),
}

/// Words that other tools, or hasty people, write for `upgrade`.
const UPGRADE_WORDS: [&str; 5] = ["up", "migrate", "run", "apply", "forward"];

/// Words for `downgrade`.
const DOWNGRADE_WORDS: [&str; 5] = ["down", "rollback", "revert", "undo", "backward"];

/// Annotations of goose, sql-migrate and dbmate, which take options after a space.
const ANNOTATIONS: [(&str, Side); 6] = [
    ("+goose up", Side::Upgrade),
    ("+goose down", Side::Downgrade),
    ("+migrate up", Side::Upgrade),
    ("+migrate down", Side::Downgrade),
    ("migrate:up", Side::Upgrade),
    ("migrate:down", Side::Downgrade),
];

/// Whether a line comment decides what is run, or how.
///
/// It is asked of files of every layout: headers of other tools count too.
pub(crate) fn is_instruction(comment: &str) -> bool {
    Header::of(comment).is_some()
}

/// Returns the half that another tool's name stands for.
pub(crate) fn misnamed(word: &str) -> Option<Side> {
    if UPGRADE_WORDS.contains(&word) {
        Some(Side::Upgrade)
    } else if DOWNGRADE_WORDS.contains(&word) {
        Some(Side::Downgrade)
    } else {
        None
    }
}

impl Header {
    /// Reads a line comment, from its dashes to the end of its line.
    pub(super) fn of(comment: &str) -> Option<Self> {
        let text = comment.strip_prefix("--")?;
        let text_start = comment.len() - text.trim_start().len();
        let text = text.trim();
        // Most comments are prose: look at the first letter before copying anything.
        if !text.starts_with([
            'u', 'U', 'd', 'D', 'm', 'M', 'r', 'R', 'a', 'A', 'f', 'F', 'b', 'B', '+',
        ]) {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let annotation = ANNOTATIONS.iter().find(|(annotation, _)| {
            let rest = lower.strip_prefix(annotation);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        if let Some((_, side)) = annotation {
            return Some(Header::Misnamed(*side));
        }
        if lower.starts_with("migrate:") {
            let start = text_start + "migrate:".len();
            return Some(Header::Directives(start..text_start + text.len()));
        }
        match lower.strip_suffix(':').unwrap_or(&lower).trim_end() {
            "upgrade" => return Some(Header::Section(Side::Upgrade)),
            "downgrade" => return Some(Header::Section(Side::Downgrade)),
            word => {
                if let Some(side) = misnamed(word) {
                    return Some(Header::Misnamed(side));
                }
            }
        }
        let rest = lower.strip_prefix("downgrade")?;
        let rest = rest.trim_start().trim_start_matches(':').trim_start();
        let reason = rest.strip_prefix("irreversible")?;
        if reason.starts_with(|c: char| c.is_alphanumeric()) {
            return None;
        }
        let reason = reason.trim_start_matches([' ', '\t', ',', ':', '-']);
        let end = text_start + text.len();
        Some(Header::Irreversible(end - reason.len()..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_in_any_spelling() {
        use Side::{Downgrade, Upgrade};
        for (comment, header) in [
            ("-- upgrade", Header::Section(Upgrade)),
            ("--upgrade", Header::Section(Upgrade)),
            ("--   Downgrade:  ", Header::Section(Downgrade)),
            ("-- UPGRADE :", Header::Section(Upgrade)),
            ("-- up", Header::Misnamed(Upgrade)),
            ("-- Rollback:", Header::Misnamed(Downgrade)),
            ("-- +goose Down", Header::Misnamed(Downgrade)),
            ("-- migrate:up transaction:false", Header::Misnamed(Upgrade)),
            ("-- migrate", Header::Misnamed(Upgrade)),
            ("-- migrate: retries=3", Header::Directives(11..21)),
            ("-- migrate:", Header::Directives(11..11)),
        ] {
            assert_eq!(Header::of(comment), Some(header), "{comment}");
        }
    }

    #[test]
    fn irreversible_downgrades_give_their_reason() {
        for (comment, reason) in [
            ("-- downgrade: irreversible, the data is gone", "the data is gone"),
            ("-- Downgrade irreversible: Why", "Why"),
            ("-- downgrade: irreversible", ""),
            ("-- downgrade: irreversible,  ", ""),
        ] {
            let Some(Header::Irreversible(range)) = Header::of(comment) else {
                panic!("{comment}");
            };
            assert_eq!(&comment[range], reason);
        }
    }

    #[test]
    fn prose_is_no_header() {
        for comment in [
            "-- upgrade the users table",
            "-- downgrades",
            "-- up to here",
            "-- run this first",
            "-- migrated by hand",
            "-- downgrade: irreversibles",
            "--",
            "# upgrade",
        ] {
            assert_eq!(Header::of(comment), None, "{comment}");
        }
    }
}
