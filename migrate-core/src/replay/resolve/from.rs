//! What stands in `FROM`.

use std::rc::Rc;
use std::sync::Arc;

use super::{Item, Output, Outputs, Resolver, Scope};
use crate::replay::dialect::Dialect;
use crate::replay::model::{
    Alias, Call, Expression, FromItem, Join, JoinCondition, Name, ObjectKind, QualifiedName, Text,
};

impl Resolver<'_> {
    /// Adds the items that a part of `FROM` makes.
    pub(crate) fn add_item(&mut self, item: &FromItem, items: &mut Vec<Item>) {
        match item {
            FromItem::Relation { name, alias } => {
                let found = self.relation_item(name, alias.as_ref());
                items.push(found);
            }
            FromItem::Query { query, lateral, alias } => {
                let outputs = if *lateral {
                    self.seeing(items, |resolver| resolver.query(query))
                } else {
                    self.query(query)
                };
                if let Some(alias) = alias {
                    self.names_for_columns(&outputs, &alias.columns);
                }
                items.push(item_from(outputs, alias.as_ref()));
            }
            FromItem::Function { calls, alias, ordinality } => {
                self.seeing(items, |resolver| {
                    for call in calls {
                        resolver.expression(call);
                    }
                });
                items.push(self.function_item(calls, alias.as_ref(), *ordinality));
            }
            FromItem::Join(join) => self.join(join, items),
            FromItem::Unknown { alias, inner, expressions } => {
                let mut hidden = Vec::new();
                for item in inner {
                    self.add_item(item, &mut hidden);
                }
                self.seeing(items, |resolver| {
                    for expression in expressions {
                        resolver.expression(expression);
                    }
                });
                items.push(item_from(Outputs::open(), alias.as_ref()));
            }
        }
    }

    /// Runs with the given items in sight.
    fn seeing<T>(&mut self, items: &[Item], run: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Scope::of(items.to_vec()));
        let result = run(self);
        self.scopes.pop();
        result
    }

    fn relation_item(&mut self, name: &QualifiedName, alias: Option<&Alias>) -> Item {
        if name.schema.is_none()
            && let Some(common) = self.common.named(&name.name.text)
        {
            self.faults.append(&mut common.faults);
            let mut item = item_from(common.outputs.clone(), alias);
            if alias.is_none_or(|alias| alias.name.is_none()) {
                item.alias = name.name.text.clone();
            }
            return item;
        }
        let shown = alias.and_then(|alias| alias.name.as_ref()).unwrap_or(&name.name);
        let found = self.relation(name).and_then(|key| {
            self.view_item(&key, name, &shown.text).or_else(|| self.item_of(&key, &shown.text))
        });
        let mut item = found.unwrap_or_else(|| Item {
            alias: shown.text.clone(),
            schema: name.schema.as_ref().map(|schema| schema.text.clone()),
            key: None,
            columns: Rc::default(),
            is_open: true,
            merged: Vec::new(),
            star_is_open: true,
        });
        if let Some(alias) = alias {
            if alias.name.is_some() {
                item.schema = None;
            }
            if !alias.columns.is_empty() {
                let mut outputs = Outputs { columns: item.columns.to_vec(), is_open: item.is_open };
                outputs.rename(&alias.columns);
                item.columns = Rc::new(outputs.columns);
                item.key = None;
            }
        }
        item
    }

    fn function_item(&self, calls: &[Expression], alias: Option<&Alias>, ordinality: bool) -> Item {
        let mut outputs = Outputs::default();
        let mut name: Text = Arc::from("");
        for call in calls {
            match call {
                Expression::Call(call) => {
                    name = call.name.name.text.clone();
                    let listed = self.catalog.functions_named(&call.name);
                    if let Some(columns) = self.dialect.set_columns(&name) {
                        outputs.columns.extend(
                            columns.into_iter().map(|column| Output::named(Arc::from(column))),
                        );
                        // The columns are those of one form; another makes rows of any type.
                        outputs.is_open |= &*name == "unnest" && !is_scalar(call, self.dialect);
                    } else if let [(_, function)] = listed.as_slice()
                        && let Some(columns) = &function.columns
                    {
                        outputs
                            .columns
                            .extend(columns.iter().map(|column| Output::named(column.clone())));
                    } else if !is_scalar(call, self.dialect) {
                        outputs.is_open = true;
                    }
                }
                _ => outputs.is_open = true,
            }
        }
        outputs.is_open |= calls.len() != 1;
        let mut item = item_from(Outputs::default(), alias);
        if alias.is_none_or(|alias| alias.name.is_none()) {
            item.alias = name;
        }
        // A function that makes one column calls it like itself, or like the alias.
        let mut add = |name: Text| outputs.columns.push(Output::named(name));
        add(item.alias.clone());
        if ordinality {
            add(Arc::from("ordinality"));
        }
        for column in alias.map(|alias| alias.columns.as_slice()).unwrap_or_default() {
            add(column.text.clone());
        }
        item.columns = Rc::new(outputs.columns);
        item.is_open = outputs.is_open;
        // More names are accepted than there are columns.
        item.star_is_open = true;
        item
    }

    fn join(&mut self, join: &Join, items: &mut Vec<Item>) {
        let first = items.len();
        self.add_item(&join.left, items);
        let middle = items.len();
        self.add_item(&join.right, items);
        match &join.condition {
            JoinCondition::None => {}
            JoinCondition::Natural => {
                for item in &mut items[middle..] {
                    item.star_is_open = true;
                }
            }
            JoinCondition::On(condition) => {
                let mut seen = items.clone();
                for item in &mut seen[..first] {
                    // A server that is strict does not see these.
                    item.star_is_open = true;
                }
                self.seeing(&seen, |resolver| resolver.expression(condition));
            }
            JoinCondition::Using(columns, alias) => {
                for item in &mut items[middle..] {
                    item.merged.extend(columns.iter().map(|column| column.text.clone()));
                }
                for column in columns {
                    for side in [&items[first..middle], &items[middle..]] {
                        let is_open = side.iter().any(|item| item.is_open)
                            || self.catalog.unknown.covers(ObjectKind::Column, &column.text);
                        let found = side.iter().find_map(|item| item.column(&column.text));
                        match found {
                            Some(output) => self.uses.extend(output.dependency),
                            None if is_open => {}
                            None => {
                                let keys: Vec<_> =
                                    side.iter().filter_map(|item| item.key.clone()).collect();
                                self.faults.push(super::Fault::unknown_column(
                                    self.catalog,
                                    &keys,
                                    column,
                                ));
                            }
                        }
                    }
                }
                if let Some(alias) = alias {
                    items.push(joined_item(alias, columns));
                }
            }
        }
    }
}

