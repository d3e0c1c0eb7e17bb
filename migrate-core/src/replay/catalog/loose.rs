//! Names that may mean a table that is written differently.

use super::{Catalog, Key};
use crate::replay::model::QualifiedName;

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
