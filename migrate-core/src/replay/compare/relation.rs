//! Tables and views, with their columns, triggers, policies and rules.

use super::normal::{default_form, type_form};
use super::{Comparison, normal, text, touched};
use crate::database::Database;
use crate::replay::catalog::{
    About, Catalog, Column, ConstraintRule, Dependency, Id, Key, Part, Relation,
};
use crate::replay::model::{ObjectKind, Text};

/// A relation in both catalogs, certainly.
#[derive(Clone, Copy)]
pub(super) struct Pair<'c> {
    pub(super) key: &'c Key,
    pub(super) have: &'c Relation,
    pub(super) want: &'c Relation,
}

impl Pair<'_> {
    /// Whether what `have` does not list is not there.
    pub(super) fn have_is_closed(&self) -> bool {
        !self.have.is_open && !self.have.has_hidden_parts
    }

    /// Whether what `want` does not list was not there.
    pub(super) fn want_is_closed(&self) -> bool {
        !self.want.is_open && !self.want.has_hidden_parts
    }
}

impl<'c> Comparison<'c> {
    pub(super) fn relations(&self) {
        let mut indexes = [Vec::new(), Vec::new()];
        for (key, have, want) in touched(&self.have.relations, &self.want.relations) {
            let mut is_index = false;
            for (side, found) in indexes.iter_mut().zip([have, want]) {
                let Some(relation) = found.filter(|found| found.index.is_some()) else { continue };
                side.push((key, &**relation));
                is_index = true;
            }
            let is_owned = have.or(want).is_some_and(|relation| relation.owner.is_some());
            if is_index || is_owned || self.is_doubtful(key) {
                continue;
            }
            match (have, want) {
                (None, Some(want)) => self.missing_relation(key, want),
                (Some(have), None) => self.extra_relation(key, have),
                (Some(have), Some(want)) if have.is_certain && want.is_certain => {
                    self.pair(Pair { key, have, want });
                }
                _ => {}
            }
        }
        let [have, want] = indexes;
        self.indexes(&have, &want);
    }

    /// Whether the other catalog has the name in another schema or, where case may not count,
    /// in other letters.
    fn is_elsewhere(&self, catalog: &Catalog, key: &Key) -> bool {
        let loose = self.dialect.has_loose_names();
        (loose || self.paths_are_uncertain())
            && catalog.relations.keys().any(|other| {
                other.name == key.name || loose && other.name.eq_ignore_ascii_case(&key.name)
            })
    }

    fn missing_relation(&self, key: &Key, want: &Relation) {
        let sure = want.is_certain
            && self.is_surely_missing(want.kind, &key.name)
            && !self.is_elsewhere(self.have, key);
        if sure {
            let site = self.grave(ObjectKind::Relation, &key.name).or(want.site);
            self.missing(format!("{} `{}`", want.kind.noun(), self.display(key)), site);
        }
    }

    fn extra_relation(&self, key: &Key, have: &Relation) {
        let sure = have.is_certain
            && self.is_surely_extra(have.kind, &key.name)
            && !self.is_elsewhere(self.want, key);
        if sure {
            self.extra(format!("{} `{}`", have.kind.noun(), self.display(key)), have.site);
        }
    }

    fn pair(&self, pair: Pair<'c>) {
        let name = self.display(pair.key);
        let Pair { have, want, .. } = pair;
        if have.kind != want.kind {
            let values = (format!("a {}", have.kind.noun()), format!("a {}", want.kind.noun()));
            self.changed(format!("`{name}`"), Some(values), have.site);
            return;
        }
        if have.kind == ObjectKind::Sequence {
            return;
        }
        self.columns(pair, &name);
        if have.is_table() {
            self.constraints(pair, &name);
            if let (Some(own), Some(wanted)) = (have.row_security, want.row_security)
                && own != wanted
            {
                let word = |on: bool| if on { "enabled" } else { "disabled" }.to_owned();
                let values = (word(own), word(wanted));
                self.changed(format!("row-level security of `{name}`"), Some(values), have.site);
            }
        } else if let (Some(own), Some(wanted)) = (&have.definition, &want.definition)
            && own.renames_since(self.have).is_empty()
            && wanted.renames_since(self.want).is_empty()
            && !self.same_definition(own, wanted, text::stored)
        {
            self.changed(format!("{} `{name}`", have.kind.noun()), None, have.site);
        }
        self.parts(pair, &name, ObjectKind::Trigger, |relation| &relation.triggers);
        self.parts(pair, &name, ObjectKind::Policy, |relation| &relation.policies);
        self.parts(pair, &name, ObjectKind::Rule, |relation| &relation.rules);
    }

