//! New names and new schemas for what Postgres has.

use super::super::Generator;
use crate::model::{Model, Step, Table};

impl Generator {
    pub(super) fn postgres_rename(&mut self, model: &Model) -> Step {
        match self.random.below(10) {
            0 => self.rename_constraint(model),
            1 => self.rename_postgres_index(model),
            2 => self.rename_view(model),
            3 => self.rename_column_of_view(model),
            4 => self.rename_on_table("TRIGGER", model),
            5 => self.rename_on_table("POLICY", model),
            6 => self.rename_sequence(model),
            7 => self.rename_function(model),
            8 => self.rename_schema(model),
            _ => self.move_table(model),
        }
    }

    fn rename_constraint(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.constraints, "c");
        let new = self.part_name(&model.constraints, "c");
        let sql = format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
            self.write(&part.table),
            self.write(&part.name),
            self.write(&new)
        );
        Step::new(sql, move |model| {
            for own in model.constraints.iter_mut().filter(|own| own.name == part.name) {
                own.name.clone_from(&new);
            }
        })
    }

    fn rename_postgres_index(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.indexes, "i");
        let new = self.part_name(&model.indexes, "i");
        let sql = format!("ALTER INDEX {} RENAME TO {}", self.write(&part.name), self.write(&new));
        Step::new(sql, move |model| {
            for own in model.indexes.iter_mut().filter(|own| own.name == part.name) {
                own.name.clone_from(&new);
            }
        })
    }

    fn some_view(&mut self, model: &Model) -> Table {
        let view = self.random.pick_from(&model.views).cloned();
        view.unwrap_or_else(|| self.some_table(model))
    }

    fn rename_view(&mut self, model: &Model) -> Step {
        let view = self.some_view(model);
        let new = self.fresh("v");
        let sql = format!("ALTER VIEW {} RENAME TO {}", self.write(&view.name), self.write(&new));
        Step::new(sql, move |model| {
            for own in model.views.iter_mut().filter(|own| own.name == view.name) {
                own.name.clone_from(&new);
            }
        })
    }

    fn rename_column_of_view(&mut self, model: &Model) -> Step {
        let view = self.some_view(model);
        let column = self.some_column(&view);
        let new = self.fresh("k");
        let sql = format!(
            "ALTER VIEW {} RENAME COLUMN {} TO {}",
            self.write(&view.name),
            self.write(&column),
            self.write(&new)
        );
        Step::new(sql, move |model| {
            for own in model.views.iter_mut().filter(|own| own.name == view.name) {
                for name in own.columns.iter_mut().filter(|name| **name == column) {
                    name.clone_from(&new);
                }
            }
        })
    }

    fn rename_on_table(&mut self, kind: &'static str, model: &Model) -> Step {
        let parts = if kind == "TRIGGER" { &model.triggers } else { &model.policies };
        let part = self.some_part(parts, "p");
        let new = self.fresh("p");
        let sql = format!(
            "ALTER {kind} {} ON {} RENAME TO {}",
            self.write(&part.name),
            self.write(&part.table),
            self.write(&new)
        );
        Step::new(sql, move |model| {
            let parts = if kind == "TRIGGER" { &mut model.triggers } else { &mut model.policies };
            for own in parts.iter_mut().filter(|own| own.name == part.name) {
                own.name.clone_from(&new);
            }
        })
    }

    fn rename_sequence(&mut self, model: &Model) -> Step {
        let Some(name) = self.random.pick_from(&model.sequences).cloned() else {
            return self.rename_view(model);
        };
        let new = self.fresh("seq");
        Step::new(format!("ALTER SEQUENCE {name} RENAME TO {new}"), move |model| {
            model.sequences.retain(|own| *own != name);
            model.sequences.push(new);
        })
    }

    fn rename_function(&mut self, model: &Model) -> Step {
        let Some((name, count)) = self.random.pick_from(&model.functions).cloned() else {
            return self.rename_view(model);
        };
        let new = self.fresh("f");
        let sql = format!("ALTER FUNCTION {} RENAME TO {new}", self.write(&name));
        Step::new(sql, move |model| {
            model.functions.retain(|(own, _)| *own != name);
            model.functions.push((new, count));
        })
    }

    fn rename_schema(&mut self, model: &Model) -> Step {
        let Some(name) = self.random.pick_from(&model.schemas).cloned() else {
            return self.move_table(model);
        };
        let new = self.fresh("s");
        let sql = format!("ALTER SCHEMA {} RENAME TO {new}", self.write(&name));
        Step::new(sql, move |model| {
            for own in model.schemas.iter_mut().filter(|own| **own == name) {
                own.clone_from(&new);
            }
            for table in model.tables.iter_mut().filter(|it| it.schema.as_ref() == Some(&name)) {
                table.schema = Some(new.clone());
            }
        })
    }

    fn move_table(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let schema = self.random.pick_from(&model.schemas).cloned();
        let schema = schema.filter(|_| self.chance(70)).unwrap_or_else(|| "public".to_owned());
        let sql =
            format!("ALTER TABLE {} SET SCHEMA {}", self.write_table(&table), self.write(&schema));
        Step::new(sql, move |model| {
            if let Some(own) = model.table_mut(&table.name) {
                own.schema = Some(schema);
            }
        })
    }
}
