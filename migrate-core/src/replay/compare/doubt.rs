//! What may differ between two catalogs, because one of them does not know it for certain.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::{Comparison, touched};
use crate::database::Database;
use crate::replay::catalog::{Catalog, Function, Key, Part, Relation, TypedObject};
use crate::replay::dialect::Dialect;
use crate::replay::model::Text;

/// What in `have` may not be as in `want`, each in a few words: what is unsure in one of them and
/// not unsure in the same way in the other.
pub(crate) fn doubts(
    database: Database,
    dialect: &dyn Dialect,
    have: &Catalog,
    want: &Catalog,
) -> Vec<String> {
    let comparison = Comparison { database, dialect, have, want, found: RefCell::default() };
    let mut found = BTreeSet::new();
    comparison.doubtful_names(&mut found);
    comparison.doubtful_relations(&mut found);
    for (key, have, want) in touched(&have.types, &want.types) {
        let state = |side: Option<&std::sync::Arc<crate::replay::catalog::TypeData>>| {
            side.map(|data| data.is_certain)
        };
        if is_doubtful(state(have).as_ref(), state(want).as_ref(), |certain| *certain) {
            found.insert(format!("type `{}`", comparison.display(key)));
        }
    }
    for (key, have, want) in touched(&have.functions, &want.functions) {
        let unsure = |list: Option<&std::sync::Arc<Vec<Function>>>| -> BTreeSet<_> {
            let functions = list.into_iter().flat_map(|list| list.iter());
            let unsure = functions.filter(|function| !function.is_certain);
            unsure.map(|function| function.arguments.clone()).collect()
        };
        if unsure(have) != unsure(want) {
            found.insert(format!("function `{}`", comparison.display(key)));
        }
    }
    for (key, have, want) in touched(&have.typed, &want.typed) {
        let state = |side: Option<&std::sync::Arc<TypedObject>>| {
            side.filter(|object| !object.is_shell).map(|object| object.is_certain)
        };
        if is_doubtful(state(have).as_ref(), state(want).as_ref(), |certain| *certain) {
            found.insert(key.describe());
        }
    }
    for (name, have, want) in touched(&have.schemas, &want.schemas) {
        let state = |side: Option<&std::sync::Arc<_>>| {
            side.map(|it: &std::sync::Arc<crate::replay::catalog::SimpleObject>| it.is_certain)
        };
        if is_doubtful(state(have).as_ref(), state(want).as_ref(), |certain| *certain) {
            found.insert(format!("schema `{name}`"));
        }
    }
    let say = |what: String| format!("it cannot be told whether {what} is as it was");
    found.into_iter().map(say).collect()
}

/// Whether one side is unsure of a thing, and the other not in the same way.
fn is_doubtful<T: PartialEq>(
    have: Option<&T>,
    want: Option<&T>,
    sure: impl Fn(&T) -> bool,
) -> bool {
    let unsure = |side: Option<&T>| side.is_some_and(|it| !sure(it));
    (unsure(have) || unsure(want)) && have != want
}

impl Comparison<'_> {
    /// Names that something unreadable spoke of since.
    fn doubtful_names(&self, found: &mut BTreeSet<String>) {
        let (have, want) = (&self.have.unknown, &self.want.unknown);
        for name in have.names.difference(&want.names) {
            let is_there =
                |catalog: &Catalog| catalog.relations.keys().any(|key| key.name == *name);
            if is_there(self.have) || is_there(self.want) {
                found.insert(format!("`{name}`"));
            }
        }
        if have.appeared != want.appeared || have.gone != want.gone || have.schemas != want.schemas
        {
            found.insert("what has a name that is known only at run time".to_owned());
        }
    }

    fn doubtful_relations(&self, found: &mut BTreeSet<String>) {
        for (key, have, want) in touched(&self.have.relations, &self.want.relations) {
            if &*key.schema == super::TEMPORARY {
                continue;
            }
            let (have, want) = (have.map(|it| &**it), want.map(|it| &**it));
            let is_made_up = |side: Option<&Relation>| {
                side.is_some_and(|it| it.index.is_some() && it.definition.is_none())
            };
            // An index that the server makes for a foreign key is the key's affair.
            if is_made_up(have) || is_made_up(want) {
                continue;
            }
            let state = |side: Option<&Relation>| side.map(flags);
            if is_doubtful(state(have).as_ref(), state(want).as_ref(), |flags| {
                *flags == Flags::default()
            }) {
                found.insert(format!("{} `{}`", noun(have, want), self.display(key)));
                continue;
            }
            let (have, want) = (unsure_parts(have), unsure_parts(want));
            for part in have.symmetric_difference(&want) {
                found.insert(self.display_part(key, part));
            }
        }
    }

    fn display_part(&self, key: &Key, (kind, name): &UnsurePart) -> String {
        format!("{kind} `{name}` of `{}`", self.display(key))
    }
}

fn noun(have: Option<&Relation>, want: Option<&Relation>) -> &'static str {
    have.or(want).map_or("relation", |relation| relation.kind.noun())
}

/// What is unsure of a relation as a whole; the default is that nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Flags {
    may_be_gone: bool,
    is_open: bool,
    has_hidden_parts: bool,
    is_vague: bool,
    security_is_unknown: bool,
}

fn flags(relation: &Relation) -> Flags {
    Flags {
        may_be_gone: !relation.is_certain,
        is_open: relation.is_open && relation.is_table(),
        has_hidden_parts: relation.has_hidden_parts && relation.parents.is_empty(),
        is_vague: relation.is_vague,
        security_is_unknown: relation.is_table() && relation.row_security.is_none(),
    }
}

/// Its kind and its name.
type UnsurePart = (&'static str, Text);

fn unsure_parts(relation: Option<&Relation>) -> BTreeSet<UnsurePart> {
    let mut found = BTreeSet::new();
    let Some(relation) = relation else { return found };
    for column in relation.columns.iter().filter(|column| !column.is_certain) {
        found.insert(("column", column.name.clone()));
    }
    for entry in relation.constraints.iter().filter(|entry| !entry.is_certain) {
        found.insert(("constraint", entry.name.clone()));
    }
    let lists: [(&str, &[Part]); 3] = [
        ("trigger", &relation.triggers),
        ("policy", &relation.policies),
        ("rule", &relation.rules),
    ];
    for (kind, parts) in lists {
        for part in parts.iter().filter(|part| !part.is_certain) {
            found.insert((kind, part.name.clone()));
        }
    }
    found
}
