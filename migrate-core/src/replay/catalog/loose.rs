//! Names that may mean a table that is written differently.

use super::{Catalog, Key};
use crate::replay::model::{Name, QualifiedName};

impl Key {
    /// Whether it was found in another schema than the name says, and may not be what is meant:
    /// a database that no statement speaks of may be the connection's own, or not.
    pub(crate) fn is_guessed(&self, name: &QualifiedName) -> bool {
        let says_other = |schema: &Name| {
            !self.schema.eq_ignore_ascii_case(&schema.text) && !schema.is_wildcard()
        };
        name.schema.as_ref().is_some_and(says_other)
    }
}

impl Catalog {
    /// The one table that a name means where neither its case nor its schema counts.
    ///
    /// `MySQL` compares names of tables as the file system does, and a bare name is in
    /// whatever database the connection chose.
    pub(super) fn loosely_named(&self, name: &QualifiedName) -> Option<Key> {
        let bare: &str = &name.name.text;
        let same_schema = |key: &Key| {
            name.schema.as_ref().is_none_or(|schema| key.schema.eq_ignore_ascii_case(&schema.text))
        };
        let named = || {
            self.relations.iter().filter(|(key, relation)| {
                relation.index.is_none() && key.name.eq_ignore_ascii_case(bare)
            })
        };
        let nearest = named().find(|(key, _)| same_schema(key)).or_else(|| named().next());
        nearest.map(|(key, _)| key.clone())
    }
}
