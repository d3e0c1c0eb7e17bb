//! M313: a release build embeds a draft.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::folder::LOCK_FILE;
use crate::lock::LockFile;

/// Describes the drafts of a set, where it has any.
///
/// Only the compiler knows whether a build is a release; the macro asks it.
pub fn draft_in_release(lock: &LockFile) -> Option<Diagnostic> {
    let drafts: Vec<_> = lock.drafts().map(|line| format!("`{}`", line.path)).collect();
    let (first, others) = drafts.split_first()?;
    let message = if others.is_empty() {
        format!("a release build embeds the draft {first}")
    } else {
        format!("a release build embeds {} drafts", drafts.len())
    };
    let finding = Diagnostic::new(Code::M313, Place::File(LOCK_FILE.to_owned()), message);
    let finding = if others.is_empty() {
        finding
    } else {
        finding.note(format!("they are {}", drafts.join(", ")))
    };
    Some(finding.help("run `cargo migrate lock`, which seals drafts: they never change again"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{seal, update};
    use crate::testing::loaded;

    #[test]
    fn drafts_are_named_and_sealed_files_are_not() {
        let mut lock = update(&loaded([("1_a.sql", ""), ("2_b.sql", "")]).set, None).lock;
        let finding = draft_in_release(&lock).unwrap();
        assert_eq!(finding.message, "a release build embeds 2 drafts");
        assert_eq!(finding.notes, ["they are `1_a.sql`, `2_b.sql`"]);
        seal(&mut lock);
        assert_eq!(draft_in_release(&lock), None);
    }
}
