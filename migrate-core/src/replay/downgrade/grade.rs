//! What an upgrade takes away that no downgrade can bring back.

use super::Upgraded;
use crate::replay::catalog::{Catalog, Column, Relation};
use crate::replay::engine::Loss;
use crate::replay::model::ObjectKind;
use crate::set::{Downgrade, Half};
use crate::sql::has_word;
use crate::sql::{Words, split};

/// How much of a database a downgrade brings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// All of it: the upgrade takes no data away.
    Lossless,
    /// The schema; data that the upgrade took away is gone, or may be.
    SchemaOnly,
    /// Nothing: there is no downgrade.
    Irreversible,
}

impl Grade {
    /// Returns the word used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Grade::Lossless => "lossless",
            Grade::SchemaOnly => "schema_only",
            Grade::Irreversible => "irreversible",
        }
    }
}

/// How much the downgrade of a migration brings back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradedDowngrade {
    /// The migration's version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// How much comes back.
    pub grade: Grade,
}

/// Grades the downgrade of a migration, whose upgrade left the catalog `after`.
pub(super) fn grade(upgraded: &Upgraded<'_, '_>, after: &Catalog) -> Grade {
    if !matches!(upgraded.downgrade, Downgrade::Half(_)) {
        return Grade::Irreversible;
    }
    let before = &upgraded.before;
    let is_lossy = upgraded.opaque > 0
        || upgraded.losses.iter().any(|loss| takes(*loss, before))
        || empties(upgraded)
        || loses_columns(before, after);
    if is_lossy { Grade::SchemaOnly } else { Grade::Lossless }
}

/// Whether rows or values that were there before went or changed.
fn takes(loss: Loss, before: &Catalog) -> bool {
    match loss {
        Loss::Rows(table) => before.relation_by_id(table).is_some(),
        Loss::Value(table, column) => before
            .relation_by_id(table)
            .is_some_and(|(_, table)| table.columns.iter().any(|it| it.id == column)),
        Loss::Unknown => true,
    }
}

/// Whether the upgrade has statements that take rows away and are not in the catalog's model.
fn empties(upgraded: &Upgraded<'_, '_>) -> bool {
    let database = upgraded.history.set.settings.database;
    let text = upgraded.history.set.sources.text(upgraded.migration.file);
    let text = match upgraded.downgrade {
        Downgrade::Half(Half::Sql(span)) if span.file == upgraded.migration.file => {
            &text[..span.start.min(text.len())]
        }
        _ => text,
    };
    // Most texts have none of the words, and need not be split once more.
    let words = [("truncate", 2), ("replace", 2), ("with", 0)];
    if !words.into_iter().any(|(word, rare)| has_word(text, word, rare)) {
        return false;
    }
    split(text, database).statements.iter().any(|statement| {
        let mut words = Words::new(&text[statement.start..statement.end], database)
            .map(str::to_ascii_lowercase);
        match words.next().as_deref() {
            Some("truncate" | "replace") => true,
            // Rows may be moved, but that is not told from their going.
            Some("with") => words.any(|word| matches!(&*word, "delete" | "update" | "merge")),
            _ => false,
        }
    })
}

/// Whether columns of tables went, or hold less than before.
fn loses_columns(before: &Catalog, after: &Catalog) -> bool {
    before.relations.unshared(&after.relations).into_iter().any(|(_, was, is)| {
        let Some(table) = was else { return false };
        if table.kind != ObjectKind::Table || !table.is_certain {
            return false;
        }
        match is {
            Some(same) if std::sync::Arc::ptr_eq(same, table) => false,
            // Built anew under its name, as `SQLite` asks for: columns of a name are the same.
            Some(other) if other.is_table() => {
                let moved = other.id != table.id;
                let moved_to = after.relation_by_id(table.id).filter(|_| moved);
                let other = moved_to.map_or(other, |(_, moved)| moved);
                lacks(table, other)
            }
            _ => after.relation_by_id(table.id).is_none_or(|(_, moved)| lacks(table, moved)),
        }
    })
}

/// Whether a table lacks columns that it had, or has them in a narrower type.
fn lacks(before: &Relation, after: &Relation) -> bool {
    before.columns.iter().filter(|column| column.is_certain).any(|column| {
        let same_id = after.columns.iter().find(|other| other.id == column.id);
        let same = same_id
            .or_else(|| (before.id != after.id).then(|| after.column(&column.name)).flatten());
        same.is_none_or(|other| is_narrower(column, other))
    })
}

/// Whether values of a column may not fit into its new type.
fn is_narrower(before: &Column, after: &Column) -> bool {
    let form = |written: &str| {
        let lower = written.to_ascii_lowercase();
        lower.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (from, to) = (form(&before.type_name), form(&after.type_name));
    from != to && !from.is_empty() && !to.is_empty() && !widens(&from, &to)
}

/// Whether every value of a type has its place in the other.
fn widens(from: &str, to: &str) -> bool {
    if matches!(to, "text" | "longtext" | "citext") {
        return true;
    }
    let whole = |name: &str| match base(name) {
        "smallint" | "int2" | "smallserial" | "tinyint" => Some(2),
        "int" | "integer" | "int4" | "serial" | "mediumint" => Some(4),
        "bigint" | "int8" | "bigserial" => Some(8),
        "numeric" | "decimal" if length(name).is_none() => Some(16),
        _ => None,
    };
    if let (Some(a), Some(b)) = (whole(from), whole(to)) {
        return a <= b && from.contains("unsigned") == to.contains("unsigned");
    }
    let text = |name: &str| matches!(base(name), "varchar" | "character varying" | "char");
    text(from)
        && text(to)
        && match (length(from), length(to)) {
            (Some(a), Some(b)) => a <= b,
            (_, None) => base(to) != "char",
            (None, Some(_)) => false,
        }
}

/// A type's name without what stands in brackets behind it.
fn base(name: &str) -> &str {
    name.split('(').next().unwrap_or(name).trim_end_matches(" unsigned").trim_end()
}

fn length(name: &str) -> Option<u32> {
    let (_, rest) = name.split_once('(')?;
    rest.split(')').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_type_has_room_for_every_value() {
        for (from, to) in [
            ("int", "bigint"),
            ("varchar(20)", "varchar(30)"),
            ("varchar(20)", "text"),
            ("uuid", "text"),
            ("varchar(20)", "character varying"),
        ] {
            assert!(widens(from, to), "{from} {to}");
            assert!(!widens(to, from), "{to} {from}");
        }
        assert!(!widens("int", "int unsigned"));
        assert!(!widens("text", "jsonb"));
    }
}
