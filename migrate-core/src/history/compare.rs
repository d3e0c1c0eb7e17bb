//! Compares a set with a history.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::row::{History, RowState};
use super::seal::Break;
use crate::lock::LineState;
use crate::policy::Situation;
use crate::set::{Migration, MigrationKind, MigrationSet};
use crate::sql::token_checksum;
use crate::version::Version;

/// What a set and a history have in common, and where they differ.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Every versioned migration of either, by version.
    pub entries: Vec<Entry>,
    /// The set's repeatable migrations, by name.
    pub repeatables: Vec<RepeatableEntry>,
    /// Where the chain of seals did not hold when the history was read.
    pub breaks: Vec<Break>,
}

/// A versioned migration of the set, of the history, or of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its version.
    pub version: Version,
    /// Its name; the set's, where the set has it.
    pub name: String,
    /// Its language.
    pub kind: MigrationKind,
    /// What is to be said of it in one word.
    pub state: State,
    /// What it is to the policy; `None` where both agree.
    pub situation: Option<Situation>,
    /// Index in [`MigrationSet::migrations`].
    pub migration: Option<usize>,
    /// Index in [`History::rows`].
    pub row: Option<usize>,
    /// Whether the lock file calls it a draft.
    pub draft: bool,
}

/// What is to be said of a migration in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// In the set and in the history, and the same.
    Applied,
    /// In the set only.
    Pending,
    /// In the set only, and the last attempt failed and left nothing behind.
    Failed,
    /// Begun and not ended.
    Partial,
    /// In the history only, older than the set's newest.
    Missing,
    /// In both, and changed since it was applied.
    Edited,
    /// In the history only, newer than the set's newest.
    Unknown,
}

/// A repeatable migration of the set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatableEntry {
    /// Index in [`MigrationSet::repeatables`].
    pub index: usize,
    /// Whether it is to be run, and why.
    pub due: Due,
    /// Index in [`History::repeatables`].
    pub row: Option<usize>,
}

/// Whether a repeatable migration is to be run, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Due {
    /// It never was.
    New,
    /// Its content changed.
    Changed,
    /// Versioned migrations were applied or rolled back since.
    SchemaChanged,
    /// It is not.
    Current,
}

impl State {
    /// Returns the word used in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Failed => "failed",
            State::Partial => "partial",
            State::Missing => "missing",
            State::Edited => "edited",
            State::Unknown => "unknown",
        }
    }
}

impl Entry {
    /// Returns `<version>_<name>`.
    pub fn id(&self) -> String {
        if self.name.is_empty() {
            self.version.to_string()
        } else {
            format!("{}_{}", self.version, self.name)
        }
    }
}

/// Compares a set with the history of the database it is for.
pub fn compare(set: &MigrationSet, history: &History) -> Comparison {
    let mut entries = Vec::with_capacity(set.migrations.len());
    let mut rows = RowsByVersion::new(set, history);
    let drafts = draft_paths(set);
    let newest_of_set = set.migrations.last().map(|migration| &migration.version);
    for (index, migration) in set.migrations.iter().enumerate() {
        let row = rows.take(&migration.version);
        let mut entry = entry_of_set(set, index, migration, history, row);
        entry.draft = drafts.contains(set.sources.file(migration.file).path.as_ref());
        entries.push(entry);
    }
    for (index, version) in rows.rest() {
        let row = &history.rows[index];
        let newer = newest_of_set.is_none_or(|newest| version > *newest);
        let (state, situation) = if newer {
            (State::Unknown, Situation::UnknownNewer)
        } else {
            (State::Missing, Situation::MissingFile)
        };
        let kind =
            if row.kind == super::RowKind::Rust { MigrationKind::Rust } else { MigrationKind::Sql };
        entries.push(Entry {
            version,
            name: row.name.clone(),
            kind,
            state,
            situation: Some(situation),
            migration: None,
            row: Some(index),
            draft: false,
        });
    }
    entries.sort_by(|a, b| a.version.cmp(&b.version));
    order_pending(&mut entries);
    Comparison {
        entries,
        repeatables: compare_repeatables(set, history),
        breaks: history.breaks.clone(),
    }
}

