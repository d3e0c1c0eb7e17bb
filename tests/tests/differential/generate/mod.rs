//! Random statements: most fit the schema at hand, some name what is not there.

mod alter;
mod feature;
mod mysql;
mod names;
mod object;
mod postgres;
mod query;
mod routine;
mod row;
mod table;

use std::collections::VecDeque;

use migrate_core::database::Database;

use crate::model::{Model, Step};
use crate::random::Random;

/// Makes statements for one server.
pub(crate) struct Generator {
    database: Database,
    random: Random,
    /// For names that must not be used twice.
    counter: usize,
    /// Steps that belong to the last one.
    pending: VecDeque<Step>,
}

impl Generator {
    pub(crate) fn new(database: Database, random: Random) -> Self {
        Generator { database, random, counter: 0, pending: VecDeque::new() }
    }

    /// A statement that could come next; its effect is for when the server accepts it.
    pub(crate) fn step(&mut self, model: &Model) -> Step {
        if let Some(step) = self.pending.pop_front() {
            return step;
        }
        if model.tables.len() < 2 {
            return self.create_table(model);
        }
        if self.chance(20) {
            return self.feature_step(model);
        }
        match self.random.below(100) {
            0..12 => self.create_table(model),
            12..32 => self.alter_table(model),
            32..36 => self.drop_table(model),
            36..44 => self.create_index(model),
            44..47 => self.drop_index(model),
            47..54 => self.create_view(model),
            54..57 => self.drop_view(model),
            57..70 => self.change_rows(model),
            70..76 => Step::idle(self.query(model, 0).sql),
            76..82 => self.create_trigger(model),
            82..84 => self.drop_trigger(model),
            _ if self.is(Database::Postgres) => self.postgres_step(model),
            84..94 if self.is(Database::Mysql) => self.mysql_step(model),
            84..90 => self.change_rows(model),
            90..95 => self.create_view(model),
            _ => self.alter_table(model),
        }
    }

    /// Makes a step the next one.
    fn then(&mut self, step: Step) {
        self.pending.push_back(step);
    }

    fn is(&self, database: Database) -> bool {
        self.database == database
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.random.percent(percent)
    }

    /// `text` in some of the cases, else nothing.
    fn maybe(&mut self, percent: usize, text: &'static str) -> &'static str {
        if self.random.percent(percent) { text } else { "" }
    }
}
