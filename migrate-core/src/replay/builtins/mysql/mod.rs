//! What `MySQL` and `MariaDB` bring: names of functions.
//!
//! `functions.txt` is generated from a `MariaDB` by `generate/mysql.sh`; `mysql.txt` adds
//! what `MySQL` 8 and 9 and other versions of `MariaDB` have besides. A name that is possible
//! on any of them is never refuted.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::words;
use crate::replay::dialect::Dialect;

/// The rules and names of `MySQL` and `MariaDB`.
#[derive(Debug)]
pub(crate) struct Mysql;

fn functions() -> &'static HashSet<&'static str> {
    static FUNCTIONS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let mut functions = words(include_str!("functions.txt"));
        functions.extend(words(include_str!("mysql.txt")));
        functions
    })
}

/// Families of functions that grow with each version, and those of plugins that a server may
/// have loaded.
const FAMILIES: &[&str] = &[
    "st_",
    "mbr",
    "json_",
    "group_replication_",
    "keyring_",
    "version_tokens_",
    "audit_",
    "gen_",
    "mask_",
    "wsrep_",
    "spider_",
    "asynchronous_",
    "is_",
    "vec_",
    "column_",
    "oqgraph_",
    "inet",
    "mysqlx_",
    "statement_",
    "service_",
    "create_asymmetric_",
    "create_dh_",
    "ps_",
    "regexp_",
    "uuid",
    "firewall_",
    "read_firewall_",
    "mysql_",
    "lib_mysqludf_",
    "sys_",
];

/// Whether a database belongs to the server.
pub(crate) fn is_system_database(name: &str) -> bool {
    let system = ["information_schema", "mysql", "performance_schema", "sys"];
    system.iter().any(|own| own.eq_ignore_ascii_case(name))
}

impl Dialect for Mysql {
    fn default_path(&self) -> &'static [&'static str] {
        &[""]
    }

    fn is_system_schema(&self, schema: &str) -> bool {
        is_system_database(schema)
    }

    fn has_function(&self, name: &str) -> bool {
        functions().contains(name) || FAMILIES.iter().any(|family| name.starts_with(family))
    }

    fn has_type(&self, _name: &str) -> bool {
        false
    }

    fn has_system_relation(&self, schema: &str, name: &str) -> bool {
        !schema.is_empty() || name.eq_ignore_ascii_case("dual") || is_sequence_of_numbers(name)
    }

    // Source: "Identifier Names", "_rowid": the only column of a key of whole numbers.
    fn is_system_column(&self, name: &str) -> bool {
        // The last two are those of a table with system versioning.
        matches!(name, "_rowid" | "row_start" | "row_end")
    }

    fn sources_are_seen_in_returned(&self) -> bool {
        true
    }

    fn counts_with_sequences(&self) -> bool {
        false
    }

    fn drops_sequences_as_tables(&self) -> bool {
        true
    }

    fn indexes_belong_to_tables(&self) -> bool {
        true
    }

    fn has_one_routine_of_a_name(&self) -> bool {
        true
    }

    fn follows_calls(&self) -> bool {
        true
    }

    fn only_foreign_keys_restrict(&self) -> bool {
        true
    }

    fn passes_over_other_kinds(&self) -> bool {
        true
    }

    fn checks_unused_common_tables(&self) -> bool {
        false
    }

    fn refuses_idle_renames(&self) -> bool {
        false
    }

    fn sees_results_in_sub_queries(&self) -> bool {
        true
    }

    fn rows_see_target(&self) -> bool {
        true
    }

    fn looks_past_tables(&self) -> bool {
        true
    }

    fn refuses_equal_names(&self) -> bool {
        true
    }

    /// `MariaDB` 10.11 takes `CREATE VIEW v AS SELECT 1 FROM t JOIN t USING (a)`.
    fn compares_tables_of_views(&self) -> bool {
        false
    }

    fn prefers_results(&self) -> bool {
        true
    }

    fn has_loose_names(&self) -> bool {
        true
    }

    fn checks_types(&self) -> bool {
        false
    }

    fn refuses_repeated_targets(&self, is_update: bool) -> bool {
        !is_update
    }

    fn fills_all_columns(&self) -> bool {
        true
    }

    // Source: MySQL 8.4 manual, "Invisible Columns"; manual of MariaDB, "Invisible Columns",
    // "System-Versioned Tables".
    fn words_that_hide_columns(&self) -> &'static [(&'static str, usize)] {
        &[("invisible", 2), ("versioning", 0)]
    }

    // Versions that pass over checks do not look into them.
    fn keeps_definitions_plain(&self) -> bool {
        false
    }

    // Source: MySQL 8.4 manual, "Aggregate Function Descriptions".
    fn is_aggregate(&self, name: &str, arguments: usize) -> bool {
        match name {
            "count" | "group_concat" => true,
            "avg" | "bit_and" | "bit_or" | "bit_xor" | "max" | "min" | "std" | "stddev"
            | "stddev_pop" | "stddev_samp" | "sum" | "variance" | "var_pop" | "var_samp" => {
                arguments == 1
            }
            _ => false,
        }
    }

    // Source: MySQL 8.4 manual, "FOREIGN KEY Constraints": "The size and sign of fixed precision
    // types such as INTEGER and DECIMAL must be the same. The length of string types need not".
    fn storage(&self, written: &str) -> Option<String> {
        let written = written.to_ascii_lowercase();
        let mut words = written.split(|c: char| !c.is_ascii_alphanumeric());
        let bytes = match words.next()? {
            "tinyint" | "int1" | "bool" | "boolean" => 1,
            "smallint" | "int2" => 2,
            "mediumint" | "middleint" | "int3" => 3,
            "int" | "integer" | "int4" => 4,
            "bigint" | "int8" => 8,
            "serial" => return Some("8 bytes without sign".to_owned()),
            // Bytes are texts of the character set `binary`, which the table may say.
            "char" | "character" | "varchar" | "binary" | "varbinary" => {
                return Some("text".to_owned());
            }
            "date" => return Some("date".to_owned()),
            "datetime" | "timestamp" => return Some("moment".to_owned()),
            _ => return None,
        };
        let is_unsigned = words.any(|word| matches!(word, "unsigned" | "zerofill"));
        Some(format!("{bytes} bytes with{} sign", if is_unsigned { "out" } else { "" }))
    }
}

/// Whether a table makes numbers by its name: `seq_1_to_10_step_3`.
///
/// Source: `MariaDB`, "Sequence Storage Engine".
fn is_sequence_of_numbers(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some(numbers) = name.strip_prefix("seq_") else { return false };
    let parts: Vec<&str> = numbers.split('_').collect();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [from, "to", to] => is_number(from) && is_number(to),
        [from, "to", to, "step", step] => [from, to, step].iter().all(|part| is_number(part)),
        _ => false,
    }
}
