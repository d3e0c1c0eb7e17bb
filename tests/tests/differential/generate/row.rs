//! `INSERT`, `UPDATE` and `DELETE`, mostly of no rows, so that data refuses little.

use migrate_core::database::Database;

use super::Generator;
use super::query::Scope;
use crate::model::{Model, Step, Table};

impl Generator {
    pub(super) fn change_rows(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let sql = match self.random.below(10) {
            0..3 => self.insert_values(&table),
            3..5 => self.insert_query(model, &table),
            5..8 => self.update(model, &table),
            _ => self.delete(model, &table),
        };
        Step::idle(sql)
    }

    fn insert_values(&mut self, table: &Table) -> String {
        let written = self.write_table(table);
        let mut columns: Vec<String> = table.columns.clone();
        columns.retain(|column| column != "id");
        if columns.is_empty() || self.chance(4) {
            columns.push(self.any_column());
        }
        let mut values = vec!["NULL"; columns.len()];
        if self.chance(5) {
            values.push("NULL");
        } else if self.chance(4) && values.len() > 1 {
            values.pop();
        }
        let columns: Vec<String> = columns.iter().map(|column| self.write(column)).collect();
        let mut sql = format!(
            "INSERT INTO {written} ({}) VALUES ({})",
            columns.join(", "),
            values.join(", ")
        );
        if self.is(Database::Mysql) {
            if self.chance(20) {
                let column = self.some_column(table);
                sql.push_str(&format!(" ON DUPLICATE KEY UPDATE {} = NULL", self.write(&column)));
            }
            return sql;
        }
        if self.chance(15) {
            sql.push_str(" ON CONFLICT DO NOTHING");
        } else if self.chance(15)
            && let Some(key) = &table.key
        {
            let column = self.some_column(table);
            let source = self.some_column(table);
            sql.push_str(&format!(
                " ON CONFLICT ({}) DO UPDATE SET {} = excluded.{}",
                self.write(key),
                self.write(&column),
                self.write(&source)
            ));
        }
        if self.chance(15) {
            let column = self.some_column(table);
            sql.push_str(&format!(" RETURNING {}", self.write(&column)));
        }
        sql
    }

    fn insert_query(&mut self, model: &Model, table: &Table) -> String {
        let written = self.write_table(table);
        let query = self.query(model, 1);
        let first = self.some_column(table);
        let second = self.some_column(table);
        let list = format!("{}, {}", self.write(&first), self.write(&second));
        if self.chance(30) {
            let extra = self.maybe(10, ", NULL");
            return format!(
                "INSERT INTO {written} ({list}) SELECT {list}{extra} FROM {written} WHERE 1 = 0"
            );
        }
        let columns = query.columns.join(", ");
        format!(
            "INSERT INTO {written} ({list}) SELECT {columns} FROM ({}) AS source WHERE 1 = 0",
            query.sql
        )
    }

    fn update(&mut self, model: &Model, table: &Table) -> String {
        let written = self.write_table(table);
        let target = self.some_column(table);
        let target = self.write(&target);
        if self.chance(25) && !self.is(Database::Mysql) {
            let source = self.some_relation(model);
            let alias = self.fresh("u");
            let other = self.write_table(&source);
            let scope = Scope {
                items: vec![
                    (alias.clone(), source.columns),
                    ("one".to_owned(), table.columns.clone()),
                ],
            };
            let condition = self.condition(model, &scope, 1);
            return format!(
                "UPDATE {written} AS one SET {target} = NULL FROM {other} AS {alias} WHERE 1 = 0 AND {condition}"
            );
        }
        let scope = Scope { items: vec![(String::new(), table.columns.clone())] };
        let value = self.some_column(table);
        let value = self.write(&value);
        let value = if self.chance(50) { target.clone() } else { value };
        let condition = self.condition(model, &scope, 1);
        format!("UPDATE {written} SET {target} = {value} WHERE 1 = 0 AND {condition}")
    }

    fn delete(&mut self, model: &Model, table: &Table) -> String {
        let written = self.write_table(table);
        if self.chance(25) && self.is(Database::Postgres) {
            let source = self.some_relation(model);
            let other = self.write_table(&source);
            let scope = Scope {
                items: vec![
                    ("two".to_owned(), source.columns),
                    ("one".to_owned(), table.columns.clone()),
                ],
            };
            let condition = self.condition(model, &scope, 1);
            return format!("DELETE FROM {written} one USING {other} two WHERE {condition}");
        }
        let scope = Scope { items: vec![(String::new(), table.columns.clone())] };
        format!("DELETE FROM {written} WHERE {}", self.condition(model, &scope, 1))
    }
}
