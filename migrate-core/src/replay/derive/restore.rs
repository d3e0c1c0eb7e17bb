//! Making again what the upgrade dropped, and putting back what it replaced.

use super::function::signature;
use super::{Steps, Way};
use crate::replay::catalog::{
    About, Amendment, Column, Definition, Dependency, Function, Id, Key, Relation, TEMPORARY,
    TypeData, TypeKind, TypedObject,
};
use crate::replay::model::ObjectKind;
use crate::replay::write::{Node, Table, Written};

impl Way<'_> {
    /// Schemas, extensions and types, which everything else may need.
    pub(super) fn restore_first(&self, steps: &mut Steps) {
        for (name, schema) in self.before.catalog.schemas.iter() {
            let is_gone = !self.after.catalog.schemas.contains_key(name)
                && !self.after.catalog.renames.iter().skip(self.before.catalog.renames.len()).any(
                    |event| {
                        matches!(event, crate::replay::catalog::RenameEvent::Schema { from, .. }
                            if from == name)
                    },
                );
            if is_gone && schema.site.is_some() {
                steps.add(format!("CREATE SCHEMA {}", self.before.quote(name)));
            }
        }
        for ((kind, name), object) in self.before.catalog.others.iter() {
            let stayed = self.after.catalog.others.contains_key(&(*kind, name.clone()));
            if !stayed && object.site.is_some() && *kind != ObjectKind::Role {
                steps.write(self.before.other(*kind, name, object));
            }
        }
        for node in self.before.in_order() {
            match node {
                Node::Type(key, data) => self.restore_type(key, data, steps),
                Node::Function(key, function) if !self.rests_on_what_went(function) => {
                    self.restore_function(key, function, steps);
                }
                Node::Relation(key, relation)
                    if relation.kind == ObjectKind::Sequence && self.is_gone(relation) =>
                {
                    if let Some(written) = self.before.sequence(key, relation) {
                        steps.losses.push(format!("sequence `{}` begins anew", key.name));
                        steps.write(written);
                    }
                }
                Node::Typed(key, object)
                    if !object.is_implied(key) && self.went_alone(object) == Some(true) =>
                {
                    steps.write(self.before.typed(key, object));
                }
                Node::Function(..) | Node::Relation(..) | Node::Typed(..) => {}
            }
        }
    }

    /// Whether an operator or its like went without a table that it speaks of; nothing where it
    /// did not go.
    fn went_alone(&self, object: &TypedObject) -> Option<bool> {
        let stayed = self.after.catalog.typed.values().any(|it| it.id == object.id);
        (!stayed).then(|| !self.need_what_went(&object.uses))
    }

    /// Tables and views that went, then foreign keys of tables that stayed.
    pub(super) fn restore_what_went(&self, steps: &mut Steps) {
        let nodes = self.before.in_order();
        for node in &nodes {
            if let Node::Function(key, function) = node
                && self.rests_on_what_went(function)
            {
                self.restore_function(key, function, steps);
            }
            if let Node::Typed(key, object) = node
                && !object.is_implied(key)
                && self.went_alone(object) == Some(false)
            {
                steps.write(self.before.typed(key, object));
            }
            let Node::Relation(key, relation) = node else { continue };
            if &*key.schema == TEMPORARY || relation.kind == ObjectKind::Sequence {
                continue;
            }
            let is_view = matches!(relation.kind, ObjectKind::View | ObjectKind::MaterializedView);
            if is_view {
                if self.is_gone(relation) || self.view_changed(relation) {
                    self.doubt_stars(key, relation, steps);
                    steps.write(self.before.view(key, relation));
                    self.restore_view_indexes(key, relation, steps);
                }
            } else if self.is_gone(relation) {
                steps.losses.push(format!("the rows of table `{}` do not come back", key.name));
                for written in self.before.table(key, relation) {
                    steps.write(written);
                }
                let table = Table::new(&self.before, key, relation);
                for written in self.before.indexes(&table) {
                    steps.write(written);
                }
            }
        }
        for node in &nodes {
            if let Node::Relation(key, relation) = node
                && self.is_gone(relation)
                && relation.is_table()
                && self.before.spelling.adds_foreign_keys_later()
            {
                let table = Table::new(&self.before, key, relation);
                for written in self.before.foreign_keys(&table) {
                    steps.write(written);
                }
            }
        }
        for pair in self.pairs.tables() {
            if !self.is_rebuilt(pair) {
                self.restore_constraints(pair, true, steps);
            }
        }
        for node in &nodes {
            if let Node::Relation(key, relation) = node
                && relation.kind == ObjectKind::Sequence
                && self.is_gone(relation)
                && let Some(written) = self
                    .before
                    .sequence_owner(key, relation)
                    .or_else(|| self.before.sequence_name(key, relation))
            {
                steps.write(written);
            }
        }
    }

    /// Whether a function speaks of the rows of a table or view that has to be made again.
    fn rests_on_what_went(&self, function: &Function) -> bool {
        self.need_what_went(&function.uses)
    }

    fn need_what_went(&self, uses: &[Dependency]) -> bool {
        uses.iter().any(|used| match used {
            Dependency::Relation(id) | Dependency::Column(id, _) | Dependency::Type(id) => {
                let relation = self.before.relation(*id);
                relation.is_some_and(|(_, relation)| self.is_gone(relation))
            }
            Dependency::Function(_) | Dependency::PerhapsFunction(_) | Dependency::Typed(_) => {
                false
            }
        })
    }

    /// Says where `*` in a view that is made again gives columns in another order: those that
    /// come back to a table come last, but for `MySQL`, which can put them anywhere.
    fn doubt_stars(&self, key: &Key, view: &Relation, steps: &mut Steps) {
        let has_star =
            view.definition.as_ref().is_some_and(|definition| definition.text().contains('*'));
        if !has_star || self.before.dialect.indexes_belong_to_tables() {
            return;
        }
        let is_used = |table: Id| {
            view.uses.iter().any(|used| {
                matches!(used, Dependency::Relation(id) | Dependency::Column(id, _) if *id == table)
            })
        };
        let has_other_order = self.pairs.tables().any(|pair| {
            let stayed = |column: &Column| pair.column_after(column).is_some();
            let columns = &pair.before.columns;
            let first_gone = columns.iter().position(|column| !stayed(column));
            let moves = first_gone.is_some_and(|at| columns[at..].iter().any(stayed));
            is_used(pair.before.id) && moves && !self.is_rebuilt(pair)
        });
        if has_other_order {
            steps.open.push(format!("the order of the columns of view `{}`", key.name));
        }
    }

    fn restore_view_indexes(&self, key: &Key, view: &Relation, steps: &mut Steps) {
        let table = Table::new(&self.before, key, view);
        for written in self.before.indexes(&table) {
            steps.write(written);
        }
    }

    /// Whether a relation of before is no longer there.
    fn is_gone(&self, relation: &Relation) -> bool {
        self.pairs.after(relation.id).is_none()
    }

    /// Whether a view stayed and says something else.
    pub(super) fn view_changed(&self, before: &Relation) -> bool {
        let after = self.pairs.after(before.id).and_then(|id| self.after.relation(id));
        after.is_some_and(|(_, after)| {
            is_another(before.definition.as_ref(), after.definition.as_ref())
        })
    }

    fn restore_type(&self, key: &Key, data: &TypeData, steps: &mut Steps) {
        let mut after = self.after.catalog.types.values();
        let Some(now) = after.find(|now| now.id == data.id) else {
            steps.write(self.before.type_of_catalog(key, data));
            return;
        };
        let (TypeKind::Enum { labels: old, .. }, TypeKind::Enum { labels: new, .. }) =
            (&data.kind, &now.kind)
        else {
            return;
        };
        let name = self.before.qualified(key);
        if old.len() == new.len() {
            for (old, new) in old.iter().zip(new).filter(|(old, new)| old != new) {
                let text = |label: &str| self.before.database.literal(label);
                let (from, to) = (text(new), text(old));
                steps.add(format!("ALTER TYPE {name} RENAME VALUE {from} TO {to}"));
            }
            return;
        }
        for label in new.iter().filter(|label| !old.contains(label)) {
            steps.open.push(format!("`{label}` stays a value of type `{}`", key.name));
        }
    }

    fn restore_function(&self, key: &Key, function: &Function, steps: &mut Steps) {
        let mut after = self.after.catalog.functions.values().flat_map(|list| list.iter());
        let now = after.find(|now| now.id == function.id);
        match now {
            None => steps.write(self.before.function(key, function)),
            Some(now) if is_another(function.definition.as_ref(), now.definition.as_ref()) => {
                if self.before.dialect.follows_calls() {
                    if let Some(signature) = signature(&self.before, key, function) {
                        steps.add(format!("DROP {signature}"));
                    }
                    steps.write(self.before.function(key, function));
                } else {
                    let mut written = self.before.function(key, function);
                    written.sql = or_replace(&written.sql);
                    steps.write(written);
                }
            }
            Some(_) => {}
        }
    }

    /// What was said last, before the upgrade, of what an alteration switches on or off.
    fn last_toggle(&self, amendment: &Amendment) -> Option<Written> {
        let family = toggle(amendment.definition.text())?;
        let mut before = self.before.catalog.amendments.iter().rev();
        let old = before.find(|old| {
            old.about == amendment.about && toggle(old.definition.text()) == Some(family)
        })?;
        self.before.amendment(old)
    }

    /// What was said of things besides: comments, and alterations that are not understood.
    pub(super) fn restore_sayings(&self, steps: &mut Steps) {
        let before = self.before.catalog;
        for (about, definition) in self.after.catalog.comments.iter() {
            let old = before.comments.get(about);
            if is_another(old, Some(definition)) {
                let written = match old {
                    Some(old) => self.before.comment(about, old),
                    None => self.before.no_comment(about, definition),
                };
                steps.statements.extend(written);
            }
        }
        for (about, definition) in before.comments.iter() {
            let is_kept = self.after.comment(about, definition).is_some();
            if !is_kept && let Some(written) = self.before.comment(about, definition) {
                steps.write(written);
            }
        }
        for amendment in before.amendments.iter() {
            // It went with its object, which is there again.
            if self.after.amendment(amendment).is_none()
                && !matches!(amendment.about, About::Part(_, ObjectKind::Policy, _))
                && let Some(written) = self.before.amendment(amendment)
            {
                steps.write(written);
            }
        }
        for amendment in self.after.catalog.amendments.iter().skip(before.amendments.len()) {
            let is_settled = matches!(amendment.about, About::Part(_, ObjectKind::Policy, _));
            let Some(written) = self.before.amendment(amendment).filter(|_| !is_settled) else {
                continue;
            };
            if let Some(old) = self.last_toggle(amendment) {
                steps.write(old);
                continue;
            }
            match opposite(&written.sql) {
                Opposite::Statement(sql) => steps.add(sql),
                Opposite::None => {}
                Opposite::Unknown => {
                    let sql: Vec<_> = written.sql.split_whitespace().collect();
                    steps.open.push(format!("what `{}` did", sql.join(" ")));
                }
            }
        }
    }
}

