//! Rows that lack a value which their table asks for.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, ConstraintRule, Dependency, Relation, TypeKind};
use crate::replay::model::{
    Expression, Insert, InsertSource, Literal, Name, ObjectKind, Place, QueryBody, Text,
};
use crate::replay::resolve::{Fault, is_known_table};
use crate::sql::has_word;

impl Engine {
    /// A fault where a row certainly gets a null in a column that refuses them.
    ///
    /// Only rows that are written out count: there is at least one, and it is put in whatever the
    /// tables hold. Triggers and rules may do something else with it.
    pub(super) fn refuse_nulls(&mut self, insert: &Insert) {
        // A null comes before a conflict, where no value is made of it.
        let is_plain = (insert.conflict.is_none() || !self.dialect.indexes_belong_to_tables())
            && insert.common.is_empty()
            && !insert.is_lenient
            && !insert.fills_parts;
        if !is_plain || self.suppressed > 0 || self.refuted_now {
            return;
        }
        let Some(found) = self.found(&insert.table) else { return };
        let Some(relation) = self.catalog.relations.get(&found) else { return };
        let takes_rows_as_they_are = relation.kind == ObjectKind::Table
            && is_known_table(relation)
            && relation.triggers.is_empty()
            && relation.rules.is_empty()
            && relation.parents.is_empty()
            && relation.partition_key.is_none()
            && !self.catalog.unknown.has_kind(ObjectKind::Trigger)
            && !self.catalog.seen.system_rows;
        if !takes_rows_as_they_are {
            return;
        }
        let lacking = match &insert.source {
            InsertSource::Defaults => self.left_out(relation, |_| false).map(|it| (it, None)),
            InsertSource::Query(query) => {
                let QueryBody::Values(rows) = &query.body else { return };
                if !query.rest.is_empty() || !query.common.is_empty() || rows.is_empty() {
                    return;
                }
                let null = self.null_of(relation, &insert.columns, rows);
                null.map(|(column, at)| (column, Some(at))).or_else(|| {
                    let fewest = rows.iter().map(Vec::len).min().unwrap_or_default();
                    let is_given = |name: &Text| match insert.columns.as_slice() {
                        [] => relation.columns.iter().take(fewest).any(|own| own.name == *name),
                        listed => listed.iter().any(|own| own.text == *name),
                    };
                    self.left_out(relation, is_given).map(|column| (column, None))
                })
            }
        };
        let Some((column, at)) = lacking else { return };
        let (name, site) = (column.name.clone(), column.site);
        let table = found.name.clone();
        let message = match at {
            Some(_) => format!("`{name}` of `{table}` refuses nulls"),
            None => {
                format!("`{name}` of `{table}` refuses nulls, has no default, and gets no value")
            }
        };
        let place = at.filter(|at| *at != Place::default()).unwrap_or_else(|| insert.table.place());
        let fault =
            Fault::new(Code::M422, place, message).at_site(site, "the column is added here");
        self.fault(fault);
    }

    /// A column that a row does not speak of, and that gets a null so.
    ///
    /// `MySQL` puts a value of its own there, unless its mode is strict.
    fn left_out<'c>(
        &self,
        relation: &'c Relation,
        is_given: impl Fn(&Text) -> bool,
    ) -> Option<&'c Column> {
        if self.dialect.indexes_belong_to_tables() {
            return None;
        }
        relation.columns.iter().find(|column| {
            column.default.is_none()
                && !is_given(&column.name)
                && self.refuses_nulls(relation, column)
                && !self.may_have_other_default(relation, column)
        })
    }

    /// The column that gets a `NULL` which is written out.
    fn null_of<'c>(
        &self,
        relation: &'c Relation,
        listed: &[Name],
        rows: &[Vec<Expression>],
    ) -> Option<(&'c Column, Place)> {
        // Of several rows `MySQL` changes the nulls into something else, unless its mode is strict.
        if self.dialect.indexes_belong_to_tables() && rows.len() > 1 {
            return None;
        }
        let names: Vec<&Text> = if listed.is_empty() {
            relation.columns.iter().map(|column| &column.name).collect()
        } else {
            listed.iter().map(|name| &name.text).collect()
        };
        let cells = rows.iter().filter(|row| row.len() == names.len());
        cells.flat_map(|row| names.iter().zip(row)).find_map(|(name, value)| {
            let Expression::Literal(Literal::Null, at) = value else { return None };
            let column = relation.column(name)?;
            self.refuses_nulls(relation, column).then_some((column, *at))
        })
    }

    /// Whether a column refuses nulls, and none of them becomes another value.
    fn refuses_nulls(&self, relation: &Relation, column: &Column) -> bool {
        column.not_null
            && column.is_certain
            && !column.is_generated
            && !self.makes_values_of_nulls(relation, column)
    }

    fn makes_values_of_nulls(&self, relation: &Relation, column: &Column) -> bool {
        let type_name = column.type_name.to_ascii_lowercase();
        if self.dialect.keeps_source() {
            // Keys take nulls, and the row's number is made of one; and `NOT NULL ON CONFLICT …`.
            let is_primary = relation.constraints.iter().any(|constraint| {
                matches!(&constraint.rule, ConstraintRule::Primary(ids) if ids.contains(&column.id))
            });
            return is_primary || self.says(column, "CONFLICT") != Some(false);
        }
        self.dialect.indexes_belong_to_tables()
            && (type_name.starts_with("timestamp")
                || type_name.starts_with("serial")
                || self.says(column, "AUTO_INCREMENT") != Some(false))
    }

    /// Whether a column that is not given may get a value in a way that its default does not say.
    fn may_have_other_default(&self, relation: &Relation, column: &Column) -> bool {
        if self.dialect.keeps_source() {
            return false;
        }
        let may_be_domain = column.uses.iter().any(|used| match used {
            Dependency::Type(id) => {
                let named = self.catalog.types.values().find(|data| data.id == *id);
                named.is_none_or(|data| !matches!(data.kind, TypeKind::Enum { .. }))
            }
            _ => false,
        });
        let owner = Some((relation.id, column.id));
        may_be_domain
            || column.counts
            || column.is_always_identity
            || !self.catalog.relations_of(relation.id, |other| other.owner == owner).is_empty()
            || self.says(column, "IDENTITY") != Some(false)
            // What a table is like may count by itself.
            || relation.definition.as_ref().is_none_or(|definition| {
                has_word(definition.text(), "like", 2)
            })
    }
}
