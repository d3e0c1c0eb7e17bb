//! Judges the static replay on real histories and on broken variants of them.
//!
//! usage: `CORPUS_OUT=… cargo run --release -p migrate-core --features postgres --example corpus -- KIND [VARIANTS] [--only ID]`
//!
//! VARIANTS is what `corpus_variants.py` writes: lines `{corpus, kind, result, at, files: [[name, text or null]…]}`;
//! a null text is the original file.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use migrate_core::database::Database;
use migrate_core::replay::{Replay, replay_files};
use migrate_core::source::{SourceFile, SourceMap, SourceText};
use serde_json::Value;

struct History {
    id: String,
    files: Vec<(String, String)>,
    prefix: usize,
    surroundings: Vec<String>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = PathBuf::from(std::env::var("CORPUS_OUT").unwrap());
    let kind = arguments.first().map_or("pg", String::as_str);
    let database = match kind {
        "pg" => Database::Postgres,
        "mysql" => Database::Mysql,
        _ => Database::Sqlite,
    };
    let only =
        arguments.iter().position(|word| word == "--only").map(|at| arguments[at + 1].clone());
    let verbose = arguments.iter().any(|word| word == "-v");
    let histories = histories(&root, kind, only.as_deref());
    clean(&histories, database);
    if let Some(variants) = arguments.get(1).filter(|word| !word.starts_with('-')) {
        faulty(&histories, database, Path::new(variants), verbose);
    }
}

fn histories(root: &Path, kind: &str, only: Option<&str>) -> Vec<History> {
    let mut found = Vec::new();
    let mut folders: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let Ok(index) = fs::read_to_string(folder.join("index.json")) else { continue };
        let index: Value = serde_json::from_str(&index).unwrap();
        let id = index["id"].as_str().unwrap().to_owned();
        if index["db"] != kind || only.is_some_and(|only| only != id) {
            continue;
        }
        let apply = fs::read_to_string(folder.join("apply.json")).unwrap();
        let apply: Value = serde_json::from_str(&apply).unwrap();
        let prefix = usize::try_from(apply["prefix"].as_u64().unwrap_or(0)).unwrap();
        let files = index["migrations"].as_array().unwrap().iter().map(|migration| {
            let name = migration["file"].as_str().unwrap().to_owned();
            let text = fs::read_to_string(folder.join("up").join(&name)).unwrap();
            (name, text)
        });
        let files = files.collect();
        found.push(History { surroundings: surroundings(root, &index), id, files, prefix });
    }
    found
}

/// What is there before: the host's objects, and the tool's own table.
fn surroundings(root: &Path, index: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    let prelude = index["prelude"].as_str().unwrap_or("");
    for name in [prelude, index["id"].as_str().unwrap_or("")] {
        if let Ok(text) = fs::read_to_string(root.join("surroundings").join(format!("{name}.sql")))
        {
            texts.push(text);
        }
    }
    let tables = [
        "_sqlx_migrations",
        "__diesel_schema_migrations",
        "schema_migrations",
        "goose_db_version",
        "refinery_schema_history",
        "flyway_schema_history",
    ];
    for table in tables {
        texts.push(format!("CREATE TABLE IF NOT EXISTS {table} (version bigint, LIKE_any text);"));
    }
    texts
}

fn run(
    history: &History,
    files: &[(String, String)],
    database: Database,
) -> (Replay, Vec<(String, String)>, Duration) {
    let mut sources = SourceMap::new("");
    for (name, text) in files {
        let text = SourceText::new(text.clone());
        sources.add(SourceFile { path: name.clone().into(), text });
    }
    let surroundings: Vec<&str> = history.surroundings.iter().map(String::as_str).collect();
    let started = Instant::now();
    let replay = replay_files(database, &surroundings, &sources).unwrap();
    let elapsed = started.elapsed();
    let findings = replay.findings.iter().map(|finding| {
        let path = finding.path(&sources).unwrap_or("").to_owned();
        let (start, _) = finding.positions(&sources).unwrap();
        let text =
            format!("{}:{}: {} {}", start.line, start.column, finding.code.id(), finding.message);
        (path, text)
    });
    let findings = findings.collect();
    (replay, findings, elapsed)
}

