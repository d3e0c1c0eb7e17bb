//! Undoing what was applied and applying it again.

use migrate_core::history::{Comparison, Entry, HistoryRow};
use migrate_core::policy::Situation;

use super::rollback::RollbackTo;
use super::session::Session;
use crate::error::{Error, Result};

impl Session<'_> {
    /// Rolls the last `count` migrations back and applies them again, and nothing that is newer.
    pub(crate) async fn redo(&mut self, count: usize) -> Result<()> {
        let to = RollbackTo::Count(count);
        self.read().await?;
        let doomed = self.doomed(&to)?;
        let versions = doomed.iter().map(|row| self.set.version(row.version.clone()));
        self.until = versions.max();
        if self.until.is_none() {
            return Ok(());
        }
        self.check_applicable(&doomed)?;
        self.rollback(&to).await?;
        self.upgrade().await
    }

    /// Refuses before anything is undone what could not be applied again afterwards.
    fn check_applicable(&self, doomed: &[HistoryRow]) -> Result<()> {
        let comparison = self.compare();
        let of = |entry: &Entry| {
            let row = entry.row.map(|row| &self.history.rows[row]);
            row.is_some_and(|row| doomed.iter().any(|doomed| doomed.version == row.version))
        };
        if let Some(gone) =
            comparison.entries.iter().find(|entry| of(entry) && entry.migration.is_none())
        {
            return Err(Error::Request(format!(
                "`{}` cannot be applied again: the set has no such file. Roll it back, or restore the file",
                gone.id()
            )));
        }
        let entries = comparison.entries.iter().filter(|entry| !of(entry)).cloned().collect();
        let rest = Comparison { entries, ..comparison };
        let verdict = self
            .judge(&rest, |entry| self.until.as_ref().is_none_or(|until| entry.version <= *until));
        if verdict.refusals.is_empty() {
            return Ok(());
        }
        Err(Error::Refused { findings: verdict.refusals })
    }

    /// Rolls back drafts whose file changed after they were applied, so that they are pending
    /// again; only from the end of the history, and only when asked to.
    pub(crate) async fn redo_changed_drafts(&mut self) -> Result<()> {
        if !self.options.redo_drafts {
            return Ok(());
        }
        let comparison = self.compare();
        let changed = |row: usize| {
            comparison.entries.iter().any(|entry| {
                entry.row == Some(row) && entry.draft && entry.situation == Some(Situation::Edited)
            })
        };
        let Some(first) = (0..self.history.rows.len()).find(|&row| changed(row)) else {
            return Ok(());
        };
        let count = self.history.rows.len() - first;
        self.rollback(&RollbackTo::Count(count)).await
    }
}
