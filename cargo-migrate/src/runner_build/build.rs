//! Runs `cargo build` for one binary.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use cargo_metadata::Message;

use crate::error::CommandError;

/// Builds a binary; returns its path. What the compiler says goes to standard error.
///
/// Cargo is started in the package's directory, where it finds the user's `.cargo/config.toml`.
pub(crate) fn build(
    directory: &Path,
    manifest: &Path,
    arguments: &[&str],
    name: &str,
    quiet: bool,
) -> Result<PathBuf, CommandError> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(directory)
        .args(["build", "--message-format=json-render-diagnostics", "--manifest-path"])
        .arg(manifest)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if quiet {
        command.arg("--quiet");
    }
    let cannot_start = |error: std::io::Error| CommandError::Runner {
        message: format!("cargo cannot be started: {error}"),
        help: Vec::new(),
    };
    let mut child = command.spawn().map_err(cannot_start)?;
    let mut program = None;
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            if let Ok(Message::CompilerArtifact(artifact)) = message
                && artifact.target.name == name
                && let Some(executable) = artifact.executable
            {
                program = Some(executable.into_std_path_buf());
            }
        }
    }
    let status = child.wait().map_err(cannot_start)?;
    if was_interrupted(status) {
        return Err(CommandError::Interrupted);
    }
    match program {
        Some(program) if status.success() => Ok(program),
        _ => Err(CommandError::Runner {
            message: format!("`{name}`, which has the Rust migrations compiled in, does not build"),
            help: vec!["nothing was changed; correct what the compiler reports above".to_owned()],
        }),
    }
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
