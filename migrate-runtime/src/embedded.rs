//! A set that is embedded in the program.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use migrate_core::database::Database;
use migrate_core::diagnostics::{Diagnostic, has_errors};
use migrate_core::folder::{Content, Entry, Folder, LOCK_FILE};
use migrate_core::load::load;
use migrate_core::set::MigrationSet;
use migrate_core::settings::Settings;
use migrate_core::source::SourceText;

use crate::connect::Connect;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::report::Report;
use crate::runner::Runner;

/// A future that a migration's half returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A half of a Rust migration.
pub type StepFn = for<'a> fn(&'a mut Db) -> BoxFuture<'a, Result<()>>;

/// The compiled halves of a Rust migration.
#[derive(Debug, Clone, Copy)]
pub struct RustMigration {
    /// Path of the file below the migrations folder.
    pub path: &'static str,
    /// The value of its `MIGRATE` constant.
    pub directives: &'static str,
    /// The upgrade.
    pub upgrade: StepFn,
    /// The downgrade, or why there is none.
    pub downgrade: std::result::Result<StepFn, &'static str>,
}

/// A set of migrations that [`embed_migrations!`](crate::embed_migrations) put into the program.
///
/// ```no_run
/// # #[cfg(feature = "sqlite")]
/// # async fn start(pool: sqlx::SqlitePool, MIGRATIONS: &migrate_runtime::Migrations) -> migrate_runtime::Result<()> {
/// // static MIGRATIONS: Migrations = embed_migrations!();
/// let report = MIGRATIONS.run(&pool).await?;
/// println!("{} migrations applied", report.applied.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Migrations {
    files: &'static [(&'static str, &'static str)],
    lock: &'static str,
    rust: &'static [RustMigration],
    folder: &'static str,
    root: &'static str,
    loaded: OnceLock<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    set: MigrationSet,
    findings: Vec<Diagnostic>,
}

impl Migrations {
    /// Wraps what the macro embeds.
    pub(crate) const fn new(
        files: &'static [(&'static str, &'static str)],
        lock: &'static str,
        rust: &'static [RustMigration],
        folder: &'static str,
        root: &'static str,
    ) -> Self {
        Migrations { files, lock, rust, folder, root, loaded: OnceLock::new() }
    }

    /// Returns the set, read by the same code as `cargo migrate` reads the folder.
    ///
    /// # Errors
    /// [`Error::InvalidSet`] when the set has errors; the build reported them.
    pub fn set(&self) -> Result<&MigrationSet> {
        let loaded = self.loaded.get_or_init(|| self.load());
        if has_errors(&loaded.findings) {
            return Err(Error::InvalidSet(loaded.findings.clone()));
        }
        Ok(&loaded.set)
    }

    fn load(&self) -> Loaded {
        let entries = self.files.iter().map(|(path, text)| Entry {
            path: Cow::Borrowed(*path),
            content: Content::Text(SourceText::new(*text)),
        });
        let folder = Folder {
            root: self.root.to_owned(),
            entries: entries.collect(),
            lock: (!self.lock.is_empty()).then(|| SourceText::new(self.lock)),
        };
        // The lock file's head says what the set is; the default never shows.
        let loaded = load(folder, &Settings::new(Database::Sqlite));
        Loaded { set: loaded.set, findings: loaded.findings }
    }

    /// Applies what is pending.
    ///
    /// `target` is a pool, a URL, or a [`Db`].
    pub async fn run(&self, target: impl Connect) -> Result<Report> {
        self.runner()?.run_on(target).await
    }

    /// Applies what is pending as the environment says; for a service's start-up.
    ///
    /// See [`Startup`](crate::Startup) for the variables.
    pub async fn at_startup(&self, target: impl Connect) -> Result<Report> {
        crate::startup::Startup::from_env()?.run(self, target).await
    }

    /// Returns a runner, to set how a run is done, to ask for the state, or to roll back.
    pub fn runner(&self) -> Result<Runner<'_>> {
        Ok(Runner::with_rust(self.set()?, self.rust))
    }

    /// Says how the folder that was embedded differs from the one that is there now: a file
    /// that was added by hand is seen by no build until the crate is built again.
    ///
    /// Empty in release builds, and where the folder is not there.
    pub fn differences_from_folder(&self) -> Vec<String> {
        if !cfg!(debug_assertions) || self.folder.is_empty() {
            return Vec::new();
        }
        let Ok(folder) = Folder::read(self.folder.as_ref(), "") else { return Vec::new() };
        let mut differences = Vec::new();
        for entry in &folder.entries {
            let Content::Text(text) = &entry.content else { continue };
            if entry.path == LOCK_FILE {
                continue;
            }
            match self.files.iter().find(|(path, _)| *path == entry.path) {
                None => differences.push(format!("{} is not embedded", entry.path)),
                Some((_, embedded)) if SourceText::new(*embedded) != *text => {
                    differences.push(format!("{} differs from what is embedded", entry.path));
                }
                Some(_) => {}
            }
        }
        differences
    }
}
