//! Connecting, and waiting for what the database does.

use std::future::Future;

use migrate_runtime::{Db, Runner};

use crate::arguments::ConnectionArgs;
use crate::context::Context;
use crate::dotenv;
use crate::error::CommandError;
use crate::open_set::OpenSet;
use crate::target::Target;

impl ConnectionArgs {
    /// Returns the URL: the argument's, the environment's, or that of a `.env` file.
    pub(crate) fn url(&self, target: &Target) -> Result<String, CommandError> {
        if let Some(url) = self.url.as_deref().filter(|url| !url.is_empty()) {
            return Ok(url.to_owned());
        }
        dotenv::variable(&target.directory(), "DATABASE_URL")?.ok_or_else(|| {
            CommandError::usage("no database is named")
                .help("give `--url`, or set `DATABASE_URL` in the environment or in a `.env` file")
        })
    }

    /// Returns the environment's name: the argument's, or the package's default.
    pub(crate) fn environment(&self, target: &Target) -> Option<String> {
        self.environment.clone().or_else(|| target.declared.environment.clone())
    }
}

/// Waits for work on a database; Ctrl-C drops it, which closes its connection: the server rolls
/// back and the lock is free.
pub(crate) fn block_on<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::Internal(format!("cannot start: {error}")))?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = work => result,
            Ok(()) = tokio::signal::ctrl_c() => Err(CommandError::Interrupted),
        }
    });
    // A name that is being looked up on a thread of its own would hold up the end.
    runtime.shutdown_background();
    result
}

/// Asks a database something: connects, asks, and closes the connection.
pub(crate) fn ask<T>(
    context: &Context,
    open: &OpenSet,
    url: &str,
    environment: Option<String>,
    question: impl AsyncFnOnce(&Runner<'_>, &mut Db) -> migrate_runtime::Result<T>,
) -> Result<T, CommandError> {
    let mut runner = Runner::new(open.set());
    if let Some(environment) = environment {
        runner = runner.environment(environment);
    }
    let asked = async {
        let mut db = Db::connect(url).await?;
        let answer = question(&runner, &mut db).await?;
        if let Err(error) = db.close().await {
            context.terminal.warn(format_args!("the connection was not closed: {error}"));
        }
        Ok(answer)
    };
    block_on(async {
        asked.await.map_err(|error| CommandError::runtime(error, &open.set().sources))
    })
}
