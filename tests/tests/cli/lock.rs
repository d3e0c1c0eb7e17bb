//! `lock`.

use insta::assert_snapshot;

use crate::support::{command, creates, drafts, sealed, shown};

#[test]
fn drafts_are_sealed() {
    let project = drafts();
    assert_snapshot!(shown(&project, "lock"));
    assert_snapshot!(shown(&project, "lock"));
    assert_snapshot!(project.redact(&project.read("migrations/migrate.lock")));
}

#[test]
fn nothing_is_sealed_while_there_are_errors() {
    let project = drafts();
    project.write("migrations/0003_bad.sql", "-- upgrade\nSELECT 1;\n");
    assert_snapshot!(shown(&project, "lock"));
    assert!(!project.read("migrations/migrate.lock").contains("sealed"));
}

#[test]
fn warnings_can_be_left_out() {
    let project = drafts();
    let forgets = "-- upgrade\nCREATE TABLE a (id integer);\n-- downgrade\nSELECT 1;\n";
    project.write("migrations/0003_a.sql", forgets);
    assert!(shown(&project, "lock --draft").contains("warning"));
    let quiet = command(&project, "lock --quiet");
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));
}

#[test]
fn verify_changes_nothing() {
    assert_snapshot!(shown(&sealed(), "lock --verify"));
    let project = drafts();
    project.write("migrations/0003_stars.sql", creates("stars"));
    let before = project.read("migrations/migrate.lock");
    assert_snapshot!(shown(&project, "lock --verify"));
    assert_eq!(project.read("migrations/migrate.lock"), before);
}

#[test]
fn a_sealed_file_that_changed_stays_a_finding() {
    let project = sealed();
    project.write("migrations/0001_planets.sql", creates("stars"));
    assert_snapshot!(shown(&project, "lock"));
    assert_eq!(command(&project, "check").code, Some(1));
}

/// Ours has the draft `0003_stars`, theirs sealed `0004_rings`.
#[test]
fn two_branches_become_one_chain() {
    let project = sealed();
    let base = project.read("migrations/migrate.lock");
    project.write("migrations/0003_stars.sql", creates("stars"));
    command(&project, "lock --draft");
    let ours = project.read("migrations/migrate.lock");
    std::fs::remove_file(project.path().join("migrations/0003_stars.sql")).unwrap();
    project.write("migrations/migrate.lock", &base);
    project.write("migrations/0004_rings.sql", creates("rings"));
    command(&project, "lock");
    let theirs = project.read("migrations/migrate.lock");
    project.write("migrations/0003_stars.sql", creates("stars"));
    let merged = format!("<<<<<<< ours\n{ours}=======\n{theirs}>>>>>>> theirs\n");
    project.write("migrations/migrate.lock", &merged);

    assert_snapshot!(shown(&project, "check"));
    assert_snapshot!(shown(&project, "lock --rebase"));
    assert_snapshot!(shown(&project, "lock --rebase --yes"));
    assert_eq!(command(&project, "check").code, Some(0));
    assert_eq!(project.read("migrations/0005_stars.sql"), creates("stars"));
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_can_be_checked_and_run() {
    use std::os::unix::fs::PermissionsExt;
    let project = sealed();
    let lock = project.read("migrations/migrate.lock");
    let unstamped: String =
        lock.split_inclusive('\n').filter(|line| !line.starts_with("checked ")).collect();
    project.write("migrations/migrate.lock", &unstamped);
    let folder = project.path().join("migrations");
    let set_mode = |mode| {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode))
            .expect("it is ours");
    };
    set_mode(0o555);
    let codes = ["check", "run"].map(|arguments| command(&project, arguments).code);
    set_mode(0o755);
    assert_eq!(codes, [Some(0); 2]);
}

#[test]
fn a_lock_file_without_text_is_not_written_over() {
    let project = sealed();
    let bytes = [project.read("migrations/migrate.lock").as_bytes(), b"\xff"].concat();
    project.write("migrations/migrate.lock", &bytes);
    for arguments in ["lock", "lock --rebase", "new stars", "run"] {
        let output = command(&project, &format!("{arguments} --database sqlite"));
        assert_ne!(output.code, Some(0), "{arguments}");
        assert!(output.stderr.contains("`migrate.lock` is not UTF-8"), "{}", output.stderr);
    }
    command(&project, "init --database sqlite");
    let kept = std::fs::read(project.path().join("migrations/migrate.lock")).unwrap();
    assert_eq!(kept, bytes);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_lock_file_stays_a_link() {
    let project = sealed();
    let path = |name| project.path().join(name);
    std::fs::rename(path("migrations/migrate.lock"), path("shared.lock")).unwrap();
    std::os::unix::fs::symlink("../shared.lock", path("migrations/migrate.lock")).unwrap();
    assert_eq!(command(&project, "new stars").code, Some(0));
    assert!(path("migrations/migrate.lock").is_symlink());
    assert!(project.read("shared.lock").contains("_stars.sql"));
}
