//! What `cargo migrate new`, `lock` and `check` write.

use super::FILES;
use crate::database::Database;
use crate::load::load;
use crate::lock::{LineState, LockFile, parse, seal, update, write};
use crate::settings::Settings;
use crate::source::SourceText;
use crate::testing::{File, all_codes, compared, folder, loaded, loaded_with_lock, sealed};

/// The state and path of each line after an update.
fn updated(files: &[File<'_>], lock: &str) -> Vec<String> {
    let loaded = loaded_with_lock(files.iter().copied(), lock);
    let lock = update(&loaded.set, loaded.set.lock.as_ref()).lock;
    lock.lines.iter().map(|line| format!("{} {}", line.state.name(), line.path)).collect()
}

#[test]
fn new_files_become_drafts() {
    assert_eq!(
        updated(&FILES, "format 1\ndatabase postgres\nend 0 -\n"),
        ["draft 1_a.sql", "draft 2_b.sql", "repeatable repeatable/v.sql"]
    );
    assert_eq!(
        updated(&[FILES[0], FILES[1], FILES[2], ("3_c.sql", "")], &sealed(FILES)),
        ["sealed 1_a.sql", "sealed 2_b.sql", "draft 3_c.sql", "repeatable repeatable/v.sql"]
    );
}

#[test]
fn sealed_lines_stay_as_they_are() {
    let files = [("1_a.sql", "edited"), FILES[2]];
    assert_eq!(
        updated(&files, &sealed(FILES)),
        ["sealed 1_a.sql", "sealed 2_b.sql", "repeatable repeatable/v.sql"]
    );
    let loaded = loaded_with_lock(files, &sealed(FILES));
    let before = loaded.set.lock.as_ref().unwrap();
    assert_eq!(update(&loaded.set, Some(before)).lock, *before);
}

#[test]
fn drafts_are_refreshed_and_vanish() {
    let before = update(&loaded(FILES).set, None).lock;
    let now = [("1_a.sql", "edited"), FILES[2]];
    let change = update(&loaded(now).set, Some(&before));
    assert_eq!(change.added, <[&str; 0]>::default());
    assert_eq!(change.refreshed, ["1_a.sql"]);
    assert_eq!(change.removed, ["2_b.sql"]);
    assert_eq!(change.lock.lines.len(), 2);
    assert_ne!(change.lock.lines[0].content, before.lines[0].content);
}

#[test]
fn sealing_changes_states_only() {
    let mut lock = update(&loaded(FILES).set, None).lock;
    let drafts = lock.clone();
    assert_eq!(seal(&mut lock), ["1_a.sql", "2_b.sql"]);
    assert_eq!(lock.drafts().count(), 0);
    for (sealed, draft) in lock.lines.iter().zip(&drafts.lines) {
        assert_eq!((&sealed.chain, sealed.content), (&draft.chain, draft.content));
    }
    assert_eq!(lock.lines[2].state, LineState::Repeatable);
}

#[test]
fn line_numbers_are_those_of_the_text() {
    let lock: LockFile = update(&loaded(FILES).set, None).lock;
    let loaded = loaded_with_lock(FILES, &write(&lock));
    let parsed = parse(&loaded.set.sources, loaded.lock_file.unwrap());
    assert_eq!(parsed.lock, Some(lock));
}

#[test]
fn every_layout_can_be_listed() {
    for (layout, files) in [
        ("native", &["1_a.sql", "2_b.rs", "repeatable/v.sql"][..]),
        ("sqlx", &["1_a.sql", "02_b.up.sql", "02_b.down.sql", "10_c.sql"]),
        ("golang-migrate", &["9_a.up.sql", "9_a.down.sql", "10_b.up.sql", "10_b.down.sql"]),
        (
            "diesel",
            &[
                "00000000000000_setup/up.sql",
                "00000000000000_setup/down.sql",
                "2024-01-30-114438_a/up.sql",
                "2024-01-30-114438_a/down.sql",
                "2024-01-30-114438_a/metadata.toml",
                "20250130114438_b/up.sql",
                "20250130114438_b/down.sql",
            ],
        ),
    ] {
        let files = || folder(files.iter().map(|path| (*path, "")));
        let settings = Settings { layout: layout.to_owned(), ..Settings::new(Database::Sqlite) };
        let before = load(files(), &settings);
        let mut lock = update(&before.set, None).lock;
        seal(&mut lock);
        let text = SourceText::new(write(&lock));
        let after = load(crate::folder::Folder { lock: Some(text), ..files() }, &settings);
        assert_eq!(all_codes(&after), <[&str; 0]>::default(), "{layout}");
        assert_eq!(compared(&after), <[&str; 0]>::default(), "{layout}");
        assert_eq!(lock.lines.len(), files().entries.len(), "{layout}");
    }
}
