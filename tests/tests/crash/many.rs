//! Many runs at once.

use migrate_core::database::Database;
use migrate_core::set::MigrationSet;
use migrate_runtime::{Grouping, Runner};

use crate::on_every_server;
use crate::world::{World, halves};

on_every_server! {
    eight_runs_at_once_apply_everything_once;
}

pub(crate) const COUNT: usize = 24;

pub(crate) fn set(world: &World, journaled: bool) -> MigrationSet {
    let directive = if journaled { "-- migrate: transaction=off\n" } else { "" };
    let mut files = vec![(
        "0001_log.sql".to_owned(),
        halves("CREATE TABLE log (i integer);", "DROP TABLE log;"),
    )];
    for number in 2..=COUNT {
        let index = if world.kind() == Database::Postgres && journaled {
            format!("CREATE INDEX CONCURRENTLY t{number}_i ON t{number} (i);")
        } else {
            format!("CREATE INDEX t{number}_i ON t{number} (i);")
        };
        let upgrade = format!(
            "CREATE TABLE t{number} (i integer);\nINSERT INTO log VALUES ({number});\n{index}"
        );
        files.push((
            format!("{number:04}_t.sql"),
            format!("{directive}{}", halves(&upgrade, &format!("DROP TABLE t{number};"))),
        ));
    }
    // The paths live as long as the tests do.
    let files: Vec<_> = files.into_iter().map(|(path, text)| (&*path.leak(), text)).collect();
    world.set(&files)
}

/// Starts `count` runs at once, and returns how many migrations they applied, and what failed.
pub(crate) async fn at_once(url: &str, set: &MigrationSet, count: usize) -> (usize, Vec<String>) {
    let runs = (0..count).map(|number| {
        let (url, set) = (url.to_owned(), set.clone());
        let grouping = if number % 2 == 0 { Grouping::Auto } else { Grouping::Each };
        tokio::spawn(async move { Runner::new(&set).transaction(grouping).run_on(&url).await })
    });
    let (mut applied, mut failed) = (0, Vec::new());
    for run in runs.collect::<Vec<_>>() {
        match run.await.expect("it does not panic") {
            Ok(report) => applied += report.applied.len(),
            Err(error) => failed.push(error.to_string()),
        }
    }
    (applied, failed)
}

async fn eight_runs_at_once_apply_everything_once(world: World) {
    for (journaled, begun) in [(false, false), (false, true), (true, false), (true, true)] {
        let world = World::new(world.kind());
        let set = set(&world, journaled);
        if begun {
            Runner::new(&set).to("0012").run_on(world.url()).await.expect("nobody is in the way");
        }
        let (applied, failed) = at_once(world.url(), &set, 8).await;
        assert_eq!(failed, Vec::<String>::new(), "{journaled} {begun}");
        assert_eq!(applied, if begun { COUNT - 12 } else { COUNT });
        assert_eq!(world.count("log").await, COUNT - 1);
        assert!(world.apply(&set).await.is_empty());
    }
}
