//! What the database refuses in a table, though the grammar allows it.
//!
//! Source: "CREATE TABLE", "STRICT Tables", "Generated Columns" and "WITHOUT ROWID Tables".

use sqlite3_parser::ast;

use super::names::Reader;
use crate::replay::model::{ColumnDefinition, Expression, Place};

/// Types that a `STRICT` table may have.
const STRICT_TYPES: &[&str] = &["int", "integer", "real", "text", "blob", "any"];

type Refusal = (Place, String);

impl Reader<'_> {
    /// The first thing that is refused; `read` are the columns as they were read.
    pub(super) fn refused_table(
        &self,
        columns: &[ast::ColumnDefinition<'_>],
        flags: ast::TabFlags,
        read: &[ColumnDefinition],
    ) -> Option<Refusal> {
        let no_rows = flags.contains(ast::TabFlags::WithoutRowid);
        let whole = self.origin.place(0, self.text.len());
        if no_rows && !flags.contains(ast::TabFlags::HasPrimaryKey) {
            return Some((whole, "a table `WITHOUT ROWID` needs a primary key".to_owned()));
        }
        let mut ordinary = false;
        for (column, read) in columns.iter().zip(read) {
            let place = read.name.place;
            let name = &read.name.text;
            if flags.contains(ast::TabFlags::Strict) && !has_strict_type(column) {
                let written = column.col_type.as_ref().map_or("no type", |own| own.name);
                let message = format!("`{name}` is `{written}`, which no `STRICT` table may have");
                return Some((place, message));
            }
            let mut generated = false;
            let (mut primary, mut default) = (false, false);
            for constraint in column.constraints {
                match &constraint.constraint {
                    ast::ColumnConstraint::Generated { .. } => generated = true,
                    ast::ColumnConstraint::Default(value) => {
                        default = true;
                        if names_columns(&self.expression(value), value) {
                            return Some((
                                place,
                                format!("the default of `{name}` names a column"),
                            ));
                        }
                    }
                    ast::ColumnConstraint::PrimaryKey { order, auto_increment, .. } => {
                        primary = true;
                        let descends = matches!(order, Some(ast::SortOrder::Desc));
                        if *auto_increment && (no_rows || descends || !is_integer(column)) {
                            let message =
                                format!("`{name}` is no `INTEGER PRIMARY KEY` that counts");
                            return Some((place, message));
                        }
                    }
                    _ => {}
                }
            }
            if generated && (primary || default) {
                let what = if primary { "is in the primary key" } else { "has a default" };
                return Some((place, format!("`{name}` is generated, and {what}")));
            }
            ordinary |= !generated;
        }
        (!ordinary).then(|| (whole, "all columns are generated".to_owned()))
    }
}

fn has_strict_type(column: &ast::ColumnDefinition<'_>) -> bool {
    column.col_type.as_ref().is_some_and(|own| {
        own.size.is_none() && STRICT_TYPES.contains(&&*super::names::folded(own.name))
    })
}

fn is_integer(column: &ast::ColumnDefinition<'_>) -> bool {
    column
        .col_type
        .as_ref()
        .is_some_and(|own| own.size.is_none() && super::names::folded(own.name) == "integer")
}

/// Whether a default in parentheses names a column; a bare word is a text.
fn names_columns(read: &Expression, written: &ast::Expr<'_>) -> bool {
    matches!(written, ast::Expr::Parenthesized(_)) && matches!(read, Expression::Column(_))
}
