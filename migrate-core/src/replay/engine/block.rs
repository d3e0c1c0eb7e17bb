//! Blocks of procedural code that run at once.

use super::Engine;
use super::report::MOST_UNHEARD;
use super::visible::fails_visibly;
use crate::diagnostics::Code;
use crate::replay::catalog::{Catalog, Found, Key, TEMPORARY};
use crate::replay::model::{
    Block, BlockStatement, Branch, Guard, GuardedObject, Name, ObjectKind, Place, QualifiedName,
    StatementKind, Text,
};
use crate::replay::resolve::Fault;

/// Whether the code after a statement runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    /// It may have been left.
    Perhaps,
    Left,
}

impl Engine {
    /// Runs a block of which it is not known whether it runs, and with what.
    pub(super) fn run_uncertainly(&mut self, block: &Block) {
        self.perhaps(|engine| {
            engine.nested_block(block);
        });
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.nested_block(block);
    }

    fn nested_block(&mut self, block: &Block) -> Flow {
        let before = self.variables.len();
        self.variables.extend(block.variables.iter().map(|name| name.text.clone()));
        self.variables.extend(["found", "sqlstate", "sqlerrm"].map(Text::from));
        let flow = match &block.handlers {
            None => self.sequence(&block.statements),
            Some(handlers) => self.guarded(block, handlers),
        };
        self.variables.truncate(before);
        flow
    }

    /// Faults of the one statement of a block that does not catch them: something is missing, and
    /// nothing that is caught can have come before.
    fn leave_by(&mut self, faults: Vec<Fault>, statements: &[BlockStatement], before: &Catalog) {
        let is_missing =
            |fault: &Fault| matches!(fault.code, Code::M402 | Code::M403 | Code::M405 | Code::M412);
        let [BlockStatement::Sql(statement)] = statements else { return };
        let StatementKind::AlterTable(alter) = &statement.kind else { return };
        if self.suppressed > 0
            || !(1..MOST_UNHEARD).contains(&faults.len())
            || !faults.iter().all(is_missing)
        {
            return;
        }
        let now = std::mem::replace(&mut self.catalog, before.clone());
        // Otherwise the name of what is added may be taken, which is looked at first.
        let table_is_missing =
            matches!(self.catalog.find_relation(self.dialect, &alter.name), Found::Absent);
        let is_sure = table_is_missing || self.knows_names_of(&statements[0]);
        self.catalog = now;
        if is_sure {
            for fault in faults {
                self.fault(fault);
            }
        }
    }

    /// A block whose errors are caught: all of it happened, or none of it.
    fn guarded(&mut self, block: &Block, handlers: &[Vec<BlockStatement>]) -> Flow {
        let Block { statements, catches_names, .. } = block;
        let snapshot = self.catalog.clone();
        let (failures, doubts) = (self.failures, self.doubts);
        self.suppressed += 1;
        self.unheard.clear();
        self.sequence(statements);
        let unheard = std::mem::take(&mut self.unheard);
        let failed = self.failures > failures;
        // Data and types can make a statement fail, too, and those are not looked at.
        let is_seen = |statement| {
            fails_visibly(statement) || (*catches_names && self.knows_names_of(statement))
        };
        let doubtful = self.doubts > doubts || !statements.iter().all(is_seen);
        if failed {
            self.catalog = snapshot.clone();
        }
        let mut after = self.catalog.clone();
        if failed || doubtful {
            for handler in handlers {
                self.catalog = snapshot.clone();
                self.sequence(handler);
                after = after.merged_with(&self.catalog);
            }
        }
        self.catalog = after;
        self.suppressed -= 1;
        self.failures = if self.suppressed > 0 { failures } else { 0 };
        if block.passes_missing {
            self.leave_by(unheard, statements, &snapshot);
        }
        Flow::On
    }

    fn sequence(&mut self, statements: &[BlockStatement]) -> Flow {
        let mut flow = Flow::On;
        for (index, statement) in statements.iter().enumerate() {
            match self.block_statement(statement) {
                Flow::On => {}
                Flow::Left => return Flow::Left,
                Flow::Perhaps => {
                    // The rest runs, or it does not.
                    flow = Flow::Perhaps;
                    let rest = &statements[index + 1..];
                    self.perhaps(|engine| {
                        engine.sequence(rest);
                    });
                    break;
                }
            }
        }
        flow
    }

