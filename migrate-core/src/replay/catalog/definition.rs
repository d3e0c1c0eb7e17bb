//! The text that made an object.
//!
//! Kept so that the object can be written again. The text stands still: what is renamed
//! later is entered in the catalog's list of renames, and a definition knows which of
//! them are younger than itself.

use std::sync::Arc;

use super::{Catalog, Dependency, Id};
use crate::replay::model::{ObjectKind, Place, Text};

/// A statement, or the part of one that makes an object.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// The statement of the file, which all that it makes share.
    file_statement: Text,
    /// The statement that makes the object, in bytes of the file's: blocks hold others.
    statement: Place,
    /// The object's name, in the same bytes; for a constraint, a place in its text.
    own: Place,
    /// The name of the table that a trigger, policy, rule or index belongs to.
    table: Option<Place>,
    /// How many renames came before it.
    since: u32,
    /// The search path, where it was not the server's own.
    pub(crate) path: Option<Arc<[Text]>>,
}

impl Definition {
    /// The part `statement` of a file's statement, with the places of its names.
    ///
    /// Nothing where the places do not fit: text that was put together at run time has none.
    pub(crate) fn new(
        file_statement: &Text,
        statement: Place,
        own: Place,
        table: Option<Place>,
        catalog: &Catalog,
    ) -> Option<Self> {
        let fits = |place: Place| {
            place != statement && place.start >= statement.start && place.end <= statement.end
        };
        file_statement.get(statement.range())?;
        (fits(own) && table.is_none_or(fits)).then(|| Definition {
            file_statement: file_statement.clone(),
            statement,
            own,
            table,
            since: u32::try_from(catalog.renames.len()).unwrap_or(u32::MAX),
            path: None,
        })
    }

    /// The one of two, where both say the same.
    pub(crate) fn agreed(a: Option<&Self>, b: Option<&Self>) -> Option<Self> {
        let a = a?;
        (b?.text() == a.text()).then(|| a.clone())
    }

    /// The statement that makes the object.
    pub(crate) fn text(&self) -> &str {
        &self.file_statement[self.statement.range()]
    }

    /// Where the object's name stands in [`text`](Self::text).
    pub(crate) fn own(&self) -> Place {
        self.within(self.own)
    }

    /// Where the name of its table stands in [`text`](Self::text).
    pub(crate) fn table(&self) -> Option<Place> {
        self.table.map(|place| self.within(place))
    }

    /// Whether another definition is a part of the same statement.
    pub(crate) fn is_of_same_statement(&self, other: &Definition) -> bool {
        Arc::ptr_eq(&self.file_statement, &other.file_statement)
            && self.statement == other.statement
    }

    /// The renames that came after it.
    pub(crate) fn renames_since<'c>(&self, catalog: &'c Catalog) -> &'c [RenameEvent] {
        catalog.renames.get(self.since as usize..).unwrap_or_default()
    }

    fn within(&self, place: Place) -> Place {
        Place { start: place.start - self.statement.start, end: place.end - self.statement.start }
    }
}

/// Something has another name, or is in another schema, from now on.
#[derive(Debug, Clone)]
pub(crate) enum RenameEvent {
    Object { what: Dependency, from: Text, to: Text },
    Schema { from: Text, to: Text },
    Moved { what: Dependency, name: Text, from: Text, to: Text },
}

/// A statement about an object whose effect the catalog does not know in detail, to be
/// said again when the object is written.
#[derive(Debug, Clone)]
pub(crate) struct Amendment {
    pub(crate) about: About,
    /// Its own place is that of the object's name, or of an action of `ALTER TABLE`.
    pub(crate) definition: Definition,
}

/// What an amendment or a comment is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    Relation(Id),
    Column(Id, Id),
    Type(Id),
    Function(Id),
    /// A constraint, trigger, policy or rule of a relation.
    Part(Id, ObjectKind, Text),
    Other(ObjectKind, Text),
}

impl Catalog {
    /// Takes note that something has another name.
    pub(crate) fn note_rename(&mut self, what: Dependency, from: &Text, to: &Text) {
        if from != to {
            self.note(RenameEvent::Object { what, from: from.clone(), to: to.clone() });
        }
    }

    /// Takes note of a new name.
    pub(crate) fn note(&mut self, event: RenameEvent) {
        Arc::make_mut(&mut self.renames).push(event);
    }

    /// A constraint, trigger, policy or rule has another name: what is said of it goes along.
    pub(crate) fn rename_about(&mut self, from: &About, to: &About) {
        if let Some(comment) = self.comments.get(from).cloned() {
            self.comments.remove(from);
            self.comments.insert(to.clone(), comment);
        }
        if self.amendments.iter().any(|amendment| amendment.about == *from) {
            for amendment in Arc::make_mut(&mut self.amendments) {
                if amendment.about == *from {
                    amendment.about = to.clone();
                }
            }
        }
    }

    pub(crate) fn amend(&mut self, about: About, definition: Definition) {
        Arc::make_mut(&mut self.amendments).push(Amendment { about, definition });
    }

    /// Sets the comment of an object; an older one goes.
    pub(crate) fn comment(&mut self, about: About, definition: Definition) {
        self.comments.insert(about, definition);
    }
}
