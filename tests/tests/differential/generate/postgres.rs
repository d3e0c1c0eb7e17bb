//! What only Postgres has: schemas, types, sequences, policies, guarded blocks.

use super::Generator;
use super::query::Scope;
use crate::model::{Model, Part, Step};

impl Generator {
    pub(super) fn postgres_step(&mut self, model: &Model) -> Step {
        match self.random.below(20) {
            0..2 => self.create_schema(model),
            2..4 => self.create_type(model),
            4 => self.change_type(model),
            5 => self.drop_type(model),
            6 => self.create_sequence(model),
            7..10 => self.create_policy(model),
            10 => self.drop_policy(model),
            11..14 => self.create_function(model),
            14 => self.drop_function(model),
            15..18 => self.guarded_block(model),
            18 => self.comment(model),
            _ => self.grant(model),
        }
    }

    fn create_schema(&mut self, model: &Model) -> Step {
        let name = self.random.pick(&["app", "Audit", "reports"]).to_owned();
        if self.chance(20) {
            let schema = self.random.pick_from(&model.schemas).cloned().unwrap_or(name);
            let exists = self.maybe(40, "IF EXISTS ");
            let cascade = self.maybe(50, " CASCADE");
            let sql = format!("DROP SCHEMA {exists}{}{cascade}", self.write(&schema));
            return Step::new(sql, move |model| {
                model.schemas.retain(|own| *own != schema);
                model.tables.retain(|table| table.schema.as_ref() != Some(&schema));
            });
        }
        let exists = self.maybe(30, "IF NOT EXISTS ");
        let sql = format!("CREATE SCHEMA {exists}{}", self.write(&name));
        Step::new(sql, move |model| model.schemas.push(name))
    }

    fn type_of(&mut self, model: &Model) -> String {
        match self.random.pick_from(&model.types) {
            Some(name) => name.clone(),
            None => "mood".to_owned(),
        }
    }

    fn create_type(&mut self, model: &Model) -> Step {
        let name = if self.chance(10) { self.type_of(model) } else { self.fresh("ty") };
        let written = self.write(&name);
        let sql = match self.random.below(4) {
            0 => format!("CREATE DOMAIN {written} AS text CHECK (length(VALUE) > 0)"),
            1 => {
                let field = self.type_name(model);
                format!("CREATE TYPE {written} AS (first integer, second {field})")
            }
            _ => format!("CREATE TYPE {written} AS ENUM ('low', 'high')"),
        };
        Step::new(sql, move |model| model.types.push(name))
    }

    fn change_type(&mut self, model: &Model) -> Step {
        let name = self.type_of(model);
        let written = self.write(&name);
        if self.chance(40) {
            let new = self.fresh("ty");
            let sql = format!("ALTER TYPE {written} RENAME TO {}", self.write(&new));
            return Step::new(sql, move |model| {
                for own in model.types.iter_mut().filter(|own| **own == name) {
                    own.clone_from(&new);
                }
            });
        }
        let guard = self.maybe(40, "IF NOT EXISTS ");
        let value = self.random.pick(&["middle", "low", "top"]);
        Step::idle(format!("ALTER TYPE {written} ADD VALUE {guard}'{value}'"))
    }

    fn drop_type(&mut self, model: &Model) -> Step {
        let name = self.type_of(model);
        let exists = self.maybe(30, "IF EXISTS ");
        let cascade = self.maybe(40, " CASCADE");
        let sql = format!("DROP TYPE {exists}{}{cascade}", self.write(&name));
        Step::new(sql, move |model| model.types.retain(|own| *own != name))
    }