    fn columns(&self, pair: Pair<'c>, table: &str) {
        let Pair { have, want, .. } = pair;
        for wanted in want.columns.iter().filter(|column| column.is_certain) {
            let name = &wanted.name;
            let what = || format!("column `{table}.{name}`");
            match have.column(name) {
                None => {
                    let sure = !have.is_open && self.is_surely_missing(ObjectKind::Column, name);
                    if sure && !self.is_named(name) {
                        let gone = have.gone_columns.iter().rev().find(|(gone, _)| gone == name);
                        let site = gone.map(|(_, tombstone)| tombstone.site).or(wanted.site);
                        self.missing(what(), site);
                    }
                }
                Some(own)
                    if own.is_certain && have.is_table() && !have.is_vague && !want.is_vague =>
                {
                    self.column(own, wanted, pair, &what());
                }
                Some(_) => {}
            }
        }
        for own in have.columns.iter().filter(|column| column.is_certain) {
            let sure = !want.is_open
                && want.column(&own.name).is_none()
                && self.is_surely_extra(ObjectKind::Column, &own.name)
                && !self.is_named(&own.name);
            if sure {
                self.extra(format!("column `{table}.{}`", own.name), own.site);
            }
        }
    }

    /// What is said of a column that is on both sides.
    fn column(&self, own: &Column, wanted: &Column, pair: Pair<'c>, what: &str) {
        let site = own.site;
        let own_type = self.type_of(self.have, pair.have, own);
        let wanted_type = self.type_of(self.want, pair.want, wanted);
        if let (Some(own_type), Some(wanted_type)) = (own_type, wanted_type)
            && own_type != wanted_type
        {
            let values = (format!("`{}`", own.type_name), format!("`{}`", wanted.type_name));
            self.changed(format!("the type of {what}"), Some(values), site);
        }
        // `MySQL` makes some of them `NOT NULL` by a setting.
        let by_setting = self.database == Database::Mysql
            && wanted.type_name.to_ascii_lowercase().starts_with("timestamp");
        let refuses_nulls =
            |table: &Relation, column: &Column| column.not_null || is_in_key(table, column);
        let not_null = (refuses_nulls(pair.have, own), refuses_nulls(pair.want, wanted));
        if not_null.0 != not_null.1 && !by_setting {
            let word = |not_null| if not_null { "`NOT NULL`" } else { "nullable" }.to_owned();
            let values = (word(not_null.0), word(not_null.1));
            self.changed(what.to_owned(), Some(values), site);
        }
        if own.is_generated != wanted.is_generated {
            let word = |generated| if generated { "generated" } else { "a plain one" }.to_owned();
            let values = (word(own.is_generated), word(wanted.is_generated));
            self.changed(what.to_owned(), Some(values), site);
        }
        let (a, b) = (
            default_form(own.default.as_ref(), self.database),
            default_form(wanted.default.as_ref(), self.database),
        );
        // A sequence's next value is said in several ways.
        let counts = |column: &Column| {
            let text = column.default.as_deref().unwrap_or_default();
            column.counts || text.to_ascii_lowercase().contains("nextval")
        };
        if counts(own) && counts(wanted) {
            return;
        }
        // `MySQL` takes one for a column that counts by itself, and forgets it.
        let is_counter = |column: &Column| {
            column.definition.as_ref().is_some_and(|definition| {
                definition.text().to_ascii_lowercase().contains("auto_increment")
            })
        };
        if self.database == Database::Mysql && (is_counter(own) || is_counter(wanted)) {
            return;
        }
        let vague = normal::DefaultForm::Vague;
        if a != b && a != vague && b != vague && !own.counts && !wanted.counts {
            let word = |value: &Option<Text>| {
                value.as_ref().map_or("none".to_owned(), |value| format!("`{}`", value.trim()))
            };
            let values = (word(&own.default), word(&wanted.default));
            self.changed(format!("the default of {what}"), Some(values), site);
        } else if own.counts != wanted.counts {
            let word =
                |counts| if counts { "the next value of its sequence" } else { "another one" };
            let values = (word(own.counts).to_owned(), word(wanted.counts).to_owned());
            self.changed(format!("the default of {what}"), Some(values), site);
        }
    }

