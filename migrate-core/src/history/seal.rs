//! The chain of seals: a row inserted, edited or deleted by hand is seen by reading the rows.
//!
//! This is no signature. Whoever can write the table and knows this file can forge a chain; what
//! it stops is the well-meant `INSERT` that marks a migration as applied.

use super::row::{History, HistoryRow, RowState};
use crate::checksum::{Checksum, FieldHasher};

/// What the first row chains to.
pub const GENESIS: &str = "genesis";

/// Hexadecimal digits of a seal, half of the hash: enough to show an accident, and the rows cross
/// the wire at each start.
const SEAL_DIGITS: usize = 32;

/// Computes a row's seal from the seal of the row before it.
///
/// Repeatable migrations and the head chain to [`GENESIS`] and to the last row respectively.
/// The duration is left out: Postgres computes it inside the message that inserts the row.
pub fn seal(previous: &str, set: &str, row: &HistoryRow) -> String {
    hash(previous, set, row).prefix(SEAL_DIGITS)
}

/// Whether a row carries its [`seal`].
fn is_sealed(previous: &str, set: &str, row: &HistoryRow) -> bool {
    row.seal.len() == SEAL_DIGITS && hash(previous, set, row).starts_with(&row.seal)
}

fn hash(previous: &str, set: &str, row: &HistoryRow) -> Checksum {
    let mut hasher = FieldHasher::default();
    let numbers = [row.position, row.done, row.statements].map(|number| number.to_string());
    let fields = [
        previous,
        set,
        &numbers[0],
        &row.version,
        &row.name,
        row.kind.word(),
        row.state.word(),
        &numbers[1],
        &numbers[2],
        &row.checksum,
        &row.tokens,
        &row.downgrade_checksum,
        &row.basis,
        &row.applied_at,
        &row.tool_version,
    ];
    for field in fields {
        hasher.field(field);
    }
    hasher.finish()
}

/// A place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Id of the migration whose row it is, as far as it is known.
    pub migration: String,
    /// What is wrong with the row.
    pub kind: BreakKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakKind {
    /// The row does not match its seal: it was edited.
    Edited,
    /// The row was not written by this tool, or its place in the chain is taken.
    Inserted,
    /// A row before this one is gone.
    DeletedBefore,
    /// The last row is gone; the migration named is the one the head remembers.
    DeletedLast,
    /// The head row is gone or was edited.
    Head,
}

/// Checks every seal of a history, and that no row is missing.
pub fn verify(set: &str, history: &History) -> Vec<Break> {
    let mut breaks = Vec::new();
    let mut previous = GENESIS;
    let mut position = 0;
    for row in &history.rows {
        let broken = |kind| Break { migration: row.id(), kind };
        if row.position <= position {
            breaks.push(broken(BreakKind::Inserted));
            continue;
        }
        if row.position > position + 1 {
            breaks.push(broken(BreakKind::DeletedBefore));
        } else if !is_sealed(previous, set, row) {
            let hand_made = row.seal.len() != SEAL_DIGITS;
            breaks.push(broken(if hand_made { BreakKind::Inserted } else { BreakKind::Edited }));
        }
        previous = &row.seal;
        position = row.position;
    }
    for row in &history.repeatables {
        if !is_sealed(GENESIS, set, row) {
            breaks.push(Break { migration: row.id(), kind: BreakKind::Edited });
        }
    }
    if breaks.is_empty() {
        breaks.extend(verify_head(set, history));
    }
    breaks
}

/// Takes rows for applied that [show](HistoryRow::may_show_end) that they came to their end, with
/// the seals they get when that is written; returns the position of the first.
pub(super) fn read_ends(set: &str, rows: &mut [HistoryRow]) -> Option<u32> {
    let start = rows.iter().position(HistoryRow::may_show_end)?;
    let mut first = None;
    for index in start..rows.len().saturating_sub(1) {
        let (before, rest) = rows.split_at_mut(index);
        let [row, next, ..] = rest else { break };
        let previous = before.last().map_or(GENESIS, |row| &row.seal);
        let is_followed = next.position == row.position + 1;
        if is_followed && row.may_show_end() && is_sealed(previous, set, row) {
            row.state = RowState::Applied;
            row.done = row.statements;
            row.seal = seal(previous, set, row);
            first.get_or_insert(row.position);
        }
    }
    first
}

/// Compares the head with the rows; only of use where the rows hold among themselves.
fn verify_head(set: &str, history: &History) -> Option<Break> {
    let (recorded, _) = history.recorded();
    let last = recorded.iter().rev().find(|row| row.counts());
    let (count, chain) = last.map_or((0, GENESIS), |row| (row.position, &row.seal));
    let Some(head) = &history.head else {
        return last.map(|row| Break { migration: row.id(), kind: BreakKind::Head });
    };
    if head.position > count {
        return Some(Break { migration: head.name.clone(), kind: BreakKind::DeletedLast });
    }
    if head.position < count {
        let migration = last.map(HistoryRow::id).unwrap_or_default();
        return Some(Break { migration, kind: BreakKind::Inserted });
    }
    (!is_sealed(chain, set, head))
        .then(|| Break { migration: head.name.clone(), kind: BreakKind::Head })
}

