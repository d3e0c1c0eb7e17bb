//! What a server's error says to people: its own words, a likely cause and a cure.
//!
//! Sources: `PostgreSQL` 15 manual, appendix A; `MariaDB` error codes; `SQLite` result codes.

use sqlx::Error;

/// The code and the words of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// SQLSTATE, or the server's own number; empty where no server spoke.
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Said {
    /// Reads an error, without what only the authors of the driver and of the server want to
    /// know: the driver's own text ends with the line of the server's source code.
    pub(crate) fn by(error: &Error) -> Self {
        let (code, message) = match error {
            Error::Database(database) => {
                (code_of(database.as_ref()), database.message().to_owned())
            }
            Error::Io(error) => (String::new(), error.to_string()),
            Error::Configuration(error) => (String::new(), error.to_string()),
            Error::Tls(error) => (String::new(), format!("no encrypted connection: {error}")),
            other => (String::new(), other.to_string()),
        };
        Said { code, message }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if self.code.is_empty() { Ok(()) } else { write!(f, " (code {})", self.code) }
    }
}

fn code_of(error: &dyn sqlx::error::DatabaseError) -> String {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        // The number says more than the SQLSTATE, which is HY000 for most.
        return error.number().to_string();
    }
    #[cfg(feature = "sqlite")]
    if let Some(code) = error
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()
        .and_then(|_| error.code())
        .and_then(|code| code.parse::<i32>().ok())
    {
        // Extended result codes carry the primary one in their low byte.
        return (code & 0xff).to_string();
    }
    error.code().map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// What helps when a migration's statement failed.
pub(crate) fn of_migration(code: &str, message: &str) -> Option<&'static str> {
    by_code(code).or_else(|| by_message(message))
}

/// What helps when a statement of our own failed.
pub(crate) fn of_own(error: &Error) -> Option<&'static str> {
    let said = Said::by(error);
    match said.code.as_str() {
        "42501" | "1142" | "1044" | "1227" => Some(
            "the database user needs the right to create and to write the history tables; reading \
             needs SELECT only",
        ),
        "1046" => Some("name a database in the URL: `mysql://user@host/database`"),
        "11" | "26" => Some("the file is no SQLite database, or a damaged one: check the URL"),
        "14" => Some(
            "the file's folder must exist, and both must be writable; with `mode=rw` or `mode=ro` in the \
             URL, the file must exist too",
        ),
        "1103" | "1102" => Some("correct `history-table` or `history-schema`"),
        "1" if said.message.ends_with(".sqlite_master") => Some(
            "correct `history-schema`: SQLite knows `main`, and what the connection has attached",
        ),
        code => by_code(code),
    }
}

/// What helps when no connection could be had.
pub(crate) fn of_connecting(error: &Error) -> Option<&'static str> {
    if matches!(error, Error::Tls(_)) {
        return Some(
            "encrypted connections need the feature `tls`, of `cargo-migrate` or in a program of \
             `migrate-runtime`; or the server's certificate is not trusted",
        );
    }
    if let Error::Configuration(wrong) = error {
        return Some(of_url(&wrong.to_string()));
    }
    match Said::by(error).code.as_str() {
        "28P01" | "28000" | "1045" | "1698" => {
            Some("check the user and the password in the URL: the server knows no such pair")
        }
        "3D000" | "1049" => Some("create the database first, or correct its name in the URL"),
        "53300" | "1040" => Some("the server has no connection to spare: try again later"),
        "57P03" => Some("the server is starting or stopping: try again in a moment"),
        _ => of_own(error),
    }
}

/// What helps when a URL cannot be read.
fn of_url(wrong: &str) -> &'static str {
    // Where the host or the port seem to be wrong, it is often the password that ends too early.
    if ["port", "host", "address", "domain"].iter().any(|part| wrong.contains(part)) {
        "correct the URL; in the user's name and the password write `%40` for `@`, `%3A` for `:`, `%2F` for \
         `/`, `%3F` for `?`, `%23` for `#` and `%25` for `%`"
    } else {
        "correct the URL"
    }
}

