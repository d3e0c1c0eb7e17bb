//! `CREATE TABLE` and what stands in its parentheses.

use migrate_core::database::Database;

use super::Generator;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn create_table(&mut self, model: &Model) -> Step {
        let mut table = Table { name: self.new_table_name(), ..Table::default() };
        if self.chance(20) {
            table.schema = self.random.pick_from(&model.schemas).cloned();
        }
        let written = self.write_table(&table);
        let exists = self.maybe(25, "IF NOT EXISTS ");
        let temporary = if table.schema.is_none() { self.maybe(4, "TEMPORARY ") } else { "" };
        if self.chance(8) {
            let query = self.query(model, 1);
            table.columns = query.columns;
            let sql = format!("CREATE {temporary}TABLE {exists}{written} AS {}", query.sql);
            return Step::new(sql, move |model| model.tables.push(table));
        }
        let (body, constraints) = self.table_body(model, &mut table);
        let sql = format!("CREATE {temporary}TABLE {exists}{written} ({body})");
        Step::new(sql, move |model| {
            if model.table_mut(&table.name).is_none() {
                model.tables.push(table);
                model.constraints.extend(constraints);
            }
        })
    }

    fn table_body(&mut self, model: &Model, table: &mut Table) -> (String, Vec<Part>) {
        let mut parts = Vec::new();
        let mut constraints = Vec::new();
        if self.chance(85) {
            table.key = Some("id".to_owned());
            table.columns.push("id".to_owned());
            let id = self.write("id");
            parts.push(format!("{id} {}", self.key_type()));
        }
        for _ in 0..=self.random.below(4) {
            let column = self.any_column();
            if table.columns.contains(&column) && !self.chance(3) {
                continue;
            }
            table.columns.push(column.clone());
            parts.push(self.column(model, table, &column));
        }
        if parts.is_empty() {
            parts.push(self.column(model, table, "id"));
            table.columns.push("id".to_owned());
        }
        for _ in 0..self.random.below(3) {
            let name = self.part_name(&model.constraints, "c");
            let rule = self.table_constraint(model, table);
            if self.chance(60) {
                parts.push(format!("CONSTRAINT {} {rule}", self.write(&name)));
                constraints.push(Part { name, table: table.name.clone() });
            } else {
                parts.push(rule);
            }
        }
        (parts.join(", "), constraints)
    }

    fn key_type(&mut self) -> &'static str {
        match self.database {
            Database::Postgres => self.random.pick(&[
                "serial PRIMARY KEY",
                "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                "integer PRIMARY KEY",
                "BIGSERIAL PRIMARY KEY",
            ]),
            Database::Mysql => self.random.pick(&[
                "INT AUTO_INCREMENT PRIMARY KEY",
                "INT PRIMARY KEY",
                "INT NOT NULL UNIQUE",
            ]),
            Database::Sqlite => self.random.pick(&[
                "INTEGER PRIMARY KEY AUTOINCREMENT",
                "INTEGER PRIMARY KEY",
                "INT UNIQUE",
            ]),
        }
    }

    pub(super) fn type_name(&mut self, model: &Model) -> String {
        if self.chance(12)
            && let Some(name) = self.random.pick_from(&model.types).cloned()
        {
            return self.write(&name);
        }
        let types: &[&str] = match self.database {
            Database::Postgres => &[
                "integer",
                "bigint",
                "text",
                "varchar(40)",
                "boolean",
                "timestamptz",
                "timestamp with time zone",
                "numeric(10, 2)",
                "uuid",
                "jsonb",
                "\"text\"",
                "pg_catalog.int4",
                "text[]",
                "double precision",
                "character varying(20)[]",
                "INT",
            ],
            Database::Mysql => &[
                "INT",
                "BIGINT UNSIGNED",
                "VARCHAR(40)",
                "DATETIME",
                "DECIMAL(10, 2)",
                "ENUM('a', 'b')",
                "BOOLEAN",
                "TEXT",
                "CHAR(36) CHARACTER SET ascii",
                "DOUBLE",
            ],
            Database::Sqlite => &[
                "INTEGER",
                "TEXT",
                "REAL",
                "BLOB",
                "VARCHAR(40)",
                "",
                "NUMERIC(10, 2)",
                "DATETIME",
            ],
        };
        if self.is(Database::Postgres) && self.chance(2) {
            return "mood".to_owned();
        }
        self.random.pick(types).to_owned()
    }

    /// A column's definition; the rest of `table` is there for what refers to it.
    pub(super) fn column(&mut self, model: &Model, table: &Table, name: &str) -> String {
        let mut text = format!("{} {}", self.write(name), self.type_name(model));
        match self.random.below(100) {
            0..15 => text.push_str(" UNIQUE"),
            15..25 => text.push_str(" DEFAULT NULL"),
            25..32 => text.push_str(" NOT NULL"),
            32..38 => {
                let column = self.some_column(table);
                let check = format!(" CHECK ({} IS NOT NULL)", self.write(&column));
                text.push_str(&check);
            }
            38..50 => {
                let target = self.some_table(model);
                text.push_str(&self.references(&target));
            }
            50..54 => {
                let column = self.some_column(table);
                let written = self.write(&column);
                let expression = match self.database {
                    Database::Postgres => format!(
                        "{} text GENERATED ALWAYS AS (coalesce({written}::text, '')) STORED",
                        self.write(name)
                    ),
                    _ => format!(
                        "{} INT GENERATED ALWAYS AS (length({written})) STORED",
                        self.write(name)
                    ),
                };
                return expression;
            }
            _ => {}
        }
        text
    }

    pub(super) fn references(&mut self, target: &Table) -> String {
        let table = self.write_table(target);
        let column = match &target.key {
            Some(key) if !self.chance(5) => key.clone(),
            _ => self.some_column(target),
        };
        let action = self.random.pick(&[
            "",
            " ON DELETE CASCADE",
            " ON DELETE SET NULL",
            " ON UPDATE NO ACTION",
        ]);
        if self.chance(20) && !self.is(Database::Mysql) {
            return format!(" REFERENCES {table}{action}");
        }
        format!(" REFERENCES {table} ({}){action}", self.write(&column))
    }

    pub(super) fn table_constraint(&mut self, model: &Model, table: &Table) -> String {
        let column = self.some_column(table);
        let first = self.write(&column);
        let other = self.some_column(table);
        let second = self.write(&other);
        match self.random.below(6) {
            0 => format!("UNIQUE ({first})"),
            1 => format!("UNIQUE ({first}, {second})"),
            2 => format!("CHECK ({first} IS NOT NULL OR {second} IS NULL)"),
            3 if self.chance(20) => format!("PRIMARY KEY ({first}, {second})"),
            _ => {
                let target = self.some_table(model);
                format!("FOREIGN KEY ({first}){}", self.references(&target))
            }
        }
    }

    pub(super) fn drop_table(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let exists = self.maybe(30, "IF EXISTS ");
        let cascade = if self.is(Database::Sqlite) { "" } else { self.maybe(40, " CASCADE") };
        let name = table.name;
        Step::new(format!("DROP TABLE {exists}{written}{cascade}"), move |model| {
            model.drop_table(&name);
        })
    }
}
