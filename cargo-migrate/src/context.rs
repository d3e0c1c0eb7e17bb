//! What every command gets: where it runs and how it speaks.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use crate::arguments::OutputArgs;
use crate::error::CommandError;
use crate::output::terminal::Terminal;

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Context {
    /// How to speak.
    pub(crate) terminal: Terminal,
    /// Paths of arguments are relative to it.
    pub(crate) directory: PathBuf,
}

impl Context {
    /// Creates the context of this process.
    pub(crate) fn new(output: &OutputArgs) -> Self {
        // Without a current directory relative paths fail later, each with its own message.
        let directory = std::env::current_dir().unwrap_or_default();
        Context { terminal: Terminal::new(output), directory }
    }

    /// Whether somebody can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        !self.terminal.is_json() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a question; `no` stops the command, and so does having nobody to ask.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), CommandError> {
        if !self.can_ask() {
            return Err(CommandError::usage("this changes things, and nobody can be asked here")
                .help("add `--yes` to do it"));
        }
        let prompt = dialoguer::Confirm::new().with_prompt(question).default(false);
        match prompt.interact() {
            Ok(true) => Ok(()),
            Ok(false) => Err(CommandError::usage("nothing was changed")),
            Err(_) => {
                // The prompt hides the cursor, and Ctrl-C gives it no time to show it again.
                let _ = dialoguer::console::Term::stderr().show_cursor();
                Err(CommandError::InterruptedEarly)
            }
        }
    }

    /// Returns a path as messages show it: relative to the current directory where it is below.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let relative = path.strip_prefix(&self.directory).unwrap_or(path);
        relative.to_string_lossy().replace('\\', "/").trim_end_matches('/').to_owned()
    }
}
