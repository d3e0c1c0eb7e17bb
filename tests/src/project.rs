//! A temporary directory in which the command runs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{command, redact};

/// A directory with files for one test, deleted with this value.
#[derive(Debug)]
pub struct TempProject {
    directory: TempDir,
}

/// What a finished command left.
#[derive(Debug)]
pub struct Output {
    /// Standard output, redacted.
    pub stdout: String,
    /// Standard error, redacted.
    pub stderr: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
}

impl TempProject {
    /// Creates an empty directory.
    pub fn new() -> Self {
        Self { directory: TempDir::new().expect("a temporary directory can be made") }
    }

    /// Returns the directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a file, and the directories above it. `path` is relative to the project.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        written
            .and_then(|()| std::fs::write(&path, text))
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        self
    }

    /// Reads a file of the project.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path().join(path);
        std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
    }

    /// Returns `cargo-migrate` in this project, to be given an environment or an input.
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.prepare(Command::new(command::cargo_migrate()), arguments)
    }

    /// Runs `cargo-migrate` in this project.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
        self.finish(&mut self.command(arguments))
    }

    /// Returns `cargo` in this project, for tests that compile it.
    pub fn cargo(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.prepare(command::cargo(), arguments)
    }

    /// Waits for a command of this project.
    pub fn finish(&self, command: &mut Command) -> Output {
        let output = command.output().expect("the command can be started");
        let text = |bytes: &[u8]| self.redact(&String::from_utf8_lossy(bytes));
        Output {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code(),
        }
    }

    /// Replaces this directory by `[project]`, and times, durations and hashes by their names.
    pub fn redact(&self, text: &str) -> String {
        redact::values(&redact::path(text, self.path(), "[project]"))
    }

    /// Nothing of the caller's environment may decide a test: no database, no colour, no
    /// width, no cargo that runs the test. `HOME` stays, since cargo's registry is there.
    fn prepare(
        &self,
        mut command: Command,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_foreign) {
                command.env_remove(name);
            }
        }
        command.env("NO_COLOR", "1").env("COLUMNS", "100");
        command
    }
}

impl Default for TempProject {
    fn default() -> Self {
        Self::new()
    }
}

/// Variables that the command, sqlx or cargo would take for the user's wish.
fn is_foreign(name: &str) -> bool {
    const PREFIXES: [&str; 8] = [
        "DATABASE_",
        "MIGRATION_",
        "PG",
        "MYSQL_",
        "CLICOLOR",
        "CARGO_PKG_",
        "CARGO_TERM_",
        "RUST_",
    ];
    const NAMES: [&str; 6] = [
        "CI",
        "FORCE_COLOR",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "TERM",
    ];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
