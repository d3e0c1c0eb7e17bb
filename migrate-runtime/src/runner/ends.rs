//! That migrations came to their end, on a server without transactional DDL: written of many
//! together.
//!
//! A migration that needs no entry between its statements is begun with a row in state `running`, and
//! the row that begins the next one [shows](HistoryRow::may_show_end) that it came to its end. To write
//! that into its own row and into the head takes a server as long as a small data change, so it is
//! done for many of them in one statement.

use migrate_core::history::HistoryRow;

use super::chain::Chain;
use super::session::Session;
use crate::driver::Dialect;
use crate::error::Result;
use crate::store::{Elapsed, Record, Tables};

/// So many are written together.
pub(super) const TOGETHER: usize = 64;

/// The number under which the time is noted at which the migration of a position is begun. There are
/// as many as ends are written together, so that the session does not keep one for each.
fn clock(position: u32) -> usize {
    usize::try_from(position).unwrap_or_default() % TOGETHER
}

/// Returns the statement that notes the time at which the migration of a position is begun.
pub(super) fn note_beginning(dialect: &dyn Dialect, position: u32) -> Option<String> {
    dialect.note_time(clock(position))
}

/// Rows of migrations that came to their end one after the other, and the head behind them.
pub(super) struct Ends<'r> {
    rows: &'r [HistoryRow],
    elapsed: Vec<Option<String>>,
    head: Option<HistoryRow>,
}

impl<'r> Ends<'r> {
    /// `begun` is the position of what was begun behind them; without it, they end now.
    pub(super) fn of(
        rows: &'r [HistoryRow],
        begun: Option<u32>,
        tables: &Tables,
        dialect: &dyn Dialect,
    ) -> Self {
        let behind = rows.iter().skip(1).map(|row| Some(row.position)).chain([begun]);
        let elapsed = rows
            .iter()
            .zip(behind)
            .map(|(row, behind)| dialect.elapsed_between(clock(row.position), behind.map(clock)));
        let head = rows.last().map(|last| Chain::behind(last).head(tables));
        Ends { rows, elapsed: elapsed.collect(), head }
    }

    pub(super) fn records(&self) -> Vec<Record<'_>> {
        let rows = self.rows.iter().zip(&self.elapsed).map(|(row, elapsed)| {
            let elapsed = elapsed.as_deref().map_or(Elapsed::Measured, Elapsed::Expression);
            Record { row, downgrade: None, elapsed }
        });
        rows.chain(self.head.as_ref().map(Record::of)).collect()
    }
}

impl Session<'_> {
    /// Returns the statement that writes of the ends that rows only show.
    pub(super) fn put_ends(&self) -> Result<Option<String>> {
        let (_, behind) = self.history.recorded();
        let ended = behind.iter().take_while(|row| row.counts()).count();
        let (ended, begun) = behind.split_at(ended);
        if ended.is_empty() {
            return Ok(None);
        }
        let begun = begun.first().map(|row| row.position);
        let ends = Ends::of(ended, begun, &self.tables, &*self.dialect()?);
        Ok(Some(self.tables.put_own(&ends.records())))
    }

    /// Notes that the statement of [`Session::put_ends`] was executed.
    pub(super) fn ends_written(&mut self) {
        self.history.unrecorded_from = None;
        self.history.head = Some(Chain::end_of(&self.history).head(&self.tables));
    }
}
