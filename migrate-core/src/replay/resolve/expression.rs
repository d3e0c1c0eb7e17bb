//! Expressions.

use std::sync::Arc;

use super::{Fault, Item, Output, Outputs, Resolver, width};
use crate::diagnostics::Code;
use crate::replay::catalog::Key;
use crate::replay::model::{
    ColumnReference, Expression, Literal, Name, ObjectKind, QualifiedName, Text,
};
use crate::replay::suggest::closest;

impl Resolver<'_> {
    pub(crate) fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Column(column) => self.column(column),
            Expression::ColumnOrText(name) => self.column_or_text(name),
            Expression::Call(call) => self.call(call),
            Expression::Cast(value, type_name) => {
                self.expression(value);
                self.type_name(type_name);
                self.literal_for_type(type_name, value);
                if &*type_name.name.name.text == "regclass" && !type_name.is_array {
                    self.regclass(value);
                }
            }
            Expression::Field(base, _) => self.expression(base),
            Expression::Subquery(query) | Expression::QueryOperand(query) => {
                self.query(query);
            }
            Expression::Operation(parts) if width::single_operand(parts).is_some() => {
                self.expression(&parts[0]);
                if let Some(query) = width::single_operand(parts) {
                    let outputs = self.query(query);
                    self.one_column(query, &outputs);
                }
            }
            Expression::Comparison(parts) => self.comparison(parts),
            Expression::Literal(..) => {}
            Expression::Named(_, parts) | Expression::Operation(parts) => {
                for part in parts {
                    self.expression(part);
                }
            }
            Expression::NamedLike(base, parts) => {
                self.expression(base);
                for part in parts {
                    self.expression(part);
                }
            }
        }
    }

    fn column(&mut self, column: &ColumnReference) {
        match column.parts.as_slice() {
            [name] if column.star => self.table_star(name),
            [name] => self.bare_column(name),
            [table, name] if !column.star => self.qualified_column(None, table, name),
            [schema, table, name] if !column.star => {
                self.qualified_column(Some(schema), table, name);
            }
            // A database before the schema, or fields of a column of a composite type.
            _ => {}
        }
    }

    fn column_or_text(&mut self, name: &Name) {
        let mut items = self.scopes.iter().rev().flat_map(|scope| &scope.items);
        let found = items.find_map(|item| item.column(&name.text));
        let used = found.and_then(|output| output.dependency);
        self.uses.extend(used);
    }

    fn table_star(&mut self, table: &Name) {
        let known = self.scopes.iter().any(|scope| {
            scope
                .items
                .iter()
                .any(|item| item.alias == table.text || item.is_open && item.alias.is_empty())
        });
        if !known && !self.is_variable(table) {
            self.missing_table(table);
        }
    }

    fn is_variable(&self, name: &Name) -> bool {
        name.is_wildcard() || self.variables.contains(&name.text)
    }

    /// Whether a name may be that of a variable, with the label of its block before it.
    fn is_labelled(&self, label: &Name, name: &Name) -> bool {
        self.labels.contains(&label.text) && self.is_variable(name)
    }

    fn bare_column(&mut self, name: &Name) {
        let mut tables = Vec::new();
        let mut used = None;
        for (depth, scope) in self.scopes.iter().rev().enumerate() {
            for item in &scope.items {
                if let Some(output) = item.column(&name.text) {
                    used = Some(output.dependency);
                    break;
                }
            }
            if used.is_some() {
                break;
            }
            // Something with unknown columns may have it; a whole row is named like its table.
            if scope.items.iter().any(|item| item.is_open || item.alias == name.text)
                || (depth > 0 && scope.results.contains(&name.text))
            {
                return;
            }
            tables.extend(scope.items.iter().filter_map(|item| item.key.clone()));
        }
        if let Some(dependency) = used {
            self.uses.extend(dependency);
            self.ambiguous_column(name);
            return;
        }
        let has_tables = self.scopes.iter().any(|scope| !scope.items.is_empty());
        if self.is_variable(name)
            || (has_tables && self.dialect.is_system_column(&name.text))
            || self.catalog.unknown.covers(ObjectKind::Column, &name.text)
        {
            return;
        }
        let innermost: Vec<Key> = self
            .scopes
            .iter()
            .rev()
            .map(|scope| scope.items.iter().filter_map(|item| item.key.clone()).collect::<Vec<_>>())
            .find(|keys| !keys.is_empty())
            .unwrap_or_default();
        let shown = if innermost.is_empty() { tables } else { innermost };
        self.faults.push(Fault::unknown_column(self.catalog, &shown, name));
    }

    fn qualified_column(&mut self, schema: Option<&Name>, table: &Name, name: &Name) {
        let is_meant = |item: &&Item| {
            item.alias == table.text
                && schema.is_none_or(|schema| item.schema.as_ref() == Some(&schema.text))
        };
        let mut meant = self
            .scopes
            .iter()
            .rev()
            .flat_map(|scope| scope.items.iter().filter(is_meant))
            .take(if self.dialect.looks_past_tables() { usize::MAX } else { 1 })
            .peekable();
        let Some(nearest) = meant.peek().copied() else {
            // `column.field.field` and the like are not told from a wrong schema.
            if schema.is_none() && !self.is_variable(table) && !self.is_labelled(table, name) {
                self.missing_table(table);
            }
            return;
        };
        let having = meant.find(|item| item.is_open || item.column(&name.text).is_some());
        let item = having.unwrap_or(nearest).clone();
        if let Some(output) = item.column(&name.text) {
            self.uses.extend(output.dependency);
            return;
        }
        // `table.function` calls a function with the row.
        let bare = QualifiedName::bare(name.clone());
        if item.is_open
            || self.is_labelled(table, name)
            || self.dialect.is_system_column(&name.text)
            || name.is_wildcard()
            || self.catalog.unknown.covers(ObjectKind::Column, &name.text)
            || !self.catalog.functions_named(&bare).is_empty()
        {
            return;
        }
        if let Some(key) = &item.key {
            let tables = std::slice::from_ref(key);
            self.faults.push(Fault::unknown_column(self.catalog, tables, name));
            return;
        }
        let message = format!("`{}` has no column `{}`", table.text, name.text);
        let similar = closest(&name.text, item.columns.iter().map(|column| (&*column.name, ())));
        let fault = Fault::new(Code::M403, name.place, message);
        self.faults.push(match similar {
            Some((similar, ())) => fault.help(format!("did you mean `{similar}`?")),
            None => fault,
        });
    }

    fn missing_table(&mut self, table: &Name) {
        // Items without a name of their own may hide anything.
        if self.scopes.iter().any(|scope| scope.items.iter().any(|item| item.alias.is_empty())) {
            return;
        }
        if self.catalog.unknown.everything {
            return;
        }
        let message = format!("this query has no table or alias `{}`", table.text);
        // Once is enough, however often the statement writes it.
        if self.faults.iter().any(|fault| fault.message == message) {
            return;
        }
        let aliases = self.scopes.iter().flat_map(|scope| &scope.items);
        let similar = closest(&table.text, aliases.map(|item| (&*item.alias, ())));
        let fault = Fault::new(Code::M402, table.place, message);
        let fault = match similar {
            Some((similar, ())) => fault.help(format!("did you mean `{similar}`?")),
            None => fault,
        };
        self.faults.push(fault);
    }

    /// The column that a result gets from an expression, and what it is called.
    pub(crate) fn output_of(&self, expression: &Expression) -> Output {
        let dependency = match expression {
            Expression::Column(column) if column.parts.len() == 1 => {
                let name = &column.parts[0].text;
                self.scopes.last().and_then(|scope| {
                    scope.items.iter().find_map(|item| item.column(name)?.dependency)
                })
            }
            _ => None,
        };
        let is_derived = !matches!(expression, Expression::Column(_));
        Output { dependency, is_derived, ..Output::named(output_name(expression)) }
    }

    /// Columns that `*` or `table.*` stands for.
    pub(crate) fn star(&self, column: &ColumnReference) -> Outputs {
        let mut outputs = Outputs::default();
        let Some(scope) = self.scopes.last() else { return Outputs::open() };
        let wanted = column.parts.last().map(|name| &name.text);
        let mut found = false;
        for scope in std::iter::once(scope).chain(self.scopes.iter().rev().skip(1)) {
            for item in &scope.items {
                if wanted.is_none_or(|wanted| *wanted == item.alias) {
                    found = true;
                    let visible = item.visible();
                    outputs.is_open |= visible.is_open;
                    let is_kept =
                        |column: &Output| wanted.is_some() || !item.merged.contains(&column.name);
                    outputs.columns.extend(visible.columns.into_iter().filter(is_kept));
                }
            }
            if found || wanted.is_none() {
                break;
            }
        }
        outputs.is_open |= !found;
        outputs
    }
}

