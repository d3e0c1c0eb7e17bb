//! The history tables as text. The same on every server, but for quoting and types.

mod read;
mod write;

use migrate_core::checksum::Checksum;
use migrate_core::database::Database;
use migrate_core::history::{HistoryRow, RowKind, seal};
use migrate_core::settings::Settings;

pub(crate) use read::read_history;
pub(crate) use write::{Actor, Elapsed, EventRow, Record};

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

/// The first columns, which make the key.
const KEY_COLUMNS: usize = 2;

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

    /// Returns the condition that finds one row.
    fn key(&self, version: &str) -> String {
        let [set, key] = ["set_name", "version"].map(|column| self.database.quote(column));
        format!("{set} = {} AND {key} = {}", self.literal(&self.set), self.literal(version))
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
