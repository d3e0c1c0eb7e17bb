//! M307 to M312, and that what is written is read.

use proptest::prelude::*;

use super::FILES;
use crate::checksum::Checksum;
use crate::database::Database;
use crate::lock::{LineState, LockFile, LockLine, ParsedLock, chain, parse, write};
use crate::policy::{Policy, Situation};
use crate::settings::{HistoryNames, Settings};
use crate::source::{SourceFile, SourceMap, SourceText};
use crate::testing::{all_codes, loaded_with_lock, sealed};

fn read(text: String) -> ParsedLock {
    let mut sources = SourceMap::default();
    let path = "migrate.lock".into();
    let file = sources.add(SourceFile { path, text: SourceText::new(text) });
    parse(&sources, file)
}

/// Edits the lock file of [`FILES`] and returns the codes and labels of the findings.
#[track_caller]
fn check(edit: impl Fn(&str) -> String, expected: &[&str]) {
    let lock = edit(&sealed(FILES));
    let loaded = loaded_with_lock(FILES, &lock);
    let found: Vec<_> = loaded
        .findings
        .iter()
        .map(|finding| {
            let (start, _) = finding.positions(&loaded.set.sources).unwrap();
            format!("{} {} {}", finding.code.id(), start.line, finding.message)
        })
        .collect();
    assert_eq!(found, expected, "{lock}");
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn what_was_written_is_read() {
    check(str::to_owned, &[]);
    check(|lock| lock.replace('\n', "\r\n"), &[]);
    check(|lock| format!("{lock}checked {}\n", Checksum::of("")), &[]);
}

#[test]
fn a_line_of_another_form() {
    let malformed = |line| format!("M308 {line} this line of the lock file cannot be read");
    check(|lock| lock.replace("sealed", "seeled"), &[&malformed(7), &malformed(8), &end_says(1)]);
    check(|lock| lock.replace("layout native", "layout nativ"), &[&malformed(5)]);
    check(|lock| lock.replace("format 1\n", ""), &[&malformed(2)]);
    check(|lock| format!("{lock}set other\n"), &[&malformed(11)]);
    check(
        |lock| lock.replace("database postgres\n", ""),
        &["M308 1 the head of the lock file does not say which database it is for"],
    );
}

fn end_says(listed: usize) -> String {
    format!("M312 10 the lock file lists {listed} files, and its end says 3")
}

#[test]
fn merge_markers_are_the_only_finding() {
    check(
        |lock| lock.replace("end 3", "<<<<<<< ours\nend 3").replace("layout", "layuot"),
        &["M309 10 the lock file has unresolved merge markers"],
    );
}

#[test]
fn a_newer_format_is_the_only_finding() {
    check(
        |lock| lock.replace("format 1", "format 2").replace("sealed", "sealed2"),
        &["M311 2 the lock file has format 2, which a newer cargo migrate wrote"],
    );
}

#[test]
fn what_cannot_be_read_is_still_of_its_database() {
    let lock = sealed(FILES).replace("layout native", "layout native\nassume table a");
    let expected = read(lock.clone()).settings.unwrap();
    let merged = format!("<<<<<<< ours\n{lock}=======\n{lock}>>>>>>> theirs\n");
    let newer = lock.replace("format 1", "format 2");
    let cut = lock[..lock.find("\nsealed").unwrap()].to_owned();
    for broken in [merged, newer, cut, lock.replace("layout", "layuot")] {
        let found = read(broken);
        assert!(found.lock.is_none());
        assert_eq!(found.settings.as_ref(), Some(&expected));
    }
}

#[test]
fn a_missing_end() {
    let missing = |line| format!("M312 {line} the end of the lock file is missing");
    check(|lock| lines(lock)[..9].join("\n"), &[&missing(9)]);
    // Cut off in the middle of a line: that line is no finding of its own.
    check(|lock| lock[..lock.find("\nsealed").unwrap() + 40].to_owned(), &[&missing(7)]);
    check(|_| String::new(), &[&missing(1)]);
    check(
        |lock| {
            let mut lines = lines(lock);
            lines.remove(8);
            lines.join("\n")
        },
        &["M312 9 the lock file lists 2 files, and its end says 3"],
    );
}

#[test]
fn lines_that_were_swapped() {
    check(
        |lock| {
            let mut lines = lines(lock);
            lines.swap(6, 7);
            lines.join("\n")
        },
        &["M310 8 `1_a.sql` stands after `2_b.sql` in the lock file"],
    );
}

#[test]
fn a_line_edited_by_hand() {
    let other = Checksum::of("other").to_string();
    let of_b = Checksum::of(FILES[1].1).to_string();
    let of_a = Checksum::of(FILES[0].1).to_string();
    check(
        |lock| lock.replace(&of_b, &other),
        &["M307 8 `2_b.sql` does not follow from `1_a.sql` in the lock file"],
    );
    check(
        |lock| lock.replace(&of_a, &other),
        &["M307 7 `1_a.sql` was not written into the lock file as it stands"],
    );
}

#[test]
fn two_branches_that_git_merged() {
    let ours = sealed([FILES[0], ("2_ours.sql", "SELECT 1;")]);
    let theirs = sealed([FILES[0], ("3_theirs.sql", "SELECT 2;")]);
    let ours_lines = lines(&ours);
    let theirs = lines(&theirs);
    let end = theirs[8].replace("end 2", "end 3");
    let merged = [&ours_lines[..8], &[theirs[7], &end]].concat().join("\n");
    let files = [FILES[0], ("2_ours.sql", "SELECT 1;"), ("3_theirs.sql", "SELECT 2;")];
    let loaded = loaded_with_lock(files, &merged);
    assert_eq!(all_codes(&loaded), ["M307 migrate.lock"]);
    let message = &loaded.findings[0].message;
    assert_eq!(message, "`3_theirs.sql` does not follow from `2_ours.sql` in the lock file");
}

fn settings() -> impl Strategy<Value = Settings> {
    let names = (proptest::option::of("\\PC{1,8}"), "[a-z .%_]{1,8}");
    let history = names.prop_map(|(schema, table)| HistoryNames { schema, table });
    let policy = (0..Situation::ALL.len(), 0..3_usize).prop_map(|(situation, choice)| {
        let situation = Situation::ALL[situation];
        let mut policy = Policy::default();
        if let Some(decision) = situation.choices().get(choice) {
            policy.set(situation, *decision).unwrap();
        }
        policy
    });
    ("[a-z][a-z0-9_-]{0,8}", 0..3_usize, history, policy).prop_map(
        |(set, database, history, policy)| Settings {
            set,
            history,
            policy,
            ..Settings::new(Database::ALL[database])
        },
    )
}

fn line(version: usize) -> impl Strategy<Value = LockLine> {
    (any::<bool>(), "[a-z_ ]{1,12}", any::<u64>()).prop_map(move |(draft, name, seed)| LockLine {
        state: if draft { LineState::Draft } else { LineState::Sealed },
        path: format!("{version}_{name}.sql"),
        content: Checksum::of(&seed.to_string()),
        tokens: Checksum::of(&format!("tokens of {seed}")),
        chain: String::new(),
        line: 0,
    })
}

fn lock_file() -> impl Strategy<Value = LockFile> {
    let lines = (0..6_usize).prop_flat_map(|count| (0..count).map(line).collect::<Vec<_>>());
    (settings(), lines, any::<bool>()).prop_map(|(settings, mut lines, checked)| {
        chain::rechain(&settings, &mut lines);
        LockFile { settings, lines, stamp: checked.then(|| Checksum::of("stamp")) }
    })
}

proptest! {
    #[test]
    fn reading_undoes_writing(lock in lock_file()) {
        let parsed = read(write(&lock));
        prop_assert_eq!(parsed.findings, []);
        prop_assert_eq!(parsed.lock, Some(lock));
    }

    #[test]
    fn any_text_can_be_read(text in "(format 1\n)?(\\PC|\n| |end |sealed |[<=>|]{7}){0,40}") {
        read(text);
    }
}
