//! Migrations that are transactions: alone, or several in one with a savepoint each.

use std::time::{Duration, Instant};

use migrate_core::history::HistoryRow;
use migrate_core::set::MigrationKind;

use super::chain::{Chain, Progress, now};
use super::failure::{self, Failed, is_lost};
use super::journal::applied_event;
use super::session::Session;
use super::unit::{Body, Unit};
use crate::driver::{Around, Dialect, LockScope, Opening};
use crate::error::{Direction, Error, Left, Result};
use crate::events::Event;
use crate::message::{Failure, Message, PartKind, Timeline, UnitTiming};
use crate::report::Step;
use crate::store::{Elapsed, EventRow, Record};

/// The savepoint in front of each migration of a group.
const SAVEPOINT: &str = "cargo_migrate";

/// How an attempt ended.
pub(crate) enum Attempt {
    /// All of it was applied and recorded.
    Applied,
    /// The first units were applied and recorded; the one after them failed, but may do better in
    /// a transaction of its own (a new enum value cannot be used in the transaction that adds it).
    AppliedUntil(usize),
    /// The server undid all of the group at the unit that failed (a full disk, say); those before it
    /// may be applied without it.
    Undone(usize),
    /// Somebody else took the lock or changed the history: read it again.
    Interrupted,
    /// A unit failed; nothing of it is left, what came before is recorded.
    Failed(Failed),
}

