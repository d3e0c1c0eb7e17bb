//! The statements of a history's texts, parsed ahead of the replay by the other processors.
//!
//! Statements take effect in their order, but a text means the same whenever it is parsed. The
//! thread that replays asks for one text after the other, and parses another itself before it
//! would have to wait: two processors are both busy to the end.

use std::collections::HashMap;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::adapter::ParsedText;
use super::engine::Engine;
use super::stack;
use crate::database::Database;
use crate::parallel;
use crate::source::{FileId, SourceMap, Span};

/// Histories of fewer bytes are parsed before another thread has begun.
const WORTH_A_THREAD: usize = 16 << 10;

/// Bytes of text that are parsed before they are asked for; statements take many times the room.
const LEAD: usize = 512 << 10;

/// The statements of the texts that a replay will ask for.
pub(super) struct Reading<'s> {
    sources: &'s SourceMap,
    database: Database,
    /// The texts, in the order in which they will be asked for.
    spans: Vec<Span>,
    /// The bytes of each text and all before it.
    lengths: Vec<usize>,
    /// Where a text stands in the order, by its file and first byte.
    order: HashMap<(FileId, usize), usize>,
    state: Mutex<State<'s>>,
    changed: Condvar,
}

struct State<'s> {
    texts: Vec<Text<'s>>,
    /// The text that was asked for last.
    asked: usize,
    /// No text before this one is new.
    next: usize,
    /// Nothing more will be asked for.
    is_over: bool,
}

enum Text<'s> {
    New,
    /// A thread is at it.
    Begun,
    Parsed(ParsedText<'s>),
    /// Handed over, or passed over.
    Gone,
}

impl<'s> Reading<'s> {
    /// The texts of `spans`, which will be asked for in this order; some may be passed over.
    pub(super) fn new(sources: &'s SourceMap, database: Database, spans: Vec<Span>) -> Self {
        let mut length = 0;
        let lengths = spans.iter().map(|span| {
            length += span.end - span.start;
            length
        });
        let lengths = lengths.collect();
        let order = spans.iter().enumerate().map(|(index, span)| ((span.file, span.start), index));
        let order = order.collect();
        let texts = spans.iter().map(|_| Text::New).collect();
        let state = Mutex::new(State { texts, asked: 0, next: 0, is_over: false });
        Reading { sources, database, spans, lengths, order, state, changed: Condvar::new() }
    }

    /// The files as they are, in their order.
    pub(super) fn of_files(sources: &'s SourceMap, database: Database) -> Self {
        Reading::new(sources, database, sources.ids().map(|file| sources.whole(file)).collect())
    }

    /// Runs `replay` while other threads parse what it will ask for.
    pub(super) fn during<T: Send>(&self, replay: impl Fn() -> T + Send + Sync) -> T {
        thread::scope(|scope| {
            for _ in 0..self.helpers() {
                // Where no thread can be had, the one that replays parses by itself.
                let _ = stack::spawn_deep(scope, || self.read());
            }
            let _over = Over(self);
            stack::with_deep_stack(replay)
        })
    }

    /// How many other threads there is work for.
    pub(super) fn helpers(&self) -> usize {
        match self.lengths.last() {
            Some(&length) if length >= WORTH_A_THREAD => parallel::helpers(),
            _ => 0,
        }
    }

    /// Runs the texts on an engine, each sent to the server as one.
    pub(super) fn replay(&self, engine: &mut Engine) {
        for span in &self.spans {
            engine.parsed_file(span.file, &self.text(span));
        }
    }

