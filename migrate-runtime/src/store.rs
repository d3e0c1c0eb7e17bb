//! The history tables as text: what is selected, inserted and updated. The same on every
//! server, but for quoting and types.

use migrate_core::checksum::Checksum;
use migrate_core::database::Database;
use migrate_core::history::{History, HistoryRow, RowKind, UnknownWord, seal};
use migrate_core::settings::Settings;

use crate::driver::TextRow;

/// The history tables' names, quoted and qualified.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    /// The kind of server.
    pub(crate) database: Database,
    /// The schema, where one is known.
    pub(crate) schema: Option<String>,
    /// The history table's own name.
    pub(crate) name: String,
    /// The set whose rows are meant.
    pub(crate) set: String,
}

/// Columns in the order in which they are selected and inserted.
const COLUMNS: [(&str, bool); 16] = [
    ("set_name", false),
    ("version", false),
    ("position", true),
    ("name", false),
    ("kind", false),
    ("state", false),
    ("done", true),
    ("statements", true),
    ("checksum", false),
    ("tokens", false),
    ("downgrade_checksum", false),
    ("basis", false),
    ("applied_at", false),
    ("duration_us", true),
    ("tool_version", false),
    ("seal", false),
];

/// Columns of the event log, without its key and the set.
const EVENT_COLUMNS: [(&str, bool); 10] = [
    ("event", false),
    ("version", false),
    ("name", false),
    ("at", false),
    ("duration_us", true),
    ("checksum", false),
    ("error", false),
    ("client", false),
    ("tool_version", false),
    ("server_version", false),
];

/// What stands between the columns that are read as one text. In a row that holds it itself, by
/// hand, the columns shift and do not match its seal.
const SEPARATOR: char = '\u{1f}';

/// What stands between rows that are read as one text.
const ROW_SEPARATOR: char = '\u{1e}';

/// How the duration gets into a row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Elapsed<'a> {
    /// Measured by the client, in the row already.
    Measured,
    /// Computed by the server with this expression.
    Expression(&'a str),
}

impl Elapsed<'_> {
    fn value(self, measured: u64) -> String {
        match self {
            Elapsed::Measured => measured.to_string(),
            Elapsed::Expression(expression) => expression.to_owned(),
        }
    }
}

/// An entry of the event log.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventRow {
    pub(crate) event: &'static str,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) at: String,
    pub(crate) duration_us: u64,
    pub(crate) checksum: String,
    pub(crate) error: Option<String>,
}

/// Who writes events: the same for all of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actor {
    pub(crate) client: String,
    pub(crate) tool_version: String,
    pub(crate) server_version: String,
}

impl Tables {
    /// The tables of a set, as its settings name them.
    pub(crate) fn of(settings: &Settings) -> Self {
        Tables {
            database: settings.database,
            schema: settings.history.schema.clone(),
            name: settings.history.table.clone(),
            set: settings.set.clone(),
        }
    }

    /// Returns the history table, quoted and qualified.
    pub(crate) fn history(&self) -> String {
        self.qualified(&self.name)
    }

    /// Returns the event log, quoted and qualified.
    pub(crate) fn events(&self) -> String {
        self.qualified(&format!("{}_events", self.name))
    }

    fn qualified(&self, table: &str) -> String {
        let table = self.database.quote(table);
        match &self.schema {
            Some(schema) => format!("{}.{table}", self.database.quote(schema)),
            None => table,
        }
    }

    fn literal(&self, text: &str) -> String {
        self.database.literal(text)
    }

