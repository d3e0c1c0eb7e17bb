//! Rust migrations: the same order and the same transactions as SQL ones, with the user's
//! function in the middle.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::{Duration, Instant};

use migrate_core::script::directives::read_constant;

use super::chain::Chain;
use super::chain::now;
use super::failure::Failed;
use super::session::Session;
use super::transactional::{Attempt, Records, step};
use super::unit::Unit;
use crate::db::Db;
use crate::embedded::{RustMigration, StepFn};
use crate::error::{Direction, Error, Left, Result};
use crate::events::Event;
use crate::message::Message;
use crate::store::Elapsed;

impl Session<'_> {
    /// Applies a Rust migration.
    pub(crate) async fn apply_rust(&mut self, unit: &Unit) -> Result<Attempt> {
        let step = self.rust_step(unit)?.upgrade;
        if unit.is_transactional(self.tables.database) {
            self.rust_transaction(unit, step).await
        } else {
            self.rust_journaled(unit, step).await
        }
    }

    async fn rust_transaction(&mut self, unit: &Unit, step_fn: StepFn) -> Result<Attempt> {
        let mut message = Message::default();
        if !self.open(&mut message).await? {
            return Ok(Attempt::Interrupted);
        }
        let around = unit.around(&*self.dialect()?);
        message.all(around.before);
        if let Err(failure) = message.send(self.driver()?).await {
            self.rollback_quietly().await;
            if self.driver()?.guard_failed(&failure.error) {
                return Ok(Attempt::Interrupted);
            }
            return Err(Error::server("cannot open a transaction")(failure.error));
        }
        let clock = Instant::now();
        self.emit(&Event::Begun { migration: unit.id() });
        if let Err(error) = call(step_fn, self.db).await {
            self.rollback_quietly().await;
            return self.rust_failed(unit, error, Left::Nothing).await;
        }
        let duration = clock.elapsed();
        let units = std::slice::from_ref(unit);
        let records = Records::of(units, &Chain::end_of(&self.history), self, &[duration]);
        let mut message = Message::default();
        message.all(around.after);
        message.all(records.statements(self, Elapsed::Measured));
        message.own("COMMIT");
        if let Err(failure) = message.send(self.driver()?).await {
            self.rollback_quietly().await;
            return self.rust_failed(unit, failure.error.into(), Left::Nothing).await;
        }
        self.db.set_busy(false);
        self.history.rows.extend(records.rows);
        self.history.head = Some(records.head);
        self.report.applied.push(step(unit, duration, Vec::new()));
        self.emit(&Event::Applied { migration: unit.id(), duration });
        Ok(Attempt::Applied)
    }

    /// Outside a transaction nobody knows how far the function came: it is run again from its
    /// beginning, and has to use guards.
    async fn rust_journaled(&mut self, unit: &Unit, step_fn: StepFn) -> Result<Attempt> {
        if !self.lock_session().await? {
            return Ok(Attempt::Interrupted);
        }
        let chain = Chain::end_of(&self.history);
        let started = now();
        let row = chain.running_row(unit, 0, &self.tables, &started);
        let entry = self.entry(unit, &row);
        self.send_own(entry, "cannot write the journal").await?;
        let around = unit.around(&*self.dialect()?);
        self.send_own(around.before, "cannot set up the session").await?;
        let clock = Instant::now();
        self.emit(&Event::Begun { migration: unit.id() });
        let result = call(step_fn, self.db).await;
        self.send_own(around.after, "cannot restore the session").await?;
        if let Err(error) = result {
            self.history.rows.retain(|known| known.version != unit.version);
            self.history.rows.push(row);
            let attempt = self.rust_failed(unit, error, Left::Statements(0)).await;
            self.unlock_session().await?;
            return attempt;
        }
        self.complete(unit, &chain, &started, clock.elapsed(), Vec::new()).await?;
        self.unlock_session().await?;
        Ok(Attempt::Applied)
    }

    async fn rust_failed(&mut self, unit: &Unit, error: Error, left: Left) -> Result<Attempt> {
        let failed = Failed::of_rust(unit, Direction::Upgrade, left, error);
        self.log_failure(unit, &failed.error.message).await;
        Ok(Attempt::Failed(failed))
    }

    /// Finds the functions that the embedded set has for a unit.
    pub(crate) fn rust_step(&self, unit: &Unit) -> Result<&RustMigration> {
        let version = self.set.version(unit.version.clone());
        let found = self.set.migrations.binary_search_by(|other| other.version.cmp(&version)).ok();
        let compiled = found.and_then(|index| self.compiled(index));
        compiled.ok_or_else(|| {
            Error::Request(format!(
                "`{}` is written in Rust and was not compiled in: run it with the program that \
                 embeds the set, or with `cargo migrate run` inside its package",
                unit.id()
            ))
        })
    }

    /// Finds the compiled functions of a migration of the set.
    pub(crate) fn compiled(&self, index: usize) -> Option<&RustMigration> {
        let path = &self.set.sources.file(self.set.migrations[index].file).path;
        self.rust.iter().find(|step| step.path == path)
    }

    /// Makes the upgrade of a migration ready.
    pub(crate) fn upgrade_unit(&self, index: usize) -> Result<Unit> {
        let mut unit = Unit::upgrade(self.set, index)?;
        if let Some(compiled) = self.compiled(index) {
            // The runtime has no parser for Rust: the macro read the constant.
            unit.directives = read_constant(compiled.directives);
        }
        Ok(unit)
    }

    /// Rolls back a Rust migration inside a transaction that is open.
    pub(crate) async fn rust_downgrade(&mut self, unit: &Unit) -> Result<Duration> {
        let step_fn = self.rust_step(unit)?.downgrade.map_err(|reason| {
            Error::Request(format!("`{}` is irreversible: {reason}", unit.id()))
        })?;
        let clock = Instant::now();
        call(step_fn, self.db).await?;
        Ok(clock.elapsed())
    }
}

/// Calls a user's function. That it panics is an error as any other: the transaction is rolled
/// back, the failure is logged, and the lock is free.
async fn call(step_fn: StepFn, db: &mut Db) -> Result<()> {
    let mut step = step_fn(db);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| step.as_mut().poll(context)))
            .unwrap_or_else(|payload| Poll::Ready(Err(panicked(payload.as_ref()))))
    })
    .await
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    Error::other(format!("it panicked: {}", text.unwrap_or("without a message")))
}
