//! Values of enums in what is kept as text.

use std::sync::Arc;

use super::Engine;
use crate::replay::catalog::{Column, Dependency, Id};
use crate::replay::model::Text;

impl Engine {
    /// Defaults of the type's columns follow when a value gets another name: the server keeps
    /// the value and not its name.
    pub(super) fn rename_label_in_defaults(&mut self, enumeration: Id, from: &str, to: &str) {
        let renamed = |column: &Column| {
            let is_of_type = column.uses.contains(&Dependency::Type(enumeration));
            column.default.as_ref().filter(|_| is_of_type).and_then(|text| with(text, from, to))
        };
        let has_it = |columns: &[Column]| columns.iter().any(|column| renamed(column).is_some());
        for key in self.catalog.relations_where(|relation| has_it(&relation.columns)) {
            let Some(relation) = self.catalog.relation_mut(&key) else { continue };
            for column in &mut relation.columns {
                if let Some(default) = renamed(column) {
                    column.default = Some(default);
                }
            }
        }
    }
}

/// A default that is one label, perhaps cast, with the other label.
fn with(default: &str, from: &str, to: &str) -> Option<Text> {
    let quoted = |label: &str| format!("'{}'", label.replace('\'', "''"));
    let start = default.find(|c: char| !c.is_whitespace())?;
    let rest = default[start..].strip_prefix(&quoted(from))?;
    let is_whole = rest.trim_start().is_empty() || rest.trim_start().starts_with("::");
    is_whole.then(|| Arc::from(format!("{}{}{rest}", &default[..start], quoted(to))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_label_is_another_one() {
        let with = |text: &str| with(text, "low", "it's low").map(|text| text.to_string());
        assert_eq!(with("'low'").as_deref(), Some("'it''s low'"));
        assert_eq!(with(" 'low' :: mood").as_deref(), Some(" 'it''s low' :: mood"));
        assert_eq!(with("'lower'"), None);
        assert_eq!(with("'low' || ''"), None);
        assert_eq!(with("f('low')"), None);
    }
}
