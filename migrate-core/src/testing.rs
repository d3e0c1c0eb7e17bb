//! Sets made of texts, for the tests beside the code.

use crate::check;
use crate::database::Database;
use crate::diagnostics::Diagnostic;
use crate::folder::{Content, Entry, Folder};
use crate::load::{Loaded, load};
use crate::lock;
use crate::settings::Settings;
use crate::source::{SourceMap, SourceText};

/// A file's path and text.
pub(crate) type File<'a> = (&'a str, &'a str);

/// Makes a folder of files.
pub(crate) fn folder<'a>(files: impl IntoIterator<Item = File<'a>>) -> Folder {
    let mut entries: Vec<Entry> = files
        .into_iter()
        .map(|(path, text)| Entry {
            path: path.to_owned().into(),
            content: Content::Text(SourceText::new(text.to_owned())),
        })
        .collect();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Folder { root: "migrations".to_owned(), entries, lock: None }
}

/// Loads files as a native set for Postgres without a lock file.
pub(crate) fn loaded<'a>(files: impl IntoIterator<Item = File<'a>>) -> Loaded {
    load(folder(files), &Settings::new(Database::Postgres))
}

/// Loads files with a lock file.
pub(crate) fn loaded_with_lock<'a>(
    files: impl IntoIterator<Item = File<'a>>,
    lock: &str,
) -> Loaded {
    let folder = Folder { lock: Some(SourceText::new(lock.to_owned())), ..folder(files) };
    load(folder, &Settings::new(Database::Postgres))
}

/// The lock file that seals files as they are.
pub(crate) fn sealed<'a>(files: impl IntoIterator<Item = File<'a>>) -> String {
    let mut lock = lock::update(&loaded(files).set, None).lock;
    lock::seal(&mut lock);
    lock::write(&lock)
}

/// Code and path of all findings of names and lock file.
pub(crate) fn all_codes(loaded: &Loaded) -> Vec<String> {
    describe(&loaded.findings, &loaded.set.sources)
}

/// Code and path of the findings of names and lock file that have a code.
pub(crate) fn codes(loaded: &Loaded, code: &str) -> Vec<String> {
    all_codes(loaded).into_iter().filter(|text| text.starts_with(code)).collect()
}

/// Code and path of everything that is found except in the halves.
pub(crate) fn compared(loaded: &Loaded) -> Vec<String> {
    let findings: Vec<_> = check::check(loaded)
        .into_iter()
        .filter(|finding| !finding.code.id().starts_with("M2"))
        .collect();
    describe(&findings, &loaded.set.sources)
}

fn describe(findings: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let describe = |finding: &Diagnostic| {
        format!("{} {}", finding.code.id(), finding.path(sources).unwrap_or_default())
    };
    findings.iter().map(describe).collect()
}
