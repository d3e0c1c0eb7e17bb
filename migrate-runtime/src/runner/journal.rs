//! The journal of migrations that are no transaction: every statement is preceded and followed by
//! an entry, the migration's own row, so that a later run resumes at the right one.
//!
//! A row in state `running` with `done = n` says: statements before `n` took effect, statement `n`
//! may have, and after it those that [show themselves](show_themselves). A statement that can share a
//! transaction with the entry does, and then there is no doubt.

use std::time::Duration;

use migrate_core::diagnostics::{Code, Diagnostic, Place, Severity};
use migrate_core::history::{HistoryRow, RowState};

use super::chain::{Chain, Progress, now};
use super::failure::{Failed, micros};
use super::options::Interrupted;
use super::session::Session;
use super::transactional::step;
use super::unit::{Body, Unit};
use super::verdict::half_done;
use crate::driver::{Around, Effect, LockScope};
use crate::error::{Direction, Error, Left, Result};
use crate::events::Event;
use crate::message::{Failure, Message, PartKind};
use crate::probe::show_themselves;
use crate::store::{Actor, Elapsed, EventRow, Record};

impl Session<'_> {
    /// Finds out where a half applied unit resumes, and that what was executed is unchanged.
    pub(crate) async fn resume_point(&mut self, unit: &mut Unit, row: &HistoryRow) -> Result<()> {
        let done = row.done as usize;
        if let Some(finding) = self.cannot_resume(unit, row) {
            return Err(Error::Refused { findings: vec![finding] });
        }
        unit.resume_at = done;
        unit.interrupted = row.state == RowState::Running;
        while unit.interrupted && self.may_have_taken_effect(unit, done).await? {
            let effect = self.effect(unit, unit.resume_at).await?;
            if !self.took_effect(effect, unit, unit.resume_at)? {
                break;
            }
            unit.resume_at += 1;
        }
        Ok(())
    }

    /// Whether the statement at which an interrupted unit resumes may have taken effect, after an
    /// entry that says that those before `done` have.
    async fn may_have_taken_effect(&mut self, unit: &Unit, done: usize) -> Result<bool> {
        let statements = unit.statements();
        let Some(statement) = statements.get(unit.resume_at) else { return Ok(false) };
        if unit.resume_at > done {
            return Ok(show_themselves(&statements, self.tables.database)[unit.resume_at]);
        }
        // Else it shared a transaction with its entry: the entry is not there, so neither is it.
        Ok(self.dialect()?.runs_outside_transaction(statement)
            || self.names_untransactional(statement).await?)
    }

    /// Whether a statement names a table that no transaction undoes a change of.
    async fn names_untransactional(&mut self, statement: &str) -> Result<bool> {
        let Some(query) = self.dialect()?.select_untransactional() else { return Ok(false) };
        let rows = self.driver()?.rows(query.to_owned()).await;
        let rows = rows.map_err(Error::server("cannot look for tables without transactions"))?;
        let statement = statement.to_lowercase();
        let mut names = rows.into_iter().filter_map(|row| row.into_iter().next().flatten());
        Ok(names.any(|name| statement.contains(&name.to_lowercase())))
    }

    /// Says why a run cannot go on with a half applied migration: what was executed was changed
    /// since, or it is its downgrade that stopped half way.
    pub(crate) fn cannot_resume(&self, unit: &Unit, row: &HistoryRow) -> Option<Diagnostic> {
        let done = row.done as usize;
        let set = self.set;
        let found = set.migrations.iter().find(|other| *other.version.as_str() == *unit.version);
        let place = found.map_or(Place::Root, |found| Place::whole(&set.sources, found.file));
        if row.is_reverting() {
            return Some(half_done(&unit.id(), place, Some(row)).weighing(Severity::Error));
        }
        let is_unchanged =
            done == 0 || row.tokens == unit.prefix_checksum(done, self.tables.database);
        let lost = || self.dialect().ok()?.lost_with_session(&unit.statements(), done);
        let (message, help) = if !is_unchanged {
            let message = format!(
                "`{}` was applied up to statement {done}, and one of those statements was changed since",
                unit.id()
            );
            (message, format!("restore its first {done} statements; the rest may change"))
        } else if let Some(made) = lost() {
            let message = format!(
                "`{}` was applied up to statement {done}, and the rest needs what statement {} left in its \
                 session, which is gone",
                unit.id(),
                made + 1
            );
            (
                message,
                format!(
                    "change statement {} and those behind it so that they do without",
                    done + 1
                ),
            )
        } else {
            return None;
        };
        Some(Diagnostic::new(Code::M510, place, message).weighing(Severity::Error).help(help))
    }

    /// Whether an interrupted statement is to be taken for done: by what the server has, or by
    /// what the caller knows.
    pub(crate) fn took_effect(
        &self,
        effect: Effect,
        unit: &Unit,
        statement: usize,
    ) -> Result<bool> {
        match (effect, self.options.interrupted) {
            (Effect::Present, _) | (Effect::Unknown, Some(Interrupted::Done)) => Ok(true),
            (Effect::Absent, _) | (Effect::Unknown, Some(Interrupted::Retry)) => Ok(false),
            (Effect::Unknown, None) => {
                let statements = unit.statements();
                let text = statements.get(statement).and_then(|text| text.lines().next());
                Err(Error::Request(format!(
                    "statement {} of `{}` was interrupted, and the server cannot tell whether it took \
                     effect: look, and run again with `--interrupted done` or `--interrupted retry`\n  {}",
                    statement + 1,
                    unit.id(),
                    text.unwrap_or_default()
                )))
            }
        }
    }

    /// Finds out whether an interrupted statement took effect.
    ///
    /// Under the lock: what another run is building right now must not pass for a remnant.
    async fn effect(&mut self, unit: &Unit, statement: usize) -> Result<Effect> {
        if self.tables.database.has_transactional_ddl() {
            self.lock(LockScope::Session).await?;
        }
        let effect = self.effect_under_lock(unit, statement).await;
        self.unlock_session().await?;
        effect
    }

    pub(crate) async fn effect_under_lock(
        &mut self,
        unit: &Unit,
        statement: usize,
    ) -> Result<Effect> {
        let statements = unit.statements();
        // Names lead where they led when the statement was run.
        let dialect = self.dialect()?;
        let Around { before, after } = dialect.session_state(&statements);
        let mut settings = before;
        settings.extend(unit.settings_before(statement, &*dialect).into_iter().map(str::to_owned));
        self.send_own(settings, "cannot set up the session").await?;
        let effect = self.driver()?.probe(statements[statement]).await;
        let effect =
            effect.map_err(Error::server("cannot look for an interrupted statement's effect"));
        self.send_own(after, "cannot restore the session").await?;
        effect
    }

    /// Returns the statements that put a unit's row and its downgrade into the table, whether or
    /// not an earlier run left one there.
    pub(crate) fn entry(&self, unit: &Unit, row: &HistoryRow) -> Vec<String> {
        let downgrade = unit.stored_downgrade.as_deref();
        let known = self.history.rows.iter().any(|known| known.version == row.version);
        if !known {
            return vec![self.tables.insert(&[Record { downgrade, ..Record::of(row) }])];
        }
        let update = self.tables.update(row);
        let store = downgrade.map(|text| self.tables.store_downgrade(&row.version, text));
        std::iter::once(update).chain(store).collect()
    }

    /// Sends statements of ours as one transaction.
    pub(crate) async fn send_as_one(
        &mut self,
        statements: Vec<String>,
        action: &'static str,
    ) -> Result<()> {
        let mut all = vec!["BEGIN".to_owned()];
        all.extend(statements);
        all.push("COMMIT".to_owned());
        self.send_own(all, action).await
    }

    pub(crate) async fn send_own(
        &mut self,
        statements: Vec<String>,
        action: &'static str,
    ) -> Result<()> {
        let mut message = Message::default();
        message.all(statements);
        let sent = message.send(self.driver()?).await;
        sent.map(drop).map_err(|failure| Error::server(action)(failure.error))
    }

    /// Writes the row of a unit that came to its end, the head and the event, in one transaction.
    pub(crate) async fn complete(
        &mut self,
        unit: &Unit,
        chain: &Chain,
        started: &str,
        duration: Duration,
        timings: Vec<Duration>,
    ) -> Result<()> {
        let mut row = chain.row(unit, Progress::applied(unit), &self.tables.set, started);
        row.duration_us = micros(duration);
        let mut message = Message::default();
        message.own("BEGIN");
        message.all(self.completion(chain, &row));
        message.own("COMMIT");
        let sent = message.send(self.driver()?).await;
        sent.map_err(|failure| Error::server("cannot record the migration")(failure.error))?;
        self.push_rows(vec![row]);
        self.applied(unit, duration, timings);
        Ok(())
    }

    /// Returns the statements that turn a unit's journal entry into its final row.
    pub(crate) fn completion(&self, chain: &Chain, row: &HistoryRow) -> [String; 3] {
        let mut chain = chain.clone();
        chain.push(row);
        [
            self.tables.advance(row),
            self.tables.move_head(&chain.head(&self.tables)),
            self.tables.insert_events(&[applied_event(row)], &self.actor, Elapsed::Measured),
        ]
    }

    /// Records that a unit failed at a statement: its entry stays, or goes where nothing was done.
    ///
    /// `from` is where a later run resumes: at the failed statement, or where the migration
    /// began a transaction of its own around it. The rows from the position `unlogged` on have no
    /// events yet. The unit was [left](Session::leave).
    pub(crate) async fn journal_failure(
        &mut self,
        unit: &Unit,
        from: usize,
        failure: &Failure,
        unlogged: Option<u32>,
    ) -> Result<Failed> {
        let left = match failure.kind {
            Some(PartKind::Statement { index, .. }) if index == from => {
                self.left_at(unit, index).await?
            }
            _ if from == 0 => Left::Nothing,
            _ => Left::Statements(from),
        };
        let failed = Failed::new(self.driver()?, unit, failure, Direction::Upgrade, left);
        let chain = Chain::end_of(&self.history);
        let row = chain.unfinished_row(unit, RowState::Failed, from, &self.tables, &now());
        let nothing_left = failed.nothing_left();
        let record =
            if nothing_left { self.tables.delete(&unit.version) } else { self.tables.update(&row) };
        let logged = unlogged.map(|position| self.tables.log_applied(position, &self.actor));
        let records = logged.into_iter().chain([record]).collect();
        self.send_as_one(records, "cannot write the journal").await?;
        self.history.rows.retain(|known| known.version != unit.version);
        if !nothing_left {
            self.history.rows.push(row);
        }
        self.log_failure(unit, &failed.error.message).await;
        Ok(failed)
    }

    /// Tells of a unit whose connection was lost. Its entry stays as it is: the statement may have
    /// taken effect.
    pub(crate) fn lost(&mut self, unit: &Unit, failure: &Failure) -> Result<Failed> {
        let failed = Failed::new(self.driver()?, unit, failure, Direction::Upgrade, Left::Unknown);
        self.emit(&Event::Failed { migration: unit.id(), error: failed.error.message.clone() });
        Ok(failed)
    }

    /// Says what a unit leaves behind whose statement failed by itself.
    async fn left_at(&mut self, unit: &Unit, index: usize) -> Result<Left> {
        let statement = unit.statements()[index];
        Ok(match index {
            _ if self.dialect()?.may_leave_part(statement)
                || self.names_untransactional(statement).await? =>
            {
                Left::PartOfStatement(index)
            }
            0 => Left::Nothing,
            _ => Left::Statements(index),
        })
    }

    /// Leaves a migration at a statement that failed.
    pub(crate) async fn leave(&mut self, unit: &Unit) -> Result<()> {
        // A failed data change shares a transaction with its entry; elsewhere this does nothing.
        let driver = self.driver()?;
        let _ = driver.batch("ROLLBACK".to_owned(), &mut |_| {}).await;
        // What the migration set must not reach the next user of the connection.
        for statement in unit.around(&*driver.dialect()).after {
            let _ = driver.batch(statement, &mut |_| {}).await;
        }
        Ok(())
    }

    /// Records what was applied by a run that was cut off before it came to do so.
    ///
    /// Where migrations are journaled many to a message, their ends and their events are written of
    /// many together; as long as there is a row in state `running`, they may be missing.
    pub(crate) async fn log_unlogged(&mut self) -> Result<()> {
        let unfinished = self.history.unfinished();
        let cut_off = unfinished.is_some_and(|row| row.state == RowState::Running);
        if self.tables.database.has_transactional_ddl() || !cut_off {
            return Ok(());
        }
        let query = self.tables.select_last_logged();
        let answer = self.driver()?.rows(query).await;
        let answer = answer.map_err(Error::server("cannot read the event log"))?;
        let last = answer.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
        let last: u32 = last.and_then(|position| position.parse().ok()).unwrap_or_default();
        let client = format!("unknown, recorded by {}", self.actor.client);
        let actor = Actor { client, ..self.actor.clone() };
        let insert = self.tables.log_applied(last + 1, &actor);
        let records = self.put_ends()?.into_iter().chain([insert]).collect();
        self.send_as_one(records, "cannot write the event log").await?;
        self.ends_written();
        Ok(())
    }

    /// Takes applied rows, the next of the chain, into the known history.
    pub(crate) fn push_rows(&mut self, rows: Vec<HistoryRow>) {
        // Those that were begun by an earlier run have a row already.
        let known = &mut self.history.rows;
        known.retain(|known| known.counts() || rows.iter().all(|row| row.version != known.version));
        known.extend(rows);
        self.history.head = Some(Chain::end_of(&self.history).head(&self.tables));
    }

    pub(crate) fn applied(&mut self, unit: &Unit, duration: Duration, timings: Vec<Duration>) {
        self.report.applied.push(step(unit, duration, timings));
        self.emit(&Event::Applied { migration: unit.id(), duration });
    }
}

/// Returns the event of a migration that was applied, as its row says.
pub(crate) fn applied_event(row: &HistoryRow) -> EventRow {
    EventRow {
        event: "applied",
        version: row.version.clone(),
        name: row.name.clone(),
        at: row.applied_at.clone(),
        duration_us: row.duration_us,
        checksum: row.checksum.clone(),
        error: None,
    }
}

/// Whether a unit is SQL; Rust units are run by `rust.rs`.
pub(crate) fn is_sql(unit: &Unit) -> bool {
    matches!(unit.body, Body::Sql(_))
}
