//! What is selected from the history tables, and how it is read.

use migrate_core::database::Database;
use migrate_core::history::{History, HistoryRow, UnknownWord};

use super::{COLUMNS, EVENT_COLUMNS, Tables};
use crate::driver::TextRow;

/// What stands between the columns that are read as one text. In a row that holds it itself, by
/// hand, the columns shift and do not match its seal.
const SEPARATOR: char = '\u{1f}';

/// What stands between rows that are read as one text.
const ROW_SEPARATOR: char = '\u{1e}';

impl Tables {
    /// A list of columns, all read as text.
    fn as_text(&self, columns: &[(&str, bool)]) -> String {
        let cast = self.cast();
        let columns = columns.iter().map(|(column, number)| {
            let column = self.database.quote(column);
            if *number { format!("CAST({column} AS {cast})") } else { column }
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    /// The type to which numbers are cast to be read as text.
    fn cast(&self) -> &'static str {
        if self.database == Database::Mysql { "CHAR" } else { "TEXT" }
    }

    /// Columns as one text: a start-up with nothing to do consists of reading the history, and the
    /// drivers take longer for fifteen values than for one. A separator that is a literal spares a
    /// new session of Postgres the look-up of a function.
    fn as_one_text(&self, columns: &[(&str, bool)]) -> String {
        let columns: Vec<_> =
            columns.iter().map(|(column, _)| self.database.quote(column)).collect();
        match self.database {
            Database::Postgres => {
                format!("pg_catalog.concat_ws(E'\\x1F', {})", columns.join(", "))
            }
            Database::Mysql => format!("CONCAT_WS(CHAR(31 USING utf8mb4), {})", columns.join(", ")),
            Database::Sqlite => {
                let format = vec!["%s"; columns.len()].join("\u{1f}");
                format!("printf('{format}', {})", columns.join(", "))
            }
        }
    }

    /// Returns the query that reads the whole history of the set.
    ///
    /// From `SQLite` all of it comes as one text: it runs on another thread, and every row would
    /// wait for the one that reads it. A server takes longer to gather the rows than to send them.
    pub(crate) fn select(&self) -> String {
        let row = self.as_one_text(&COLUMNS[1..]);
        let rows = match self.database {
            Database::Sqlite => format!("group_concat({row}, char(30))"),
            Database::Postgres | Database::Mysql => row,
        };
        format!(
            "SELECT {rows} FROM {} WHERE {} = {}",
            self.history(),
            self.database.quote("set_name"),
            self.literal(&self.set),
        )
    }

    /// Returns the query for the seal of the head row.
    pub(crate) fn select_head(&self) -> String {
        format!(
            "SELECT {} FROM {} WHERE {}",
            self.database.quote("seal"),
            self.history(),
            self.key("")
        )
    }

    /// Returns the query for versions and durations from a position of the chain on.
    pub(crate) fn select_durations(&self, from: u32) -> String {
        let columns = self.as_text(&[("version", false), ("duration_us", true)]);
        let [set, position] = ["set_name", "position"].map(|column| self.database.quote(column));
        format!(
            "SELECT {columns} FROM {} WHERE {set} = {} AND {position} >= {from}",
            self.history(),
            self.literal(&self.set),
        )
    }

    /// Returns the query for the position of the last applied row that has its event.
    pub(crate) fn select_last_logged(&self) -> String {
        let [set, version, at, applied_at, position] =
            ["set_name", "version", "at", "applied_at", "position"]
                .map(|it| self.database.quote(it));
        let cast = self.cast();
        format!(
            "SELECT CAST(MAX(h.{position}) AS {cast}) FROM {} h JOIN {} e \
             ON e.{set} = h.{set} AND e.{version} = h.{version} AND e.{at} = h.{applied_at} \
             WHERE h.{set} = {} AND e.{} = 'applied'",
            self.history(),
            self.events(),
            self.literal(&self.set),
            self.database.quote("event"),
        )
    }

    /// Returns the query for the stored downgrade of a version.
    pub(crate) fn select_downgrade(&self, version: &str) -> String {
        format!(
            "SELECT {} FROM {} WHERE {}",
            self.database.quote("downgrade"),
            self.history(),
            self.key(version)
        )
    }

    /// Returns the query that reads the newest events, newest first.
    pub(crate) fn select_events(&self, limit: u32) -> String {
        let columns = self.as_text(&EVENT_COLUMNS);
        format!(
            "SELECT {} FROM {} WHERE {} = {} ORDER BY {} DESC LIMIT {limit}",
            columns,
            self.events(),
            self.database.quote("set_name"),
            self.literal(&self.set),
            self.database.quote("id"),
        )
    }
}

/// Reads the rows that [`Tables::select`] asks for.
pub(crate) fn read_history(set: &str, rows: Vec<TextRow>) -> Result<History, UnknownWord> {
    let texts = rows.into_iter().filter_map(|row| row.into_iter().next().flatten());
    let mut history = Vec::new();
    for text in texts {
        for row in text.split(ROW_SEPARATOR) {
            history.push(read_row(row)?);
        }
    }
    Ok(History::from_rows(set, history))
}

fn read_row(row: &str) -> Result<HistoryRow, UnknownWord> {
    let mut values = row.split(SEPARATOR);
    let mut text = || values.next().unwrap_or_default();
    Ok(HistoryRow {
        version: text().to_owned(),
        position: number(text())?,
        name: text().to_owned(),
        kind: text().parse()?,
        state: text().parse()?,
        done: number(text())?,
        statements: number(text())?,
        checksum: text().to_owned(),
        tokens: text().to_owned(),
        downgrade_checksum: text().to_owned(),
        basis: text().to_owned(),
        applied_at: text().to_owned(),
        // Not sealed, and nothing rests on it: what is none, such as a negative one, is unknown.
        duration_us: text().parse().unwrap_or_default(),
        tool_version: text().to_owned(),
        seal: text().to_owned(),
    })
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, UnknownWord> {
    text.parse().map_err(|_| UnknownWord(text.to_owned()))
}
