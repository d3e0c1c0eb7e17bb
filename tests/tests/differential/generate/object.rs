//! Indexes and views.

use migrate_core::database::Database;

use super::Generator;
use super::query::Scope;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn create_index(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.part_name(&model.indexes, "i");
        let unique = self.maybe(25, "UNIQUE ");
        let guard = if self.is(Database::Mysql) { "" } else { self.maybe(25, "IF NOT EXISTS ") };
        let column = self.some_column(&table);
        let mut list = self.write(&column);
        if self.chance(25) {
            let other = self.some_column(&table);
            list = format!("{list}, {}", self.write(&other));
        } else if self.chance(15) && self.is(Database::Postgres) {
            list = format!("lower({list}::text)");
        } else if self.chance(15) && self.is(Database::Sqlite) {
            list = format!("lower({list})");
        }
        // SQLite puts the schema on the index.
        let written = match self.database {
            Database::Sqlite => self.write(&table.name),
            _ => self.write_table(&table),
        };
        let mut sql =
            format!("CREATE {unique}INDEX {guard}{} ON {written} ({list})", self.write(&name));
        if self.chance(15) && !self.is(Database::Mysql) {
            let filter = self.some_column(&table);
            sql.push_str(&format!(" WHERE {} IS NOT NULL", self.write(&filter)));
        }
        Step::new(sql, move |model| model.indexes.push(Part { name, table: table.name }))
    }

    pub(super) fn drop_index(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.indexes, "i");
        let guard = self.maybe(30, "IF EXISTS ");
        let mut sql = format!("DROP INDEX {guard}{}", self.write(&part.name));
        if self.is(Database::Mysql) {
            sql.push_str(&format!(" ON {}", self.write(&part.table)));
        }
        Step::new(sql, move |model| model.indexes.retain(|own| own.name != part.name))
    }

    pub(super) fn create_view(&mut self, model: &Model) -> Step {
        let taken = self.random.pick_from(&model.views).map(|view| view.name.clone());
        let name = match taken {
            Some(name) if self.chance(10) => name,
            _ if self.chance(3) => self.new_table_name(),
            _ => self.fresh("v"),
        };
        let mut query = self.query(model, 0);
        let (before, guard) = match self.database {
            Database::Sqlite => (self.maybe(5, "TEMP "), self.maybe(20, "IF NOT EXISTS ")),
            _ => (self.maybe(25, "OR REPLACE "), ""),
        };
        let mut list = String::new();
        if self.chance(15) {
            query.columns = query.columns.iter().map(|column| format!("c_{column}")).collect();
            if self.chance(10) {
                query.columns.push(self.fresh("c"));
            }
            let columns: Vec<_> = query.columns.iter().map(|column| self.write(column)).collect();
            list = format!(" ({})", columns.join(", "));
        }
        let sql =
            format!("CREATE {before}VIEW {guard}{}{list} AS {}", self.write(&name), query.sql);
        let columns = query.columns;
        Step::new(sql, move |model| {
            model.views.retain(|view| view.name != name);
            model.views.push(Table { name, columns, ..Table::default() });
        })
    }

    pub(super) fn drop_view(&mut self, model: &Model) -> Step {
        let name = match self.random.pick_from(&model.views) {
            Some(view) => view.name.clone(),
            None => self.new_table_name(),
        };
        let guard = self.maybe(30, "IF EXISTS ");
        let cascade = if self.is(Database::Postgres) { self.maybe(30, " CASCADE") } else { "" };
        let sql = format!("DROP VIEW {guard}{}{cascade}", self.write(&name));
        Step::new(sql, move |model| model.views.retain(|view| view.name != name))
    }

    pub(super) fn create_trigger(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let name = self.part_name(&model.triggers, "g");
        let trigger = self.write(&name);
        let column = self.some_column(&table);
        let column = self.write(&column);
        let when = self.random.pick(&["BEFORE", "AFTER"]);
        let sql = match self.database {
            Database::Postgres => {
                let function = match self.random.pick_from(&model.functions).cloned() {
                    Some((name, _)) if self.chance(30) => name,
                    _ if self.chance(5) => "no_such_function".to_owned(),
                    _ => "suppress_redundant_updates_trigger".to_owned(),
                };
                let scope = Scope { items: vec![("NEW".to_owned(), table.columns.clone())] };
                let event = match self.random.below(3) {
                    0 => format!("UPDATE OF {column}"),
                    1 => "INSERT".to_owned(),
                    _ => "UPDATE".to_owned(),
                };
                let filter = if self.chance(30) {
                    format!("WHEN ({}) ", self.condition(model, &scope, 9))
                } else {
                    String::new()
                };
                let replace = self.maybe(15, "OR REPLACE ");
                format!(
                    "CREATE {replace}TRIGGER {trigger} {when} {event} ON {written} FOR EACH ROW {filter}EXECUTE FUNCTION {function}()"
                )
            }
            Database::Sqlite => {
                let other = self.some_table(model);
                let target = self.some_column(&other);
                let target = self.write(&target);
                let other = self.write(&other.name);
                let guard = self.maybe(15, "IF NOT EXISTS ");
                let table = self.write(&table.name);
                format!(
                    "CREATE TRIGGER {guard}{trigger} {when} UPDATE OF {column} ON {table} BEGIN UPDATE {other} SET {target} = NEW.{column} WHERE 1 = 0; END"
                )
            }
            Database::Mysql => {
                format!(
                    "CREATE TRIGGER {trigger} {when} UPDATE ON {written} FOR EACH ROW SET @seen = NEW.{column}"
                )
            }
        };
        Step::new(sql, move |model| model.triggers.push(Part { name, table: table.name }))
    }

    pub(super) fn drop_trigger(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.triggers, "g");
        let guard = self.maybe(30, "IF EXISTS ");
        let mut sql = format!("DROP TRIGGER {guard}{}", self.write(&part.name));
        if self.is(Database::Postgres) {
            sql.push_str(&format!(" ON {}", self.write(&part.table)));
        }
        Step::new(sql, move |model| model.triggers.retain(|own| own.name != part.name))
    }
}
