//! Runs `cargo build` for one binary.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{CompilerMessage, Message};

use crate::error::CommandError;
use crate::interrupt::until_interrupted;
use crate::output::terminal::Terminal;

/// Builds a binary; returns its path. The compiler's errors go to standard error; its warnings are
/// for the package's own build to report.
///
/// Cargo is started in the package's directory, where it finds the user's `.cargo/config.toml`.
pub(crate) fn build(
    directory: &Path,
    manifest: &Path,
    arguments: &[&str],
    name: &str,
    terminal: Terminal,
) -> Result<PathBuf, CommandError> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(directory)
        .args(["build", "--message-format=json-diagnostic-rendered-ansi", "--manifest-path"])
        .arg(manifest)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if !terminal.can_draw() {
        command.arg("--quiet");
    }
    let binary = name.to_owned();
    let built = until_interrupted(move || run(command, &binary, terminal))?;
    let Some(built) = built else { return Err(CommandError::InterruptedEarly) };
    let (program, status) = built.map_err(|error| CommandError::Runner {
        message: format!("cargo cannot be started: {error}"),
        help: Vec::new(),
    })?;
    if was_interrupted(status) {
        return Err(CommandError::InterruptedEarly);
    }
    match program {
        Some(program) if status.success() => Ok(program),
        _ => Err(CommandError::Runner {
            message: format!("`{name}`, which has the Rust migrations compiled in, does not build"),
            help: vec!["nothing was changed; correct what the compiler reports above".to_owned()],
        }),
    }
}

/// Runs cargo to its end; returns where the binary is, and how cargo ended.
fn run(
    mut command: Command,
    name: &str,
    terminal: Terminal,
) -> std::io::Result<(Option<PathBuf>, ExitStatus)> {
    let mut child = command.spawn()?;
    let mut program = None;
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            match message {
                Ok(Message::CompilerArtifact(artifact)) if artifact.target.name == name => {
                    program = artifact.executable.map(Utf8PathBuf::into_std_path_buf).or(program);
                }
                Ok(Message::CompilerMessage(message)) if is_error(&message) => {
                    terminal.error(message.message.rendered.unwrap_or_default().trim_end());
                }
                _ => {}
            }
        }
    }
    Ok((program, child.wait()?))
}

fn is_error(message: &CompilerMessage) -> bool {
    matches!(message.message.level, DiagnosticLevel::Error | DiagnosticLevel::Ice)
}

/// Whether Ctrl-C ended a child, which gets the signal as we do.
#[cfg(unix)]
pub(crate) fn was_interrupted(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGINT: i32 = 2;
    status.signal() == Some(SIGINT)
}

#[cfg(not(unix))]
pub(crate) fn was_interrupted(_status: ExitStatus) -> bool {
    false
}
