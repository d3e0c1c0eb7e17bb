//! A run in progress: the connection, the history as it is known, and what was done so far.

use std::sync::Arc;
use std::time::{Duration, Instant};

use migrate_core::history::{Comparison, History, compare};
use migrate_core::set::MigrationSet;
use migrate_core::version::Version;
use rand_free::jitter;

use super::options::Options;
use crate::db::Db;
use crate::driver::{Dialect, Driver, LockScope};
use crate::embedded::RustMigration;
use crate::error::{Error, Result};
use crate::events::{Event, emit};
use crate::report::Report;
use crate::store::{Actor, Record, Tables};

/// How often the lock is tried while another process has it.
const POLL: Duration = Duration::from_millis(50);

/// A run in progress.
pub(crate) struct Session<'r> {
    pub(crate) db: &'r mut Db,
    pub(crate) set: &'r MigrationSet,
    pub(crate) rust: &'r [RustMigration],
    pub(crate) options: &'r Options,
    /// The tables; qualified once the lock was taken.
    pub(crate) tables: Tables,
    /// The history as it was last read or written by this run.
    pub(crate) history: History,
    /// Whether the history table exists.
    pub(crate) exists: bool,
    pub(crate) actor: Actor,
    pub(crate) report: Report,
    /// The newest version that is to be applied, where a redo goes no further than it went back.
    pub(crate) until: Option<Version>,
    /// When the migration that is under way was begun.
    pub(crate) attempted: Instant,
    started: Instant,
}

impl<'r> Session<'r> {
    pub(crate) fn new(
        db: &'r mut Db,
        set: &'r MigrationSet,
        rust: &'r [RustMigration],
        options: &'r Options,
    ) -> Result<Self> {
        let database = set.settings.database;
        if db.database() != database {
            let connected = db.database();
            return Err(Error::Request(format!(
                "the set is written for {database}, the connection is to {connected}: give the URL of a \
                 {database} database, or correct `database` in the set's settings"
            )));
        }
        let tables = Tables::of(&set.settings);
        Ok(Session {
            db,
            set,
            rust,
            options,
            tables,
            history: History::default(),
            exists: false,
            actor: Actor::default(),
            report: Report::default(),
            until: None,
            attempted: Instant::now(),
            started: Instant::now(),
        })
    }

    pub(crate) fn driver(&mut self) -> Result<&mut dyn Driver> {
        self.db.driver()
    }

    pub(crate) fn dialect(&self) -> Result<Arc<dyn Dialect>> {
        Ok(self.db.driver_ref()?.dialect())
    }

    pub(crate) fn emit(&mut self, event: &Event) {
        emit(&mut self.db.observer, event);
    }

    /// Reads the history in one round trip; a missing table is an empty history.
    pub(crate) async fn read(&mut self) -> Result<()> {
        if self.db.is_busy() {
            self.recover().await?;
        }
        match self.db.history(&self.tables).await? {
            Ok(history) => {
                self.history = history;
                self.exists = true;
            }
            Err(error) if self.driver()?.is_missing_table(&error) => {
                self.history = History::default();
                self.exists = false;
            }
            Err(error) => return Err(Error::server("cannot read the history")(error)),
        }
        Ok(())
    }

    /// Returns the history as it is under a lock that was just taken.
    pub(crate) async fn history_now(&mut self) -> Result<History> {
        let read = self.db.fresh_history(&self.tables).await?;
        read.map_err(Error::server("cannot read the history"))
    }

    /// Ends what an earlier use of this connection left open when it was cut off.
    async fn recover(&mut self) -> Result<()> {
        self.rollback_quietly().await;
        self.resolve_tables().await?;
        let driver = self.db.driver()?;
        let restored = driver.after_transaction().await;
        restored.map_err(Error::server("cannot restore the connection"))?;
        // It may hold the session's lock; where it does not, the server says so and no more.
        let released = driver.unlock(&self.tables).await;
        released.map_err(Error::server("cannot release the migration lock"))?;
        self.db.set_busy(false);
        self.db.set_altered(false);
        Ok(())
    }

    /// Finds out where unqualified names lead.
    async fn resolve_tables(&mut self) -> Result<()> {
        let set = self.tables.set.clone();
        let resolved = self.db.driver()?.resolve(&self.set.settings.history).await;
        self.tables = resolved.map_err(Error::server("cannot find the history's schema"))?;
        self.tables.set = set;
        Ok(())
    }

    /// Compares the set with the history as it is known.
    pub(crate) fn compare(&self) -> Comparison {
        compare(self.set, &self.history)
    }

    /// Waits for the lock, creates what is missing, and reads the history again.
    ///
    /// With a lock that belongs to a transaction, the lock is free again afterwards: every
    /// transaction that follows takes it anew and checks that the history is still this one.
    pub(crate) async fn prepare(&mut self) -> Result<()> {
        self.resolve_tables().await?;
        self.lock(LockScope::Transaction).await?;
        self.settle().await
    }

