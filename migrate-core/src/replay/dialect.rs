//! The rules by which servers differ, as data and small answers.

use std::fmt::Debug;

use super::model::{ObjectKind, Text};
use crate::database::Database;

/// A server's rules and built-in names.
///
/// Every answer that cannot be sure is the one that refutes nothing.
pub(crate) trait Dialect: Debug + Sync {
    /// Schemas in which a bare name is looked up at the start of a session.
    fn default_path(&self) -> &'static [&'static str];

    /// Whether the schema belongs to the server.
    fn is_system_schema(&self, schema: &str) -> bool;

    /// Whether the server may have a built-in function of the name.
    fn has_function(&self, name: &str) -> bool;

    /// Whether the server may have a built-in type of the name.
    fn has_type(&self, name: &str) -> bool;

    /// Whether the server may have a built-in operator, cast, operator class or family, by name
    /// and what tells it.
    fn has_typed(&self, _kind: ObjectKind, _name: &str, _by: &[Text]) -> bool {
        true
    }

    /// Whether every server has the cast between two types.
    fn brings_cast(&self, _by: &[Text]) -> bool {
        false
    }

    /// Whether every server may have the access method.
    fn has_access_method(&self, _name: &str) -> bool {
        true
    }

    /// The type behind a word that stands for a type with a sequence.
    fn serial_type(&self, _name: &str) -> Option<&'static str> {
        None
    }

    /// Whether a system schema may have the relation.
    fn has_system_relation(&self, schema: &str, name: &str) -> bool;

    /// Whether every table has the column without declaring it.
    fn is_system_column(&self, name: &str) -> bool;

    /// Names of the columns that a built-in set-returning function makes.
    fn set_columns(&self, _function: &str) -> Option<Vec<&'static str>> {
        None
    }

    /// Whether it is known what the extension brings.
    fn is_known_extension(&self, _extension: &str) -> bool {
        false
    }

    /// Whether an extension brings a function (`f`), type (`t`), relation (`r`) or schema (`s`).
    fn extension_has(&self, _extension: &str, _kind: char, _name: &str) -> bool {
        false
    }

    /// The one schema into which an extension can be put.
    fn schema_of_extension(&self, _extension: &str) -> Option<&'static str> {
        None
    }

    /// The extensions that an extension needs, which `CASCADE` installs with it.
    fn needs_of_extension(&self, _extension: &str) -> Vec<&'static str> {
        Vec::new()
    }

    /// An extension that brings the name, for the help.
    fn extensions_with(&self, _kind: char, _name: &str) -> Option<&'static str> {
        None
    }

    /// Whether the role is there on every server.
    fn is_system_role(&self, _name: &str) -> bool {
        true
    }

    /// Whether every database has the extension from the beginning.
    fn is_built_in_extension(&self, _name: &str) -> bool {
        false
    }

    /// Whether dropping what others need is refused unless it cascades.
    fn restricts_drops(&self) -> bool {
        true
    }

    /// Whether names in a view are looked up when it is created.
    fn checks_views(&self) -> bool {
        true
    }

    /// Whether a type that nobody knows is refused.
    fn checks_types(&self) -> bool {
        true
    }

    /// Whether `DROP TABLE` takes sequences as well.
    fn drops_sequences_as_tables(&self) -> bool {
        false
    }

    /// Whether indexes are named per table rather than per schema.
    fn indexes_belong_to_tables(&self) -> bool {
        false
    }

    /// Whether a name is of one procedure and of one function, and names of triggers are the
    /// schema's.
    fn has_one_routine_of_a_name(&self) -> bool {
        false
    }

    /// Whether the adapter follows the code of routines well enough to judge what it does.
    fn follows_calls(&self) -> bool {
        false
    }

    /// Whether a routine's code is looked into only when it runs, so that what is missing in it
    /// shows late.
    fn reads_code_late(&self) -> bool {
        false
    }

    /// Whether only foreign keys keep a table, column or key from being dropped.
    fn only_foreign_keys_restrict(&self) -> bool {
        false
    }

    /// Whether a table that differs in case, or is in another schema, may be the one meant:
    /// that depends on the system and on the connection.
    fn has_loose_names(&self) -> bool {
        false
    }

    /// Whether a foreign key to a table that does not exist is refused.
    fn checks_foreign_keys(&self) -> bool {
        true
    }

    /// Whether views and triggers are kept as they are written, looked into when they are
    /// used and whenever a table is altered, and rewritten when something is renamed.
    fn keeps_source(&self) -> bool {
        false
    }

    /// Whether columns that count by themselves have a sequence with a name.
    fn counts_with_sequences(&self) -> bool {
        true
    }

    /// Whether keys, checks and foreign keys have names that nothing else may have.
    fn names_constraints(&self) -> bool {
        true
    }

    /// Whether `DROP … IF EXISTS` passes over a thing of another kind.
    fn passes_over_other_kinds(&self) -> bool {
        false
    }

    /// Whether a table of a `WITH` that nothing reads is looked into.
    fn checks_unused_common_tables(&self) -> bool {
        true
    }

    /// Whether the columns of an index that is there already are looked up all the same.
    fn checks_columns_of_existing_indexes(&self) -> bool {
        true
    }

    /// Whether a column may not be renamed to the name it has.
    fn refuses_idle_renames(&self) -> bool {
        true
    }

    /// Whether conditions may use the names that a query gives its results.
    fn sees_results_in_conditions(&self) -> bool {
        false
    }

    /// Whether a sub-query may use the names that the query around it gives its results: in the
    /// list of results those to the left, in `GROUP BY`, `HAVING` and `ORDER BY` all.
    fn sees_results_in_sub_queries(&self) -> bool {
        false
    }

    /// Whether `table.column` is looked for further out where the nearest table of the name
    /// does not have the column.
    fn looks_past_tables(&self) -> bool {
        false
    }

    /// Whether the values of an `INSERT` may name columns of the table they go to.
    fn rows_see_target(&self) -> bool {
        false
    }

    /// Whether columns of a view, and tables of one `FROM`, must differ in name.
    fn refuses_equal_names(&self) -> bool {
        false
    }

    /// Whether the tables of a `FROM` must differ in name in a view that is created, too.
    fn compares_tables_of_views(&self) -> bool {
        true
    }

    /// Whether a bare name in `HAVING`, or in the clauses of a call, means a result before it
    /// means a column.
    fn prefers_results(&self) -> bool {
        false
    }

    /// Whether sub-queries in what an `INSERT … SELECT` returns see the tables it selects from.
    ///
    /// Seen on `MariaDB` 10.11; outside of sub-queries they are not seen.
    fn sources_are_seen_in_returned(&self) -> bool {
        false
    }

    /// Whether `RETURNING` sees the changed table only, and that by its own name.
    fn returns_target_only(&self) -> bool {
        false
    }

    /// Whether types that do not fit are refused in foreign keys and conversions, a column
    /// keeps its type while others need it, and a replaced routine keeps its signature.
    fn checks_signatures(&self) -> bool {
        false
    }

    /// Whether a built-in function of the name may take so many arguments.
    fn takes(&self, _function: &str, _arguments: usize) -> bool {
        true
    }

    /// What the built-in functions of the name take: forms, each the fewest arguments and a letter
    /// for every parameter.
    fn parameters(&self, _function: &str) -> Option<&'static str> {
        None
    }

    /// A type that is like all those that the built-in functions of the name make.
    fn result_of(&self, _function: &str) -> Option<&'static str> {
        None
    }

    /// Whether a built-in function of the name and number of arguments is an aggregate.
    fn is_aggregate(&self, _name: &str, _arguments: usize) -> bool {
        false
    }

    /// Whether a column that stands twice among the targets of an `INSERT`, or of an `UPDATE`,
    /// is refused.
    fn refuses_repeated_targets(&self, _is_update: bool) -> bool {
        false
    }

    /// Whether what a built-in function returns changes from call to call, so that nothing can
    /// be kept of it.
    fn is_volatile(&self, _function: &str) -> bool {
        false
    }

    /// Whether a generated column must not be named among those that are filled.
    fn refuses_generated_targets(&self) -> bool {
        false
    }

    /// Whether sub-queries and aggregates are refused in checks, keys of indexes and the like.
    fn keeps_definitions_plain(&self) -> bool {
        true
    }

    /// Whether a column beside groups has to be grouped by, whatever the session is set to.
    fn refuses_ungrouped(&self) -> bool {
        false
    }

    /// Whether a list of names for a query's columns has to name all of them.
    fn names_all_results(&self) -> bool {
        true
    }

    /// How values of a type are kept, where a foreign key asks both columns to keep them alike;
    /// nothing where that cannot be told from what is written.
    fn storage(&self, _written: &str) -> Option<String> {
        None
    }

    /// Whether an `INSERT` without a list of columns must fill all of them but the generated
    /// ones, and these too where they may be named.
    fn fills_all_columns(&self) -> bool {
        false
    }

    /// Words without which no column is left out by an `INSERT` that names none, each with the
    /// place of its rarest letter.
    fn words_that_hide_columns(&self) -> &'static [(&'static str, usize)] {
        &[]
    }
}

/// Returns a server's rules, where this build has them.
pub(crate) fn dialect_of(database: Database) -> Option<&'static dyn Dialect> {
    match database {
        #[cfg(feature = "postgres")]
        Database::Postgres => Some(&super::builtins::postgres::Postgres),
        #[cfg(feature = "sqlite")]
        Database::Sqlite => Some(&super::builtins::sqlite::Sqlite),
        #[cfg(feature = "mysql")]
        Database::Mysql => Some(&super::builtins::mysql::Mysql),
        #[allow(unreachable_patterns, reason = "all three features may be on")]
        _ => None,
    }
}