fn by_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "42P01" | "1146" => {
            "the table is created by no migration before this one: correct the name, or the order"
        }
        "42703" | "1054" => {
            "the column is created by no migration before this one: correct the name, or the order"
        }
        "42883" | "1305" => {
            "the function is created by no migration before this one, or takes other arguments"
        }
        "42P07" | "42710" | "42723" | "42P06" | "1050" | "1061" | "1304" | "1359" => {
            "an object of that name is there already: was it created by hand, or by another tool?"
        }
        "42701" | "1060" => {
            "the column is there already: was it added by hand, or by another tool?"
        }
        "42501" | "1142" | "1044" | "1227" => {
            "the database user lacks a right: grant it, or run migrations as the owner"
        }
        "25001" => {
            "this statement cannot run in a transaction: put `-- migrate: transaction=off` on the first line"
        }
        "55P03" | "1205" => {
            "a lock was not to be had in time: raise `lock_timeout`, add `retries=3`, or run at a quieter time"
        }
        "57014" | "1969" | "3024" => {
            "the statement took longer than `statement_timeout` allows: raise it for this migration"
        }
        "40P01" | "1213" => "two transactions waited for each other: run again, or add `retries=3`",
        "2BP01" => {
            "drop what depends on it first, in the same half; what a repeatable migration made is made again \
             by the next run, so `DROP VIEW IF EXISTS` is right for it"
        }
        "53200" => "too many locks in one transaction: run with `--transaction each`",
        "53100" | "13" | "1021" => "the disk is full: free some space and run again",
        "25006" | "8" | "1290" => {
            "the database is read-only: connect to the primary, with a role that may write"
        }
        "23505" | "1062" => DUPLICATE,
        "23502" | "1048" | "1138" | "1364" => EMPTY,
        "23503" | "1216" | "1217" | "1451" | "1452" => DANGLING,
        "23514" | "3819" | "4025" => UNFIT,
        _ => return None,
    })
}

/// `SQLite` has one code for most errors.
fn by_message(message: &str) -> Option<&'static str> {
    let begins = |word: &str| message.starts_with(word);
    Some(if begins("no such table") {
        "the table is created by no migration before this one: correct the name, or the order"
    } else if begins("no such column") {
        "the column is created by no migration before this one: correct the name, or the order"
    } else if begins("duplicate column name") {
        "the column is there already: was it added by hand, or by another tool?"
    } else if message.ends_with("already exists") {
        "an object of that name is there already: was it created by hand, or by another tool?"
    } else if begins("UNIQUE constraint failed") {
        DUPLICATE
    } else if begins("NOT NULL constraint failed") || begins("Cannot add a NOT NULL column") {
        EMPTY
    } else if begins("FOREIGN KEY constraint failed") {
        DANGLING
    } else if begins("CHECK constraint failed") {
        UNFIT
    } else {
        return None;
    })
}

const DUPLICATE: &str =
    "two rows have the same value: correct the data, here or in a migration before, and run again";
const EMPTY: &str =
    "a row has no value there: give the column a default, or fill it before it must not be null";
const DANGLING: &str = "a row refers to one that is not there, or is still referred to: correct the data, here or in a \
                        migration before, and run again";
const UNFIT: &str = "a row does not satisfy the check: correct the data, here or in a migration before, and run again";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_to_blame_on_every_server() {
        for (code, message) in [
            ("23505", "could not create unique index"),
            ("1062", "Duplicate entry 'a' for key 'e'"),
            ("19", "UNIQUE constraint failed: users.email"),
        ] {
            assert_eq!(of_migration(code, message), Some(DUPLICATE), "{code}");
        }
        assert_eq!(of_migration("19", "NOT NULL constraint failed: t.a"), Some(EMPTY));
        assert_eq!(of_migration("1", "near \"x\": syntax error"), None);
    }

    #[test]
    fn the_driver_s_own_words_are_left_out() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert_eq!(Said::by(&Error::Io(refused)).to_string(), "connection refused");
    }
}
