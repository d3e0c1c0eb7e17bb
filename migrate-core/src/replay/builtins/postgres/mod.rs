//! What Postgres brings: names of functions, types and system relations.
//!
//! Generated from a Postgres 15 by `generate/postgres.sh`; `newer.txt` adds what servers up
//! to 18 have besides, as [`NEWER_COUNTS`] does, `known_extensions.txt` what extensions bring that Postgres itself
//! does not ship; `in` are the schemas that their control files demand, `needs` the extensions that they require. A name that is possible on any supported server is never refuted.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::words;
use crate::replay::dialect::Dialect;
use crate::replay::model::{ObjectKind, Text};

/// The rules and names of Postgres.
#[derive(Debug)]
pub(crate) struct Postgres;

/// Numbers of arguments that functions of Postgres 15 take on servers up to 18 as well.
///
/// Source: the release notes of 16, 17 and 18.
const NEWER_COUNTS: [(&str, usize); 4] =
    [("generate_series", 4), ("json_strip_nulls", 2), ("jsonb_strip_nulls", 2), ("random", 2)];

struct Tables {
    functions: HashSet<&'static str>,
    /// How many arguments functions take; a plus behind the last number stands for any more.
    counts: HashMap<&'static str, &'static str>,
    /// What functions take, as `generate/postgres.sh` says.
    parameters: HashMap<&'static str, &'static str>,
    /// A type like those that all functions of a name make.
    results: HashMap<&'static str, &'static str>,
    types: HashSet<&'static str>,
    operators: HashSet<&'static str>,
    /// Pairs of types.
    casts: HashSet<&'static str>,
    /// Access methods, each with the name of an operator class or family.
    operator_classes: HashSet<&'static str>,
    relations: HashSet<&'static str>,
    information_schema: HashSet<&'static str>,
    /// Set-returning functions and the names of what they return.
    sets: HashMap<&'static str, Vec<&'static str>>,
    extensions: HashMap<&'static str, Vec<(&'static str, &'static str)>>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut functions = words(include_str!("functions.txt"));
        functions.extend(words(include_str!("newer.txt")));
        let mut extensions: HashMap<_, Vec<_>> = HashMap::new();
        let lines = include_str!("extensions.txt").lines();
        for line in lines.chain(include_str!("known_extensions.txt").lines()) {
            let mut parts = line.split(' ');
            let (Some(extension), Some(kind)) = (parts.next(), parts.next()) else { continue };
            extensions.entry(extension).or_default().push((kind, parts.next().unwrap_or("")));
        }
        let sets = include_str!("sets.txt").lines().filter_map(|line| {
            let mut parts = line.split(' ');
            Some((parts.next()?, parts.collect()))
        });
        let pairs = |text: &'static str| text.lines().filter_map(|it| it.split_once(' ')).collect();
        Tables {
            functions,
            counts: pairs(include_str!("argument_counts.txt")),
            parameters: pairs(include_str!("parameters.txt")),
            results: pairs(include_str!("results.txt")),
            types: words(include_str!("types.txt")),
            operators: words(include_str!("operators.txt")),
            casts: words(include_str!("casts.txt")),
            operator_classes: words(include_str!("operator_classes.txt")),
            relations: words(include_str!("relations.txt")),
            information_schema: words(include_str!("information_schema.txt")),
            sets: sets.collect(),
            extensions,
        }
    })
}

/// Whether `name` is what a table's entry says, which may end with a star.
fn matches(entry: &str, name: &str) -> bool {
    match entry.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => entry == name,
    }
}

/// Whether the server passes over the name of a class that it no longer has, or once had it for
/// arrays.
///
/// Source: `ResolveOpClass` in its `indexcmds.c`.
fn is_old_class(name: &str) -> bool {
    name.starts_with('_')
        || matches!(
            name,
            "network_ops"
                | "timespan_ops"
                | "datetime_ops"
                | "lztext_ops"
                | "timestamp_ops"
                | "bigbox_ops"
        )
}

