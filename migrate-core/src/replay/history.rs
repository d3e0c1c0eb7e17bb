//! Replaying a set of migrations: upgrades in order, waivers and assumptions applied.

use super::engine::Engine;
use super::{Replay, dialect};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::set::{Directives, Half, Migration, MigrationSet};
use crate::source::FileId;

/// Replays the upgrades of a set, then its repeatable migrations; nothing where this build
/// cannot read the database's SQL.
///
/// `surroundings` are texts of plain SQL that describe what is there before the first
/// migration, such as a hosted platform's schemas and roles; they are not judged. What the
/// files themselves have wrong (`MigrationSet::script`) is not reported again.
pub fn replay(set: &MigrationSet, surroundings: &[&str]) -> Option<Replay> {
    let database = set.settings.database;
    let mut engine = Engine::new(database, dialect::dialect_of(database)?);
    for text in surroundings {
        engine.surroundings(text);
    }
    let mut waivers = Vec::new();
    for migration in &set.migrations {
        let (script, _) = set.script(migration);
        engine.assume_names(&script.directives.assume);
        let before = engine.findings().len();
        let is_certain = script.directives.only.is_empty();
        match &script.upgrade {
            Half::Sql(span) if is_certain => {
                engine.file(span.file, set.sources.slice(span), span.start);
            }
            Half::Sql(span) => {
                engine.uncertain_file(span.file, set.sources.slice(span), span.start);
            }
            Half::Rust => engine.unread_file(migration.file, set.sources.text(migration.file)),
        }
        let unneeded = engine.waive(before, &script.directives);
        waivers.extend(unneeded.into_iter().map(|code| unneeded_waiver(set, migration, &code)));
    }
    for repeatable in &set.repeatables {
        engine.file(repeatable.file, set.sources.text(repeatable.file), 0);
    }
    let mut replay = engine.finish();
    replay.findings.extend(waivers);
    Some(replay)
}

fn unneeded_waiver(set: &MigrationSet, migration: &Migration, code: &str) -> Diagnostic {
    let file: FileId = migration.file;
    let message =
        format!("`{}` waives `{code}`, and nothing of that kind is found", migration.id());
    Diagnostic::new(Code::M413, Place::whole(&set.sources, file), message)
        .help(format!("remove `allow({code})`"))
}

impl Engine {
    /// Removes the findings since `before` that a migration waives; returns the codes of
    /// the replay whose waivers removed none.
    fn waive(&mut self, before: usize, directives: &Directives) -> Vec<String> {
        let mut unneeded = Vec::new();
        for (code, _) in &directives.allow {
            let is_ours =
                Code::ALL.iter().any(|known| is_code(*known, code) && known.id().starts_with("M4"));
            let removed = self.remove_findings(before, |finding| is_code(finding.code, code));
            if is_ours && removed == 0 {
                unneeded.push(code.clone());
            }
        }
        unneeded
    }
}

fn is_code(code: Code, word: &str) -> bool {
    code.id() == word || code.slug() == word
}
