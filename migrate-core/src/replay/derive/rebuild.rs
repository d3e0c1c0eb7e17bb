//! Tables that have to be built anew: `SQLite` adds only simple columns, and alters none.

use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{Column, ConstraintRule, Dependency, Key, Relation, RenameEvent};
use crate::replay::write::Table;

impl Way<'_> {
    /// Whether a table cannot be taken back by `ALTER TABLE`.
    pub(super) fn is_rebuilt(&self, pair: &Pair<'_>) -> bool {
        if !self.before.dialect.keeps_source() {
            return false;
        }
        if pair.was_replaced() {
            return true;
        }
        let is_changed = pair.before.columns.iter().any(|column| match pair.column_after(column) {
            // A column whose text is another one stands in another statement.
            Some(now) => now.id != column.id,
            None => !self.can_be_added(pair, column),
        });
        let drops_key =
            pair.after.columns.iter().any(|column| {
                pair.column_before(column).is_none() && is_in_constraint(pair, column)
            });
        is_changed || drops_key
    }

    /// Whether `ADD COLUMN` takes a column as it was.
    fn can_be_added(&self, pair: &Pair<'_>, column: &Column) -> bool {
        let table = Table::new(&self.before, pair.key_before, pair.before);
        let Some(line) = self.before.spelling.column(&self.before, &table, column) else {
            return false;
        };
        let line = line.to_ascii_uppercase();
        let is_refused = ["PRIMARY KEY", "UNIQUE", "STORED", "(", "CURRENT_"]
            .iter()
            .any(|word| line.contains(word));
        let needs_default = line.contains("NOT NULL") && column.default.is_none();
        let refers = line.contains("REFERENCES") && column.default.is_some();
        !is_refused && !needs_default && !refers
    }

    /// Makes the table as it was, moves the rows, and takes its place.
    pub(super) fn rebuild(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let name = self.table_before(pair);
        let scratch = Key {
            schema: pair.key_before.schema.clone(),
            name: format!("migrate_new_{}", pair.key_before.name).into(),
        };
        let mut relation = pair.before.clone();
        relation.site = None;
        for written in self.before.table(&scratch, &relation) {
            steps.write(written);
        }
        let stays: Vec<(String, String)> = pair
            .before
            .columns
            .iter()
            .filter(|column| !column.is_generated)
            .filter_map(|column| {
                let now = pair.column_after(column)?;
                let to = self.before.column_name(column);
                let from = self.after.column_name(now);
                Some((to, from))
            })
            .collect();
        for column in &pair.before.columns {
            if pair.column_after(column).is_none() && !column.is_generated {
                let label = format!("`{}.{}`", pair.key_before.name, column.name);
                steps.losses.push(format!("the values of column {label} do not come back"));
            }
        }
        let (to, from): (Vec<_>, Vec<_>) = stays.into_iter().unzip();
        let scratch = self.before.qualified(&scratch);
        if !to.is_empty() && !is_unusable(pair.before) {
            let (to, from) = (to.join(", "), from.join(", "));
            steps.add(format!("INSERT INTO {scratch} ({to}) SELECT {from} FROM {name}"));
        }
        steps.add("PRAGMA legacy_alter_table = ON".to_owned());
        steps.add(format!("DROP TABLE {name}"));
        steps.add(format!("ALTER TABLE {scratch} RENAME TO {name}"));
        steps.add("PRAGMA legacy_alter_table = OFF".to_owned());
        self.restore_indexes(pair, steps);
        self.say_renamed_targets(pair, steps);
    }

    /// Says which columns foreign keys elsewhere keep speaking of by the names that they got: a
    /// table that takes another's place takes no names back.
    fn say_renamed_targets(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let is_referred_to = self.refers_to_table(&pair.key_before.name);
        let old = self.before.catalog.renames.len();
        for event in self.after.catalog.renames.iter().skip(old) {
            if let RenameEvent::Object { what: Dependency::Column(table, _), from, to } = event
                && *table == pair.after.id
                && is_referred_to
            {
                let name = &pair.key_before.name;
                steps.open.push(format!("foreign keys that refer to `{name}.{from}` name `{to}`"));
            }
        }
    }
}

/// Whether no row can be in a table: a column of it is made from itself.
fn is_unusable(table: &Relation) -> bool {
    let is_loop = |column: &Column| column.uses.contains(&Dependency::Column(table.id, column.id));
    table.columns.iter().any(|column| column.is_generated && is_loop(column))
}

/// Whether a constraint after needs the column, so that it cannot be dropped.
fn is_in_constraint(pair: &Pair<'_>, column: &Column) -> bool {
    pair.after.constraints.iter().any(|entry| match &entry.rule {
        ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => ids.contains(&column.id),
        ConstraintRule::Foreign { columns, .. } => columns.contains(&column.id),
        ConstraintRule::Check(_) | ConstraintRule::Exclude(_) => false,
    })
}
