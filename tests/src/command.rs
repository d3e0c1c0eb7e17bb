//! The built `cargo-migrate`, as users run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Returns the root of the workspace.
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a member of the workspace")
}

/// Returns `cargo`, the one that runs the tests where there is one.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Returns the path of the built `cargo-migrate`, in the profile of the running test.
///
/// Cargo gives the path of a binary only to its own package's tests, and builds it for
/// those only. So it is built here, once per test process. That takes a moment after
/// `cargo test --workspace`, which has built the same with the same features.
pub fn cargo_migrate() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build_cargo_migrate)
}

fn build_cargo_migrate() -> PathBuf {
    let directory = profile_directory();
    let target = directory.parent().expect("a profile is a directory of the target directory");
    let output = cargo()
        .current_dir(workspace_root())
        .args([
            "build",
            "--quiet",
            "--workspace",
            "--bin",
            "cargo-migrate",
            "--profile",
            profile(&directory),
        ])
        .arg("--target-dir")
        .arg(target)
        .stdin(Stdio::null())
        .output()
        .expect("cargo can be started");
    assert!(
        output.status.success(),
        "cargo-migrate does not build:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    directory.join("cargo-migrate").with_extension(std::env::consts::EXE_EXTENSION)
}

/// `target/debug` of `target/debug/deps/cli-0123456789abcdef`.
fn profile_directory() -> PathBuf {
    let executable = std::env::current_exe().expect("the test knows its own executable");
    let deps = executable.ancestors().find(|path| path.ends_with("deps"));
    deps.and_then(Path::parent).expect("cargo puts tests into `deps`").to_owned()
}

/// The one profile whose directory has another name.
fn profile(directory: &Path) -> &str {
    match directory.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    }
}
