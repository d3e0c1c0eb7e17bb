//! What is seen while a run is under way: a bar on a terminal, plain lines in a log.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use migrate_runtime::Event;

use super::report::duration;
use super::terminal::{FAINT, GOOD, NOTICE, Terminal};

/// Shows events as they happen.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    terminal: Terminal,
    /// Hidden where nothing is to be drawn.
    bar: ProgressBar,
}

impl Progress {
    /// Starts to show a run.
    pub(crate) fn new(terminal: Terminal) -> Self {
        let bar = if terminal.can_draw() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Progress { terminal, bar }
    }

    /// Shows an event.
    pub(crate) fn show(&self, event: &Event) {
        match event {
            Event::Started { pending } => self.bar.inc_length(*pending as u64),
            Event::Waiting { holder } => self.bar.suspend(|| {
                let text = format!("{NOTICE}waiting{NOTICE:#} for the lock, which {holder} holds");
                self.terminal.inform(text);
            }),
            Event::Begun { migration } => self.bar.set_message(migration.clone()),
            Event::Progress { done, total, unit } => {
                let of = total.map(|total| format!(" of {total}")).unwrap_or_default();
                self.bar.set_message(format!("{done}{of} {unit}"));
            }
            Event::Applied { migration, duration } => self.step("applied", migration, *duration),
            Event::Reverted { migration, duration } => {
                self.step("rolled back", migration, *duration);
            }
            _ => {}
        }
    }

    fn step(&self, act: &str, migration: &str, took: Duration) {
        self.bar.inc(1);
        let took = duration(took);
        self.bar.suspend(|| {
            self.terminal
                .say(format_args!("{GOOD}{act}{GOOD:#} {migration} {FAINT}({took}){FAINT:#}"));
        });
    }

    /// Shows what a migration prints.
    pub(crate) fn pass(&self, line: &str) {
        self.bar.suspend(|| self.terminal.error(line));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
