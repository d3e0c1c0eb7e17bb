//! Rows of views, where only triggers can take them.

use super::{Fault, Resolver};
use crate::diagnostics::Code;
use crate::replay::catalog::{Key, Source};
use crate::replay::model::{ObjectKind, QualifiedName, TriggerEvent};

impl Resolver<'_> {
    /// A fault where a view is changed that has no `INSTEAD OF` trigger for it.
    pub(super) fn refuse_view_without_trigger(
        &mut self,
        key: &Key,
        written: &QualifiedName,
        event: Option<TriggerEvent>,
    ) {
        // What views and triggers are made of is kept where views take no rows by themselves.
        if !self.dialect.keeps_source() || self.skips_targets {
            return;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let is_sure = relation.kind == ObjectKind::View
            && relation.is_certain
            && !self.catalog.unknown.has_kind(ObjectKind::Trigger)
            && self.catalog.temporary_triggers.is_empty()
            && !self.catalog.unknown.may_have_lost(ObjectKind::Relation, &key.name);
        let Some(event) = event.filter(|_| is_sure) else { return };
        let takes = |name| {
            let source = self.catalog.sources.get(&(relation.id, Some(name)));
            // One that was rewritten is not kept.
            source.is_none_or(|source| match &**source {
                Source::Trigger(trigger) => trigger.event.is_none_or(|own| own == event),
                Source::View { .. } => true,
            })
        };
        if relation.triggers.iter().any(|part| takes(part.name.clone())) {
            return;
        }
        let word = match event {
            TriggerEvent::Insert => "INSERT",
            TriggerEvent::Update => "UPDATE",
            TriggerEvent::Delete => "DELETE",
        };
        let message = format!("`{}` is a view, and takes no rows", written.display());
        let fault = Fault::new(Code::M422, written.place(), message)
            .at_site(relation.site, "it is created here")
            .help(format!("change the tables behind it, or give it a trigger `INSTEAD OF {word}`"));
        self.faults.push(fault);
    }
}
