//! Options of Postgres.

use super::super::Generator;
use crate::model::{Model, Part, Step, Table};

impl Generator {
    pub(super) fn postgres_feature(&mut self, model: &Model) -> Step {
        match self.random.below(14) {
            0 | 1 => self.rich_table(model),
            2 => self.special_index(model),
            3 => self.materialized_view(model),
            4 => self.set_default(model),
            5 => self.comment_on_anything(model),
            6 => self.special_policy(model),
            7 => self.identity(model),
            8 => self.constraint_with_options(model),
            9 => self.copy_like(model),
            10 => self.option_of_table(model),
            11 => self.special_trigger(model),
            12 => self.special_type(model),
            _ => self.several_changes(model),
        }
    }

    /// A table with a key over two columns, defaults and comments of all kinds.
    fn rich_table(&mut self, model: &Model) -> Step {
        let name = self.new_table_name();
        let written = self.write(&name);
        let key = self.random.pick(&[
            "PRIMARY KEY (id, kind)",
            "UNIQUE (id, kind), PRIMARY KEY (id)",
            "UNIQUE NULLS NOT DISTINCT (kind)",
            "CONSTRAINT both UNIQUE (id, kind) INCLUDE (note) DEFERRABLE INITIALLY DEFERRED",
            "EXCLUDE USING btree (id WITH =)",
            "CHECK (id > 0) NO INHERIT",
        ]);
        let [first, second, third] = [0; 3].map(|_| self.default_value());
        let unlogged = self.maybe(10, "UNLOGGED ");
        let options = self.random.pick(&["", "", " WITH (fillfactor = 70)"]);
        let other = self.some_table(model);
        let reference = self.references(&other);
        let sql = format!(
            "CREATE {unlogged}TABLE {written} (id bigint DEFAULT {first}, kind text COLLATE \"C\" NOT NULL DEFAULT {second}, note text DEFAULT {third}, user_id integer CONSTRAINT its_user{reference} DEFERRABLE, {key}){options}"
        );
        let columns = ["id", "kind", "note", "user_id"].map(str::to_owned).to_vec();
        Step::new(sql, move |model| {
            model.tables.push(Table { name, columns, key: None, schema: None });
        })
    }

