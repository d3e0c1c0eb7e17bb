//! New versions for drafts that sealed migrations have overtaken.

use super::{LineState, LockFile, files};
use crate::version::{Version, VersionScheme, check_timestamp};

/// A file that should be renamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Its path below the folder.
    pub from: String,
    /// The path with the new version.
    pub to: String,
}

/// Returns the renames that move drafts behind everything the lock file lists, in their order.
///
/// `now` is the time in UTC as fourteen digits; the first new version is that, or what follows
/// the newest version where a clock ran ahead. In a set of sequence numbers the count goes on.
/// Files of one migration keep one version. In a layout with a folder per migration the
/// folders are renamed.
pub fn renames(lock: &LockFile, drafts: &[String], now: &str) -> Vec<Rename> {
    let mut next = first_free(lock, now);
    let mut renames: Vec<Rename> = Vec::new();
    let mut current: Option<Version> = None;
    for path in drafts {
        let version = files::version_of(path);
        if current.as_ref().is_some_and(|current| *current != version) {
            next = following(&next);
        }
        current = Some(version);
        let from = path.split('/').next().unwrap_or(path).to_owned();
        if renames.iter().any(|rename| rename.from == from) {
            continue;
        }
        let to = with_version(&from, &next);
        renames.push(Rename { from, to });
    }
    renames
}

/// The first version behind all that are listed.
fn first_free(lock: &LockFile, now: &str) -> String {
    let versioned = lock.lines.iter().filter(|line| line.state != LineState::Repeatable);
    match versioned.map(|line| files::version_of(&line.path)).max() {
        Some(newest) if newest.scheme() == VersionScheme::Timestamp => {
            if newest < Version::new(now.to_owned()) {
                now.to_owned()
            } else {
                following(newest.as_str())
            }
        }
        Some(newest) if newest.as_str().bytes().all(|byte| byte.is_ascii_digit()) => {
            following(newest.as_str())
        }
        Some(_) | None => now.to_owned(),
    }
}

/// Returns the next second of a timestamp, or the next number in the same width.
fn following(version: &str) -> String {
    let mut next = add_one(version);
    if Version::new(version.to_owned()).scheme() == VersionScheme::Sequence {
        return next;
    }
    // Each part that ran over begins anew and adds one to the part before it.
    while let Err(overflow) = check_timestamp(&next) {
        let first = if matches!(overflow.part, "month" | "day") { "01" } else { "00" };
        let before = add_one(&next[..overflow.start]);
        next = format!("{before}{first}{}", &next[overflow.end..]);
    }
    next
}

/// Adds one to a number of any length; nines alone make it one digit longer.
fn add_one(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let nines = digits.len() - kept.len();
    let increased = match kept.as_bytes().split_last() {
        Some((last, before)) => {
            format!("{}{}", &kept[..before.len()], char::from(last + 1))
        }
        None => "1".to_owned(),
    };
    increased + &"0".repeat(nines)
}

/// Puts a version in the place of the one that a name begins with, keeping dashes in it.
fn with_version(name: &str, version: &str) -> String {
    let end = name.find(['_', '.']).unwrap_or(name.len());
    let (old, rest) = name.split_at(end);
    if old.bytes().filter(u8::is_ascii_digit).count() != version.len() {
        return format!("{version}{rest}");
    }
    let mut digits = version.chars();
    let new: String =
        old.chars().map(|c| if c == '-' { c } else { digits.next().unwrap_or(c) }).collect();
    new + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_version() {
        for (version, next) in [
            ("9", "10"),
            ("0009", "0010"),
            ("0010", "0011"),
            ("20250130114438", "20250130114439"),
            ("20250228235959", "20250301000000"),
            ("20240228235959", "20240229000000"),
            ("20251231235959", "20260101000000"),
        ] {
            assert_eq!(following(version), next);
        }
    }

    #[test]
    fn a_name_gets_another_version() {
        let version = "20260102030405";
        for (name, new) in [
            ("20250130114438_a.sql", "20260102030405_a.sql"),
            ("2025-01-30-114438_a", "2026-01-02-030405_a"),
            ("7_a.up.sql", "20260102030405_a.up.sql"),
        ] {
            assert_eq!(with_version(name, version), new);
        }
    }
}
