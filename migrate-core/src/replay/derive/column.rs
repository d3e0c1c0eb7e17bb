//! Columns of tables that stay.

use super::pairs::Pair;
use super::{Steps, Way};
use crate::replay::catalog::{Column, ConstraintRule, Dependency, Id};
use crate::replay::write::{Table, Written};

impl Way<'_> {
    /// Adds columns that went, and alters those that changed.
    pub(super) fn restore_columns(&self, pair: &Pair<'_>, steps: &mut Steps) {
        let before = Table::new(&self.before, pair.key_before, pair.before);
        for column in pair.before.columns.iter().filter(|column| column.is_certain) {
            match pair.column_after(column) {
                Some(now) => self.restore_column(pair, column, now, steps),
                None => self.add_column(pair, &before, column, steps),
            }
        }
        let last = self.last_column(pair);
        let last = pair.after.columns.iter().find(|column| Some(column.id) == last);
        if let Some(last) = last {
            self.drop_column(pair, last, &self.table_before(pair), steps);
        }
    }

    fn add_column(&self, pair: &Pair<'_>, table: &Table<'_>, column: &Column, steps: &mut Steps) {
        let name = self.table_before(pair);
        let label = format!("`{}.{}`", table.key.name, column.name);
        let Some(line) = self.before.spelling.column(&self.before, table, column) else {
            steps.open.push(format!("the type of column {label} is not known"));
            return;
        };
        if !column.is_generated {
            steps.losses.push(format!("the values of column {label} do not come back"));
        }
        if pair.before.has_hidden_parts {
            steps.open.push(format!("keys and indexes over {label} that are not known"));
        }
        let has_value = column.default.is_some() || column.is_generated;
        let is_counted = self.before.catalog.relations.values().any(|sequence| {
            sequence.owner == Some((table.relation.id, column.id)) && sequence.definition.is_none()
        });
        let is_last = pair.before.columns.last().is_some_and(|last| last.id == column.id);
        let place = if is_last { String::new() } else { self.place_of(pair, column) };
        let key = self.key_of_counter(pair, table, column, &line, steps);
        let written = Written::of(format!("ALTER TABLE {name} ADD COLUMN {line}{place}{key}"));
        if column.not_null && !has_value && !is_counted && key.is_empty() {
            let warning = format!("{label} has no default: this fails while the table has rows");
            steps.warn(written, warning);
        } else {
            steps.write(written);
        }
    }

    /// Where a column stood, as a clause, where the server can put it there.
    fn place_of(&self, pair: &Pair<'_>, column: &Column) -> String {
        let columns = &pair.before.columns;
        let at = columns.iter().position(|own| own.id == column.id);
        match at.filter(|_| self.before.dialect.indexes_belong_to_tables()) {
            Some(0) if columns.len() > 1 => " FIRST".to_owned(),
            Some(at) if at > 0 => format!(" AFTER {}", self.before.column_name(&columns[at - 1])),
            _ => String::new(),
        }
    }

    /// Whether a column stands behind another one than before.
    fn has_moved(&self, pair: &Pair<'_>, old: &Column, new: &Column) -> bool {
        let kept = |column: &&Column| pair.column_after(column).map(|now| now.id);
        let before: Vec<_> = pair.before.columns.iter().filter_map(|own| kept(&own)).collect();
        let after = pair.after.columns.iter().map(|own| own.id);
        let after: Vec<_> = after.filter(|id| before.contains(id)).collect();
        let previous = |ids: &[Id]| {
            let at = ids.iter().position(|id| *id == new.id)?;
            ids.get(at.checked_sub(1)?).copied()
        };
        self.before.dialect.indexes_belong_to_tables()
            && kept(&old).is_some()
            && previous(&before) != previous(&after)
    }

    /// The key or index that a column needs which counts by itself, as further actions.
    ///
    /// Source: `MySQL` 8.4 manual, "CREATE TABLE Statement": an `AUTO_INCREMENT` column must be
    /// indexed.
    fn key_of_counter(
        &self,
        pair: &Pair<'_>,
        table: &Table<'_>,
        column: &Column,
        line: &str,
        steps: &mut Steps,
    ) -> String {
        let counts = self.before.dialect.indexes_belong_to_tables()
            && line.to_ascii_uppercase().contains("AUTO_INCREMENT");
        if !counts {
            return String::new();
        }
        let constraint = pair.before.constraints.iter().find(|entry| match &entry.rule {
            ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => {
                entry.is_certain && ids.first() == Some(&column.id)
            }
            _ => false,
        });
        if let Some(entry) = constraint {
            let text = self.before.constraint(table, entry);
            if self.constraint_stayed(pair, entry) || text.is_none() {
                return String::new();
            }
            steps.with_columns.insert((pair.before.id, entry.name.clone()));
            return format!(", ADD {}", text.unwrap_or_default());
        }
        let indexes = self.before.own_indexes(pair.before.id);
        let index = indexes.into_iter().find(|(_, _, data)| {
            data.columns.as_ref().is_some_and(|ids| ids.first() == Some(&column.id))
        });
        let Some((key, index, data)) = index else { return String::new() };
        match self.before.index_of_list(table, key, data) {
            Some(item) if !self.index_stayed(pair, index) => {
                steps.with_columns.insert((pair.before.id, key.name.clone()));
                format!(", ADD {item}")
            }
            _ => String::new(),
        }
    }

    fn restore_column(&self, pair: &Pair<'_>, old: &Column, new: &Column, steps: &mut Steps) {
        if self.before.dialect.indexes_belong_to_tables() {
            self.modify_column(pair, old, new, steps);
            return;
        }
        let table = self.table_before(pair);
        let name = self.before.column_name(old);
        let written = Table::new(&self.before, pair.key_before, pair.before);
        let types = |column: &Column| -> Vec<Dependency> {
            let types = column.uses.iter().filter(|used| matches!(used, Dependency::Type(_)));
            types.copied().collect()
        };
        let has_own_type = !types(old).is_empty() || !types(new).is_empty();
        let changes_type = !old.type_name.is_empty()
            && (old.type_name != new.type_name || types(old) != types(new));
        if old.type_name.is_empty() && !new.type_name.is_empty() {
            let label = format!("`{}.{}`", pair.key_before.name, old.name);
            steps.open.push(format!("the type that column {label} had is not known"));
        }
        let mut alter = |what: String| {
            steps.add(format!("ALTER TABLE {table} ALTER COLUMN {name} {what}"));
        };
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
            (true, false) => {
                let label = format!("`{}.{}`", pair.key_before.name, old.name);
                let sql = format!("ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL");
                steps.warn(Written::of(sql), fails_with_nulls(&label));
            }
            (false, true) => alter("DROP NOT NULL".to_owned()),
            _ => {}
        }
        let counts_by_itself = self.before.identity(pair.before, old);
        if counts_by_itself.is_some() && self.after.identity(pair.after, new).is_none() {
            match (counts_by_itself, self.after.next_value(pair.after, new)) {
                (Some(words), None) => {
                    steps.add(format!("ALTER TABLE {table} ALTER COLUMN {name} ADD {words}"));
                }
                _ => steps.open.push(format!("whether {name} of {table} still counts by itself")),
            }
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
        let has_moved = self.has_moved(pair, old, new);
        if is_same && !has_moved {
            return;
        }
        let table = Table::new(&self.before, pair.key_before, pair.before);
        let name = self.table_before(pair);
        match self.before.spelling.column(&self.before, &table, old) {
            Some(line) => {
                let place = if has_moved { self.place_of(pair, old) } else { String::new() };
                let key = self.key_of_counter(pair, &table, old, &line, steps);
                let written = format!("ALTER TABLE {name} MODIFY COLUMN {line}{place}{key}");
                if old.not_null && !new.not_null {
                    let label = format!("`{}.{}`", pair.key_before.name, old.name);
                    steps.warn(Written::of(written), fails_with_nulls(&label));
                } else {
                    steps.add(written);
                }
            }
            None => steps.open.push(format!("column `{}` of {name}", old.name)),
        }
    }
}

fn fails_with_nulls(label: &str) -> String {
    format!("this fails where {label} is null in a row")
}
