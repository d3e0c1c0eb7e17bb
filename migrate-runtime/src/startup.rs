//! Running at a service's start-up, as the environment says.

use std::time::Duration;

use crate::connect::Connect;
use crate::embedded::Migrations;
use crate::error::{Error, Result};
use crate::report::Report;
use crate::runner::{Operation, Outcome};

/// What the environment says about migrations at start-up.
///
/// | variable | meaning | unless set |
/// | --- | --- | --- |
/// | `MIGRATION_AUTO_RUN` | whether to run at all | `true` |
/// | `MIGRATION_SKIP` | whether to pass over this start | `false` |
/// | `MIGRATION_TIMEOUT` | how long a run may take, such as `5m`; a bare number is seconds | no limit |
/// | `MIGRATION_NONFATAL` | whether a failure is reported and not returned | `false` |
/// | `MIGRATION_ENVIRONMENT` | the environment's name, for `only=` directives | none |
/// | `DATABASE_SCHEMA` | schema of the history table | the connection's own |
/// | `DATABASE_URL`, `DATABASE_SSL` | where [`Startup::run_from_env`] connects, and whether it must be encrypted | none, `prefer` |
///
/// A variable that is set to something else is an error: a typing mistake must not switch
/// migrations off.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Startup {
    /// Whether to run.
    pub run: bool,
    /// How long a run may take.
    pub timeout: Option<Duration>,
    /// Whether a failure is reported in [`Report::failure`] instead of returned.
    pub nonfatal: bool,
    /// The environment's name.
    pub environment: Option<String>,
    /// Schema of the history table.
    pub schema: Option<String>,
}

impl Startup {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`Error::Setting`] when a variable has a value that is none of those it may have.
    pub fn from_env() -> Result<Self> {
        Startup::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let flag = |name: &str, default: bool| match set(name) {
            None => Ok(default),
            Some(value) => match value.trim().to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "on" => Ok(true),
                "0" | "false" | "no" | "off" => Ok(false),
                _ => {
                    Err(Error::Setting(format!("{name} is `{value}`: it may be `true` or `false`")))
                }
            },
        };
        let timeout = set("MIGRATION_TIMEOUT").map(|value| parse_duration(&value)).transpose()?;
        Ok(Startup {
            run: flag("MIGRATION_AUTO_RUN", true)? && !flag("MIGRATION_SKIP", false)?,
            timeout,
            nonfatal: flag("MIGRATION_NONFATAL", false)?,
            environment: set("MIGRATION_ENVIRONMENT"),
            schema: set("DATABASE_SCHEMA"),
        })
    }

    /// Runs a set as these settings say.
    pub async fn run(&self, migrations: &Migrations, target: impl Connect) -> Result<Report> {
        if !self.run {
            return Ok(skipped());
        }
        let stopped = |error| Outcome { report: Report::default(), error: Some(error) };
        let outcome = self.run_in_time(migrations, target).await.unwrap_or_else(stopped);
        match outcome.error {
            None => Ok(outcome.report),
            Some(error) if self.nonfatal => {
                tracing::error!(%error, "db_migration_failed");
                // What came before the failure is applied all the same.
                Ok(Report { failure: Some(error.to_string()), ..outcome.report })
            }
            Some(error) => Err(error),
        }
    }

    /// Connects to `DATABASE_URL` and runs a set as these settings say; for an init container.
    ///
    /// # Errors
    /// [`Error::Setting`] when `DATABASE_URL` is not set.
    pub async fn run_from_env(&self, migrations: &Migrations) -> Result<Report> {
        if !self.run {
            return Ok(skipped());
        }
        let url = std::env::var("DATABASE_URL")
            .map_err(|_| Error::Setting("DATABASE_URL is not set".to_owned()))?;
        let url = with_ssl(&url, std::env::var("DATABASE_SSL").ok().as_deref())?;
        self.run(migrations, &url).await
    }

    async fn run_in_time(&self, migrations: &Migrations, target: impl Connect) -> Result<Outcome> {
        for difference in migrations.differences_from_folder() {
            tracing::warn!(%difference, "the migrations folder differs from the embedded set");
        }
        let mut runner = migrations.runner()?;
        if let Some(environment) = &self.environment {
            runner = runner.environment(environment);
        }
        if let Some(schema) = &self.schema {
            runner = runner.history_schema(schema);
        }
        let run = async {
            let mut db = target.connect().await?;
            let outcome = runner.perform(&mut db, &Operation::Run).await;
            let closed = db.close().await;
            if outcome.error.is_none() {
                closed?;
            }
            Ok(outcome)
        };
        match self.timeout {
            // Dropping the run closes its connection: the server rolls back and the lock is free.
            Some(timeout) => {
                tokio::time::timeout(timeout, run).await.unwrap_or(Err(Error::Timeout(timeout)))
            }
            None => run.await,
        }
    }
}