impl Session<'_> {
    /// Applies SQL units in one transaction.
    ///
    /// `all_or_nothing` keeps nothing when one of them fails.
    pub(crate) async fn apply_together(
        &mut self,
        units: &[Unit],
        all_or_nothing: bool,
    ) -> Result<Attempt> {
        let statements: Vec<&str> = units.iter().flat_map(Unit::statements).collect();
        let prepared = self.dialect()?.needs_preparation(&statements);
        self.before_transaction(prepared).await?;
        let attempt = self.attempt(units, prepared, all_or_nothing).await;
        self.after_transaction(prepared).await?;
        attempt
    }

    async fn attempt(&mut self, units: &[Unit], prepared: bool, all: bool) -> Result<Attempt> {
        let mut message = Message::default();
        if !self.open(&mut message).await? {
            return Ok(Attempt::Interrupted);
        }
        let single = units.len() == 1;
        let dialect = self.dialect()?;
        let is_one = single && !units[0].statements().iter().any(|it| dialect.decides_reading(it));
        let elapsed = dialect.elapsed_expression().filter(|_| is_one && !prepared);
        for (number, unit) in units.iter().enumerate() {
            add_unit(&mut message, &*dialect, number, unit, single);
        }
        // One migration, its row and the commit are one message, where the server can measure.
        let whole = elapsed.map(|expression| {
            let records = Records::of(units, &Chain::end_of(&self.history), self, &[]);
            message.all(records.statements(self, Elapsed::Expression(expression)));
            message.own("COMMIT");
            records
        });
        let sent = message.send(self.driver()?).await;
        match (sent, whole) {
            (Ok(timeline), Some(records)) => {
                self.db.set_busy(false);
                self.adopt(records, units, timeline.units());
                Ok(Attempt::Applied)
            }
            (Ok(timeline), None) => self.record(units, prepared, &timeline).await,
            (Err(failure), _) => self.fail(units, failure, prepared, all).await,
        }
    }

    /// Opens a transaction under the lock, with the history as it is known; `false` when it
    /// is not the known one any more.
    pub(crate) async fn open(&mut self, message: &mut Message) -> Result<bool> {
        let head = self.history.head_seal().to_owned();
        self.db.set_busy(true);
        match self.db.driver()?.open(&self.tables, &head) {
            Opening::Raising(statements) => {
                message.all(statements);
                Ok(true)
            }
            Opening::Asking => {
                self.lock(LockScope::Transaction).await?;
                let query = self.tables.select_head();
                let rows = self.driver()?.rows(query).await;
                let rows = rows.map_err(Error::server("cannot read the history"))?;
                let found =
                    rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten();
                if found.as_deref() == Some(head.as_str()) {
                    return Ok(true);
                }
                self.rollback_quietly().await;
                Ok(false)
            }
        }
    }

    /// Writes the rows of units whose statements were executed, and commits.
    async fn record(
        &mut self,
        units: &[Unit],
        prepared: bool,
        timeline: &Timeline,
    ) -> Result<Attempt> {
        if prepared {
            let checked = self.driver()?.check_before_commit().await;
            if let Some(problem) =
                checked.map_err(Error::server("cannot check before the commit"))?
            {
                self.rollback_quietly().await;
                if units.len() > 1 {
                    // Which of them broke it is found by running them one by one.
                    return Ok(Attempt::AppliedUntil(0));
                }
                let failed = Failed::without_server(units, 0, Direction::Upgrade, problem);
                return self.failed(units, 0, failed).await;
            }
        }
        let chain = Chain::end_of(&self.history);
        let timings = timeline.units();
        let durations: Vec<_> = timings.iter().map(|timing| timing.total).collect();
        let records = Records::of(units, &chain, self, &durations);
        let mut message = Message::default();
        message.all(records.statements(self, Elapsed::Measured));
        message.own("COMMIT");
        match message.send(self.driver()?).await {
            Ok(_) => {
                self.db.set_busy(false);
                self.adopt(records, units, timings);
                Ok(Attempt::Applied)
            }
            Err(failure) => {
                // A deferred constraint speaks at the commit.
                self.rollback_quietly().await;
                if units.len() > 1 {
                    return Ok(Attempt::AppliedUntil(0));
                }
                let failed = self.describe(units, 0, &failure, Direction::Upgrade)?;
                self.failed(units, 0, failed).await
            }
        }
    }

    async fn fail(
        &mut self,
        units: &[Unit],
        failure: Failure,
        prepared: bool,
        all: bool,
    ) -> Result<Attempt> {
        if self.driver()?.guard_failed(&failure.error) {
            self.rollback_quietly().await;
            return Ok(Attempt::Interrupted);
        }
        let unit = match failure.kind {
            Some(PartKind::Statement { unit, .. }) => unit,
            // The commit, or a statement around the migration's own.
            _ if units.len() == 1 => 0,
            _ => {
                self.rollback_quietly().await;
                return Err(Error::server("cannot apply a group of migrations")(failure.error));
            }
        };
        let failed = self.describe(units, unit, &failure, Direction::Upgrade)?;
        if unit == 0 || all {
            self.rollback_quietly().await;
            return self.failed(units, unit, failed).await;
        }
        // What came before the failed one stays.
        let back = format!("ROLLBACK TO SAVEPOINT {SAVEPOINT}");
        if let Err(error) = self.driver()?.batch(back, &mut |_| {}).await {
            self.rollback_quietly().await;
            if is_lost(&failure.error) || is_lost(&error) {
                return self.failed(units, unit, failed).await;
            }
            return Ok(Attempt::Undone(unit));
        }
        let done = &units[..unit];
        match Box::pin(self.record(done, prepared, &failure.timeline)).await? {
            Attempt::Applied => Ok(Attempt::AppliedUntil(unit)),
            other => Ok(other),
        }
    }

    fn describe(
        &mut self,
        units: &[Unit],
        unit: usize,
        failure: &Failure,
        direction: Direction,
    ) -> Result<Failed> {
        Ok(Failed::new(self.driver()?, &units[unit], failure, direction, Left::Nothing))
    }

    /// Writes the failure into the event log, in a transaction of its own.
    async fn failed(&mut self, units: &[Unit], unit: usize, failed: Failed) -> Result<Attempt> {
        self.log_failure(&units[unit], &failed.error.message).await;
        Ok(Attempt::Failed(failed))
    }

    /// Writes a failure into the event log; the failure itself is more important than its record.
    pub(crate) async fn log_failure(&mut self, unit: &Unit, error: &str) {
        let event = EventRow {
            event: "failed",
            version: unit.version.clone(),
            name: unit.name.clone(),
            at: now(),
            duration_us: failure::micros(self.attempted.elapsed()),
            checksum: unit.checksum.clone(),
            error: Some(error.to_owned()),
        };
        let text = self.tables.insert_events(&[event], &self.actor, Elapsed::Measured);
        if let Ok(driver) = self.db.driver()
            && let Err(error) = driver.batch(text, &mut |_| {}).await
        {
            tracing::warn!(%error, "the failure could not be written to the event log");
        }
        self.emit(&Event::Failed { migration: unit.id(), error: error.to_owned() });
    }

    /// Takes what was committed into the known history and the report.
    fn adopt(&mut self, records: Records, units: &[Unit], mut timings: Vec<UnitTiming>) {
        self.history.rows.extend(records.rows);
        self.history.head = Some(records.head);
        timings.resize_with(units.len(), UnitTiming::default);
        for (unit, timing) in units.iter().zip(timings) {
            let statements = if units.len() == 1 { timing.statements } else { Vec::new() };
            self.report.applied.push(step(unit, timing.total, statements));
            self.emit(&Event::Applied { migration: unit.id(), duration: timing.total });
        }
    }
}

