//! Applying what is pending.

use std::time::{Duration, Instant};

use migrate_core::database::Database;
use migrate_core::history::{Comparison, Due, Entry, State, compare_repeatables};

use super::failure::Failed;
use super::journal::is_sql;
use super::options::Grouping;
use super::session::Session;
use super::transactional::Attempt;
use super::unit::Unit;
use super::verdict::{Verdict, judge};
use crate::error::{Direction, Error, Result};
use crate::events::Event;
use crate::report::Skipped;

/// Bounds of a group.
struct GroupBounds {
    migrations: usize,
    statements: usize,
    bytes: usize,
}

impl GroupBounds {
    /// One transaction with 4,276 small migrations exhausts Postgres's default lock table
    /// (`max_locks_per_transaction`); a group of a hundred keeps far below it. On `SQLite` every
    /// commit waits for the disk several times, and what changes two megabytes of pages fits the
    /// cache: beyond that they are written, and waited for, before the commit.
    fn of(database: Database) -> Self {
        match database {
            Database::Sqlite => {
                GroupBounds { migrations: 200, statements: 1000, bytes: 1024 * 1024 }
            }
            _ => GroupBounds { migrations: 100, statements: 500, bytes: 512 * 1024 },
        }
    }
}

/// How often a run begins anew because another process worked in between.
const ROUNDS: usize = 1000;

/// What is left to do.
pub(crate) struct Todo {
    /// Units to apply, in order.
    pub(crate) units: Vec<Unit>,
    /// Repeatable migrations to run.
    pub(crate) repeatables: Vec<Unit>,
    pub(crate) skipped: Vec<Skipped>,
}

impl Todo {
    fn is_empty(&self) -> bool {
        self.units.is_empty() && self.repeatables.is_empty()
    }
}

