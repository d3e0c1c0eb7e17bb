//! Replaying a set: its upgrades in the order of versions, then its repeatable migrations.

use std::collections::HashSet;

use super::Replay;
use super::adapter::ParsedText;
use super::beside::beside;
use super::dialect::dialect_of;
use super::downgrade::{GradedDowngrade, Upgraded};
use super::engine::{Engine, Sending};
use super::reading::Reading;
use super::{rules, unread};
use crate::diagnostics::{Code, Diagnostic};
use crate::lock::LineState;
use crate::rust_file::{RustSql, sql_in};
use crate::script::parse_repeatable;
use crate::set::{Allowed, Directives, Half, Migration, MigrationSet, Script};
use crate::settings::Rules;
use crate::source::{FileId, Span};

/// Tables that tools keep for themselves, which migrations of every layout may refer to: a history
/// outlives the tool that it was written for.
const TOOL_TABLES: [&str; 12] = [
    "_sqlx_migrations",
    "__diesel_schema_migrations",
    "schema_migrations",
    "refinery_schema_history",
    "seaql_migrations",
    "goose_db_version",
    "flyway_schema_history",
    "_prisma_migrations",
    "__drizzle_migrations",
    "atlas_schema_revisions",
    "alembic_version",
    "databasechangelog",
];

/// Replays a set; nothing where this build cannot read the database's SQL.
///
/// `surroundings` are texts of plain SQL that ran before the first migration and are not judged.
/// `scripts` are the set's migrations, parsed. The schema at the end is judged by `rules`.
pub fn replay(
    set: &MigrationSet,
    scripts: &[Script],
    surroundings: &[&str],
    rules: &Rules,
) -> Option<Replay> {
    History::new(set, scripts).read(|history| {
        let engine = history.begin(surroundings)?;
        Some(replay_history(history, engine, rules))
    })
}

fn replay_history(history: &History<'_>, mut engine: Engine, rules: &Rules) -> Replay {
    let set = history.set;
    let mut waivers = Vec::new();
    let sealed = sealed_files(set);
    let downgrade = |(upgraded, engine): (Upgraded<'_, '_>, Engine)| upgraded.downgrade(engine);
    // Nothing that comes later rests on a downgrade.
    let undone = beside(history.reading.helpers(), downgrade, |downgrade| {
        for (migration, script) in history.migrations() {
            let (before, judged) = (engine.catalog.clone(), engine.counts());
            history.migrate(&mut engine, migration, script, &mut waivers);
            let counts = engine.counts();
            let upgraded = Upgraded {
                history,
                migration,
                downgrade: &script.downgrade,
                directives: &script.directives,
                before,
                losses: engine.take_losses(),
                is_refuted: counts.refuted > judged.refuted,
                opaque: counts.opaque - judged.opaque,
                is_sealed: sealed.contains(&migration.file),
            };
            downgrade((upgraded, engine.branch()));
        }
    });
    history.repeat(&mut engine, &mut waivers);
    let mut broken = rules::judge(&engine, rules);
    // What is sealed was applied, and can get neither a default nor a waiver.
    broken.retain(|finding| {
        let is_sealed = || finding.span().is_some_and(|span| sealed.contains(&span.file));
        finding.code != Code::M603 || !is_sealed()
    });
    let mut replay = engine.finish();
    replay.findings.extend(broken);
    replay.findings.extend(unread::surroundings(set));
    for ((migration, _), (grade, findings)) in history.migrations().zip(undone) {
        replay.findings.extend(findings);
        replay.downgrades.push(GradedDowngrade {
            version: migration.version.to_string(),
            name: migration.name.to_string(),
            grade,
        });
    }
    waive(&mut replay, &waivers, |allowed| {
        let is_judged = !allowed.code.is_rule() || rules.on.contains(&allowed.code);
        // A refutation depends on what came before; other findings may end with what comes after.
        is_judged && (allowed.code.is_refutation() || !sealed.contains(&allowed.span.file))
    });
    replay
}

/// A set with its halves, and with their statements while they are read.
pub(super) struct History<'s> {
    pub(super) set: &'s MigrationSet,
    scripts: &'s [Script],
    reading: Reading<'s>,
}

impl<'s> History<'s> {
    pub(super) fn new(set: &'s MigrationSet, scripts: &'s [Script]) -> Self {
        let upgrades = scripts.iter().filter_map(|script| match script.upgrade {
            Half::Sql(span) => Some(span),
            Half::Rust => None,
        });
        let repeatables = set.repeatables.iter();
        let repeatables = repeatables.map(|repeatable| set.sources.whole(repeatable.file));
        let spans = upgrades.chain(repeatables).collect();
        let reading = Reading::new(&set.sources, set.settings.database, spans);
        History { set, scripts, reading }
    }

    /// Runs `work`, which replays the history, while the texts are read.
    pub(super) fn read<T: Send>(&self, work: impl Fn(&Self) -> T + Send + Sync) -> T {
        self.reading.during(|| work(self))
    }

