//! A small project, and a finished command as one text.

use std::collections::BTreeSet;
use std::process::Command;

use migrate_tests::project::{Output, TempProject};

/// A migration that creates a table.
pub(crate) fn creates(table: &str) -> String {
    format!("-- upgrade\nCREATE TABLE {table} (id integer);\n-- downgrade\nDROP TABLE {table};\n")
}

/// A folder `migrations` with two sealed migrations, and a `.env` that names a database file.
pub(crate) fn sealed() -> TempProject {
    let project = drafts();
    assert_eq!(command(&project, "lock --quiet").code, Some(0));
    project
}

/// As [`sealed`], but nothing is sealed.
pub(crate) fn drafts() -> TempProject {
    let project = TempProject::new();
    project.write(".env", "DATABASE_URL=sqlite:app.db\n");
    project.write("migrations/0001_planets.sql", creates("planets"));
    project.write("migrations/0002_moons.sql", creates("moons"));
    assert_eq!(command(&project, "lock --draft --quiet").code, Some(0));
    project
}

/// Runs a command on the project's folder.
pub(crate) fn command(project: &TempProject, arguments: &str) -> Output {
    let words = arguments.split_whitespace().chain(["--dir", "migrations"]);
    project.run(words)
}

/// Runs a command on the project's folder, and shows all of it.
pub(crate) fn shown(project: &TempProject, arguments: &str) -> String {
    show(&command(project, arguments))
}

/// Runs a command in the project, and shows all of it.
pub(crate) fn shown_plain(project: &TempProject, arguments: &str) -> String {
    show(&project.run(arguments.split_whitespace()))
}

/// The exit code and both streams as one text.
pub(crate) fn show(output: &Output) -> String {
    let code = output.code.map_or("none".to_owned(), |code| code.to_string());
    let mut text = format!("exit code: {code}\n");
    for (name, stream) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !stream.is_empty() {
            text = format!("{text}----- {name} -----\n{}\n", stream.trim_end());
        }
    }
    text
}

/// Reads the one JSON object that a command printed, with nothing replaced in it.
pub(crate) fn json(project: &TempProject, arguments: &str) -> serde_json::Value {
    let words = arguments.split_whitespace().chain(["--format", "json", "--dir", "migrations"]);
    object(&mut project.command(words))
}

/// Runs a command that prints one JSON object, and reads that.
pub(crate) fn object(command: &mut Command) -> serde_json::Value {
    let output = command.output().expect("the command can be started");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        panic!("{error}: {}\n{}", text(&output.stdout), text(&output.stderr))
    })
}

/// Expects an object to have these keys and no others: programs rely on them.
#[track_caller]
pub(crate) fn has_keys(value: &serde_json::Value, expected: &[&str]) {
    let keys: BTreeSet<_> =
        value.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, expected.iter().copied().collect());
}
