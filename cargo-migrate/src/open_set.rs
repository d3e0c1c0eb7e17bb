//! A set that was read from its folder, and the lock file beside it.

use std::cell::OnceCell;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use migrate_core::check;
use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic, has_errors};
use migrate_core::folder::{Folder, LOCK_FILE};
use migrate_core::load::{self, Loaded};
use migrate_core::lock::{self, LockFile, Update};
use migrate_core::set::{MigrationKind, MigrationSet};
use migrate_core::settings::Settings;

use crate::error::CommandError;
use crate::rules;
use crate::target::Target;

/// A set that was read from its folder.
#[derive(Debug)]
pub(crate) struct OpenSet {
    /// Where it was read.
    pub(crate) target: Target,
    /// What was read. Its thousands of texts go with the process, which is quicker than to free
    /// one after the other.
    pub(crate) loaded: ManuallyDrop<Loaded>,
    /// What is found where the lock file's stamp holds; `None` where it does not.
    stamped: OnceCell<Option<Vec<Diagnostic>>>,
}

impl OpenSet {
    /// Reads the set for work without a database; what `DATABASE_URL` says may tell its kind.
    pub(crate) fn read_offline(target: Target) -> Result<Self, CommandError> {
        let url = target.url()?;
        Self::read(target, url.as_deref())
    }

    /// Reads the set; `url` may tell the kind of database where nothing else does.
    ///
    /// A folder that cannot be read is an empty set with that finding.
    pub(crate) fn read(target: Target, url: Option<&str>) -> Result<Self, CommandError> {
        let (folder, unreadable) = match load::read(&target.folder, &target.root) {
            Ok(folder) => (folder, None),
            Err(finding) => {
                (Folder { root: target.root.clone(), ..Folder::default() }, Some(*finding))
            }
        };
        let mut known = true;
        let of_url = url.and_then(Database::from_url);
        let mut loaded = load::load_with(folder, |folder, head| {
            target.declared.complete(folder, head, of_url).unwrap_or_else(|| {
                known = false;
                Settings::new(Database::Postgres)
            })
        });
        if let Some(finding) = unreadable {
            loaded.findings = vec![finding];
        } else if !known {
            // It may be the lock file that would have told.
            let lock = loaded.set.sources.join(LOCK_FILE);
            let is_of_lock = |found: &&Diagnostic| {
                found.code != Code::M301 && found.path(&loaded.set.sources) == Some(LOCK_FILE)
            };
            let broken = loaded.findings.iter().filter(is_of_lock);
            let unknown = unknown_database();
            return Err(broken.fold(unknown, |error, found| {
                error.help(format!("or put `{lock}` right: {}", found.message))
            }));
        }
        rules::must_fit(&loaded.set.settings.rules, loaded.set.settings.database)?;
        Ok(OpenSet { target, loaded: ManuallyDrop::new(loaded), stamped: OnceCell::new() })
    }

    /// Returns the set.
    pub(crate) fn set(&self) -> &MigrationSet {
        &self.loaded.set
    }

    /// Whether some of its migrations are written in Rust.
    pub(crate) fn has_rust(&self) -> bool {
        self.set().migrations.iter().any(|migration| migration.kind == MigrationKind::Rust)
    }

    /// Returns the path of the lock file.
    pub(crate) fn lock_path(&self) -> PathBuf {
        self.target.folder.join(LOCK_FILE)
    }

    /// Whether the lock file itself is beyond what may be written over: merge markers, a broken
    /// chain, lines that cannot be read, no text at all.
    pub(crate) fn lock_is_broken(&self) -> bool {
        self.loaded.findings.iter().any(|finding| match finding.code {
            Code::M307 | Code::M308 | Code::M309 | Code::M310 | Code::M311 | Code::M312 => true,
            Code::M110 | Code::M111 => finding.path(&self.loaded.set.sources) == Some(LOCK_FILE),
            _ => false,
        })
    }

    /// Returns the lock file as it should be: new files listed as drafts, drafts hashed anew.
    pub(crate) fn updated_lock(&self) -> Update {
        lock::update(self.set(), self.set().lock.as_ref())
    }

    /// Returns what is found without reading any SQL, where the lock file's stamp holds.
    ///
    /// It is worked out once: by the thread that reads the set, while the database answers.
    pub(crate) fn stamped(&self) -> Option<&Vec<Diagnostic>> {
        self.stamped.get_or_init(|| check::check_stamped(&self.loaded)).as_ref()
    }

    /// Puts a lock file in the place of the one that was read; [`OpenSet::save_lock`] writes it.
    pub(crate) fn replace_lock(&mut self, lock: LockFile) {
        self.loaded.findings.retain(|finding| finding.code != Code::M301);
        self.loaded.set.lock = Some(lock);
        self.stamped.take();
    }

    /// Checks the set after its lock file was brought up to date, and writes that with the
    /// stamp if there is no error. Returns the findings.
    ///
    /// Without a lock file, or with one that is broken, only the findings say so.
    pub(crate) fn refresh(&mut self) -> Result<Vec<Diagnostic>, CommandError> {
        let (findings, updated) = self.judge();
        if updated {
            self.save_lock(!has_errors(&findings))?;
        }
        Ok(findings)
    }

    /// As [`OpenSet::refresh`], and writes nothing. Returns the findings, and whether the lock file
    /// was brought up to date.
    pub(crate) fn judge(&mut self) -> (Vec<Diagnostic>, bool) {
        if self.lock_is_broken() {
            return (check::check(&self.loaded), false);
        }
        if self.set().lock.is_none() {
            // Another tool's folder as it is: the server judges what is pending.
            return (self.loaded.findings.clone(), false);
        }
        if let Some(findings) = self.stamped() {
            return (findings.clone(), false);
        }
        let lock = self.updated_lock().lock;
        self.replace_lock(lock);
        (check::check(&self.loaded), true)
    }

    /// Writes the lock file if it differs from the one that is there; `clean` says that the
    /// checks found no error, which the stamp tells the macro.
    pub(crate) fn save_lock(&mut self, clean: bool) -> Result<bool, CommandError> {
        let stamp = clean.then(|| check::stamp(self.set()));
        self.stamped.take();
        let Some(lock) = &mut self.loaded.set.lock else { return Ok(false) };
        lock.stamp = stamp;
        let text = lock::write(lock);
        let before = self.loaded.lock_file.map(|file| self.loaded.set.sources.text(file));
        if before == Some(&text) {
            return Ok(false);
        }
        match write_atomically(&self.lock_path(), &text) {
            Ok(()) => Ok(true),
            // The stamp only saves time: a folder that is read-only can be checked and run.
            Err(_) if before.is_some_and(|before| unstamped(before) == unstamped(&text)) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// The lines of a lock file without the stamp.
fn unstamped(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with("checked ")).collect()
}

/// Nobody said which kind of database a set is for.
pub(crate) fn unknown_database() -> CommandError {
    CommandError::usage("nothing tells which kind of database the set is for")
        .help("give `--database postgres`, `mysql` or `sqlite`")
        .help("or write `database = \"…\"` into `[package.metadata.migrate]` of Cargo.toml")
}

/// Writes a file so that it is there whole or not at all; a link to a file stays one.
pub(crate) fn write_atomically(path: &Path, text: &str) -> Result<(), CommandError> {
    let failed = |error| CommandError::write(path, error);
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file =
        tempfile::Builder::new().prefix(".migrate").tempfile_in(directory).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    readable_by_all(file.as_file()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are their owner's alone; a committed file is not.
#[cfg(unix)]
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_file: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
