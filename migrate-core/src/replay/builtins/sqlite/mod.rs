//! What `SQLite` brings, and its rules.
//!
//! There is no list of functions: the application may register any, so an unknown one is
//! always possible. Types are any words at all.

use crate::replay::dialect::Dialect;

/// The rules and names of `SQLite`.
#[derive(Debug)]
pub(crate) struct Sqlite;

/// Virtual tables that need not be created; builds may have others of this kind.
const READY_MADE: &[&str] = &[
    "bytecode",
    "carray",
    "completion",
    "csv",
    "dbstat",
    "fsdir",
    "generate_series",
    "json_each",
    "json_tree",
    "jsonb_each",
    "jsonb_tree",
    "sqlar",
    "stmt",
    "tables_used",
    "unionvtab",
    "wholenumber",
    "zipfile",
];

impl Dialect for Sqlite {
    fn default_path(&self) -> &'static [&'static str] {
        &["main"]
    }

    fn is_system_schema(&self, schema: &str) -> bool {
        // Temporary objects, under the engine's name for them.
        schema == "pg_temp"
    }

    fn has_function(&self, _name: &str) -> bool {
        true
    }

    fn has_type(&self, _name: &str) -> bool {
        true
    }

    fn has_system_relation(&self, _schema: &str, name: &str) -> bool {
        name.starts_with("sqlite_") || name.starts_with("pragma_") || READY_MADE.contains(&name)
    }

    fn is_system_column(&self, name: &str) -> bool {
        matches!(name, "rowid" | "oid" | "_rowid_")
    }

    // Source: "Built-in Aggregate Functions"; of more than one value `min` and `max` are none.
    fn is_aggregate(&self, name: &str, arguments: usize) -> bool {
        match name {
            "count" => arguments <= 1,
            "avg" | "max" | "min" | "sum" | "total" => arguments == 1,
            "group_concat" => (1..=2).contains(&arguments),
            _ => false,
        }
    }

    // Source: "Deterministic SQL Functions".
    fn is_volatile(&self, function: &str) -> bool {
        matches!(
            function,
            "random" | "randomblob" | "changes" | "total_changes" | "last_insert_rowid"
        )
    }

    fn refuses_generated_targets(&self) -> bool {
        true
    }

    fn restricts_drops(&self) -> bool {
        false
    }

    fn checks_views(&self) -> bool {
        false
    }

    fn checks_types(&self) -> bool {
        false
    }

    fn checks_foreign_keys(&self) -> bool {
        false
    }

    fn keeps_source(&self) -> bool {
        true
    }

    fn names_constraints(&self) -> bool {
        false
    }

    fn checks_unused_common_tables(&self) -> bool {
        false
    }

    fn checks_columns_of_existing_indexes(&self) -> bool {
        false
    }

    fn refuses_idle_renames(&self) -> bool {
        false
    }

    fn looks_past_tables(&self) -> bool {
        true
    }

    fn sees_results_in_conditions(&self) -> bool {
        true
    }

    fn returns_target_only(&self) -> bool {
        true
    }

    fn fills_all_columns(&self) -> bool {
        true
    }
}
