//! The static replay on real histories, and on the same histories with a fault put in.
//!
//! No SQL of others is kept here. `CORPUS_OUT` names the folder that the corpus's own
//! scripts fill, `CORPUS_FAULTS` its file of faults, which are put into the histories in
//! memory. Without `CORPUS_OUT` there is nothing to judge, and the test says so.
//!
//! `CORPUS_ONLY` names one history; `--nocapture` shows the report.

#![expect(clippy::print_stdout, reason = "the report is for people")]

mod history;
mod score;
mod variant;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use migrate_core::database::Database;

use crate::history::{File, History};
use crate::score::{Score, Scores};
use crate::variant::Variant;

const KINDS: [(&str, Database); 3] =
    [("pg", Database::Postgres), ("mysql", Database::Mysql), ("sqlite", Database::Sqlite)];

#[test]
fn real_histories_are_not_refused() {
    let Some(root) = std::env::var_os("CORPUS_OUT").map(PathBuf::from) else {
        println!("CORPUS_OUT is not set: the real histories are not judged");
        return;
    };
    let variants =
        std::env::var_os("CORPUS_FAULTS").map(|path| variant::read(&PathBuf::from(path)));
    let only = std::env::var("CORPUS_ONLY").ok();
    let mut refused = 0;
    for (kind, database) in KINDS {
        let histories = history::read(&root, kind, only.as_deref());
        println!("== {kind}: {} histories", histories.len());
        refused += judge_clean(&histories, database);
        match &variants {
            Some(variants) => refused += judge_faulty(&histories, variants, database),
            None => println!("CORPUS_FAULTS is not set: no faults are put in"),
        }
    }
    assert_eq!(refused, 0, "statements that really apply are refused");
}

/// Judges what applies as it is; returns how much of it is refused.
fn judge_clean(histories: &[History], database: Database) -> usize {
    let mut opaque: BTreeMap<String, usize> = BTreeMap::new();
    let (mut total, mut refused, mut files) = (0, 0, 0);
    let mut time = Duration::ZERO;
    for history in histories {
        let applied = &history.files[..history.prefix];
        let started = Instant::now();
        let judged = history.replay(applied, database);
        time += started.elapsed();
        let counts = judged.counts;
        println!(
            "{:20} {:4} of {:4} files, {:5} statements, {:3} refuted, {:3} opaque",
            history.id,
            history.prefix,
            history.files.len(),
            counts.total,
            counts.refuted,
            counts.opaque,
        );
        for finding in &judged.findings {
            println!("    FALSE {finding}");
        }
        for warning in &judged.warnings {
            println!("    warning {warning}");
        }
        if history.prefix < history.files.len() {
            for finding in history.replay(&history.files, database).findings.iter().take(3) {
                println!("    where it breaks: {finding}");
            }
        }
        total += counts.total;
        refused += judged.findings.len();
        files += history.prefix;
        for (what, count) in judged.opaque {
            *opaque.entry(what).or_default() += count;
        }
    }
    let unread: usize = opaque.values().sum();
    println!("{files} files in {time:.2?}; {refused} false refusals in {total} statements");
    println!("{} opaque: {opaque:?}", score::share(unread, total));
    refused
}

/// Judges histories with a fault each; returns how many that apply all the same are refused.
fn judge_faulty(histories: &[History], variants: &[Variant], database: Database) -> usize {
    let mut scores = Scores::default();
    for variant in variants {
        let Some(history) = histories.iter().find(|history| history.id == variant.corpus) else {
            continue;
        };
        let files: Vec<File> = variant.files(&history.files[..history.prefix]);
        let findings = history.replay(&files, database).findings;
        let score = match (&variant.fails_at, findings.first()) {
            (None, None) => Score::Survives,
            (None, Some(_)) => Score::FalseRefusal,
            (Some(file), Some(first)) if first.file == *file => Score::Found,
            (Some(_), Some(_)) => Score::Elsewhere,
            (Some(_), None) => Score::Missed,
        };
        if score.is_wrong() {
            println!(
                "{score:?} {} at {}",
                variant.describe(),
                variant.fails_at.as_deref().unwrap_or("-")
            );
            for finding in findings.iter().take(2) {
                println!("      {finding}");
            }
        }
        scores.add(&variant.kind, score);
    }
    println!("{scores}");
    scores.count(Score::FalseRefusal)
}
