//! Many journaled migrations in one message, for servers without transactional DDL: the same
//! entries as one by one, without a round trip for each.

use std::collections::{HashMap, HashSet, VecDeque};
use std::iter::Enumerate;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use migrate_core::history::{History, HistoryRow};

use super::chain::{Chain, Progress, now};
use super::ends::{Ends, TOGETHER, note_beginning};
use super::failure::is_lost;
use super::session::Session;
use super::transactional::Attempt;
use super::unit::Unit;
use crate::driver::{Around, Dialect, Driver};
use crate::error::{Error, Result};
use crate::message::{Failure, Message, PartKind};
use crate::probe::show_themselves;
use crate::store::{Actor, Record, Tables};

/// A message of this size is sent before the next statement is added: far from any server's limit.
/// Source: `MariaDB` documentation, `max_allowed_packet`: 16 MiB by default.
const MESSAGE_LIMIT: usize = 512 * 1024;

/// The same of the first message, for which the server waits while it is written.
const FIRST_MESSAGE_LIMIT: usize = 32 * 1024;

impl Session<'_> {
    /// Applies SQL units on a server without transactional DDL, many in one message.
    pub(crate) async fn apply_pipelined(&mut self, units: &[Unit]) -> Result<Attempt> {
        let dialect = self.dialect()?;
        let known = &self.history;
        let mut pipeline = Pipeline::new(units, known, dialect, &self.tables, &self.actor);
        let failure = pipeline.send(self.db.driver()?).await;
        let mut rows = pipeline.rows;
        let Some(failure) = failure else {
            self.report_pipelined(units, &rows).await;
            self.push_rows(rows);
            return Ok(Attempt::Applied);
        };
        let Some(PartKind::Statement { unit, index }) = failure.kind else {
            let reached = failure.unit();
            if let Some(reached) = reached {
                self.report_pipelined(&units[..reached], &rows[..reached]).await;
            }
            return match reached {
                Some(reached) if is_lost(&failure.error) => {
                    Ok(Attempt::Failed(self.lost(&units[reached], &failure)?))
                }
                _ => Err(Error::server("cannot write the journal")(failure.error)),
            };
        };
        rows.truncate(unit);
        if is_lost(&failure.error) {
            self.report_pipelined(&units[..unit], &rows).await;
            return Ok(Attempt::Failed(self.lost(&units[unit], &failure)?));
        }
        let unlogged = rows.first().map(|row| row.position);
        self.leave(&units[unit]).await?;
        self.history = self.history_now().await?;
        self.send_own(self.put_ends()?.into_iter().collect(), "cannot write the journal").await?;
        self.ends_written();
        self.report_pipelined(&units[..unit], &rows).await;
        let from = joined_from(&*self.dialect()?, &units[unit].statements(), index);
        self.journal_failure(&units[unit], from, &failure, unlogged).await.map(Attempt::Failed)
    }

    /// Takes units that came to their end into the report.
    async fn report_pipelined(&mut self, units: &[Unit], rows: &[HistoryRow]) {
        let durations = self.durations(rows).await;
        for (unit, row) in units.iter().zip(rows) {
            let duration = durations.get(&row.version).copied().unwrap_or_default();
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

/// Whether a statement asks what the one before it did, and shares a transaction with it: an entry
/// between them would be what it is told of.
fn joined(dialect: &dyn Dialect, statements: &[&str], index: usize) -> bool {
    let pair = index.checked_sub(1).and_then(|before| statements.get(before..=index));
    pair.is_some_and(|pair| {
        dialect.asks_for_last_result(pair[1])
            && pair.iter().all(|statement| !dialect.runs_outside_transaction(statement))
    })
}

/// Returns the first of the statements whose transaction the one at `index` shares.
fn joined_from(dialect: &dyn Dialect, statements: &[&str], index: usize) -> usize {
    (0..=index).rev().find(|index| !joined(dialect, statements, *index)).unwrap_or_default()
}

/// Units of a server without transactional DDL, on their way to it.
struct Pipeline<'r> {
    dialect: Arc<dyn Dialect>,
    tables: &'r Tables,
    actor: &'r Actor,
    /// The units that are still to be written; `None` once what ends the last was.
    rest: Option<Enumerate<slice::Iter<'r, Unit>>>,
    /// Messages that are ready to be sent.
    ready: VecDeque<Message>,
    /// The message that is being written.
    message: Message,
    /// The size at which it is ready.
    limit: usize,
    chain: Chain,
    /// The final rows of the units that were written, in order.
    rows: Vec<HistoryRow>,
    /// How many of them were written as they are.
    recorded: usize,
    /// Whether the last of them shows that its unit came to its end as soon as the next is begun.
    shows_end: bool,
    /// Whether a transaction is open.
    open: bool,
    /// Whether tables may be locked by the last unit: its successor's row cannot be written then.
    may_lock: bool,
    /// Versions that had a row when the pipeline began.
    known: HashSet<String>,
}

impl<'r> Pipeline<'r> {
    fn new(
        units: &'r [Unit],
        history: &History,
        dialect: Arc<dyn Dialect>,
        tables: &'r Tables,
        actor: &'r Actor,
    ) -> Self {
        Pipeline {
            dialect,
            tables,
            actor,
            rest: Some(units.iter().enumerate()),
            ready: VecDeque::new(),
            message: Message::default(),
            limit: FIRST_MESSAGE_LIMIT,
            chain: Chain::end_of(history),
            rows: Vec::new(),
            recorded: 0,
            shows_end: false,
            open: false,
            may_lock: false,
            known: history.rows.iter().map(|row| row.version.clone()).collect(),
        }
    }

    /// Sends all of the units, each message while the next one is written; returns the failure that
    /// stopped them.
    async fn send(&mut self, driver: &mut dyn Driver) -> Option<Failure> {
        let mut next = self.next().await;
        while let Some(message) = next {
            let (sent, written) = join(message.send(driver), self.next()).await;
            if let Err(failure) = sent {
                return Some(failure);
            }
            next = written;
        }
        None
    }

    /// Writes units until there is a message to be sent; `None` where nothing is left.
    async fn next(&mut self) -> Option<Message> {
        while self.ready.is_empty() {
            match self.rest.as_mut().map(Iterator::next) {
                Some(Some((number, unit))) => self.unit(number, unit),
                Some(None) => {
                    self.rest = None;
                    self.end();
                }
                None => break,
            }
            // The message before goes on its way meanwhile.
            tokio::task::yield_now().await;
        }
        self.ready.pop_front()
    }

    /// Writes what ends the last unit, and the events of all.
    fn end(&mut self) {
        self.begin();
        if self.recorded < self.rows.len() {
            self.turn(None);
        }
        if let Some(first) = self.rows.first() {
            self.message.own(&self.tables.log_applied(first.position, self.actor));
        }
        self.commit();
        self.flush();
    }

    /// Begins the next unit with its row. The ends of those before are written with it where it does
    /// not show the last of them, and now and then.
    fn turn(&mut self, next: Option<Record<'_>>) {
        let tables = self.tables;
        let ended = &self.rows[self.recorded..];
        let is_known = next.is_some_and(|next| self.known.contains(&next.row.version));
        if let Some(next) = next
            && !is_known
            && (ended.is_empty() || self.shows_end && ended.len() < TOGETHER)
        {
            let insert = tables.insert(&[next]);
            self.make_room(insert.len());
            self.message.own(&insert);
            return;
        }
        let ends = Ends::of(ended, None, tables, &*self.dialect);
        let mut records = ends.records();
        records.extend(next);
        let put = if is_known { tables.put(&records) } else { tables.put_own(&records) };
        self.recorded = self.rows.len();
        self.make_room(put.len());
        self.message.own(&put);
    }

    fn unit(&mut self, number: usize, unit: &Unit) {
        let started = now();
        let statements = unit.statements();
        let shown = show_themselves(&statements, self.tables.database);
        let dialect = self.dialect.clone();
        let plain = statements.iter().all(|statement| dialect.is_plain(statement));
        let Around { before, after } = unit.around(&*dialect);
        let first = statements.get(unit.resume_at);
        let committed = first.is_some_and(|first| dialect.commits_before(first));
        let entry = self.chain.running_row(unit, unit.resume_at, self.tables, &started);
        let downgrade = unit.stored_downgrade.as_deref();
        // One statement is a transaction of its own, and where the session's `autocommit` is off, the
        // definition behind it ends that one before it begins. To begin one ends a `LOCK TABLES`.
        if !committed || self.may_lock {
            self.begin();
        }
        self.turn(Some(Record { downgrade, ..Record::of(&entry) }));
        self.commit();
        self.message.all(before);
        self.message.all(unit.settings_before(unit.resume_at, &*dialect));
        self.message.all(note_beginning(&*dialect, entry.position));
        self.shows_end = unit.resume_at == 0;
        for (index, statement) in statements.iter().enumerate().skip(unit.resume_at) {
            if !dialect.runs_outside_transaction(statement) {
                self.begin();
            }
            // What is nearly as long as a server takes goes without anything else.
            self.make_room(statement.len());
            self.message.statement(number, index, statement);
            if !dialect.is_plain(statement) {
                self.message.marker(&*dialect);
            }
            let next = index + 1;
            if next < statements.len() && !shown[next] && !joined(&*dialect, &statements, next) {
                let entry = self.chain.running_row(unit, next, self.tables, &started);
                if !plain {
                    // It ends a `LOCK TABLES`, under which the entry could not be written.
                    self.begin();
                }
                let advance = self.tables.advance(&entry);
                self.make_room(advance.len());
                self.message.own(&advance);
                self.commit();
                self.shows_end = false;
            }
        }
        let row = self.chain.row(unit, Progress::applied(unit), &self.tables.set, &started);
        self.chain.push(&row);
        self.rows.push(row);
        self.may_lock = !plain;
        if self.open && !after.is_empty() {
            // There are settings that a transaction keeps from being changed.
            self.turn(None);
            self.commit();
        }
        self.message.all(after);
    }

    /// Ends the message that is being written, where so many bytes would be too much for it.
    fn make_room(&mut self, bytes: usize) {
        if self.message.len() > 0 && self.message.len() + bytes > self.limit {
            self.flush();
        }
    }

    /// Ends the message that is being written.
    fn flush(&mut self) {
        self.limit = MESSAGE_LIMIT;
        self.ready.push_back(std::mem::take(&mut self.message));
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
