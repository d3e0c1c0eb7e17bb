//! M302 to M306.

use super::FILES;
use crate::testing::{File, compared, loaded_with_lock, sealed};

#[track_caller]
fn check(files: &[File<'_>], expected: &[&str]) {
    let loaded = loaded_with_lock(files.iter().copied(), &sealed(FILES));
    assert_eq!(compared(&loaded), expected);
}

#[test]
fn files_as_they_were_sealed() {
    check(&FILES, &[]);
    check(&[FILES[0], FILES[1], ("repeatable/v.sql", "SELECT 'edited';")], &[]);
}

#[test]
fn a_sealed_file_that_was_edited() {
    check(&[("1_a.sql", "SELECT 9;"), FILES[1], FILES[2]], &["M304 1_a.sql"]);
    check(&[("1_a.sql", "SELECT  1; -- one"), FILES[1], FILES[2]], &["M305 1_a.sql"]);
}

#[test]
fn both_hashes_are_in_the_notes() {
    let files = [("1_a.sql", "SELECT 9;"), FILES[1], FILES[2]];
    let loaded = loaded_with_lock(files, &sealed(FILES));
    let finding = &crate::lock::compare(&loaded.set)[0];
    let lock = loaded.set.lock.as_ref().unwrap();
    assert_eq!(
        finding.notes,
        [
            format!("`migrations/migrate.lock:7` says {}", lock.lines[0].content),
            format!("the file hashes to {}", crate::checksum::Checksum::of("SELECT 9;")),
        ]
    );
}

#[test]
fn a_file_that_is_gone_or_new() {
    check(&FILES[1..], &["M303 1_a.sql"]);
    check(&FILES[..2], &["M303 repeatable/v.sql"]);
    check(&[FILES[0], FILES[1], FILES[2], ("3_c.sql", "")], &["M302 3_c.sql"]);
}

#[test]
fn a_renamed_file_is_one_finding() {
    check(&[("1_x.sql", FILES[0].1), FILES[1], FILES[2]], &["M306 1_x.sql"]);
    check(&[("1_x.sql", "SELECT 9;"), FILES[1], FILES[2]], &["M303 1_a.sql", "M302 1_x.sql"]);
}
