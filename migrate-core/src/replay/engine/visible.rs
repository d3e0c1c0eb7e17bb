//! Which failures of statements the replay cannot overlook.

use super::Engine;
use crate::replay::model::{BlockStatement, Name, ObjectKind, QualifiedName, StatementKind};
use crate::replay::resolve::is_closed;

/// Whether a statement can fail only for reasons that the replay sees: it creates something that
/// rests on no type and no row.
pub(super) fn fails_visibly(statement: &BlockStatement) -> bool {
    let BlockStatement::Sql(statement) = statement else { return false };
    matches!(
        statement.kind,
        StatementKind::CreateType(_)
            | StatementKind::CreateSchema { .. }
            | StatementKind::CreateSequence { .. }
            | StatementKind::OwnSequence { .. }
            | StatementKind::Nothing
            | StatementKind::EndTransaction
    )
}

impl Engine {
    /// Whether a statement that ran named nothing of which it is not known whether it is there.
    pub(super) fn knows_names_of(&self, statement: &BlockStatement) -> bool {
        let BlockStatement::Sql(statement) = statement else { return false };
        match &statement.kind {
            StatementKind::AlterTable(alter) => self.knows_all_of(&alter.name),
            StatementKind::CreateIndex(index) => {
                self.knows_all_of(&index.table)
                    && index.name.as_ref().is_some_and(|name| self.knows(ObjectKind::Index, name))
            }
            StatementKind::CreateTable(table) => self.knows_all_of(&table.name),
            StatementKind::CreatePolicy(policy) => self.knows_all_of(&policy.table),
            _ => false,
        }
    }

    /// Whether everything of a table is listed.
    fn knows_all_of(&self, table: &QualifiedName) -> bool {
        self.knows(ObjectKind::Table, &table.name)
            && self
                .found(table)
                .and_then(|key| self.catalog.relations.get(&key))
                .is_some_and(|relation| is_closed(relation) && !relation.is_vague)
    }

    /// Whether nothing that could not be read may have made or dropped a thing.
    fn knows(&self, kind: ObjectKind, name: &Name) -> bool {
        let unknown = &self.catalog.unknown;
        unknown.appeared.is_empty()
            && unknown.gone.is_empty()
            && !unknown.covers(kind, &name.text)
            && !self.catalog.path_is_uncertain
    }
}