    /// A column's type in a form that can be compared; nothing where it is not known.
    fn type_of(&self, catalog: &Catalog, table: &Relation, column: &Column) -> Option<String> {
        let mut ids = column.uses.iter().filter_map(|used| match used {
            Dependency::Type(id) => Some(*id),
            _ => None,
        });
        let (first, second) = (ids.next(), ids.next());
        let Some(id) = first else { return type_form(&column.type_name, self.database) };
        if second.is_some() || !table.is_certain {
            return None;
        }
        let (key, _) = catalog.types.iter().find(|(_, found)| found.id == id)?;
        let written = column.type_name.to_ascii_lowercase();
        let is_array = written.contains('[') || written.ends_with("array");
        Some(format!("{}{}", self.display(key), if is_array { "[]" } else { "" }))
    }

    fn parts(
        &self,
        pair: Pair<'c>,
        table: &str,
        kind: ObjectKind,
        list: fn(&Relation) -> &Vec<Part>,
    ) {
        let find = |list: &'c [Part], name: &Text| list.iter().find(|part| part.name == *name);
        let (have, want) = (list(pair.have), list(pair.want));
        let what = |name: &Text| format!("{} `{name}` on `{table}`", kind.noun());
        for wanted in want.iter().filter(|part| part.is_certain && !self.is_named(&part.name)) {
            match find(have, &wanted.name) {
                None => {
                    let sure = pair.have_is_closed() && self.is_surely_missing(kind, &wanted.name);
                    if sure {
                        self.missing(what(&wanted.name), wanted.site);
                    }
                }
                Some(own) if own.is_certain && !self.same_part(pair, kind, own, wanted) => {
                    self.changed(what(&own.name), None, own.site);
                }
                Some(_) => {}
            }
        }
        for own in have.iter().filter(|part| part.is_certain && !self.is_named(&part.name)) {
            let sure = find(want, &own.name).is_none()
                && pair.want_is_closed()
                && self.is_surely_extra(kind, &own.name);
            if sure {
                self.extra(what(&own.name), own.site);
            }
        }
    }

    fn same_part(&self, pair: Pair<'_>, kind: ObjectKind, have: &Part, want: &Part) -> bool {
        let (Some(own), Some(wanted)) = (&have.definition, &want.definition) else { return true };
        if own.text() == wanted.text() || self.same_definition(own, wanted, text::stored) {
            return true;
        }
        let is_amended = |catalog: &Catalog, id: Id, name: &Text| {
            let about = About::Part(id, kind, name.clone());
            catalog.amendments.iter().any(|amendment| amendment.about == about)
        };
        !own.renames_since(self.have).is_empty()
            || !wanted.renames_since(self.want).is_empty()
            || is_amended(self.have, pair.have.id, &have.name)
            || is_amended(self.want, pair.want.id, &want.name)
    }
}

/// Whether a column belongs to the primary key, which makes it `NOT NULL`.
fn is_in_key(table: &Relation, column: &Column) -> bool {
    table.constraints.iter().any(|constraint| match &constraint.rule {
        ConstraintRule::Primary(ids) => ids.is_empty() || ids.contains(&column.id),
        _ => false,
    })
}

/// The names of a table's columns; nothing where one of them is not known.
pub(super) fn column_names(table: &Relation, ids: &[Id]) -> Option<Vec<Text>> {
    ids.iter()
        .map(|id| Some(table.columns.iter().find(|column| column.id == *id)?.name.clone()))
        .collect()
}
