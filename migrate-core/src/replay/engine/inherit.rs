//! `ALTER TABLE … INHERIT` and `NO INHERIT`.
//!
//! Source: `ATExecAddInherit` and `MergeAttributesIntoExisting` in Postgres's `tablecmds.c`.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Id, Key};
use crate::replay::model::QualifiedName;
use crate::replay::resolve::{Fault, group, is_known_table};

impl Engine {
    /// `INHERIT` and `NO INHERIT`.
    pub(super) fn inherit_from(&mut self, key: &Key, table: &QualifiedName, inherits: bool) {
        self.catalog.seen.inheritance = true;
        let mut parent = None;
        self.check(&mut |resolver| parent = resolver.relation(table));
        let id = parent.and_then(|key| Some(self.catalog.relations.get(&key)?.id));
        if inherits && (self.refuse_circle(key, id, table) || self.refuse_parent(key, id, table)) {
            return;
        }
        if let (Some(id), Some(relation)) = (id, self.catalog.relation_mut(key)) {
            relation.parents.retain(|parent| *parent != id);
            if inherits {
                relation.parents.push(id);
            }
        }
    }

    /// A table that would inherit from itself; says so.
    fn refuse_circle(&mut self, key: &Key, parent: Option<Id>, table: &QualifiedName) -> bool {
        let (Some(parent), Some(relation)) = (parent, self.catalog.relations.get(key)) else {
            return false;
        };
        let heirs = self.catalog.descendants_of(relation.id);
        let is_heir = |heir: &Key| {
            self.catalog
                .relations
                .get(heir)
                .is_some_and(|heir| heir.id == parent && heir.is_certain)
        };
        if parent != relation.id && !heirs.iter().any(is_heir) {
            return false;
        }
        let message = format!("`{}` inherits from `{}` itself", table.display(), key.name);
        self.fault(Fault::new(Code::M422, table.place(), message));
        true
    }

    /// Whether a table certainly lacks a column of its new parent, or has it with another type;
    /// says so.
    fn refuse_parent(&mut self, key: &Key, parent: Option<Id>, table: &QualifiedName) -> bool {
        let Some(child) = self.catalog.relations.get(key).filter(|own| is_known_table(own)) else {
            return false;
        };
        let parent = parent.and_then(|parent| self.catalog.relation_by_id(parent));
        let Some((_, parent)) = parent.filter(|(_, parent)| is_known_table(parent)) else {
            return false;
        };
        let differing = parent.columns.iter().find_map(|wanted| match child.column(&wanted.name) {
            None => Some((wanted, format!("has no column `{}`", wanted.name))),
            Some(own) => {
                let differs = matches!(
                    (group(&own.type_name), group(&wanted.type_name)),
                    (Some(one), Some(other)) if one != other
                );
                differs.then(|| {
                    let (written, other) = (&own.type_name, &wanted.type_name);
                    (wanted, format!("has `{}` as `{written}`, not `{other}`", own.name))
                })
            }
        });
        let Some((wanted, lacks)) = differing else { return false };
        let message = format!("`{}` {lacks}, as its parent `{}` has", key.name, table.display());
        let fault = Fault::new(Code::M422, table.place(), message)
            .at_site(wanted.site, "the parent's column is added here")
            .help("a table that inherits has all columns of its parents");
        self.fault(fault);
        true
    }
}
