//! Arguments that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use migrate_core::database::Database;

/// Which set is meant.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which set")]
#[expect(clippy::doc_markdown, reason = "help is read as it stands, not as Markdown")]
pub(crate) struct TargetArgs {
    /// Folder of migrations; no package is looked for
    #[arg(long, value_name = "DIR", conflicts_with = "package")]
    pub(crate) dir: Option<PathBuf>,
    /// Kind of database: `postgres`, `mysql` (also for MariaDB) or `sqlite`
    ///
    /// Unless given, Cargo.toml, the lock file or the scheme of the URL tells it.
    #[arg(long, value_name = "KIND")]
    pub(crate) database: Option<Database>,
    /// Package whose migrations are meant, instead of the one around the current directory
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Name of the set, where a package has several
    #[arg(long, value_name = "NAME")]
    pub(crate) set: Option<String>,
}

/// Which database is meant.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which database")]
pub(crate) struct ConnectionArgs {
    /// URL of the database; unless given, `DATABASE_URL` of the environment or of a `.env` file
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// Name of the environment, for migrations that are `only=` for some
    #[arg(long, value_name = "NAME", env = "MIGRATION_ENVIRONMENT", hide_env_values = true)]
    pub(crate) environment: Option<String>,
}

/// What every command that changes a database takes.
#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    /// How long to wait for the migration lock, such as `5m`; one minute unless given
    #[arg(long, value_name = "DURATION", alias = "timeout", value_parser = humantime::parse_duration)]
    pub(crate) wait: Option<Duration>,
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}

/// How to speak.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Form of the output: text for people, or one JSON object for programs
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Print nothing but errors and what was asked for
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one object, documented in `docs/json.md`.
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