    /// Creates the tables and the head row where they are missing and reads the history, under
    /// a lock that was just taken.
    async fn settle(&mut self) -> Result<()> {
        if !self.exists {
            // Another process may have created them since; inside a transaction an error would
            // end it, so ask first.
            // Without a schema it is `SQLite`'s own: elsewhere it is known by now.
            let schema = self.tables.schema.as_deref().unwrap_or("main");
            let name = format!("{schema}.{}", self.tables.name);
            let table = crate::driver::Existing::Table(&name);
            let driver = self.db.driver()?;
            let found = driver
                .exists(&table)
                .await
                .map_err(Error::server("cannot look for the history"))?;
            if !found {
                let create = driver.create_tables(&self.tables);
                let created = driver.batch(create, &mut |_| {}).await;
                created.map_err(Error::server("cannot create the history tables"))?;
            }
        }
        self.history = self.history_now().await?;
        self.exists = true;
        if self.history.head.is_none() && self.history.is_empty() {
            let head = self.tables.head(migrate_core::history::GENESIS, 0, "");
            let insert = self.tables.insert(&[Record::of(&head)]);
            let inserted = self.driver()?.batch(insert, &mut |_| {}).await;
            inserted.map_err(Error::server("cannot write the history"))?;
            self.history.head = Some(head);
        }
        self.commit().await?;
        if self.actor.client.is_empty() {
            let driver = self.db.driver()?;
            let version = driver
                .version()
                .await
                .map_err(Error::server("cannot ask for the server's version"))?;
            self.actor = Actor {
                client: crate::client::description(),
                tool_version: env!("CARGO_PKG_VERSION").to_owned(),
                server_version: version,
            };
        }
        self.log_unlogged().await
    }

    /// Takes the lock, trying again until the patience is at its end.
    ///
    /// # Errors
    /// [`Error::LockHeld`] when another process keeps it that long.
    pub(crate) async fn lock(&mut self, scope: LockScope) -> Result<()> {
        let start = Instant::now();
        let mut told = false;
        loop {
            self.db.set_busy(true);
            let driver = self.db.driver()?;
            let locked = driver.try_lock(&self.tables, scope, self.options.patience).await;
            if locked.map_err(Error::server("cannot take the migration lock"))? {
                return Ok(());
            }
            if scope == LockScope::Transaction {
                self.db.set_busy(false);
            }
            let waited = start.elapsed();
            if !told || waited >= self.options.patience {
                let holder = self.holder().await;
                if waited >= self.options.patience {
                    return Err(Error::LockHeld { holder, waited });
                }
                self.emit(&Event::Waiting { holder });
                told = true;
            }
            let rest = self.options.patience.saturating_sub(start.elapsed());
            tokio::time::sleep(jitter(POLL).min(rest)).await;
        }
    }

    async fn holder(&mut self) -> String {
        let Ok(driver) = self.db.driver() else { return String::new() };
        let holder = driver.holder(&self.tables).await.ok().flatten();
        holder.unwrap_or_else(|| "another process".to_owned())
    }

    /// Commits, on servers where a transaction is open after the lock was taken.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        if self.tables.database.has_transactional_ddl() {
            let committed = self.driver()?.batch("COMMIT".to_owned(), &mut |_| {}).await;
            committed.map_err(Error::server("cannot commit"))?;
            self.db.set_busy(false);
        }
        Ok(())
    }

    /// Rolls back whatever is open; an error here says nothing that the first one did not.
    pub(crate) async fn rollback_quietly(&mut self) {
        if let Ok(driver) = self.db.driver()
            && driver.batch("ROLLBACK".to_owned(), &mut |_| {}).await.is_ok()
            && self.tables.database.has_transactional_ddl()
        {
            self.db.set_busy(false);
        }
    }

    /// Prepares the connection before a transaction opens, where its statements need that.
    pub(crate) async fn before_transaction(&mut self, prepared: bool) -> Result<()> {
        if !prepared {
            return Ok(());
        }
        self.db.set_altered(true);
        let before = self.driver()?.before_transaction().await;
        before.map_err(Error::server("cannot prepare the connection"))
    }

    /// Undoes [`Session::before_transaction`].
    pub(crate) async fn after_transaction(&mut self, prepared: bool) -> Result<()> {
        if !prepared {
            return Ok(());
        }
        let after = self.driver()?.after_transaction().await;
        after.map_err(Error::server("cannot restore the connection"))?;
        self.db.set_altered(false);
        Ok(())
    }

    /// Ends the run: releases what is held for its whole length, and closes the report.
    pub(crate) async fn finish(mut self) -> Report {
        self.release().await;
        self.report.duration = self.started.elapsed();
        let event = Event::Completed {
            applied: self.report.applied.len() + self.report.repeated.len(),
            reverted: self.report.reverted.len(),
            duration: self.report.duration,
        };
        self.emit(&event);
        self.report
    }

    /// Ends a run that failed: as [`Session::finish`], without the word that it is complete.
    pub(crate) async fn abort(mut self) -> Report {
        self.release().await;
        self.report.duration = self.started.elapsed();
        self.report
    }

    /// Releases a lock that outlives its transaction.
    pub(crate) async fn release(&mut self) {
        if self.tables.database.has_transactional_ddl() || !self.db.is_busy() {
            return;
        }
        // An entry's transaction may be open still.
        self.rollback_quietly().await;
        let Ok(driver) = self.db.driver() else { return };
        // A lock that cannot be released dies with the connection, which `busy` sees to.
        if driver.unlock(&self.tables).await.is_ok() {
            self.db.set_busy(false);
        }
    }
}

/// Enough chance to keep two waiting processes from asking in step; no crate for one number.
mod rand_free {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    pub(super) fn jitter(base: Duration) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let share = (now.subsec_nanos() ^ std::process::id()) % 1000;
        base + base.mul_f64(f64::from(share) / 1000.0)
    }
}
