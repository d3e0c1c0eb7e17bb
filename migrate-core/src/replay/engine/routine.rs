//! Functions, triggers, policies and rules.

use std::sync::Arc;

use super::Engine;
use super::parameters::{is_polymorphic, same_arguments};
use crate::diagnostics::Code;
use crate::replay::catalog::{About, Dependency, Found, Function, Key, Part};
use crate::replay::model::{
    CreateFunction, CreatePolicy, CreateTrigger, Expression, FunctionBody, Name, ObjectKind,
    ParameterMode, QualifiedName, Returns, Statement, StatementKind, Text, TypeName,
};
use crate::replay::resolve::{Fault, Purpose};

impl Engine {
    /// The names by which types of arguments are compared.
    pub(super) fn argument_types(&self, types: Option<&[TypeName]>) -> Option<Vec<Option<Text>>> {
        let types = types?;
        let names = types.iter().map(|type_name| {
            self.catalog.find_type(self.dialect, type_name).present().map(|(name, _)| name)
        });
        Some(names.collect())
    }

    pub(super) fn create_function(&mut self, create: &CreateFunction) {
        let key = self.new_key(&create.name);
        if let Some(schema) = &create.name.schema {
            self.joins_the_server(schema, &create.name.name);
        }
        let mut uses = Vec::new();
        for parameter in &create.parameters {
            uses.extend(self.check(&mut |resolver| resolver.type_name(&parameter.type_name)));
            if let Some(default) = &parameter.default {
                self.check(&mut |resolver| resolver.without_columns(std::slice::from_ref(default)));
            }
        }
        match &create.returns {
            Some(Returns::Type(type_name)) => {
                if create.is_compiled {
                    self.hold_type(type_name);
                }
                uses.extend(self.check(&mut |resolver| resolver.type_name(type_name)));
            }
            Some(Returns::Table(columns)) => {
                for (_, type_name) in columns {
                    uses.extend(self.check(&mut |resolver| resolver.type_name(type_name)));
                }
            }
            None => {}
        }
        for part in &create.parts {
            uses.extend(self.check(&mut |resolver| resolver.named_function(part)));
        }
        let inputs: Vec<_> = create
            .parameters
            .iter()
            .filter(|parameter| {
                // A procedure is told by its results as well, since Postgres 14.
                parameter.mode != ParameterMode::Out
            })
            .collect();
        let types: Vec<TypeName> =
            inputs.iter().map(|parameter| parameter.type_name.clone()).collect();
        let arguments = self.argument_types(Some(&types)).unwrap_or_default();
        let with_results = (create.kind == ObjectKind::Procedure
            && inputs.len() < create.parameters.len())
        .then(|| {
            let all = create.parameters.iter().map(|parameter| parameter.type_name.clone());
            self.argument_types(Some(&all.collect::<Vec<_>>()))
        });
        let variadic = inputs.iter().any(|parameter| parameter.mode == ParameterMode::Variadic);
        let required = inputs
            .iter()
            .filter(|parameter| {
                parameter.default.is_none() && parameter.mode != ParameterMode::Variadic
            })
            .count();
        // The server knows an aggregate by more forms than one.
        let is_plain = create.kind == ObjectKind::Function;
        let id = self.catalog.id();
        let function = Function {
            id,
            kind: create.kind,
            fewest: create.arity.unwrap_or(if is_plain { required } else { 0 }),
            most: if variadic || !is_plain { create.arity } else { Some(inputs.len()) },
            signature: self.signature(create),
            code: code_of(create),
            columns: result_columns(create),
            uses,
            is_certain: true,
            site: self.site(create.name.place()),
            definition: self.definition(create.name.place(), None),
            arguments,
            with_results: with_results.flatten(),
        };
        self.enter_function(&key, create, function);
        self.function_body(create);
    }

    fn enter_function(&mut self, key: &Key, create: &CreateFunction, mut function: Function) {
        if self.dialect.has_one_routine_of_a_name() && self.settles_routine(key, create, &function)
        {
            return;
        }
        let same = self.catalog.functions.get(key).and_then(|functions| {
            let same = functions
                .iter()
                .find(|other| same_arguments(&other.arguments, &function.arguments) == Some(true));
            same.cloned()
        });
        if let Some(existing) = same {
            let sure = existing.is_certain
                && !self.catalog.unknown.may_have_lost(ObjectKind::Function, &key.name);
            if !create.replace && sure {
                let message = format!(
                    "there is already a function `{}` with these arguments",
                    create.name.display()
                );
                let fault = Fault::new(Code::M408, create.name.place(), message)
                    .at_site(existing.site, "it is created here");
                self.fault(fault);
            }
            if create.replace && sure {
                self.refuse_changed_signature(create, &existing);
            }
            // A replaced function is the same one to what needs it.
            function.id = existing.id;
            self.catalog.remove_function(key, existing.id);
        }
        let list = self.catalog.functions_mut().get_or_insert_with(key.clone(), Arc::default);
        Arc::make_mut(list).push(function);
    }

