//! Views.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, Dependency, Relation, TEMPORARY};
use crate::replay::model::{CommonTable, CreateView, ObjectKind, Place};
use crate::replay::resolve::{Fault, Outputs, Purpose};

impl Engine {
    pub(super) fn create_view(&mut self, view: &CreateView) {
        let mut key = self.new_key(&view.name);
        if view.temporary {
            self.catalog.seen.temporary = true;
            key.schema = Arc::from(TEMPORARY);
        }
        let existing = self.catalog.relations.get(&key).cloned();
        if view.if_not_exists && existing.is_some() {
            return;
        }
        let mut query = view.query.clone();
        if view.recursive {
            // The view's own name stands for it in its query.
            query = crate::replay::model::Query {
                recursive: true,
                common: vec![CommonTable {
                    name: view.name.name.clone(),
                    columns: view.columns.clone(),
                    query,
                    is_open: true,
                }],
                ..crate::replay::model::Query::of(crate::replay::model::QueryBody::Unknown)
            };
        }
        let mut outputs = Outputs::default();
        let mut faults_before = self.failures + self.findings.len();
        let uses = if self.dialect.checks_views() {
            self.check(&mut |resolver| {
                resolver.purpose = Purpose::View;
                outputs = resolver.query(&query);
            })
        } else {
            outputs = Outputs::open();
            Vec::new()
        };
        faults_before = self.failures + self.findings.len() - faults_before;
        let is_broken = faults_before > 0;
        let is_temporary = |used: &Dependency| {
            matches!(used, Dependency::Relation(id)
                if self.catalog.relation_by_id(*id).is_some_and(|(key, _)| &*key.schema == TEMPORARY))
        };
        let mut existing = existing;
        // A view over what is temporary is temporary.
        if &*key.schema != TEMPORARY && uses.iter().any(is_temporary) {
            key.schema = Arc::from(TEMPORARY);
            existing = self.catalog.relations.get(&key).cloned();
        }
        let replaces = view.replace
            && existing.as_ref().is_some_and(|existing| {
                matches!(existing.kind, ObjectKind::View | ObjectKind::Relation)
            });
        if !replaces && !view.if_not_exists && self.is_taken(&key, &view.name, Code::M406) {
            return;
        }
        self.check(&mut |resolver| resolver.names_for_columns(&outputs, &view.columns));
        outputs.rename(&view.columns);
        self.refuse_repeated_columns(view.name.place(), &outputs);
        if replaces && !is_broken {
            self.replaced_columns(view, existing.as_deref(), &outputs);
        }
        let kind = if view.materialized { ObjectKind::MaterializedView } else { ObjectKind::View };
        let id = match existing.filter(|_| replaces) {
            Some(existing) => existing.id,
            None => self.catalog.id(),
        };
        let site = self.site(view.name.place());
        let mut relation = Relation::new(id, kind, site);
        relation.definition = self.definition(view.name.place(), None);
        relation.is_open = outputs.is_open || is_broken || view.recursive;
        if view.materialized {
            self.called_within(&uses, &BTreeSet::new());
        }
        relation.uses = uses;
        let derived = outputs.columns.iter().filter(|output| output.is_derived);
        relation.derived = derived.map(|output| output.name.clone()).collect();
        for output in outputs.columns {
            relation.columns.push(Column::new(self.catalog.id(), output.name, site));
        }
        self.catalog.relations_mut().insert(key.clone(), Arc::new(relation));
        if self.dialect.keeps_source() {
            self.keep_view(&key, view);
        }
    }

    /// A fault where two columns of what a query makes are called the same.
    pub(super) fn refuse_repeated_columns(&mut self, place: Place, outputs: &Outputs) {
        if !self.dialect.refuses_equal_names() || outputs.is_open {
            return;
        }
        let sure = || outputs.columns.iter().filter(|output| !output.is_derived);
        let repeated = sure()
            .enumerate()
            .find(|(index, output)| sure().take(*index).any(|other| other.name == output.name));
        if let Some((_, output)) = repeated {
            let message = format!("two columns are called `{}`", output.name);
            let help = "give one of them another name with `AS`";
            self.fault(Fault::new(Code::M407, place, message).help(help));
        }
    }

    /// `OR REPLACE` may add columns at the end and change nothing else.
    fn replaced_columns(
        &mut self,
        view: &CreateView,
        existing: Option<&Relation>,
        outputs: &Outputs,
    ) {
        let Some(existing) = existing else { return };
        let is_sure = existing.is_certain
            && !existing.is_open
            && !outputs.is_open
            && existing.kind == ObjectKind::View
            && existing
                .columns
                .iter()
                .all(|column| column.is_certain && &*column.name != "?column?")
            && !self.catalog.unknown.may_have_lost(ObjectKind::Relation, &view.name.name.text);
        if !is_sure {
            return;
        }
        let pairs = existing.columns.iter().zip(&outputs.columns);
        let moved = pairs.filter(|(old, new)| {
            !new.is_derived && !existing.derived.contains(&old.name) && old.name != new.name
        });
        if let Some((old, new)) = moved.into_iter().next() {
            let message = format!(
                "`{}` cannot be replaced: its column `{}` would be called `{}`",
                view.name.display(),
                old.name,
                new.name
            );
            let fault = Fault::new(Code::M410, view.name.place(), message)
                .at_site(existing.site, "the view is created here")
                .help("drop the view first, or keep its columns and add new ones at the end");
            self.fault(fault);
            return;
        }
        // Where a name was made up, it is not sure which; so any of them may be this one.
        let is_vague = outputs.columns.iter().any(|output| output.is_derived);
        for column in &existing.columns {
            let stays = outputs.has(&column.name) || existing.derived.contains(&column.name);
            if stays || is_vague {
                continue;
            }
            let message = format!(
                "`{}` cannot be replaced: its column `{}` would go",
                view.name.display(),
                column.name
            );
            let fault = Fault::new(Code::M410, view.name.place(), message)
                .at_site(existing.site, "the view is created here")
                .help("drop the view first, or keep its columns and add new ones at the end");
            self.fault(fault);
            return;
        }
    }
}
