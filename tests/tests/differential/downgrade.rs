//! Downgrades: a statement of one that the replay refutes is refused by the server, and where
//! the replay says that something differs after it, that differs.

use std::collections::BTreeSet;

use migrate_core::check::check;
use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic};
use migrate_core::folder::{Content, Entry, Folder};
use migrate_core::load::load;
use migrate_core::settings::Settings;
use migrate_core::source::SourceText;
use migrate_tests::describe::difference;

use crate::generate::Generator;
use crate::judge::{accepted_steps, join};
use crate::model::Model;
use crate::random::Random;
use crate::server::Server;

/// Statements before the upgrade, and in it.
const LENGTHS: (usize, usize) = (14, 6);

/// What the server said to all downgrades, and what the replay did.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Downgrades that the server refuses, and those of them that are refuted.
    pub(crate) refused: usize,
    pub(crate) refuted: usize,
    /// Downgrades after which something differs, and those of them that are found.
    pub(crate) differing: usize,
    pub(crate) found: usize,
    pub(crate) exact: usize,
}

/// Lets the replay judge a random downgrade, then the server.
pub(crate) async fn judge(
    server: &mut Server,
    database: Database,
    seed: u64,
    tally: &mut Tally,
) -> Result<(), String> {
    let mut generator = Generator::new(database, Random::new(seed));
    let mut random = Random::new(!seed);
    let mut model = Model::default();
    server.begin().await;
    let history = accepted_steps(server, &mut generator, &mut model, LENGTHS.0).await;
    let want = server.describe(database).await;
    let upgrade = accepted_steps(server, &mut generator, &mut model, LENGTHS.1).await;
    let mut downgrade = Vec::new();
    for (index, sql) in upgrade.iter().enumerate().rev() {
        if random.percent(10) {
            downgrade.push(generator.step(&model).sql);
        }
        let earlier = history.iter().chain(&upgrade[..index]);
        if random.percent(80) {
            downgrade.extend(inverse(sql, database, &earlier.collect::<Vec<_>>()));
        }
    }
    if upgrade.is_empty() || downgrade.is_empty() {
        return Ok(());
    }
    let mut refused = None;
    for (index, sql) in downgrade.iter().enumerate() {
        if let Err(message) = server.apply(sql).await {
            refused = Some((index, message));
            break;
        }
    }
    let findings = found(database, &history, &upgrade, &downgrade);
    let story = || {
        let parts = [join(&history), join(&upgrade), join(&downgrade)];
        parts.join("\n-- upgrade, then downgrade\n")
    };
    let is_refuted = findings.iter().any(|(_, finding)| finding.code.is_refutation());
    for (index, finding) in findings.iter().filter(|(_, finding)| finding.code.is_refutation()) {
        if refused.as_ref().is_none_or(|(at, _)| at > index) {
            return Err(format!("{}\n-- refuted: {}", story(), finding.message));
        }
    }
    if refused.is_some() {
        tally.refused += 1;
        tally.refuted += usize::from(is_refuted);
        return Ok(());
    }
    let lines = difference(&server.describe(database).await, &want);
    let incomplete = findings.iter().find(|(_, finding)| finding.code == Code::M414);
    tally.differing += usize::from(!lines.is_empty());
    tally.exact += usize::from(lines.is_empty());
    let Some((_, finding)) = incomplete else { return Ok(()) };
    tally.found += 1;
    match unseen(finding, &lines, database) {
        None => Ok(()),
        Some(text) => Err(format!("{}\n-- {text}\n-- but:\n{}", story(), lines.join("\n"))),
    }
}

/// What the replay finds in the downgrade, with the statement's index; nothing where the
/// upgrade is at fault.
fn found(
    database: Database,
    history: &[String],
    upgrade: &[String],
    downgrade: &[String],
) -> Vec<(usize, Diagnostic)> {
    let files = [
        (
            "1_history.sql",
            format!("-- upgrade\n{}\n-- downgrade: irreversible, first\n", join(history)),
        ),
        (
            "2_change.sql",
            format!("-- upgrade\n{}\n-- downgrade\n{}\n", join(upgrade), join(downgrade)),
        ),
    ];
    let entries = files.map(|(path, text)| Entry {
        path: path.to_owned().into(),
        content: Content::Text(SourceText::new(text)),
    });
    let folder = Folder { root: "migrations".to_owned(), entries: entries.into(), lock: None };
    let loaded = load(folder, &Settings::new(database));
    let before = upgrade.len() + 3;
    let of_downgrade = |finding: Diagnostic| {
        let path = finding.path(&loaded.set.sources)?;
        let line = finding.positions(&loaded.set.sources)?.0.line;
        (path.starts_with('2') && line >= before).then(|| (line - before, finding))
    };
    check(&loaded).into_iter().filter_map(of_downgrade).collect()
}

