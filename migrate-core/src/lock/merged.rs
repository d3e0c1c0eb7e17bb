//! Reads what is left of a lock file after a merge: both sides at once.

use super::line::{self, Line};
use super::parse::{malformed, newer_format};
use super::{FORMAT, LineState, LockLine};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, SourceMap, Span};

/// Returns the lines of both sides, each path once, and what cannot be read.
///
/// Where both sides list a path, a sealed line wins over a draft. Two sealed lines of one
/// path with different contents are both kept: at most one of them can be true of the file.
pub(super) fn lines_of_both_sides(
    sources: &SourceMap,
    file: FileId,
) -> (Vec<LockLine>, Vec<Diagnostic>) {
    let mut lines: Vec<LockLine> = Vec::new();
    let mut findings = Vec::new();
    let mut in_base = false;
    let mut offset = 0;
    for (index, text) in sources.text(file).split('\n').enumerate() {
        let range = offset..offset + text.len();
        offset = range.end + 1;
        match line::read(text) {
            // git's `diff3` style shows the common ancestor too; its lines were dropped
            // or changed by both sides.
            Ok(Line::Marker(marker)) => in_base = marker == b'|',
            _ if in_base => {}
            Ok(Line::File(line)) => add(&mut lines, line.numbered(index + 1)),
            Ok(Line::Format(format)) if format > FORMAT => {
                findings.push(newer_format(Span::new(file, range), format));
            }
            Ok(_) => {}
            Err(reason) => findings.push(malformed(Span::new(file, range), reason)),
        }
    }
    (lines, findings)
}

fn add(lines: &mut Vec<LockLine>, line: LockLine) {
    let sealed = |line: &LockLine| line.state == LineState::Sealed;
    match lines.iter_mut().find(|known| known.path == line.path) {
        None => lines.push(line),
        Some(known) if sealed(known) && sealed(&line) => {
            if known.content != line.content {
                lines.push(line);
            }
        }
        Some(known) if sealed(&line) => *known = line,
        Some(_) => {}
    }
}