    fn default_value(&mut self) -> &'static str {
        self.random.pick(&[
            "NULL",
            "42",
            "'7'",
            "length('x')",
            "extract(epoch from now())",
            "(1 + 2)",
            "-1",
            "nextval('seq_of_defaults')",
        ])
    }

    fn special_index(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.part_name(&model.indexes, "i");
        let (first, second) = (self.some_column(&table), self.some_column(&table));
        let (first, second) = (self.write(&first), self.write(&second));
        let list = match self.random.below(6) {
            0 => format!("({first} DESC NULLS LAST, {second})"),
            1 => format!("({first}) INCLUDE ({second})"),
            2 => format!("USING hash ({first})"),
            3 => format!("((coalesce({first}::text, 'x')), {second})"),
            4 => format!("({first}) WHERE {second} IS NULL AND {first} IS NOT NULL"),
            _ => format!("(({first}::text) COLLATE \"C\") WITH (fillfactor = 60)"),
        };
        let is_nameless = self.chance(20);
        let shown = if is_nameless { String::new() } else { self.write(&name) };
        let unique = if list.starts_with("USING") { "" } else { self.maybe(20, "UNIQUE ") };
        let sql = format!("CREATE {unique}INDEX {shown} ON {} {list}", self.write_table(&table));
        Step::new(sql, move |model| {
            if !is_nameless {
                model.indexes.push(Part { name, table: table.name });
            }
        })
    }

    fn materialized_view(&mut self, model: &Model) -> Step {
        let name = self.fresh("m");
        let query = self.query(model, 0);
        let data = self.random.pick(&["", " WITH NO DATA"]);
        let sql = format!("CREATE MATERIALIZED VIEW {name} AS {}{data}", query.sql);
        let columns = query.columns;
        Step::new(sql, move |model| {
            model.tables.push(Table { name, columns, key: None, schema: None });
        })
    }

    fn set_default(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let column = self.some_column(&table);
        let value = self.default_value();
        Step::idle(format!(
            "ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {value}",
            self.write_table(&table),
            self.write(&column)
        ))
    }

    fn comment_on_anything(&mut self, model: &Model) -> Step {
        let on = |part: Part, this: &mut Self| {
            format!("{} ON {}", this.write(&part.name), this.write(&part.table))
        };
        let what = match self.random.below(7) {
            0 => format!("INDEX {}", self.some_part(&model.indexes, "i").name),
            1 => {
                let part = self.some_part(&model.constraints, "c");
                format!("CONSTRAINT {}", on(part, self))
            }
            2 => {
                let part = self.some_part(&model.triggers, "g");
                format!("TRIGGER {}", on(part, self))
            }
            3 => {
                let part = self.some_part(&model.policies, "p");
                format!("POLICY {}", on(part, self))
            }
            4 => {
                let name = self.random.pick_from(&model.types).cloned();
                format!("TYPE {}", name.unwrap_or_else(|| "ty1".to_owned()))
            }
            5 => {
                let name = self.random.pick_from(&model.functions).cloned();
                format!("FUNCTION {}", name.map_or_else(|| "f1".to_owned(), |(name, _)| name))
            }
            _ => {
                let view = self.random.pick_from(&model.views).cloned();
                format!("VIEW {}", view.map_or_else(|| "v1".to_owned(), |view| view.name))
            }
        };
        let text = self.random.pick(&["'it''s'", "'a note'", "NULL", "E'two\\nlines'"]);
        Step::idle(format!("COMMENT ON {what} IS {text}"))
    }

    fn special_policy(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let column = self.some_column(&table);
        let column = self.write(&column);
        if self.chance(30) {
            let verb = self.random.pick(&["FORCE", "NO FORCE", "DISABLE", "ENABLE"]);
            return Step::idle(format!("ALTER TABLE {written} {verb} ROW LEVEL SECURITY"));
        }
        if self.chance(30) {
            let part = self.some_part(&model.policies, "p");
            let what = self.random.pick(&["TO public", "USING (true)", "WITH CHECK (false)"]);
            let (name, table) = (self.write(&part.name), self.write(&part.table));
            return Step::idle(format!("ALTER POLICY {name} ON {table} {what}"));
        }
        let name = self.part_name(&model.policies, "p");
        let rest = match self.random.below(3) {
            0 => format!("AS RESTRICTIVE FOR UPDATE USING ({column} IS NULL) WITH CHECK (true)"),
            1 => format!("FOR INSERT TO current_user WITH CHECK ({column} IS NOT NULL)"),
            _ => "FOR DELETE USING (false)".to_owned(),
        };
        let sql = format!("CREATE POLICY {} ON {written} {rest}", self.write(&name));
        Step::new(sql, move |model| model.policies.push(Part { name, table: table.name }))
    }

    fn identity(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let column = self.some_column(&table);
        let (table, column) = (self.write_table(&table), self.write(&column));
        let action = self.random.pick(&[
            "ADD GENERATED BY DEFAULT AS IDENTITY",
            "ADD GENERATED ALWAYS AS IDENTITY (START WITH 10)",
            "DROP IDENTITY",
            "DROP IDENTITY IF EXISTS",
            "SET GENERATED BY DEFAULT",
            "DROP EXPRESSION IF EXISTS",
            "SET STATISTICS 200",
            "SET STORAGE EXTERNAL",
        ]);
        Step::idle(format!("ALTER TABLE {table} ALTER COLUMN {column} {action}"))
    }

    fn constraint_with_options(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        if self.chance(30) {
            let part = self.some_part(&model.constraints, "c");
            let (table, name) = (self.write(&part.table), self.write(&part.name));
            let verb = self.random.pick(&["VALIDATE CONSTRAINT", "ALTER CONSTRAINT"]);
            let rest = if verb.starts_with('A') { " DEFERRABLE INITIALLY DEFERRED" } else { "" };
            return Step::idle(format!("ALTER TABLE {table} {verb} {name}{rest}"));
        }
        let name = self.part_name(&model.constraints, "c");
        let column = self.some_column(&table);
        let first = self.write(&column);
        let other = self.some_table(model);
        let reference = self.references(&other);
        let rule = match self.random.below(5) {
            0 => format!("CHECK ({first} IS NOT NULL) NOT VALID"),
            1 => format!("FOREIGN KEY ({first}){reference} NOT VALID"),
            2 => format!("FOREIGN KEY ({first}){reference} DEFERRABLE"),
            3 => format!("UNIQUE ({first}) DEFERRABLE INITIALLY IMMEDIATE"),
            _ => format!("EXCLUDE USING btree ({first} WITH =) WHERE ({first} IS NOT NULL)"),
        };
        let sql = format!("ALTER TABLE {written} ADD CONSTRAINT {} {rule}", self.write(&name));
        Step::new(sql, move |model| {
            model.constraints.push(Part { name, table: table.name });
        })
    }

    fn copy_like(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let name = self.fresh("t");
        let source = self.write_table(&table);
        let body = match self.random.below(5) {
            0 => format!("(LIKE {source})"),
            1 => format!("(LIKE {source} INCLUDING ALL)"),
            2 => format!("(extra integer, LIKE {source} INCLUDING DEFAULTS)"),
            3 => format!("() INHERITS ({source})"),
            _ => format!("(more text) INHERITS ({source})"),
        };
        let sql = format!("CREATE TABLE {name} {body}");
        Step::new(sql, move |model| {
            model.tables.push(Table { name, key: None, schema: None, ..table });
        })
    }

    fn option_of_table(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let trigger = self.some_part(&model.triggers, "g");
        let action = match self.random.below(6) {
            0 => "SET (fillfactor = 80)".to_owned(),
            1 => "RESET (fillfactor)".to_owned(),
            2 => "REPLICA IDENTITY FULL".to_owned(),
            3 => "SET UNLOGGED".to_owned(),
            4 => "CLUSTER ON no_such_index".to_owned(),
            _ => {
                let verb = self.random.pick(&["DISABLE", "ENABLE", "ENABLE ALWAYS"]);
                let (table, name) = (self.write(&trigger.table), self.write(&trigger.name));
                return Step::idle(format!("ALTER TABLE {table} {verb} TRIGGER {name}"));
            }
        };
        Step::idle(format!("ALTER TABLE {written} {action}"))
    }

    fn special_trigger(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let name = self.part_name(&model.triggers, "g");
        let column = self.some_column(&table);
        let column = self.write(&column);
        if self.chance(25) {
            let sql = format!(
                "CREATE RULE {name} AS ON DELETE TO {written} WHERE OLD.{column} IS NULL DO INSTEAD NOTHING"
            );
            return Step::idle(sql);
        }
        let function = "suppress_redundant_updates_trigger()";
        let written_name = self.write(&name);
        let sql = match self.random.below(2) {
            0 => format!(
                "CREATE TRIGGER {written_name} BEFORE UPDATE ON {written} FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {function}"
            ),
            _ => format!(
                "CREATE CONSTRAINT TRIGGER {written_name} AFTER UPDATE OF {column} ON {written} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {function}"
            ),
        };
        Step::new(sql, move |model| model.triggers.push(Part { name, table: table.name }))
    }

    fn special_type(&mut self, model: &Model) -> Step {
        let name = self.fresh("ty");
        let taken = self.random.pick_from(&model.types).cloned().unwrap_or_else(|| name.clone());
        let sql = match self.random.below(8) {
            0 => format!("CREATE DOMAIN {name} AS integer NOT NULL DEFAULT 3"),
            1 => format!("CREATE TYPE {name} AS RANGE (subtype = integer)"),
            2 => return Step::idle(format!("ALTER TYPE {taken} RENAME VALUE 'low' TO 'lowest'")),
            3 => return Step::idle(format!("ALTER TYPE {taken} ADD ATTRIBUTE third text")),
            4 => return Step::idle(format!("ALTER TYPE {taken} RENAME ATTRIBUTE first TO one")),
            5 => return Step::idle(format!("ALTER TYPE {taken} ADD VALUE 'new' BEFORE 'high'")),
            6 => {
                return Step::idle(format!(
                    "ALTER DOMAIN {taken} ADD CONSTRAINT short CHECK (VALUE IS NULL OR length(VALUE::text) < 9)"
                ));
            }
            _ => return Step::idle(format!("ALTER DOMAIN {taken} SET DEFAULT 'x'")),
        };
        Step::new(sql, move |model| model.types.push(name))
    }

    fn several_changes(&mut self, model: &Model) -> Step {
        let table = self.some_table(model);
        let written = self.write_table(&table);
        let old = self.some_column(&table);
        let new = self.any_column();
        let added = self.column(model, &table, &new);
        let (old_written, name) = (self.write(&old), self.fresh("c"));
        let sql = match self.random.below(3) {
            0 => format!("ALTER TABLE {written} DROP COLUMN {old_written}, ADD COLUMN {added}"),
            1 => format!(
                "ALTER TABLE {written} ADD COLUMN {added}, ALTER COLUMN {old_written} DROP NOT NULL, ADD CONSTRAINT {name} UNIQUE ({old_written})"
            ),
            _ => format!(
                "ALTER TABLE {written} ALTER COLUMN {old_written} TYPE varchar(90), ALTER COLUMN {old_written} SET DEFAULT 'z', ADD CHECK ({old_written} <> 'q')"
            ),
        };
        let drops = sql.contains(" DROP COLUMN");
        let adds = sql.contains(" ADD COLUMN");
        Step::new(sql, move |model| {
            if let Some(own) = model.table_mut(&table.name) {
                own.columns.retain(|column| !drops || *column != old);
                if adds && !own.columns.contains(&new) {
                    own.columns.push(new);
                }
            }
        })
    }
}
