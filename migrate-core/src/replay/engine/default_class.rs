//! Columns that an access method cannot index, since their type has no operator class of its own
//! for it and the statement names none.
//!
//! Source: `PostgreSQL` 15 manual, 11.10 "Operator Classes and Operator Families"; the types are
//! those of `pg_opclass` in a Postgres 15.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::Key;
use crate::replay::model::{Expression, Name, ObjectKind};
use crate::replay::resolve::{Fault, Group, group, is_known_table};

impl Engine {
    /// A fault for the first column that has no default operator class for the method.
    pub(super) fn needs_default_class(
        &mut self,
        table: &Key,
        method: Option<&Name>,
        items: &[Expression],
    ) {
        let columns = items.iter().filter_map(|item| match item {
            Expression::Column(column) => column.parts.last(),
            _ => None,
        });
        self.columns_need_default_class(table, method.map_or("btree", |name| &name.text), columns);
    }

    /// The same for the columns of a key.
    pub(super) fn key_needs_default_class(&mut self, table: &Key, columns: &[Name]) {
        self.columns_need_default_class(table, "btree", columns.iter());
    }

    fn columns_need_default_class<'n>(
        &mut self,
        table: &Key,
        method: &str,
        mut columns: impl Iterator<Item = &'n Name>,
    ) {
        if !self.dialect.checks_signatures() || self.may_have_other_classes(method) {
            return;
        }
        let Some(relation) = self.catalog.relations.get(table) else { return };
        if !is_known_table(relation) {
            return;
        }
        let lacking = columns.find_map(|name| {
            let column = relation.column(&name.text)?;
            is_lacking(method, &column.type_name).then_some((name, column))
        });
        let Some((name, column)) = lacking else { return };
        let message = format!(
            "`{}` is `{}`, which `{method}` has no default operator class for",
            name.text, column.type_name
        );
        let help = match (method, group(&column.type_name)) {
            ("gin", Some(Group::Text)) => {
                "`CREATE EXTENSION pg_trgm`, and name its class: `gin_trgm_ops`"
            }
            ("gin", Some(group)) if group != Group::Json => {
                "`CREATE EXTENSION btree_gin` brings one"
            }
            ("gist", Some(group)) if group != Group::Json => {
                "`CREATE EXTENSION btree_gist` brings one"
            }
            (_, Some(Group::Json)) => "`jsonb` can be indexed by `btree`, `hash` and `gin`",
            _ => "index an expression of the column, or name an operator class",
        };
        let fault = Fault::new(Code::M416, name.place, message)
            .at_site(column.site, "the column is added here")
            .help(help);
        self.fault(fault);
    }

    /// Whether an extension or the history itself may have brought classes of the method.
    fn may_have_other_classes(&self, method: &str) -> bool {
        // One of those that come with the others.
        let class = match method {
            "gin" => "int4_ops",
            "gist" => "gist_int4_ops",
            _ => "",
        };
        let is_own = |key: &crate::replay::catalog::TypedKey| {
            key.kind == ObjectKind::OperatorClass && key.by.iter().any(|by| &**by == method)
        };
        self.catalog.extension_brings(self.dialect, 'c', class)
            || self.catalog.unknown.covers(ObjectKind::OperatorClass, class)
            || self.catalog.typed.keys().any(is_own)
    }
}

/// Whether a type, as it is written, certainly has no default class for a method.
fn is_lacking(method: &str, written: &str) -> bool {
    let is_jsonb = written.eq_ignore_ascii_case("jsonb");
    let has_no_order = ["json", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle"]
        .iter()
        .any(|name| written.eq_ignore_ascii_case(name));
    match (method, group(written)) {
        ("btree" | "hash", _) => has_no_order,
        ("gin", Some(_)) => !is_jsonb,
        ("gist", Some(_)) => true,
        ("spgist", Some(group)) => group != Group::Text,
        ("brin", Some(group)) => matches!(group, Group::Boolean | Group::Json),
        _ => false,
    }
}
