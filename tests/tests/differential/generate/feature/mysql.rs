//! Options of `MySQL` and `MariaDB`.

use super::super::Generator;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn mysql_feature(&mut self, model: &Model) -> Step {
        match self.random.below(10) {
            0 | 1 => self.rich_mysql_table(model),
            2 | 3 => self.redefine(model),
            4 => self.mysql_index(model),
            5 => self.mysql_option(model),
            6 => self.mysql_key(model),
            7 => self.mysql_default(model),
            8 => self.mysql_routine(model),
            _ => self.mysql_view(model),
        }
    }

    fn rich_mysql_table(&mut self, model: &Model) -> Step {
        let name = self.new_table_name();
        let written = self.write(&name);
        let key = self.random.pick(&[
            "PRIMARY KEY (id, kind)",
            "PRIMARY KEY (id), UNIQUE KEY both_of (kind, note(10))",
            "PRIMARY KEY (id), KEY by_note (note(20)), KEY (kind)",
            "UNIQUE KEY (id), FULLTEXT KEY words (note)",
            "KEY (id), CONSTRAINT positive CHECK (id > 0)",
        ]);
        let options = self.random.pick(&[
            "",
            " ENGINE=InnoDB DEFAULT CHARSET=latin1",
            " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT='all of it'",
            " AUTO_INCREMENT=100 ROW_FORMAT=DYNAMIC",
        ]);
        let kind = self.random.pick(&[
            "VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'it''s'",
            "ENUM('a', 'b') NOT NULL DEFAULT 'a'",
            "SET('a', 'b') CHARACTER SET latin1",
            "VARCHAR(9) COLLATE utf8mb4_bin",
            "CHAR(3) AS (concat(user_id, 'x')) VIRTUAL",
        ]);
        let other = self.some_table(model);
        let reference = self.references(&other);
        let actions = self.random.pick(&["", " ON UPDATE CASCADE"]);
        let foreign = if self.chance(40) {
            format!(", CONSTRAINT its_user FOREIGN KEY (user_id){reference}{actions}")
        } else {
            String::new()
        };
        let sql = format!(
            "CREATE TABLE {written} (id INT UNSIGNED NOT NULL AUTO_INCREMENT, kind {kind}, note TEXT, user_id INT DEFAULT 7, createdAt TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, {key}{foreign}){options}"
        );
        let columns = ["id", "kind", "note", "user_id", "createdAt"].map(str::to_owned).to_vec();
        Step::new(sql, move |model| {
            model.tables.push(Table { name, columns, key: Some("id".to_owned()), schema: None });
        })
    }

    fn mysql_type(&mut self) -> &'static str {
        self.random.pick(&[
            "VARCHAR(70) NOT NULL DEFAULT 'x' COMMENT 'now'",
            "VARCHAR(80) CHARACTER SET latin1",
            "BIGINT UNSIGNED NULL DEFAULT 3",
            "TEXT",
            "DATETIME(3) NULL",
            "ENUM('a', 'b', 'c')",
            "INT NOT NULL",
        ])
    }

    fn redefine(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let (old, behind) = (self.some_column(&table), self.some_column(&table));
        let new = self.any_column();
        let [table_written, old_written, new_written, behind] =
            [&table.name, &old, &new, &behind].map(|name| self.write(name));
        let definition = self.mysql_type();
        let place = match self.random.below(4) {
            0 => " FIRST".to_owned(),
            1 => format!(" AFTER {behind}"),
            _ => String::new(),
        };
        let (action, renames, adds) = match self.random.below(3) {
            0 => (format!("MODIFY COLUMN {old_written} {definition}{place}"), false, false),
            1 => (format!("CHANGE {old_written} {new_written} {definition}{place}"), true, false),
            _ => (format!("ADD COLUMN {new_written} {definition}{place}"), false, true),
        };
        Step::new(format!("ALTER TABLE {table_written} {action}"), move |model| {
            let Some(own) = model.table_mut(&table.name) else { return };
            if renames {
                own.columns.retain(|column| *column != old);
                own.key.take_if(|key| *key == old);
            }
            if (renames || adds) && !own.columns.contains(&new) {
                own.columns.push(new);
            }
        })
    }

    fn mysql_index(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.part_name(&model.indexes, "i");
        let (first, second) = (self.some_column(&table), self.some_column(&table));
        let [table_written, index, first, second] =
            [&table.name, &name, &first, &second].map(|name| self.write(name));
        let sql = match self.random.below(5) {
            0 => format!("CREATE FULLTEXT INDEX {index} ON {table_written} ({first})"),
            1 => format!("CREATE INDEX {index} ON {table_written} ({first}(5), {second})"),
            2 => format!("ALTER TABLE {table_written} ADD UNIQUE KEY {index} ({first}, {second})"),
            3 => {
                format!("ALTER TABLE {table_written} ADD INDEX {index} ({first} DESC) COMMENT 'i'")
            }
            _ => format!("ALTER TABLE {table_written} ADD KEY {index} USING BTREE ({second})"),
        };
        Step::new(sql, move |model| model.indexes.push(Part { name, table: table.name }))
    }

    fn mysql_option(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let option = self.random.pick(&[
            "COMMENT='a table'",
            "CONVERT TO CHARACTER SET utf8mb4",
            "DEFAULT CHARACTER SET latin1",
            "ENGINE=InnoDB",
            "AUTO_INCREMENT=50",
            "ROW_FORMAT=COMPACT",
        ]);
        Step::idle(format!("ALTER TABLE {} {option}", self.write(&table.name)))
    }

    fn mysql_key(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let (first, second) = (self.some_column(&table), self.some_column(&table));
        let [table_written, first, second] =
            [&table.name, &first, &second].map(|name| self.write(name));
        let action = match self.random.below(4) {
            0 => "DROP PRIMARY KEY".to_owned(),
            1 => format!("ADD PRIMARY KEY ({first}, {second})"),
            2 => format!("DROP PRIMARY KEY, ADD PRIMARY KEY ({second})"),
            _ => format!("ADD CONSTRAINT CHECK ({first} IS NOT NULL)"),
        };
        Step::idle(format!("ALTER TABLE {table_written} {action}"))
    }

    fn mysql_default(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let column = self.some_column(&table);
        let value = self.random.pick(&["5", "'x'", "NULL", "(1 + 1)", "CURRENT_TIMESTAMP"]);
        let (table, column) = (self.write(&table.name), self.write(&column));
        Step::idle(format!("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {value}"))
    }

    fn mysql_routine(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let column = self.some_column(&table);
        let (written, column) = (self.write(&table.name), self.write(&column));
        let name = self.fresh("r");
        let sql = match self.random.below(5) {
            0 => format!("CREATE PROCEDURE {name}(IN a INT) SELECT a, {column} FROM {written}"),
            1 => format!("CREATE FUNCTION {name}(a INT) RETURNS INT DETERMINISTIC RETURN a + 1"),
            2 => format!(
                "CREATE OR REPLACE FUNCTION {name}(a INT) RETURNS INT RETURN (SELECT count(*) FROM {written})"
            ),
            3 => {
                let when = self.random.pick(&["BEFORE INSERT", "AFTER DELETE", "BEFORE UPDATE"]);
                let row = if when.contains("DELETE") { "OLD" } else { "NEW" };
                let trigger = self.part_name(&model.triggers, "g");
                let sql = format!(
                    "CREATE OR REPLACE TRIGGER {trigger} {when} ON {written} FOR EACH ROW BEGIN SET @a = {row}.{column}; SET @b = 1; END"
                );
                return Step::new(sql, move |model| {
                    model.triggers.push(Part { name: trigger, table: table.name });
                });
            }
            _ => {
                let taken = self.random.below(20);
                format!("DROP PROCEDURE IF EXISTS r{taken}")
            }
        };
        Step::idle(sql)
    }

    fn mysql_view(&mut self, model: &Model) -> Step {
        let query = self.query(model, 0);
        let taken = self.random.pick_from(&model.views).map(|view| view.name.clone());
        let (name, head) = match taken {
            Some(name) if self.chance(40) => (name, "ALTER"),
            _ => (self.fresh("v"), "CREATE ALGORITHM = MERGE SQL SECURITY INVOKER"),
        };
        let sql = format!("{head} VIEW {} AS {}", self.write(&name), query.sql);
        let columns = query.columns;
        Step::new(sql, move |model| {
            model.views.retain(|view| view.name != name);
            model.views.push(Table { name, columns, ..Table::default() });
        })
    }
}
