//! Keeping the text of what statements make.

use std::sync::Arc;

use super::Engine;
use super::parameters::names_routine;
use crate::replay::catalog::{About, Definition, Key};
use crate::replay::model::{
    AlterTable, Name, ObjectKind, ObjectReference, Place, StatementKind, TableAction, Text,
};
use crate::sql::significant_words;

/// The statement of the file that is being run.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// Nothing where it makes no objects, or where it is not known where its parts stand.
    text: Option<Text>,
    /// The byte of the file at which it begins.
    start: u32,
    /// The statement at hand, which may be a part of it.
    place: Place,
}

impl Said {
    pub(super) const NOTHING: Said =
        Said { text: None, start: 0, place: Place { start: 0, end: 0 } };
}

/// Whether the text of a statement of this kind may be asked for later.
fn is_kept(kind: &StatementKind) -> bool {
    let makes_nothing = matches!(
        kind,
        StatementKind::Drop(_)
            | StatementKind::Nothing
            | StatementKind::EndTransaction
            | StatementKind::Opaque(_)
            | StatementKind::Invalid { .. }
    );
    !makes_nothing && !kind.is_about_rows()
}

impl Engine {
    /// Takes note of the statement of the file that runs next.
    pub(super) fn hear(&mut self, text: &str, offset: usize, kind: &StatementKind, place: Place) {
        let part = place.range();
        let text = is_kept(kind)
            .then(|| text.get(part.start.checked_sub(offset)?..part.end.checked_sub(offset)?))
            .flatten()
            .map(Arc::from);
        self.said = Said { text, start: place.start, place };
    }

    /// Takes note of the statement at hand; returns the one before it.
    pub(super) fn hear_part(&mut self, place: Place) -> Place {
        std::mem::replace(&mut self.said.place, place)
    }

    /// Where the statement at hand stands.
    pub(super) fn said_place(&self) -> Place {
        self.said.place
    }

    /// Runs code whose text stands nowhere in the file.
    pub(super) fn unheard(&mut self, run: impl FnOnce(&mut Self)) {
        let said = std::mem::replace(&mut self.said, Said::NOTHING);
        run(self);
        self.said = said;
    }

    /// The text of the statement at hand, for what it makes.
    pub(super) fn definition(&self, own: Place, table: Option<Place>) -> Option<Definition> {
        let text = self.said.text.as_ref()?;
        let within = |place: Place| {
            let start = place.start.checked_sub(self.said.start)?;
            Some(Place { start, end: place.end.checked_sub(self.said.start)? })
        };
        let table = match table {
            Some(place) => Some(within(place)?),
            None => None,
        };
        let statement = within(self.said.place)?;
        let mut definition = Definition::new(text, statement, within(own)?, table, &self.catalog)?;
        let default = self.dialect.default_path();
        if !self.catalog.path.iter().map(|schema| &**schema).eq(default.iter().copied()) {
            definition.path = Some(self.catalog.path.iter().cloned().collect());
        }
        Some(definition)
    }

    /// The statement of the file that runs, where it is kept.
    pub(super) fn text_at_hand(&self) -> Option<&str> {
        self.said.text.as_deref()
    }

    /// A name as the statement at hand writes it, where that is another way than the catalog's.
    pub(super) fn spelling_of(&self, name: &Name) -> Option<Text> {
        let text = self.said.text.as_ref()?;
        let within = |byte: u32| Some(byte.checked_sub(self.said.start)? as usize);
        let written = text.get(within(name.place.start)?..within(name.place.end)?)?;
        let written = written.trim_matches(['`', '"', '[', ']']);
        let is_it = written.eq_ignore_ascii_case(&name.text) && written != &*name.text;
        (is_it && (self.dialect.has_loose_names() || self.dialect.keeps_source()))
            .then(|| Text::from(written))
    }

    /// Keeps a statement whose effect the catalog does not know in detail.
    pub(super) fn amend(&mut self, about: About, own: Place) {
        if let Some(definition) = self.definition(own, None) {
            self.catalog.amend(about, definition);
        }
    }

