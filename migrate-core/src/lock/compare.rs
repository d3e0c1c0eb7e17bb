//! Compares the lock file with the files of the folder.

use std::collections::{HashMap, HashSet};

use super::{LineState, ListedFile, LockFile, LockLine, listed_files};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::folder::LOCK_FILE;
use crate::set::MigrationSet;

/// Compares a set with its lock file (M302 to M306); without a lock file there is nothing
/// to compare.
///
/// Drafts and repeatable migrations may differ from their lines: they may change.
pub fn compare(set: &MigrationSet) -> Vec<Diagnostic> {
    let Some(lock) = &set.lock else { return Vec::new() };
    compare_with(set, lock)
}

/// Says that a set has no lock file.
pub fn missing() -> Diagnostic {
    Diagnostic::new(Code::M301, Place::File(LOCK_FILE.to_owned()), "there is no lock file")
        .note("without one nothing would notice that a migration changes after it was applied")
        .help("run `cargo migrate lock`, and commit the file")
}

pub(super) fn compare_with(set: &MigrationSet, lock: &LockFile) -> Vec<Diagnostic> {
    let files = listed_files(set);
    let by_path: HashMap<&str, &ListedFile<'_>> =
        files.iter().map(|file| (file.path, file)).collect();
    let listed: HashSet<&str> = lock.lines.iter().map(|line| line.path.as_str()).collect();
    let mut unlisted: Vec<&ListedFile<'_>> =
        files.iter().filter(|file| !listed.contains(file.path)).collect();
    let mut findings = Vec::new();
    for line in &lock.lines {
        findings.extend(match by_path.get(line.path.as_str()) {
            Some(file) => changed(set, file, line),
            None => Some(gone(set, line, &mut unlisted)),
        });
    }
    findings.extend(unlisted.into_iter().map(unlisted_file));
    findings
}

fn changed(set: &MigrationSet, file: &ListedFile<'_>, line: &LockLine) -> Option<Diagnostic> {
    if line.state != LineState::Sealed || line.content == file.content {
        return None;
    }
    let place = Place::File(file.path.to_owned());
    let path = file.path;
    let reformatted = line.tokens == file.tokens(set);
    let finding = if reformatted {
        let message = format!("sealed `{path}` was changed in comments or white space only");
        Diagnostic::new(Code::M305, place, message)
    } else {
        Diagnostic::new(Code::M304, place, format!("sealed `{path}` was changed"))
    };
    let finding = finding
        .note(format!("{} says {}", at(set, line), line.content))
        .note(format!("the file hashes to {}", file.content));
    let restore = format!("restore it with `git checkout -- {}`", set.sources.join(path));
    Some(finding.help(if reformatted {
        restore
    } else {
        format!("{restore}, and make the change in a new migration")
    }))
}

/// A line whose file is not there; a file of the same content that no line lists is the
/// same migration under another name, and is taken off `unlisted`.
fn gone(set: &MigrationSet, line: &LockLine, unlisted: &mut Vec<&ListedFile<'_>>) -> Diagnostic {
    let path = &line.path;
    let place = Place::File(path.clone());
    let at = at(set, line);
    if line.state != LineState::Sealed {
        let state = line.state.name();
        let message = format!("{state} `{path}` is in the lock file, and not in the folder");
        return Diagnostic::new(Code::M303, place, message)
            .note(format!("{at} lists it"))
            .help("run `cargo migrate lock`");
    }
    if let Some(index) = unlisted.iter().position(|file| file.content == line.content) {
        let new = unlisted.swap_remove(index).path;
        let message = format!("sealed `{path}` was renamed to `{new}`");
        return Diagnostic::new(Code::M306, Place::File(new.to_owned()), message)
            .note(format!("{at} lists the same content under its old name"))
            .help(format!("rename the file back to `{path}`"));
    }
    let restore = format!("restore it with `git checkout -- {}`", set.sources.join(path));
    Diagnostic::new(Code::M303, place, format!("sealed `{path}` was deleted"))
        .note(format!("{at} lists it"))
        .help(format!("{restore}; to undo what it did, write a new migration"))
}

fn unlisted_file(file: &ListedFile<'_>) -> Diagnostic {
    Diagnostic::new(
        Code::M302,
        Place::File(file.path.to_owned()),
        format!("the lock file does not list `{}`", file.path),
    )
    .help("run `cargo migrate lock`")
}

/// A line of the lock file as messages call it.
fn at(set: &MigrationSet, line: &LockLine) -> String {
    format!("`{}:{}`", set.sources.join(LOCK_FILE), line.line)
}
