//! What can be done with a set and a connection. The order of steps is written here, once for
//! all servers.

mod chain;
mod downgrade;
mod ends;
mod failure;
mod inspect;
mod journal;
mod operation;
mod options;
mod own_transaction;
mod pipeline;
mod redo;
mod rollback;
mod rust;
mod session;
mod stepwise;
mod transactional;
mod unit;
mod upgrade;
mod verdict;

use std::time::Duration;

use migrate_core::policy::{Decision, PolicyError, Situation};
use migrate_core::set::MigrationSet;

pub use inspect::{EventEntry, MigrationStatus, Plan, PlannedMigration, RepeatableStatus, Status};
pub use operation::{Operation, Outcome};
pub use options::{Grouping, Interrupted};
pub use rollback::RollbackTo;

use crate::connect::Connect;
use crate::db::Db;
use crate::embedded::RustMigration;
use crate::error::Result;
use crate::events::Event;
use crate::report::Report;
use options::Options;
use session::Session;

/// Does things with a set on a connection.
///
/// ```no_run
/// # #[cfg(feature = "sqlite")]
/// # async fn start(db: &mut migrate_runtime::Db, set: &migrate_core::set::MigrationSet) -> migrate_runtime::Result<()> {
/// use migrate_runtime::{Grouping, Runner};
///
/// let runner = Runner::new(set).transaction(Grouping::Each);
/// let status = runner.status(db).await?;
/// if status.pending() > 0 {
///     runner.run(db).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Runner<'s> {
    set: std::borrow::Cow<'s, MigrationSet>,
    rust: &'s [RustMigration],
    options: Options,
}

impl<'s> Runner<'s> {
    /// Creates a runner for a set without Rust migrations.
    pub fn new(set: &'s MigrationSet) -> Self {
        Runner::with_rust(set, &[])
    }

    /// Creates a runner for a set whose Rust migrations are compiled in.
    pub(crate) fn with_rust(set: &'s MigrationSet, rust: &'s [RustMigration]) -> Self {
        Runner { set: std::borrow::Cow::Borrowed(set), rust, options: Options::default() }
    }

    /// Chooses how migrations share transactions.
    #[must_use]
    pub fn transaction(mut self, grouping: Grouping) -> Self {
        self.options.grouping = grouping;
        self
    }

