//! The reference: every help text, and what a wrong word gets.

use insta::assert_snapshot;
use migrate_tests::project::TempProject;

use crate::support::shown_plain;

#[test]
fn every_command_explains_itself() {
    let project = TempProject::new();
    let commands = [
        "",
        "init",
        "new",
        "check",
        "schema",
        "downgrade",
        "lock",
        "plan",
        "run",
        "status",
        "log",
        "rollback",
        "redo",
        "completions",
    ];
    for command in commands {
        let name = format!("help_{}", if command.is_empty() { "all" } else { command });
        assert_snapshot!(name, shown_plain(&project, &format!("{command} --help")));
    }
}

#[test]
fn cargo_passes_its_own_word_first() {
    let project = TempProject::new();
    let direct = shown_plain(&project, "status --help");
    assert_eq!(shown_plain(&project, "migrate status --help"), direct);
}

#[test]
fn an_unknown_word_is_a_usage_error() {
    let project = TempProject::new();
    assert_snapshot!(shown_plain(&project, "stauts"));
    assert_snapshot!(shown_plain(&project, "run --to 1 --only 2"));
}

#[test]
fn completions_are_written_for_shells() {
    let project = TempProject::new();
    for shell in ["bash", "zsh", "fish"] {
        let output = project.run(["completions", shell]);
        assert_eq!(output.code, Some(0));
        assert!(output.stdout.contains("rollback"), "{shell}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let project = crate::support::sealed();
    for arguments in [
        "completions bash",
        "status --dir migrations",
        "status --dir migrations --format json",
        "check --explain M304",
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let output = project
            .command(arguments.split_whitespace())
            .stdout(full)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .and_then(std::process::Child::wait_with_output)
            .expect("it can be started");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(70), "{arguments}: {said}");
        assert!(said.contains("could not be written") && !said.contains("panicked"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = TempProject::new();
    let mut child = project
        .command(["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it can be started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
