//! Columns of tables that stay.

use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{Column, Dependency};
use crate::replay::write::{Table, Written};

impl Way<'_> {
    /// Adds columns that went, and alters those that changed.
    pub(super) fn restore_columns(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let before = Table::new(&self.before, pair.key_before, pair.before);
        let name = self.table_before(pair);
        for column in pair.before.columns.iter().filter(|column| column.is_certain) {
            match pair.column_after(column) {
                Some(now) => self.restore_column(pair, column, now, steps),
                None => self.add_column(&name, &before, column, steps),
            }
        }
    }

    fn add_column(&self, name: &str, table: &Table<'_>, column: &Column, steps: &mut Steps) {
        let label = format!("`{}.{}`", table.key.name, column.name);
        let Some(line) = self.before.spelling.column(&self.before, table, column) else {
            steps.open.push(format!("the type of column {label} is not known"));
            return;
        };
        if !column.is_generated {
            steps.losses.push(format!("the values of column {label} do not come back"));
        }
        let has_value = column.default.is_some() || column.is_generated;
        let is_counted = self.before.catalog.relations.values().any(|sequence| {
            sequence.owner == Some((table.relation.id, column.id)) && sequence.definition.is_none()
        });
        let written = Written::of(format!("ALTER TABLE {name} ADD COLUMN {line}"));
        if column.not_null && !has_value && !is_counted {
            let warning = format!("{label} has no default: this fails while the table has rows");
            steps.warn(written, warning);
        } else {
            steps.write(written);
        }
    }

    fn restore_column(&self, pair: &Pair<'_>, old: &Column, new: &Column, steps: &mut Steps) {
        if self.before.dialect.indexes_belong_to_tables() {
            self.modify_column(pair, old, new, steps);
            return;
        }
        let table = self.table_before(pair);
        let name = self.before.as_written(&old.name, old.definition.as_ref());
        let mut alter = |what: String| {
            steps.add(format!("ALTER TABLE {table} ALTER COLUMN {name} {what}"));
        };
        let written = Table::new(&self.before, pair.key_before, pair.before);
        let types = |column: &Column| -> Vec<Dependency> {
            let types = column.uses.iter().filter(|used| matches!(used, Dependency::Type(_)));
            types.copied().collect()
        };
        let has_own_type = !types(old).is_empty() || !types(new).is_empty();
        let changes_type = !old.type_name.is_empty()
            && (old.type_name != new.type_name || types(old) != types(new));
        if changes_type {
            // A default of another type may not fit.
            if new.default.is_some() || new.counts {
                alter("DROP DEFAULT".to_owned());
            }
            let type_name = self.stored_type(&written, old);
            // Between types of one's own there is no cast but that by text.
            let text = if has_own_type { "::text" } else { "" };
            alter(format!("TYPE {type_name} USING {name}{text}::{type_name}"));
        }
        let has_default = old.default.is_some() || old.counts;
        let is_other = old.default != new.default || old.counts != new.counts;
        if is_other || (changes_type && has_default) {
            let next = self.before.next_value(pair.before, old).filter(|_| old.counts);
            let next = next.map(|next| format!("DEFAULT {next}"));
            match next.or_else(|| self.before.default_of(&written, old)) {
                Some(default) => alter(format!("SET {default}")),
                None if !changes_type => alter("DROP DEFAULT".to_owned()),
                None => {}
            }
        }
        match (old.not_null, new.not_null) {
            (true, false) => alter("SET NOT NULL".to_owned()),
            (false, true) => alter("DROP NOT NULL".to_owned()),
            _ => {}
        }
    }

    /// The type as rows are stored: a serial is an integer.
    fn stored_type(&self, table: &Table<'_>, column: &Column) -> String {
        let lower = column.type_name.to_ascii_lowercase();
        match self.before.dialect.serial_type(&lower) {
            Some(stored) => stored.to_owned(),
            None => self.before.type_of(table, column),
        }
    }

    /// `MySQL` says all of a column anew.
    fn modify_column(&self, pair: &Pair<'_>, old: &Column, new: &Column, steps: &mut Steps) {
        let same_text = match (&old.definition, &new.definition) {
            (Some(a), Some(b)) => a.is_of_same_statement(b) && a.own() == b.own(),
            (None, None) => true,
            _ => false,
        };
        // A primary key makes its columns not null, and gives that up with it.
        let is_same = same_text && old.default == new.default && old.type_name == new.type_name;
        if is_same {
            return;
        }
        let table = Table::new(&self.before, pair.key_before, pair.before);
        let name = self.table_before(pair);
        match self.before.spelling.column(&self.before, &table, old) {
            Some(line) => steps.add(format!("ALTER TABLE {name} MODIFY COLUMN {line}")),
            None => steps.open.push(format!("column `{}` of {name}", old.name)),
        }
    }
}
