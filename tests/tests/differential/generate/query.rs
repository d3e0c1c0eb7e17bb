//! Queries: joins, sub-queries, common table expressions, and the names in them.

use migrate_core::database::Database;

use super::Generator;
use crate::model::{Model, Table};

/// Sub-queries inside sub-queries.
const DEEPEST: usize = 2;

/// A query and the names of its columns.
pub(super) struct Query {
    pub(super) sql: String,
    pub(super) columns: Vec<String>,
}

/// What an expression may name: aliases as they are written, with their columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    pub(super) items: Vec<(String, Vec<String>)>,
}

impl Generator {
    /// A query with two columns, whose names are its own.
    pub(super) fn query(&mut self, model: &Model, depth: usize) -> Query {
        if depth < DEEPEST && self.chance(15) {
            return self.query_with(model, depth);
        }
        let mut scope = Scope::default();
        let from = self.from(model, &mut scope, depth);
        let columns = [self.fresh("k"), self.fresh("k")];
        let outputs: Vec<_> = columns
            .iter()
            .map(|name| format!("{} AS {name}", self.expression(model, &scope, depth)))
            .collect();
        let distinct = self.maybe(5, "DISTINCT ");
        let mut sql = format!("SELECT {distinct}{} FROM {from}", outputs.join(", "));
        if self.chance(60) {
            sql.push_str(&format!(" WHERE {}", self.condition(model, &scope, depth)));
        }
        let mut is_plain = true;
        if self.chance(8) {
            let column = self.column_of(&scope);
            sql = format!(
                "SELECT {column} AS {}, count(*) AS {} FROM {from} GROUP BY {column}",
                columns[0], columns[1]
            );
        } else if self.chance(6) {
            let other = self.some_relation(model);
            let mut scope = Scope::default();
            let table = self.table_item(other, &mut scope);
            let second = format!(
                "SELECT {}, {} FROM {table}",
                self.column_of(&scope),
                self.column_of(&scope)
            );
            sql.push_str(&format!(" UNION ALL {second}"));
            is_plain = false;
        }
        if self.chance(15) {
            let column = if is_plain && self.chance(30) {
                self.column_of(&scope)
            } else {
                columns[0].clone()
            };
            sql.push_str(&format!(" ORDER BY {column}"));
        }
        if self.chance(8) && depth == 0 {
            let column = scope.items[0].0.clone();
            return Query {
                sql: format!("SELECT {column}.* FROM {from}"),
                columns: scope.items.swap_remove(0).1,
            };
        }
        Query { sql, columns: columns.to_vec() }
    }

    fn query_with(&mut self, model: &Model, depth: usize) -> Query {
        let inner = self.query(model, depth + 1);
        let name = self.fresh("w");
        let mut extended = model.clone();
        let renamed = self.chance(25);
        let columns = if renamed { vec!["p".to_owned(), "q".to_owned()] } else { inner.columns };
        let list = if renamed { " (p, q)" } else { "" };
        extended.views.push(Table {
            name: name.clone(),
            columns: columns.clone(),
            ..Table::default()
        });
        let outer = if self.chance(50) {
            let names = [self.fresh("k"), self.fresh("k")];
            let picked = columns.first().cloned().unwrap_or_default();
            let picked = self.write(&picked);
            Query {
                sql: format!(
                    "SELECT {name}.{picked} AS {}, 1 AS {} FROM {name}",
                    names[0], names[1]
                ),
                columns: names.to_vec(),
            }
        } else {
            self.query(&extended, DEEPEST)
        };
        Query {
            sql: format!("WITH {name}{list} AS ({}) {}", inner.sql, outer.sql),
            columns: outer.columns,
        }
    }

    fn table_item(&mut self, table: Table, scope: &mut Scope) -> String {
        let written = self.write_table(&table);
        if self.chance(70) {
            let alias = self.fresh("a");
            let keyword = self.random.pick(&["", "AS "]);
            let text = format!("{written} {keyword}{alias}");
            scope.items.push((alias, table.columns));
            return text;
        }
        let alias = self.write(&table.name);
        scope.items.push((alias, table.columns));
        written
    }

