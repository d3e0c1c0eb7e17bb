//! M314: the head of the lock file says other settings than the package.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::folder::LOCK_FILE;
use crate::lock::head;
use crate::set::MigrationSet;

/// Compares the settings of the set with those that its lock file was written with.
///
/// Only the command can find it: macro and runtime take their settings from the lock file.
pub fn lock_settings(set: &MigrationSet) -> Option<Diagnostic> {
    let lock = set.lock.as_ref()?;
    if lock.settings == set.settings {
        return None;
    }
    let (written, wanted) = (head(&lock.settings), head(&set.settings));
    let without = |text: &str, other: &str| {
        let lines = text.lines().filter(|line| !other.lines().any(|one| one == *line));
        let lines: Vec<_> = lines.map(|line| format!("`{line}`")).collect();
        if lines.is_empty() { "nothing of it".to_owned() } else { lines.join(", ") }
    };
    let message = "the head of the lock file says other settings than the package";
    Some(
        Diagnostic::new(Code::M314, Place::File(LOCK_FILE.to_owned()), message)
            .note(format!("the lock file says {}", without(&written, &wanted)))
            .note(format!("the package says {}", without(&wanted, &written)))
            .help("run `cargo migrate lock --draft`, which writes the package's settings"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::update;
    use crate::testing::loaded;

    #[test]
    fn only_what_differs_is_named() {
        let mut set = loaded([("1_a.sql", "")]).set;
        set.lock = Some(update(&set, None).lock);
        assert_eq!(lock_settings(&set), None);
        set.settings.set = "other".to_owned();
        let finding = lock_settings(&set).unwrap();
        assert_eq!(
            finding.notes,
            ["the lock file says `set main`", "the package says `set other`"]
        );
    }
}
