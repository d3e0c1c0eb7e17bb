//! What differs between two catalogs.
//!
//! Names and structure are compared, never identities: a table that was dropped and created
//! anew as it was is the same. What is uncertain or open on either side is no difference, and
//! neither is the order of columns.

mod constraint;
mod doubt;
mod index;
mod normal;
mod relation;
mod text;
mod typed;

pub(crate) use self::doubt::doubts;

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use super::catalog::{
    Catalog, Definition, Function, Key, Pair, SharedMap, Site, TEMPORARY, TypeData, TypeKind,
};
use super::dialect::Dialect;
use super::model::ObjectKind;
use crate::database::Database;

/// Something in which a catalog is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) change: Change,
    /// What people call the thing, such as ``column `a` of `t` ``.
    pub(crate) what: String,
    /// Where it was created, dropped or last given its name.
    pub(crate) site: Option<Site>,
}

/// In which way a thing differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// It should be there and is not.
    Missing,
    /// It is there and should not be.
    Extra,
    /// It is there and says something else.
    Changed {
        /// What it says, where that is short.
        have: Option<String>,
        /// What it should say.
        want: Option<String>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.change {
            Change::Missing => write!(f, "{} is missing", self.what),
            Change::Extra => write!(f, "{} is left behind", self.what),
            Change::Changed { have: Some(have), want: Some(want) } => {
                write!(f, "{} is {have}, and was {want}", self.what)
            }
            Change::Changed { .. } => write!(f, "{} is not what it was", self.what),
        }
    }
}

/// What in `have` is not as in `want`: first what is missing or changed, then what is there
/// besides, each by name.
pub(crate) fn differences(
    database: Database,
    dialect: &dyn Dialect,
    have: &Catalog,
    want: &Catalog,
) -> Vec<Difference> {
    if have.unknown.everything || want.unknown.everything {
        return Vec::new();
    }
    let comparison = Comparison { database, dialect, have, want, found: RefCell::default() };
    comparison.schemas();
    comparison.types();
    comparison.relations();
    comparison.functions();
    comparison.typed();
    comparison.others();
    let found = comparison.found.into_inner().into_iter();
    let (extra, mut found): (Vec<_>, Vec<_>) =
        found.partition(|difference| difference.change == Change::Extra);
    found.extend(extra);
    found
}

/// Two catalogs, and what was found so far.
struct Comparison<'c> {
    database: Database,
    dialect: &'c dyn Dialect,
    have: &'c Catalog,
    want: &'c Catalog,
    /// Findings are added while the catalogs are being read.
    found: RefCell<Vec<Difference>>,
}

/// The entries of two maps that are not one and the same in both.
fn touched<'c, K: Ord, V>(
    have: &'c SharedMap<K, Arc<V>>,
    want: &'c SharedMap<K, Arc<V>>,
) -> Vec<Pair<'c, K, Arc<V>>> {
    let mut found = have.unshared(want);
    found.retain(|(_, own, wanted)| match (own, wanted) {
        (Some(own), Some(wanted)) => !Arc::ptr_eq(own, wanted),
        _ => true,
    });
    found
}

