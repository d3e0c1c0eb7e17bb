//! `[package.metadata.migrate]` of a `Cargo.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use migrate_core::database::Database;
use migrate_core::layout;
use migrate_core::policy::{Decision, Policy, Situation};
use migrate_core::settings::{HistoryNames, Rules};
use serde::Deserialize;

use crate::error::CommandError;
use crate::rules;

/// The folder of a set that names none.
pub(crate) const DEFAULT_PATH: &str = "migrations";

/// The parts of a manifest that matter here.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) package: Option<PackageTable>,
    pub(crate) workspace: Option<serde::de::IgnoredAny>,
}

/// `[package]`.
#[derive(Debug, Deserialize)]
pub(crate) struct PackageTable {
    pub(crate) name: String,
    pub(crate) build: Option<BuildScript>,
    #[serde(default)]
    pub(crate) metadata: Metadata,
}

/// `build` of `[package]`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum BuildScript {
    /// Where it is, unless in `build.rs`.
    Path(String),
    /// Whether there is one.
    Switch(bool),
    /// What newer versions of cargo may take.
    Other(serde::de::IgnoredAny),
}

/// `[package.metadata]`; other tools' tables are theirs.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) migrate: Option<SetTable>,
}

/// `[package.metadata.migrate]`, or one of its `sets`.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct SetTable {
    pub(crate) database: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) layout: Option<String>,
    pub(crate) history_table: Option<String>,
    pub(crate) history_schema: Option<String>,
    #[serde(default)]
    pub(crate) policy: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) assume: Vec<String>,
    pub(crate) rules: Option<Vec<String>>,
    pub(crate) tenant_column: Option<String>,
    pub(crate) runner: Option<String>,
    pub(crate) environment: Option<String>,
    /// Named sets; only in the table itself.
    #[serde(default)]
    pub(crate) sets: BTreeMap<String, SetTable>,
}

/// What a package, or the command line, says of a set.
#[derive(Debug, Default, Clone)]
pub(crate) struct Declared {
    pub(crate) set: Option<String>,
    pub(crate) database: Option<Database>,
    pub(crate) layout: Option<String>,
    pub(crate) history_table: Option<String>,
    pub(crate) history_schema: Option<String>,
    pub(crate) policy: Vec<(Situation, Decision)>,
    /// What is there without any migration that creates it, each on one line.
    pub(crate) assume: Vec<String>,
    pub(crate) rules: Rules,
    /// Name of the binary that has the Rust migrations compiled in.
    pub(crate) runner: Option<String>,
    /// The environment unless one is named.
    pub(crate) environment: Option<String>,
    /// Whether what is not said has its default, instead of what the lock file says.
    pub(crate) complete: bool,
}

/// Reads a manifest.
pub(crate) fn read(path: &Path) -> Result<Manifest, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|error| CommandError::read(path, error))?;
    toml_edit::de::from_str(&text).map_err(|error| CommandError::manifest(path, error))
}

impl SetTable {
    /// Returns the folder and the settings of the set that is meant.
    ///
    /// What the table itself says holds for those of its `sets` that do not say otherwise.
    pub(crate) fn choose(
        &self,
        set: Option<&str>,
        manifest: &Path,
    ) -> Result<(String, Declared), CommandError> {
        let wrong = |message: String| CommandError::manifest(manifest, message);
        if self.sets.is_empty() {
            if let Some(set) = set.filter(|set| *set != "main") {
                return Err(CommandError::usage(format!("the package has no set `{set}`"))
                    .help("name it in `[package.metadata.migrate.sets]` of Cargo.toml"));
            }
            let path = self.path.clone().unwrap_or_else(|| DEFAULT_PATH.to_owned());
            return Ok((path, self.declared("main").map_err(wrong)?));
        }
        let (name, table) = self.named(set)?;
        let Some(path) = table.path.clone() else {
            return Err(wrong(format!("the set `{name}` has no `path`")));
        };
        if !table.sets.is_empty() {
            return Err(wrong(format!("the set `{name}` cannot have sets of its own")));
        }
        Ok((path, table.or(self).declared(name).map_err(wrong)?))
    }

