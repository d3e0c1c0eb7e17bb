//! `log`.

use migrate_core::set::MigrationSet;
use migrate_runtime::EventEntry;
use serde::Serialize;

use super::stored_milliseconds;

/// The newest events, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct LogObject {
    pub(crate) set: String,
    pub(crate) database: &'static str,
    pub(crate) events: Vec<EventObject>,
}

/// Something that was done, or failed.
#[derive(Debug, Serialize)]
pub(crate) struct EventObject {
    pub(crate) at: String,
    pub(crate) event: String,
    pub(crate) version: String,
    pub(crate) name: String,
    pub(crate) duration_ms: Option<f64>,
    pub(crate) checksum: String,
    pub(crate) error: Option<String>,
    pub(crate) client: String,
    pub(crate) tool_version: String,
    pub(crate) server_version: String,
}

impl LogObject {
    pub(crate) fn new(set: &MigrationSet, events: &[EventEntry]) -> Self {
        LogObject {
            set: set.settings.set.clone(),
            database: set.settings.database.name(),
            events: events.iter().map(EventObject::new).collect(),
        }
    }
}

impl EventObject {
    fn new(entry: &EventEntry) -> Self {
        EventObject {
            at: entry.at.clone(),
            event: entry.event.clone(),
            version: entry.version.clone(),
            name: entry.name.clone(),
            duration_ms: entry.duration_us.map(stored_milliseconds),
            checksum: entry.checksum.clone(),
            error: entry.error.clone(),
            client: entry.client.clone(),
            tool_version: entry.tool_version.clone(),
            server_version: entry.server_version.clone(),
        }
    }
}
