//! New versions for drafts that sealed migrations have overtaken.

use super::{LineState, LockFile, files};
use crate::version::{self, Version, next_version};

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
            next = version::following(&next);
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
    next_version(versioned.map(|line| files::version_of(&line.path)).max().as_ref(), now)
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