    /// Returns the text of a span, which is parsed now where it was not foreseen.
    pub(super) fn text(&self, span: &Span) -> ParsedText<'s> {
        match self.order.get(&(span.file, span.start)) {
            Some(&index) if self.spans[index] == *span => self.wait_for(index),
            _ => self.parse(span),
        }
    }

    fn wait_for(&self, index: usize) -> ParsedText<'s> {
        let mut state = self.state();
        state.ask_for(index);
        // The lead has moved on.
        self.changed.notify_all();
        loop {
            match mem::replace(&mut state.texts[index], Text::Gone) {
                Text::Parsed(text) => return text,
                Text::New | Text::Gone => {
                    drop(state);
                    return self.parse(&self.spans[index]);
                }
                Text::Begun => state.texts[index] = Text::Begun,
            }
            state = match self.begin(&mut state) {
                Some(other) => {
                    drop(state);
                    self.finish(other);
                    self.state()
                }
                None => self.wait(state),
            };
        }
    }

    /// Parses texts until there are no more.
    fn read(&self) {
        let mut state = self.state();
        while !state.is_over && state.next < self.spans.len() {
            state = match self.begin(&mut state) {
                Some(index) => {
                    drop(state);
                    self.finish(index);
                    self.state()
                }
                None => self.wait(state),
            };
        }
    }

    /// Takes the next text that is new, unless it is too far ahead.
    fn begin(&self, state: &mut State<'_>) -> Option<usize> {
        while !matches!(state.texts.get(state.next)?, Text::New) {
            state.next += 1;
        }
        let index = state.next;
        let lead = self.lengths[index] - self.lengths[state.asked.min(index)];
        if lead > LEAD && index > state.asked + 1 {
            return None;
        }
        state.texts[index] = Text::Begun;
        state.next += 1;
        Some(index)
    }

    /// Parses a text that was begun.
    fn finish(&self, index: usize) {
        let mut begun = BegunText { reading: self, index, parsed: None };
        begun.parsed = Some(self.parse(&self.spans[index]));
    }

    fn parse(&self, span: &Span) -> ParsedText<'s> {
        ParsedText::new(self.sources.slice(span), span.start, self.database)
    }

    // A thread that panics leaves nothing half done behind: the lock is held for assignments only.
    fn state(&self) -> MutexGuard<'_, State<'s>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, state: MutexGuard<'g, State<'s>>) -> MutexGuard<'g, State<'s>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

impl State<'_> {
    fn ask_for(&mut self, index: usize) {
        for passed in self.texts.iter_mut().take(index).skip(self.asked) {
            *passed = Text::Gone;
        }
        self.asked = index;
    }
}

/// A text that a thread has begun: whatever happens, nobody waits for it in vain.
struct BegunText<'r, 's> {
    reading: &'r Reading<'s>,
    index: usize,
    parsed: Option<ParsedText<'s>>,
}

impl Drop for BegunText<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.reading.state();
        let text = &mut state.texts[self.index];
        if matches!(text, Text::Begun) {
            // Where its parser panicked, the one that needs it shall meet that panic.
            *text = self.parsed.take().map_or(Text::New, Text::Parsed);
        }
        self.reading.changed.notify_all();
    }
}

/// Ends the reading, even when the replay panics.
struct Over<'r, 's>(&'r Reading<'s>);

impl Drop for Over<'_, '_> {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.changed.notify_all();
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::source::{SourceFile, SourceText};

    /// Files with one more statement each, together more than what is read ahead.
    fn files() -> SourceMap {
        let mut sources = SourceMap::new("");
        for count in 1..=60 {
            let text = format!("CREATE TABLE a (b TEXT DEFAULT '{}');\n", "x".repeat(600));
            let text = SourceText::new(text.repeat(count));
            sources.add(SourceFile { path: format!("{count}.sql").into(), text });
        }
        sources
    }

    fn statements(parsed: &ParsedText<'_>) -> usize {
        parsed.statements.as_ref().map_or(0, Vec::len)
    }

    #[test]
    fn texts_come_in_order_and_some_are_passed_over() {
        let sources = files();
        let reading = Reading::of_files(&sources, Database::Sqlite);
        assert!(*reading.lengths.last().expect("files") > LEAD);
        let found = reading.during(|| {
            let asked = reading.spans.iter().step_by(3);
            asked.map(|span| statements(&reading.text(span))).collect::<Vec<_>>()
        });
        assert_eq!(found, (1..=60).step_by(3).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_not_foreseen_is_parsed_when_it_is_asked_for() {
        let sources = files();
        let reading = Reading::of_files(&sources, Database::Sqlite);
        let [first, second] = [reading.spans[0], reading.spans[1]];
        let half = Span { end: second.start + (second.end - second.start) / 2, ..second };
        let found = reading
            .during(|| [second, half, first, second].map(|span| statements(&reading.text(&span))));
        assert_eq!(found, [2, 1, 1, 2]);
    }

    #[test]
    fn a_replay_that_panics_ends_the_reading() {
        let sources = files();
        let reading = Reading::of_files(&sources, Database::Sqlite);
        let replay = || reading.during(|| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(replay)).is_err());
    }
}
