//! What real histories have besides tables, columns and views: options of all kinds, and new
//! names for everything.

mod mysql;
mod postgres;
mod renames;
mod sqlite;

use migrate_core::database::Database;

use super::Generator;
use crate::model::{Model, Step};

impl Generator {
    pub(super) fn feature_step(&mut self, model: &Model) -> Step {
        let renames = self.chance(40);
        match self.database {
            Database::Postgres if renames => self.postgres_rename(model),
            Database::Postgres => self.postgres_feature(model),
            Database::Mysql => self.mysql_feature(model),
            Database::Sqlite => self.sqlite_feature(model),
        }
    }
}