/// The history's rows by version, each handed out once, to versions in their order.
struct RowsByVersion {
    rows: Vec<(Version, usize)>,
    /// How many were handed out or passed over.
    next: usize,
    passed: Vec<usize>,
}

impl RowsByVersion {
    fn new(set: &MigrationSet, history: &History) -> Self {
        let rows = history.rows.iter().enumerate();
        let mut rows: Vec<_> =
            rows.map(|(index, row)| (set.version(row.version.clone()), index)).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        RowsByVersion { rows, next: 0, passed: Vec::new() }
    }

    fn take(&mut self, version: &Version) -> Option<usize> {
        while let Some((other, index)) = self.rows.get(self.next) {
            match other.cmp(version) {
                Ordering::Less => self.passed.push(self.next),
                Ordering::Equal => {
                    self.next += 1;
                    return Some(*index);
                }
                Ordering::Greater => return None,
            }
            self.next += 1;
        }
        None
    }

    /// Those that no migration has.
    fn rest(self) -> impl Iterator<Item = (usize, Version)> {
        let RowsByVersion { mut rows, next, passed } = self;
        let after = rows.split_off(next);
        let passed = passed.into_iter().map(move |place| rows[place].clone());
        passed.chain(after).map(|(version, index)| (index, version))
    }
}

fn entry_of_set(
    set: &MigrationSet,
    index: usize,
    migration: &Migration,
    history: &History,
    row: Option<usize>,
) -> Entry {
    let (state, situation) = match row.map(|row| &history.rows[row]) {
        None => (State::Pending, Some(Situation::Pending)),
        Some(row) if row.state != RowState::Applied => (State::Partial, Some(Situation::Partial)),
        Some(row) if migration.checksum.is_written(&row.checksum) => (State::Applied, None),
        Some(row) => {
            let text = set.sources.text(migration.file);
            let tokens = match migration.kind {
                MigrationKind::Sql => token_checksum(text, set.settings.database).to_string(),
                // Rust is compared by its bytes alone.
                MigrationKind::Rust => migration.checksum.to_string(),
            };
            if tokens == row.tokens {
                (State::Applied, Some(Situation::Reformatted))
            } else {
                (State::Edited, Some(Situation::Edited))
            }
        }
    };
    Entry {
        version: migration.version.clone(),
        name: migration.name.clone().into_owned(),
        kind: migration.kind,
        state,
        situation,
        migration: Some(index),
        row,
        draft: false,
    }
}

/// Tells apart the pending migrations that come last from those that come too late.
fn order_pending(entries: &mut [Entry]) {
    let (mut known_after, mut unknown_after) = (false, false);
    for entry in entries.iter_mut().rev() {
        if entry.situation == Some(Situation::Pending) {
            if unknown_after {
                entry.situation = Some(Situation::Hole);
            } else if known_after {
                entry.situation = Some(Situation::OutOfOrder);
            }
        } else if entry.state == State::Unknown {
            unknown_after = true;
        } else if entry.row.is_some() && entry.state != State::Partial {
            known_after = true;
        }
    }
}

fn draft_paths(set: &MigrationSet) -> HashSet<&str> {
    let lines = set.lock.iter().flat_map(|lock| &lock.lines);
    lines.filter(|line| line.state == LineState::Draft).map(|line| line.path.as_str()).collect()
}

/// Compares the repeatable migrations of a set with a history.
pub fn compare_repeatables(set: &MigrationSet, history: &History) -> Vec<RepeatableEntry> {
    let chain = history.chain_seal();
    let entries = set.repeatables.iter().enumerate().map(|(index, repeatable)| {
        let row = history.repeatables.iter().position(|row| row.version == repeatable.name);
        let due = match row.map(|row| &history.repeatables[row]) {
            None => Due::New,
            Some(row) if !repeatable.checksum.is_written(&row.checksum) => Due::Changed,
            Some(row) if row.basis != chain => Due::SchemaChanged,
            Some(_) => Due::Current,
        };
        RepeatableEntry { index, due, row }
    });
    entries.collect()
}
