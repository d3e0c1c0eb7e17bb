//! Everything that can be said about a set without a database.

use crate::checks::lock_settings::lock_settings;
use crate::checksum::{Checksum, FieldHasher};
use crate::diagnostics::{self, Diagnostic};
use crate::load::Loaded;
use crate::lock;
use crate::set::MigrationSet;

/// Counts the changes to what the checks find; a stamp of another version is void.
pub const CHECK_VERSION: u32 = 1;

/// Returns all findings: of names, of the lock file, and of every migration's halves.
///
/// They are sorted by file and place, and none comes twice.
pub fn check(loaded: &Loaded) -> Vec<Diagnostic> {
    let set = &loaded.set;
    let scripts = set.migrations.iter().flat_map(|migration| set.script(migration).1).collect();
    report(loaded, scripts)
}

/// As [`check`], but leaves out the migrations' halves where the lock file's stamp says that
/// a command found no error in just these files.
///
/// The macro uses it: hashes and names are always compared, SQL and Rust are read only after
/// a change that no command has seen.
pub fn check_unless_stamped(loaded: &Loaded) -> Vec<Diagnostic> {
    let stamped = loaded.set.lock.as_ref().and_then(|lock| lock.stamp);
    if stamped.is_some_and(|stamp| stamp == self::stamp(&loaded.set)) {
        report(loaded, Vec::new())
    } else {
        check(loaded)
    }
}

fn report(loaded: &Loaded, scripts: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut findings = loaded.findings.clone();
    findings.extend(lock::compare(&loaded.set));
    findings.extend(lock_settings(&loaded.set));
    findings.extend(scripts);
    diagnostics::sort(&mut findings, &loaded.set.sources);
    findings.dedup();
    findings
}

/// Hashes everything that the checks of a set depend on: their version, the settings, and
/// every file's path and content.
///
/// A command writes it into the lock file when [`check`] found no error.
pub fn stamp(set: &MigrationSet) -> Checksum {
    let mut hasher = FieldHasher::default();
    hasher.field(&CHECK_VERSION.to_string());
    hasher.field(&lock::head(&set.settings));
    for file in lock::listed_files(set) {
        hasher.field(file.path);
        hasher.field(&file.content.to_string());
    }
    hasher.finish()
}
