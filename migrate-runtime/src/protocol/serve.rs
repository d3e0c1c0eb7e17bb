//! The program's side.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use super::{Failure, Message, PROTOCOL, Request};
use crate::db::Db;
use crate::embedded::Migrations;
use crate::error::{Error, Result};
use crate::report::Report;
use crate::runner::Outcome;
use crate::secrets::redacted;

/// The exit code of what was stopped, as of what a shell stops.
const INTERRUPTED: i32 = 130;

/// Does what `cargo migrate` asks for on standard input, with the Rust migrations that are
/// compiled in.
///
/// It is the whole of the `main` of a program that `[package.metadata.migrate] runner` names:
///
/// ```ignore
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     migrate_runtime::runner_main(&app::MIGRATIONS)
/// }
/// ```
pub fn runner_main(migrations: &Migrations) -> ExitCode {
    if io::stdin().is_terminal() {
        let _ = writeln!(io::stderr(), "error: this program is started by `cargo migrate`");
        return ExitCode::from(2);
    }
    let outcome = read_request().and_then(|request| {
        std::thread::spawn(end_with_the_other_side);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(Error::other)?.block_on(perform(migrations, &request))
    });
    let outcome =
        outcome.unwrap_or_else(|error| Outcome { report: Report::default(), error: Some(error) });
    let failure = outcome.error.map(|error| Box::new(Failure::from(error)));
    match write(&Message::Ended { report: outcome.report, failure }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn read_request() -> Result<Request> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(Error::other)?;
    let unreadable = |reason: serde_json::Error| {
        Error::Setting(format!(
            "the request cannot be read ({reason}): this program and `cargo migrate` are of \
             different versions"
        ))
    };
    let request: Request = serde_json::from_str(&line).map_err(unreadable)?;
    if request.protocol == PROTOCOL {
        return Ok(request);
    }
    Err(Error::Setting(format!(
        "this program speaks version {PROTOCOL} of the protocol, `cargo migrate` version {}: use \
         the same version of both",
        request.protocol
    )))
}

/// Ends the program when standard input does: `cargo migrate` was stopped, and what it asked for is to
/// stop with it. The connection closes, so the server rolls back and the lock is free.
fn end_with_the_other_side() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    #[expect(
        clippy::exit,
        reason = "this is the `main` of a program, and a migration may not wait"
    )]
    std::process::exit(INTERRUPTED);
}

async fn perform(migrations: &Migrations, request: &Request) -> Result<Outcome> {
    let runner = request.options.apply(migrations.runner()?.rooted(&request.root));
    let mut db = Db::connect(&request.url).await?;
    db.observe(|event| {
        // Without the other side there is nobody left to tell.
        let _ = write(&Message::Event(event.clone()));
    });
    let outcome = runner.perform(&mut db, &request.operation).await;
    if let Err(error) = db.close().await {
        tracing::warn!(%error, url = redacted(&request.url), "the connection was not closed");
    }
    Ok(outcome)
}

fn write(message: &Message) -> io::Result<()> {
    let mut line = serde_json::to_string(message).map_err(io::Error::other)?;
    line.push('\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(line.as_bytes())?;
    stdout.flush()
}