    /// Runs code that may not run: nothing in it refutes, and what it does is uncertain.
    pub(super) fn perhaps(&mut self, run: impl FnOnce(&mut Self)) {
        let snapshot = self.catalog.clone();
        let variables = self.session.kept();
        self.suppressed += 1;
        run(self);
        self.suppressed -= 1;
        self.catalog = snapshot.merged_with(&self.catalog);
        self.session.merge(variables);
        self.doubts += 1;
        if self.suppressed == 0 {
            self.failures = 0;
        }
    }

    fn block_statement(&mut self, statement: &BlockStatement) -> Flow {
        match statement {
            BlockStatement::Sql(statement) => self.statement(statement),
            BlockStatement::Execute { statements, is_partial } => {
                self.guessing += usize::from(*is_partial);
                for statement in statements {
                    self.statement(statement);
                }
                self.guessing -= usize::from(*is_partial);
            }
            BlockStatement::Evaluate(expression) => {
                self.check(|resolver| resolver.without_columns(std::slice::from_ref(expression)));
                if let crate::replay::model::Expression::Subquery(query) = expression
                    && let crate::replay::model::QueryBody::Select(select) = &query.body
                {
                    for target in &select.targets {
                        let once = super::statement::runs_once(select);
                        self.called_directly(&target.value, once);
                    }
                }
            }
            BlockStatement::Block(block) => return self.nested_block(block),
            BlockStatement::If { branches, otherwise } => {
                return self.branches(branches, otherwise);
            }
            BlockStatement::Loop { query, bounds, variables, body } => {
                self.check(|resolver| {
                    resolver.without_columns(bounds);
                    if let Some(query) = query {
                        resolver.query(query);
                    }
                });
                let before = self.variables.len();
                self.variables.extend(variables.iter().map(|name| name.text.clone()));
                // Once more: what a later statement keeps in a variable an earlier one may run.
                let rounds = if self.session.enter_loop(body) { 2 } else { 1 };
                for _ in 0..rounds {
                    self.perhaps(|engine| {
                        engine.sequence(body);
                    });
                }
                self.session.leave_loop();
                self.variables.truncate(before);
            }
            BlockStatement::Unknown { what, mentions } => {
                self.unknown_text(what, mentions.as_deref());
                self.forget_variables();
            }
            BlockStatement::Leave => return Flow::Left,
            BlockStatement::MayLeave => return Flow::Perhaps,
            BlockStatement::Raise => {
                // An error that certainly comes would have been noticed by its author.
                self.failures += usize::from(self.suppressed > 0);
                self.raises |= self.suppressed == 0;
                return Flow::Left;
            }
        }
        Flow::On
    }

    fn branches(&mut self, branches: &[Branch], otherwise: &[BlockStatement]) -> Flow {
        let Some((first, rest)) = branches.split_first() else { return self.sequence(otherwise) };
        self.check(|resolver| resolver.without_columns(std::slice::from_ref(&first.condition)));
        match self.answer(&first.guard) {
            Some(true) => self.sequence(&first.body),
            Some(false) => self.branches(rest, otherwise),
            None => {
                let snapshot = self.catalog.clone();
                let variables = self.session.kept();
                self.suppressed += 1;
                let raised = ends_in_raise(&first.body);
                let mut flow = self.sequence(&first.body);
                let taken = std::mem::replace(&mut self.catalog, snapshot);
                let set = self.session.restore(variables);
                let other = self.branches(rest, otherwise);
                self.suppressed -= 1;
                if self.suppressed == 0 {
                    self.failures = 0;
                }
                self.doubts += 1;
                if raised {
                    // After it nothing runs at all, so the other way was taken.
                    return other;
                }
                self.catalog = taken.merged_with(&self.catalog);
                self.session.merge(set);
                if flow != other {
                    flow = Flow::Perhaps;
                }
                flow
            }
        }
    }

