//! Makes one chain of the lock files of two branches.

use super::{LineState, LockFile, compare, files, merged, update};
use crate::diagnostics::{Code, Diagnostic};
use crate::set::MigrationSet;
use crate::source::FileId;

/// What became of a lock file with merge markers or a broken chain.
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run of the command")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebase {
    /// One chain over the lines of both sides.
    Done {
        /// The lock file, without a stamp.
        lock: LockFile,
        /// Paths of drafts that are older than the newest sealed migration. Give them a new
        /// version with [`renames`](super::renames), so that no database meets them out of
        /// order.
        overtaken: Vec<String>,
    },
    /// Nothing: a sealed line is not true of its file, or a line cannot be read.
    Refused(Vec<Diagnostic>),
}

/// Makes one chain of the lock file that is `file` of the set's map, which may have merge
/// markers and broken links.
///
/// The lines of both sides are kept, sealed ones as they are; those are compared with the
/// files first. What neither side lists becomes a draft.
pub fn rebase(set: &MigrationSet, file: FileId) -> Rebase {
    let (lines, mut findings) = merged::lines_of_both_sides(&set.sources, file);
    let both = LockFile { settings: set.settings.clone(), lines, stamp: None };
    let sealed = LockFile {
        lines: both.lines.iter().filter(|line| line.state == LineState::Sealed).cloned().collect(),
        ..both.clone()
    };
    let compared = compare::compare_with(set, &sealed);
    findings.extend(compared.into_iter().filter(|finding| finding.code != Code::M302));
    if !findings.is_empty() {
        return Rebase::Refused(findings);
    }
    let lock = update(set, Some(&both)).lock;
    let overtaken = overtaken(&lock);
    Rebase::Done { lock, overtaken }
}

/// Paths of drafts that are older than the newest sealed migration.
fn overtaken(lock: &LockFile) -> Vec<String> {
    let newest = lock.lines.iter().rposition(|line| line.state == LineState::Sealed);
    let Some(newest) = newest else { return Vec::new() };
    let version = files::version_of(&lock.lines[newest].path);
    lock.drafts()
        .filter(|line| files::version_of(&line.path) < version)
        .map(|line| line.path.clone())
        .collect()
}