#[cfg(test)]
mod tests {
    use super::super::row::RowKind;
    use super::*;

    fn chain(count: u32) -> History {
        let mut history = History::default();
        let mut previous = GENESIS.to_owned();
        for position in 1..=count {
            let mut row = HistoryRow {
                position,
                version: format!("{position:03}"),
                name: "x".to_owned(),
                ..HistoryRow::default()
            };
            row.seal = seal(&previous, "main", &row);
            previous.clone_from(&row.seal);
            history.rows.push(row);
        }
        let name = history.rows.last().map(HistoryRow::id).unwrap_or_default();
        let mut head =
            HistoryRow { position: count, name, kind: RowKind::Head, ..HistoryRow::default() };
        head.seal = seal(&previous, "main", &head);
        history.head = Some(head);
        history
    }

    fn check(change: impl FnOnce(&mut History), expected: &[(&str, BreakKind)]) {
        let mut history = chain(3);
        change(&mut history);
        let found = verify("main", &history);
        let found: Vec<_> = found.iter().map(|b| (b.migration.as_str(), b.kind)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_untouched_chain_holds() {
        check(|_| {}, &[]);
        assert_eq!(verify("main", &History::default()), []);
    }

    #[test]
    fn the_touched_row_is_named() {
        check(|h| h.rows[1].name = "y".to_owned(), &[("002_y", BreakKind::Edited)]);
        check(|h| drop(h.rows.remove(1)), &[("003_x", BreakKind::DeletedBefore)]);
        check(|h| drop(h.rows.pop()), &[("003_x", BreakKind::DeletedLast)]);
        check(|h| h.head = None, &[("003_x", BreakKind::Head)]);
        check(
            |h| {
                let row =
                    HistoryRow { position: 4, version: "004".into(), ..HistoryRow::default() };
                h.rows.push(row);
            },
            &[("004", BreakKind::Inserted)],
        );
    }

    #[test]
    fn a_copied_row_is_no_new_row() {
        check(
            |h| {
                let mut copy = h.rows[2].clone();
                copy.position = 4;
                copy.version = "004".into();
                h.rows.push(copy);
            },
            &[("004_x", BreakKind::Edited)],
        );
    }

    /// A chain of five whose last three were begun, each when the one before it came to its end; the
    /// head knows of the first two.
    fn cut_off() -> (Vec<HistoryRow>, History) {
        let ended = chain(5);
        let mut rows = ended.rows.clone();
        for index in 2..5 {
            rows[index].state = RowState::Running;
            rows[index].statements = 1;
            rows[index].seal = seal(&before(&rows, index), "main", &rows[index]);
        }
        rows.extend(chain(2).head);
        (rows, ended)
    }

    /// The seal that a row of [`cut_off`] is begun under.
    fn before(rows: &[HistoryRow], index: usize) -> String {
        let mut previous = rows[1].seal.clone();
        for row in &rows[2..index] {
            let ended = HistoryRow { state: RowState::Applied, done: 1, ..row.clone() };
            previous = seal(&previous, "main", &ended);
        }
        previous
    }

    #[test]
    fn what_was_begun_ended_where_the_next_was_begun() {
        let (rows, ended) = cut_off();
        let history = History::from_rows("main", rows);
        assert_eq!((history.unrecorded_from, &history.breaks), (Some(3), &Vec::new()));
        let states: Vec<_> = history.rows.iter().map(|row| (row.state, row.done)).collect();
        let applied = |done| (RowState::Applied, done);
        let expected = [applied(0), applied(0), applied(1), applied(1), (RowState::Running, 0)];
        assert_eq!(states, expected);
        assert_eq!(history.unfinished().map(HistoryRow::id), Some(ended.rows[4].id()));
        let (recorded, behind) = history.recorded();
        assert_eq!((recorded.len(), behind.len()), (2, 3));
    }

    #[test]
    fn what_was_begun_and_touched_is_named() {
        let check = |change: fn(&mut Vec<HistoryRow>), expected: &[(&str, BreakKind)]| {
            let (mut rows, _) = cut_off();
            change(&mut rows);
            let breaks = History::from_rows("main", rows).breaks;
            let found: Vec<_> = breaks.iter().map(|b| (b.migration.as_str(), b.kind)).collect();
            assert_eq!(found, expected);
        };
        check(|rows| drop(rows.remove(3)), &[("005_x", BreakKind::DeletedBefore)]);
        check(
            |rows| drop(rows.remove(1)),
            // The seal that the third gets at its end is over the one that is gone.
            &[
                ("003_x", BreakKind::DeletedBefore),
                ("004_x", BreakKind::Edited),
                ("005_x", BreakKind::Edited),
            ],
        );
        check(|rows| rows[4].name = "y".to_owned(), &[("005_y", BreakKind::Edited)]);
        check(|rows| rows[5].seal.clear(), &[("002_x", BreakKind::Head)]);
        check(
            |rows| rows[3].checksum = "other".to_owned(),
            &[("004_x", BreakKind::Edited), ("005_x", BreakKind::Edited)],
        );
    }

    #[test]
    fn another_sets_row_does_not_fit() {
        let history = chain(1);
        assert!(!verify("other", &history).is_empty());
    }
}
