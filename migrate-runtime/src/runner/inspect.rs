//! Looking without touching: status, plan and log.

use std::collections::HashSet;

use migrate_core::database::Database;
use migrate_core::diagnostics::{Code, Diagnostic, Place, Severity};
use migrate_core::history::{Comparison, Due, HistoryRow, State};
use migrate_core::policy::{Decision, Situation};
use migrate_core::set::MigrationKind;

use super::rollback::RollbackTo;
use super::session::Session;
use super::unit::Unit;
use super::verdict::half_done;
use crate::error::{Error, Result};
use crate::report::Skipped;

/// The state of every migration of a set and a database.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Status {
    /// The versioned ones, by version.
    pub migrations: Vec<MigrationStatus>,
    /// The repeatable ones, by name.
    pub repeatables: Vec<RepeatableStatus>,
    /// What the policy warns of or refuses.
    pub findings: Vec<Diagnostic>,
    /// Whether the history table exists.
    pub initialised: bool,
}

/// The state of a migration.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Its version.
    pub version: String,
    /// Its name without the version.
    pub name: String,
    /// Its language.
    pub kind: MigrationKind,
    /// What is to be said of it in one word.
    pub state: State,
    /// Whether the lock file calls it a draft.
    pub draft: bool,
    /// Why a run passes over it, where it is pending and for other environments.
    pub skipped: Option<String>,
    /// When it was applied, in UTC, RFC 3339.
    pub applied_at: Option<String>,
    /// How long it took, in microseconds; `None` also where the run that applied it was cut off
    /// before that was written.
    pub duration_us: Option<u64>,
    /// Content hash: the history's where it is applied, else the file's.
    pub checksum: String,
}

/// The state of a repeatable migration.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RepeatableStatus {
    /// Its name.
    pub name: String,
    /// Whether it is to be run, and why.
    pub due: Due,
    /// When it was run last.
    pub applied_at: Option<String>,
    /// Content hash of the file.
    pub checksum: String,
}

/// What a run would do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// Migrations that would be applied, in order.
    pub migrations: Vec<PlannedMigration>,
    /// Repeatable migrations that would be run.
    pub repeatables: Vec<PlannedMigration>,
    /// Pending migrations that would be passed over.
    pub skipped: Vec<Skipped>,
    /// What the policy would warn of or refuse; a refusal means that nothing would be done.
    pub findings: Vec<Diagnostic>,
}

/// A migration that a run would apply.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlannedMigration {
    /// Its version, or a repeatable migration's name.
    pub version: String,
    /// Its name without the version.
    pub name: String,
    /// Its language.
    pub kind: MigrationKind,
    /// Path of its file.
    pub path: String,
    /// Whether it is a transaction.
    pub transactional: bool,
    /// Its statements that are left to do; none for Rust.
    pub statements: Vec<String>,
    /// How many of its statements an earlier run executed.
    pub resumed_at: usize,
}

/// An entry of the event log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventEntry {
    /// `applied`, `reverted`, `failed` or `repeated`.
    pub event: String,
    /// Version of the migration, or a repeatable migration's name.
    pub version: String,
    /// Name of the migration, without the version.
    pub name: String,
    /// When, in UTC, RFC 3339.
    pub at: String,
    /// How long it took, in microseconds; `None` where the run was cut off before that was written.
    pub duration_us: Option<u64>,
    /// Content hash of the file.
    pub checksum: String,
    /// What went wrong.
    pub error: Option<String>,
    /// Program, process, user and host.
    pub client: String,
    /// Version of the tool.
    pub tool_version: String,
    /// Version of the server.
    pub server_version: String,
}

impl PlannedMigration {
    /// Returns `<version>_<name>`.
    pub fn id(&self) -> String {
        if self.name.is_empty() {
            self.version.clone()
        } else {
            format!("{}_{}", self.version, self.name)
        }
    }
}