    fn create_sequence(&mut self, model: &Model) -> Step {
        if self.chance(50)
            && let Some(name) = self.random.pick_from(&model.sequences).cloned()
        {
            let table = self.some_table(model);
            let column = self.some_column(&table);
            let column = self.write(&column);
            let table = self.write_table(&table);
            let sql = match self.random.below(4) {
                0 => format!(
                    "ALTER TABLE {table} ADD COLUMN {} bigint DEFAULT nextval('{name}')",
                    self.fresh("n")
                ),
                1 => format!("ALTER SEQUENCE {name} OWNED BY {table}.{column}"),
                2 => format!("SELECT nextval('{name}')"),
                _ => format!("DROP SEQUENCE {name}"),
            };
            let is_drop = sql.starts_with("DROP");
            return Step::new(sql, move |model| {
                model.sequences.retain(|own| !is_drop || *own != name);
            });
        }
        let name = self.fresh("seq");
        let exists = self.maybe(20, "IF NOT EXISTS ");
        Step::new(format!("CREATE SEQUENCE {exists}{name}"), move |model| {
            model.sequences.push(name);
        })
    }

    fn create_policy(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        if self.chance(25) {
            return Step::idle(format!("ALTER TABLE {written} ENABLE ROW LEVEL SECURITY"));
        }
        let name = self.part_name(&model.policies, "p");
        let alias = self.write(&table.name);
        let scope = Scope { items: vec![(alias, table.columns.clone())] };
        let condition = self.condition(model, &scope, 0);
        let command = self.random.pick(&["", " FOR SELECT", " FOR ALL TO public"]);
        let sql = format!(
            "CREATE POLICY {} ON {written}{command} USING ({condition})",
            self.write(&name)
        );
        Step::new(sql, move |model| model.policies.push(Part { name, table: table.name }))
    }

    fn drop_policy(&mut self, model: &Model) -> Step {
        let part = self.some_part(&model.policies, "p");
        let exists = self.maybe(30, "IF EXISTS ");
        let sql = format!(
            "DROP POLICY {exists}{} ON {}",
            self.write(&part.name),
            self.write(&part.table)
        );
        Step::new(sql, move |model| model.policies.retain(|own| own.name != part.name))
    }

    /// A block that acts only where something is not there yet, or that forgives.
    fn guarded_block(&mut self, model: &Model) -> Step {
        let inner = self.step_inside(model);
        let body = match self.random.below(5) {
            0 => format!("BEGIN {}; EXCEPTION WHEN duplicate_object THEN NULL; END", inner.sql),
            1 => format!("BEGIN {}; EXCEPTION WHEN OTHERS THEN NULL; END", inner.sql),
            2 => {
                let table = self.some_table(model);
                format!(
                    "BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = '{}' AND column_name = '{}') THEN {}; END IF; END",
                    table.name,
                    self.any_column(),
                    inner.sql
                )
            }
            3 => {
                let name = self.type_of(model);
                format!(
                    "BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = '{name}') THEN CREATE TYPE {name} AS ENUM ('a'); END IF; END"
                )
            }
            _ => format!("BEGIN EXECUTE '{}'; END", inner.sql.replace('\'', "''")),
        };
        Step::idle(format!("DO $do$ {body} $do$"))
    }

    fn step_inside(&mut self, model: &Model) -> Step {
        match self.random.below(5) {
            0 => self.create_table(model),
            1 => self.create_index(model),
            2 => self.change_rows(model),
            _ => self.alter_table(model),
        }
    }

    fn comment(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        if self.chance(50) {
            return Step::idle(format!("COMMENT ON TABLE {written} IS 'note'"));
        }
        let column = self.some_column(&table);
        Step::idle(format!("COMMENT ON COLUMN {written}.{} IS 'note'", self.write(&column)))
    }

    fn grant(&mut self, model: &Model) -> Step {
        let relation = self.some_relation(model);
        let role = self.random.pick(&["public", "current_user", "public", "no_such_role"]);
        let verb = self.random.pick(&["SELECT", "ALL", "INSERT, UPDATE"]);
        Step::idle(format!("GRANT {verb} ON {} TO {role}", self.write_table(&relation)))
    }
}
