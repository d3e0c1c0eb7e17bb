//! Which names statements use, and how they are written.

use migrate_core::database::Database;

use super::Generator;
use crate::model::{Model, Part, Table};

const TABLES: &[&str] = &["users", "orders", "items", "userProfiles", "order", "audit_log", "tags"];
const COLUMNS: &[&str] =
    &["id", "name", "user_id", "total", "createdAt", "kind", "note", "email", "group"];
/// Words that name nothing without quotes.
const RESERVED: &[&str] = &["order", "group"];
/// How often, in percent, a statement names what need not be there.
const FAULTS: usize = 4;

impl Generator {
    /// A name in one of the ways to write it; seldom one that means another name.
    pub(super) fn write(&mut self, name: &str) -> String {
        let needs_quotes = RESERVED.contains(&name)
            || (self.is(Database::Postgres) && name.chars().any(char::is_uppercase));
        let ignores_case = !self.is(Database::Mysql);
        match self.random.below(100) {
            0..2 => name.to_owned(),
            2..70 if !needs_quotes => name.to_owned(),
            70..80 if !needs_quotes && ignores_case => name.to_uppercase(),
            _ => self.quoted(name),
        }
    }

    fn quoted(&mut self, name: &str) -> String {
        match self.database {
            Database::Postgres => format!("\"{name}\""),
            Database::Mysql => format!("`{name}`"),
            Database::Sqlite => {
                let quotes = [("\"", "\""), ("[", "]"), ("`", "`")];
                let (open, close) = quotes[self.random.below(3)];
                format!("{open}{name}{close}")
            }
        }
    }

    /// A table's name with its schema where it has one.
    pub(super) fn write_table(&mut self, table: &Table) -> String {
        let name = self.write(&table.name);
        if let Some(schema) = &table.schema {
            format!("{}.{name}", self.write(schema))
        } else {
            let default = match self.database {
                Database::Postgres => "public",
                Database::Sqlite => "main",
                Database::Mysql => return name,
            };
            if self.chance(8) { format!("{default}.{name}") } else { name }
        }
    }

    /// A name that may be taken.
    pub(super) fn new_table_name(&mut self) -> String {
        if self.chance(25) { self.fresh("t") } else { self.random.pick(TABLES).to_owned() }
    }

    pub(super) fn any_column(&mut self) -> String {
        self.random.pick(COLUMNS).to_owned()
    }

    /// A name that nothing has.
    pub(super) fn fresh(&mut self, prefix: &str) -> String {
        self.counter += 1;
        format!("{prefix}{}", self.counter)
    }

    /// A table that is there, or seldom one that need not be.
    pub(super) fn some_table(&mut self, model: &Model) -> Table {
        if !self.chance(FAULTS)
            && let Some(table) = self.random.pick_from(&model.tables)
        {
            return table.clone();
        }
        let columns = vec![self.any_column(), self.any_column()];
        let view = self.random.pick_from(&model.views).cloned();
        match view {
            Some(view) if self.chance(50) => view,
            _ => Table { name: self.new_table_name(), columns, ..Table::default() },
        }
    }

    /// What a query can read.
    pub(super) fn some_relation(&mut self, model: &Model) -> Table {
        if self.chance(25)
            && let Some(view) = self.random.pick_from(&model.views)
        {
            return view.clone();
        }
        self.some_table(model)
    }

    /// A column that is there, or seldom one that need not be.
    pub(super) fn some_column(&mut self, table: &Table) -> String {
        if !self.chance(FAULTS)
            && let Some(column) = self.random.pick_from(&table.columns)
        {
            return column.clone();
        }
        self.any_column()
    }

    /// A part that is there and its table, or seldom another.
    pub(super) fn some_part(&mut self, parts: &[Part], prefix: &str) -> Part {
        if !self.chance(FAULTS * 2)
            && let Some(part) = self.random.pick_from(parts)
        {
            return part.clone();
        }
        let name = format!("{prefix}{}", self.random.below(20));
        Part { name, table: self.new_table_name() }
    }

    /// A new part's name: sometimes one that is taken.
    pub(super) fn part_name(&mut self, parts: &[Part], prefix: &str) -> String {
        if self.chance(FAULTS)
            && let Some(part) = self.random.pick_from(parts)
        {
            return part.name.clone();
        }
        self.fresh(prefix)
    }
}