    fn named(&self, set: Option<&str>) -> Result<(&str, &SetTable), CommandError> {
        let names =
            || self.sets.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let found = match set {
            Some(set) => self.sets.get_key_value(set),
            None if self.sets.len() == 1 => self.sets.first_key_value(),
            None => {
                return Err(CommandError::usage("the package has several sets of migrations")
                    .help(format!("name one with `--set`: {}", names())));
            }
        };
        let missing = || {
            let set = set.unwrap_or_default();
            CommandError::usage(format!("the package has no set `{set}`"))
                .help(format!("its sets are {}", names()))
        };
        found.map(|(name, table)| (name.as_str(), table)).ok_or_else(missing)
    }

    fn or(&self, general: &SetTable) -> SetTable {
        let either = |own: &Option<String>, other: &Option<String>| own.clone().or(other.clone());
        let mut policy = general.policy.clone();
        policy.extend(self.policy.clone());
        let assume = general.assume.iter().chain(&self.assume).cloned().collect();
        SetTable {
            database: either(&self.database, &general.database),
            path: self.path.clone(),
            layout: either(&self.layout, &general.layout),
            history_table: either(&self.history_table, &general.history_table),
            history_schema: either(&self.history_schema, &general.history_schema),
            policy,
            assume,
            rules: self.rules.clone().or(general.rules.clone()),
            tenant_column: either(&self.tenant_column, &general.tenant_column),
            runner: either(&self.runner, &general.runner),
            environment: either(&self.environment, &general.environment),
            sets: BTreeMap::new(),
        }
    }

    fn declared(&self, set: &str) -> Result<Declared, String> {
        let database = self.database.as_deref().map(str::parse).transpose();
        let mut policy = Vec::new();
        for (situation, decision) in &self.policy {
            let situation = situation.parse().map_err(|error| format!("policy: {error}"))?;
            let decision = decision.parse().map_err(|error| format!("policy: {error}"))?;
            let allowed = Policy::default().set(situation, decision);
            allowed.map_err(|error| format!("policy: {error}"))?;
            policy.push((situation, decision));
        }
        if let Some(name) = &self.layout
            && layout::by_name(name).is_none()
        {
            let known: Vec<_> = layout::ALL.iter().map(|one| format!("`{}`", one.name())).collect();
            return Err(format!("`{name}` is no layout; known are {}", known.join(", ")));
        }
        check_history(self.history_table.as_deref(), self.history_schema.as_deref())?;
        Ok(Declared {
            set: Some(set.to_owned()),
            database: database.map_err(|error| format!("database: {error}"))?,
            layout: self.layout.clone(),
            history_table: self.history_table.clone(),
            history_schema: self.history_schema.clone(),
            policy,
            assume: self.assumptions()?,
            rules: self.rules()?,
            runner: self.runner.clone(),
            environment: self.environment.clone(),
            complete: true,
        })
    }

    /// Returns what is assumed as the lock file keeps it: one line each.
    fn assumptions(&self) -> Result<Vec<String>, String> {
        let lines = self.assume.iter().map(|text| text.split_whitespace().collect::<Vec<_>>());
        let lines: Vec<_> = lines.map(|words| words.join(" ")).collect();
        if lines.iter().any(String::is_empty) {
            return Err("assume: an entry is empty".to_owned());
        }
        Ok(lines)
    }

    fn rules(&self) -> Result<Rules, String> {
        let names = self.rules.as_deref().unwrap_or_default();
        rules::named(names, self.tenant_column.clone()).map_err(|error| format!("rules: {error}"))
    }
}