    fn function_body(&mut self, create: &CreateFunction) {
        let (statements, elsewhere, path) = match &create.body {
            FunctionBody::Checked(statements, _) => (statements, false, None),
            FunctionBody::CheckedUnder(statements, _, path) => {
                (statements, path.is_none(), path.as_deref())
            }
            FunctionBody::Unchecked | FunctionBody::Procedural(_) => return,
        };
        if !self.catalog.checks_function_bodies {
            return;
        }
        if is_polymorphic(create) && !matches!(create.body, FunctionBody::Checked(_, None)) {
            for statement in statements {
                if matches!(statement.kind, StatementKind::Invalid { .. }) {
                    self.row_statement(statement);
                }
            }
            return;
        }
        let before = self.variables.len();
        let names = create.parameters.iter().filter_map(|parameter| parameter.name.as_ref());
        self.variables.extend(names.map(|name| name.text.clone()));
        self.variables.push(create.name.name.text.clone());
        let certain = self.catalog.path_is_uncertain;
        let outside = self.catalog.path.clone();
        match path {
            Some(path) => {
                self.catalog.path = super::path::schemas(path);
                self.catalog.path_is_uncertain = false;
            }
            None => self.catalog.path_is_uncertain |= elsewhere,
        }
        for statement in statements {
            self.row_statement(statement);
        }
        self.returns_what_it_says(create, statements);
        self.catalog.path = outside;
        self.catalog.path_is_uncertain = certain;
        self.variables.truncate(before);
    }

    /// Names in a statement that is stored, not run.
    pub(super) fn row_statement(&mut self, statement: &Statement) -> Vec<Dependency> {
        match &statement.kind {
            StatementKind::Invalid { message, at } => {
                let message = format!("this is not SQL of {}: {message}", self.database);
                self.fault(Fault::new(Code::M401, *at, message));
                Vec::new()
            }
            kind => self.check(&mut |resolver| {
                resolver.purpose = Purpose::Store;
                resolver.rows(kind);
            }),
        }
    }

    /// The table that a trigger, policy or rule belongs to.
    fn part_table(&mut self, table: &QualifiedName) -> Option<Key> {
        let mut found = None;
        self.check(&mut |resolver| found = resolver.relation(table));
        if matches!(self.catalog.find_relation(self.dialect, table), Found::Unknown) {
            self.doubt_namesakes(table);
        }
        found
    }

    pub(super) fn create_trigger(&mut self, trigger: &CreateTrigger) {
        let key = self.part_table(&trigger.table);
        let transition_tables = trigger.transition_tables.iter().map(|name| name.text.clone());
        self.events.transition_tables.extend(transition_tables);
        let mut uses = Vec::new();
        if let Some(function) = &trigger.function {
            let named = self.catalog.functions_named(function);
            let ids: Vec<_> = named.iter().map(|(_, function)| function.id).collect();
            if let [id] = ids.as_slice() {
                uses.push(Dependency::Function(*id));
            }
            let known = !ids.is_empty() || self.may_have_trigger_function(function);
            if !known {
                self.check(&mut |resolver| resolver.unknown_function(function));
            }
        }
        let Some(key) = key else { return };
        if self.refuse_trigger_of_kind(&key, trigger) {
            return;
        }
        if self.dialect.keeps_source() {
            self.create_kept_trigger(&key, trigger);
            return;
        }
        for column in &trigger.columns {
            uses.extend(self.check(&mut |resolver| resolver.column_of(&key, column)));
        }
        if let Some(condition) = &trigger.condition {
            uses.extend(self.check(&mut |resolver| {
                resolver.over_relation(&key, &["new", "old"], std::slice::from_ref(condition));
            }));
        }
        let if_not_exists = trigger.if_not_exists;
        if self.dialect.has_one_routine_of_a_name() {
            self.refuse_trigger_of_a_name(&key, trigger);
        }
        self.add_part(
            &key,
            ObjectKind::Trigger,
            (&trigger.name, &trigger.table),
            trigger.replace || if_not_exists,
            uses,
        );
        let before = self.variables.len();
        self.variables.extend(["new", "old"].map(Arc::from));
        for statement in &trigger.body {
            self.row_statement(statement);
        }
        self.variables.truncate(before);
    }

    fn may_have_trigger_function(&self, name: &QualifiedName) -> bool {
        self.catalog.may_have_function(self.dialect, name)
    }

