//! Statement by statement, under a lock of the session's, with an entry in the journal for each.

use std::time::Instant;

use migrate_core::history::History;

use super::chain::{Chain, now};
use super::failure::{Failed, is_lost};
use super::own_transaction::OwnTransaction;
use super::session::Session;
use super::transactional::Attempt;
use super::unit::Unit;
use crate::driver::{Around, LockScope};
use crate::error::{Error, Result};
use crate::message::{Failure, Message, PartKind};

impl Session<'_> {
    /// Applies one SQL unit statement by statement, under a lock of session scope.
    pub(crate) async fn apply_stepwise(&mut self, unit: &Unit) -> Result<Attempt> {
        if !self.lock_session().await? {
            return Ok(Attempt::Interrupted);
        }
        let result = self.steps(unit).await;
        let unlocked = self.unlock_session().await;
        let attempt = result?;
        unlocked?;
        Ok(attempt)
    }

    async fn steps(&mut self, unit: &Unit) -> Result<Attempt> {
        let chain = Chain::end_of(&self.history);
        let started = now();
        let clock = Instant::now();
        let statements = unit.statements();
        let driver = self.db.driver()?;
        let dialect = driver.dialect();
        let Around { mut before, after } = unit.around(&*dialect);
        let settings = unit.settings_before(unit.resume_at, &*dialect);
        before.extend(settings.into_iter().map(str::to_owned));
        for statement in &before {
            let set = driver.batch(statement.clone(), &mut |_| {}).await;
            set.map_err(Error::server("cannot set up the session"))?;
        }
        let mut row = chain.running_row(unit, unit.resume_at, &self.tables, &started);
        let entry = self.entry(unit, &row);
        self.send_own(entry, "cannot write the journal").await?;
        let mut timings = Vec::new();
        let mut own = OwnTransaction::default();
        for (index, statement) in statements.iter().enumerate().skip(unit.resume_at) {
            self.ensure_locked().await?;
            row = chain.running_row(unit, index + 1, &self.tables, &started);
            let ends = dialect.ends_transaction(statement);
            own.see(index, statement, self.tables.database, ends);
            let begun = Instant::now();
            let entry = vec![self.tables.advance(&row)];
            if let Err(failure) = self.one_step(index, statement, entry, &own).await? {
                let from = own.resumes_at(index);
                return self.stopped(unit, from, &failure).await.map(Attempt::Failed);
            }
            timings.push(begun.elapsed());
        }
        if let Some(from) = own.began() {
            let failure = Failure::unfinished_transaction(from);
            return self.stopped(unit, from, &failure).await.map(Attempt::Failed);
        }
        for statement in &after {
            let reset = self.driver()?.batch(statement.clone(), &mut |_| {}).await;
            reset.map_err(Error::server("cannot restore the session"))?;
        }
        self.complete(unit, &chain, &started, clock.elapsed(), timings).await?;
        Ok(Attempt::Applied)
    }

    /// Leaves a unit that failed, and records where a later run resumes.
    async fn stopped(&mut self, unit: &Unit, from: usize, failure: &Failure) -> Result<Failed> {
        if is_lost(&failure.error) {
            return self.lost(unit, failure);
        }
        self.leave(unit).await?;
        self.journal_failure(unit, from, failure, None).await
    }

    /// Runs one statement and its entry, in one transaction where that can be.
    pub(crate) async fn one_step(
        &mut self,
        index: usize,
        statement: &str,
        entry: Vec<String>,
        own: &OwnTransaction,
    ) -> Result<Result<(), Failure>> {
        let bare = own.concerns() || self.dialect()?.runs_outside_transaction(statement);
        let mut message = Message::default();
        if own.commits() {
            message.all(entry);
            message.statement(0, index, statement);
            return Ok(message.send(self.driver()?).await.map(drop));
        }
        if bare {
            message.statement(0, index, statement);
            if let Err(failure) = message.send(self.driver()?).await {
                if !own.concerns() {
                    self.clear_remains(statement).await;
                }
                return Ok(Err(failure));
            }
            if let Some(problem) = self.verify(statement).await? {
                self.clear_remains(statement).await;
                let error = sqlx::Error::Protocol(problem);
                let kind = Some(PartKind::Statement { unit: 0, index });
                return Ok(Err(Failure::found(kind, error)));
            }
            if own.began().is_some() {
                self.send_own(entry, "cannot write the journal").await?;
            } else {
                self.send_as_one(entry, "cannot write the journal").await?;
            }
            return Ok(Ok(()));
        }
        message.own("BEGIN");
        message.statement(0, index, statement);
        message.all(entry);
        message.own("COMMIT");
        let sent = message.send(self.driver()?).await;
        if sent.is_err() {
            let driver = self.driver()?;
            // The session lock outlives this; `rollback_quietly` would call the session idle.
            let _ = driver.batch("ROLLBACK".to_owned(), &mut |_| {}).await;
        }
        Ok(sent.map(drop))
    }

    /// Clears away what a failed statement left, such as an invalid index; where that cannot be
    /// done, the next attempt says so.
    async fn clear_remains(&mut self, statement: &str) {
        if let Ok(driver) = self.driver()
            && let Err(error) = driver.probe(statement).await
        {
            tracing::warn!(%error, "the remains of a failed statement could not be cleared away");
        }
    }

    async fn verify(&mut self, statement: &str) -> Result<Option<String>> {
        let verified = self.driver()?.verify(statement).await;
        verified.map_err(Error::server("cannot check the statement's effect"))
    }

    /// Takes the session's lock and makes sure that the history is still the known one.
    pub(crate) async fn lock_session(&mut self) -> Result<bool> {
        if !self.tables.database.has_transactional_ddl() {
            // There the lock is always the session's, and held already.
            return Ok(true);
        }
        self.lock(LockScope::Session).await?;
        let found = self.history_now().await?;
        // The head does not tell how far a half applied migration came; its own row does.
        let unfinished = |history: &History| history.unfinished().map(|row| row.seal.clone());
        if found.head_seal() == self.history.head_seal()
            && unfinished(&found) == unfinished(&self.history)
        {
            return Ok(true);
        }
        self.unlock_session().await?;
        Ok(false)
    }

    /// Gives the session's lock back.
    pub(crate) async fn unlock_session(&mut self) -> Result<()> {
        if !self.tables.database.has_transactional_ddl() {
            return Ok(());
        }
        let driver = self.db.driver()?;
        let held = driver.unlock(&self.tables).await;
        let held = held.map_err(Error::server("cannot release the migration lock"))?;
        self.db.set_busy(false);
        if held { Ok(()) } else { Err(Error::LockLost) }
    }

    async fn ensure_locked(&mut self) -> Result<()> {
        let driver = self.db.driver()?;
        let locked = driver.still_locked(&self.tables).await;
        let locked = locked.map_err(Error::server("cannot ask for the migration lock"))?;
        if locked { Ok(()) } else { Err(Error::LockLost) }
    }
}
