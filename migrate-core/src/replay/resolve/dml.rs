//! Statements that change rows.

use super::width::has_star;
use super::{Fault, Item, Outputs, Purpose, Resolver, Scope, Subject};
use crate::diagnostics::Code;
use crate::replay::catalog::{ConstraintRule, Id, Key, Module, Relation};
use crate::replay::model::{
    Assignment, Conflict, Delete, Expression, Insert, InsertSource, Merge, Name, ObjectKind, Place,
    QualifiedName, Query, QueryBody, StatementKind, Target, TriggerEvent, Update,
};

impl Resolver<'_> {
    /// The changed table as an item, under its alias.
    fn target(
        &mut self,
        table: &QualifiedName,
        alias: Option<&Name>,
        event: Option<TriggerEvent>,
    ) -> (Option<Key>, Item) {
        let shown = alias.unwrap_or(&table.name);
        let key = self.relation(table);
        if let Some(relation) = key.as_ref().and_then(|key| self.catalog.relations.get(key))
            && relation.kind == ObjectKind::MaterializedView
            && relation.is_certain
            // The server asks when the statement runs: `CheckValidResultRel` in `execMain.c`.
            && self.purpose != Purpose::Store
        {
            let message =
                format!("`{}` is a materialized view, and takes no rows", table.display());
            let fault = Fault::new(Code::M422, table.place(), message)
                .at_site(relation.site, "it is created here")
                .help("change the tables behind it, and `REFRESH MATERIALIZED VIEW`");
            self.faults.push(fault);
        }
        if let Some(key) = &key {
            self.refuse_view_without_trigger(key, table, event);
        }
        let item = key.as_ref().and_then(|key| self.item_of(key, &shown.text));
        let item = item.unwrap_or_else(|| Item {
            alias: shown.text.clone(),
            schema: table.schema.as_ref().map(|schema| schema.text.clone()),
            key: None,
            columns: std::rc::Rc::default(),
            is_open: true,
            merged: Vec::new(),
            star_is_open: true,
        });
        (key, item)
    }

    /// A statement that reads or writes rows; whether it is one.
    pub(crate) fn rows(&mut self, statement: &StatementKind) -> bool {
        match statement {
            StatementKind::Query(query) => drop(self.query(query)),
            StatementKind::Insert(insert) => drop(self.insert(insert)),
            StatementKind::Update(update) => drop(self.update(update)),
            StatementKind::Delete(delete) => drop(self.delete(delete)),
            StatementKind::Merge(merge) => self.merge(merge),
            _ => return false,
        }
        true
    }

    pub(crate) fn insert(&mut self, insert: &Insert) -> Outputs {
        let before = self.common.len();
        self.common_tables(insert.recursive, &insert.common);
        let (key, item) =
            self.target(&insert.table, insert.alias.as_ref(), Some(TriggerEvent::Insert));
        if let Some(key) = &key
            && !self.skips_targets
        {
            for column in &insert.columns {
                self.column_of(key, column);
            }
            self.filled(insert, key);
        }
        if let InsertSource::Query(query) = &insert.source {
            let sees_target =
                self.dialect.rows_see_target() && matches!(query.body, QueryBody::Values(_));
            if sees_target {
                self.scopes.push(Scope::of(vec![item.clone()]));
            }
            let outputs = self.query(query);
            if sees_target {
                self.scopes.pop();
            }
            if !self.skips_targets {
                self.width(insert, key.as_ref(), query, &outputs);
            }
        }
        if let Some(conflict) = &insert.conflict {
            let known = self.faults.len();
            self.conflict(conflict, key.as_ref(), &item);
            if self.dialect.keeps_source()
                && never_conflicts(insert, conflict)
                && self.may_be_row_number(key.as_ref(), conflict)
            {
                self.faults.truncate(known);
            }
        }
        self.scopes.push(Scope::of(vec![item]));
        let known = self.faults.len();
        let outputs = self.returning(&insert.table, &insert.returning);
        self.scopes.pop();
        if self.dialect.sources_are_seen_in_returned() && may_have_sub_query(insert) {
            self.faults.truncate(known);
        }
        self.common.truncate(before);
        outputs
    }

    fn returning(&mut self, table: &QualifiedName, targets: &[Target]) -> Outputs {
        if self.dialect.returns_target_only()
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.items.truncate(1);
            for target in &mut scope.items {
                target.alias = table.name.text.clone();
            }
        }
        // `old` and `new` may be named since Postgres 18.
        let before = self.variables.len();
        self.variables.extend(["old", "new"].map(std::sync::Arc::from));
        let outputs = self.targets(targets);
        self.variables.truncate(before);
        outputs
    }

    /// Whether as many values come as columns are filled.
    fn width(&mut self, insert: &Insert, key: Option<&Key>, query: &Query, outputs: &Outputs) {
        let listed = insert.columns.len();
        let (wanted, exact) = match key.and_then(|key| self.catalog.relations.get(key)) {
            _ if listed > 0 => (listed, true),
            Some(relation) if relation.module == Some(Module::Listed) && relation.is_certain => {
                (relation.columns.len(), true)
            }
            Some(relation) if is_closed(relation) && relation.is_table() => {
                let exact = self.dialect.fills_all_columns() && !self.catalog.seen.hidden_columns;
                let skips_generated = exact && self.dialect.refuses_generated_targets();
                if skips_generated && self.copies_table(query, relation) {
                    return;
                }
                let filled = relation
                    .columns
                    .iter()
                    .filter(|column| !skips_generated || !column.is_generated);
                (filled.count(), exact)
            }
            _ => return,
        };
        let is_wrong = |count: usize| count > wanted || (exact && count < wanted);
        let counts: Vec<usize> = match &query.body {
            QueryBody::Values(rows) if has_star(rows) => return,
            QueryBody::Values(rows) => rows.iter().map(Vec::len).collect(),
            _ if outputs.is_open => return,
            _ => vec![outputs.columns.len()],
        };
        let Some(count) = counts.into_iter().find(|count| is_wrong(*count)) else { return };
        if insert.columns.iter().any(Name::is_wildcard) || count == 0 {
            return;
        }
        let place = insert.columns.first().zip(insert.columns.last()).map_or_else(
            || insert.table.place(),
            |(first, last)| Place { start: first.place.start, end: last.place.end },
        );
        let message =
            format!("{count} values for {wanted} columns of `{}`", insert.table.display());
        self.faults.push(Fault::new(Code::M411, place, message));
    }

    /// Whether the one column of a conflict may be that which numbers the rows.
    fn may_be_row_number(&self, key: Option<&Key>, conflict: &Conflict) -> bool {
        let Some(name) = only_column(conflict) else { return false };
        let relation = key.and_then(|key| self.catalog.relations.get(key));
        let Some(relation) = relation.filter(|relation| is_closed(relation)) else { return true };
        let Some(column) = relation.column(&name.text) else {
            return self.dialect.is_system_column(&name.text);
        };
        relation.constraints.iter().any(|constraint| {
            matches!(&constraint.rule, ConstraintRule::Primary(ids) if ids.contains(&column.id))
        })
    }

    fn conflict(&mut self, conflict: &Conflict, key: Option<&Key>, item: &Item) {
        self.scopes.push(Scope::of(vec![item.clone()]));
        for expression in conflict.target.iter().chain(&conflict.target_condition) {
            self.expression(expression);
        }
        self.scopes.pop();
        if let Some(key) = key
            && !self.skips_targets
        {
            self.conflict_key(conflict, key);
        }
        let mut excluded = Item { alias: "excluded".into(), schema: None, ..item.clone() };
        // A bare name means the table's own column, or is refused where these rules are strict.
        excluded.star_is_open |= !self.dialect.checks_signatures();
        self.scopes.push(Scope::of(vec![item.clone(), excluded]));
        self.plain_assignments(&conflict.assignments);
        self.assignments(&conflict.assignments, key);
        if let Some(condition) = &conflict.condition {
            self.expression(condition);
        }
        self.scopes.pop();
    }

    /// `ON CONFLICT` needs a unique key over just its columns.
    fn conflict_key(&mut self, conflict: &Conflict, key: &Key) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if let Some(name) = &conflict.constraint {
            let known = relation.constraints.iter().any(|constraint| constraint.name == name.text);
            let is_sure = is_closed(relation)
                && !self.catalog.unknown.covers(ObjectKind::Constraint, &name.text);
            if !known && is_sure {
                let message = format!("`{}` has no constraint `{}`", relation_name(key), name.text);
                self.faults.push(
                    Fault::new(Code::M409, name.place, message)
                        .about(Subject::Other(ObjectKind::Constraint, name.text.clone())),
                );
            }
            return;
        }
        if conflict.target.is_empty()
            && !conflict.assignments.is_empty()
            && self.dialect.checks_signatures()
        {
            let at = conflict.assignments[0].columns.first().map(|name| name.place);
            let message = "`ON CONFLICT DO UPDATE` does not say which key is meant";
            let help = "write its columns: `ON CONFLICT (…) DO UPDATE`";
            let at = at.unwrap_or_default();
            self.faults.push(Fault::new(Code::M422, at, message.to_owned()).help(help));
            return;
        }
        let mut wanted = Vec::new();
        let mut place: Option<Place> = None;
        for expression in &conflict.target {
            let Expression::Column(column) = expression else {
                return self.expression_key(conflict, key, expression);
            };
            let Some(name) = column.parts.last() else { return };
            if self.dialect.checks_signatures() && self.dialect.is_system_column(&name.text) {
                let message = format!("no key can be over `{}`", name.text);
                self.faults.push(Fault::new(Code::M412, name.place, message));
                return;
            }
            let Some(found) = relation.column(&name.text).filter(|column| column.is_certain) else {
                return;
            };
            wanted.push(found.id);
            let start = place.map_or(name.place.start, |place| place.start);
            place = Some(Place { start, end: name.place.end });
        }
        let (Some(place), true) = (place, relation.is_table()) else { return };
        if self.has_key(relation, &wanted, conflict.target_condition.is_some()) {
            return;
        }
        let names: Vec<_> = wanted
            .iter()
            .filter_map(|id| relation.columns.iter().find(|column| column.id == *id))
            .map(|column| column.name.to_string())
            .collect();
        let message =
            format!("`{}` has no unique key over `{}`", relation_name(key), names.join(", "));
        let help = "add a primary key, a unique constraint or a unique index over these columns";
        self.faults.push(
            Fault::new(Code::M412, place, message)
                .help(help)
                .at_site(relation.site, "the table is created here"),
        );
    }

    /// An expression among those of the key needs a unique index with one.
    fn expression_key(&mut self, conflict: &Conflict, key: &Key, expression: &Expression) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if !self.keys_are_known(relation) || !self.dialect.checks_signatures() {
            return;
        }
        let may_serve = self.catalog.indexes_of(relation.id).any(|(_, _, index)| {
            index.is_unique
                && index.columns.is_none()
                && (!index.is_partial || conflict.target_condition.is_some())
        });
        if may_serve || matches!(expression, Expression::ColumnOrText(_)) {
            return;
        }
        let at = super::place::of_expression(expression).unwrap_or_default();
        let message =
            format!("`{}` has no unique index over such an expression", relation_name(key));
        self.faults.push(
            Fault::new(Code::M412, at, message).at_site(relation.site, "the table is created here"),
        );
    }

    fn keys_are_known(&self, relation: &Relation) -> bool {
        is_closed(relation)
            && relation.is_table()
            && !self.catalog.unknown.has_kind(ObjectKind::Constraint)
            && !self.catalog.unknown.has_kind(ObjectKind::Index)
    }

    /// Whether a unique key over exactly these columns exists, or may exist. Partial indexes count
    /// where `with_partial` says so: where a conflict has a condition that may imply theirs.
    pub(crate) fn has_key(&self, relation: &Relation, wanted: &[Id], with_partial: bool) -> bool {
        let same = |ids: &[Id]| {
            ids.iter().all(|id| wanted.contains(id)) && wanted.iter().all(|id| ids.contains(id))
        };
        if !is_closed(relation)
            || self.catalog.unknown.has_kind(ObjectKind::Constraint)
            || self.catalog.unknown.has_kind(ObjectKind::Index)
        {
            return true;
        }
        let constraint = relation.constraints.iter().any(|constraint| match &constraint.rule {
            ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => same(ids),
            ConstraintRule::Exclude(_) => true,
            _ => false,
        });
        constraint
            || self.catalog.indexes_of(relation.id).any(|(_, other, index)| {
                let covers = match &index.columns {
                    Some(ids) => same(ids),
                    // An expression is no column; elsewhere it may be one in quotes.
                    None => {
                        index.of_constraint
                            || !other.is_certain
                            || !self.dialect.checks_signatures()
                    }
                };
                index.is_unique && covers && (with_partial || !index.is_partial)
            })
    }

    fn plain_assignments(&mut self, assignments: &[Assignment]) {
        for assignment in assignments {
            self.refuse_aggregates(std::slice::from_ref(&assignment.value), "an assignment");
        }
    }

    fn assignments(&mut self, assignments: &[Assignment], key: Option<&Key>) {
        if let Some(key) = key
            && !self.skips_targets
        {
            self.assigned(assignments, key);
        }
        for assignment in assignments {
            if let Some(key) = key
                && !self.skips_targets
            {
                for column in &assignment.columns {
                    self.column_of(key, column);
                }
            }
            self.expression(&assignment.value);
        }
    }

    pub(crate) fn update(&mut self, update: &Update) -> Outputs {
        let before = self.common.len();
        self.common_tables(update.recursive, &update.common);
        let (key, item) =
            self.target(&update.table, update.alias.as_ref(), Some(TriggerEvent::Update));
        let mut items = vec![item];
        let mut others = Vec::new();
        for item in &update.from {
            self.add_item(item, &mut others);
        }
        items.extend(others);
        self.scopes.push(Scope::of(items));
        // Seen on SQLite 3.40: with `FROM` they are taken.
        if update.from.is_empty() || !self.dialect.keeps_source() {
            self.plain_assignments(&update.assignments);
        }
        self.assignments(&update.assignments, key.as_ref());
        if let Some(condition) = &update.condition {
            self.expression(condition);
            self.refuse_aggregates(std::slice::from_ref(condition), "`WHERE`");
        }
        let outputs = self.returning(&update.table, &update.returning);
        self.scopes.pop();
        self.common.truncate(before);
        outputs
    }

    pub(crate) fn delete(&mut self, delete: &Delete) -> Outputs {
        let before = self.common.len();
        self.common_tables(delete.recursive, &delete.common);
        let (_, item) =
            self.target(&delete.table, delete.alias.as_ref(), Some(TriggerEvent::Delete));
        let mut items = vec![item];
        for item in &delete.using {
            self.add_item(item, &mut items);
        }
        self.scopes.push(Scope::of(items));
        if let Some(condition) = &delete.condition {
            self.expression(condition);
            self.refuse_aggregates(std::slice::from_ref(condition), "`WHERE`");
        }
        let outputs = self.returning(&delete.table, &delete.returning);
        self.scopes.pop();
        self.common.truncate(before);
        outputs
    }

    pub(crate) fn merge(&mut self, merge: &Merge) {
        let before = self.common.len();
        self.common_tables(merge.recursive, &merge.common);
        let (key, item) = self.target(&merge.table, merge.alias.as_ref(), None);
        let mut items = vec![item];
        self.add_item(&merge.source, &mut items);
        for item in &mut items {
            // Some of the expressions see one of the two only.
            item.star_is_open = true;
        }
        self.scopes.push(Scope::of(items));
        for expression in &merge.expressions {
            self.expression(expression);
        }
        self.scopes.pop();
        if let Some(key) = key {
            for column in &merge.columns {
                self.column_of(&key, column);
            }
        }
        self.common.truncate(before);
    }
}