impl Session<'_> {
    /// Applies what is pending.
    pub(crate) async fn upgrade(&mut self) -> Result<()> {
        self.read().await?;
        self.redo_changed_drafts().await?;
        let todo = self.todo()?;
        if todo.is_empty() {
            self.report.skipped = todo.skipped;
            return Ok(());
        }
        self.emit(&Event::Started { pending: todo.units.len() });
        // Nobody else can be using a database whose history is empty.
        let fresh = self.history.is_empty();
        let mut found = Some((self.history.clone(), todo));
        for _ in 0..ROUNDS {
            self.prepare().await?;
            // What was found before the lock was taken holds where nobody worked since.
            let known = found.take().filter(|(seen, _)| seen.has_same_rows(&self.history));
            let mut todo = match known {
                Some((_, todo)) => todo,
                None => self.todo()?,
            };
            self.resume(&mut todo).await?;
            self.report.skipped = std::mem::take(&mut todo.skipped);
            if self.work(todo, fresh).await? {
                return Ok(());
            }
        }
        Err(Error::Request("other processes kept changing the history: try again".to_owned()))
    }

    /// Applies all that is to do; `false` when the history changed meanwhile.
    async fn work(&mut self, todo: Todo, fresh: bool) -> Result<bool> {
        if self.options.grouping == Grouping::All && !todo.units.is_empty() {
            self.check_all_or_nothing()?;
        }
        let mut rest: &[Unit] = &todo.units;
        // How many are applied together next: what failed in a group may do better in a transaction
        // of its own.
        let mut most = usize::MAX;
        while !rest.is_empty() {
            let count = self.group(rest, fresh).min(most);
            if self.options.grouping == Grouping::All && count < rest.len() {
                return Err(Error::Request(format!(
                    "`{}` cannot share a transaction: run without `--transaction all`",
                    rest[count.min(rest.len() - 1)].id()
                )));
            }
            let (group, after) = rest.split_at(count);
            let attempt = self.attempt_group(group).await?;
            most = usize::MAX;
            match attempt {
                Attempt::Applied => rest = after,
                Attempt::AppliedUntil(done) => {
                    rest = &rest[done..];
                    most = 1;
                }
                Attempt::Undone(unit) => most = unit,
                Attempt::Interrupted => return Ok(false),
                Attempt::Failed(failed) => return Err(Error::Migration(failed.error)),
            }
        }
        // A versioned migration that was just applied makes every repeatable one due.
        let repeatables =
            if todo.units.is_empty() { todo.repeatables } else { self.due_repeatables() };
        for unit in &repeatables {
            match self.repeat(unit).await? {
                Attempt::Interrupted => return Ok(false),
                Attempt::Failed(failed) => return Err(Error::Migration(failed.error)),
                Attempt::Applied | Attempt::AppliedUntil(_) | Attempt::Undone(_) => {}
            }
        }
        Ok(true)
    }

    /// Refuses what the server cannot undo where all or nothing was asked for.
    fn check_all_or_nothing(&self) -> Result<()> {
        if self.tables.database.has_transactional_ddl() {
            return Ok(());
        }
        Err(Error::Request(format!(
            "{} commits with every definition, so the run cannot be one transaction: run without \
             `--transaction all`",
            self.tables.database
        )))
    }

    async fn attempt_group(&mut self, group: &[Unit]) -> Result<Attempt> {
        self.attempted = Instant::now();
        let [unit] = group else {
            let all = self.options.grouping == Grouping::All;
            if !self.tables.database.has_transactional_ddl() {
                return self.apply_pipelined(group).await;
            }
            return self.apply_together(group, all).await;
        };
        let retries = unit.directives.retries;
        for attempt in 0..=retries {
            self.attempted = Instant::now();
            let result = self.attempt_one(unit).await?;
            match result {
                // Nothing of it was committed, so trying again is safe.
                Attempt::Failed(failed)
                    if failed.lock_timeout && failed.nothing_left() && attempt < retries =>
                {
                    tokio::time::sleep(backoff(attempt)).await;
                }
                result => return Ok(result),
            }
        }
        Ok(Attempt::Interrupted)
    }

    async fn attempt_one(&mut self, unit: &Unit) -> Result<Attempt> {
        if !is_sql(unit) {
            return self.apply_rust(unit).await;
        }
        let units = std::slice::from_ref(unit);
        if unit.is_transactional(self.tables.database) {
            return self.apply_together(units, false).await;
        }
        if self.tables.database.has_transactional_ddl() || unit.controls_transactions() {
            self.apply_stepwise(unit).await
        } else {
            self.apply_pipelined(units).await
        }
    }

    /// Returns how many of the next units are applied together.
    fn group(&self, rest: &[Unit], fresh: bool) -> usize {
        let database = self.tables.database;
        let may_share = |unit: &&Unit| {
            is_sql(unit)
                && unit.resume_at == 0
                && unit.directives.retries == 0
                && !unit.controls_transactions()
                && (!database.has_transactional_ddl()
                    || (unit.is_transactional(database)
                        && self.leaves_session_alone(unit)
                        && !self.needs_preparation(unit)))
        };
        let sharing = rest.iter().take_while(may_share);
        if !database.has_transactional_ddl() {
            return sharing.count().max(1);
        }
        let bounded = match self.options.grouping {
            Grouping::Each => return 1,
            Grouping::All => return sharing.count().max(1),
            Grouping::Group => true,
            Grouping::Auto => fresh || database == Database::Sqlite,
        };
        if !bounded {
            return 1;
        }
        let bounds = GroupBounds::of(database);
        let (mut statements, mut bytes) = (0, 0);
        let within = sharing.take(bounds.migrations).take_while(|unit| {
            statements += unit.statement_count();
            bytes += unit.statement_bytes();
            statements <= bounds.statements && bytes <= bounds.bytes
        });
        within.count().max(1)
    }

    /// Whether a unit needs the connection prepared: that would change what the others do.
    fn needs_preparation(&self, unit: &Unit) -> bool {
        self.dialect().is_ok_and(|dialect| dialect.needs_preparation(&unit.statements()))
    }

    /// Whether a unit neither changes nor needs session settings: those would reach the next one
    /// in the same transaction.
    fn leaves_session_alone(&self, unit: &Unit) -> bool {
        unit.directives.lock_timeout.is_none()
            && unit.directives.statement_timeout.is_none()
            && !changes_session(&unit.statements(), self.tables.database)
    }

    /// Decides what is to do, and refuses what the policy refuses.
    pub(crate) fn todo(&mut self) -> Result<Todo> {
        let comparison = self.compare();
        let options = self.options;
        let until = self.until.clone();
        let wanted = |entry: &Entry| {
            until.as_ref().is_none_or(|until| entry.version <= *until)
                && options.to.as_ref().is_none_or(|to| entry.version <= *to)
                && options.only.as_ref().is_none_or(|only| entry.version == *only)
        };
        let verdict = self.judge(&comparison, wanted);
        if !verdict.refusals.is_empty() {
            let mut findings = verdict.refusals;
            findings.extend(verdict.warnings);
            return Err(Error::Refused { findings });
        }
        self.report.warnings = verdict.warnings;
        self.check_targets(&comparison)?;
        let (mut units, mut skipped) = (Vec::new(), Vec::new());
        for entry in comparison.entries.iter().filter(|entry| wanted(entry)) {
            if !matches!(entry.state, State::Pending | State::Partial) {
                continue;
            }
            let Some(index) = entry.migration else { continue };
            let unit = self.upgrade_unit(index)?;
            match self.reason_to_skip(&unit) {
                Some(reason) => skipped.push(Skipped {
                    version: unit.version.clone(),
                    name: unit.name.clone(),
                    reason,
                }),
                None => units.push(unit),
            }
        }
        self.unfinished_first(&mut units)?;
        self.check_requirements(&units, &comparison)?;
        let repeatables = match (&options.to, &options.only) {
            (None, None) => self.due_repeatables(),
            // A part of the set was asked for; what rests on all of it waits.
            _ => Vec::new(),
        };
        for unit in units.iter().chain(&repeatables) {
            self.check_runnable(unit, Direction::Upgrade)?;
        }
        Ok(Todo { units, repeatables, skipped })
    }

    /// A migration that was begun has its place in the chain: nothing else may take it.
    fn unfinished_first(&self, units: &mut [Unit]) -> Result<()> {
        let Some(row) = self.history.unfinished().filter(|_| !units.is_empty()) else {
            return Ok(());
        };
        let place = units.iter().position(|unit| unit.version == row.version).ok_or_else(|| {
            Error::Request(format!(
                "`{}` is applied in part: it must be completed before anything else is applied",
                row.id()
            ))
        })?;
        units[..=place].rotate_right(1);
        Ok(())
    }

    /// Refuses statements that the driver cannot run, before anything is changed.
    pub(crate) fn check_runnable(&self, unit: &Unit, direction: Direction) -> Result<()> {
        let dialect = self.dialect()?;
        for (index, statement) in unit.statements().into_iter().enumerate() {
            if let Some(problem) = dialect.cannot_run(statement) {
                let failed = Failed::at_statement(unit, index, direction, problem);
                return Err(Error::Migration(failed.error));
            }
        }
        Ok(())
    }

    fn check_targets(&self, comparison: &Comparison) -> Result<()> {
        for target in [&self.options.to, &self.options.only].into_iter().flatten() {
            if !comparison.entries.iter().any(|entry| entry.version == *target) {
                return Err(Error::Request(format!(
                    "there is no migration of version {target}; `cargo migrate status` lists them"
                )));
            }
        }
        Ok(())
    }

    /// Judges what differs, of what is wanted and is not for other environments only: what is
    /// pending there is neither late nor a hole here.
    pub(super) fn judge(
        &self,
        comparison: &Comparison,
        wanted: impl Fn(&Entry) -> bool,
    ) -> Verdict {
        judge(self.set, &self.history, comparison, |entry| {
            wanted(entry) && self.passed_over(entry).is_none()
        })
    }

    /// Says why a pending migration is none of this environment's.
    pub(super) fn passed_over(&self, entry: &Entry) -> Option<String> {
        let index = entry.migration.filter(|_| entry.state == State::Pending)?;
        // Few are, and reading them all takes its time.
        if !self.set.sources.text(self.set.migrations[index].file).contains("only") {
            return None;
        }
        self.reason_to_skip(&self.upgrade_unit(index).ok()?)
    }

    fn reason_to_skip(&self, unit: &Unit) -> Option<String> {
        let only = &unit.directives.only;
        let here = self.options.environment.as_deref();
        let meant =
            only.is_empty() || here.is_some_and(|here| only.iter().any(|name| name == here));
        (!meant).then(|| match here {
            Some(here) => format!("it is for {} only, this is {here}", only.join(", ")),
            None => format!("it is for {} only, and no environment is named", only.join(", ")),
        })
    }

    /// Every version that a unit requires must be applied, or come before it in this run.
    fn check_requirements(&self, units: &[Unit], comparison: &Comparison) -> Result<()> {
        for (place, unit) in units.iter().enumerate() {
            for required in &unit.directives.requires {
                let version = self.set.version(required.clone());
                let applied = comparison.entries.iter().any(|entry| {
                    entry.version == version
                        && matches!(entry.state, State::Applied | State::Unknown)
                });
                let before = units[..place]
                    .iter()
                    .any(|unit| self.set.version(unit.version.clone()) == version);
                if !applied && !before {
                    return Err(Error::Request(format!(
                        "`{}` requires {required}, which is not applied",
                        unit.id()
                    )));
                }
            }
        }
        Ok(())
    }

    /// Returns the repeatable migrations that are due over the history as it is known.
    fn due_repeatables(&self) -> Vec<Unit> {
        let entries = compare_repeatables(self.set, &self.history);
        let due = entries.iter().filter(|entry| entry.due != Due::Current);
        due.map(|entry| Unit::repeatable(self.set, entry.index)).collect()
    }

    /// Finds out where half applied units go on.
    async fn resume(&mut self, todo: &mut Todo) -> Result<()> {
        for unit in &mut todo.units {
            let row = self.history.unfinished().filter(|row| row.version == unit.version);
            if let Some(row) = row.cloned() {
                self.resume_point(unit, &row).await?;
            }
        }
        Ok(())
    }
}

/// Half a second, doubled each time, at most a quarter of a minute.
fn backoff(attempt: u32) -> Duration {
    Duration::from_millis(500 << attempt.min(5))
}

/// Whether statements set something that outlives them.
fn changes_session(statements: &[&str], database: Database) -> bool {
    statements.iter().any(|statement| {
        let words = migrate_core::sql::significant_words(statement, database, 1);
        matches!(words.first().map(String::as_str), Some("SET" | "RESET"))
            || statement.to_ascii_lowercase().contains("set_config")
    })
}