fn skipped() -> Report {
    tracing::info!("db_migration_skipped");
    Report::default()
}

fn parse_duration(value: &str) -> Result<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    humantime::parse_duration(value).map_err(|_| {
        Error::Setting(format!(
            "MIGRATION_TIMEOUT is `{value}`: write a duration such as `90s` or `5m`"
        ))
    })
}

/// Adds what `DATABASE_SSL` asks for to a URL that does not say itself.
fn with_ssl(url: &str, ssl: Option<&str>) -> Result<String> {
    let Some(ssl) = ssl.map(str::trim).filter(|ssl| !ssl.is_empty()) else {
        return Ok(url.to_owned());
    };
    let mode = match ssl.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" | "require" => "require",
        "0" | "false" | "no" | "off" | "disable" => "disable",
        "prefer" => "prefer",
        "verify-ca" => "verify-ca",
        "verify-full" => "verify-full",
        _ => {
            return Err(Error::Setting(format!(
                "DATABASE_SSL is `{ssl}`: it may be `require`, `disable`, `prefer`, `verify-ca` or \
                 `verify-full`"
            )));
        }
    };
    let (key, mode) = match migrate_core::database::Database::from_url(url) {
        Some(migrate_core::database::Database::Postgres) => ("sslmode", mode.to_owned()),
        Some(migrate_core::database::Database::Mysql) => ("ssl-mode", mysql_mode(mode).to_owned()),
        _ => return Ok(url.to_owned()),
    };
    if url.contains("sslmode=") || url.contains("ssl-mode=") {
        return Ok(url.to_owned());
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{separator}{key}={mode}"))
}

/// Source: `MySQL` 8.4 manual, "Command Options for Encrypted Connections", `--ssl-mode`.
fn mysql_mode(mode: &str) -> &'static str {
    match mode {
        "require" => "REQUIRED",
        "disable" => "DISABLED",
        "verify-ca" => "VERIFY_CA",
        "verify-full" => "VERIFY_IDENTITY",
        _ => "PREFERRED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn startup(variables: &[(&str, &str)]) -> Result<Startup> {
        Startup::from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_runs() {
        let found = startup(&[("MIGRATION_SKIP", "")]).unwrap();
        assert!(found.run && !found.nonfatal && found.timeout.is_none());
    }

    #[test]
    fn variables_are_read() {
        assert!(!startup(&[("MIGRATION_AUTO_RUN", "false")]).unwrap().run);
        assert!(!startup(&[("MIGRATION_SKIP", "1")]).unwrap().run);
        let timeout = |value| startup(&[("MIGRATION_TIMEOUT", value)]).unwrap().timeout;
        assert_eq!(timeout("90"), Some(Duration::from_secs(90)));
        assert_eq!(timeout("5m"), Some(Duration::from_mins(5)));
    }

    #[test]
    fn a_typing_mistake_is_an_error() {
        assert!(startup(&[("MIGRATION_SKIP", "ture")]).is_err());
        assert!(startup(&[("MIGRATION_TIMEOUT", "soon")]).is_err());
    }

    #[test]
    fn ssl_is_added_where_the_url_says_nothing() {
        let check = |url, ssl, expected: &str| assert_eq!(with_ssl(url, ssl).unwrap(), expected);
        check("postgres://h/d", None, "postgres://h/d");
        check("postgres://h/d", Some("true"), "postgres://h/d?sslmode=require");
        check("mysql://h/d?x=1", Some("verify-full"), "mysql://h/d?x=1&ssl-mode=VERIFY_IDENTITY");
        check("postgres://h/d?sslmode=disable", Some("true"), "postgres://h/d?sslmode=disable");
        check("sqlite:a.db", Some("true"), "sqlite:a.db");
    }
}
