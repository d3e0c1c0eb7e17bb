//! What only `MySQL` and `MariaDB` have.

use super::Generator;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn mysql_step(&mut self, model: &Model) -> Step {
        match self.random.below(10) {
            0..2 => self.drop_foreign_key(model),
            2..4 => self.rename_index(model),
            4..6 => self.update_of_several(model),
            6 => self.copy_of_table(model),
            7 => self.rename_of_several(model),
            _ => self.several_actions(model),
        }
    }

    /// The key's index stays, with the key's name.
    fn drop_foreign_key(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.constraints, "c");
        let sql = format!(
            "ALTER TABLE {} DROP FOREIGN KEY {}",
            self.write(&part.table),
            self.write(&part.name)
        );
        Step::new(sql, move |model| {
            model.constraints.retain(|own| own.name != part.name || own.table != part.table);
            model.indexes.push(part);
        })
    }

    fn rename_index(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.indexes, "i");
        let new = self.part_name(&model.indexes, "i");
        let sql = format!(
            "ALTER TABLE {} RENAME INDEX {} TO {}",
            self.write(&part.table),
            self.write(&part.name),
            self.write(&new)
        );
        Step::new(sql, move |model| {
            model.indexes.retain(|own| own.name != part.name || own.table != part.table);
            model.indexes.push(Part { name: new, table: part.table });
        })
    }

    fn update_of_several(&mut self, model: &Model) -> Step {
        let (one, other) = (self.some_table(model), self.some_table(model));
        let column = self.some_column(&one);
        let source = self.some_column(&other);
        let ignore = self.maybe(20, "IGNORE ");
        Step::idle(format!(
            "UPDATE {ignore}{} AS a, {} b SET a.{} = b.{} WHERE 1 = 0 AND a.{} = 1",
            self.write(&one.name),
            self.write(&other.name),
            self.write(&column),
            self.write(&source),
            self.write(&column)
        ))
    }

    fn copy_of_table(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.new_table_name();
        let copy = if self.chance(50) { "LIKE" } else { "AS SELECT * FROM" };
        let sql = format!("CREATE TABLE {} {copy} {}", self.write(&name), self.write(&table.name));
        Step::new(sql, move |model| model.tables.push(Table { name, key: None, ..table }))
    }

    fn rename_of_several(&mut self, model: &Model) -> Step {
        let (one, other) = (self.some_table(model), self.some_table(model));
        let name = self.fresh("t");
        let (first, second) = (self.write(&one.name), self.write(&other.name));
        let sql =
            format!("RENAME TABLE {first} TO {name}, {second} TO {first}, {name} TO {second}");
        Step::new(sql, move |model| {
            model.rename_table(&one.name, &name);
            model.rename_table(&other.name, &one.name);
            model.rename_table(&name, &other.name);
        })
    }

    /// One statement whose actions take effect together.
    fn several_actions(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let (old, place) = (self.some_column(&table), self.some_column(&table));
        let (new, index) = (self.any_column(), self.part_name(&model.indexes, "i"));
        let [old_written, new_written, place] =
            [&old, &new, &place].map(|column| self.write(column));
        let actions = match self.random.below(4) {
            0 => format!("DROP COLUMN {old_written}, ADD COLUMN {new_written} INT FIRST"),
            1 => {
                format!("CHANGE {old_written} {new_written} INT, ADD INDEX {index} ({new_written})")
            }
            2 => format!("ADD {new_written} INT AFTER {place}, DROP {old_written}"),
            _ => format!("ADD KEY {index} ({old_written}), MODIFY {old_written} INT NULL"),
        };
        let adds_index = actions.contains("INDEX") || actions.contains("KEY");
        let keeps_column = actions.starts_with("ADD KEY");
        let sql = format!("ALTER TABLE {} {actions}", self.write(&table.name));
        Step::new(sql, move |model| {
            if let Some(own) = model.table_mut(&table.name).filter(|_| !keeps_column) {
                own.columns.retain(|column| *column != old);
                own.columns.push(new);
                own.key.take_if(|key| *key == old);
            }
            if adds_index {
                model.indexes.push(Part { name: index, table: table.name });
            }
        })
    }
}
