//! What a database says was applied, and how that is judged.
//!
//! The rows come from the runtime; nothing here talks to a server.

mod compare;
mod row;
mod seal;

pub use compare::{Comparison, Due, Entry, RepeatableEntry, State, compare, compare_repeatables};
pub use row::{History, HistoryRow, RowKind, RowState, UnknownWord};
pub use seal::{Break, BreakKind, GENESIS, seal, verify};
