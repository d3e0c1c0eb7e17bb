//! The half that undoes a migration: the set's own, or the one stored beside its row.

use migrate_core::checksum::Checksum;
use migrate_core::database::Database;
use migrate_core::history::{HistoryRow, RowKind};
use migrate_core::set::{Directives, Downgrade, Half, MigrationKind};
use migrate_core::sql::{Statement, significant_words, split};

use super::session::Session;
use super::unit::{Body, SqlBody, Unit};
use crate::error::{Error, Result};

impl Session<'_> {
    /// Makes the downgrade of an applied migration ready.
    ///
    /// # Errors
    /// [`Error::Request`] when the migration cannot be undone, with the reason.
    pub(crate) async fn downgrade_of(&mut self, row: &HistoryRow) -> Result<Unit> {
        let version = self.set.version(row.version.clone());
        let found = self.set.migrations.binary_search_by(|other| other.version.cmp(&version)).ok();
        let unchanged =
            found.filter(|&index| self.set.migrations[index].checksum.to_string() == row.checksum);
        match unchanged {
            Some(index) => self.own_downgrade(index),
            None => self.kept_downgrade(row).await,
        }
    }

    fn own_downgrade(&self, index: usize) -> Result<Unit> {
        let migration = &self.set.migrations[index];
        let (script, _) = self.set.script(migration);
        let mut unit = self.upgrade_unit(index)?;
        let id = unit.id();
        unit.body = match script.downgrade {
            Downgrade::Half(Half::Rust) => {
                let compiled = self.compiled(index).map(|compiled| compiled.downgrade);
                if let Some(Err(reason)) = compiled {
                    return Err(Error::Request(format!("`{id}` is irreversible: {reason}")));
                }
                Body::Rust
            }
            Downgrade::Half(Half::Sql(span)) => {
                let origin = self.set.sources.position(span.file, span.start);
                unit.path = self.set.sources.display_path(span.file);
                let text = self.set.sources.slice(&span);
                Body::Sql(SqlBody::new(text, Some(origin), self.tables.database, &unit.directives))
            }
            Downgrade::Irreversible(reason) => {
                return Err(Error::Request(format!("`{id}` is irreversible: {reason}")));
            }
            Downgrade::Absent => {
                return Err(Error::Request(format!(
                    "`{id}` has no downgrade: write one, or roll forward with a new migration"
                )));
            }
        };
        Ok(unit)
    }

    /// The file is gone or another one: what was applied is undone by what was stored with it.
    async fn kept_downgrade(&mut self, row: &HistoryRow) -> Result<Unit> {
        let id = row.id();
        let Some(text) = self.stored_downgrade(&row.version).await? else {
            return Err(Error::Request(format!(
                "`{id}` is not in the set as it was applied, and no downgrade of it is stored: \
                 restore the file from version control"
            )));
        };
        if Checksum::of(&text).to_string() != row.downgrade_checksum {
            return Err(Error::Request(format!(
                "the stored downgrade of `{id}` was edited by hand: restore the migration's file, its own \
                 downgrade is used then"
            )));
        }
        let no_transaction = refuses_transactions(&text, self.tables.database);
        let directives = Directives { no_transaction, ..Directives::default() };
        Ok(Unit {
            version: row.version.clone(),
            name: row.name.clone(),
            kind: if row.kind == RowKind::Rust { MigrationKind::Rust } else { MigrationKind::Sql },
            path: format!("{id} (stored downgrade)"),
            body: Body::Sql(SqlBody::new(&text, None, self.tables.database, &directives)),
            directives,
            checksum: row.checksum.clone(),
            tokens: row.tokens.clone(),
            stored_downgrade: None,
            resume_at: 0,
            interrupted: false,
        })
    }

    /// Reads the stored downgrade of an applied migration.
    pub(crate) async fn stored_downgrade(&mut self, version: &str) -> Result<Option<String>> {
        let query = self.tables.select_downgrade(version);
        let rows = self.driver()?.rows(query).await;
        let rows = rows.map_err(Error::server("cannot read the stored downgrade"))?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next()).flatten())
    }
}

/// Whether a stored downgrade cannot be one transaction: its directives are not stored with it.
fn refuses_transactions(text: &str, database: Database) -> bool {
    let alone = |statement: &Statement| {
        let words = significant_words(statement.text(text), database, 12);
        words.first().is_some_and(|word| word == "VACUUM")
            || words.iter().any(|word| word == "CONCURRENTLY")
    };
    split(text, database).statements.iter().any(alone)
}
