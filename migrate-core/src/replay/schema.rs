//! The replayed schema, as other parts of the project read it.

use super::write::Written;

/// Tables and views after a replay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// By schema and name.
    pub tables: Vec<TableView>,
}

/// A statement that makes a part of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStatement {
    /// What it makes: `table`, `index`, `view`, …; `setting` for what holds for the others.
    pub kind: &'static str,
    /// The name of what it makes, or of the table that it belongs to.
    pub name: String,
    /// The statement without a semicolon; empty where it is not known.
    pub sql: String,
    /// What is not certain of it.
    pub notes: Vec<String>,
    /// The search path under which its names are meant; empty for the server's own.
    pub search_path: Vec<String>,
}

impl SchemaStatement {
    pub(super) fn new(kind: &'static str, name: &str, written: Written) -> Self {
        let path = written.path.unwrap_or_default();
        SchemaStatement {
            kind,
            name: name.to_owned(),
            sql: written.sql,
            notes: written.notes,
            search_path: path.iter().map(ToString::to_string).collect(),
        }
    }

    /// The statement as a file has it: what is not certain in comments before it, and a
    /// search path of its own around it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for note in &self.notes {
            text.extend(["-- ", note, "\n"]);
        }
        if self.sql.is_empty() {
            return text;
        }
        if self.search_path.is_empty() {
            return format!("{text}{};\n", self.sql);
        }
        let quoted = |schema: &String| format!("\"{}\"", schema.replace('"', "\"\""));
        let path: Vec<_> = self.search_path.iter().map(quoted).collect();
        let path = path.join(", ");
        format!("{text}SET search_path TO {path};\n{};\nRESET search_path;\n", self.sql)
    }
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
