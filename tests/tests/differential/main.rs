//! The static replay against real servers, on random histories.
//!
//! A statement that the replay refutes must be refused by the server. The reverse is no
//! demand, only a rate: the replay says nothing where it cannot know.
//!
//! `DIFFERENTIAL_CASES` sets how many histories each server gets, `DIFFERENTIAL_SEED` the
//! first seed, `DIFFERENTIAL_REPORTED` how many faults are shown; with `DIFFERENTIAL_MISSED` set, what was refused but not refuted is listed.

#![expect(
    clippy::format_push_string,
    reason = "a generator of SQL reads best as the SQL it pushes"
)]

mod derived;
mod downgrade;
mod generate;
mod judge;
mod model;
mod random;
mod server;
mod written;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use migrate_core::database::Database;

use crate::judge::Tally;
use crate::server::Server;

#[tokio::test]
async fn postgres_refuses_what_is_refuted() {
    differ(Database::Postgres).await;
}

#[tokio::test]
async fn mysql_refuses_what_is_refuted() {
    differ(Database::Mysql).await;
}

#[tokio::test]
async fn sqlite_refuses_what_is_refuted() {
    differ(Database::Sqlite).await;
}

#[tokio::test]
async fn postgres_makes_what_is_written() {
    write(Database::Postgres).await;
}

#[tokio::test]
async fn mysql_makes_what_is_written() {
    write(Database::Mysql).await;
}

#[tokio::test]
async fn sqlite_makes_what_is_written() {
    write(Database::Sqlite).await;
}

#[tokio::test]
async fn postgres_agrees_on_downgrades() {
    downgrade(Database::Postgres).await;
}

#[tokio::test]
async fn mysql_agrees_on_downgrades() {
    downgrade(Database::Mysql).await;
}

#[tokio::test]
async fn sqlite_agrees_on_downgrades() {
    downgrade(Database::Sqlite).await;
}

/// Histories that end in an upgrade and a downgrade.
#[expect(clippy::print_stdout, reason = "rates are for people, the test demands none")]
async fn downgrade(database: Database) {
    let cases = number("DIFFERENTIAL_CASES").unwrap_or(60);
    let first = number("DIFFERENTIAL_SEED").unwrap_or(0);
    let mut server = Server::start(database).await;
    let mut tally = downgrade::Tally::default();
    let mut wrong = Vec::new();
    for seed in first..first + cases {
        let judged = downgrade::judge(&mut server, database, seed, &mut tally).await;
        wrong.extend(judged.err().map(|story| format!("-- seed {seed}\n{story}")));
    }
    let downgrade::Tally { refused, refuted, differing, found, exact } = tally;
    println!(
        "{database}: {refuted} of {refused} refused downgrades refuted, \
         {found} of {differing} incomplete ones found, {exact} exact"
    );
    wrong.truncate(most_reported());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Histories whose schema is written and made anew.
async fn write(database: Database) {
    hold(database, "schemas are written", written::judge).await;
}

#[tokio::test]
async fn postgres_goes_back_as_derived() {
    go_back(Database::Postgres).await;
}

#[tokio::test]
async fn mysql_goes_back_as_derived() {
    go_back(Database::Mysql).await;
}

#[tokio::test]
async fn sqlite_goes_back_as_derived() {
    go_back(Database::Sqlite).await;
}

/// Histories whose end is taken back by the downgrade that follows from it.
async fn go_back(database: Database) {
    hold(database, "downgrades are derived", derived::judge).await;
}

/// Histories of which something is said for certain, which `judge` tries on the server.
#[expect(clippy::print_stdout, reason = "rates are for people, the test demands none")]
async fn hold(
    database: Database,
    said: &str,
    judge: impl AsyncFn(&mut Server, Database, &[String]) -> Option<Result<(), String>>,
) {
    let cases = number("DIFFERENTIAL_CASES").unwrap_or(40);
    let first = number("DIFFERENTIAL_SEED").unwrap_or(0);
    let mut server = Server::start(database).await;
    let mut report = Vec::new();
    let mut judged = 0;
    for seed in first..first + cases {
        let history = judge::accepted(&mut server, database, seed).await;
        let verdict = judge(&mut server, database, &history).await;
        judged += usize::from(verdict.is_some());
        if let Some(Err(message)) = verdict {
            report.push(format!("-- seed {seed}\n{message}"));
        }
    }
    let shown = &report[..report.len().min(most_reported())];
    println!("{database}: {judged} of {cases} {said} for certain");
    assert!(report.is_empty(), "{} of {judged} do not hold:\n{}", report.len(), shown.join("\n"));
}

async fn differ(database: Database) {
    let cases = number("DIFFERENTIAL_CASES").unwrap_or(300);
    let first = number("DIFFERENTIAL_SEED").unwrap_or(0);
    let mut server = Server::start(database).await;
    let mut tally = Tally::default();
    let mut report = String::new();
    let mut found = 0;
    for seed in first..first + cases {
        let Err(refusal) = judge::judge(&mut server, database, seed, &mut tally).await else {
            continue;
        };
        found += 1;
        let _ = writeln!(report, "-- seed {seed}");
        for sql in &refusal.history {
            let _ = writeln!(report, "{sql};");
        }
        for finding in &refusal.findings {
            let _ = writeln!(report, "-- {finding}");
        }
        if found == most_reported() {
            break;
        }
    }
    print_tally(database, &tally);
    assert_eq!(found, 0, "{database} accepts what the replay refutes:\n{report}");
    assert!(tally.accepted > tally.refused, "most statements of a history should be valid");
}

/// Shown with `--nocapture`.
#[expect(clippy::print_stdout, reason = "rates are for people, the test demands none")]
fn print_tally(database: Database, tally: &Tally) {
    let Tally { accepted, refused, refuted, missed } = tally;
    println!("{database}: {accepted} accepted, {refused} refused, {refuted} of these refuted");
    if std::env::var_os("DIFFERENTIAL_MISSED").is_none() {
        return;
    }
    let mut kinds: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for (kind, example) in missed {
        kinds.entry(kind).or_insert((0, example)).0 += 1;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (_, (count, example)) in kinds {
        println!("{count:6} {example}");
    }
}

/// Faults that one run prints before it gives up.
fn most_reported() -> usize {
    let most = number("DIFFERENTIAL_REPORTED").unwrap_or(20);
    usize::try_from(most).expect("a small number")
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {value}")))
}
