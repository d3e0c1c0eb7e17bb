//! Many journaled migrations in one message, for servers without transactional DDL: the same
//! entries as one by one, without a round trip for each.

use migrate_core::history::HistoryRow;

use super::chain::{Chain, Progress, now};
use super::session::Session;
use super::transactional::{Attempt, around};
use super::unit::Unit;
use crate::driver::Around;
use crate::error::{Error, Result};
use crate::message::{Failure, Message, PartKind};
use crate::store::Elapsed;

/// Messages are kept below this size, far from any server's limit.
/// Source: `MariaDB` documentation, `max_allowed_packet`: 16 MiB by default.
const MESSAGE_LIMIT: usize = 1 << 20;

impl Session<'_> {
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
        self.journal_failure(&units[number], index, &failure).await.map(Attempt::Failed)
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
        let bare: Vec<bool> =
            statements.iter().map(|sql| driver.runs_outside_transaction(sql)).collect();
        let several: Vec<bool> =
            statements.iter().map(|sql| driver.has_several_results(sql)).collect();
        let settings = unit.settings_before(unit.resume_at, driver);
        let entry = session.running_row(unit, &self.chain, unit.resume_at, &started);
        self.begin();
        self.message.all(session.entry(unit, &entry));
        self.commit();
        self.message.all(before);
        self.message.all(settings);
        self.message.all(clock);
        for (index, statement) in statements.iter().enumerate().skip(unit.resume_at) {
            if !bare[index] {
                self.begin();
            }
            self.message.statement(number, index, statement);
            if several[index] {
                self.message.marker(session.db.driver()?);
            }
            if index + 1 < statements.len() {
                // It ends a `LOCK TABLES`, too, under which the entry could not be written.
                self.begin();
                let entry = session.running_row(unit, &self.chain, index + 1, &started);
                self.message.own(&session.tables.advance(&entry, Elapsed::Measured));
                self.commit();
            }
        }
        let row = self.chain.row(unit, Progress::applied(unit), &session.tables.set, &started);
        self.begin();
        self.message.all(session.completion(&self.chain, &row, elapsed));
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
