//! From a folder as it was read to a set of migrations.
//!
//! The macro, the command and the runtime all come through here, so that what is embedded
//! and what lies in the folder are the same set.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::checks::duplicate_version::duplicate_version;
use crate::checks::folder::{empty_set, missing_folder, text_of, unreadable_root};
use crate::checks::mixed_schemes::mixed_schemes;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::folder::{Content, Entry, Folder, LOCK_FILE, SURROUNDINGS_FILE};
use crate::layout::{self, Layout, Native};
use crate::lock::{self, ParsedLock};
use crate::set::MigrationSet;
use crate::settings::Settings;
use crate::source::{FileId, SourceFile, SourceMap, SourceText};

/// Bytes in which the head of a lock file lies, unless it says very much.
const HEAD: u64 = 4096;

/// A set, and what is wrong with its file names and its lock file.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The best set that can still be made of the folder.
    pub set: MigrationSet,
    /// The lock file's text, where there is one; its content may be unreadable.
    pub lock_file: Option<FileId>,
    /// What is wrong (M1xx, and M301 and M307 to M312).
    pub findings: Vec<Diagnostic>,
}

/// Reads the folder at `path`; `root` is how messages call it.
///
/// # Errors
/// The finding that the folder is missing or cannot be listed; it belongs to no file.
pub fn read(path: &Path, root: &str) -> Result<Folder, Box<Diagnostic>> {
    Folder::read(path, root).map_err(|error| {
        Box::new(match error.kind() {
            io::ErrorKind::NotFound => missing_folder(root),
            _ => unreadable_root(root, error),
        })
    })
}

/// Returns what the head of a folder's lock file says, before the folder is read; it may be cut
/// short or damaged, and decides nothing.
pub fn settings_in(path: &Path) -> Option<Settings> {
    let mut head = Vec::new();
    let path = path.join(LOCK_FILE);
    if !path.is_file() {
        return None;
    }
    File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    let text = String::from_utf8_lossy(&head);
    let (head, _) = text.split_once("\n\n")?;
    let mut sources = SourceMap::default();
    let text = SourceText::new(format!("{head}\n"));
    let file = sources.add(SourceFile { path: LOCK_FILE.into(), text });
    lock::parse(&sources, file).settings
}

/// Makes a set of a folder, by file names and the lock file alone: no SQL is read.
///
/// What the head of a readable lock file says wins over `settings`.
pub fn load(folder: Folder, settings: &Settings) -> Loaded {
    load_with(folder, |_, head| head.unwrap_or_else(|| settings.clone()))
}

/// As [`load`], but `choose` says what the set is, from the folder and from what the head of
/// its lock file says, if that can be read.
///
/// The command uses it: it knows the package's settings, which win over the lock file's.
pub fn load_with(
    mut folder: Folder,
    choose: impl FnOnce(&Folder, Option<Settings>) -> Settings,
) -> Loaded {
    let mut sources = SourceMap::new(folder.root.clone());
    let lock_file =
        folder.lock.take().map(|text| sources.add(SourceFile { path: LOCK_FILE.into(), text }));
    let parsed = lock_file.map_or_else(ParsedLock::default, |file| lock::parse(&sources, file));
    let settings = choose(&folder, parsed.settings);
    let layout = layout::by_name(&settings.layout).unwrap_or(&Native);

    let surroundings = surroundings(&mut folder, &mut sources);
    let without_text = without_text(&mut folder);
    let mut collected = layout.collect(folder, &mut sources);
    collected.migrations.sort_by(|a, b| {
        a.version
            .cmp(&b.version)
            .then_with(|| sources.file(a.file).path.cmp(&sources.file(b.file).path))
    });
    collected.repeatables.sort_by(|a, b| a.name.cmp(&b.name));

    let mut findings = collected.findings;
    if !is_native(layout) {
        // Their tools pass over such files; a project that lives with one can still be read.
        // A downgrade alone (M201) is nothing to apply.
        let is_stray =
            |finding: &Diagnostic| matches!(finding.code, Code::M107 | Code::M108 | Code::M201);
        let weighed = findings.into_iter().map(|finding| {
            if is_stray(&finding) { finding.weighing(Severity::Warning) } else { finding }
        });
        findings = weighed.collect();
    }
    let is_empty = collected.migrations.is_empty() && collected.repeatables.is_empty();
    if is_empty && findings.is_empty() {
        findings.push(empty_set(&sources.root));
    } else if lock_file.is_none() && is_native(layout) && without_text.is_empty() {
        findings.push(lock::missing());
    }
    findings.extend(without_text);
    findings.extend(duplicate_version(&collected.migrations, &sources));
    if is_native(layout) {
        findings.extend(mixed_schemes(&collected.migrations, &sources));
    }
    findings.extend(parsed.findings);
    let set = MigrationSet {
        settings,
        layout,
        sources,
        migrations: collected.migrations,
        repeatables: collected.repeatables,
        surroundings,
        lock: parsed.lock,
    };
    Loaded { set, lock_file, findings }
}

