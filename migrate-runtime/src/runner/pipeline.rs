//! Many journaled migrations in one message, for servers without transactional DDL: the same
//! entries as one by one, without a round trip for each.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use migrate_core::history::HistoryRow;

use super::chain::{Chain, Progress, now};
use super::session::Session;
use super::transactional::{Attempt, around};
use super::unit::Unit;
use crate::driver::Around;
use crate::error::{Error, Result};
use crate::message::{Failure, Message, PartKind};
use crate::probe::show_themselves;
use crate::store::{Elapsed, Record};

/// A message of this size is sent before the next statement is added: far from any server's limit.
/// Source: `MariaDB` documentation, `max_allowed_packet`: 16 MiB by default.
const MESSAGE_LIMIT: usize = 512 * 1024;

impl Session<'_> {
    /// Applies SQL units on a server without transactional DDL, many in one message.
    pub(crate) async fn apply_pipelined(&mut self, units: &[Unit]) -> Result<Attempt> {
        let mut pipeline = Pipeline::new(self);
        let Some(failure) = pipeline.run(self, units).await? else {
            self.adopt_pipelined(units, pipeline.rows).await;
            return Ok(Attempt::Applied);
        };
        let Some(PartKind::Statement { unit, index }) = failure.kind else {
            return Err(Error::server("cannot write the journal")(failure.error));
        };
        pipeline.rows.truncate(unit);
        let unlogged = pipeline.rows.first().map(|row| row.position);
        self.adopt_pipelined(&units[..unit], pipeline.rows).await;
        self.journal_failure(&units[unit], index, &failure, unlogged).await.map(Attempt::Failed)
    }

    /// Takes the rows of units that came to their end into the known history and the report.
    async fn adopt_pipelined(&mut self, units: &[Unit], rows: Vec<HistoryRow>) {
        let durations = self.durations(&rows).await;
        for (unit, row) in units.iter().zip(rows) {
            let duration = durations.get(&row.version).copied().unwrap_or_default();
            self.push_row(row);
            self.applied(unit, duration, Vec::new());
        }
    }

    /// Asks how long migrations took, by their versions: the server has written it into their rows,
    /// while its answers come together and tell nothing.
    async fn durations(&mut self, rows: &[HistoryRow]) -> HashMap<String, Duration> {
        let Some(first) = rows.first() else { return HashMap::new() };
        let query = self.tables.select_durations(first.position);
        let answer = match self.driver() {
            Ok(driver) => driver.rows(query).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let known = answer.into_iter().filter_map(|row| {
            let [version, micros] = <[_; 2]>::try_from(row).ok()?;
            Some((version?, Duration::from_micros(micros?.parse().ok()?)))
        });
        known.collect()
    }
}

/// Units of a server without transactional DDL, on their way to it.
struct Pipeline {
    /// What was not sent yet.
    message: Message,
    chain: Chain,
    /// The final rows of the units, in order.
    rows: Vec<HistoryRow>,
    /// Whether the last of them is still to be written: what ends one unit is written together with
    /// the entry that begins the next, which saves a commit and two statements each time.
    ending: bool,
    /// Whether a transaction is open.
    open: bool,
    /// Versions that had a row when the pipeline began.
    known: HashSet<String>,
}

impl Pipeline {
    fn new(session: &Session) -> Self {
        Pipeline {
            message: Message::default(),
            chain: Chain::end_of(&session.history),
            rows: Vec::new(),
            ending: false,
            open: false,
            known: session.history.rows.iter().map(|row| row.version.clone()).collect(),
        }
    }

    /// Sends all of the units; returns the failure that stopped them.
    async fn run(&mut self, session: &mut Session<'_>, units: &[Unit]) -> Result<Option<Failure>> {
        for (number, unit) in units.iter().enumerate() {
            if let Some(failure) = self.unit(session, number, unit).await? {
                return Ok(Some(failure));
            }
        }
        if let Some(first) = self.rows.first().map(|row| row.position) {
            self.begin();
            self.turn(session, None)?;
            self.message.own(&session.tables.log_applied(first, &session.actor));
            self.commit();
        }
        self.send(session).await
    }

    /// Ends the unit before, and begins the next with its entry, in one statement.
    fn turn(&mut self, session: &mut Session<'_>, next: Option<Record<'_>>) -> Result<()> {
        let driver = session.driver()?;
        let elapsed = driver.elapsed_expression().map_or(Elapsed::Measured, Elapsed::Expression);
        let ended = self.rows.last().filter(|_| self.ending);
        let head = ended.map(|_| self.chain.head(&session.tables));
        let mut records = Vec::with_capacity(3);
        records.extend(ended.map(|row| Record { row, downgrade: None, elapsed }));
        records.extend(head.as_ref().map(Record::of));
        records.extend(next);
        let is_known = next.is_some_and(|next| self.known.contains(&next.row.version));
        let tables = &session.tables;
        let put = if is_known { tables.put(&records) } else { tables.put_own(&records) };
        self.message.own(&put);
        self.ending = false;
        Ok(())
    }

    async fn unit(
        &mut self,
        session: &mut Session<'_>,
        number: usize,
        unit: &Unit,
    ) -> Result<Option<Failure>> {
        let started = now();
        let statements = unit.statements();
        let shown = show_themselves(&statements, session.tables.database);
        let driver = session.driver()?;
        let plain = statements.iter().all(|statement| driver.is_plain(statement));
        let Around { before, after } = around(driver, unit, &statements);
        let clock = driver.clock_start();
        let first = statements.get(unit.resume_at);
        let committed = first.is_some_and(|first| driver.commits_before(first));
        let settings = unit.settings_before(unit.resume_at, driver);
        let entry = session.running_row(unit, &self.chain, unit.resume_at, &started);
        let downgrade = unit.stored_downgrade.as_deref();
        // One statement is a transaction of its own, and where the session's `autocommit` is off, the
        // definition behind it ends that one before it begins.
        if !committed {
            self.begin();
        }
        self.turn(session, Some(Record { downgrade, ..Record::of(&entry) }))?;
        self.commit();
        self.message.all(before);
        self.message.all(settings);
        self.message.all(clock);
        for (index, statement) in statements.iter().enumerate().skip(unit.resume_at) {
            if self.message.len() + statement.len() > MESSAGE_LIMIT
                && let Some(failure) = self.send(session).await?
            {
                return Ok(Some(failure));
            }
            let driver = session.driver()?;
            if !driver.runs_outside_transaction(statement) {
                self.begin();
            }
            self.message.statement(number, index, statement);
            if !driver.is_plain(statement) {
                self.message.marker(driver);
            }
            let next = index + 1;
            if next < statements.len() && !shown[next] {
                let entry = session.running_row(unit, &self.chain, next, &started);
                if !plain {
                    // It ends a `LOCK TABLES`, under which the entry could not be written.
                    self.begin();
                }
                self.message.own(&session.tables.advance(&entry));
                self.commit();
            }
        }
        let row = self.chain.row(unit, Progress::applied(unit), &session.tables.set, &started);
        self.message.all(after);
        self.chain.push(&row);
        self.rows.push(row);
        self.ending = true;
        Ok(None)
    }

    /// Sends what was gathered; returns the failure that stopped it.
    async fn send(&mut self, session: &mut Session<'_>) -> Result<Option<Failure>> {
        let message = std::mem::take(&mut self.message);
        Ok(message.send(session.driver()?).await.err())
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
}