/// Adds a unit's statements to the message of its group.
fn add_unit(
    message: &mut Message,
    dialect: &dyn Dialect,
    number: usize,
    unit: &Unit,
    single: bool,
) {
    let statements = unit.statements();
    let Around { before, after } = unit.around(dialect);
    if !single {
        message.own(&format!("SAVEPOINT {SAVEPOINT}"));
    }
    message.all(before);
    let clock = dialect.has_clock();
    // The marker behind one unit is the one before the next.
    if clock && number == 0 {
        message.marker(dialect);
    }
    for (index, statement) in statements.iter().enumerate() {
        message.statement(number, index, statement);
        if clock && single && index + 1 < statements.len() {
            message.marker(dialect);
        }
    }
    if clock {
        message.marker(dialect);
    }
    message.all(after);
    if !single {
        message.own(&format!("RELEASE SAVEPOINT {SAVEPOINT}"));
    }
}

/// Describes a unit that was run.
pub(crate) fn step(unit: &Unit, duration: Duration, statements: Vec<Duration>) -> Step {
    Step {
        version: unit.version.clone(),
        name: unit.name.clone(),
        kind: unit.kind,
        duration,
        statements,
        resumed_at: unit.resume_at,
    }
}

/// The rows and events that record a group of migrations.
pub(crate) struct Records {
    pub(crate) rows: Vec<HistoryRow>,
    pub(crate) head: HistoryRow,
    events: Vec<EventRow>,
    downgrades: Vec<Option<String>>,
}

impl Records {
    /// Makes the records of units that were applied, in order.
    pub(crate) fn of(
        units: &[Unit],
        chain: &Chain,
        session: &Session,
        durations: &[Duration],
    ) -> Self {
        let mut chain = chain.clone();
        let now = now();
        let (mut rows, mut events) = (Vec::new(), Vec::new());
        for (number, unit) in units.iter().enumerate() {
            let mut row = chain.row(unit, Progress::applied(unit), &session.tables.set, &now);
            row.duration_us = durations.get(number).copied().map_or(0, failure::micros);
            chain.push(&row);
            events.push(applied_event(&row));
            rows.push(row);
        }
        let downgrades = units.iter().map(|unit| unit.stored_downgrade.clone()).collect();
        Records { rows, head: chain.head(&session.tables), events, downgrades }
    }

    /// Returns the statements that write them.
    pub(crate) fn statements(&self, session: &Session, elapsed: Elapsed) -> Vec<String> {
        let tables = &session.tables;
        if self.rows.is_empty() {
            return Vec::new();
        }
        let rows = self.rows.iter().zip(&self.downgrades);
        let records: Vec<_> = rows
            .map(|(row, downgrade)| Record { row, downgrade: downgrade.as_deref(), elapsed })
            .collect();
        vec![
            tables.insert(&records),
            tables.move_head(&self.head),
            tables.insert_events(&self.events, &session.actor, elapsed),
        ]
    }
}

impl Session<'_> {
    /// Runs repeatable migrations, each a transaction of its own.
    pub(crate) async fn repeat(&mut self, unit: &Unit) -> Result<Attempt> {
        debug_assert!(matches!(unit.body, Body::Sql(_)) && unit.kind == MigrationKind::Sql);
        self.attempted = Instant::now();
        let units = std::slice::from_ref(unit);
        let mut message = Message::default();
        if !self.open(&mut message).await? {
            return Ok(Attempt::Interrupted);
        }
        add_unit(&mut message, &*self.dialect()?, 0, unit, true);
        let mut row = Chain::end_of(&self.history).repeatable_row(unit, &self.tables.set, &now());
        let sent = message.send(self.driver()?).await;
        let timeline = match sent {
            Ok(timeline) => timeline,
            Err(failure) => return self.fail(units, failure, false, false).await,
        };
        let timing = timeline.unit();
        row.duration_us = failure::micros(timing.total);
        let event = EventRow {
            event: "repeated",
            version: row.version.clone(),
            at: row.applied_at.clone(),
            duration_us: row.duration_us,
            checksum: row.checksum.clone(),
            ..EventRow::default()
        };
        let mut message = Message::default();
        // The head does not show whether another starter has written the row since.
        message.own(&self.tables.delete(&row.version));
        message.own(&self.tables.insert(&[Record::of(&row)]));
        message.own(&self.tables.insert_events(&[event], &self.actor, Elapsed::Measured));
        if self.tables.database.has_transactional_ddl() {
            message.own("COMMIT");
        }
        match message.send(self.driver()?).await {
            Ok(_) => {
                if self.tables.database.has_transactional_ddl() {
                    self.db.set_busy(false);
                }
                let duration = timing.total;
                self.report.repeated.push(step(unit, duration, timing.statements));
                self.emit(&Event::Applied { migration: unit.id(), duration });
                Ok(Attempt::Applied)
            }
            Err(failure) => {
                self.rollback_quietly().await;
                let failed = self.describe(units, 0, &failure, Direction::Upgrade)?;
                self.failed(units, 0, failed).await
            }
        }
    }
}
