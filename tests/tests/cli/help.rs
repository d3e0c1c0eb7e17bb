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
