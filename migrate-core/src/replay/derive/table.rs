//! Tables that stay: their columns and constraints.

use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{Constraint, ConstraintRule, Dependency, Id};
use crate::replay::write::Table;

impl Way<'_> {
    pub(super) fn alter_tables(&self, steps: &mut Steps) {
        for pair in self.pairs.tables() {
            if self.is_rebuilt(pair) {
                self.rebuild(pair, steps);
                continue;
            }
            self.restore_columns(pair, steps);
            self.restore_constraints(pair, false, steps);
            self.restore_indexes(pair, steps);
            if pair.was_replaced() {
                let name = &pair.key_before.name;
                steps.losses.push(format!("the rows of table `{name}` do not come back"));
            }
        }
    }

    /// Drops constraints that came, before the columns and tables that they rest on.
    pub(super) fn drop_constraints(&self, pair: &Pair<'_>, steps: &mut Steps) {
        if !self.after.dialect.names_constraints() {
            return;
        }
        let table = self.after.qualified_as_written(pair.key_after, pair.after.definition.as_ref());
        let renamed = self.renamed_constraints(pair);
        for entry in pair.after.constraints.iter().filter(|entry| entry.is_certain) {
            let was_there = self.constraint_before(pair, entry).is_some()
                || renamed.iter().any(|(after, _)| *after == entry.name);
            let is_nameless = matches!(entry.rule, ConstraintRule::Check(_))
                && self.after.has_no_name(entry)
                && !was_there;
            if is_nameless {
                if !self.goes_with_column(pair, entry) {
                    let table = &pair.key_after.name;
                    steps.open.push(format!("a check of `{table}` stays: it has no name"));
                }
                continue;
            }
            if !was_there && !self.goes_with_column(pair, entry) {
                let what = self.dropped_as(entry);
                let replaces = self.after.dialect.indexes_belong_to_tables()
                    && matches!(entry.rule, ConstraintRule::Primary(_));
                let key = replaces.then(|| self.primary_key_instead(pair, steps));
                let key = key.unwrap_or_default();
                steps.add(format!("ALTER TABLE {table} DROP {what}{key}"));
                self.drop_index_of_foreign_key(pair, entry, &table, steps);
            }
        }
    }

    /// Adds the primary key that was there before with the action that drops a key: a column that
    /// counts by itself must not be without one.
    pub(super) fn primary_key_instead(&self, pair: &Pair<'_>, steps: &mut Steps) -> String {
        let primary = pair.before.constraints.iter().find_map(|entry| match &entry.rule {
            ConstraintRule::Primary(ids) => Some((entry, self.after.columns(pair.after.id, ids)?)),
            _ => None,
        });
        let Some((entry, list)) = primary else { return String::new() };
        let is_first = steps.with_columns.insert((pair.before.id, entry.name.clone()));
        if is_first { format!(", ADD PRIMARY KEY ({list})") } else { String::new() }
    }

    /// Drops the index that `MySQL` made for a foreign key, which outlives it.
    ///
    /// Source: `MySQL` 8.4 manual, "FOREIGN KEY Constraints", `index_name`.
    fn drop_index_of_foreign_key(
        &self,
        pair: &Pair<'_>,
        entry: &Constraint,
        table: &str,
        steps: &mut Steps,
    ) {
        let ConstraintRule::Foreign { columns, .. } = &entry.rule else { return };
        let mut made = self.after.catalog.indexes_of(pair.after.id);
        let is_made = made.any(|(key, index, _)| {
            !index.is_certain && key.name == entry.name && self.is_new(index)
        });
        // With columns that go it goes, too.
        let goes = columns.iter().all(|id| is_new_column(pair, *id));
        if !is_made || goes {
            return;
        }
        let name = &entry.name;
        let has_other = self.before.catalog.has_leading_index(pair.before.id, columns, None)
            || self.after.catalog.has_certain_leading_index(pair.after.id, columns);
        if has_other || self.after.has_no_name(entry) {
            steps.losses.push(format!("the index of the foreign key `{name}` may stay"));
        } else {
            let name = self.after.database.quote(name);
            steps.add(format!("DROP INDEX {name} ON {table}"));
        }
    }

    /// Whether a constraint goes with a column that came with it.
    fn goes_with_column(&self, pair: &Pair<'_>, entry: &Constraint) -> bool {
        let ids = match &entry.rule {
            ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => ids.clone(),
            ConstraintRule::Foreign { columns, table, .. } => {
                // A table that came goes before the columns that refer to it.
                let to_new = table.is_some_and(|table| self.pairs.before(table).is_none());
                if to_new || self.after.dialect.only_foreign_keys_restrict() {
                    return false;
                }
                columns.clone()
            }
            // `MariaDB` lets a column go only from checks of its own.
            ConstraintRule::Check(uses)
                if self.after.dialect.only_foreign_keys_restrict() && uses.len() > 1 =>
            {
                return false;
            }
            ConstraintRule::Check(uses) | ConstraintRule::Exclude(uses) => {
                let own = uses.iter().filter_map(|used| match used {
                    Dependency::Column(_, column) => Some(*column),
                    _ => None,
                });
                own.collect()
            }
        };
        ids.into_iter().any(|id| is_new_column(pair, id))
    }

    /// `CONSTRAINT name`, or what the server calls it.
    pub(super) fn dropped_as(&self, entry: &Constraint) -> String {
        let name = self.after.quote(&entry.name);
        if !self.after.dialect.indexes_belong_to_tables() {
            return format!("CONSTRAINT {name}");
        }
        match &entry.rule {
            ConstraintRule::Primary(_) => "PRIMARY KEY".to_owned(),
            ConstraintRule::Foreign { .. } => format!("FOREIGN KEY {name}"),
            _ => format!("CONSTRAINT {name}"),
        }
    }

    /// The constraint before that one after is.
    fn constraint_before<'c>(&self, pair: &Pair<'c>, entry: &Constraint) -> Option<&'c Constraint> {
        let is_same =
            |old: &&Constraint| old.name == entry.name && self.same_constraint(pair, old, entry);
        pair.before.constraints.iter().find(is_same)
    }

    /// Whether two constraints of one name are made by the same words.
    fn same_constraint(&self, pair: &Pair<'_>, old: &Constraint, new: &Constraint) -> bool {
        let same_statement = match (&old.definition, &new.definition) {
            (Some(a), Some(b)) => a.is_of_same_statement(b) && a.own() == b.own(),
            (None, None) => true,
            _ => false,
        };
        same_statement || {
            let before = Table::new(&self.before, pair.key_before, pair.before);
            let after = Table::new(&self.after, pair.key_after, pair.after);
            let (a, b) = (self.before.constraint(&before, old), self.after.constraint(&after, new));
            a.is_some() && a == b
        }
    }

    /// Adds constraints that went: keys and checks first, foreign keys when all is there.
    pub(super) fn restore_constraints(&self, pair: &Pair<'_>, foreign: bool, steps: &mut Steps) {
        if !self.before.dialect.names_constraints() {
            return;
        }
        let table = Table::new(&self.before, pair.key_before, pair.before);
        let name = self.table_before(pair);
        for entry in pair.before.constraints.iter().filter(|entry| entry.is_certain) {
            if matches!(entry.rule, ConstraintRule::Foreign { .. }) != foreign {
                continue;
            }
            let is_there = steps.with_columns.contains(&(pair.before.id, entry.name.clone()));
            if is_there || self.constraint_stayed(pair, entry) {
                continue;
            }
            match self.before.constraint(&table, entry) {
                Some(text) => steps.add(format!("ALTER TABLE {name} ADD {text}")),
                None => steps.open.push(format!(
                    "the text of constraint `{}` of `{}` is not known",
                    entry.name, pair.key_before.name
                )),
            }
        }
    }

    /// Whether a constraint of before is still there, under whatever name.
    pub(super) fn constraint_stayed(&self, pair: &Pair<'_>, entry: &Constraint) -> bool {
        let mut after = pair.after.constraints.iter();
        after.any(|new| new.name == entry.name && self.same_constraint(pair, entry, new))
            || self.renamed_constraints(pair).iter().any(|(_, before)| *before == entry.name)
    }

    /// Row-level security as it was.
    pub(super) fn restore_security(&self, pair: &Pair<'_>, steps: &mut Steps) {
        if let (Some(was_on), Some(is_on)) = (pair.before.row_security, pair.after.row_security)
            && was_on != is_on
        {
            let verb = if was_on { "ENABLE" } else { "DISABLE" };
            steps.add(format!("ALTER TABLE {} {verb} ROW LEVEL SECURITY", self.table_before(pair)));
        }
    }
}

fn is_new_column(pair: &Pair<'_>, id: Id) -> bool {
    let mut columns = pair.after.columns.iter();
    columns.any(|column| column.id == id && pair.column_before(column).is_none())
}
