//! Options of `SQLite`.

use super::super::Generator;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn sqlite_feature(&mut self, model: &Model) -> Step {
        match self.random.below(7) {
            0 | 1 => self.rich_sqlite_table(model),
            2 | 3 => self.rebuild(model),
            4 => self.sqlite_index(model),
            5 => self.sqlite_trigger(model),
            _ => self.add_sqlite_column(model),
        }
    }

    fn rich_sqlite_table(&mut self, model: &Model) -> Step {
        let name = self.new_table_name();
        let written = self.write(&name);
        let key = self.random.pick(&[
            "PRIMARY KEY (id, kind)",
            "PRIMARY KEY (id DESC), UNIQUE (kind COLLATE NOCASE)",
            "PRIMARY KEY (id), CHECK (length(note) > 0)",
            "PRIMARY KEY (id) ON CONFLICT REPLACE",
        ]);
        let tail = self.random.pick(&["", " WITHOUT ROWID", " STRICT", " STRICT, WITHOUT ROWID"]);
        let default = self.random.pick(&["0", "'x'", "(1 + 2)", "CURRENT_TIMESTAMP", "-1", "NULL"]);
        let other = self.some_table(model);
        let reference = self.references(&other);
        let made = self.random.pick(&[
            "",
            ", size INT AS (length(note)) VIRTUAL",
            ", size INT GENERATED ALWAYS AS (length(kind)) STORED",
        ]);
        let sql = format!(
            "CREATE TABLE {written} (id INT NOT NULL, kind TEXT COLLATE NOCASE DEFAULT {default}, note TEXT NOT NULL DEFAULT 'it''s', user_id INT CONSTRAINT its_user{reference}{made}, {key}){tail}"
        );
        let columns = ["id", "kind", "note", "user_id"].map(str::to_owned).to_vec();
        Step::new(sql, move |model| {
            model.tables.push(Table { name, columns, key: None, schema: None });
        })
    }

    /// The steps by which a table gets what `ALTER TABLE` cannot give it.
    fn rebuild(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let mut columns = table.columns.clone();
        if columns.len() > 1 && self.chance(40) {
            columns.pop();
        }
        let list: Vec<_> = columns.iter().map(|column| self.write(column)).collect();
        let lines: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(number, column)| {
                let rest = if number == 0 { "INTEGER PRIMARY KEY" } else { "TEXT DEFAULT 'r'" };
                format!("{column} {rest}")
            })
            .collect();
        let (scratch, written) = (self.fresh("scratch"), self.write(&table.name));
        let list = list.join(", ");
        let name = table.name.clone();
        self.then(Step::idle(format!(
            "INSERT INTO {scratch} ({list}) SELECT {list} FROM {written}"
        )));
        self.then(Step::idle(format!("DROP TABLE {written}")));
        let rename = format!("ALTER TABLE {scratch} RENAME TO {written}");
        self.then(Step::new(rename, move |model| {
            if let Some(own) = model.table_mut(&name) {
                own.columns = columns;
            }
        }));
        Step::idle(format!("CREATE TABLE {scratch} ({})", lines.join(", ")))
    }

    fn sqlite_index(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.part_name(&model.indexes, "i");
        let (first, second) = (self.some_column(&table), self.some_column(&table));
        let [index, on, first, second] =
            [&name, &table.name, &first, &second].map(|name| self.write(name));
        let list = match self.random.below(3) {
            0 => format!("({first} COLLATE NOCASE DESC, {second})"),
            1 => format!("({first} || 'x', {second}) WHERE {second} > 3"),
            _ => format!("({first} ASC) WHERE {first} IS NOT NULL AND {second} IN (1, 2)"),
        };
        let unique = self.maybe(20, "UNIQUE ");
        let sql = format!("CREATE {unique}INDEX {index} ON {on} {list}");
        Step::new(sql, move |model| model.indexes.push(Part { name, table: table.name }))
    }

    fn sqlite_trigger(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.part_name(&model.triggers, "g");
        let other = self.some_table(model);
        let (column, target) = (self.some_column(&table), self.some_column(&other));
        let [trigger, on, other, column, target] =
            [&name, &table.name, &other.name, &column, &target].map(|name| self.write(name));
        let sql = match self.random.below(4) {
            0 => format!(
                "CREATE TRIGGER {trigger} AFTER INSERT ON {on} WHEN NEW.{column} IS NULL BEGIN DELETE FROM {other} WHERE {target} = NEW.{column} AND 1 = 0; END"
            ),
            1 => format!(
                "CREATE TRIGGER {trigger} BEFORE DELETE ON {on} FOR EACH ROW BEGIN SELECT OLD.{column}; UPDATE {other} SET {target} = {target} WHERE 1 = 0; END"
            ),
            2 => {
                let view = self.random.pick_from(&model.views).cloned();
                let view = view.map_or_else(|| on.clone(), |view| view.name);
                format!(
                    "CREATE TRIGGER {trigger} INSTEAD OF INSERT ON {view} BEGIN INSERT INTO {other} ({target}) SELECT NULL WHERE 1 = 0; END"
                )
            }
            _ => format!(
                "CREATE TRIGGER {trigger} AFTER UPDATE OF {column} ON {on} WHEN OLD.{column} <> NEW.{column} BEGIN INSERT INTO {other} ({target}) SELECT {target} FROM {other} WHERE 1 = 0; END"
            ),
        };
        Step::new(sql, move |model| model.triggers.push(Part { name, table: table.name }))
    }

    fn add_sqlite_column(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let column = self.any_column();
        let definition = self.random.pick(&[
            "TEXT NOT NULL DEFAULT 'x'",
            "INTEGER DEFAULT 0 CHECK (1 = 1)",
            "TEXT COLLATE NOCASE",
            "INT AS (1 + 1) VIRTUAL",
            "REAL DEFAULT -1.5",
        ]);
        let sql = format!(
            "ALTER TABLE {} ADD COLUMN {} {definition}",
            self.write(&table.name),
            self.write(&column)
        );
        Step::new(sql, move |model| {
            if let Some(own) = model.table_mut(&table.name)
                && !own.columns.contains(&column)
            {
                own.columns.push(column);
            }
        })
    }
}
