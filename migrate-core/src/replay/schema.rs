//! The replayed schema, as other parts of the project read it.

/// Tables and views after a replay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// By schema and name.
    pub tables: Vec<TableView>,
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    /// The schema it is in; empty where the server has none.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `table`, `view`, `materialized view` or `foreign table`.
    pub kind: &'static str,
    /// It is there, with these columns and no others.
    pub is_certain: bool,
    /// Row-level security is enabled.
    pub row_security: bool,
    /// Names of its policies.
    pub policies: Vec<String>,
    /// Names of its triggers.
    pub triggers: Vec<String>,
    /// Its columns, in the order of their creation.
    pub columns: Vec<ColumnView>,
    /// Columns of the primary key.
    pub keys: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnView {
    /// Its name.
    pub name: String,
    /// Its type as it was written; empty where it is not known.
    pub type_name: String,
    /// Nulls are refused.
    pub not_null: bool,
    /// Its default as it was written.
    pub default: Option<String>,
    /// It is certainly there.
    pub is_certain: bool,
}