    /// What a condition says, where the catalog can tell.
    pub(super) fn answer(&self, guard: &Guard) -> Option<bool> {
        if self.catalog.unknown.everything {
            return None;
        }
        match guard {
            Guard::Unknown => None,
            Guard::Written(text) => self.answer(&self.read_guard(text)),
            Guard::Constant(value) => Some(*value),
            Guard::Not(inner) => self.answer(inner).map(|answer| !answer),
            Guard::All(parts) => {
                let answers: Vec<_> = parts.iter().map(|part| self.answer(part)).collect();
                if answers.contains(&Some(false)) {
                    Some(false)
                } else if answers.iter().all(|answer| *answer == Some(true)) {
                    Some(true)
                } else {
                    None
                }
            }
            Guard::Any(parts) => {
                let answers: Vec<_> = parts.iter().map(|part| self.answer(part)).collect();
                if answers.contains(&Some(true)) {
                    Some(true)
                } else if answers.iter().all(|answer| *answer == Some(false)) {
                    Some(false)
                } else {
                    None
                }
            }
            Guard::Exists(object) => match self.existence(object) {
                Found::Present(()) if object.is_exact => Some(true),
                Found::Absent => Some(false),
                Found::Present(()) | Found::Unknown => None,
            },
        }
    }

    fn existence(&self, object: &GuardedObject) -> Found<()> {
        let unknown = &self.catalog.unknown;
        if unknown.covers(object.kind, &object.name)
            || unknown.may_have_lost(object.kind, &object.name)
        {
            return Found::Unknown;
        }
        if self.dialect.indexes_belong_to_tables() && self.is_temporary(object) {
            // Whether `information_schema` has it depends on the version.
            return Found::Unknown;
        }
        let name = Name::new(&object.name, Place::default());
        let schema = object.schema.as_ref().map(|schema| Name::new(schema, Place::default()));
        let qualified = QualifiedName { schema, name };
        match object.kind {
            ObjectKind::Index | ObjectKind::Constraint
                if self.dialect.indexes_belong_to_tables() =>
            {
                self.key_existence(object)
            }
            ObjectKind::Relation
            | ObjectKind::Table
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence
            | ObjectKind::Index => {
                let mut found = self.relation_state(&qualified);
                if found == Found::Absent && object.schema.is_none() && !object.on_path {
                    let name = &qualified.name.text;
                    let elsewhere = self.catalog.relations.keys().find(|key| key.name == *name);
                    found = elsewhere.map_or(Found::Absent, |key| Found::Present(key.clone()));
                }
                self.certain(&found, object.kind)
            }
            ObjectKind::Column
            | ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Policy => self.part_existence(object, &qualified),
            ObjectKind::Type => match self.type_key(&qualified) {
                Some(key) if self.catalog.types.get(&key).is_some_and(|it| it.is_certain) => {
                    Found::Present(())
                }
                Some(_) => Found::Unknown,
                None => {
                    let elsewhere = self
                        .catalog
                        .types
                        .keys()
                        .any(|key| key.name == qualified.name.text)
                        || self.catalog.extension_brings(self.dialect, 't', &object.name)
                        || self.dialect.has_type(&object.name)
                        || self.catalog.relations.keys().any(|key| key.name == qualified.name.text);
                    if elsewhere { Found::Unknown } else { Found::Absent }
                }
            },
            ObjectKind::Routine => self.function_state(&qualified),
            ObjectKind::Schema => self.catalog.has_schema(self.dialect, &object.name),
            kind @ (ObjectKind::Publication | ObjectKind::Extension) => {
                match self.catalog.others.get(&(kind, Text::from(object.name.as_str()))) {
                    Some(found) if found.is_certain => Found::Present(()),
                    Some(_) => Found::Unknown,
                    // An extension may be in the template that databases are made from.
                    None if kind == ObjectKind::Extension => Found::Unknown,
                    None => Found::Absent,
                }
            }
            kind => match self.catalog.others.get(&(kind, Text::from(object.name.as_str()))) {
                Some(found) if found.is_certain => Found::Present(()),
                _ => Found::Unknown,
            },
        }
    }

    /// Whether what was found is there, and of the kind that is asked for.
    fn certain(&self, found: &Found<Key>, kind: ObjectKind) -> Found<()> {
        match found {
            Found::Present(key) => match self.catalog.relations.get(key) {
                Some(relation) if relation.is_certain => match (kind, relation.kind) {
                    (ObjectKind::Relation | ObjectKind::Index, _) => Found::Present(()),
                    (_, ObjectKind::Relation) => Found::Unknown,
                    (wanted, own) if wanted == own => Found::Present(()),
                    _ => Found::Absent,
                },
                _ => Found::Unknown,
            },
            Found::Unknown => Found::Unknown,
            Found::Absent => Found::Absent,
        }
    }

