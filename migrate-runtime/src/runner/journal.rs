//! Migrations that are no transaction: every statement is preceded and followed by a journal
//! entry, the migration's own row, so that a later run resumes at the right one.
//!
//! A row in state `running` with `done = n` says: statements before `n` took effect, statement `n`
//! may have. A statement that can share a transaction with the entry does, and then there is no
//! doubt.

use std::time::{Duration, Instant};

use migrate_core::history::{HistoryRow, RowState};

use super::chain::{Chain, Progress, now};
use super::failure::{Failed, micros};
use super::options::Interrupted;
use super::session::Session;
use super::transactional::{Attempt, around, step};
use super::unit::{Body, Unit};
use crate::driver::{Around, Effect, LockScope};
use crate::error::{Direction, Error, Left, Result};
use crate::events::Event;
use crate::message::{Failure, Message, PartKind};
use crate::store::{Elapsed, EventRow};

/// Messages are kept below this size, far from any server's limit.
/// Source: `MariaDB` documentation, `max_allowed_packet`: 16 MiB by default.
const MESSAGE_LIMIT: usize = 1 << 20;

impl Session<'_> {
    /// Finds out where a half applied unit resumes, and that what was executed is unchanged.
    pub(crate) async fn resume_point(&mut self, unit: &mut Unit, row: &HistoryRow) -> Result<()> {
        let done = row.done as usize;
        let database = self.tables.database;
        if row.tokens != unit.prefix_checksum(done, database) {
            return Err(Error::Request(format!(
                "`{}` was applied up to statement {done}, and one of those statements was changed \
                 since: restore the first {done} statements of {}, the rest may change",
                unit.id(),
                unit.path
            )));
        }
        unit.resume_at = done;
        unit.interrupted = row.state == RowState::Running;
        let statements = unit.statements();
        let Some(statement) = statements.get(done).filter(|_| unit.interrupted) else {
            return Ok(());
        };
        if !self.driver()?.runs_outside_transaction(statement) {
            // It shared a transaction with its entry: the entry is not there, so neither is it.
            return Ok(());
        }
        let effect = self.driver()?.probe(statement).await;
        let effect = effect.map_err(Error::server("cannot look for an interrupted statement's effect"))?;
        let took_effect = match (effect, self.options.interrupted) {
            (Effect::Present, _) | (Effect::Unknown, Some(Interrupted::Done)) => true,
            (Effect::Absent, _) | (Effect::Unknown, Some(Interrupted::Retry)) => false,
            (Effect::Unknown, None) => {
                return Err(Error::Request(format!(
                    "statement {} of `{}` was interrupted, and the server cannot tell whether it took \
                     effect: look, and run again with `--interrupted done` or `--interrupted retry`\n  {}",
                    done + 1,
                    unit.id(),
                    statement.lines().next().unwrap_or_default()
                )));
            }
        };
        if took_effect {
            unit.resume_at += 1;
        }
        Ok(())
    }

    /// Applies SQL units on a server without transactional DDL, many in one message.
    pub(crate) async fn apply_pipelined(&mut self, units: &[Unit]) -> Result<Attempt> {
        let mut from = 0;
        while from < units.len() {
            let mut plan = Pipeline::new(self);
            let mut to = from;
            while to < units.len() && (to == from || plan.message.len() < MESSAGE_LIMIT) {
                plan.unit(self, to, &units[to])?;
                to += 1;
            }
            let (message, rows) = plan.end();
            match message.send(self.driver()?).await {
                Ok(timeline) => {
                    for (number, row) in (from..to).zip(rows) {
                        let unit = &units[number];
                        self.push_row(row);
                        self.applied(unit, timeline.unit(number), timeline.statements(number));
                    }
                }
                Err(failure) => return self.pipeline_failed(units, from, rows, failure).await,
            }
            from = to;
        }
        Ok(Attempt::Applied)
    }

    async fn pipeline_failed(
        &mut self,
        units: &[Unit],
        from: usize,
        rows: Vec<HistoryRow>,
        failure: Failure,
    ) -> Result<Attempt> {
        let Some(PartKind::Statement { unit: number, index }) = failure.kind else {
            return Err(Error::server("cannot write the journal")(failure.error));
        };
        for (before, row) in (from..number).zip(rows) {
            self.push_row(row);
            self.applied(&units[before], failure.timeline.unit(before), Vec::new());
        }
        self.journal_failure(&units[number], index, &failure)
            .await
            .map(Attempt::Failed)
    }

    /// Applies one SQL unit statement by statement, under a lock of session scope.
    pub(crate) async fn apply_stepwise(&mut self, unit: &Unit) -> Result<Attempt> {
        if !self.lock_session().await? {
            return Ok(Attempt::Interrupted);
        }
        let result = self.steps(unit).await;
        if result.is_ok() {
            self.unlock_session().await?;
        }
        result
    }

    async fn steps(&mut self, unit: &Unit) -> Result<Attempt> {
        let chain = Chain::end_of(&self.history);
        let started = now();
        let clock = Instant::now();
        let statements = unit.statements();
        let driver = self.db.driver()?;
        let Around { before, after } = around(driver, unit, &statements);
        for statement in &before {
            let set = driver.batch(statement.clone(), &mut |_| {}).await;
            set.map_err(Error::server("cannot set up the session"))?;
        }
        let mut row = self.running_row(unit, &chain, unit.resume_at, &started);
        let entry = self.entry(&row);
        self.send_own(entry, "cannot write the journal").await?;
        let mut timings = Vec::new();
        for (index, statement) in statements.iter().enumerate().skip(unit.resume_at) {
            self.ensure_locked().await?;
            row = self.running_row(unit, &chain, index + 1, &started);
            let begun = Instant::now();
            if let Err(failure) = self.one_step(index, statement, &row).await? {
                return self
                    .journal_failure(unit, index, &failure)
                    .await
                    .map(Attempt::Failed);
            }
            timings.push(begun.elapsed());
        }
        for statement in &after {
            let reset = self.driver()?.batch(statement.clone(), &mut |_| {}).await;
            reset.map_err(Error::server("cannot restore the session"))?;
        }
        self.complete(unit, &chain, &started, clock.elapsed(), timings).await?;
        Ok(Attempt::Applied)
    }

    /// Runs one statement and its entry, in one transaction where that can be.
    async fn one_step(
        &mut self,
        index: usize,
        statement: &str,
        row: &HistoryRow,
    ) -> Result<Result<(), Failure>> {
        let bare = self.driver()?.runs_outside_transaction(statement);
        let entry = self.tables.update(row, Elapsed::Measured);
        let mut message = Message::default();
        if bare {
            message.statement(0, index, statement);
            if let Err(failure) = message.send(self.driver()?).await {
                return Ok(Err(failure));
            }
            if let Some(problem) = self.verify(statement).await? {
                let error = sqlx::Error::Protocol(problem);
                let kind = Some(PartKind::Statement { unit: 0, index });
                return Ok(Err(Failure::found(kind, error)));
            }
            self.send_own(vec![entry], "cannot write the journal").await?;
            return Ok(Ok(()));
        }
        message.own("BEGIN");
        message.statement(0, index, statement);
        message.own(&entry);
        message.own("COMMIT");
        let sent = message.send(self.driver()?).await;
        if sent.is_err() {
            let driver = self.driver()?;
            // The session lock outlives this; `rollback_quietly` would call the session idle.
            let _ = driver.batch("ROLLBACK".to_owned(), &mut |_| {}).await;
        }
        Ok(sent.map(drop))
    }

    async fn verify(&mut self, statement: &str) -> Result<Option<String>> {
        let verified = self.driver()?.verify(statement).await;
        verified.map_err(Error::server("cannot check the statement's effect"))
    }

    /// Takes the session's lock and makes sure that the history is still the known one.
    pub(crate) async fn lock_session(&mut self) -> Result<bool> {
        if !self.tables.database.has_transactional_ddl() {
            // There the lock is always the session's, and held already.
            return Ok(true);
        }
        self.lock(LockScope::Session).await?;
        let query = self.tables.select_head();
        let rows = self.driver()?.rows(query).await.map_err(Error::server("cannot read the history"))?;
        let head = rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
        if head.as_deref() == Some(self.history.head_seal()) {
            return Ok(true);
        }
        self.unlock_session().await?;
        Ok(false)
    }

    /// Gives the session's lock back.
    pub(crate) async fn unlock_session(&mut self) -> Result<()> {
        if !self.tables.database.has_transactional_ddl() {
            return Ok(());
        }
        let driver = self.db.driver()?;
        let held = driver.unlock(&self.tables).await;
        let held = held.map_err(Error::server("cannot release the migration lock"))?;
        self.db.set_busy(false);
        if held { Ok(()) } else { Err(Error::LockLost) }
    }

    async fn ensure_locked(&mut self) -> Result<()> {
        let driver = self.db.driver()?;
        let locked = driver.still_locked(&self.tables).await;
        let locked = locked.map_err(Error::server("cannot ask for the migration lock"))?;
        if locked { Ok(()) } else { Err(Error::LockLost) }
    }

    pub(crate) fn running_row(&self, unit: &Unit, chain: &Chain, done: usize, at: &str) -> HistoryRow {
        self.unfinished_row(unit, chain, RowState::Running, done, at)
    }

    fn unfinished_row(
        &self,
        unit: &Unit,
        chain: &Chain,
        state: RowState,
        done: usize,
        at: &str,
    ) -> HistoryRow {
        let prefix = unit.prefix_checksum(done, self.tables.database);
        chain.row(unit, Progress::at(state, done, prefix), &self.tables.set, at)
    }

    /// Returns the statements that put a unit's row into the table, whether or not an earlier
    /// run left one there.
    pub(crate) fn entry(&self, row: &HistoryRow) -> Vec<String> {
        let known = self.history.rows.iter().any(|known| known.version == row.version);
        if known {
            vec![self.tables.update(row, Elapsed::Measured)]
        } else {
            vec![self.tables.insert(&[(row.clone(), None)], Elapsed::Measured)]
        }
    }

    pub(crate) async fn send_own(&mut self, statements: Vec<String>, action: &'static str) -> Result<()> {
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
        message.all(self.completion(unit, chain, &row, Elapsed::Measured));
        message.own("COMMIT");
        let sent = message.send(self.driver()?).await;
        sent.map_err(|failure| Error::server("cannot record the migration")(failure.error))?;
        self.push_row(row);
        self.applied(unit, duration, timings);
        Ok(())
    }

    /// Returns the statements that turn a unit's journal entry into its final row.
    fn completion(&self, unit: &Unit, chain: &Chain, row: &HistoryRow, elapsed: Elapsed) -> Vec<String> {
        let mut chain = chain.clone();
        chain.push(row);
        let event = EventRow {
            event: "applied",
            version: row.version.clone(),
            name: row.name.clone(),
            at: row.applied_at.clone(),
            duration_us: row.duration_us,
            checksum: row.checksum.clone(),
            error: None,
        };
        let mut statements = vec![
            self.tables.update(row, elapsed),
            self.tables.update(&chain.head(&self.tables), Elapsed::Measured),
            self.tables.insert_events(&[event], &self.actor, elapsed),
        ];
        if let Some(downgrade) = &unit.stored_downgrade {
            statements.push(self.tables.store_downgrade(&row.version, downgrade));
        }
        statements
    }

    /// Records that a unit failed at a statement: its entry stays, or goes where nothing was done.
    async fn journal_failure(&mut self, unit: &Unit, index: usize, failure: &Failure) -> Result<Failed> {
        let left = if index == 0 { Left::Nothing } else { Left::Statements(index) };
        let failed = Failed::new(self.driver()?, unit, failure, Direction::Upgrade, left);
        if !self.tables.database.has_transactional_ddl() {
            // A failed data change shares a transaction with its entry.
            let _ = self.driver()?.batch("ROLLBACK".to_owned(), &mut |_| {}).await;
        }
        let chain = Chain::end_of(&self.history);
        let row = self.unfinished_row(unit, &chain, RowState::Failed, index, &now());
        let record = if index == 0 {
            self.tables.delete(&unit.version)
        } else {
            self.tables.update(&row, Elapsed::Measured)
        };
        self.send_own(vec![record], "cannot write the journal").await?;
        self.history.rows.retain(|known| known.version != unit.version);
        if index > 0 {
            self.history.rows.push(row);
        }
        self.log_failure(unit, &failed.error.message).await;
        if self.tables.database.has_transactional_ddl() {
            self.unlock_session().await?;
        }
        Ok(failed)
    }

    /// Takes an applied row into the known history.
    pub(crate) fn push_row(&mut self, row: HistoryRow) {
        let mut chain = Chain::end_of(&self.history);
        chain.push(&row);
        self.history.head = Some(chain.head(&self.tables));
        self.history.rows.retain(|known| known.version != row.version);
        self.history.rows.push(row);
    }

    pub(crate) fn applied(&mut self, unit: &Unit, duration: Duration, timings: Vec<Duration>) {
        self.report.applied.push(step(unit, duration, timings));
        self.emit(&Event::Applied { migration: unit.id(), duration });
    }
}