/// The name that Postgres gives a result without an alias.
pub(crate) fn output_name(expression: &Expression) -> Text {
    let named = |expression: &Expression| -> Option<Text> {
        match expression {
            Expression::Column(column) => column.parts.last().map(|name| name.text.clone()),
            Expression::ColumnOrText(name) => Some(name.text.clone()),
            Expression::Call(call) => Some(call.name.name.text.clone()),
            Expression::Field(_, name) => name.as_ref().map(|name| name.text.clone()),
            Expression::Named(name, _) => Some(Arc::from(*name)),
            Expression::NamedLike(base, _) => Some(output_name(base)),
            Expression::Cast(value, type_name) => {
                let inner = output_name(value);
                Some(if &*inner == UNNAMED { type_name.name.name.text.clone() } else { inner })
            }
            Expression::Subquery(query) => Some(first_output(query)),
            Expression::Literal(Literal::Boolean(_), _) => Some(Arc::from("bool")),
            _ => None,
        }
    };
    named(expression).unwrap_or_else(|| Arc::from(UNNAMED))
}

/// What Postgres calls a result that has no name.
const UNNAMED: &str = "?column?";

fn first_output(query: &crate::replay::model::Query) -> Text {
    use crate::replay::model::QueryBody;
    match &query.body {
        QueryBody::Select(select) => match select.targets.first() {
            Some(target) => match &target.alias {
                Some(alias) => alias.text.clone(),
                None => output_name(&target.value),
            },
            None => Arc::from(UNNAMED),
        },
        QueryBody::Nested(query) => first_output(query),
        QueryBody::Set(left, _) => first_output(left),
        QueryBody::Values(_) => Arc::from("column1"),
        _ => Arc::from(UNNAMED),
    }
}
