//! The rows of the history table.

use std::str::FromStr;

use super::seal::{Break, read_ends, verify};

/// The history of one set, as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Versioned migrations, by position.
    pub rows: Vec<HistoryRow>,
    /// Repeatable migrations, by name.
    pub repeatables: Vec<HistoryRow>,
    /// The row that says how long the chain is, where the table holds one for this set.
    pub head: Option<HistoryRow>,
    /// The position from which on rows did not say that they came to their end, but showed it
    /// ([`HistoryRow::may_show_end`]). They are in `rows` as applied; the run that is to write that
    /// is under way, or was cut off.
    pub unrecorded_from: Option<u32>,
    /// Where the chain of seals did not hold when it was read.
    pub breaks: Vec<Break>,
}

/// A row of the history table, without the text of the downgrade.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryRow {
    /// Order of application, from 1; 0 for repeatable migrations. In the head row: how many
    /// versioned rows there are.
    pub position: u32,
    /// The version, or a repeatable migration's name; empty in the head row.
    pub version: String,
    /// The name without the version. In the head row: the last migration's id.
    pub name: String,
    /// What the row stands for.
    pub kind: RowKind,
    /// How far it came.
    pub state: RowState,
    /// How many statements were executed, of those that are run one by one.
    pub done: u32,
    /// How many statements the upgrade has.
    pub statements: u32,
    /// Content hash of the file.
    pub checksum: String,
    /// Hash of the file's token stream. While a migration is half applied: of the statements
    /// already executed, once an entry says that there are any.
    pub tokens: String,
    /// Hash of the stored downgrade; empty where none is stored.
    pub downgrade_checksum: String,
    /// Repeatable migrations: the head's seal when it was run.
    pub basis: String,
    /// When it was applied, in UTC, RFC 3339 with milliseconds, by the client's clock.
    pub applied_at: String,
    /// How long it took, in microseconds. Not sealed: a server may write it itself.
    pub duration_us: u64,
    /// Version of the tool that wrote the row.
    pub tool_version: String,
    /// Hash over the seal of the row before and this row's fields.
    pub seal: String,
}

/// What a row stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// An SQL migration.
    #[default]
    Sql,
    /// A Rust migration.
    Rust,
    /// A repeatable migration.
    Repeatable,
    /// The length and last seal of the chain.
    Head,
}

/// How far a migration came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RowState {
    /// To its end.
    #[default]
    Applied,
    /// Statement `done` was about to be run, or running.
    Running,
    /// Statement `done` failed and left nothing behind.
    Failed,
    /// A downgrade run statement by statement is under way: `done` of its statements are done.
    Reverting,
    /// The same, and the last attempt at statement `done` failed and left nothing behind.
    RevertFailed,
}

/// A word in the history table that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a word of the history table that this version of cargo migrate knows")]
pub struct UnknownWord(pub String);

macro_rules! words {
    ($type:ident { $($variant:ident $word:literal,)+ }) => {
        impl $type {
            /// Returns the word stored in the table.
            pub fn word(self) -> &'static str {
                match self { $($type::$variant => $word,)+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok($type::$variant),)+
                    _ => Err(UnknownWord(word.to_owned())),
                }
            }
        }
    };
}

words!(RowKind { Sql "sql", Rust "rust", Repeatable "repeatable", Head "head", });
words!(RowState {
    Applied "applied",
    Running "running",
    Failed "failed",
    Reverting "reverting",
    RevertFailed "revert_failed",
});

impl HistoryRow {
    /// Returns `<version>_<name>`.
    pub fn id(&self) -> String {
        if self.name.is_empty() || self.kind == RowKind::Repeatable {
            self.version.clone()
        } else {
            format!("{}_{}", self.version, self.name)
        }
    }
}

impl HistoryRow {
    /// Whether the head counts the row: its upgrade came to its end.
    pub fn counts(&self) -> bool {
        matches!(self.state, RowState::Applied) || self.is_reverting()
    }

    /// Whether the row shows that its migration came to its end as soon as there is a row behind
    /// it: there was no entry since it was begun, and what is next in the chain is begun when its
    /// last statement was executed.
    pub fn may_show_end(&self) -> bool {
        self.state == RowState::Running && self.done == 0
    }

    /// Whether its downgrade was begun and not ended.
    pub fn is_reverting(&self) -> bool {
        matches!(self.state, RowState::Reverting | RowState::RevertFailed)
    }
}

impl History {
    /// Sorts rows of a set as they came from the server into a history, and checks their seals.
    pub fn from_rows(set: &str, rows: impl IntoIterator<Item = HistoryRow>) -> Self {
        let mut history = History::default();
        for row in rows {
            match row.kind {
                RowKind::Head => history.head = Some(row),
                RowKind::Repeatable => history.repeatables.push(row),
                RowKind::Sql | RowKind::Rust => history.rows.push(row),
            }
        }
        history.rows.sort_by(|a, b| (a.position, &a.version).cmp(&(b.position, &b.version)));
        history.repeatables.sort_by(|a, b| a.version.cmp(&b.version));
        history.unrecorded_from = read_ends(set, &mut history.rows);
        history.breaks = verify(set, &history);
        history
    }

    /// Whether the migrations' rows are the same; the head may differ where there are none.
    pub fn has_same_rows(&self, other: &History) -> bool {
        self.rows == other.rows && self.repeatables == other.repeatables
    }

    /// Whether nothing was ever applied.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.repeatables.is_empty()
    }

    /// Returns the last row of the chain that was applied to its end.
    pub fn last_applied(&self) -> Option<&HistoryRow> {
        self.rows.iter().rev().find(|row| row.state == RowState::Applied)
    }

    /// Returns the row of a migration that was begun and not ended.
    pub fn unfinished(&self) -> Option<&HistoryRow> {
        self.rows.iter().find(|row| row.state != RowState::Applied)
    }

    /// Returns the seal that the next versioned row chains to.
    pub fn chain_seal(&self) -> &str {
        let last = self.rows.iter().rev().find(|row| row.counts());
        last.map_or(super::GENESIS, |row| &row.seal)
    }

    /// Returns the rows that the head knows of, and those behind it.
    pub fn recorded(&self) -> (&[HistoryRow], &[HistoryRow]) {
        let from = self.unrecorded_from.unwrap_or(u32::MAX);
        self.rows.split_at(self.rows.partition_point(|row| row.position < from))
    }

    /// Returns the head's own seal, which changes with every row; empty where there is no head.
    pub fn head_seal(&self) -> &str {
        self.head.as_ref().map_or("", |head| &head.seal)
    }
}
