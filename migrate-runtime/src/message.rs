//! A text of several statements that is sent as one message, and what its answers mean.

use std::time::{Duration, Instant};

use crate::driver::{BatchItem, Dialect, Driver};

/// A text of several statements, and what each of them is.
#[derive(Debug, Default)]
pub(crate) struct Message {
    text: String,
    parts: Vec<Part>,
}

/// One statement of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// What it is for.
    pub(crate) kind: PartKind,
    /// First byte in the message's text.
    start: usize,
    /// End, exclusive.
    end: usize,
}

/// What a statement of a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartKind {
    /// One of our own.
    Own,
    /// One of a migration's: which unit of the group, and which of its statements.
    Statement { unit: usize, index: usize },
    /// A marker; numbered by its place in the message.
    Marker,
}

/// A statement of a message that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What it was for; `None` when the connection broke between statements.
    pub(crate) kind: Option<PartKind>,
    /// Byte in the failing statement's text that the server points at.
    pub(crate) offset: Option<usize>,
    /// The error.
    pub(crate) error: sqlx::Error,
    /// When the parts before it came to their end.
    pub(crate) timeline: Timeline,
}

/// When the parts of a message came to their end.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    parts: Vec<PartKind>,
    ends: Vec<Instant>,
    /// What the server's clock said at the markers, by their places; empty without such a clock.
    clocks: Vec<(usize, u64)>,
    /// The last marker that was reached.
    last_marker: Option<usize>,
    start: Instant,
}

/// How long a unit took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UnitTiming {
    /// All of it.
    pub(crate) total: Duration,
    /// Each of its statements.
    pub(crate) statements: Vec<Duration>,
}

impl Message {
    /// Adds a statement of ours.
    pub(crate) fn own(&mut self, sql: &str) {
        self.push(PartKind::Own, sql);
    }

    /// Adds several statements of ours.
    pub(crate) fn all<S: AsRef<str>>(&mut self, statements: impl IntoIterator<Item = S>) {
        for statement in statements {
            self.own(statement.as_ref());
        }
    }

    /// Adds a statement of a migration.
    pub(crate) fn statement(&mut self, unit: usize, index: usize, sql: &str) {
        self.push(PartKind::Statement { unit, index }, sql);
    }

    /// Adds a marker.
    pub(crate) fn marker(&mut self, dialect: &dyn Dialect) {
        let sql = dialect.marker(self.parts.len());
        self.push(PartKind::Marker, &sql);
    }

    fn push(&mut self, kind: PartKind, sql: &str) {
        let start = self.text.len();
        self.text.push_str(sql);
        self.parts.push(Part { kind, start, end: self.text.len() });
        // On a line of its own: a statement may end in a line comment.
        self.text.push_str("\n;\n");
    }

    /// Returns the size of the text in bytes.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Sends the message and waits for all its answers.
    ///
    /// It is several where a statement decides how the text behind it is read: servers read the
    /// whole of a message before they execute its first statement.
    pub(crate) async fn send(self, driver: &mut dyn Driver) -> Result<Timeline, Failure> {
        let mut timeline = Timeline {
            parts: self.parts.iter().map(|part| part.kind).collect(),
            ends: Vec::with_capacity(self.parts.len()),
            clocks: Vec::new(),
            last_marker: None,
            start: Instant::now(),
        };
        if self.parts.is_empty() {
            return Ok(timeline);
        }
        let mut start = 0;
        for end in self.ends_of_texts(&*driver.dialect()) {
            let text = self.text[start..end].to_owned();
            let result = driver
                .batch(text, &mut |item| match item {
                    BatchItem::Done(_) => timeline.ends.push(Instant::now()),
                    BatchItem::Marker(number, clock) => timeline.at_marker(number, clock),
                })
                .await;
            if let Err(error) = result {
                return Err(self.failure(driver, timeline, start, error));
            }
            start = end;
        }
        Ok(timeline)
    }

    /// Where the text is cut, since what stands before decides how the rest is read, and its end.
    fn ends_of_texts(&self, dialect: &dyn Dialect) -> Vec<usize> {
        let decides = |part: &Part| dialect.decides_reading(&self.text[part.start..part.end]);
        let followed = self.parts.windows(2).filter(|two| decides(&two[0]));
        followed.map(|two| two[1].start).chain([self.text.len()]).collect()
    }