    /// A list of columns, all read as text.
    fn as_text(&self, columns: &[(&str, bool)]) -> String {
        let cast = if self.database == Database::Mysql { "CHAR" } else { "TEXT" };
        let columns = columns.iter().map(|(column, number)| {
            let column = self.database.quote(column);
            if *number { format!("CAST({column} AS {cast})") } else { column }
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    /// Columns as one text: a start-up with nothing to do consists of reading the history, and the
    /// drivers take longer for fifteen values than for one.
    fn as_one_text(&self, columns: &[(&str, bool)]) -> String {
        let columns: Vec<_> =
            columns.iter().map(|(column, _)| self.database.quote(column)).collect();
        match self.database {
            Database::Postgres => {
                format!("pg_catalog.concat_ws(pg_catalog.chr(31), {})", columns.join(", "))
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
    /// All of it comes as one text, but from `MySQL`, whose `group_concat_max_len` may be 1,024:
    /// `SQLite` runs on another thread, and every row would wait for the one that reads it.
    pub(crate) fn select(&self) -> String {
        let row = self.as_one_text(&COLUMNS[1..]);
        let rows = match self.database {
            Database::Postgres => format!("pg_catalog.string_agg({row}, pg_catalog.chr(30))"),
            Database::Sqlite => format!("group_concat({row}, char(30))"),
            Database::Mysql => row,
        };
        format!(
            "SELECT {rows} FROM {} WHERE {} = {}",
            self.history(),
            self.database.quote("set_name"),
            self.literal(&self.set),
        )
    }

    /// Returns the condition that finds one row.
    fn key(&self, version: &str) -> String {
        let [set, key] = ["set_name", "version"].map(|column| self.database.quote(column));
        format!("{set} = {} AND {key} = {}", self.literal(&self.set), self.literal(version))
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

    /// Returns the query for the stored downgrade of a version.
    pub(crate) fn select_downgrade(&self, version: &str) -> String {
        format!(
            "SELECT {} FROM {} WHERE {}",
            self.database.quote("downgrade"),
            self.history(),
            self.key(version)
        )
    }

    /// Returns the statement that inserts rows, each with its downgrade's text.
    pub(crate) fn insert(&self, rows: &[(HistoryRow, Option<&str>)], elapsed: Elapsed) -> String {
        let columns = COLUMNS.map(|(column, _)| self.database.quote(column)).join(", ");
        let downgrade = self.database.quote("downgrade");
        let mut text = format!("INSERT INTO {} ({columns}, {downgrade}) VALUES ", self.history());
        for (index, (row, downgrade)) in rows.iter().enumerate() {
            text.push_str(if index == 0 { "(" } else { ", (" });
            text.push_str(&self.values(row, elapsed).join(", "));
            text.push_str(", ");
            match downgrade {
                Some(downgrade) => text.push_str(&self.literal(downgrade)),
                None => text.push_str("NULL"),
            }
            text.push(')');
        }
        text
    }

    /// Returns the statement that rewrites a row, all but its downgrade.
    pub(crate) fn update(&self, row: &HistoryRow, elapsed: Elapsed) -> String {
        self.rewrite(row, elapsed, |column| !matches!(column, "set_name" | "version"))
    }

    /// Returns the statement that writes how far a migration came whose row this run has written.
    ///
    /// There is one for each statement of a journaled migration, so it is kept short.
    pub(crate) fn advance(&self, row: &HistoryRow, elapsed: Elapsed) -> String {
        let changes = ["state", "done", "tokens", "duration_us", "seal"];
        self.rewrite(row, elapsed, |column| changes.contains(&column))
    }

    /// Returns the statement that moves the head row to the new end of the chain.
    pub(crate) fn move_head(&self, head: &HistoryRow) -> String {
        self.rewrite(head, Elapsed::Measured, |column| {
            matches!(column, "position" | "name" | "seal")
        })
    }

    fn rewrite(&self, row: &HistoryRow, elapsed: Elapsed, wanted: impl Fn(&str) -> bool) -> String {
        let columns = COLUMNS.iter().map(|(column, _)| *column).zip(self.values(row, elapsed));
        let assignments = columns
            .filter(|(column, _)| wanted(column))
            .map(|(column, value)| format!("{} = {value}", self.database.quote(column)));
        format!(
            "UPDATE {} SET {} WHERE {}",
            self.history(),
            assignments.collect::<Vec<_>>().join(", "),
            self.key(&row.version)
        )
    }

    /// Returns the statement that stores a row's downgrade.
    pub(crate) fn store_downgrade(&self, version: &str, downgrade: &str) -> String {
        format!(
            "UPDATE {} SET {} = {} WHERE {}",
            self.history(),
            self.database.quote("downgrade"),
            self.literal(downgrade),
            self.key(version)
        )
    }

    /// Returns the statement that deletes a row.
    pub(crate) fn delete(&self, version: &str) -> String {
        format!("DELETE FROM {} WHERE {}", self.history(), self.key(version))
    }

    fn values(&self, row: &HistoryRow, elapsed: Elapsed) -> Vec<String> {
        vec![
            self.literal(&self.set),
            self.literal(&row.version),
            row.position.to_string(),
            self.literal(&row.name),
            self.literal(row.kind.word()),
            self.literal(row.state.word()),
            row.done.to_string(),
            row.statements.to_string(),
            self.literal(&row.checksum),
            self.literal(&row.tokens),
            self.literal(&row.downgrade_checksum),
            self.literal(&row.basis),
            self.literal(&row.applied_at),
            elapsed.value(row.duration_us),
            self.literal(&row.tool_version),
            self.literal(&row.seal),
        ]
    }

    /// Returns the statement that writes events.
    pub(crate) fn insert_events(
        &self,
        events: &[EventRow],
        actor: &Actor,
        elapsed: Elapsed,
    ) -> String {
        let columns = EVENT_COLUMNS.map(|(column, _)| self.database.quote(column)).join(", ");
        // Elsewhere the column has a default; MySQL takes no such default.
        let user = if self.database == Database::Mysql { ", CURRENT_USER()" } else { "" };
        let mut text = format!(
            "INSERT INTO {} ({}, {columns}{}) VALUES ",
            self.events(),
            self.database.quote("set_name"),
            if user.is_empty() { "" } else { ", `user_name`" },
        );
        for (index, event) in events.iter().enumerate() {
            text.push_str(if index == 0 { "(" } else { ", (" });
            let error = event.error.as_ref().map(|error| self.literal(error));
            let values = [
                self.literal(&self.set),
                self.literal(event.event),
                self.literal(&event.version),
                self.literal(&event.name),
                self.literal(&event.at),
                elapsed.value(event.duration_us),
                self.literal(&event.checksum),
                error.unwrap_or_else(|| "NULL".to_owned()),
                self.literal(&actor.client),
                self.literal(&actor.tool_version),
                self.literal(&actor.server_version),
            ];
            text.push_str(&values.join(", "));
            text.push_str(user);
            text.push(')');
        }
        text
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

    /// Returns the head row over a chain that ends with `chain` at `position`.
    pub(crate) fn head(&self, chain: &str, position: u32, last: &str) -> HistoryRow {
        let mut head = HistoryRow {
            position,
            name: last.to_owned(),
            kind: RowKind::Head,
            ..HistoryRow::default()
        };
        head.seal = seal(chain, &self.set, &head);
        head
    }

    /// Returns the key of the advisory lock: the same for every set in one history table.
    pub(crate) fn lock_key(&self) -> Checksum {
        let schema = self.schema.as_deref().unwrap_or_default();
        Checksum::of_fields(["cargo-migrate", schema, &self.name])
    }
}

/// Reads the rows that [`Tables::select`] asks for.
pub(crate) fn read_history(rows: Vec<TextRow>) -> Result<History, UnknownWord> {
    let texts = rows.into_iter().filter_map(|row| row.into_iter().next().flatten());
    let mut history = Vec::new();
    for text in texts {
        for row in text.split(ROW_SEPARATOR) {
            history.push(read_row(row)?);
        }
    }
    Ok(History::from_rows(history))
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
        duration_us: number(text())?,
        tool_version: text().to_owned(),
        seal: text().to_owned(),
    })
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, UnknownWord> {
    text.parse().map_err(|_| UnknownWord(text.to_owned()))
}
