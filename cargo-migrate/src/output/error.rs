//! Errors, as rustc would print them.

use std::error::Error;
use std::fmt::Write;

use migrate_runtime::protocol::Failure;

use super::terminal::BAD;
use super::{findings, json, migration_error};
use crate::context::Context;
use crate::error::CommandError;

/// Says why a command stopped: in text on standard error, to programs on standard output.
pub(crate) fn report(context: &Context, error: &CommandError) {
    context.terminal.json(&json::error::Failed::new(error));
    print(context, error);
}

/// Says why a command stopped, in text on standard error.
pub(crate) fn print(context: &Context, error: &CommandError) {
    let terminal = &context.terminal;
    if let CommandError::Runtime(error) = error {
        let failure = &error.failure;
        if let Some(failed) = &failure.migration {
            let finding = migration_error::finding(failed, &failure.causes, &error.sources);
            return findings::print(terminal, &[finding], &error.sources);
        }
        if !failure.findings.is_empty() {
            findings::print(terminal, &failure.findings, &error.sources);
            return terminal.error(text("nothing was changed", &[], &[]));
        }
    }
    terminal.error(text(&error.to_string(), &causes(error), &error.hints()));
}

/// Returns what led to an error, each the cause of the one before.
pub(crate) fn causes(error: &CommandError) -> Vec<String> {
    if let CommandError::Runtime(error) = error {
        let Failure { causes, .. } = &error.failure;
        return causes.clone();
    }
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string().trim_end().to_owned());
        source = cause.source();
    }
    causes
}

fn text(message: &str, causes: &[String], help: &[String]) -> String {
    let style = BAD.bold();
    let mut text = format!("{style}error{style:#}: {message}");
    for (name, lines) in [("caused by", causes), ("help", help)] {
        for line in lines {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n  {name}: {}", line.replace('\n', "\n    "));
        }
    }
    text
}