    fn is_temporary(&self, object: &GuardedObject) -> bool {
        let table = object.on.as_ref().unwrap_or(&object.name);
        let is_it = |key: &Key| &*key.schema == TEMPORARY && key.name.eq_ignore_ascii_case(table);
        self.catalog.seen.temporary && self.catalog.relations.keys().any(is_it)
    }

    /// An index or constraint of a table that has names of its own for them.
    fn key_existence(&self, object: &GuardedObject) -> Found<()> {
        let Some(on) = &object.on else { return Found::Unknown };
        let table = QualifiedName::bare(Name::new(on, Place::default()));
        let table = match self.relation_state(&table) {
            Found::Present(table) => table,
            Found::Absent => return Found::Absent,
            Found::Unknown => return Found::Unknown,
        };
        let Some(relation) = self.catalog.relations.get(&table) else { return Found::Unknown };
        let index = self.catalog.relations.get(&self.catalog.index_key(&table, &object.name));
        let named = relation.constraints.iter().find(|entry| *entry.name == *object.name);
        let wanted = match object.kind {
            ObjectKind::Index => index.map(|index| index.is_certain),
            _ => named.map(|entry| entry.is_certain),
        };
        if wanted == Some(true) && relation.is_certain {
            return Found::Present(());
        }
        // Names that the server makes up, and keys that count among the constraints.
        let is_made_up = object.name == "primary"
            || object.name.contains("_ibfk_")
            || object.name.contains("_chk_")
            || object.name.bytes().all(|byte| byte.is_ascii_digit());
        let is_sure = crate::replay::resolve::is_closed(relation)
            && wanted.is_none()
            && index.is_none()
            && named.is_none()
            && !is_made_up;
        if is_sure { Found::Absent } else { Found::Unknown }
    }

    /// Columns, constraints, triggers and policies, of one table or of any.
    fn part_existence(&self, object: &GuardedObject, name: &QualifiedName) -> Found<()> {
        let has = |relation: &crate::replay::catalog::Relation| -> Found<()> {
            let part = |found: Option<bool>| match found {
                Some(true) if relation.is_certain => Found::Present(()),
                Some(_) => Found::Unknown,
                None if relation.is_open || relation.has_hidden_parts || !relation.is_certain => {
                    Found::Unknown
                }
                None => Found::Absent,
            };
            let text = &name.name.text;
            match object.kind {
                ObjectKind::Column => part(relation.column(text).map(|column| column.is_certain)),
                ObjectKind::Constraint => part(
                    relation
                        .constraints
                        .iter()
                        .find(|constraint| constraint.name == *text)
                        .map(|constraint| constraint.is_certain),
                ),
                ObjectKind::Trigger => part(
                    relation
                        .triggers
                        .iter()
                        .find(|part| part.name == *text)
                        .map(|part| part.is_certain),
                ),
                _ => part(
                    relation
                        .policies
                        .iter()
                        .find(|part| part.name == *text)
                        .map(|part| part.is_certain),
                ),
            }
        };
        if let Some(table) = &object.on {
            let table = QualifiedName {
                schema: name.schema.clone(),
                name: Name::new(table, Place::default()),
            };
            let mut found = self.relation_state(&table);
            if found == Found::Absent && object.schema.is_none() {
                let name = &table.name.text;
                let elsewhere = self.catalog.relations.keys().find(|key| key.name == *name);
                found = elsewhere.map_or(Found::Absent, |key| Found::Present(key.clone()));
            }
            return match found {
                Found::Present(key) => self
                    .catalog
                    .relations
                    .get(&key)
                    .map_or(Found::Unknown, |relation| has(relation)),
                Found::Unknown => Found::Unknown,
                Found::Absent => Found::Absent,
            };
        }
        let answers: Vec<_> =
            self.catalog.relations.values().map(|relation| has(relation)).collect();
        if answers.contains(&Found::Present(())) {
            Found::Present(())
        } else if answers.contains(&Found::Unknown) {
            Found::Unknown
        } else {
            Found::Absent
        }
    }
}

fn ends_in_raise(body: &[BlockStatement]) -> bool {
    body.iter().any(|statement| matches!(statement, BlockStatement::Raise))
}