fn clean(histories: &[History], database: Database) {
    let mut totals = (0, 0, 0, 0);
    let mut opaque: BTreeMap<String, usize> = BTreeMap::new();
    let mut time = Duration::ZERO;
    let mut count = 0;
    for history in histories {
        let (replay, findings, elapsed) = run(history, &history.files[..history.prefix], database);
        let counts = replay.counts;
        println!(
            "{:18} {:4}/{:4} files {:6} statements {:3} refuted {:3} opaque {:6.1} ms",
            history.id,
            history.prefix,
            history.files.len(),
            counts.total,
            counts.refuted,
            counts.opaque,
            elapsed.as_secs_f64() * 1e3
        );
        for (file, text) in findings.iter().take(40) {
            println!("    FALSE {file}:{text}");
        }
        if history.prefix < history.files.len() {
            let (_, findings, _) = run(history, &history.files, database);
            for (file, text) in findings.iter().take(3) {
                println!("    after the prefix: {file}:{text}");
            }
        }
        totals = (
            totals.0 + counts.total,
            totals.1 + counts.proved,
            totals.2 + counts.refuted,
            totals.3 + counts.opaque,
        );
        for statement in replay.opaque {
            *opaque.entry(statement.what).or_default() += 1;
        }
        time += elapsed;
        count += history.prefix;
    }
    println!("total {totals:?}; opaque by kind {opaque:?}");
    println!(
        "{count} migrations in {time:?}: {:.0} a second",
        f64::from(u32::try_from(count).unwrap()) / time.as_secs_f64()
    );
}

#[derive(Default)]
struct Score {
    failing: usize,
    exact: usize,
    elsewhere: usize,
    missed: usize,
    surviving: usize,
    false_refusals: usize,
}

fn faulty(histories: &[History], database: Database, variants: &Path, verbose: bool) {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for line in fs::read_to_string(variants).unwrap().lines() {
        let variant: Value = serde_json::from_str(line).unwrap();
        let Some(history) = histories.iter().find(|history| variant["corpus"] == history.id) else {
            continue;
        };
        let files: Vec<(String, String)> = variant["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| {
                let name = file[0].as_str().unwrap().to_owned();
                let text = match file[1].as_str() {
                    Some(text) => text.to_owned(),
                    None => history.files.iter().find(|(own, _)| *own == name).unwrap().1.clone(),
                };
                (name, text)
            })
            .collect();
        let (_, findings, _) = run(history, &files, database);
        let kind = variant["kind"].as_str().unwrap();
        let score = scores.entry(kind.to_owned()).or_default();
        let show = |verdict: &str| {
            println!(
                "{verdict} {} {kind} target={} at={} {} {}\n      found {:?}",
                variant["id"].as_str().unwrap_or(""),
                variant["target"],
                variant["at"],
                variant["code"],
                variant["msg"],
                findings.iter().take(3).collect::<Vec<_>>()
            );
        };
        if variant["result"] == "survives" {
            score.surviving += 1;
            if !findings.is_empty() {
                score.false_refusals += 1;
                show("FALSE");
            }
            continue;
        }
        score.failing += 1;
        let at = variant["at"].as_str().unwrap_or("");
        match findings.first() {
            Some((file, _)) if file == at => score.exact += 1,
            Some(_) => {
                score.elsewhere += 1;
                show("ELSEWHERE");
            }
            None => {
                score.missed += 1;
                if verbose || score.missed < 6 {
                    show("MISSED");
                }
            }
        }
    }
    println!("{:28} fails exact elsewhere missed | survives false", "kind");
    let mut all = Score::default();
    for (kind, score) in &scores {
        println!(
            "{kind:28} {:5} {:5} {:9} {:6} | {:8} {:5}",
            score.failing,
            score.exact,
            score.elsewhere,
            score.missed,
            score.surviving,
            score.false_refusals
        );
        all.failing += score.failing;
        all.exact += score.exact;
        all.surviving += score.surviving;
        all.false_refusals += score.false_refusals;
    }
    println!(
        "detected {} of {} ({:.1} %), false refusals {} of {}",
        all.exact,
        all.failing,
        100.0 * all.exact as f64 / all.failing.max(1) as f64,
        all.false_refusals,
        all.surviving
    );
}