    /// Keeps what an action of `ALTER TABLE` does that the catalog does not know in detail.
    pub(super) fn amend_table(&mut self, key: &Key, alter: &AlterTable, action: &TableAction) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let id = relation.id;
        let part = |kind, name: &Name| (About::Part(id, kind, name.text.clone()), name.place);
        let (about, place) = match action {
            // There it is only where another column goes.
            TableAction::ReferColumn(_) if self.dialect.indexes_belong_to_tables() => return,
            TableAction::ReferColumn(name)
            | TableAction::AddIdentity(name, _)
            | TableAction::SetIdentity { column: name, .. }
            | TableAction::DropIdentity(name) => {
                let Some(column) = relation.column(&name.text) else { return };
                (About::Column(id, column.id), name.place)
            }
            TableAction::ReferConstraint(name) => part(ObjectKind::Constraint, name),
            TableAction::ReferTrigger(name) => part(ObjectKind::Trigger, name),
            TableAction::ReferRule(name) => part(ObjectKind::Rule, name),
            TableAction::ReferIndex(name) => (About::Relation(id), name.place),
            // It has no name by which it could be found among others.
            TableAction::Nothing if alter.actions.len() == 1 && !self.only_renames(alter) => {
                (About::Relation(id), alter.name.place())
            }
            _ => return,
        };
        self.amend(about, place);
    }

    /// Whether the statement at hand gives something the name that it has.
    fn only_renames(&self, alter: &AlterTable) -> bool {
        let Some(definition) = self.definition(alter.name.place(), None) else { return false };
        let rest = definition.text().get(definition.own().range().end..).unwrap_or_default();
        let words = significant_words(rest, self.database, 1);
        words.first().is_some_and(|word| word == "RENAME")
    }

    /// Keeps a comment, and what alters an object in ways that the catalog does not know;
    /// grants and other statements that only name things are not written again.
    pub(super) fn keep_reference(&mut self, references: &[ObjectReference]) {
        let [reference] = references else { return };
        let Some(definition) = self.definition(reference.name.place(), None) else { return };
        let words = significant_words(definition.text(), self.database, 1);
        let Some(about) = self.about(reference) else { return };
        match words.first().map(String::as_str) {
            Some("COMMENT") => self.catalog.comment(about, definition),
            Some("ALTER") => self.catalog.amend(about, definition),
            _ => {}
        }
    }

    /// The object that a reference means, where it is in the catalog.
    fn about(&self, reference: &ObjectReference) -> Option<About> {
        let name = &reference.name.name.text;
        let relation = |name| Some(self.catalog.relations.get(&self.found(name)?)?.id);
        Some(match reference.kind {
            kind if kind.is_relation() => About::Relation(relation(&reference.name)?),
            ObjectKind::Column => {
                let key = self.found(reference.on.as_ref()?)?;
                let table = self.catalog.relations.get(&key)?;
                About::Column(table.id, table.column(name)?.id)
            }
            ObjectKind::Type | ObjectKind::Domain => {
                About::Type(self.catalog.types.get(&self.type_key(&reference.name)?)?.id)
            }
            ObjectKind::Function
            | ObjectKind::Procedure
            | ObjectKind::Aggregate
            | ObjectKind::Routine => {
                let wanted = self.argument_types(reference.arguments.as_deref());
                let named = self.catalog.functions_named(&reference.name);
                let mut found = named.into_iter().filter(|(_, function)| {
                    wanted
                        .as_ref()
                        .is_none_or(|wanted| names_routine(function, wanted) == Some(true))
                });
                About::Function(found.next()?.1.id)
            }
            kind @ (ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Policy
            | ObjectKind::Rule) => {
                About::Part(relation(reference.on.as_ref()?)?, kind, name.clone())
            }
            kind => About::Other(kind, name.clone()),
        })
    }
}
