//! Names and where they stand.

use std::ops::Range;
use std::sync::Arc;

/// Text that many values share.
pub(crate) type Text = Arc<str>;

/// A range of bytes in the file that is being replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Place {
    /// A range; offsets beyond 4 GiB do not occur, files are refused long before.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let narrow = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Place { start: narrow(start), end: narrow(end) }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A name as the server compares it.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) text: Text,
    pub(crate) place: Place,
}

/// Names are cut to this many bytes where the server does so (Postgres: `NAMEDATALEN` - 1).
pub(crate) const LONGEST_NAME: usize = 63;

/// What is left of a text that is cut to so many bytes.
pub(crate) fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What an adapter puts where dynamic SQL has a name that is known only at run time.
pub(crate) const WILDCARD: &str = "migrate_any_name";

impl Name {
    pub(crate) fn new(text: &str, place: Place) -> Self {
        Name { text: Arc::from(text), place }
    }

    /// Whether the name, or a part of it, is known only at run time.
    pub(crate) fn is_wildcard(&self) -> bool {
        self.text.contains(WILDCARD)
    }
}

/// A name with the schema it is looked up in, where one is written.
#[derive(Debug, Clone)]
pub(crate) struct QualifiedName {
    pub(crate) schema: Option<Name>,
    pub(crate) name: Name,
}

impl QualifiedName {
    pub(crate) fn bare(name: Name) -> Self {
        QualifiedName { schema: None, name }
    }

    /// From the schema, or the name, to the end of the name.
    pub(crate) fn place(&self) -> Place {
        let start = self.schema.as_ref().map_or(self.name.place.start, |name| name.place.start);
        Place { start, end: self.name.place.end }
    }

    pub(crate) fn is_wildcard(&self) -> bool {
        self.name.is_wildcard() || self.schema.as_ref().is_some_and(Name::is_wildcard)
    }

    /// As people write it, without quotes.
    pub(crate) fn display(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", schema.text, self.name.text),
            None => self.name.text.to_string(),
        }
    }
}

/// A type as it is written.
#[derive(Debug, Clone)]
pub(crate) struct TypeName {
    pub(crate) name: QualifiedName,
    pub(crate) is_array: bool,
    /// As it is written, for the schema's listing.
    pub(crate) written: Text,
    /// `table.column%TYPE`: the type of something else, which is not looked up.
    pub(crate) is_borrowed: bool,
}
