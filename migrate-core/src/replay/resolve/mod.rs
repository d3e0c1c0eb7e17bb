//! Names in queries and expressions, resolved the way the server does.
//!
//! The resolver reads a catalog and writes faults: names that are certainly not there. It
//! also gathers what the resolved names need, so that dropping it can be refused later.

mod aggregate;
mod ambiguous;
mod arguments;
mod call;
mod common;
mod comparison;
mod dml;
mod expression;
mod fault;
mod from;
mod grouping;
mod literal;
mod place;
mod plain;
mod query;
mod scope;
mod source;
mod targets;
mod twice;
mod type_group;
mod value;
mod view_rows;
mod width;

use std::rc::Rc;

use super::catalog::{Catalog, Dependency, Key, Module, TEMPORARY};
use super::dialect::Dialect;
use super::model::{Expression, Name, QualifiedName, StatementKind, Text};

pub(crate) use dml::{is_closed, is_known_table};
pub(crate) use expression::output_name;
pub(crate) use fault::{Fault, Subject};
pub(crate) use scope::{Item, Output, Outputs, Scope};
pub(crate) use type_group::{Group, cannot_count, cannot_refer, group};
pub(crate) use value::KnownValue;

/// What a statement is looked into for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It runs.
    Run,
    /// It runs later, if ever.
    Store,
    /// It is a view that is created.
    View,
}

/// Resolves names over a catalog that stands still.
pub(crate) struct Resolver<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) dialect: &'c dyn Dialect,
    pub(crate) faults: Vec<Fault>,
    /// What the resolved names need.
    pub(crate) uses: Vec<Dependency>,
    /// Names that stand for values: parameters, variables.
    pub(crate) variables: Vec<Text>,
    /// Labels of blocks, which may stand before the names of their variables.
    pub(crate) labels: Vec<Text>,
    scopes: Vec<Scope>,
    common: common::CommonTables,
    /// The schema of the view or trigger that is looked into, which sees nothing temporary.
    home: Option<Name>,
    /// Columns that rows are written to are not looked up.
    pub(crate) skips_targets: bool,
    pub(crate) purpose: Purpose,
    /// A bare name means a result, where there is one of the name.
    prefers_results: bool,
    /// Views that are being looked into.
    depth: usize,
}

impl<'c> Resolver<'c> {
    pub(crate) fn new(catalog: &'c Catalog, dialect: &'c dyn Dialect) -> Self {
        Resolver {
            catalog,
            dialect,
            faults: Vec::new(),
            uses: Vec::new(),
            variables: Vec::new(),
            labels: Vec::new(),
            scopes: Vec::new(),
            common: common::CommonTables::default(),
            home: None,
            skips_targets: false,
            purpose: Purpose::Run,
            prefers_results: false,
            depth: 0,
        }
    }

    /// Resolves expressions that see the columns of one relation, under the given names.
    pub(crate) fn over_relation(&mut self, key: &Key, names: &[&str], expressions: &[Expression]) {
        let mut items: Vec<_> = names.iter().filter_map(|name| self.item_of(key, name)).collect();
        for item in &mut items {
            // Which of an old and a new row a bare name means depends on the event.
            item.star_is_open |= names.len() > 1;
        }
        self.scopes.push(Scope::of(items));
        for expression in expressions {
            self.expression(expression);
        }
        self.scopes.pop();
    }

    /// Resolves a statement that sees one relation besides, under the given names.
    pub(crate) fn rows_beside(&mut self, key: &Key, names: &[&str], statement: &StatementKind) {
        let mut items: Vec<_> = names.iter().filter_map(|name| self.item_of(key, name)).collect();
        for item in &mut items {
            item.star_is_open = true;
        }
        self.scopes.push(Scope::of(items));
        self.purpose = Purpose::Store;
        self.rows(statement);
        self.scopes.pop();
    }

    /// Resolves expressions that see no columns at all.
    pub(crate) fn without_columns(&mut self, expressions: &[Expression]) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    /// The columns of a relation of the catalog, under a name.
    pub(crate) fn item_of(&self, key: &Key, alias: &str) -> Option<Item> {
        let relation = self.catalog.relations.get(key)?;
        let listed = relation.columns.iter().map(|column| Output {
            name: column.name.clone(),
            dependency: Some(Dependency::Column(relation.id, column.id)),
            is_derived: relation.derived.contains(&column.name),
            may_be_invisible: column.may_be_invisible,
        });
        let mut columns: Vec<_> = listed.collect();
        let is_listed = relation.module == Some(Module::Listed);
        if is_listed {
            columns.extend([Text::from("rank"), key.name.clone()].map(Output::named));
        }
        Some(Item {
            alias: Text::from(alias),
            schema: Some(key.schema.clone()),
            key: Some(key.clone()),
            columns: Rc::new(columns),
            is_open: relation.is_open && !is_listed || self.catalog.unknown.everything,
            merged: Vec::new(),
            star_is_open: is_listed || relation.columns.iter().any(|column| !column.is_certain),
        })
    }

    /// The relation a statement works on, or a fault.
    pub(crate) fn relation(&mut self, name: &QualifiedName) -> Option<Key> {
        use super::catalog::Found;
        let mut found = self.catalog.find_relation(self.dialect, name);
        if matches!(&found, Found::Present(key) if &*key.schema == TEMPORARY)
            && let Some(home) = &self.home
        {
            let name = QualifiedName { schema: Some(home.clone()), ..name.clone() };
            found = self.catalog.find_relation(self.dialect, &name);
        }
        match found {
            Found::Present(key) if key.is_guessed(name) => None,
            Found::Present(key) => {
                if let Some(relation) = self.catalog.relations.get(&key) {
                    self.uses.push(Dependency::Relation(relation.id));
                }
                Some(key)
            }
            Found::Unknown => None,
            Found::Absent => {
                self.faults.push(Fault::unknown_relation(self.catalog, name));
                None
            }
        }
    }

    /// Checks that a relation has a column.
    pub(crate) fn column_of(&mut self, key: &Key, name: &Name) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if let Some(column) = relation.column(&name.text) {
            self.uses.push(Dependency::Column(relation.id, column.id));
        } else if !self.may_have_column(key, name) {
            self.faults.push(Fault::unknown_column(self.catalog, std::slice::from_ref(key), name));
        }
    }

    /// Whether a column that is not listed may be there all the same.
    pub(crate) fn may_have_column(&self, key: &Key, name: &Name) -> bool {
        name.is_wildcard()
            || self.dialect.is_system_column(&name.text)
            || self.catalog.unknown.covers(super::model::ObjectKind::Column, &name.text)
            || self.catalog.relations.get(key).is_none_or(|relation| match relation.module {
                Some(module) => module.has_hidden(&key.name, &name.text),
                None => relation.is_open,
            })
    }
}
