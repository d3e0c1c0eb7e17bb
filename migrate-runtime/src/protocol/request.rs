//! What is asked of the program.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::runner::{Grouping, Interrupted, Operation, Runner};

/// What is asked of the program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// [`PROTOCOL`](super::PROTOCOL) of the side that asks.
    pub protocol: u32,
    /// What to do.
    pub operation: Operation,
    /// Where to do it.
    pub url: String,
    /// What messages put before the paths of migrations.
    pub root: String,
    /// How to do it.
    pub options: RunOptions,
}

/// How a run is done: a runner's settings as a value.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RunOptions {
    /// How migrations share transactions.
    pub grouping: Grouping,
    /// How long to wait for the migration lock; the runner's own default unless given.
    pub patience: Option<Duration>,
    /// The newest version to apply.
    pub to: Option<String>,
    /// The one version to apply.
    pub only: Option<String>,
    /// The environment's name.
    pub environment: Option<String>,
    /// What became of an interrupted statement.
    pub interrupted: Option<Interrupted>,
    /// Whether changed drafts are rolled back and applied anew.
    pub redo_drafts: bool,
}

impl RunOptions {
    /// Sets a runner up.
    #[must_use]
    pub fn apply<'s>(&self, runner: Runner<'s>) -> Runner<'s> {
        let mut runner = runner.transaction(self.grouping).redo_drafts(self.redo_drafts);
        if let Some(patience) = self.patience {
            runner = runner.patience(patience);
        }
        if let Some(to) = &self.to {
            runner = runner.to(to);
        }
        if let Some(only) = &self.only {
            runner = runner.only(only);
        }
        if let Some(environment) = &self.environment {
            runner = runner.environment(environment);
        }
        if let Some(interrupted) = self.interrupted {
            runner = runner.interrupted(interrupted);
        }
        runner
    }
}