/// Whether our own rules hold; other tools' projects are read as they are, without a lock
/// file and with versions of any kind.
fn is_native(layout: &dyn Layout) -> bool {
    layout.name() == Native.name()
}

/// Takes the file with what is there beforehand out of the folder: it is no migration.
fn surroundings(folder: &mut Folder, sources: &mut SourceMap) -> Option<FileId> {
    let found = folder.entries.iter().position(|entry| {
        entry.path == SURROUNDINGS_FILE && matches!(entry.content, Content::Text(_))
    })?;
    let entry = folder.entries.remove(found);
    let Content::Text(text) = entry.content else { return None };
    Some(sources.add(SourceFile { path: entry.path, text }))
}

/// Takes the lock file and the surroundings out of the folder where they have no text, and says why:
/// they are there, so they are neither missing nor strays.
fn without_text(folder: &mut Folder) -> Vec<Diagnostic> {
    let is_ours = |entry: &mut Entry| {
        let first = entry.path.split('/').next();
        first.is_some_and(|first| [LOCK_FILE, SURROUNDINGS_FILE].contains(&first))
    };
    let ours: Vec<_> = folder.entries.extract_if(.., is_ours).collect();
    let files = ours.into_iter().filter(|entry| !entry.path.contains('/'));
    files
        .filter_map(|entry| text_of(&entry.path, entry.content).err().map(|found| *found))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::database::Database;
    use crate::testing::{all_codes, folder, loaded, loaded_with_lock};

    use super::*;

    #[test]
    fn migrations_are_sorted_by_version() {
        let loaded = loaded([("10_c.sql", ""), ("2_b.sql", ""), ("1_a.sql", "")]);
        let ids: Vec<_> = loaded.set.migrations.iter().map(crate::set::Migration::id).collect();
        assert_eq!(ids, ["1_a", "2_b", "10_c"]);
    }

    #[test]
    fn the_lock_file_says_what_the_set_is() {
        let lock = "format 1\nset other\ndatabase mysql\nlayout native\nend 0 -\n";
        let loaded = loaded_with_lock([("1_a.sql", "")], lock);
        assert_eq!(loaded.set.settings.set, "other");
        assert_eq!(loaded.set.settings.database, Database::Mysql);
        assert!(loaded.findings.is_empty());
    }

    #[test]
    fn a_missing_lock_file_is_a_finding_of_our_own_layout() {
        assert_eq!(all_codes(&loaded([("1_a.sql", "")])), ["M301 migrate.lock"]);
        let settings = Settings { layout: "sqlx".to_owned(), ..Settings::new(Database::Sqlite) };
        assert!(load(folder([("1_a.sql", "")]), &settings).findings.is_empty());
    }

    #[test]
    fn a_lock_file_without_text_is_not_missing() {
        let mut folder = folder([("1_a.sql", "")]);
        let content = Content::NotUtf8 { valid_up_to: 3 };
        folder.entries.push(Entry { path: LOCK_FILE.into(), content });
        folder.entries.push(Entry { path: SURROUNDINGS_FILE.into(), content: Content::Folder });
        folder.entries.push(Entry { path: "surroundings.sql/a".into(), content: Content::Folder });
        let loaded = load(folder, &Settings::new(Database::Postgres));
        assert_eq!(all_codes(&loaded), ["M110 migrate.lock", "M111 surroundings.sql"]);
    }

    #[test]
    fn an_empty_folder_is_one_finding() {
        assert_eq!(all_codes(&loaded([])), ["M112 "]);
    }

    #[test]
    fn a_missing_folder_is_a_finding() {
        let finding = read(Path::new("does/not/exist"), "migrations").unwrap_err();
        assert_eq!(finding.code.id(), "M113");
    }
}