    /// Adds a trigger, policy or rule to a table.
    pub(super) fn add_part(
        &mut self,
        key: &Key,
        kind: ObjectKind,
        (name, table): (&Name, &QualifiedName),
        replace: bool,
        uses: Vec<Dependency>,
    ) {
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let parts = match kind {
            ObjectKind::Trigger => &relation.triggers,
            ObjectKind::Policy => &relation.policies,
            _ => &relation.rules,
        };
        let own = relation.id;
        let existing = parts.iter().find(|part| part.name == name.text);
        if let Some(existing) = existing
            && existing.is_certain
            && relation.is_certain
            && !replace
            && !self.catalog.unknown.may_have_lost(kind, &name.text)
        {
            let message = format!("`{}` already has a {} `{}`", key.name, kind.noun(), name.text);
            let fault = Fault::new(Code::M408, name.place, message)
                .at_site(existing.site, "it is created here");
            self.fault(fault);
        }
        let uses = uses.into_iter().filter(|used| *used != Dependency::Relation(own)).collect();
        let part = Part {
            name: name.text.clone(),
            is_certain: true,
            site: self.site(name.place),
            uses,
            definition: self.definition(name.place, Some(table.place())),
        };
        if let Some(relation) = self.catalog.relation_mut(key) {
            let parts = match kind {
                ObjectKind::Trigger => &mut relation.triggers,
                ObjectKind::Policy => &mut relation.policies,
                _ => &mut relation.rules,
            };
            parts.retain(|part| part.name != name.text);
            parts.push(part);
        }
    }

    fn policy_uses(&mut self, key: &Key, policy: &CreatePolicy) -> Vec<Dependency> {
        for role in &policy.roles {
            self.refer_other(ObjectKind::Role, role);
        }
        let name = key.name.clone();
        self.check(&mut |resolver| resolver.over_relation(key, &[&name], &policy.expressions))
    }

    pub(super) fn create_policy(&mut self, policy: &CreatePolicy) {
        let Some(key) = self.part_table(&policy.table) else { return };
        let uses = self.policy_uses(&key, policy);
        self.add_part(&key, ObjectKind::Policy, (&policy.name, &policy.table), false, uses);
    }

    pub(super) fn alter_policy(&mut self, policy: &CreatePolicy) {
        let Some(key) = self.part_table(&policy.table) else { return };
        self.refer_part(&key, ObjectKind::Policy, &policy.name);
        let uses = self.policy_uses(&key, policy);
        if let Some(id) = self.catalog.relations.get(&key).map(|relation| relation.id) {
            let name = policy.name.text.clone();
            self.amend(About::Part(id, ObjectKind::Policy, name), policy.name.place);
        }
        if policy.expressions.is_empty() {
            return;
        }
        if let Some(part) = self.catalog.relation_mut(&key).and_then(|relation| {
            relation.policies.iter_mut().find(|part| part.name == policy.name.text)
        }) {
            // One of two expressions may stay as it was; what the other one needed may go.
            part.uses.extend(uses);
            part.is_certain = false;
        }
    }

    pub(super) fn create_rule(
        &mut self,
        name: &Name,
        table: &QualifiedName,
        replace: bool,
        condition: Option<&Expression>,
        actions: &[Statement],
    ) {
        let Some(key) = self.part_table(table) else { return };
        let mut uses = Vec::new();
        if let Some(condition) = condition {
            uses.extend(self.check(&mut |resolver| {
                resolver.over_relation(&key, &["new", "old"], std::slice::from_ref(condition));
            }));
        }
        for action in actions {
            uses.extend(self.check(&mut |resolver| {
                resolver.rows_beside(&key, &["new", "old"], &action.kind);
            }));
        }
        self.add_part(&key, ObjectKind::Rule, (name, table), replace, uses);
    }

    /// Whether a function is there, for conditions that ask.
    pub(super) fn function_state(&self, name: &QualifiedName) -> Found<()> {
        let named = self.catalog.functions_named(name);
        if named.iter().any(|(_, function)| function.is_certain) {
            Found::Present(())
        } else if named.is_empty() && !self.catalog.may_have_function(self.dialect, name) {
            Found::Absent
        } else {
            Found::Unknown
        }
    }
}

/// What a call of the function runs.
fn code_of(create: &CreateFunction) -> Option<Arc<crate::replay::model::Code>> {
    match &create.body {
        FunctionBody::Procedural(code) | FunctionBody::CheckedUnder(_, code, _) => {
            Some(code.clone())
        }
        FunctionBody::Checked(_, code) => code.clone(),
        FunctionBody::Unchecked => None,
    }
}

/// Names of the columns of a function that returns rows.
fn result_columns(create: &CreateFunction) -> Option<Vec<Text>> {
    if let Some(Returns::Table(columns)) = &create.returns {
        return Some(columns.iter().map(|(name, _)| name.text.clone()).collect());
    }
    let out: Vec<Text> = create
        .parameters
        .iter()
        .filter(|parameter| matches!(parameter.mode, ParameterMode::Out | ParameterMode::InOut))
        .filter_map(|parameter| Some(parameter.name.as_ref()?.text.clone()))
        .collect();
    (!out.is_empty()).then_some(out)
}
