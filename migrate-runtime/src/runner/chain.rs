//! The next rows of the history, each sealed over the one before.

use migrate_core::checksum::Checksum;
use migrate_core::history::{GENESIS, History, HistoryRow, RowKind, RowState, seal};
use migrate_core::set::MigrationKind;

use super::unit::Unit;
use crate::store::Tables;

/// The end of the chain, to which the next row is added.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    seal: String,
    length: u32,
    last: String,
}

impl Chain {
    /// Returns the end of a history's chain.
    pub(crate) fn end_of(history: &History) -> Self {
        Chain::ending(history.rows.iter().rev().find(|row| row.counts()))
    }

    /// Returns the end of a history's chain once a migration's row is taken off it.
    pub(crate) fn without(history: &History, version: &str) -> Self {
        let mut rest = history.rows.iter().rev().filter(|row| row.version != version);
        Chain::ending(rest.find(|row| row.counts()))
    }

    /// Returns the end of a chain whose last row is known.
    pub(crate) fn behind(row: &HistoryRow) -> Self {
        Chain::ending(Some(row))
    }

    fn ending(last: Option<&HistoryRow>) -> Self {
        Chain {
            seal: last.map_or(GENESIS, |row| &row.seal).to_owned(),
            length: last.map_or(0, |row| row.position),
            last: last.map(HistoryRow::id).unwrap_or_default(),
        }
    }

    /// Returns the row of a unit that comes next, in a given state.
    ///
    /// The chain goes on from it only when [`Chain::push`] is called.
    pub(crate) fn row(&self, unit: &Unit, progress: Progress, set: &str, now: &str) -> HistoryRow {
        let downgrade = unit.stored_downgrade.as_deref();
        let mut row = HistoryRow {
            position: self.length + 1,
            version: unit.version.clone(),
            name: unit.name.clone(),
            kind: match unit.kind {
                MigrationKind::Sql => RowKind::Sql,
                MigrationKind::Rust => RowKind::Rust,
            },
            state: progress.state,
            done: number(progress.done),
            statements: number(unit.statement_count()),
            checksum: unit.checksum.clone(),
            tokens: progress.tokens.unwrap_or_else(|| unit.tokens.clone()),
            downgrade_checksum: downgrade
                .map(|text| Checksum::of(text).to_string())
                .unwrap_or_default(),
            basis: String::new(),
            applied_at: now.to_owned(),
            duration_us: 0,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            seal: String::new(),
        };
        row.seal = seal(&self.seal, set, &row);
        row
    }

    /// Returns the row of a unit that is being run, all of whose statements before `done` took effect.
    pub(crate) fn running_row(
        &self,
        unit: &Unit,
        done: usize,
        tables: &Tables,
        now: &str,
    ) -> HistoryRow {
        self.unfinished_row(unit, RowState::Running, done, tables, now)
    }

    /// As [`Chain::running_row`], of one that may have been stopped.
    pub(crate) fn unfinished_row(
        &self,
        unit: &Unit,
        state: RowState,
        done: usize,
        tables: &Tables,
        now: &str,
    ) -> HistoryRow {
        // Until there is an entry, the row holds what it will when it came to its end, so that the
        // end can be read from the row behind it.
        let prefix = (done > 0).then(|| unit.prefix_checksum(done, tables.database));
        self.row(unit, Progress { state, done, tokens: prefix }, &tables.set, now)
    }

    /// Goes on from a row.
    pub(crate) fn push(&mut self, row: &HistoryRow) {
        self.seal.clone_from(&row.seal);
        self.length = row.position;
        self.last = row.id();
    }

    /// Returns the head row over this chain.
    pub(crate) fn head(&self, tables: &Tables) -> HistoryRow {
        tables.head(&self.seal, self.length, &self.last)
    }

    /// Returns the row of a repeatable migration that rests on this chain.
    pub(crate) fn repeatable_row(&self, unit: &Unit, set: &str, now: &str) -> HistoryRow {
        let statements = number(unit.statement_count());
        let mut row = HistoryRow {
            version: unit.version.clone(),
            kind: RowKind::Repeatable,
            done: statements,
            statements,
            checksum: unit.checksum.clone(),
            tokens: unit.tokens.clone(),
            basis: self.seal.clone(),
            applied_at: now.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            ..HistoryRow::default()
        };
        row.seal = seal(GENESIS, set, &row);
        row
    }
}

/// How far a migration came.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    state: RowState,
    done: usize,
    /// The hash of the statements that were executed, where there are any but not all.
    tokens: Option<String>,
}

impl Progress {
    /// To its end.
    pub(crate) fn applied(unit: &Unit) -> Self {
        Progress { state: RowState::Applied, done: unit.statement_count(), tokens: None }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Returns the current time as it is stored.
pub(crate) fn now() -> String {
    humantime::format_rfc3339_millis(std::time::SystemTime::now()).to_string()
}