/// Whether rows have no value for the one column of the conflict.
///
/// `SQLite` leaves such a clause out, whatever it names, where that column is the row's number.
fn never_conflicts(insert: &Insert, conflict: &Conflict) -> bool {
    let Some(name) = only_column(conflict) else { return false };
    !insert.columns.is_empty() && insert.columns.iter().all(|own| own.text != name.text)
}

/// Whether what an `INSERT … SELECT` returns may have a sub-query.
fn may_have_sub_query(insert: &Insert) -> bool {
    let is_plain =
        |value: &Expression| matches!(value, Expression::Column(_) | Expression::Literal(..));
    let selects = matches!(&insert.source, InsertSource::Query(query)
        if !matches!(query.body, QueryBody::Values(_)));
    selects && insert.returning.iter().any(|target| !is_plain(&target.value))
}

/// The column of a conflict's key, where it has only one.
fn only_column(conflict: &Conflict) -> Option<&Name> {
    match conflict.target.as_slice() {
        [Expression::Column(column)] => column.parts.last(),
        [Expression::ColumnOrText(name)] => Some(name),
        _ => None,
    }
}

/// Whether a relation is a table, and everything about it and its columns' types is known.
pub(crate) fn is_known_table(relation: &Relation) -> bool {
    is_closed(relation) && relation.is_table() && !relation.is_vague
}

/// Whether everything about a relation is known.
pub(crate) fn is_closed(relation: &Relation) -> bool {
    relation.is_certain
        && !relation.is_open
        && !relation.has_hidden_parts
        && relation.columns.iter().all(|column| column.is_certain)
        && relation.constraints.iter().all(|constraint| constraint.is_certain)
}

fn relation_name(key: &Key) -> &str {
    &key.name
}