    /// An engine that knows what is there before the first migration.
    pub(super) fn begin(&self, surroundings: &[&str]) -> Option<Engine> {
        let settings = &self.set.settings;
        let mut engine = Engine::new(settings.database, dialect_of(settings.database)?);
        if !self.set.layout.sends_whole_files() {
            engine.sending = Sending::Statements;
        }
        engine.surroundings(surroundings);
        for name in TOOL_TABLES {
            engine.assume_name(name);
        }
        engine.assume_name(&settings.history.table);
        for assumption in &settings.assume {
            engine.take_for_given(assumption);
        }
        Some(engine)
    }

    /// The migrations in their order, with their halves.
    pub(super) fn migrations(&self) -> impl Iterator<Item = (&Migration, &Script)> {
        self.set.migrations.iter().zip(self.scripts)
    }

    /// Replays the upgrade of a migration.
    pub(super) fn migrate(
        &self,
        engine: &mut Engine,
        migration: &Migration,
        script: &Script,
        waivers: &mut Vec<(FileId, Allowed)>,
    ) {
        let everywhere = script.directives.only.is_empty();
        for assumption in &script.directives.assume {
            engine.take_perhaps_for_given(assumption);
        }
        self.half(engine, (migration.file, &script.upgrade), "upgrade", everywhere);
        after(engine, migration.file, &script.directives, waivers);
    }

    /// Replays the repeatable migrations.
    pub(super) fn repeat(&self, engine: &mut Engine, waivers: &mut Vec<(FileId, Allowed)>) {
        let sources = &self.set.sources;
        for repeatable in &self.set.repeatables {
            let file = repeatable.file;
            let (script, _) = parse_repeatable(file, sources, self.set.settings.database);
            engine.parsed_file(file, &self.reading.text(&sources.whole(file)));
            after(engine, file, &script.directives, waivers);
        }
    }

    /// Replays a half of a migration; one that not every environment runs is uncertain.
    pub(super) fn half(
        &self,
        engine: &mut Engine,
        (file, half): (FileId, &Half),
        function: &str,
        everywhere: bool,
    ) {
        match half {
            Half::Sql(span) if everywhere => {
                engine.parsed_file(span.file, &self.reading.text(span));
            }
            Half::Sql(span) => engine.file_perhaps(span.file, &self.reading.text(span)),
            Half::Rust => rust(engine, file, self.set.sources.text(file), function, everywhere),
        }
    }
}

fn rust(engine: &mut Engine, file: FileId, text: &str, function: &str, everywhere: bool) {
    for sql in sql_in(text, function) {
        match sql {
            RustSql::Literal { start, text, conditional } => {
                let text = ParsedText::new(&text, start, engine.database());
                if everywhere && !conditional {
                    engine.parsed_file(file, &text);
                } else {
                    engine.file_perhaps(file, &text);
                }
            }
            RustSql::Guard { made, place, conditional } => {
                let sql = made.sql(engine.database());
                engine.unless_there(file, &sql, place, conditional || !everywhere);
            }
            RustSql::Opaque => engine.opaque_code(file, "Rust code"),
        }
    }
}

/// Files that never change again.
fn sealed_files(set: &MigrationSet) -> HashSet<FileId> {
    let lines = set.lock.iter().flat_map(|lock| &lock.lines);
    let sealed = lines.filter(|line| line.state == LineState::Sealed);
    let paths: HashSet<&str> = sealed.map(|line| line.path.as_str()).collect();
    set.sources.ids().filter(|file| paths.contains(&*set.sources.file(*file).path)).collect()
}

/// What the directives say of what a migration leaves behind.
fn after(
    engine: &mut Engine,
    file: FileId,
    directives: &Directives,
    waivers: &mut Vec<(FileId, Allowed)>,
) {
    for assumption in &directives.assume {
        engine.take_for_given(assumption);
    }
    waivers.extend(directives.allow.iter().cloned().map(|allowed| (file, allowed)));
}

/// Leaves out what a migration waives, and reports waivers of replay findings that waive nothing
/// where `must_waive` says that they have to.
fn waive(
    replay: &mut Replay,
    waivers: &[(FileId, Allowed)],
    must_waive: impl Fn(&Allowed) -> bool,
) {
    for (file, allowed) in waivers {
        if !allowed.code.is_of_replay() {
            continue;
        }
        let before = replay.findings.len();
        replay.findings.retain(|finding| {
            let here = finding.span().is_some_and(|span| span.file == *file);
            !(here && finding.code == allowed.code)
        });
        if replay.findings.len() == before && must_waive(allowed) {
            replay.findings.push(idle(allowed.code, allowed.span));
        }
    }
}

fn idle(code: Code, span: Span) -> Diagnostic {
    let message =
        format!("`allow({})` is no longer needed: there is no such finding here", code.id());
    Diagnostic::new(Code::M413, span.into(), message).help("remove it")
}
