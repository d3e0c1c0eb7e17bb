//! `lock`.

use migrate_core::diagnostics::{Diagnostic, Finding};
use migrate_core::folder::LOCK_FILE;
use migrate_core::lock::{Rename, Update};
use migrate_core::set::MigrationSet;
use serde::Serialize;

/// What `lock` did, or with `--verify` what it would do.
#[derive(Debug, Default, Serialize)]
pub(crate) struct LockObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) file: String,
    pub(crate) written: bool,
    pub(crate) added: Vec<String>,
    pub(crate) refreshed: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) renamed: Vec<RenameObject>,
    pub(crate) sealed: Vec<String>,
    pub(crate) drafts: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

/// A file that got a new version.
#[derive(Debug, Serialize)]
pub(crate) struct RenameObject {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl LockObject {
    /// Takes what the lock file says at the end, and what was found.
    pub(crate) fn of(mut self, set: &MigrationSet, found: &[Diagnostic]) -> Self {
        self.set.clone_from(&set.settings.set);
        self.database = set.settings.database.name();
        self.file = format!("{}/{LOCK_FILE}", set.sources.root);
        let drafts = set.lock.iter().flat_map(migrate_core::lock::LockFile::drafts);
        self.drafts = drafts.map(|line| line.path.clone()).collect();
        self.findings = super::findings(found, &set.sources);
        self
    }

    /// Takes in what an update changed.
    pub(crate) fn updated(mut self, update: &Update) -> Self {
        self.added.clone_from(&update.added);
        self.refreshed.clone_from(&update.refreshed);
        self.removed.clone_from(&update.removed);
        self
    }

    /// Takes in what a rebase renamed.
    pub(crate) fn renamed(mut self, renames: &[Rename]) -> Self {
        let object =
            |Rename { from, to }: &Rename| RenameObject { from: from.clone(), to: to.clone() };
        self.renamed = renames.iter().map(object).collect();
        self
    }
}
