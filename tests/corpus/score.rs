//! How many faults are found, by their kind.

use std::collections::BTreeMap;
use std::fmt;

/// What became of one variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Score {
    /// Refuted in the file that the server refuses.
    Found,
    /// Refuted first in another file.
    Elsewhere,
    /// The server refuses it, the replay does not.
    Missed,
    /// Neither refuses it.
    Survives,
    /// The replay refuses it, the server does not.
    FalseRefusal,
}

impl Score {
    pub(crate) fn is_wrong(self) -> bool {
        matches!(self, Score::Elsewhere | Score::Missed | Score::FalseRefusal)
    }
}

/// Scores by kind of fault.
#[derive(Debug, Default)]
pub(crate) struct Scores(BTreeMap<String, BTreeMap<Score, usize>>);

impl Scores {
    pub(crate) fn add(&mut self, kind: &str, score: Score) {
        *self.0.entry(kind.to_owned()).or_default().entry(score).or_default() += 1;
    }

    pub(crate) fn count(&self, score: Score) -> usize {
        self.0.values().filter_map(|counts| counts.get(&score)).sum()
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:26} found elsewhere missed | survives false", "kind")?;
        for (kind, counts) in &self.0 {
            let count = |score| counts.get(&score).copied().unwrap_or(0);
            writeln!(
                f,
                "{kind:26} {:5} {:9} {:6} | {:8} {:5}",
                count(Score::Found),
                count(Score::Elsewhere),
                count(Score::Missed),
                count(Score::Survives),
                count(Score::FalseRefusal),
            )?;
        }
        let found = self.count(Score::Found);
        let failing = found + self.count(Score::Elsewhere) + self.count(Score::Missed);
        let standing = self.count(Score::Survives) + self.count(Score::FalseRefusal);
        write!(
            f,
            "{found} of {failing} faults found ({}), {} of {standing} survivors refused",
            share(found, failing),
            self.count(Score::FalseRefusal),
        )
    }
}

/// A share in percent, with one decimal.
pub(crate) fn share(part: usize, whole: usize) -> String {
    let tenths = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