/// Refuses names that no server takes, or that one takes for another.
///
/// Source: `PostgreSQL` 15 manual, "Identifiers and Key Words": what is longer than 63 bytes is cut off, so
/// that both tables had one name; `MySQL` 8.4 manual, "Identifier Length Limits": 64 characters.
fn check_history(table: Option<&str>, schema: Option<&str>) -> Result<(), String> {
    const LONGEST: usize = 63;
    let longest_table = LONGEST - HistoryNames::EVENTS.len();
    for (key, name, longest) in
        [("history-table", table, longest_table), ("history-schema", schema, LONGEST)]
    {
        let Some(name) = name else { continue };
        if name.is_empty() {
            return Err(format!("{key}: the name is empty"));
        }
        if name.len() > longest {
            return Err(format!("{key}: the name is longer than {longest} bytes"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use migrate_core::diagnostics::Code;

    use super::*;

    fn table(text: &str) -> SetTable {
        toml_edit::de::from_str(text).unwrap()
    }

    fn choose(text: &str, set: Option<&str>) -> Result<(String, Declared), String> {
        table(text).choose(set, Path::new("Cargo.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn one_set_needs_no_name() {
        let (path, declared) = choose("database = \"sqlite\"", None).unwrap();
        assert_eq!((path.as_str(), declared.set.as_deref()), ("migrations", Some("main")));
        assert_eq!(declared.database, Some(Database::Sqlite));
    }

    #[test]
    fn a_named_set_inherits_what_it_does_not_say() {
        let text = "database = \"postgres\"\n[sets.app]\npath = \"a\"\n[sets.log]\npath = \"b\"\n\
                    database = \"sqlite\"\n";
        let (path, declared) = choose(text, Some("app")).unwrap();
        assert_eq!((path.as_str(), declared.database), ("a", Some(Database::Postgres)));
        assert_eq!(choose(text, Some("log")).unwrap().1.database, Some(Database::Sqlite));
        assert_eq!(choose(text, None).unwrap_err(), "the package has several sets of migrations");
        assert_eq!(choose(text, Some("x")).unwrap_err(), "the package has no set `x`");
    }

    #[test]
    fn what_is_assumed_adds_up_and_rules_are_replaced() {
        let text = "assume = [\"table a\"]\nrules = [\"tenant-rls\"]\ntenant-column = \"t\"\n\
                    [sets.app]\npath = \"a\"\nassume = [\"table\\n  b\"]\n\
                    [sets.log]\npath = \"b\"\nrules = []\n";
        let app = choose(text, Some("app")).unwrap().1;
        assert_eq!(app.assume, ["table a", "table b"]);
        assert_eq!(app.rules.on.into_iter().collect::<Vec<_>>(), [Code::M601]);
        assert_eq!(app.rules.tenant_column.as_deref(), Some("t"));
        let log = choose(text, Some("log")).unwrap().1;
        assert!(log.rules.on.is_empty());
    }

    #[test]
    fn wrong_values_are_named() {
        for (text, message) in [
            ("layout = \"rails\"", "Cargo.toml: `rails` is no layout"),
            ("database = \"oracle\"", "Cargo.toml: database: `oracle` is not a kind"),
            ("policy = { late = \"apply\" }", "Cargo.toml: policy: `late` is no situation"),
            ("policy = { edited = \"maybe\" }", "Cargo.toml: policy: `maybe` is no decision"),
            ("assume = [\" \"]", "Cargo.toml: assume: an entry is empty"),
            ("history-table = \"\"", "Cargo.toml: history-table: the name is empty"),
            ("rules = [\"rls\"]", "Cargo.toml: rules: `rls` is no rule; known are `tenant-rls`, "),
            ("rules = [\"tenant-rls\"]", "Cargo.toml: rules: `tenant-rls` needs the name of the "),
        ] {
            let error = choose(text, None).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
        let named = |length| choose(&format!("history-table = '{}'", "h".repeat(length)), None);
        assert!(named(56).is_ok());
        let error = named(57).unwrap_err();
        assert_eq!(error, "Cargo.toml: history-table: the name is longer than 56 bytes");
        assert!(toml_edit::de::from_str::<SetTable>("databse = \"sqlite\"").is_err());
    }
}
