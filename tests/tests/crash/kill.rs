//! Processes that are killed in the middle of a run.
//!
//! The process is this test's own binary: it is started again, with the database's URL in its
//! environment, and runs nothing but [`a_process_to_be_killed`].

use std::process::{Command, Stdio};
use std::time::Duration;

use migrate_core::database::Database;
use migrate_core::load::load;
use migrate_core::set::MigrationSet;
use migrate_core::settings::Settings;
use migrate_runtime::{Grouping, RollbackTo, Runner};

use crate::on_every_server;
use crate::world::{World, halves};

const URL: &str = "CRASH_TEST_URL";
const MODE: &str = "CRASH_TEST_MODE";
const COUNT: usize = 30;

on_every_server! {
    killed_runs_are_completed_by_the_next;
    killed_rollbacks_are_completed_by_the_next;
}

/// Migrations each of which inserts a row that no key protects: what is applied twice, or not at
/// all, is seen.
fn files(kind: Database, journaled: bool) -> Vec<(String, String)> {
    let directive =
        if journaled && kind != Database::Mysql { "-- migrate: transaction=off\n" } else { "" };
    let mut files = vec![(
        "0001_log.sql".to_owned(),
        halves("CREATE TABLE log (i integer);\nINSERT INTO log VALUES (1);", "DROP TABLE log;"),
    )];
    for number in 2..=COUNT {
        let upgrade = format!(
            "CREATE TABLE t{number} (i integer);\nCREATE INDEX t{number}_j ON t{number} (i);\n\
             INSERT INTO log VALUES ({number});\n\
             CREATE INDEX t{number}_i ON t{number} (i);\nINSERT INTO log VALUES ({number});"
        );
        let downgrade = format!("DROP TABLE t{number};\nDELETE FROM log WHERE i = {number};");
        files.push((
            format!("{number:04}_t.sql"),
            format!("{directive}{}", halves(&upgrade, &downgrade)),
        ));
    }
    files
}

fn set(kind: Database, mode: &str) -> MigrationSet {
    use migrate_core::folder::{Content, Entry, Folder};
    use migrate_core::source::SourceText;
    let entries = files(kind, mode.contains("journaled")).into_iter().map(|(path, text)| Entry {
        path: path.into(),
        content: Content::Text(SourceText::new(text)),
    });
    let folder = Folder { root: "migrations".to_owned(), entries: entries.collect(), lock: None };
    load(folder, &Settings::new(kind)).set
}

fn grouping(mode: &str) -> Grouping {
    match mode.split(' ').next() {
        Some("each") => Grouping::Each,
        Some("group") => Grouping::Group,
        Some("all") => Grouping::All,
        _ => Grouping::Auto,
    }
}

/// What the killed process runs; without the variables it is no test.
#[tokio::test]
async fn a_process_to_be_killed() {
    let (Ok(url), Ok(mode)) = (std::env::var(URL), std::env::var(MODE)) else { return };
    let kind = Database::from_url(&url).expect("it is the URL of a test database");
    let set = set(kind, &mode);
    let runner = Runner::new(&set).transaction(grouping(&mode));
    if mode.contains("rollback") {
        let mut db = migrate_runtime::Db::connect(&url).await.expect("the server lets us in");
        runner.rollback(&mut db, RollbackTo::All).await.expect("it can be undone");
    } else {
        runner.run_on(&url).await.expect("it can be applied");
    }
}

/// Starts the process, and kills it after `delay`; says whether it came to its end first.
fn start_and_kill(world: &World, mode: &str, delay: Duration) -> bool {
    let program = std::env::current_exe().expect("a test knows its program");
    let mut process = Command::new(program)
        .args(["--exact", "kill::a_process_to_be_killed", "--nocapture"])
        .env(URL, world.url())
        .env(MODE, mode)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a program can start itself");
    std::thread::sleep(delay);
    let ended = process.try_wait().expect("it is our child").is_some_and(|status| status.success());
    // It may have ended just now.
    let _ = process.kill();
    process.wait().expect("it is our child");
    ended
}

async fn check_applied(world: &World, set: &MigrationSet, mode: &str) {
    let mut db = world.db().await;
    let status = Runner::new(set).status(&mut db).await.expect("it can be asked for");
    assert_eq!(status.history(), "ok", "{mode}");
    assert_eq!(world.applied().await.len(), COUNT, "{mode}");
    assert_eq!(world.count("log").await, 2 * COUNT - 1, "{mode}");
    let distinct = world.count("(SELECT i FROM log GROUP BY i HAVING count(*) = 2) x").await;
    assert_eq!(distinct, COUNT - 1, "{mode}: every migration is applied once");
    for number in [2, COUNT / 2, COUNT] {
        assert!(world.has_table(&format!("t{number}")).await, "{mode}");
    }
}

async fn check_logged(world: &World, mode: &str) {
    let applied = "SELECT version FROM _migrate_history_events WHERE event = 'applied'";
    let events = world.count(&format!("({applied}) x")).await;
    let migrations = world.count(&format!("({applied} GROUP BY version) x")).await;
    assert_eq!((events, migrations), (COUNT, COUNT), "{mode}: each is logged once");
}

/// Spread over the time that a run takes, from before it connects to after its end.
fn delays(longest: Duration) -> impl Iterator<Item = Duration> {
    (0..8_u32).map(move |step| longest * step / 7)
}

fn modes(kind: Database) -> &'static [&'static str] {
    match kind {
        Database::Mysql => &["auto"],
        _ => &["auto", "each", "all", "each journaled"],
    }
}

async fn killed_runs_are_completed_by_the_next(world: World) {
    let kind = world.kind();
    for mode in modes(kind) {
        let start = std::time::Instant::now();
        let undisturbed = World::new(kind);
        assert!(!start_and_kill(&undisturbed, mode, Duration::ZERO));
        let set = set(kind, mode);
        Runner::new(&set)
            .transaction(grouping(mode))
            .run_on(undisturbed.url())
            .await
            .expect("nobody is in the way");
        check_applied(&undisturbed, &set, mode).await;
        check_logged(&undisturbed, mode).await;
        for delay in delays(start.elapsed() * 2) {
            let world = World::new(kind);
            start_and_kill(&world, mode, delay);
            // Killed once more, on a half migrated database.
            start_and_kill(&world, mode, delay / 2);
            let report = Runner::new(&set).transaction(grouping(mode)).run_on(world.url()).await;
            report.unwrap_or_else(|error| panic!("{mode}, killed after {delay:?}: {error}"));
            check_applied(&world, &set, mode).await;
            check_logged(&world, mode).await;
        }
    }
}

async fn killed_rollbacks_are_completed_by_the_next(world: World) {
    let kind = world.kind();
    let mode = "each journaled rollback";
    let set = set(kind, mode);
    let mut longest = Duration::from_millis(400);
    for step in 0..6 {
        let world = World::new(kind);
        let start = std::time::Instant::now();
        world.apply(&set).await;
        longest = longest.max(start.elapsed());
        start_and_kill(&world, mode, longest * step / 5);
        let mut db = world.db().await;
        let report = Runner::new(&set).rollback(&mut db, RollbackTo::All).await;
        report.unwrap_or_else(|error| panic!("{mode}: {error}"));
        assert!(!world.has_table("log").await && !world.has_table("t7").await);
        assert_eq!(world.applied().await.len(), 0);
        world.apply(&set).await;
        check_applied(&world, &set, mode).await;
    }
}
