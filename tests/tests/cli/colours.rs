//! Colours are for terminals.

use migrate_tests::project::TempProject;

use crate::support::{command, sealed};

/// Runs `check` with a finding, in an environment that does not forbid colours.
fn coloured(project: &TempProject, when: &str) -> bool {
    let arguments = ["check", "--dir", "migrations", "--color", when];
    let output = project.finish(project.command(arguments).env_remove("NO_COLOR"));
    assert_eq!(output.code, Some(1));
    output.stderr.contains('\u{1b}')
}

#[test]
fn a_pipe_gets_none_unless_asked() {
    let project = sealed();
    project.write("migrations/notes.txt", "");
    assert!(!coloured(&project, "auto"));
    assert!(!coloured(&project, "never"));
    assert!(coloured(&project, "always"));
}

#[test]
fn tables_are_coloured_too() {
    let project = sealed();
    assert!(command(&project, "status --color always").stdout.contains('\u{1b}'));
    assert!(!command(&project, "status").stdout.contains('\u{1b}'));
}