    fn from(&mut self, model: &Model, scope: &mut Scope, depth: usize) -> String {
        let first = self.some_relation(model);
        let mut text = self.table_item(first, scope);
        for _ in 0..[0, 0, 1, 1, 2][self.random.below(5)] {
            let kind = self.random.pick(&["JOIN", "LEFT JOIN", "INNER JOIN"]);
            if depth < DEEPEST && self.chance(20) {
                let query = self.query(model, depth + 1);
                let alias = self.fresh("s");
                let item = format!("({}) AS {alias}", query.sql);
                scope.items.push((alias, query.columns));
                text.push_str(&format!(
                    " {kind} {item} ON {}",
                    self.condition(model, scope, DEEPEST)
                ));
                continue;
            }
            let relation = self.some_relation(model);
            let shared = relation.columns.iter().find(|column| {
                scope.items.iter().filter(|(_, columns)| columns.contains(column)).count() == 1
            });
            let shared = shared.cloned();
            match shared {
                Some(column) if self.chance(25) => {
                    let item = self.table_item(relation, scope);
                    text.push_str(&format!(" {kind} {item} USING ({})", self.write(&column)));
                }
                _ if self.chance(15) => {
                    let item = self.table_item(relation, scope);
                    text.push_str(&format!(" CROSS JOIN {item}"));
                }
                _ => {
                    let item = self.table_item(relation, scope);
                    text.push_str(&format!(
                        " {kind} {item} ON {}",
                        self.condition(model, scope, DEEPEST)
                    ));
                }
            }
        }
        text
    }

    /// A column of the scope: with its alias, or bare where that is not ambiguous.
    pub(super) fn column_of(&mut self, scope: &Scope) -> String {
        let Some((alias, columns)) = self.random.pick_from(&scope.items).cloned() else {
            return "1".to_owned();
        };
        let column = self.some_column(&Table { columns, ..Table::default() });
        let uses = scope.items.iter().filter(|(_, columns)| columns.contains(&column)).count();
        let written = self.write(&column);
        if uses == 1 && self.chance(40) || self.chance(1) {
            return written;
        }
        if alias.is_empty() { written } else { format!("{alias}.{written}") }
    }

    pub(super) fn expression(&mut self, model: &Model, scope: &Scope, depth: usize) -> String {
        let column = self.column_of(scope);
        match self.random.below(12) {
            0..6 => column,
            6 => format!("CASE WHEN {} THEN 1 ELSE 2 END", self.condition(model, scope, depth)),
            7 if self.is(Database::Mysql) => format!("CAST({column} AS CHAR)"),
            7 => format!("CAST({column} AS text)"),
            8 if self.is(Database::Postgres) => format!("coalesce({column}::text, 'none')"),
            8 => format!("coalesce({column}, 'none')"),
            9 if self.is(Database::Postgres) => format!("upper({column}::text)"),
            9 => format!("upper({column})"),
            10 if self.chance(25) => format!("no_such_function({column})"),
            _ if depth < DEEPEST => {
                let relation = self.some_relation(model);
                let mut inner = Scope::default();
                let item = self.table_item(relation, &mut inner);
                inner.items.extend(scope.items.iter().cloned());
                format!(
                    "(SELECT count(*) FROM {item} WHERE {})",
                    self.condition(model, &inner, DEEPEST)
                )
            }
            _ => column,
        }
    }

    pub(super) fn condition(&mut self, model: &Model, scope: &Scope, depth: usize) -> String {
        let column = self.column_of(scope);
        match self.random.below(9) {
            0..4 => format!("{column} IS NOT NULL"),
            4 if depth < DEEPEST => {
                let relation = self.some_relation(model);
                let mut inner = Scope::default();
                let item = self.table_item(relation, &mut inner);
                // What is outside can be named inside.
                inner.items.extend(scope.items.iter().cloned());
                let condition = self.condition(model, &inner, depth + 1);
                format!("EXISTS (SELECT 1 FROM {item} WHERE {condition})")
            }
            5 if depth < DEEPEST && !self.is(Database::Postgres) => {
                let query = self.query(model, DEEPEST);
                let picked = query.columns[0].clone();
                format!(
                    "{column} IN (SELECT {} FROM ({}) AS inside)",
                    self.write(&picked),
                    query.sql
                )
            }
            6 => format!("({} AND NOT {column} IS NULL)", self.condition(model, scope, DEEPEST)),
            7 if self.is(Database::Postgres) => format!("{column}::text LIKE 'a%'"),
            7 => format!("{column} LIKE 'a%'"),
            _ => format!("{column} = {column}"),
        }
    }
}
