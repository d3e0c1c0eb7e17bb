//! Giving things their names back.

use super::function::signature;
use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{ConstraintRule, Key, RenameEvent};
use crate::replay::model::{ObjectKind, Text};

impl Way<'_> {
    pub(super) fn rename_back(&self, steps: &mut Steps) {
        for (from, to) in self.renamed_schemas() {
            let (from, to) = (self.after.quote(&from), self.after.quote(&to));
            steps.add(format!("ALTER SCHEMA {from} RENAME TO {to}"));
        }
        for pair in &self.pairs.all {
            if pair.before.index.is_none() {
                self.rename_relation(pair, steps);
            }
        }
        for pair in self.pairs.tables() {
            if self.is_rebuilt(pair) {
                continue;
            }
            self.rename_columns(pair, steps);
            self.rename_constraints(pair, steps);
        }
        for pair in &self.pairs.all {
            if pair.before.index.is_some() {
                self.rename_index(pair, steps);
            }
        }
        self.rename_types(steps);
        self.rename_functions(steps);
    }

    fn rename_relation(&self, pair: &Pair<'_>, steps: &mut Steps) {
        if pair.before.kind == ObjectKind::Sequence && pair.before.definition.is_none() {
            return;
        }
        let kind = if pair.before.kind == ObjectKind::ForeignTable {
            "FOREIGN TABLE".to_owned()
        } else if self.before.dialect.keeps_source() || self.before.dialect.has_loose_names() {
            "TABLE".to_owned()
        } else {
            pair.before.kind.noun().to_uppercase()
        };
        let definition = pair.before.definition.as_ref();
        let mut now = self.schema_before(pair.key_after);
        if now.name != pair.key_before.name {
            let from = self.after.qualified_as_written(&now, pair.after.definition.as_ref());
            let to = self.before.as_written(&pair.key_before.name, definition);
            // What speaks of the table by a name that another one had keeps speaking of that name.
            let had_another = self.before.catalog.relations.contains_key(pair.key_after);
            let by_name = self.before.dialect.keeps_source()
                && (had_another || self.refers_to_table(&pair.key_after.name));
            if by_name {
                steps.add("PRAGMA legacy_alter_table = ON".to_owned());
            }
            if self.before.dialect.has_loose_names() && pair.before.kind == ObjectKind::View {
                steps.add(format!("RENAME TABLE {from} TO {to}"));
            } else {
                steps.add(format!("ALTER {kind} {from} RENAME TO {to}"));
            }
            if by_name {
                steps.add("PRAGMA legacy_alter_table = OFF".to_owned());
            }
            now.name = pair.key_before.name.clone();
        }
        if now.schema != pair.key_before.schema {
            let (from, to) =
                (self.after.qualified(&now), self.before.quote(&pair.key_before.schema));
            steps.add(format!("ALTER {kind} {from} SET SCHEMA {to}"));
        }
    }

    /// Whether a foreign key of before refers to a table of the name, be it there or not.
    pub(super) fn refers_to_table(&self, name: &str) -> bool {
        self.before.catalog.relations.values().any(|relation| {
            let mut columns = relation.columns.iter();
            relation.constraints.iter().any(|entry| {
                matches!(entry.rule, ConstraintRule::Foreign { table: None, .. })
                    && self.before.mentions_name(entry, name)
            }) || columns.any(|column| self.before.refers_to_table(column, name))
        })
    }

    fn rename_columns(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let table = self.table_before(pair);
        for column in &pair.before.columns {
            let Some(now) = pair.column_after(column) else { continue };
            if now.name != column.name {
                let from = self.after.column_name(now);
                let to = self.before.column_name(column);
                if self.is_referred_to_in_vain(pair, &now.name) {
                    steps.open.push(format!(
                        "foreign keys that referred to {from} before there was such a column"
                    ));
                }
                steps.add(format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}"));
            }
        }
    }

    /// Whether a foreign key already named a column that only the upgrade brought: `SQLite`
    /// takes it for the new one, and renames it with it.
    fn is_referred_to_in_vain(&self, pair: &Pair<'_>, name: &str) -> bool {
        if !self.before.dialect.keeps_source() || pair.before.column(name).is_some() {
            return false;
        }
        let tables = self.before.catalog.relations.values();
        let mut keys = tables.flat_map(|table| &table.constraints).filter(|entry| {
            let ConstraintRule::Foreign { table, .. } = &entry.rule else { return false };
            table.is_none_or(|table| table == pair.before.id)
        });
        keys.any(|entry| self.before.refers_to(entry, name))
    }

    fn rename_constraints(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let table = self.table_before(pair);
        for (from, to) in self.renamed_constraints(pair) {
            let (from, to) = (self.after.quote(&from), self.before.quote(&to));
            steps.add(format!("ALTER TABLE {table} RENAME CONSTRAINT {from} TO {to}"));
        }
    }

    /// Constraints of a table that stay under another name: the name after and before.
    pub(super) fn renamed_constraints(&self, pair: &Pair<'_>) -> Vec<(Text, Text)> {
        if !self.before.dialect.names_constraints()
            || self.before.dialect.indexes_belong_to_tables()
        {
            return Vec::new();
        }
        let mut renamed = Vec::new();
        for old in &pair.before.constraints {
            if pair.after.constraints.iter().any(|new| new.name == old.name) {
                continue;
            }
            let is_it = |definition| {
                let (Some(a), Some(b)) = (&old.definition, definition) else { return false };
                a.is_of_same_statement(b) && a.own() == b.own()
            };
            let new = pair.after.constraints.iter().find(|new| {
                is_it(new.definition.as_ref())
                    && std::mem::discriminant::<ConstraintRule>(&new.rule)
                        == std::mem::discriminant(&old.rule)
            });
            renamed.extend(new.map(|new| (new.name.clone(), old.name.clone())));
        }
        renamed
    }

    fn rename_index(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let Some(data) = pair.before.index.as_ref().filter(|data| !data.of_constraint) else {
            return;
        };
        if pair.key_before.name == pair.key_after.name {
            return;
        }
        let Some((table, relation)) = self.before.relation(data.table) else { return };
        let to = self.before.as_written(&pair.key_before.name, pair.before.definition.as_ref());
        let from = self.after.quote(&pair.key_after.name);
        if self.before.dialect.indexes_belong_to_tables() {
            let table = self.before.qualified_as_written(table, relation.definition.as_ref());
            steps.add(format!("ALTER TABLE {table} RENAME INDEX {from} TO {to}"));
        } else {
            let key = Key { schema: table.schema.clone(), name: pair.key_after.name.clone() };
            steps.add(format!("ALTER INDEX {} RENAME TO {to}", self.after.qualified(&key)));
        }
    }

    fn rename_types(&self, steps: &mut Steps) {
        for (key, data) in self.before.catalog.types.iter() {
            let mut after = self.after.catalog.types.iter();
            let Some((now, _)) = after.find(|(_, new)| new.id == data.id) else { continue };
            let kind = self.type_word(data);
            let mut now = self.schema_before(now);
            if now.name != key.name {
                let (from, to) = (self.after.qualified(&now), self.before.quote(&key.name));
                steps.add(format!("ALTER {kind} {from} RENAME TO {to}"));
                now.name = key.name.clone();
            }
            if now.schema != key.schema {
                let (from, to) = (self.after.qualified(&now), self.before.quote(&key.schema));
                steps.add(format!("ALTER {kind} {from} SET SCHEMA {to}"));
            }
        }
    }

    fn rename_functions(&self, steps: &mut Steps) {
        for (key, list) in self.before.catalog.functions.iter() {
            for function in list.iter() {
                let mut after = self
                    .after
                    .catalog
                    .functions
                    .iter()
                    .flat_map(|(key, list)| list.iter().map(move |function| (key, function)));
                let Some((now, new)) = after.find(|(_, new)| new.id == function.id) else {
                    continue;
                };
                let mut at = self.schema_before(now);
                if at.name != key.name
                    && let Some(signature) = signature(&self.after, &at, new)
                {
                    let to = self.before.quote(&key.name);
                    steps.add(format!("ALTER {signature} RENAME TO {to}"));
                    at.name = key.name.clone();
                }
                if at.schema != key.schema
                    && let Some(signature) = signature(&self.after, &at, new)
                {
                    let to = self.before.quote(&key.schema);
                    steps.add(format!("ALTER {signature} SET SCHEMA {to}"));
                }
            }
        }
    }

    /// Schemas with another name: the name after and before, the last one renamed first.
    fn renamed_schemas(&self) -> Vec<(Text, Text)> {
        let events = self.after.catalog.renames.iter().skip(self.before.catalog.renames.len());
        let mut renamed: Vec<_> = events
            .filter_map(|event| match event {
                RenameEvent::Schema { from, to } => Some((to.clone(), from.clone())),
                _ => None,
            })
            .collect();
        renamed.reverse();
        renamed
    }

    pub(super) fn was_renamed_schema(&self, name: &str) -> bool {
        self.renamed_schemas().iter().any(|(after, _)| &**after == name)
    }

    /// A key after, once schemas have their names back.
    fn schema_before(&self, key: &Key) -> Key {
        let mut key = key.clone();
        for (after, before) in self.renamed_schemas() {
            if key.schema == after {
                key.schema = before;
            }
        }
        key
    }

    /// A table under the name that it has once names are back.
    pub(super) fn table_before(&self, pair: &Pair<'_>) -> String {
        self.before.qualified_as_written(pair.key_before, pair.before.definition.as_ref())
    }
}
