//! What foreign keys ask of tables and columns that are there already, where the server restricts
//! nothing else.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{ConstraintRule, Found, Id, Key, Relation, Removal};
use crate::replay::model::{Name, QualifiedName};
use crate::replay::resolve::{Fault, is_closed};

impl Engine {
    /// `TRUNCATE`: no foreign key of another table may refer to the table, whatever rows there are.
    ///
    /// Source: `MySQL` 8.4 manual, "TRUNCATE TABLE Statement".
    pub(super) fn truncate(&mut self, table: &QualifiedName) {
        self.missing_relation(table);
        let Found::Present(key) = self.catalog.find_relation(self.dialect, table) else { return };
        let Some(relation) = self.catalog.relations.get(&key) else { return };
        if !relation.is_certain || !relation.is_table() {
            return;
        }
        let mut removal = Removal::default();
        removal.relations.insert(relation.id);
        let dependents = self.that_restrict(self.catalog.dependents(&removal));
        let Some(dependent) = dependents.iter().find(|dependent| dependent.is_certain) else {
            return;
        };
        let message = format!("{} refers to rows of `{}`", dependent.victim.describe(), key.name);
        let fault = Fault::new(Code::M410, table.place(), message)
            .at_site(dependent.site, "it is created here")
            .help("`DELETE FROM` takes the rows one by one");
        self.fault(fault);
    }

    /// A column that was given another type still is kept as the one that its foreign key, or
    /// another's, compares it with.
    ///
    /// Source: `MySQL` 8.4 manual, "FOREIGN KEY Constraints", Conditions and Restrictions.
    pub(super) fn keeps_foreign_keys(&mut self, key: &Key, column: &Name) {
        if !self.dialect.only_foreign_keys_restrict() || !self.checks_foreign_keys() {
            return;
        }
        let Some((own, other, constraint)) = self.misfit(key, column) else { return };
        let message = format!(
            "`{}` would be `{own}`, but `{constraint}` compares it with `{other}`",
            column.text
        );
        let fault = Fault::new(Code::M416, column.place, message)
            .help("drop the foreign key first, and add it again when both columns are changed");
        self.fault(fault);
    }

    /// The types of a column and of the other one of a foreign key that cannot be compared.
    fn misfit(&self, key: &Key, column: &Name) -> Option<(String, String, String)> {
        let relation = self.catalog.relations.get(key).filter(|found| is_closed(found))?;
        let changed = relation.column(&column.text).filter(|found| found.is_certain)?;
        let (table, own) = (relation.id, self.dialect.storage(&changed.type_name)?);
        for (_, from) in self.catalog.relations_near(&[table]) {
            for entry in &from.constraints {
                let ConstraintRule::Foreign { columns, table: Some(to), referenced } = &entry.rule
                else {
                    continue;
                };
                // Both columns of a key to the own table may change in one statement.
                let is_sure =
                    entry.is_certain && *to != from.id && columns.len() == referenced.len();
                if !is_sure || (from.id != table && *to != table) {
                    continue;
                }
                let Some((_, target)) = self.catalog.relation_by_id(*to) else { continue };
                for (column, wanted) in columns.iter().zip(referenced) {
                    let other = if from.id == table && *column == changed.id {
                        type_of(target, *wanted)
                    } else if *to == table && *wanted == changed.id {
                        type_of(from, *column)
                    } else {
                        continue;
                    };
                    let Some(other) = other else { continue };
                    if self.dialect.storage(other).is_some_and(|stored| stored != own) {
                        let name = entry.name.to_string();
                        return Some((changed.type_name.to_string(), other.to_owned(), name));
                    }
                }
            }
        }
        None
    }
}

fn type_of(relation: &Relation, id: Id) -> Option<&str> {
    if !is_closed(relation) || !relation.is_table() {
        return None;
    }
    let column = relation.columns.iter().find(|column| column.id == id && column.is_certain)?;
    Some(&column.type_name)
}
