//! The file that a URL names.

use std::path::Path;
use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::db::Db;

/// Opens a connection of its own; a missing file is created.
pub(crate) async fn connect(url: &str) -> Result<Db, sqlx::Error> {
    let mut options = SqliteConnectOptions::from_str(url)?;
    if options.get_filename().as_os_str().is_empty() {
        // SQLite would take it for a temporary database, and all that is applied would be gone.
        return Err(sqlx::Error::Configuration("it names no file".into()));
    }
    // Unless the URL says that the file is there.
    if !has_parameter(url, "mode=rw") {
        options = options.create_if_missing(true);
    }
    // A row that finds the buffer full waits for the other thread: a history is read at once.
    let options = options.row_buffer_size(1024);
    let connection = options.disable_statement_logging().connect().await?;
    Ok(Db::from(connection))
}

/// Whether the database is there, or needs no file; where it cannot be told or created, connecting
/// says why.
pub(crate) fn exists(url: &str) -> bool {
    let Ok(options) = SqliteConnectOptions::from_str(url) else { return true };
    let file = options.get_filename();
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    url.contains(":memory:")
        || has_parameter(url, "mode=memory")
        || file.exists()
        || folder.is_some_and(|folder| !folder.is_dir())
}

/// Whether a parameter stands in a URL as it is.
fn has_parameter(url: &str, wanted: &str) -> bool {
    url.split_once('?').is_some_and(|(_, query)| query.split('&').any(|pair| pair == wanted))
}