/// Whether two definitions are of different statements.
pub(super) fn is_another(before: Option<&Definition>, after: Option<&Definition>) -> bool {
    match (before, after) {
        (Some(a), Some(b)) => !a.is_of_same_statement(b) && a.text() != b.text(),
        (None, None) => false,
        _ => true,
    }
}

fn or_replace(sql: &str) -> String {
    match sql.get(..6) {
        Some(create) if create.eq_ignore_ascii_case("CREATE") => {
            format!("CREATE OR REPLACE{}", &sql[6..])
        }
        _ => sql.to_owned(),
    }
}

/// What an alteration switches on or off.
fn toggle(sql: &str) -> Option<&'static str> {
    let upper = sql.to_ascii_uppercase();
    let families = [" FORCE ROW LEVEL SECURITY", " TRIGGER ", " RULE ", " REPLICA IDENTITY "];
    families.into_iter().find(|family| upper.contains(family))
}

/// What takes an alteration back.
enum Opposite {
    Statement(String),
    /// Nothing has to be done.
    None,
    Unknown,
}

fn opposite(sql: &str) -> Opposite {
    // Of what was said nothing before, it is as a server makes it.
    const PAIRS: [(&str, &str); 9] = [
        (" NO FORCE ROW LEVEL SECURITY", " NO FORCE ROW LEVEL SECURITY"),
        (" FORCE ROW LEVEL SECURITY", " NO FORCE ROW LEVEL SECURITY"),
        (" DISABLE TRIGGER ", " ENABLE TRIGGER "),
        (" ENABLE ALWAYS TRIGGER ", " ENABLE TRIGGER "),
        (" ENABLE REPLICA TRIGGER ", " ENABLE TRIGGER "),
        (" ENABLE TRIGGER ", " ENABLE TRIGGER "),
        (" DISABLE RULE ", " ENABLE RULE "),
        (" ENABLE RULE ", " ENABLE RULE "),
        (" REPLICA IDENTITY FULL", " REPLICA IDENTITY DEFAULT"),
    ];
    let upper = sql.to_ascii_uppercase();
    for (from, to) in PAIRS {
        if let Some(at) = upper.find(from) {
            return Opposite::Statement(format!("{}{to}{}", &sql[..at], &sql[at + from.len()..]));
        }
    }
    if upper.contains(" VALIDATE CONSTRAINT ") {
        return Opposite::None;
    }
    if let Some(at) = upper.find(" ADD GENERATED ") {
        return Opposite::Statement(format!("{} DROP IDENTITY", &sql[..at]));
    }
    if let Some(at) = upper.find(" SET STATISTICS ") {
        return Opposite::Statement(format!("{} SET STATISTICS -1", &sql[..at]));
    }
    Opposite::Unknown
}