impl Dialect for Postgres {
    fn default_path(&self) -> &'static [&'static str] {
        &["public"]
    }

    fn is_system_schema(&self, schema: &str) -> bool {
        matches!(schema, "pg_catalog" | "information_schema" | "pg_toast")
            || schema.starts_with("pg_temp")
    }

    fn has_function(&self, name: &str) -> bool {
        // Functions of newer servers and of their statistics, which are many; those of upgrades
        // came with minor versions too.
        name.starts_with("pg_")
            || name.starts_with("binary_upgrade_")
            || tables().functions.contains(name)
    }

    fn has_type(&self, name: &str) -> bool {
        let name =
            name.strip_prefix('_').filter(|name| tables().types.contains(name)).unwrap_or(name);
        tables().types.contains(name)
    }

    fn has_typed(&self, kind: ObjectKind, name: &str, by: &[Text]) -> bool {
        match kind {
            ObjectKind::Operator => tables().operators.contains(name),
            // Postgres 18 converts between numbers and `bytea`.
            ObjectKind::Cast => {
                self.brings_cast(by) || by.iter().any(|own| &**own == "pg_catalog.bytea")
            }
            _ => {
                let method = by.first().map_or("", |method| &**method);
                tables().operator_classes.contains(format!("{method} {name}").as_str())
                    || is_old_class(name)
            }
        }
    }

    fn brings_cast(&self, by: &[Text]) -> bool {
        let built_in: Option<Vec<&str>> =
            by.iter().map(|own| own.strip_prefix("pg_catalog.")).collect();
        let pair = built_in.map(|pair| pair.join(" ")).unwrap_or_default();
        // Younger than the servers that are still about.
        !pair.contains("multirange") && !pair.contains("xid8") && tables().casts.contains(&*pair)
    }

    fn has_access_method(&self, name: &str) -> bool {
        matches!(name, "btree" | "hash" | "gist" | "gin" | "spgist" | "brin" | "rtree")
    }

    fn serial_type(&self, name: &str) -> Option<&'static str> {
        Some(match name {
            "serial" | "serial4" => "int4",
            "bigserial" | "serial8" => "int8",
            "smallserial" | "serial2" => "int2",
            _ => return None,
        })
    }

    fn has_system_relation(&self, schema: &str, name: &str) -> bool {
        match schema {
            "pg_catalog" => name.starts_with("pg_") || tables().relations.contains(name),
            "information_schema" => tables().information_schema.contains(name),
            _ => true,
        }
    }

    fn is_system_column(&self, name: &str) -> bool {
        matches!(name, "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid" | "oid")
    }

    fn set_columns(&self, function: &str) -> Option<Vec<&'static str>> {
        tables().sets.get(function).cloned()
    }

    fn refuses_equal_names(&self) -> bool {
        true
    }

    fn takes(&self, function: &str, arguments: usize) -> bool {
        let Some(counts) = tables().counts.get(function) else { return true };
        let takes = |count: &str| match count.strip_suffix('+') {
            Some(fewest) => fewest.parse().is_ok_and(|fewest: usize| arguments >= fewest),
            None => count.parse() == Ok(arguments),
        };
        counts.split(' ').any(takes) || NEWER_COUNTS.contains(&(function, arguments))
    }

    fn parameters(&self, function: &str) -> Option<&'static str> {
        tables().parameters.get(function).copied()
    }

    fn result_of(&self, function: &str) -> Option<&'static str> {
        tables().results.get(function).copied()
    }

    // Source: Postgres manual, "Aggregate Functions".
    fn is_aggregate(&self, name: &str, arguments: usize) -> bool {
        match name {
            "count" => arguments <= 1,
            "array_agg" | "avg" | "bit_and" | "bit_or" | "bool_and" | "bool_or" | "every"
            | "json_agg" | "jsonb_agg" | "max" | "min" | "stddev" | "stddev_pop"
            | "stddev_samp" | "sum" | "variance" | "var_pop" | "var_samp" => arguments == 1,
            "string_agg" | "json_object_agg" | "jsonb_object_agg" => arguments == 2,
            _ => false,
        }
    }

    fn refuses_repeated_targets(&self, _is_update: bool) -> bool {
        true
    }

    // Source: `provolatile` in `pg_proc` of Postgres 15.
    fn is_volatile(&self, function: &str) -> bool {
        matches!(
            function,
            "now"
                | "random"
                | "clock_timestamp"
                | "statement_timestamp"
                | "transaction_timestamp"
                | "timeofday"
                | "gen_random_uuid"
                | "nextval"
                | "current_timestamp"
                | "current_date"
                | "current_time"
                | "localtimestamp"
                | "localtime"
                | "current_user"
                | "session_user"
        )
    }

    fn refuses_ungrouped(&self) -> bool {
        true
    }

    fn names_all_results(&self) -> bool {
        false
    }

    fn checks_signatures(&self) -> bool {
        true
    }

    fn is_known_extension(&self, extension: &str) -> bool {
        tables().extensions.contains_key(extension)
    }

    fn extension_has(&self, extension: &str, kind: char, name: &str) -> bool {
        tables().extensions.get(extension).is_some_and(|entries| {
            entries
                .iter()
                .any(|(entry_kind, entry)| entry_kind.starts_with(kind) && matches(entry, name))
        })
    }

    fn schema_of_extension(&self, extension: &str) -> Option<&'static str> {
        let entries = tables().extensions.get(extension)?;
        entries.iter().find(|(kind, _)| *kind == "in").map(|(_, schema)| *schema)
    }

    fn needs_of_extension(&self, extension: &str) -> Vec<&'static str> {
        let entries = tables().extensions.get(extension).map_or(&[][..], Vec::as_slice);
        entries.iter().filter(|(kind, _)| *kind == "needs").map(|(_, needed)| *needed).collect()
    }

    fn extensions_with(&self, kind: char, name: &str) -> Option<&'static str> {
        let mut found: Vec<_> = tables()
            .extensions
            .iter()
            .filter(|(_, entries)| {
                entries
                    .iter()
                    .any(|(entry_kind, entry)| entry_kind.starts_with(kind) && *entry == name)
            })
            .map(|(extension, _)| *extension)
            .collect();
        found.sort_unstable();
        found.first().copied()
    }

    fn reads_code_late(&self) -> bool {
        true
    }

    fn is_system_role(&self, name: &str) -> bool {
        name.starts_with("pg_") || matches!(name, "public" | "postgres" | "none")
    }

    // Source: Postgres 15 manual, "CREATE EXTENSION": `PL/pgSQL` is installed by default.
    fn is_built_in_extension(&self, name: &str) -> bool {
        name == "plpgsql"
    }
}
