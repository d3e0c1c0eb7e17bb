//! Compares the replay with the server: what the replay refutes, the server refuses.

use migrate_core::database::Database;
use migrate_core::diagnostics::{Diagnostic, Severity};
use migrate_core::replay::replay_files;
use migrate_core::source::{SourceFile, SourceMap, SourceText};

use crate::generate::Generator;
use crate::model::Model;
use crate::random::Random;
use crate::server::Server;

/// Statements in one history.
const LENGTH: usize = 25;

/// What the servers said to all histories, and what the replay did.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
    /// Of the refused ones, those that the replay refutes too.
    pub(crate) refuted: usize,
    /// Of the refused ones that are not refuted, one example for each message.
    pub(crate) missed: Vec<(String, String)>,
}

/// A statement that the server accepts and the replay refutes, with what it needs before it.
#[derive(Debug)]
pub(crate) struct FalseRefusal {
    pub(crate) history: Vec<String>,
    pub(crate) findings: Vec<String>,
}

/// Lets the server judge a random history, then the replay.
pub(crate) async fn judge(
    server: &mut Server,
    database: Database,
    seed: u64,
    tally: &mut Tally,
) -> Result<(), FalseRefusal> {
    let mut generator = Generator::new(database, Random::new(seed));
    let mut model = Model::default();
    let mut accepted: Vec<String> = Vec::new();
    server.begin().await;
    for _ in 0..LENGTH {
        let step = generator.step(&model);
        assert!(!step.sql.contains('\n'), "positions are lines");
        match server.apply(&step.sql).await {
            Ok(()) => {
                tally.accepted += 1;
                (step.effect)(&mut model);
                accepted.push(step.sql);
            }
            Err(message) => {
                tally.refused += 1;
                let line = accepted.len() + 1;
                accepted.push(step.sql);
                let is_refuted =
                    refuted_lines(database, &accepted).iter().any(|(at, _)| *at == line);
                let sql = accepted.pop().expect("it was just put there");
                if is_refuted {
                    tally.refuted += 1;
                } else {
                    tally.missed.push((without_names(&message), format!("{sql}\n      {message}")));
                }
            }
        }
    }
    if refuted_lines(database, &accepted).is_empty() {
        return Ok(());
    }
    let history = shrink(server, database, accepted).await;
    let findings = refuted_lines(database, &history).into_iter().map(|(_, text)| text).collect();
    Err(FalseRefusal { history, findings })
}

/// The statements of a random history that the server accepts; they are applied.
pub(crate) async fn accepted(server: &mut Server, database: Database, seed: u64) -> Vec<String> {
    let mut generator = Generator::new(database, Random::new(seed));
    server.begin().await;
    accepted_steps(server, &mut generator, &mut Model::default(), LENGTH).await
}

/// As many random statements, without those that the server refuses; they are applied.
pub(crate) async fn accepted_steps(
    server: &mut Server,
    generator: &mut Generator,
    model: &mut Model,
    count: usize,
) -> Vec<String> {
    let mut accepted = Vec::new();
    for _ in 0..count {
        let step = generator.step(model);
        if server.apply(&step.sql).await.is_ok() {
            (step.effect)(model);
            accepted.push(step.sql);
        }
    }
    accepted
}

/// The text of statements, one on each line.
pub(crate) fn join(statements: &[String]) -> String {
    statements.iter().map(|sql| format!("{sql};")).collect::<Vec<_>>().join("\n")
}

/// Lines that the replay refutes, with the messages.
fn refuted_lines(database: Database, statements: &[String]) -> Vec<(usize, String)> {
    let mut text = statements.join(";\n");
    text.push(';');
    let mut sources = SourceMap::new("");
    sources.add(SourceFile { path: "history.sql".into(), text: SourceText::new(text) });
    let replay = replay_files(database, &[], &sources)
        .unwrap_or_else(|| panic!("this build cannot read the SQL of {database}"));
    let line = |finding: &Diagnostic| {
        let line = finding.positions(&sources).map_or(0, |(start, _)| start.line);
        (line, format!("line {line}: {} {}", finding.code.id(), finding.message))
    };
    // A warning refutes nothing.
    let refuting = replay.findings.iter().filter(|finding| finding.severity() == Severity::Error);
    refuting.map(line).collect()
}

/// Drops statements for as long as the server accepts the rest and the replay does not.
async fn shrink(server: &mut Server, database: Database, mut history: Vec<String>) -> Vec<String> {
    let mut at = history.len();
    while at > 0 {
        at -= 1;
        let mut shorter = history.clone();
        shorter.remove(at);
        if !refuted_lines(database, &shorter).is_empty() && is_accepted(server, &shorter).await {
            history = shorter;
        }
    }
    history
}

async fn is_accepted(server: &mut Server, history: &[String]) -> bool {
    server.begin().await;
    for sql in history {
        if server.apply(sql).await.is_err() {
            return false;
        }
    }
    true
}

/// A server's message with its names and numbers taken out.
fn without_names(message: &str) -> String {
    let mut kind = String::new();
    let mut quote = None;
    for c in message.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None if c.is_ascii_digit() => {}
            None => kind.push(c),
        }
    }
    kind
}
