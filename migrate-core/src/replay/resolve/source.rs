//! Views and triggers that are looked into when they are used.

use std::rc::Rc;

use super::{Fault, Item, Outputs, Resolver, Scope, Subject};
use crate::replay::catalog::{Key, Source, TEMPORARY};
use crate::replay::model::{Name, Place, QualifiedName, Text};

/// Views over views; a circle ends here.
const DEEPEST: usize = 8;

impl Resolver<'_> {
    /// Resolves what a view or trigger says; `key` is the view or the trigger's table.
    pub(crate) fn source(&mut self, key: &Key, source: &Source) -> Outputs {
        if &*key.schema != TEMPORARY {
            self.home = Some(Name::new(&key.schema, Place::default()));
        }
        match source {
            Source::View { query, columns } => {
                let mut outputs = self.query(query);
                self.names_for_columns(&outputs, columns);
                outputs.rename(columns);
                outputs
            }
            Source::Trigger(trigger) => {
                let items = ["new", "old"].iter().filter_map(|name| self.item_of(key, name));
                let mut items: Vec<_> = items.collect();
                for item in &mut items {
                    // A bare name means neither row.
                    item.star_is_open = true;
                }
                self.scopes.push(Scope::of(items));
                if let Some(condition) = &trigger.condition {
                    self.expression(condition);
                }
                for statement in &trigger.body {
                    self.statement_in_query(&statement.kind);
                }
                self.scopes.pop();
                Outputs::default()
            }
        }
    }

    /// A view in `FROM`, with the columns it has now.
    pub(super) fn view_item(
        &mut self,
        key: &Key,
        name: &QualifiedName,
        alias: &Text,
    ) -> Option<Item> {
        let relation = self.catalog.relations.get(key)?;
        let source = self.catalog.view_source(relation)?;
        if self.depth >= DEEPEST {
            return None;
        }
        let mut inner = Resolver::new(self.catalog, self.dialect);
        inner.depth = self.depth + 1;
        let outputs = inner.source(key, source);
        if let Some(fault) = inner.faults.into_iter().next() {
            // Of views over views, the one that is used is named.
            let message = if self.depth > 0 {
                fault.message
            } else {
                format!("the view `{}` does not work: {}", key.name, fault.message)
            };
            let own = Fault::new(fault.code, name.place(), message)
                .at_site(relation.site, "the view is created here")
                .about(Subject::Relation(name.clone()));
            self.faults.push(own);
            return None;
        }
        Some(Item {
            alias: alias.clone(),
            schema: Some(key.schema.clone()),
            key: None,
            columns: Rc::new(outputs.columns),
            is_open: outputs.is_open,
            merged: Vec::new(),
            star_is_open: false,
        })
    }
}
