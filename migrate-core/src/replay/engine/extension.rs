//! The schemas of extensions, with which they go.
//!
//! Source: `PostgreSQL` 15 manual, `CREATE EXTENSION`, `schema_name`.

use std::sync::Arc;

use super::Engine;
use crate::replay::catalog::SimpleObject;
use crate::replay::model::{Name, ObjectKind, Text};

impl Engine {
    /// Where the objects of an extension that is created go; nothing where that is not known.
    pub(super) fn schema_of_new_extension(
        &self,
        extension: &str,
        if_not_exists: bool,
        said: Option<&Name>,
    ) -> Option<Text> {
        if if_not_exists && self.catalog.unknown.covers(ObjectKind::Extension, extension) {
            return None;
        }
        if let Some(own) = self.dialect.schema_of_extension(extension) {
            return Some(Text::from(own));
        }
        match said {
            Some(schema) => Some(schema.text.clone()).filter(|_| !schema.is_wildcard()),
            None if self.catalog.path_is_uncertain => None,
            None => Some(self.catalog.creation_schema()),
        }
    }

    /// An extension that may have been there before lies where it lay, or where it was created.
    pub(super) fn may_lie_elsewhere(&mut self, extension: &str) {
        self.move_extensions(|name, _| (name == extension).then_some(None));
    }

    /// Gives extensions other schemas, where `moved` has one.
    pub(super) fn move_extensions(
        &mut self,
        moved: impl Fn(&str, &SimpleObject) -> Option<Option<Text>>,
    ) {
        let moved = self.catalog.others.iter().filter_map(|((kind, name), object)| {
            let is_extension = *kind == ObjectKind::Extension;
            let schema = is_extension.then(|| moved(name, object)).flatten()?;
            Some(((*kind, name.clone()), schema))
        });
        let moved: Vec<_> = moved.collect();
        for (key, schema) in moved {
            if let Some(object) = self.catalog.others_mut().get_mut(&key) {
                Arc::make_mut(object).schema = schema;
            }
        }
    }

    /// Takes along the extensions in a schema that is dropped, and all that needs them: nobody
    /// lists what that is.
    pub(super) fn drop_extensions_in(&mut self, schema: &Text) {
        let others = self.catalog.others.iter();
        let in_it = others.filter(|((kind, _), object)| {
            *kind == ObjectKind::Extension && object.schema.as_ref().is_none_or(|own| own == schema)
        });
        let in_it: Vec<_> = in_it
            .map(|(key, object)| (key.clone(), object.is_certain && object.schema.is_some()))
            .collect();
        if in_it.is_empty() {
            return;
        }
        self.catalog.doubt_objects();
        for (key, goes) in in_it {
            if goes {
                self.catalog.others_mut().remove(&key);
            }
        }
    }
}
