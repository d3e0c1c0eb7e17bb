//! Talks to the program that has the Rust migrations compiled in.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use migrate_runtime::Operation;
use migrate_runtime::protocol::{Message, PROTOCOL, Request, RunOptions};

use super::build::was_interrupted;
use crate::error::CommandError;
use crate::execute::Execution;
use crate::interrupt::until_interrupted;
use crate::open_set::OpenSet;
use crate::output::progress::Progress;

/// Has the program do something, and shows how it goes.
pub(crate) fn perform(
    program: &Path,
    open: &OpenSet,
    url: &str,
    operation: &Operation,
    options: &RunOptions,
    progress: &Progress,
) -> Result<Execution, CommandError> {
    let request = Request {
        protocol: PROTOCOL,
        operation: operation.clone(),
        url: url.to_owned(),
        root: open.set().sources.root.clone(),
        options: options.clone(),
    };
    let (program, progress) = (program.to_owned(), progress.clone());
    until_interrupted(move || talk(&program, &request, &progress))?
        .unwrap_or(Err(CommandError::Interrupted))
}

fn talk(program: &Path, request: &Request, progress: &Progress) -> Result<Execution, CommandError> {
    let failed = |action: &str, error: std::io::Error| CommandError::Runner {
        message: format!("cannot {action} `{}`: {error}", program.display()),
        help: Vec::new(),
    };
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed("start", error))?;
    // Held until the program has answered: where this process ends before, so does the program.
    let stdin = send(&mut child, request).map_err(|error| failed("write to", error))?;
    let execution = listen(&mut child, progress).map_err(|error| failed("read from", error))?;
    let status = child.wait().map_err(|error| failed("wait for", error))?;
    drop(stdin);
    match execution {
        Some(execution) => Ok(execution),
        None if was_interrupted(status) => Err(CommandError::Interrupted),
        None => Err(CommandError::Runner {
            message: format!("`{}` ended without an answer: {status}", program.display()),
            help: vec![
                "its `main` must be `migrate_runtime::runner_main(&MIGRATIONS)`".to_owned(),
                "see `cargo migrate status` for what was applied".to_owned(),
            ],
        }),
    }
}

fn send(child: &mut Child, request: &Request) -> std::io::Result<Option<ChildStdin>> {
    let mut line = serde_json::to_string(request).map_err(std::io::Error::other)?;
    line.push('\n');
    let Some(mut stdin) = child.stdin.take() else { return Ok(None) };
    stdin.write_all(line.as_bytes())?;
    Ok(Some(stdin))
}

fn listen(child: &mut Child, progress: &Progress) -> std::io::Result<Option<Execution>> {
    let Some(stdout) = child.stdout.take() else { return Ok(None) };
    let mut execution = None;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        match serde_json::from_str(&line) {
            Ok(Message::Event(event)) => progress.show(&event),
            Ok(Message::Ended { report, failure }) => {
                execution = Some(Execution { report, failure: failure.map(|failure| *failure) });
            }
            // A migration that prints something.
            Err(_) => progress.pass(&line),
        }
    }
    Ok(execution)
}
