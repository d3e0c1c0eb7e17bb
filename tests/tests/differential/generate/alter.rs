//! `ALTER TABLE`.

use migrate_core::database::Database;

use super::Generator;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn alter_table(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let exists = if self.is(Database::Postgres) { self.maybe(10, "IF EXISTS ") } else { "" };
        let alter = format!("ALTER TABLE {exists}{written}");
        match self.random.below(100) {
            0..30 => self.add_column(model, &alter, table),
            30..45 => self.drop_column(&alter, table),
            45..58 => self.rename_column(&alter, table),
            58..64 => self.rename_table(&alter, table),
            _ if self.is(Database::Sqlite) => self.add_column(model, &alter, table),
            64..80 => self.add_constraint(model, &alter, table),
            80..88 => self.drop_constraint(model),
            _ => self.alter_column(&alter, &table),
        }
    }

    fn add_column(&mut self, model: &Model, alter: &str, table: Table) -> Step {
        let column = self.any_column();
        let can_guard = !self.is(Database::Sqlite);
        let guard = if can_guard { self.maybe(25, "IF NOT EXISTS ") } else { "" };
        let definition = self.column(model, &table, &column);
        let keyword = self.maybe(80, "COLUMN ");
        let sql = format!("{alter} ADD {keyword}{guard}{definition}");
        Step::new(sql, move |model| {
            if let Some(table) = model.table_mut(&table.name)
                && !table.columns.contains(&column)
            {
                table.columns.push(column);
            }
        })
    }

    fn drop_column(&mut self, alter: &str, table: Table) -> Step {
        let column = self.some_column(&table);
        let written = self.write(&column);
        let can_guard = !self.is(Database::Sqlite);
        let guard = if can_guard { self.maybe(20, "IF EXISTS ") } else { "" };
        let cascade = if self.is(Database::Postgres) { self.maybe(25, " CASCADE") } else { "" };
        let sql = format!("{alter} DROP COLUMN {guard}{written}{cascade}");
        Step::new(sql, move |model| {
            if let Some(table) = model.table_mut(&table.name) {
                table.columns.retain(|own| *own != column);
                table.key.take_if(|key| *key == column);
            }
        })
    }

    fn rename_column(&mut self, alter: &str, table: Table) -> Step {
        let old = self.some_column(&table);
        let new = if self.chance(50) { self.fresh("n") } else { self.any_column() };
        let keyword = self.maybe(80, "COLUMN ");
        let keyword = if self.is(Database::Mysql) { "COLUMN " } else { keyword };
        let sql = format!("{alter} RENAME {keyword}{} TO {}", self.write(&old), self.write(&new));
        Step::new(sql, move |model| {
            if let Some(table) = model.table_mut(&table.name) {
                for column in table.columns.iter_mut().filter(|column| **column == old) {
                    column.clone_from(&new);
                }
                if table.key.as_ref() == Some(&old) {
                    table.key = Some(new);
                }
            }
        })
    }

    fn rename_table(&mut self, alter: &str, table: Table) -> Step {
        let new = self.new_table_name();
        let sql = format!("{alter} RENAME TO {}", self.write(&new));
        Step::new(sql, move |model| model.rename_table(&table.name, &new))
    }

    fn add_constraint(&mut self, model: &Model, alter: &str, table: Table) -> Step {
        let name = self.part_name(&model.constraints, "c");
        let rule = self.table_constraint(model, &table);
        let sql = format!("{alter} ADD CONSTRAINT {} {rule}", self.write(&name));
        Step::new(sql, move |model| {
            model.constraints.push(Part { name, table: table.name });
        })
    }

    fn drop_constraint(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.constraints, "c");
        let table = model.tables.iter().find(|table| table.name == part.table).cloned();
        let table = table.unwrap_or(Table { name: part.table.clone(), ..Table::default() });
        let guard = self.maybe(25, "IF EXISTS ");
        let table = self.write_table(&table);
        let cascade = if self.is(Database::Postgres) { self.maybe(20, " CASCADE") } else { "" };
        let sql = format!(
            "ALTER TABLE {table} DROP CONSTRAINT {guard}{}{cascade}",
            self.write(&part.name)
        );
        Step::new(sql, move |model| {
            model.constraints.retain(|own| own.name != part.name || own.table != part.table);
        })
    }

    fn alter_column(&mut self, alter: &str, table: &Table) -> Step {
        let column = self.some_column(table);
        let written = self.write(&column);
        let action = if self.is(Database::Mysql) {
            match self.random.below(4) {
                0 => format!("MODIFY {written} VARCHAR(50)"),
                1 => format!("MODIFY COLUMN {written} BIGINT"),
                2 => format!("ALTER COLUMN {written} DROP DEFAULT"),
                _ => format!("CHANGE {written} {written} VARCHAR(60)"),
            }
        } else {
            match self.random.below(6) {
                0 => format!("ALTER COLUMN {written} DROP NOT NULL"),
                1 => format!("ALTER {written} SET NOT NULL"),
                2 => format!("ALTER COLUMN {written} SET DEFAULT NULL"),
                3 => format!("ALTER COLUMN {written} DROP DEFAULT"),
                4 => format!("ALTER COLUMN {written} TYPE text"),
                _ => format!("ALTER COLUMN {written} SET DATA TYPE text USING {written}::text"),
            }
        };
        Step::idle(format!("{alter} {action}"))
    }
}
