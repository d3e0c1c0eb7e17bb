//! What the compiler says of a set with something wrong in it, one folder of `ui/` per case.
//!
//! A case holds `migrations/`, what is expected in `stderr.txt`, and its own `main.rs` where the
//! macro's call is what is wrong; each may be absent. A lock file that is not there is written, so that a case about names is about names alone.
//! `UPDATE_UI=1 cargo test -p migrate-tests --test ui` writes what is said now.

mod macro_project;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;
use macro_project::{Project, repository, write_lock};

const MAIN: &str = r#"use migrate_runtime::{Migrations, embed_migrations};

static MIGRATIONS: Migrations = embed_migrations!("migrations");

fn main() {
    let _ = &MIGRATIONS;
}
"#;

/// The case that is built without debug assertions, as a release is.
const RELEASE: &str = "[profile.dev.package.draft-in-release]\ndebug-assertions = false\n";

/// The case whose package has another name for the runtime.
const RENAMED: &str = "renamed-runtime";

/// Cases whose lock file must not be there.
const WITHOUT_LOCK: [&str; 3] = ["missing-lock", "empty-folder", "missing-folder"];

#[test]
fn every_case_says_what_is_expected() {
    let ui = repository().join("tests/ui");
    let project = Project::new("ui", "cases/*", RELEASE);
    let mut said = BTreeMap::new();
    for entry in fs::read_dir(&ui).unwrap() {
        let case = entry.unwrap().file_name().into_string().unwrap();
        add_case(&project, &case, &ui.join(&case).join("migrations"));
        said.insert(case, String::new());
    }
    for message in project.check() {
        let Message::CompilerMessage(message) = message else { continue };
        let level = message.message.level;
        if !matches!(level, DiagnosticLevel::Error | DiagnosticLevel::Warning)
            || message.message.message.starts_with("aborting due to")
        {
            continue;
        }
        let rendered = message.message.rendered.unwrap_or_default();
        match said.get_mut(&message.target.name) {
            Some(said) => said.push_str(&rendered),
            // A warning in one of our own crates is no matter of a case.
            None => assert_ne!(level, DiagnosticLevel::Error, "{rendered}"),
        }
    }
    let mut report = String::new();
    for (case, said) in said {
        let said = without_places(&said, &project, &format!("cases/{case}"));
        report.push_str(&compare(&case, &ui.join(&case).join("stderr.txt"), &said));
    }
    assert!(report.is_empty(), "{report}\nUPDATE_UI=1 writes what is said now");
}

fn add_case(project: &Project, case: &str, source: &Path) {
    let main = fs::read_to_string(source.with_file_name("main.rs"));
    project.add_package(&format!("cases/{case}"), case, main.as_deref().unwrap_or(MAIN));
    if case == RENAMED {
        let manifest = format!("cases/{case}/Cargo.toml");
        let text = fs::read_to_string(project.path(&manifest)).unwrap();
        let renamed = "store = { package = 'migrate-runtime',";
        project.write(&manifest, &text.replace("migrate-runtime = {", renamed));
    }
    let migrations = project.path(&format!("cases/{case}/migrations"));
    if source.exists() {
        copy(source, &migrations);
    }
    what_git_cannot_hold(case, &migrations);
    if !WITHOUT_LOCK.contains(&case) && !migrations.join("migrate.lock").exists() {
        write_lock(&migrations, case != "draft-in-release");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn what_git_cannot_hold(case: &str, migrations: &Path) {
    match case {
        "empty-folder" => fs::create_dir_all(migrations).unwrap(),
        "crlf-and-bom" => {
            // Sealed with plain line ends; then checked out on another system.
            write_lock(migrations, true);
            for name in ["1_users.sql", "migrate.lock"] {
                let path = migrations.join(name);
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
            }
        }
        "non-utf8-content" => {
            fs::write(migrations.join("2_latin.sql"), b"-- caf\xe9\n").unwrap();
        }
        #[cfg(unix)]
        "non-utf8-name" => {
            use std::os::unix::ffi::OsStrExt;
            let name = std::ffi::OsStr::from_bytes(b"2_caf\xe9.sql");
            fs::write(migrations.join(name), "").unwrap();
        }
        // Permissions would not stop root, which containers run as.
        #[cfg(unix)]
        "unreadable-file" => {
            std::os::unix::fs::symlink("nowhere", migrations.join("2_link.sql")).unwrap();
        }
        _ => {}
    }
}

/// Takes out the names of private places, and of files with a hash in their name.
fn without_places(said: &str, project: &Project, package: &str) -> String {
    let full_type_name = |line: &&str| {
        line.contains("the full name for the type has been written to")
            || line.contains("to print the full type name to the console")
    };
    let lines = said.split_inclusive('\n').filter(|line| !full_type_name(line));
    lines
        .collect::<String>()
        .replace(&format!("{}/", project.path(package).display()), "")
        .replace(&format!("{package}/"), "")
        .replace(&format!("{}/", repository().display()), "$REPOSITORY/")
}

/// Returns what is wrong with a case, or writes what is said now.
fn compare(case: &str, path: &Path, said: &str) -> String {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == said {
        return String::new();
    }
    if std::env::var_os("UPDATE_UI").is_none() {
        let mut report = String::new();
        writeln!(report, "== {case}: expected\n{expected}\n== {case}: said\n{said}").unwrap();
        return report;
    }
    if said.is_empty() {
        fs::remove_file(path).unwrap();
    } else {
        fs::write(path, said).unwrap();
    }
    String::new()
}
