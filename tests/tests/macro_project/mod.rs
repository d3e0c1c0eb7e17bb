//! A cargo project that uses `embed_migrations!`, for tests that need a real compiler.
//!
//! It lies at a fixed place under the target directory: cargo would build our crates anew for
//! every other place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::Message;
use migrate_core::database::Database;
use migrate_core::load::{load, read};
use migrate_core::lock;
use migrate_core::settings::Settings;

/// The crate that the project depends on, below this repository.
const RUNTIME: &str = "migrate-runtime";

pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Creates an empty workspace with the members that `members` matches.
    pub(crate) fn new(name: &str, members: &str, more: &str) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("ui");
        let root = target.join("projects").join(name);
        // What an earlier run left may be no case any more.
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).unwrap();
        let root = root.canonicalize().unwrap();
        let project = Project { root, target };
        let manifest =
            format!("[workspace]\nresolver = \"3\"\nmembers = [\"{members}\"]\n\n{more}");
        project.write("Cargo.toml", &manifest);
        fs::copy(repository().join("Cargo.lock"), project.path("Cargo.lock")).unwrap();
        project
    }

    /// Adds a package that embeds the folder `migrations` beside its manifest.
    pub(crate) fn add_package(&self, folder: &str, name: &str, main: &str) {
        // One server, as every program has; Postgres needs no C compiler.
        let runtime = repository().join(RUNTIME);
        self.write(
            &format!("{folder}/Cargo.toml"),
            &format!(
                "[package]\nname = {name:?}\nedition = \"2024\"\n\n[dependencies]\n\
                 migrate-runtime = {{ path = '{}', features = [\"postgres\"] }}\n",
                runtime.display()
            ),
        );
        self.write(&format!("{folder}/src/main.rs"), main);
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs `cargo check` over all members and returns what cargo and rustc said.
    pub(crate) fn check(&self) -> Vec<Message> {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(["check", "--workspace", "--keep-going", "--offline"])
            .arg("--message-format=json")
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("RUSTFLAGS")
            .stderr(Stdio::piped());
        let output = command.output().unwrap();
        let messages: Vec<Message> =
            Message::parse_stream(output.stdout.as_slice()).collect::<Result<_, _>>().unwrap();
        let finished = |message: &Message| matches!(message, Message::BuildFinished(_));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(messages.iter().any(finished), "cargo did not build at all:\n{stderr}");
        messages
    }
}

/// Writes the lock file as `cargo migrate lock` does: known lines stay, the rest is added.
pub(crate) fn write_lock(migrations: &Path, seal: bool) {
    let folder = read(migrations, "migrations").unwrap();
    let loaded = load(folder, &Settings::new(Database::Sqlite));
    let mut lock = lock::update(&loaded.set, loaded.set.lock.as_ref()).lock;
    if seal {
        lock::seal(&mut lock);
    }
    fs::write(migrations.join("migrate.lock"), lock::write(&lock)).unwrap();
}

/// The folder of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}
