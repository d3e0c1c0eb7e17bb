//! The lock file: one line per file of the set, each chained to the line before.
//!
//! It is committed. It makes an edit of a sealed migration a compile error, a merge of two
//! branches that both add one a conflict, and an added file visible to the macro.

mod chain;
mod compare;
mod files;
mod line;
mod merged;
mod parse;
mod rebase;
mod rename;
#[cfg(test)]
mod tests;
mod update;
mod write;

pub use compare::{compare, missing};
pub use parse::{ParsedLock, parse};
pub use rebase::{Rebase, rebase};
pub use rename::{Rename, renames};
pub use update::{Update, seal, update};
pub use write::write;

pub(crate) use files::{ListedFile, listed_files};
pub(crate) use write::head;

use crate::checksum::Checksum;
use crate::settings::Settings;

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u32 = 1;

/// A lock file that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFile {
    /// The set's settings, as the last command that wrote the file knew them.
    pub settings: Settings,
    /// The files: versioned ones by version, then repeatable ones by path.
    pub lines: Vec<LockLine>,
    /// Hash over all files and the checks' version, where everything was checked.
    pub stamp: Option<Checksum>,
}

/// One file of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockLine {
    /// Whether the file may change.
    pub state: LineState,
    /// Path below the folder, with `/` between parts.
    pub path: String,
    /// Content hash.
    pub content: Checksum,
    /// Hash of the token stream, which tells a cosmetic edit from a real one.
    pub tokens: Checksum,
    /// Hash over this line and all before it: sixteen hexadecimal digits.
    pub chain: String,
    /// One-based line in the lock file.
    pub line: usize,
}

/// Whether a file may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineState {
    /// It may; debug builds embed it, release builds refuse it.
    Draft,
    /// It never changes again.
    Sealed,
    /// A repeatable migration, which is run again when it changes.
    Repeatable,
}

impl LineState {
    /// Every state.
    pub(crate) const ALL: [LineState; 3] =
        [LineState::Draft, LineState::Sealed, LineState::Repeatable];

    /// Returns the word that begins the file's line.
    pub fn name(self) -> &'static str {
        match self {
            LineState::Draft => "draft",
            LineState::Sealed => "sealed",
            LineState::Repeatable => "repeatable",
        }
    }
}

impl LockFile {
    /// Returns the lines of drafts.
    pub fn drafts(&self) -> impl Iterator<Item = &LockLine> {
        self.lines.iter().filter(|line| line.state == LineState::Draft)
    }
}
