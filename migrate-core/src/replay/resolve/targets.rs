//! Columns that rows are written to.

use super::width::has_star;
use super::{Fault, Resolver, is_closed, is_known_table};
use crate::diagnostics::Code;
use crate::replay::catalog::Key;
use crate::replay::model::{
    Assignment, Expression, Insert, InsertSource, Literal, Name, Place, QueryBody,
};

impl Resolver<'_> {
    /// What an `INSERT` puts into which column.
    pub(super) fn filled(&mut self, insert: &Insert, key: &Key) {
        if !insert.fills_parts && self.dialect.refuses_repeated_targets(false) {
            self.refuse_repeated(insert.columns.iter());
        }
        let columns = self.filled_columns(insert, key);
        if self.dialect.refuses_generated_targets() && !insert.columns.is_empty() {
            for column in &columns {
                self.refuse_generated(key, column, column.place);
            }
        }
        let InsertSource::Query(query) = &insert.source else { return };
        let QueryBody::Values(rows) = &query.body else {
            let is_plain = matches!(query.body, QueryBody::Select(_) | QueryBody::Set(..));
            if is_plain && !insert.overrides && !insert.fills_parts {
                for column in &insert.columns {
                    self.refuse_identity(key, column, column.place);
                }
            }
            return;
        };
        if insert.fills_parts || has_star(rows) {
            return;
        }
        for (column, value) in rows.iter().flat_map(|row| columns.iter().zip(row)) {
            if self.dialect.checks_signatures() && says_value(value) {
                self.refuse_generated(key, column, place_of(value, column));
                if !insert.overrides {
                    self.refuse_identity(key, column, place_of(value, column));
                }
            }
            self.value_for_column(key, column, value);
        }
    }

    /// The columns that are listed, or all of them.
    fn filled_columns(&self, insert: &Insert, key: &Key) -> Vec<Name> {
        if !insert.columns.is_empty() {
            return insert.columns.clone();
        }
        match self.catalog.relations.get(key) {
            Some(relation) if is_closed(relation) && relation.is_table() => {
                let names = relation.columns.iter();
                names
                    .map(|column| Name { text: column.name.clone(), place: Place::default() })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What assignments put into which column.
    pub(super) fn assigned(&mut self, assignments: &[Assignment], key: &Key) {
        let parts = assignments.iter().any(|assignment| assignment.fills_parts);
        if !parts && self.dialect.refuses_repeated_targets(true) {
            self.refuse_repeated(assignments.iter().flat_map(|assignment| &assignment.columns));
        }
        for assignment in assignments {
            let values = match &assignment.value {
                Expression::Operation(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            self.assigned_width(assignment, values);
            if assignment.fills_parts {
                continue;
            }
            for column in
                assignment.columns.iter().filter(|_| self.dialect.refuses_generated_targets())
            {
                self.refuse_generated(key, column, column.place);
            }
            if !self.dialect.checks_signatures() || values.len() != assignment.columns.len() {
                continue;
            }
            for (column, value) in assignment.columns.iter().zip(values) {
                if says_value(value) {
                    self.refuse_generated(key, column, place_of(value, column));
                    self.refuse_identity(key, column, place_of(value, column));
                }
                self.value_for_column(key, column, value);
                self.column_for_column(key, column, value);
            }
        }
    }

    /// A fault where a column's values certainly do not become those of the one they are put into.
    fn column_for_column(&mut self, key: &Key, column: &Name, value: &Expression) {
        let Expression::Column(reference) = value else { return };
        let Some((table, from)) = self.table_column(reference) else { return };
        let Some((to, wanted)) = self.group_of_column(key, column) else { return };
        let Some((written, own)) = self.group_of_column(&table, &from) else { return };
        if own.becomes(wanted) {
            return;
        }
        let message = format!("`{}` is `{written}`, which does not become `{to}`", from.text);
        let fault = Fault::new(Code::M416, from.place, message)
            .help(format!("convert it: `{}::{to}`", from.text));
        self.faults.push(fault);
    }

    /// `(a, b) = (1, 2, 3)`.
    fn assigned_width(&mut self, assignment: &Assignment, values: &[Expression]) {
        let wanted = assignment.columns.len();
        let (Some(first), Some(last)) = (assignment.columns.first(), assignment.columns.last())
        else {
            return;
        };
        if wanted < 2 {
            return;
        }
        let count = match values {
            [Expression::Named("row", values)] => values.len(),
            [Expression::QueryOperand(query) | Expression::Subquery(query)] => {
                let known = self.faults.len();
                let outputs = self.query(query);
                self.faults.truncate(known);
                if outputs.is_open {
                    return;
                }
                outputs.columns.len()
            }
            [_, _, ..] => values.len(),
            _ => return,
        };
        if count != wanted && count > 0 {
            let at = Place { start: first.place.start, end: last.place.end };
            let message = format!("{count} values for {wanted} columns");
            self.faults.push(Fault::new(Code::M411, at, message));
        }
    }

    fn refuse_repeated<'n>(&mut self, columns: impl Iterator<Item = &'n Name>) {
        let mut seen: Vec<&Name> = Vec::new();
        for column in columns {
            if column.is_wildcard() {
                continue;
            }
            if seen.iter().any(|other| other.text == column.text) {
                let message = format!("column `{}` is filled twice", column.text);
                self.faults.push(Fault::new(Code::M407, column.place, message));
                return;
            }
            seen.push(column);
        }
    }

    fn refuse_generated(&mut self, key: &Key, column: &Name, at: Place) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if !is_known_table(relation) {
            return;
        }
        let Some(found) = relation.column(&column.text).filter(|found| found.is_generated) else {
            return;
        };
        let message = format!("`{}` is generated, and takes no value", column.text);
        let fault =
            Fault::new(Code::M422, at, message).at_site(found.site, "the column is added here");
        self.faults.push(fault);
    }

    /// A value for a column that is `GENERATED ALWAYS AS IDENTITY`.
    ///
    /// Source: `PostgreSQL` 15 manual, `CREATE TABLE`, `GENERATED … AS IDENTITY`.
    fn refuse_identity(&mut self, key: &Key, column: &Name, at: Place) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if !is_known_table(relation) {
            return;
        }
        let found = relation.column(&column.text).filter(|found| found.is_always_identity);
        let Some(found) = found else { return };
        let message = format!("`{}` counts by itself, and takes no value", column.text);
        // Of many rows the first is enough.
        if self.faults.iter().any(|fault| fault.message == message) {
            return;
        }
        let fault = Fault::new(Code::M422, at, message)
            .at_site(found.site, "it is `GENERATED ALWAYS AS IDENTITY`")
            .help("leave the column out, or write `OVERRIDING SYSTEM VALUE` before `VALUES`");
        self.faults.push(fault);
    }
}

/// Whether an expression is a literal of its own, and not `DEFAULT`.
fn says_value(value: &Expression) -> bool {
    matches!(
        value,
        Expression::Literal(Literal::String(_) | Literal::Number(_) | Literal::Boolean(_), _)
    )
}

fn place_of(value: &Expression, column: &Name) -> Place {
    super::place::of_expression(value).unwrap_or(column.place)
}