impl Status {
    /// Returns how many migrations are pending, and not passed over.
    pub fn pending(&self) -> usize {
        let pending = |migration: &&MigrationStatus| {
            migration.skipped.is_none()
                && matches!(migration.state, State::Pending | State::Failed | State::Partial)
        };
        self.migrations.iter().filter(pending).count()
    }

    /// Returns `ok`, or what is wrong with the history in one line.
    pub fn history(&self) -> String {
        let broken = |finding: &&Diagnostic| matches!(finding.code, Code::M507 | Code::M508);
        self.findings
            .iter()
            .find(broken)
            .map_or_else(|| "ok".to_owned(), |finding| finding.message.clone())
    }
}

impl Session<'_> {
    /// Reads the state of every migration.
    pub(crate) async fn status(mut self) -> Result<Status> {
        self.read().await?;
        let comparison = self.compare();
        let verdict = self.judge(&comparison, |_| true);
        let failed = self.failed_versions(&comparison).await;
        let migrations = comparison.entries.iter().map(|entry| {
            let row = entry.row.map(|row| &self.history.rows[row]);
            let applied = row.filter(|row| row.counts());
            let file = entry.migration.map(|index| self.set.migrations[index].checksum.to_string());
            let state = match entry.state {
                State::Pending if failed.contains(entry.version.as_str()) => State::Failed,
                state => state,
            };
            MigrationStatus {
                version: entry.version.to_string(),
                name: entry.name.clone(),
                kind: entry.kind,
                state,
                draft: entry.draft,
                skipped: self.passed_over(entry),
                applied_at: applied.map(|row| row.applied_at.clone()),
                duration_us: applied.map(|row| row.duration_us).filter(|us| self.is_known(*us)),
                checksum: row.map(|row| row.checksum.clone()).or(file).unwrap_or_default(),
            }
        });
        let repeatables = comparison.repeatables.iter().map(|entry| {
            let repeatable = &self.set.repeatables[entry.index];
            RepeatableStatus {
                name: repeatable.name.clone().into_owned(),
                due: entry.due,
                applied_at: entry.row.map(|row| self.history.repeatables[row].applied_at.clone()),
                checksum: repeatable.checksum.to_string(),
            }
        });
        let mut findings = verdict.refusals;
        findings.extend(verdict.warnings);
        findings.extend(self.left_half_way(&comparison));
        Ok(Status {
            migrations: migrations.collect(),
            repeatables: repeatables.collect(),
            findings,
            initialised: self.exists,
        })
    }

    /// How far what was begun and not ended came, where the policy lets a run go on with it and
    /// so says nothing.
    fn left_half_way<'s>(
        &'s self,
        comparison: &'s Comparison,
    ) -> impl Iterator<Item = Diagnostic> + 's {
        let decision = self.set.settings.policy.decide(Situation::Partial);
        let begun = comparison.entries.iter().filter(move |entry| {
            entry.situation == Some(Situation::Partial) && decision == Decision::Apply
        });
        begun.map(|entry| {
            let row = entry.row.map(|row| &self.history.rows[row]);
            let files = entry.migration.map(|index| self.set.migrations[index].file);
            let place = files.map_or(Place::Root, |file| Place::whole(&self.set.sources, file));
            half_done(&entry.id(), place, row).weighing(Severity::Warning)
        })
    }

    /// Versions whose last attempt failed; only asked for where something is pending.
    async fn failed_versions(&mut self, comparison: &Comparison) -> HashSet<String> {
        let pending = comparison.entries.iter().any(|entry| entry.state == State::Pending);
        if !pending || !self.exists {
            return HashSet::new();
        }
        // The log tells more than is needed to be right, so a failure to read it is none.
        let Ok(events) = self.events(1000).await else { return HashSet::new() };
        let mut seen = HashSet::new();
        let latest = events.into_iter().filter(|event| seen.insert(event.version.clone()));
        latest.filter(|event| event.event == "failed").map(|event| event.version).collect()
    }

    /// Returns what a run would do.
    pub(crate) async fn plan(mut self) -> Result<Plan> {
        self.read().await?;
        let todo = match self.todo() {
            Ok(todo) => todo,
            Err(Error::Refused { findings }) => {
                return Ok(Plan {
                    migrations: Vec::new(),
                    repeatables: Vec::new(),
                    skipped: Vec::new(),
                    findings,
                });
            }
            Err(error) => return Err(error),
        };
        let database = self.tables.database;
        let mut findings = std::mem::take(&mut self.report.warnings);
        let begun =
            |unit: &Unit| self.history.unfinished().filter(|row| row.version == unit.version);
        findings
            .extend(todo.units.iter().filter_map(|unit| self.cannot_resume(unit, begun(unit)?)));
        let planned = |unit: &Unit| planned(unit, begun(unit), database);
        // After a versioned migration every repeatable one is run, due or not before.
        let repeatables = if todo.units.is_empty() {
            todo.repeatables.iter().map(planned).collect()
        } else {
            let all = 0..self.set.repeatables.len();
            all.map(|index| planned(&Unit::repeatable(self.set, index))).collect()
        };
        Ok(Plan {
            migrations: todo.units.iter().map(planned).collect(),
            repeatables,
            skipped: todo.skipped,
            findings,
        })
    }

    /// Returns what a rollback would undo.
    pub(crate) async fn plan_rollback(mut self, to: &RollbackTo) -> Result<Vec<PlannedMigration>> {
        self.read().await?;
        let mut migrations = Vec::new();
        for row in self.doomed(to)? {
            let unit = self.downgrade_of(&row).await?;
            let begun = Some(&row).filter(|row| row.is_reverting());
            migrations.push(planned(&unit, begun, self.tables.database));
        }
        Ok(migrations)
    }

    /// Reads the newest events; none where there is no log yet.
    pub(crate) async fn log(mut self, limit: u32) -> Result<Vec<EventEntry>> {
        self.events(limit).await
    }

    async fn events(&mut self, limit: u32) -> Result<Vec<EventEntry>> {
        let query = self.tables.select_events(limit);
        let rows = match self.driver()?.rows(query).await {
            Ok(rows) => rows,
            Err(error) if self.driver()?.is_missing_table(&error) => return Ok(Vec::new()),
            Err(error) => return Err(Error::server("cannot read the event log")(error)),
        };
        let entries = rows.into_iter().map(|row| {
            let mut values = row.into_iter();
            let mut next = || values.next().flatten();
            let mut text = || next().unwrap_or_default();
            let (event, version, name, at) = (text(), text(), text(), text());
            let duration_us = text().parse().ok().filter(|us| self.is_known(*us));
            let checksum = text();
            EventEntry {
                event,
                version,
                name,
                at,
                duration_us,
                checksum,
                error: next(),
                client: next().unwrap_or_default(),
                tool_version: next().unwrap_or_default(),
                server_version: next().unwrap_or_default(),
            }
        });
        Ok(entries.collect())
    }

    /// Whether a duration was measured: elsewhere a small migration may take less than a microsecond
    /// by the client's clock; where ends are written later, nothing was measured of what was cut off.
    fn is_known(&self, microseconds: u64) -> bool {
        microseconds > 0 || self.tables.database.has_transactional_ddl()
    }
}

/// `begun` is the row of a migration that an earlier run left half way.
fn planned(unit: &Unit, begun: Option<&HistoryRow>, database: Database) -> PlannedMigration {
    let resumed_at = begun.map_or(0, |row| row.done as usize);
    let left = unit.statements().into_iter().skip(resumed_at);
    PlannedMigration {
        version: unit.version.clone(),
        name: unit.name.clone(),
        kind: unit.kind,
        path: unit.path.clone(),
        transactional: unit.is_transactional(database),
        statements: left.map(str::to_owned).collect(),
        resumed_at,
    }
}
