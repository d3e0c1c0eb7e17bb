//! What a set is, beyond its files: written once in `Cargo.toml` or on the command line,
//! copied into the head of the lock file, and from there known to macro and runtime.

use std::collections::BTreeSet;

use crate::database::Database;
use crate::diagnostics::Code;
use crate::policy::Policy;

/// The settings of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The set's name: the namespace of its rows in a shared history table.
    pub set: String,
    /// The kind of server it is written for.
    pub database: Database,
    /// The layout's name, such as `native` or `diesel`.
    pub layout: String,
    /// Where the history is kept.
    pub history: HistoryNames,
    /// What a run does in each situation.
    pub policy: Policy,
    /// What is there without any migration that creates it: names, or SQL that creates them.
    pub assume: Vec<String>,
    /// What is demanded of the schema, beyond what the server demands.
    pub rules: Rules,
}

/// The rules that are switched on; each is known by the slug of its code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Codes of the series M6xx.
    pub on: BTreeSet<Code>,
    /// The column by which tables say whose each row is.
    pub tenant_column: Option<String>,
}

impl Settings {
    /// Returns the defaults for a kind of server.
    pub fn new(database: Database) -> Self {
        Settings {
            set: "main".to_owned(),
            database,
            layout: "native".to_owned(),
            history: HistoryNames::default(),
            policy: Policy::default(),
            assume: Vec::new(),
            rules: Rules::default(),
        }
    }
}

impl Rules {
    /// Returns these rules with others switched on besides; their tenant column wins.
    #[must_use]
    pub fn with(&self, others: &Rules) -> Rules {
        let mut on = self.on.clone();
        on.extend(&others.on);
        Rules {
            on,
            tenant_column: others.tenant_column.clone().or_else(|| self.tenant_column.clone()),
        }
    }
}

/// Names of the history table and its event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryNames {
    /// Schema (Postgres) or database (`MySQL`) that holds the tables; `None` is the
    /// connection's own: `current_schema()`, the selected database, `main`.
    pub schema: Option<String>,
    /// The table of current state.
    pub table: String,
}

impl HistoryNames {
    /// What the event log's name has behind the history table's.
    pub const EVENTS: &str = "_events";

    /// Returns the name of the event log, which stands beside the history table.
    pub fn events_table(&self) -> String {
        format!("{}{}", self.table, Self::EVENTS)
    }
}

impl Default for HistoryNames {
    fn default() -> Self {
        HistoryNames { schema: None, table: "_migrate_history".to_owned() }
    }
}
