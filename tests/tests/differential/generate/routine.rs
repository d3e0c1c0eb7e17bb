//! Functions of Postgres.

use super::Generator;
use super::query::Scope;
use crate::model::{Model, Step};

impl Generator {
    pub(super) fn create_function(&mut self, model: &Model) -> Step {
        let taken = self.random.pick_from(&model.functions).map(|(name, _)| name.clone());
        let name = match taken {
            Some(name) if self.chance(20) => name,
            _ => self.fresh("f"),
        };
        let replace = self.maybe(40, "OR REPLACE ");
        let written = self.write(&name);
        let table = self.some_table(model);
        let scope = Scope { items: vec![(self.write(&table.name), table.columns.clone())] };
        let relation = self.write_table(&table);
        let (arguments, count) =
            [("", 0), ("one integer", 1), ("one integer, two text DEFAULT 'x'", 2)]
                [self.random.below(3)];
        let sql = match self.random.below(4) {
            0 => format!(
                "CREATE {replace}FUNCTION {written}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.no_column := 1; RETURN NEW; END $f$"
            ),
            1 => {
                let condition = self.condition(model, &scope, 1);
                format!(
                    "CREATE {replace}FUNCTION {written}({arguments}) RETURNS bigint LANGUAGE plpgsql AS $f$ BEGIN RETURN (SELECT count(*) FROM {relation} WHERE {condition}); END $f$"
                )
            }
            2 => {
                let condition = self.condition(model, &scope, 1);
                format!(
                    "CREATE {replace}FUNCTION {written}({arguments}) RETURNS bigint LANGUAGE sql STABLE AS $f$ SELECT count(*) FROM {relation} WHERE {condition} $f$"
                )
            }
            _ => format!(
                "CREATE {replace}FUNCTION {written}({arguments}) RETURNS SETOF {relation} LANGUAGE sql AS $f$ SELECT * FROM {relation} $f$"
            ),
        };
        Step::new(sql, move |model| model.functions.push((name, count)))
    }

    pub(super) fn drop_function(&mut self, model: &Model) -> Step {
        let Some((name, count)) = self.random.pick_from(&model.functions).cloned() else {
            return Step::idle("SELECT no_such_function()");
        };
        let written = self.write(&name);
        match self.random.below(5) {
            0 => {
                let values = ["1", "'a'"][..count.min(2)].join(", ");
                Step::idle(format!("SELECT {written}({values})"))
            }
            1 => Step::idle(format!("SELECT {written}(1, 'a', 2)")),
            2 => Step::idle(format!("ALTER FUNCTION {written} OWNER TO current_user")),
            _ => {
                let exists = self.maybe(40, "IF EXISTS ");
                let arguments = self.random.pick(&["", "()", "(integer)", "(integer, text)"]);
                let cascade = self.maybe(30, " CASCADE");
                Step::new(
                    format!("DROP FUNCTION {exists}{written}{arguments}{cascade}"),
                    move |model| {
                        model.functions.retain(|(own, _)| *own != name);
                    },
                )
            }
        }
    }
}
