//! What `cargo migrate` and a program with compiled Rust migrations say to each other.
//!
//! The program reads one [`Request`] as a line of JSON from standard input, and writes a
//! [`Message`] per line to standard output: events as they happen, then what came of it. The
//! URL travels in the request, never on the command line, where every user of the machine could
//! read it. Standard input stays open until the answer is read: where it ends before, nobody waits for
//! the program any more, and it stops.

mod failure;
pub(crate) mod findings;
mod request;
mod serve;

use serde::{Deserialize, Serialize};

pub use failure::{Failure, FailureKind};
pub use request::{Request, RunOptions};
pub use serve::runner_main;

use crate::events::Event;
use crate::report::Report;

/// The version of these types. Both sides refuse to talk to another one.
pub const PROTOCOL: u32 = 2;

/// What the program answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Message {
    /// Something happened.
    Event(Event),
    /// It is over.
    Ended {
        /// What was done.
        report: Report,
        /// Why it stopped, if it did not come to its end.
        failure: Option<Box<Failure>>,
    },
}