/// A difference that is listed and that the server does not have.
fn unseen(finding: &Diagnostic, lines: &[String], database: Database) -> Option<String> {
    let listed: BTreeSet<&str> = if finding.notes.is_empty() {
        finding.message.split_once(": ").map(|(_, text)| text).into_iter().collect()
    } else {
        finding.notes.iter().map(String::as_str).collect()
    };
    let differs = lines.join("\n").to_lowercase();
    let is_unseen = |text: &&&str| {
        // The description of `SQLite` has only the names of these.
        let is_text = database == Database::Sqlite
            && (text.starts_with("view") || text.starts_with("trigger"))
            && text.ends_with("is not what it was");
        let name = text.split('`').nth(1).unwrap_or_default().to_lowercase();
        let last = name.rsplit('.').next().unwrap_or_default();
        !is_text && !text.starts_with("and ") && !differs.contains(last)
    };
    if lines.is_empty() {
        return listed.first().filter(|text| is_unseen(text)).map(ToString::to_string);
    }
    listed.iter().find(is_unseen).map(ToString::to_string)
}

/// A statement that undoes another one, where that is plain.
fn inverse(sql: &str, database: Database, earlier: &[&String]) -> Option<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let skip = |mut at: usize| {
        while matches!(words.get(at), Some(&("IF" | "NOT" | "EXISTS"))) {
            at += 1;
        }
        at
    };
    match words[..] {
        ["CREATE", ..] => {
            let at = words.iter().position(|word| is_kind(word))?;
            let name = words.get(skip(at + 1))?.split('(').next()?;
            let table =
                words.iter().position(|word| *word == "ON").and_then(|on| words.get(on + 1));
            let belongs = match words[at] {
                "INDEX" => database == Database::Mysql,
                "TRIGGER" | "POLICY" => database == Database::Postgres,
                _ => false,
            };
            let on = table.filter(|_| belongs).map(|table| format!(" ON {table}"));
            Some(format!("DROP {} {name}{}", words[at], on.unwrap_or_default()))
        }
        ["ALTER", "TABLE", ..] => {
            let at = skip(2);
            let table = words.get(at)?;
            match words[at + 1..] {
                ["ADD", "CONSTRAINT", name, ..] => {
                    Some(format!("ALTER TABLE {table} DROP CONSTRAINT {name}"))
                }
                ["ADD", ..] => {
                    let at = at + 2 + usize::from(words.get(at + 2) == Some(&"COLUMN"));
                    let column = words.get(skip(at))?;
                    Some(format!("ALTER TABLE {table} DROP COLUMN {column}"))
                }
                ["RENAME", "TO", to] => Some(format!("ALTER TABLE {to} RENAME TO {table}")),
                ["RENAME", "COLUMN", from, "TO", to] => {
                    Some(format!("ALTER TABLE {table} RENAME COLUMN {to} TO {from}"))
                }
                _ => None,
            }
        }
        ["DROP", kind, ..] => {
            let name = words.get(skip(2))?;
            let makes = |sql: &&&String| {
                let mut words = sql.split_whitespace();
                sql.starts_with("CREATE") && sql.contains(kind) && words.any(|word| word == *name)
            };
            earlier.iter().rev().find(makes).map(ToString::to_string)
        }
        _ => None,
    }
}

fn is_kind(word: &str) -> bool {
    matches!(
        word,
        "TABLE"
            | "VIEW"
            | "INDEX"
            | "TRIGGER"
            | "POLICY"
            | "FUNCTION"
            | "TYPE"
            | "DOMAIN"
            | "SEQUENCE"
            | "SCHEMA"
    )
}