impl Comparison<'_> {
    fn missing(&self, what: String, site: Option<Site>) {
        self.found.borrow_mut().push(Difference { change: Change::Missing, what, site });
    }

    fn extra(&self, what: String, site: Option<Site>) {
        self.found.borrow_mut().push(Difference { change: Change::Extra, what, site });
    }

    fn changed(&self, what: String, values: Option<(String, String)>, site: Option<Site>) {
        let (have, want) = values.unzip();
        let change = Change::Changed { have, want };
        self.found.borrow_mut().push(Difference { change, what, site });
    }

    /// Whether what only `want` lists is certainly not in `have`, and was certainly in `want`.
    fn is_surely_missing(&self, kind: ObjectKind, name: &str) -> bool {
        !self.have.unknown.covers(kind, name) && !self.want.unknown.may_have_lost(kind, name)
    }

    /// Whether what only `have` lists was certainly not in `want`, and is certainly in `have`.
    fn is_surely_extra(&self, kind: ObjectKind, name: &str) -> bool {
        !self.want.unknown.covers(kind, name) && !self.have.unknown.may_have_lost(kind, name)
    }

    /// Whether a key is passed over: it belongs to the session, something unreadable spoke of it,
    /// or its schema may have come or gone as a whole.
    fn is_doubtful(&self, key: &Key) -> bool {
        let may_be_gone = |catalog: &Catalog| {
            catalog.unknown.may_have_lost(ObjectKind::Schema, &key.schema)
                || catalog.unknown.covers(ObjectKind::Schema, &key.schema)
        };
        &*key.schema == TEMPORARY
            || self.is_named(&key.name)
            || may_be_gone(self.have)
            || may_be_gone(self.want)
    }

    /// Whether anything was said of a name that could not be read.
    fn is_named(&self, name: &str) -> bool {
        [self.have, self.want].iter().any(|catalog| {
            catalog.unknown.covers(ObjectKind::Other, name)
                || catalog.unknown.may_have_lost(ObjectKind::Other, name)
        })
    }

    /// A name with its schema, where that is not the usual one.
    fn display(&self, key: &Key) -> String {
        if self.dialect.default_path().first() == Some(&&*key.schema) {
            key.name.to_string()
        } else {
            format!("{}.{}", key.schema, key.name)
        }
    }

    /// Whether statements had to guess in which schema a bare name lies.
    fn paths_are_uncertain(&self) -> bool {
        self.have.path_is_uncertain || self.want.path_is_uncertain
    }

    /// Where a thing that is missing went.
    fn grave(&self, kind: ObjectKind, name: &str) -> Option<Site> {
        Some(self.have.tombstone(kind, name)?.site)
    }

    /// Whether an object may have been there before the statement that is said to have made it.
    fn is_optional(definition: Option<&Definition>) -> bool {
        definition
            .is_none_or(|definition| definition.text().to_ascii_lowercase().contains("not exists"))
    }

    fn schemas(&self) {
        for (name, have, want) in touched(&self.have.schemas, &self.want.schemas) {
            let what = || format!("schema `{name}`");
            match (have, want) {
                (None, Some(want))
                    if want.is_certain
                        && want.site.is_some()
                        && self.is_surely_missing(ObjectKind::Schema, name) =>
                {
                    let site = self.grave(ObjectKind::Schema, name).or(want.site);
                    self.missing(what(), site);
                }
                (Some(have), None) if have.is_certain => {
                    // A schema may come from outside the history.
                    let optional = Self::is_optional(have.definition.as_ref());
                    if !optional && self.is_surely_extra(ObjectKind::Schema, name) {
                        self.extra(what(), have.site);
                    }
                }
                _ => {}
            }
        }
    }

    fn others(&self) {
        for ((kind, name), have, want) in touched(&self.have.others, &self.want.others) {
            // Roles and their kin belong to the server, and others may need them.
            if !matches!(kind, ObjectKind::Extension | ObjectKind::Publication) {
                continue;
            }
            let what = || format!("{} `{name}`", kind.noun());
            match (have, want) {
                (None, Some(want))
                    if want.is_certain
                        && want.site.is_some()
                        && self.is_surely_missing(*kind, name) =>
                {
                    self.missing(what(), self.grave(*kind, name).or(want.site));
                }
                (Some(have), None) if have.is_certain && have.site.is_some() => {
                    let optional = Self::is_optional(have.definition.as_ref());
                    if !optional && self.is_surely_extra(*kind, name) {
                        self.extra(what(), have.site);
                    }
                }
                _ => {}
            }
        }
    }

    fn types(&self) {
        for (key, have, want) in touched(&self.have.types, &self.want.types) {
            if self.is_doubtful(key) {
                continue;
            }
            match (have, want) {
                (None, Some(want)) if want.is_certain => {
                    let elsewhere = self.paths_are_uncertain()
                        && self.have.types.keys().any(|other| other.name == key.name);
                    if !elsewhere && self.is_surely_missing(ObjectKind::Type, &key.name) {
                        let site = self.grave(ObjectKind::Type, &key.name).or(want.site);
                        self.missing(format!("type `{}`", self.display(key)), site);
                    }
                }
                (Some(have), None) if have.is_certain => {
                    let elsewhere = self.paths_are_uncertain()
                        && self.want.types.keys().any(|other| other.name == key.name);
                    if !elsewhere && self.is_surely_extra(ObjectKind::Type, &key.name) {
                        self.extra(format!("type `{}`", self.display(key)), have.site);
                    }
                }
                (Some(have), Some(want)) if have.is_certain && want.is_certain => {
                    self.type_parts(key, have, want);
                }
                _ => {}
            }
        }
    }

    fn type_parts(&self, key: &Key, have: &TypeData, want: &TypeData) {
        let (noun, own, wanted) = match (&have.kind, &want.kind) {
            (
                TypeKind::Enum { labels: own, is_open: false },
                TypeKind::Enum { labels: wanted, is_open: false },
            ) => ("value", own, wanted),
            (
                TypeKind::Composite { fields: own, is_open: false },
                TypeKind::Composite { fields: wanted, is_open: false },
            ) => ("field", own, wanted),
            (
                TypeKind::Domain { constraints: own, has_made_up: false, is_open: false },
                TypeKind::Domain { constraints: wanted, has_made_up: false, is_open: false },
            ) => ("constraint", own, wanted),
            _ => return,
        };
        let name = self.display(key);
        for label in wanted.iter().filter(|label| !own.contains(label)) {
            self.missing(format!("{noun} `{label}` of type `{name}`"), have.site);
        }
        for label in own.iter().filter(|label| !wanted.contains(label)) {
            self.extra(format!("{noun} `{label}` of type `{name}`"), have.site);
        }
    }

    fn functions(&self) {
        for (key, have, want) in touched(&self.have.functions, &self.want.functions) {
            if self.is_doubtful(key) {
                continue;
            }
            let have: &[Function] = have.map(|list| list.as_slice()).unwrap_or_default();
            let want: &[Function] = want.map(|list| list.as_slice()).unwrap_or_default();
            // Arguments of which a type is not known may be any.
            let is_vague = |function: &Function| {
                !function.is_certain || function.arguments.iter().any(Option::is_none)
            };
            if have.iter().chain(want).any(is_vague) {
                continue;
            }
            self.overloads(key, have, want);
        }
    }

    fn overloads(&self, key: &Key, have: &[Function], want: &[Function]) {
        let what = || format!("function `{}`", self.display(key));
        let what = what();
        let in_other_schema = |catalog: &Catalog| {
            self.paths_are_uncertain()
                && catalog.functions.keys().any(|other| other.name == key.name && other != key)
        };
        let (moved_away, moved_here) = (in_other_schema(self.have), in_other_schema(self.want));
        for wanted in want {
            let own = have.iter().find(|own| own.arguments == wanted.arguments);
            match own {
                None if !moved_away && self.is_surely_missing(ObjectKind::Function, &key.name) => {
                    let site = self.grave(ObjectKind::Function, &key.name).or(wanted.site);
                    self.missing(what.clone(), site);
                }
                Some(own) if !self.same_function(own, wanted) => {
                    self.changed(what.clone(), None, own.site);
                }
                _ => {}
            }
        }
        for own in have {
            let is_wanted = want.iter().any(|wanted| own.arguments == wanted.arguments);
            if !is_wanted && !moved_here && self.is_surely_extra(ObjectKind::Function, &key.name) {
                self.extra(what.clone(), own.site);
            }
        }
    }

    fn same_function(&self, have: &Function, want: &Function) -> bool {
        let (Some(have), Some(want)) = (&have.definition, &want.definition) else { return true };
        self.same_definition(have, want, text::routine)
    }

    /// Whether two definitions say the same; also where that cannot be said.
    fn same_definition<T: PartialEq>(
        &self,
        have: &Definition,
        want: &Definition,
        form: impl Fn(&str, Database) -> T,
    ) -> bool {
        if have.path != want.path {
            return true;
        }
        // Its own name may be another one by now.
        let (have, want) = (nameless(have), nameless(want));
        have == want || form(&have, self.database) == form(&want, self.database)
    }
}

/// The text of a definition with one name for all.
fn nameless(definition: &Definition) -> String {
    let (text, own) = (definition.text(), definition.own().range());
    let (before, behind) = (text.get(..own.start), text.get(own.end..));
    format!("{} migrate_name {}", before.unwrap_or_default(), behind.unwrap_or_default())
}

#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
