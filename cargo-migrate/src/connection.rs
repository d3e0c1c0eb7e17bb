//! Connecting, and waiting for what the database does.

use std::thread::{self, JoinHandle};

use migrate_core::database::Database;
use migrate_core::load;
use migrate_core::settings::Settings;
use migrate_runtime::{Db, Runner};
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{ChangeArgs, ConnectionArgs};
use crate::context::Context;
use crate::error::CommandError;
use crate::interrupt::until_interrupted;
use crate::open_set::OpenSet;
use crate::target::Target;

/// A `SQLite` database that holds nothing.
const EMPTY: &str = "sqlite::memory:";

impl ConnectionArgs {
    /// Returns the way to the database, by [`ConnectionArgs::url`].
    pub(crate) fn link(&self, target: &Target) -> Result<Link, CommandError> {
        Link::new(self.url(target)?)
    }

    /// Returns the URL: the argument's, the environment's, or that of a `.env` file.
    pub(crate) fn url(&self, target: &Target) -> Result<String, CommandError> {
        if let Some(url) = self.url.as_deref().filter(|url| !url.is_empty()) {
            return Ok(url.to_owned());
        }
        target.url()?.ok_or_else(|| {
            CommandError::usage("no database is named")
                .help("give `--url`, or set `DATABASE_URL` in the environment or in a `.env` file")
        })
    }

    /// Returns the environment's name: the argument's, or the package's default.
    pub(crate) fn environment(&self, target: &Target) -> Option<String> {
        self.environment.clone().or_else(|| target.declared.environment.clone())
    }
}

impl ChangeArgs {
    /// Reads the set that is to be run, and begins to connect.
    pub(crate) fn open(&self, context: &Context) -> Result<(OpenSet, Link), CommandError> {
        let target = Target::find(context, &self.target)?;
        let mut link = self.connection.link(&target)?;
        let open = link.read(target)?;
        Ok((open, link))
    }
}

/// The database that a command works on: the connection is opened while the set is read.
pub(crate) struct Link {
    url: String,
    /// Not here while a connection is being opened with it. Taken by [`Drop`] for good.
    runtime: Option<Runtime>,
    opening: Option<JoinHandle<(Runtime, Opened)>>,
}

/// A connection and what was read of its history; `None` where a file does not exist.
type Opened = migrate_runtime::Result<Option<Db>>;

impl Link {
    /// Gets ready to connect.
    pub(crate) fn new(url: String) -> Result<Self, CommandError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| CommandError::Internal(format!("cannot start: {error}")))?;
        Ok(Link { url, runtime: Some(runtime), opening: None })
    }

    /// Returns the URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Reads the set; connects and reads the history meanwhile, on a thread of its own: a server
    /// that is woken takes the processor from who woke it, and the other one reads on.
    pub(crate) fn read(&mut self, target: Target) -> Result<OpenSet, CommandError> {
        if let Some(runtime) = self.runtime.take() {
            let url = self.url.clone();
            // Where they turn out to be others, the history is read once more.
            let settings = load::settings_in(&target.folder)
                .or_else(|| Database::from_url(&url).map(Settings::new));
            let open = async move {
                let mut db = Db::connect_existing(&url).await?;
                if let (Some(db), Some(settings)) = (&mut db, settings) {
                    db.read_ahead(&settings).await;
                }
                Ok(db)
            };
            self.opening = Some(thread::spawn(move || {
                let opened = runtime.block_on(open);
                (runtime, opened)
            }));
        }
        OpenSet::read(target, Some(&self.url)).inspect(|open| {
            open.stamped();
        })
    }

    /// Waits for the connection that is being opened, where one is.
    fn opened(&mut self) -> Result<Option<Opened>, CommandError> {
        let Some(opening) = self.opening.take() else { return Ok(None) };
        // A file is opened in less time than it takes to get ready for Ctrl-C.
        let is_file = Database::from_url(&self.url) == Some(Database::Sqlite);
        let joined = if is_file || opening.is_finished() {
            opening.join()
        } else {
            until_interrupted(|| opening.join())?.ok_or(CommandError::Interrupted)?
        };
        let (runtime, opened) = joined.unwrap_or_else(|failed| std::panic::resume_unwind(failed));
        self.runtime = Some(runtime);
        Ok(Some(opened))
    }

    /// Waits for work on the database; Ctrl-C drops it, which closes its connection: the server
    /// rolls back and the lock is free.
    pub(crate) fn block_on<T>(
        &mut self,
        work: impl AsyncFnOnce(Opening<'_>) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let opened = self.opened()?;
        let opening = Opening { url: &self.url, opened };
        let Some(runtime) = &self.runtime else { return Err(CommandError::Interrupted) };
        runtime.block_on(async {
            tokio::select! {
                result = work(opening) => result,
                Ok(()) = tokio::signal::ctrl_c() => Err(CommandError::Interrupted),
            }
        })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // A name that is being looked up on a thread of its own would hold up the end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The connection that was opened while the set was read, or one that is still to be opened.
pub(crate) struct Opening<'l> {
    url: &'l str,
    opened: Option<Opened>,
}

impl Opening<'_> {
    /// Returns the connection; a missing file is created.
    pub(crate) async fn db(self) -> migrate_runtime::Result<Db> {
        let url = self.url;
        match self.existing().await? {
            Some(db) => Ok(db),
            None => Db::connect(url).await,
        }
    }

    /// Returns the connection; a missing file is read as an empty database.
    async fn db_to_read(self) -> migrate_runtime::Result<Db> {
        match self.existing().await? {
            Some(db) => Ok(db),
            None => Db::connect(EMPTY).await,
        }
    }

    async fn existing(self) -> Opened {
        match self.opened {
            Some(opened) => opened,
            None => Db::connect_existing(self.url).await,
        }
    }
}

/// Asks a database something: connects, asks, and closes the connection.
pub(crate) fn ask<T>(
    context: &Context,
    open: &OpenSet,
    link: &mut Link,
    environment: Option<String>,
    question: impl AsyncFnOnce(&Runner<'_>, &mut Db) -> migrate_runtime::Result<T>,
) -> Result<T, CommandError> {
    let mut runner = Runner::new(open.set());
    if let Some(environment) = environment {
        runner = runner.environment(environment);
    }
    link.block_on(async |opening| {
        let asked = async {
            let mut db = opening.db_to_read().await?;
            let answer = question(&runner, &mut db).await?;
            if let Err(error) = db.close().await {
                context.terminal.warn(format_args!("the connection was not closed: {error}"));
            }
            Ok(answer)
        };
        asked.await.map_err(|error| CommandError::runtime(error, &open.set().sources))
    })
}