    /// What failed in the text that was sent from `start` on.
    fn failure(
        &self,
        driver: &dyn Driver,
        timeline: Timeline,
        start: usize,
        error: sqlx::Error,
    ) -> Failure {
        let part = self.parts.get(timeline.reached());
        let offset = part.and_then(|part| {
            let position = driver.describe(&error).position?;
            let (offset, _) = self.text[start..].char_indices().nth(position.checked_sub(1)?)?;
            let offset = start + offset;
            (part.start..part.end).contains(&offset).then(|| offset - part.start)
        });
        Failure { kind: part.map(|part| part.kind), offset, error, timeline }
    }
}

impl Failure {
    /// The failure of a migration that leaves open a transaction which its statement `began`
    /// opened.
    pub(crate) fn unfinished_transaction(began: usize) -> Self {
        let problem = "the migration ends inside a transaction that it began";
        let kind = Some(PartKind::Statement { unit: 0, index: began });
        Failure::found(kind, sqlx::Error::Protocol(problem.to_owned()))
    }

    /// Returns the unit that was under way, as far as statements of any were in the message: those
    /// before it came to their end.
    pub(crate) fn unit(&self) -> Option<usize> {
        let unit = |kind: &PartKind| match kind {
            PartKind::Statement { unit, .. } => Some(*unit),
            _ => None,
        };
        let (before, behind) = self.timeline.split();
        before.iter().rev().find_map(unit).or_else(|| behind.iter().find_map(unit))
    }

    /// A failure that we found after the server accepted the statement.
    pub(crate) fn found(kind: Option<PartKind>, error: sqlx::Error) -> Self {
        let timeline = Timeline {
            parts: Vec::new(),
            ends: Vec::new(),
            clocks: Vec::new(),
            last_marker: None,
            start: Instant::now(),
        };
        Failure { kind, offset: None, error, timeline }
    }
}

impl Timeline {
    /// Returns the part that was being executed.
    ///
    /// A statement with several results may have been counted as several; but the next marker
    /// was not reached yet.
    fn reached(&self) -> usize {
        let next = self.last_marker.map_or(0, |marker| marker + 1);
        let ahead = self.parts.iter().skip(next).position(|kind| *kind == PartKind::Marker);
        match ahead {
            Some(0) | None => self.ends.len(),
            Some(ahead) => self.ends.len().min(next + ahead - 1),
        }
    }

    /// Returns the parts that came to their end, and the others.
    fn split(&self) -> (&[PartKind], &[PartKind]) {
        self.parts.split_at(self.reached().min(self.parts.len()))
    }

    /// A marker tells for sure where the server is: a statement with several results (a call of
    /// a procedure) would otherwise shift the count.
    fn at_marker(&mut self, number: usize, clock: Option<u64>) {
        let now = Instant::now();
        self.ends.resize(number, now);
        self.last_marker = Some(number);
        self.clocks.extend(clock.map(|clock| (number, clock)));
    }

    /// Returns how long the only unit took.
    pub(crate) fn unit(&self) -> UnitTiming {
        self.units().into_iter().next().unwrap_or_default()
    }

    /// Returns how long each unit took, up to the last of which a statement was sent.
    pub(crate) fn units(&self) -> Vec<UnitTiming> {
        let mut units: Vec<UnitTiming> = Vec::new();
        let mut first = 0;
        for (part, kind) in self.parts.iter().enumerate() {
            let PartKind::Statement { unit, .. } = *kind else { continue };
            if unit >= units.len() {
                units.resize_with(unit + 1, UnitTiming::default);
                first = part;
            }
            units[unit].total = self.between(first, part);
            units[unit].statements.push(self.between(part, part));
        }
        units
    }

    /// Returns how long the parts took that lie between the last marker before the first of them
    /// and the next one after the last.
    fn between(&self, first: usize, last: usize) -> Duration {
        let before = self.clocks.partition_point(|(part, _)| *part < first);
        let after = self.clocks.partition_point(|(part, _)| *part < last);
        let before = before.checked_sub(1).and_then(|marker| self.clocks.get(marker));
        if let (Some((_, before)), Some((_, after))) = (before, self.clocks.get(after)) {
            return Duration::from_micros(after.saturating_sub(*before));
        }
        let start =
            first.checked_sub(1).and_then(|part| self.ends.get(part)).unwrap_or(&self.start);
        self.ends.get(last).map_or(Duration::ZERO, |end| end.duration_since(*start))
    }
}