    /// Sets how long to wait for the migration lock; 60 seconds unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.options.patience = patience;
        self
    }

    /// Applies nothing that is newer than `version`.
    #[must_use]
    pub fn to(mut self, version: impl Into<String>) -> Self {
        self.options.to = Some(self.set.version(version.into()));
        self
    }

    /// Applies `version` alone.
    #[must_use]
    pub fn only(mut self, version: impl Into<String>) -> Self {
        self.options.only = Some(self.set.version(version.into()));
        self
    }

    /// Names the environment: migrations that are for others alone are passed over.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.options.environment = Some(environment.into());
        self
    }

    /// Says what became of a statement that was interrupted, where the server cannot tell.
    #[must_use]
    pub fn interrupted(mut self, interrupted: Interrupted) -> Self {
        self.options.interrupted = Some(interrupted);
        self
    }

    /// Rolls back drafts that were changed after they were applied, and applies them anew.
    #[must_use]
    pub fn redo_drafts(mut self, redo: bool) -> Self {
        self.options.redo_drafts = redo;
        self
    }

    /// Changes a line of the policy table.
    pub fn policy(
        mut self,
        situation: Situation,
        decision: Decision,
    ) -> std::result::Result<Self, PolicyError> {
        self.set.to_mut().settings.policy.set(situation, decision)?;
        Ok(self)
    }

    /// Changes where the history is kept.
    #[must_use]
    pub fn history_schema(mut self, schema: impl Into<String>) -> Self {
        self.set.to_mut().settings.history.schema = Some(schema.into());
        self
    }

    /// Says what messages put before the paths of migrations.
    #[cfg(feature = "runner")]
    pub(crate) fn rooted(mut self, root: &str) -> Self {
        root.clone_into(&mut self.set.to_mut().sources.root);
        self
    }

    /// Returns the set.
    pub fn set(&self) -> &MigrationSet {
        &self.set
    }

    /// Connects, applies what is pending, and closes the connection or gives it back.
    pub async fn run_on(&self, target: impl Connect) -> Result<Report> {
        let mut db = target.connect().await?;
        let result = self.run(&mut db).await;
        let closed = db.close().await;
        let report = result?;
        closed?;
        Ok(report)
    }

    /// Applies what is pending.
    ///
    /// With nothing to do this is one round trip: no lock is taken and no right but SELECT needed.
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) when set and history differ in a way that the policy refuses;
    /// [`Error::Migration`](crate::Error::Migration) when a migration failed; what was applied before it stays,
    /// unless the run is one transaction.
    pub async fn run(&self, db: &mut Db) -> Result<Report> {
        self.perform(db, &Operation::Run).await.into_result()
    }

    /// Rolls back applied migrations, newest application first.
    ///
    /// The downgrade is the set's own where the file is unchanged since it was applied, else the one
    /// stored beside the history row.
    pub async fn rollback(&self, db: &mut Db, to: RollbackTo) -> Result<Report> {
        self.perform(db, &Operation::Rollback(to)).await.into_result()
    }

    /// Rolls back the last `count` migrations and applies them again; newer ones stay pending.
    pub async fn redo(&self, db: &mut Db, count: usize) -> Result<Report> {
        self.perform(db, &Operation::Redo(count)).await.into_result()
    }

    /// Does any of these, and tells what was done even if it failed half way.
    pub async fn perform(&self, db: &mut Db, operation: &Operation) -> Outcome {
        let mut session = match self.session(db) {
            Ok(session) => session,
            Err(error) => return Outcome { report: Report::default(), error: Some(error) },
        };
        let result = match operation {
            Operation::Run => session.upgrade().await,
            Operation::Rollback(to) => session.rollback(to).await,
            Operation::Redo(count) => session.redo(*count).await,
            Operation::CreateHistory => session.prepare().await,
        };
        match result {
            Ok(()) => Outcome { report: session.finish().await, error: None },
            Err(error) => Outcome { report: session.abort().await, error: Some(error) },
        }
    }

    fn session<'r>(&'r self, db: &'r mut Db) -> Result<Session<'r>> {
        Session::new(db, &self.set, self.rust, &self.options)
    }

    /// Reads the state of every migration; changes nothing and needs no right but SELECT.
    pub async fn status(&self, db: &mut Db) -> Result<Status> {
        self.session(db)?.status().await
    }

    /// Returns what [`Runner::run`] would do, with its SQL; changes nothing.
    pub async fn plan(&self, db: &mut Db) -> Result<Plan> {
        self.session(db)?.plan().await
    }

    /// Returns what [`Runner::rollback`] would undo, in its order, with the SQL; changes nothing.
    pub async fn plan_rollback(
        &self,
        db: &mut Db,
        to: &RollbackTo,
    ) -> Result<Vec<PlannedMigration>> {
        self.session(db)?.plan_rollback(to).await
    }

    /// Reads the newest entries of the event log, newest first.
    pub async fn log(&self, db: &mut Db, limit: u32) -> Result<Vec<EventEntry>> {
        self.session(db)?.log(limit).await
    }

    /// Reads the stored downgrade of an applied migration.
    pub async fn stored_downgrade(&self, db: &mut Db, version: &str) -> Result<Option<String>> {
        let mut session = self.session(db)?;
        session.stored_downgrade(version).await
    }
}

impl Db {
    /// Calls `observer` with what happens during runs on this connection.
    pub fn observe(&mut self, observer: impl FnMut(&Event) + Send + 'static) {
        self.observer = Some(Box::new(observer));
    }
}
