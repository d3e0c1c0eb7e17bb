//! Brings the lock file up to date with the folder.

use std::collections::HashMap;

use super::{LineState, ListedFile, LockFile, LockLine, chain, files, listed_files};
use crate::set::MigrationSet;

/// A lock file that was brought up to date, and what that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The lock file, without a stamp.
    pub lock: LockFile,
    /// Paths of files that are listed now and were not.
    pub added: Vec<String>,
    /// Paths of drafts and repeatable migrations whose hashes were written anew.
    pub refreshed: Vec<String>,
    /// Paths of drafts and repeatable migrations that are gone.
    pub removed: Vec<String>,
}

/// Lists the set's files, with what `previous` says of the sealed ones.
///
/// A file that was not listed becomes a draft. A sealed line is never hashed anew, and stays
/// where its file was deleted, so that the change remains a finding. The links are computed
/// anew: do not update a lock file that has findings of its own (M307 to M312), as they
/// would be lost.
pub fn update(set: &MigrationSet, previous: Option<&LockFile>) -> Update {
    let mut known: HashMap<&str, &LockLine> = previous
        .map(|lock| lock.lines.iter().map(|line| (line.path.as_str(), line)).collect())
        .unwrap_or_default();
    let (mut added, mut refreshed) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for file in listed_files(set) {
        let line = match known.remove(file.path) {
            Some(line) if line.state == LineState::Sealed && file.versioned => line.clone(),
            Some(line) => {
                let new = hashed(set, &file);
                if new.content != line.content {
                    refreshed.push(new.path.clone());
                }
                new
            }
            None => {
                added.push(file.path.to_owned());
                hashed(set, &file)
            }
        };
        lines.push(line);
    }
    let mut removed = Vec::new();
    for line in known.into_values() {
        if line.state == LineState::Sealed {
            lines.push(line.clone());
        } else {
            removed.push(line.path.clone());
        }
    }
    removed.sort();
    sort(&mut lines);
    chain::rechain(&set.settings, &mut lines);
    let lock = LockFile { settings: set.settings.clone(), lines, stamp: None };
    Update { lock, added, refreshed, removed }
}

/// Seals every draft; returns their paths.
///
/// The lines must be up to date: what they say is what is sealed.
pub fn seal(lock: &mut LockFile) -> Vec<String> {
    let drafts = lock.lines.iter_mut().filter(|line| line.state == LineState::Draft);
    drafts
        .map(|line| {
            line.state = LineState::Sealed;
            line.path.clone()
        })
        .collect()
}

/// Sorts versioned lines by version and repeatable ones behind them by path.
///
/// Files of one migration keep their order; those of a deleted one sort upgrade first.
fn sort(lines: &mut [LockLine]) {
    lines.sort_by_cached_key(|line| match line.state {
        LineState::Repeatable => (true, None, 0, line.path.clone()),
        LineState::Draft | LineState::Sealed => {
            let version = files::version_of(&line.path);
            (false, Some(version), files::order_in_migration(&line.path), String::new())
        }
    });
}

fn hashed(set: &MigrationSet, file: &ListedFile<'_>) -> LockLine {
    LockLine {
        state: if file.versioned { LineState::Draft } else { LineState::Repeatable },
        path: file.path.to_owned(),
        content: file.content,
        tokens: file.tokens(set),
        chain: String::new(),
        line: 0,
    }
}
