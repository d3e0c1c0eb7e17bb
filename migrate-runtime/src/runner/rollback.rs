//! Undoing what was applied, newest application first.

use std::time::{Duration, Instant};

use migrate_core::history::{GENESIS, HistoryRow, RowState, seal};

use super::chain::{Chain, now};
use super::failure::{Failed, is_lost, micros};
use super::own_transaction::OwnTransaction;
use super::session::Session;
use super::transactional::step;
use super::unit::{Body, Unit};
use crate::driver::Around;
use crate::error::{Direction, Error, Left, Result};
use crate::events::Event;
use crate::message::{Failure, Message};
use crate::store::{Elapsed, EventRow};

/// How far to roll back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "runner", derive(serde::Serialize, serde::Deserialize))]
pub enum RollbackTo {
    /// The last so many migrations.
    Count(usize),
    /// Everything that was applied after this version; the version itself stays.
    Version(String),
    /// Everything.
    All,
}

/// Whether the history is still the one that was read.
enum Undo {
    Done,
    Interrupted,
}

impl Session<'_> {
    /// Rolls back; what has no downgrade is found before anything is undone.
    pub(crate) async fn rollback(&mut self, to: &RollbackTo) -> Result<()> {
        self.read().await?;
        if self.doomed(to)?.is_empty() {
            return Ok(());
        }
        self.prepare().await?;
        let doomed = self.doomed(to)?;
        let mut units = Vec::new();
        for row in &doomed {
            let unit = self.downgrade_of(row).await?;
            self.check_runnable(&unit, Direction::Downgrade)?;
            units.push(unit);
        }
        self.emit(&Event::Started { pending: units.len() });
        for (unit, row) in units.iter().zip(&doomed) {
            loop {
                match self.undo(unit, row).await? {
                    Undo::Done => break,
                    Undo::Interrupted => {
                        self.prepare().await?;
                        if !self.history.rows.iter().any(|known| known == row) {
                            return Err(Error::Request(format!(
                                "another process changed the history while `{}` was to be rolled back",
                                unit.id()
                            )));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns the rows that go, newest first.
    pub(super) fn doomed(&self, to: &RollbackTo) -> Result<Vec<HistoryRow>> {
        let comparison = self.compare();
        // What is pending, edited or missing is no obstacle; a history of unknown making is.
        let broken = migrate_core::history::Comparison { entries: Vec::new(), ..comparison };
        let verdict = self.judge(&broken, |_| false);
        if !verdict.refusals.is_empty() {
            return Err(Error::Refused { findings: verdict.refusals });
        }
        let counted = self.history.rows.iter().rev();
        let rows: Vec<HistoryRow> = match to {
            RollbackTo::All => counted.cloned().collect(),
            RollbackTo::Count(count) => counted.take(*count).cloned().collect(),
            RollbackTo::Version(version) => {
                let version = self.set.version(version.clone());
                let is_it = |row: &HistoryRow| self.set.version(row.version.clone()) == version;
                if !self.history.rows.iter().any(is_it) {
                    return Err(Error::Request(format!("version {version} is not applied")));
                }
                counted.take_while(|row| !is_it(row)).cloned().collect()
            }
        };
        let unfinished = rows.iter().find(|row| !row.counts());
        match unfinished {
            Some(row) => Err(Error::Request(format!(
                "`{}` is applied in part: complete it with `cargo migrate run` first",
                row.id()
            ))),
            None => Ok(rows),
        }
    }

    async fn undo(&mut self, unit: &Unit, row: &HistoryRow) -> Result<Undo> {
        self.attempted = Instant::now();
        if unit.is_transactional(self.tables.database) {
            return self.undo_in_transaction(unit, row).await;
        }
        if !self.lock_session().await? {
            return Ok(Undo::Interrupted);
        }
        let undone = self.undo_stepwise(unit, row).await;
        match undone {
            Ok(()) => {
                self.unlock_session().await?;
                Ok(Undo::Done)
            }
            Err(error) => {
                let _ = self.unlock_session().await;
                Err(error)
            }
        }
    }

    async fn undo_in_transaction(&mut self, unit: &Unit, row: &HistoryRow) -> Result<Undo> {
        let statements = unit.statements();
        let prepared = self.dialect()?.needs_preparation(&statements);
        self.before_transaction(prepared).await?;
        let undone = self.undo_prepared(unit, row, prepared).await;
        self.after_transaction(prepared).await?;
        undone
    }

    async fn undo_prepared(
        &mut self,
        unit: &Unit,
        row: &HistoryRow,
        prepared: bool,
    ) -> Result<Undo> {
        let mut message = Message::default();
        if !self.open(&mut message).await? {
            return Ok(Undo::Interrupted);
        }
        let statements = unit.statements();
        let Around { before, after } = unit.around(&*self.dialect()?);
        let clock = Instant::now();
        message.all(before);
        for (index, statement) in statements.iter().enumerate() {
            message.statement(0, index, statement);
        }
        message.all(after);
        let sent = message.send(self.driver()?).await;
        let timings = match sent {
            Ok(timeline) => timeline.unit().statements,
            Err(failure) if self.driver()?.guard_failed(&failure.error) => {
                self.rollback_quietly().await;
                return Ok(Undo::Interrupted);
            }
            Err(failure) => {
                self.rollback_quietly().await;
                return Err(self.undo_failed(unit, &failure, Left::Nothing).await?);
            }
        };
        if matches!(unit.body, Body::Rust)
            && let Err(error) = self.rust_downgrade(unit).await
        {
            self.rollback_quietly().await;
            let failed = Failed::of_rust(unit, Direction::Downgrade, Left::Nothing, error);
            self.log_failure(unit, &failed.error.message).await;
            return Err(Error::Migration(failed.error));
        }
        if prepared {
            let checked = self.driver()?.check_before_commit().await;
            if let Some(problem) =
                checked.map_err(Error::server("cannot check before the commit"))?
            {
                self.rollback_quietly().await;
                let units = std::slice::from_ref(unit);
                let failed = Failed::without_server(units, 0, Direction::Downgrade, problem);
                self.log_failure(unit, &failed.error.message).await;
                return Err(Error::Migration(failed.error));
            }
        }
        let duration = clock.elapsed();
        let mut message = Message::default();
        message.all(self.removal(unit, row, duration));
        message.own("COMMIT");
        if let Err(failure) = message.send(self.driver()?).await {
            self.rollback_quietly().await;
            return Err(self.undo_failed(unit, &failure, Left::Nothing).await?);
        }
        self.db.set_busy(false);
        self.removed(unit, row, duration, timings);
        Ok(Undo::Done)
    }

    /// Undoes statement by statement; the row says how far it came.
    async fn undo_stepwise(&mut self, unit: &Unit, row: &HistoryRow) -> Result<()> {
        let statements = unit.statements();
        let clock = Instant::now();
        let from = self.resume_undo(unit, row).await?;
        let dialect = self.dialect()?;
        let Around { mut before, after } = unit.around(&*dialect);
        before.extend(unit.settings_before(from, &*dialect).into_iter().map(str::to_owned));
        let marked = self.reverting(unit, row, RowState::Reverting, from);
        let entry = self.reverting_entry(&marked);
        self.send_as_one(entry, "cannot write the journal").await?;
        self.send_own(before, "cannot set up the session").await?;
        if matches!(unit.body, Body::Rust)
            && let Err(error) = self.rust_downgrade(unit).await
        {
            let failed = Failed::of_rust(unit, Direction::Downgrade, Left::Statements(0), error);
            self.log_failure(unit, &failed.error.message).await;
            return Err(Error::Migration(failed.error));
        }
        let mut timings = Vec::new();
        let mut own = OwnTransaction::default();
        for (index, statement) in statements.iter().enumerate().skip(from) {
            let begun = Instant::now();
            let marked = self.reverting(unit, row, RowState::Reverting, index + 1);
            let entry = self.reverting_entry(&marked);
            if self.tables.database.has_transactional_ddl() {
                // Elsewhere a statement in between may commit.
                let ends = dialect.ends_transaction(statement);
                own.see(index, statement, self.tables.database, ends);
            }
            if let Err(failure) = self.one_step(index, statement, entry, &own).await? {
                let from = own.resumes_at(index);
                return self.undo_stopped(unit, row, from, after, &failure).await;
            }
            timings.push(begun.elapsed());
        }
        if let Some(from) = own.began() {
            let failure = Failure::unfinished_transaction(from);
            return self.undo_stopped(unit, row, from, after, &failure).await;
        }
        self.send_own(after, "cannot restore the session").await?;
        let duration = clock.elapsed();
        let removal = self.removal(unit, row, duration);
        self.send_as_one(removal, "cannot record the rollback").await?;
        self.removed(unit, row, duration, timings);
        Ok(())
    }

    /// Records that a downgrade failed; the next rollback goes on at statement `from`.
    async fn undo_stopped(
        &mut self,
        unit: &Unit,
        row: &HistoryRow,
        from: usize,
        after: Vec<String>,
        failure: &Failure,
    ) -> Result<()> {
        if !is_lost(&failure.error) {
            let _ = self.driver()?.batch("ROLLBACK".to_owned(), &mut |_| {}).await;
            let marked = if from == 0 && row.state == RowState::Applied {
                // Nothing was undone: the migration is as applied as it was.
                row.clone()
            } else {
                self.reverting(unit, row, RowState::RevertFailed, from)
            };
            let entry = self.reverting_entry(&marked);
            self.send_as_one(entry, "cannot write the journal").await?;
            // What the migration set must not reach the next user of the connection.
            self.send_own(after, "cannot restore the session").await?;
        }
        let left = if from == 0 { Left::Nothing } else { Left::Statements(from) };
        Err(self.undo_failed(unit, failure, left).await?)
    }

    /// Finds where a rollback goes on that stopped half way.
    async fn resume_undo(&mut self, unit: &Unit, row: &HistoryRow) -> Result<usize> {
        if !row.is_reverting() {
            return Ok(0);
        }
        let done = row.done as usize;
        if row.tokens != unit.prefix_checksum(done, self.tables.database) {
            return Err(Error::Request(format!(
                "the downgrade of `{}` was run up to statement {done}, and was changed since: restore its \
                 first {done} statements",
                unit.id()
            )));
        }
        let statements = unit.statements();
        let Some(statement) = statements.get(done) else { return Ok(done) };
        let doubtful =
            row.state == RowState::Reverting && self.dialect()?.runs_outside_transaction(statement);
        if !doubtful {
            return Ok(done);
        }
        let effect = self.effect_under_lock(unit, done).await?;
        Ok(done + usize::from(self.took_effect(effect, unit, done)?))
    }

    fn reverting(&self, unit: &Unit, row: &HistoryRow, state: RowState, done: usize) -> HistoryRow {
        let mut marked = row.clone();
        marked.state = state;
        marked.done = u32::try_from(done).unwrap_or(u32::MAX);
        marked.tokens = unit.prefix_checksum(done, self.tables.database);
        marked.seal = seal(self.seal_before(row), &self.tables.set, &marked);
        marked
    }

    fn reverting_entry(&self, marked: &HistoryRow) -> Vec<String> {
        let head = self.tables.head(&marked.seal, marked.position, &marked.id());
        vec![self.tables.update(marked), self.tables.move_head(&head)]
    }

    /// Returns the seal that a row was chained to.
    fn seal_before(&self, row: &HistoryRow) -> &str {
        let before = self.history.rows.iter().rev().find(|known| known.position < row.position);
        before.map_or(GENESIS, |known| &known.seal)
    }

    /// Returns the statements that take a row off the end of the chain.
    fn removal(&self, unit: &Unit, row: &HistoryRow, duration: Duration) -> Vec<String> {
        let head = Chain::without(&self.history, &row.version).head(&self.tables);
        let event = EventRow {
            event: "reverted",
            version: unit.version.clone(),
            name: unit.name.clone(),
            at: now(),
            duration_us: micros(duration),
            checksum: row.checksum.clone(),
            error: None,
        };
        vec![
            self.tables.delete(&row.version),
            self.tables.move_head(&head),
            self.tables.insert_events(&[event], &self.actor, Elapsed::Measured),
        ]
    }

    fn removed(
        &mut self,
        unit: &Unit,
        row: &HistoryRow,
        duration: Duration,
        timings: Vec<Duration>,
    ) {
        self.history.rows.retain(|known| known.version != row.version);
        self.history.head = Some(Chain::end_of(&self.history).head(&self.tables));
        self.report.reverted.push(step(unit, duration, timings));
        self.emit(&Event::Reverted { migration: unit.id(), duration });
    }

    async fn undo_failed(&mut self, unit: &Unit, failure: &Failure, left: Left) -> Result<Error> {
        let failed = Failed::new(self.driver()?, unit, failure, Direction::Downgrade, left);
        self.log_failure(unit, &failed.error.message).await;
        Ok(Error::Migration(failed.error))
    }
}