/// The columns that a join has in common, under the name that `USING (…) AS name` gives them.
fn joined_item(alias: &Name, columns: &[Name]) -> Item {
    let outputs: Vec<_> = columns.iter().map(|column| Output::named(column.text.clone())).collect();
    Item {
        alias: alias.text.clone(),
        schema: None,
        key: None,
        columns: Rc::new(outputs),
        is_open: false,
        merged: columns.iter().map(|column| column.text.clone()).collect(),
        star_is_open: false,
    }
}

/// Whether a call of a built-in function makes one column.
fn is_scalar(call: &Call, dialect: &dyn Dialect) -> bool {
    match &*call.name.name.text {
        // Rows of a composite type come with its fields.
        "unnest" => call.arguments.iter().all(|argument| is_plain_array(&argument.value, dialect)),
        name => matches!(
            name,
            "generate_series"
                | "generate_subscripts"
                | "regexp_split_to_table"
                | "string_to_table"
                | "now"
                | "current_setting"
        ),
    }
}

/// Whether the elements of an array are certainly of a type without fields.
fn is_plain_array(value: &Expression, dialect: &dyn Dialect) -> bool {
    match value {
        Expression::Cast(_, type_name) => dialect.has_type(&type_name.name.name.text),
        Expression::Named("array", elements) => {
            elements.iter().all(|element| matches!(element, Expression::Literal(..)))
        }
        Expression::Call(call) => {
            matches!(&*call.name.name.text, "string_to_array" | "regexp_split_to_array")
        }
        _ => false,
    }
}

pub(crate) fn item_from(mut outputs: Outputs, alias: Option<&Alias>) -> Item {
    if let Some(alias) = alias {
        outputs.rename(&alias.columns);
    }
    let name = alias.and_then(|alias| alias.name.as_ref());
    Item {
        alias: name.map_or_else(|| Arc::from(""), |name| name.text.clone()),
        schema: None,
        key: None,
        columns: Rc::new(outputs.columns),
        is_open: outputs.is_open,
        merged: Vec::new(),
        star_is_open: false,
    }
}
