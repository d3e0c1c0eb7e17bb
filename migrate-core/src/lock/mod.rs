//! The lock file: one line per file of the set, each chained to the line before.
//!
//! It is committed. It makes an edit of a sealed migration a compile error, a merge of two
//! branches that both add one a conflict, and an added file visible to the macro.

use crate::checksum::Checksum;
use crate::settings::Settings;

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
