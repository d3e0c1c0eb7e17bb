//! Names that Postgres makes up where none is written.
//!
//! Source: `makeObjectName` and `ChooseRelationName` in Postgres's `indexcmds.c`.

use super::Engine;
use crate::replay::catalog::{Key, Relation};
use crate::replay::model::{LONGEST_NAME, Text, clip};

/// Joins the parts, shortening the longer of the first two until all fit.
pub(crate) fn object_name(first: &str, second: &str, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(!second.is_empty());
    let available = LONGEST_NAME.saturating_sub(overhead);
    let (mut a, mut b) = (first.len(), second.len());
    while a + b > available {
        if a > b {
            a -= 1;
        } else {
            b -= 1;
        }
    }
    let mut name = clip(first, a).to_owned();
    if !second.is_empty() {
        name.push('_');
        name.push_str(clip(second, b));
    }
    name.push('_');
    name.push_str(label);
    name
}

impl Engine {
    /// A name that neither a relation of the schema nor a constraint of the table has.
    pub(super) fn made_up_name(&self, key: &Key, second: &str, label: &str) -> Text {
        let taken = |name: &str| {
            let other = Key { schema: key.schema.clone(), name: Text::from(name) };
            let constraint = |relation: &Relation| {
                relation.constraints.iter().any(|constraint| &*constraint.name == name)
            };
            let elsewhere = || {
                self.catalog.seen.renamed
                    && self.catalog.relations.values().any(|it| it.was_renamed && constraint(it))
            };
            self.catalog.relations.contains_key(&other)
                || elsewhere()
                || self.catalog.relations.get(key).is_some_and(|relation| constraint(relation))
        };
        if self.dialect.indexes_belong_to_tables() && label == "fkey" {
            let free = (1..1_000).map(|number| format!("{}_ibfk_{number}", key.name));
            return Text::from(free.into_iter().find(|name| !taken(name)).unwrap_or_default());
        }
        let mut name = object_name(&key.name, second, label);
        let mut number = 1;
        while taken(&name) && number < 1_000 {
            name = object_name(&key.name, second, &format!("{label}{number}"));
            number += 1;
        }
        Text::from(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_evenly() {
        assert_eq!(object_name("users", "id", "fkey"), "users_id_fkey");
        assert_eq!(object_name("users", "", "pkey"), "users_pkey");
        let long = object_name(&"t".repeat(60), &"c".repeat(40), "key");
        assert_eq!(long, format!("{}_{}_key", "t".repeat(29), "c".repeat(29)));
    }
}
