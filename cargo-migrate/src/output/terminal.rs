//! Standard output and standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::arguments::{Color, Format, OutputArgs};

/// A name of something.
pub(crate) const NAME: Style = Style::new().bold();
/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Something to look at.
pub(crate) const NOTICE: Style = AnsiColor::Yellow.on_default();
/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Whether a part of the result could not be written, as on a full disk.
static LOST: AtomicBool = AtomicBool::new(false);

/// How a command speaks: results on standard output, everything else on standard error.
///
/// A reader that went away, as `head` does, is no error of ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    format: Format,
    quiet: bool,
}

impl Terminal {
    /// Decides on colours for the whole process.
    pub(crate) fn new(output: &OutputArgs) -> Self {
        let choice = match output.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        Terminal { format: output.format, quiet: output.quiet }
    }

    /// Whether a program reads the output.
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Whether nothing but errors and what was asked for is wanted.
    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether progress can be drawn: a person looks on, and standard output goes nowhere else.
    pub(crate) fn can_draw(self) -> bool {
        !self.quiet && !self.is_json() && io::stderr().is_terminal() && io::stdout().is_terminal()
    }

    /// Prints a line of the result; nothing where a program reads.
    pub(crate) fn result(self, line: impl Display) {
        if !self.is_json() {
            note(writeln!(anstream::stdout().lock(), "{line}"));
        }
    }

    /// Prints a line that says what was done; nothing if that is not wanted.
    pub(crate) fn say(self, line: impl Display) {
        if !self.quiet {
            self.result(line);
        }
    }

    /// Prints a result for programs; nothing where a person reads.
    pub(crate) fn json(self, value: &impl Serialize) {
        if self.is_json()
            && let Ok(text) = serde_json::to_string_pretty(value)
        {
            note(writeln!(io::stdout().lock(), "{text}"));
        }
    }

    /// Prints a file for a program to standard output, as it is.
    #[expect(clippy::unused_self, reason = "it stands beside the others")]
    pub(crate) fn raw(self, bytes: &[u8]) {
        note(io::stdout().lock().write_all(bytes));
    }

    /// Says so if a part of the result could not be written: half an answer is none.
    pub(crate) fn is_complete(self) -> bool {
        note(io::stdout().lock().flush());
        if LOST.load(Ordering::Relaxed) {
            self.error("error: the result could not be written to standard output");
            return false;
        }
        true
    }

    /// Prints to standard error.
    #[expect(clippy::unused_self, reason = "it stands beside the others")]
    pub(crate) fn error(self, text: impl Display) {
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }

    /// Prints a warning to standard error.
    pub(crate) fn warn(self, text: impl Display) {
        let style = NOTICE.bold();
        self.error(format_args!("{style}warning{style:#}: {text}"));
    }

    /// Prints something to standard error that may be left out.
    pub(crate) fn inform(self, text: impl Display) {
        if !self.quiet && !self.is_json() {
            self.error(text);
        }
    }
}

/// Remembers that something could not be written; that nobody reads any more is no loss.
fn note(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}
