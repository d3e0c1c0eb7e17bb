//! `cargo migrate lock --rebase`.

use crate::lock::{LockFile, Rebase, Rename, rebase, renames, seal, update, write};
use crate::testing::{File, loaded, loaded_with_lock, sealed};

const BASE: File<'static> = ("20250101000000_base.sql", "SELECT 0;");
const OURS: File<'static> = ("20250102000000_ours.sql", "SELECT 1;");
const THEIRS: File<'static> = ("20250103000000_theirs.sql", "SELECT 2;");

fn drafts(files: &[File<'static>]) -> LockFile {
    update(&loaded(files.iter().copied()).set, None).lock
}

/// What git leaves of two lock files with the same head.
fn conflict(ours: &str, theirs: &str) -> String {
    let (head, ours) = ours.split_once("\n\n").unwrap();
    let (_, theirs) = theirs.split_once("\n\n").unwrap();
    format!(
        "{head}\n\n<<<<<<< HEAD\n{ours}||||||| base\nnonsense\n=======\n{theirs}>>>>>>> theirs\n"
    )
}

fn rebased(files: &[File<'_>], lock: &str) -> Rebase {
    let loaded = loaded_with_lock(files.iter().copied(), lock);
    rebase(&loaded.set, loaded.lock_file.unwrap())
}

#[test]
fn lines_of_both_sides_make_one_chain() {
    let lock = conflict(&sealed([BASE, OURS]), &sealed([BASE, THEIRS]));
    let Rebase::Done { lock, overtaken } = rebased(&[BASE, OURS, THEIRS], &lock) else {
        panic!("refused");
    };
    assert!(overtaken.is_empty());
    assert_eq!(write(&lock), sealed([BASE, OURS, THEIRS]));
}

#[test]
fn a_broken_chain_is_mended() {
    let lock = sealed([BASE, OURS]).replace(" 20250102000000_ours", "0 20250102000000_ours");
    assert!(matches!(rebased(&[BASE, OURS], &lock), Rebase::Refused(_)));
    let mut broken = drafts(&[BASE, OURS]);
    broken.lines[1].chain = "0".repeat(16);
    let Rebase::Done { lock, .. } = rebased(&[BASE, OURS], &write(&broken)) else {
        panic!("refused");
    };
    assert_eq!(lock, drafts(&[BASE, OURS]));
}

#[test]
fn a_sealed_line_must_be_true_of_its_file() {
    let lock = conflict(&sealed([BASE, OURS]), &sealed([BASE, THEIRS]));
    let edited = ("20250102000000_ours.sql", "SELECT 9;");
    let Rebase::Refused(findings) = rebased(&[BASE, edited, THEIRS], &lock) else {
        panic!("accepted");
    };
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].code.id(), "M304");
}

#[test]
fn two_truths_about_one_file_are_refused() {
    let other = ("20250102000000_ours.sql", "SELECT 9;");
    let lock = conflict(&sealed([BASE, OURS]), &sealed([BASE, other]));
    assert!(matches!(rebased(&[BASE, OURS], &lock), Rebase::Refused(_)));
    assert!(matches!(rebased(&[BASE, other], &lock), Rebase::Refused(_)));
}

#[test]
fn drafts_that_were_overtaken_get_a_new_version() {
    let mut ours = drafts(&[BASE, OURS]);
    ours.lines[0].state = crate::lock::LineState::Sealed;
    let mut theirs = drafts(&[BASE, THEIRS]);
    seal(&mut theirs);
    let lock = conflict(&write(&ours), &write(&theirs));
    let Rebase::Done { lock, overtaken } = rebased(&[BASE, OURS, THEIRS], &lock) else {
        panic!("refused");
    };
    assert_eq!(overtaken, [OURS.0]);
    let to = |now, to: &str| {
        let rename = Rename { from: OURS.0.to_owned(), to: to.to_owned() };
        assert_eq!(renames(&lock, &overtaken, now), [rename]);
    };
    to("20250601120000", "20250601120000_ours.sql");
    // A clock that is behind: the second after the newest migration.
    to("20240101000000", "20250103000001_ours.sql");
}

#[test]
fn renames_keep_order_and_pairs() {
    let files = ["1_a.up.sql", "1_a.down.sql", "2_b/up.sql", "2_b/down.sql", "7_c.sql"];
    let mut lock = drafts(&[("9_z.sql", "")]);
    seal(&mut lock);
    let overtaken = files.map(str::to_owned);
    let to: Vec<_> = renames(&lock, &overtaken, "").into_iter().map(|rename| rename.to).collect();
    assert_eq!(to, ["10_a.up.sql", "10_a.down.sql", "11_b", "12_c.sql"]);
}

#[test]
fn what_cannot_be_read_is_refused() {
    for edit in [("sealed", "seeled"), ("format 1", "format 2")] {
        let lock = sealed([BASE, OURS]).replace(edit.0, edit.1);
        assert!(matches!(rebased(&[BASE, OURS], &lock), Rebase::Refused(_)), "{edit:?}");
    }
}