/// Units of a server without transactional DDL, in one message.
struct Pipeline {
    message: Message,
    chain: Chain,
    rows: Vec<HistoryRow>,
    /// The transaction that ends one unit begins the next one's entry: one commit less.
    open: bool,
}

impl Pipeline {
    fn new(session: &Session) -> Self {
        let chain = Chain::end_of(&session.history);
        Pipeline { message: Message::default(), chain, rows: Vec::new(), open: false }
    }

    fn unit(&mut self, session: &mut Session, number: usize, unit: &Unit) -> Result<()> {
        let started = now();
        let statements = unit.statements();
        let driver = session.db.driver()?;
        let Around { before, after } = around(driver, unit, &statements);
        let clock = driver.clock_start();
        let elapsed = driver.elapsed_expression().map_or(Elapsed::Measured, Elapsed::Expression);
        let bare: Vec<bool> = statements.iter().map(|sql| driver.runs_outside_transaction(sql)).collect();
        let entry = session.running_row(unit, &self.chain, unit.resume_at, &started);
        self.begin();
        self.message.all(session.entry(&entry));
        self.commit();
        self.message.all(before);
        self.message.all(clock);
        for (index, statement) in statements.iter().enumerate().skip(unit.resume_at) {
            if !bare[index] {
                self.begin();
            }
            self.message.statement(number, index, statement);
            if index + 1 < statements.len() {
                let entry = session.running_row(unit, &self.chain, index + 1, &started);
                self.message.own(&session.tables.update(&entry, Elapsed::Measured));
                self.commit();
            }
        }
        let row = self.chain.row(unit, Progress::applied(unit), &session.tables.set, &started);
        self.begin();
        self.message.all(session.completion(unit, &self.chain, &row, elapsed));
        self.message.marker(session.db.driver()?);
        self.message.all(after);
        self.chain.push(&row);
        self.rows.push(row);
        Ok(())
    }

    fn begin(&mut self) {
        if !self.open {
            self.message.own("START TRANSACTION");
            self.open = true;
        }
    }

    fn commit(&mut self) {
        if self.open {
            self.message.own("COMMIT");
            self.open = false;
        }
    }

    fn end(mut self) -> (Message, Vec<HistoryRow>) {
        self.commit();
        (self.message, self.rows)
    }
}

/// Whether a unit is SQL; Rust units are run by `rust.rs`.
pub(crate) fn is_sql(unit: &Unit) -> bool {
    matches!(unit.body, Body::Sql(_))
}
