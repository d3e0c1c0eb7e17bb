//! Functions by their signatures.

use super::Way;
use crate::replay::catalog::{Function, Key, TypeData};
use crate::replay::write::Writer;
use crate::sql::significant_words;

impl Way<'_> {
    /// `TYPE`, or `DOMAIN`.
    pub(super) fn type_word(&self, data: &TypeData) -> &'static str {
        let is_domain = data.definition.as_ref().is_some_and(|definition| {
            let words = significant_words(definition.text(), self.after.database, 2);
            words.get(1).is_some_and(|word| word == "DOMAIN")
        });
        if is_domain { "DOMAIN" } else { "TYPE" }
    }
}

/// `FUNCTION name(types)`; `None` where the types are needed and not known.
pub(super) fn signature(writer: &Writer<'_>, key: &Key, function: &Function) -> Option<String> {
    let definition = function.definition.as_ref()?;
    let words = significant_words(definition.text(), writer.database, 8);
    let kind = ["FUNCTION", "PROCEDURE", "AGGREGATE"]
        .into_iter()
        .find(|kind| words.iter().any(|word| word == kind))?;
    let name = writer.qualified_as_written(key, Some(definition));
    let is_alone = writer.catalog.functions.get(key).is_some_and(|list| list.len() == 1);
    if is_alone && kind != "AGGREGATE" {
        return Some(format!("{kind} {name}"));
    }
    let types: Option<Vec<_>> = function
        .arguments
        .iter()
        .map(|argument| argument.as_ref().map(ToString::to_string))
        .collect();
    Some(format!("{kind} {name}({})", types?.join(", ")))
}
