//! What is written into the history tables.

use migrate_core::database::Database;
use migrate_core::history::{HistoryRow, RowState};

use super::{COLUMNS, EVENT_COLUMNS, KEY_COLUMNS, Tables};

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

/// A row on its way into the history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    pub(crate) row: &'a HistoryRow,
    /// The downgrade's text, where there is one to be stored.
    pub(crate) downgrade: Option<&'a str>,
    pub(crate) elapsed: Elapsed<'a>,
}

impl<'a> Record<'a> {
    /// A row as it is.
    pub(crate) fn of(row: &'a HistoryRow) -> Self {
        Record { row, downgrade: None, elapsed: Elapsed::Measured }
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

/// Whether a column changes while a migration comes from its beginning to its end.
fn is_of_progress(column: &str) -> bool {
    matches!(column, "state" | "done" | "tokens" | "duration_us" | "seal")
}

/// Whether a column of the head row changes.
fn is_of_head(column: &str) -> bool {
    matches!(column, "position" | "name" | "seal")
}

impl Tables {
    /// Returns the statement that inserts rows.
    pub(crate) fn insert(&self, records: &[Record<'_>]) -> String {
        let columns = COLUMNS.map(|(column, _)| self.database.quote(column)).join(", ");
        let downgrade = self.database.quote("downgrade");
        let mut text = format!("INSERT INTO {} ({columns}, {downgrade}) VALUES ", self.history());
        for (index, record) in records.iter().enumerate() {
            text.push_str(if index == 0 { "(" } else { ", (" });
            text.push_str(&self.values(record.row, record.elapsed).join(", "));
            text.push_str(", ");
            match record.downgrade {
                Some(downgrade) => text.push_str(&self.literal(downgrade)),
                None => text.push_str("NULL"),
            }
            text.push(')');
        }
        text
    }

    /// Returns the statement that puts rows into the table, over those of the same versions; where
    /// a record brings no downgrade, the one that is there stays. For `MySQL` and `MariaDB`.
    ///
    /// Of the ways to name the new value, both servers know `VALUES()` alone.
    /// Source: `MySQL` 8.4 manual, "INSERT ... ON DUPLICATE KEY UPDATE Statement"; `MariaDB`
    /// documentation, "INSERT ON DUPLICATE KEY UPDATE".
    pub(crate) fn put(&self, records: &[Record<'_>]) -> String {
        let downgrade = self.database.quote("downgrade");
        format!(
            "{}, {downgrade} = COALESCE(VALUES({downgrade}), {downgrade})",
            self.insert_or_set(records, |_| true)
        )
    }

    /// As [`Tables::put`], of rows that are new, that this run has written, or the head's. It is sent
    /// for each migration, so it is kept short.
    pub(crate) fn put_own(&self, records: &[Record<'_>]) -> String {
        self.insert_or_set(records, |column| is_of_progress(column) || is_of_head(column))
    }

    fn insert_or_set(&self, records: &[Record<'_>], wanted: impl Fn(&str) -> bool) -> String {
        let columns = COLUMNS.iter().map(|(column, _)| *column).skip(KEY_COLUMNS);
        let assignments = columns.filter(|column| wanted(column)).map(|column| {
            let column = self.database.quote(column);
            format!("{column} = VALUES({column})")
        });
        format!(
            "{} ON DUPLICATE KEY UPDATE {}",
            self.insert(records),
            assignments.collect::<Vec<_>>().join(", ")
        )
    }

    /// Returns the statement that rewrites a row, all but its downgrade.
    pub(crate) fn update(&self, row: &HistoryRow) -> String {
        self.rewrite(row, |column| !matches!(column, "set_name" | "version"))
    }

    /// Returns the statement that writes how far a migration came whose row this run has written.
    ///
    /// There is one for each statement of a journaled migration, so it is kept short.
    pub(crate) fn advance(&self, row: &HistoryRow) -> String {
        self.rewrite(row, is_of_progress)
    }

    /// Returns the statement that moves the head row to the new end of the chain.
    pub(crate) fn move_head(&self, head: &HistoryRow) -> String {
        self.rewrite(head, is_of_head)
    }

    fn rewrite(&self, row: &HistoryRow, wanted: impl Fn(&str) -> bool) -> String {
        let values = self.values(row, Elapsed::Measured);
        let columns = COLUMNS.iter().map(|(column, _)| *column).zip(values);
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

    /// Returns the statement that writes the events of all rows that were applied, from a position of
    /// the chain on.
    pub(crate) fn log_applied(&self, from: u32, actor: &Actor) -> String {
        let column = |name: &str| self.database.quote(name);
        let literals = ["applied", &actor.client, &actor.server_version].map(|it| self.literal(it));
        let [applied, client, server] = literals;
        let state = self.literal(RowState::Applied.word());
        let [set, version, name, at, duration, checksum, tool] = [
            "set_name",
            "version",
            "name",
            "applied_at",
            "duration_us",
            "checksum",
            "tool_version",
        ]
        .map(column);
        let values = [
            &set, &applied, &version, &name, &at, &duration, &checksum, "NULL", &client, &tool,
            &server,
        ];
        format!(
            "{} SELECT {}{} FROM {} WHERE {set} = {} AND {} >= {from} AND {} = {state} AND {version} <> '' \
             ORDER BY {}",
            self.insert_into_events(),
            values.join(", "),
            self.event_user(),
            self.history(),
            self.literal(&self.set),
            column("position"),
            column("state"),
            column("position"),
        )
    }

    /// Returns how the statements begin that write events.
    fn insert_into_events(&self) -> String {
        let columns = EVENT_COLUMNS.map(|(column, _)| self.database.quote(column)).join(", ");
        let user = if self.event_user().is_empty() { "" } else { ", `user_name`" };
        let set = self.database.quote("set_name");
        format!("INSERT INTO {} ({set}, {columns}{user})", self.events())
    }

    /// What stands behind an event's values. Elsewhere the column has a default; `MySQL` takes no
    /// such default.
    fn event_user(&self) -> &'static str {
        if self.database == Database::Mysql { ", CURRENT_USER()" } else { "" }
    }

    /// Returns the statement that writes events.
    pub(crate) fn insert_events(
        &self,
        events: &[EventRow],
        actor: &Actor,
        elapsed: Elapsed,
    ) -> String {
        let mut text = format!("{} VALUES ", self.insert_into_events());
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
            text.push_str(self.event_user());
            text.push(')');
        }
        text
    }
}
