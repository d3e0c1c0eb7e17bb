//! Views and triggers as they are written.

use std::sync::Arc;

use super::{Catalog, Id, Relation};
use crate::replay::model::{CreateTrigger, Name, Query, Text};

/// A view's identity, or that of a trigger's table with the trigger's name.
pub(crate) type SourceKey = (Id, Option<Text>);

/// What a view or trigger says.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    View { query: Query, columns: Vec<Name> },
    Trigger(CreateTrigger),
}

impl Catalog {
    /// What a view says, where that is kept and the view is certainly there.
    pub(crate) fn view_source(&self, view: &Relation) -> Option<&Arc<Source>> {
        self.sources.get(&(view.id, None)).filter(|_| view.is_certain)
    }

    /// What the views and triggers that are certainly there say, with the name of a trigger.
    pub(crate) fn sources_of<'a>(
        &'a self,
        relation: &'a Relation,
    ) -> impl Iterator<Item = (Option<&'a Text>, &'a Arc<Source>)> {
        let triggers = relation.triggers.iter().filter(|part| part.is_certain);
        let triggers = triggers.filter_map(|part| {
            let source = self.sources.get(&(relation.id, Some(part.name.clone())))?;
            Some((Some(&part.name), source))
        });
        let view = self.view_source(relation).map(|source| (None, source));
        view.into_iter().chain(triggers)
    }

    pub(crate) fn keep_source(&mut self, key: SourceKey, source: Source) {
        self.sources.insert(key, Arc::new(source));
    }

    pub(crate) fn forget_source(&mut self, key: &SourceKey) {
        self.sources.remove(key);
    }
}
