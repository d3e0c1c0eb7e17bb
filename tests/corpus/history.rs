//! A real history, as the corpus's scripts lay it down.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use migrate_core::database::Database;
use migrate_core::replay::{Counts, replay_files};
use migrate_core::source::{SourceFile, SourceMap, SourceText};
use serde_json::Value;

/// Tables that the tools of these histories make for themselves.
const TOOLS_TABLES: [&str; 6] = [
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "schema_migrations",
    "goose_db_version",
    "refinery_schema_history",
    "flyway_schema_history",
];

/// A migration's name and text.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The migrations of one project.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) id: String,
    pub(crate) files: Vec<File>,
    /// How many of the files apply on a real server.
    pub(crate) prefix: usize,
    surroundings: Vec<String>,
}

/// What the replay said.
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    /// What is found besides, and refuses nothing.
    pub(crate) warnings: Vec<Finding>,
    pub(crate) counts: Counts,
    pub(crate) opaque: BTreeMap<String, usize>,
}

/// A finding, most often a refuted statement.
pub(crate) struct Finding {
    pub(crate) file: String,
    line: usize,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Reads the histories of one kind of server, in the order of their names.
pub(crate) fn read(root: &Path, kind: &str, only: Option<&str>) -> Vec<History> {
    let folders = fs::read_dir(root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut folders: Vec<_> = folders.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let histories = folders.iter().filter_map(|folder| read_one(root, folder, kind));
    histories.filter(|history| only.is_none_or(|only| history.id == only)).collect()
}

fn read_one(root: &Path, folder: &Path, kind: &str) -> Option<History> {
    let index = json(&folder.join("index.json"))?;
    if index["db"] != kind {
        return None;
    }
    let id = index["id"].as_str()?.to_owned();
    let prefix = json(&folder.join("apply.json"))?["prefix"].as_u64().unwrap_or(0);
    let files: Vec<File> = index["migrations"]
        .as_array()?
        .iter()
        .filter_map(|migration| {
            let name = migration["file"].as_str()?.to_owned();
            let text = fs::read_to_string(folder.join("up").join(&name)).ok()?;
            Some(File { name, text })
        })
        .collect();
    let given = [index["prelude"].as_str().unwrap_or(""), &id].map(|name| {
        fs::read_to_string(root.join("surroundings").join(format!("{name}.sql")))
            .unwrap_or_default()
    });
    let tools = TOOLS_TABLES.iter().map(|table| format!("CREATE TABLE {table} (version bigint);"));
    let surroundings = given.into_iter().chain(tools).collect();
    let prefix = usize::try_from(prefix).unwrap_or(0).min(files.len());
    Some(History { id, files, prefix, surroundings })
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}

impl History {
    /// Replays `files` after what this history finds in its database.
    pub(crate) fn replay(&self, files: &[File], database: Database) -> Judged {
        let mut sources = SourceMap::new("");
        for file in files {
            let text = SourceText::new(file.text.clone());
            sources.add(SourceFile { path: file.name.clone().into(), text });
        }
        let surroundings: Vec<&str> = self.surroundings.iter().map(String::as_str).collect();
        let replay = replay_files(database, &surroundings, &sources)
            .unwrap_or_else(|| panic!("this build cannot read the SQL of {database}"));
        let finding = |finding: &migrate_core::diagnostics::Diagnostic| Finding {
            file: finding.path(&sources).unwrap_or_default().to_owned(),
            line: finding.positions(&sources).map_or(0, |(start, _)| start.line),
            message: format!("{} {}", finding.code.id(), finding.message),
        };
        let (refuted, other): (Vec<_>, Vec<_>) =
            replay.findings.iter().partition(|finding| finding.code.is_refutation());
        Judged {
            findings: refuted.into_iter().map(finding).collect(),
            warnings: other.into_iter().map(finding).collect(),
            counts: replay.counts,
            opaque: kinds(&replay.opaque),
        }
    }
}

/// Opaque statements by what they are.
fn kinds(opaque: &[migrate_core::replay::OpaqueStatement]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for statement in opaque {
        *kinds.entry(statement.what.clone()).or_default() += 1;
    }
    kinds
}
