//! The catalog for people and for the checks above it.

use super::{Catalog, ConstraintRule, Relation};
use crate::replay::model::ObjectKind;
use crate::replay::schema::{ColumnView, Schema, TableView};

impl Catalog {
    /// The tables and views that are certainly or possibly there.
    pub(crate) fn schema(&self) -> Schema {
        let mut schema = Schema::default();
        for (key, relation) in self.relations.iter() {
            if matches!(relation.kind, ObjectKind::Index | ObjectKind::Sequence) {
                continue;
            }
            schema.tables.push(TableView {
                schema: key.schema.to_string(),
                name: key.name.to_string(),
                kind: relation.kind.noun(),
                is_certain: relation.is_certain && !relation.is_open,
                row_security: relation.row_security == Some(true),
                policies: relation.policies.iter().map(|part| part.name.to_string()).collect(),
                triggers: relation.triggers.iter().map(|part| part.name.to_string()).collect(),
                columns: columns(relation),
                keys: keys(relation),
            });
        }
        schema
    }
}

fn columns(relation: &Relation) -> Vec<ColumnView> {
    relation
        .columns
        .iter()
        .map(|column| ColumnView {
            name: column.name.to_string(),
            type_name: column.type_name.to_string(),
            not_null: column.not_null,
            default: column.default.as_ref().map(ToString::to_string),
            is_certain: column.is_certain,
        })
        .collect()
}

fn keys(relation: &Relation) -> Vec<String> {
    let primary = relation.constraints.iter().filter_map(|constraint| match &constraint.rule {
        ConstraintRule::Primary(ids) => Some(ids),
        _ => None,
    });
    primary
        .flatten()
        .filter_map(|id| relation.columns.iter().find(|column| column.id == *id))
        .map(|column| column.name.to_string())
        .collect()
}
