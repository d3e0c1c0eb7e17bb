//! Every kind of statement, and which reader it goes to.

use std::sync::Arc;

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{AstNode, Literal as LiteralNode};

use super::expression::is_query;
use super::tree::{Reader, child, children, has, has_token, source};
use crate::database::Database;
use crate::diagnostics::Code;
use crate::replay::adapter::{mentions, opaque};
use crate::replay::model::{
    AlterType, ColumnDefinition, CreateIndex, CreatePolicy, CreateView, Expression, Name,
    ObjectKind, ObjectReference, Opaque, Place, QualifiedName, Query, QueryBody, Select, Statement,
    StatementKind, Target,
};

impl Reader<'_> {
    pub(super) fn statement_kind(self, node: &SyntaxNode) -> StatementKind {
        self.read(node).unwrap_or_else(|| self.unread(node))
    }

    /// What no reader knows, with the names it mentions.
    fn unread(self, node: &SyntaxNode) -> StatementKind {
        let text = source(node);
        opaque(&text, Database::Postgres, self.origin).kind
    }

    fn read(self, node: &SyntaxNode) -> Option<StatementKind> {
        if let Some(rows) = self.rows(node) {
            return Some(rows);
        }
        match node.kind() {
            K::CREATE_TABLE | K::CREATE_TABLE_AS | K::CREATE_FOREIGN_TABLE => {
                self.create_table(node)
            }
            K::ALTER_TABLE
            | K::ALTER_FOREIGN_TABLE
            | K::ALTER_VIEW
            | K::ALTER_MATERIALIZED_VIEW => self.alter_table(node),
            K::CREATE_INDEX => self.create_index(node),
            K::CREATE_SCHEMA => self.create_schema(node),
            K::CREATE_SEQUENCE => self.create_sequence(node),
            K::CREATE_TYPE => self.create_type(node),
            K::CREATE_DOMAIN => self.create_domain(node),
            K::ALTER_TYPE => self.alter_type(node),
            K::ALTER_DOMAIN => self.alter_domain(node),
            K::CREATE_VIEW | K::CREATE_MATERIALIZED_VIEW => self.create_view(node),
            K::CREATE_FUNCTION | K::CREATE_PROCEDURE | K::CREATE_AGGREGATE => {
                self.create_function(node)
            }
            K::CREATE_TRIGGER => self.create_trigger(node),
            K::CREATE_POLICY | K::ALTER_POLICY => self.policy(node),
            K::CREATE_RULE => self.create_rule(node),
            K::CREATE_EXTENSION => Some(StatementKind::CreateExtension {
                name: self.name_child(node, K::EXTENSION)?,
                if_not_exists: has(node, K::IF_NOT_EXISTS),
                schema: child(node, K::EXTENSION_SCHEMA)
                    .and_then(|schema| self.name_child(&schema, K::SCHEMA_REF)),
                is_lenient: has_token(node, K::CASCADE_KW)
                    || has(node, K::EXTENSION_VERSION_CLAUSE),
            }),
            K::DO => Some(self.do_block(node)),
            K::SET => Some(self.set(node)),
            K::RESET => Some(reset(node)),
            K::CALL => self.call_statement(node),
            K::TRUNCATE | K::LOCK => Some(StatementKind::Refer(self.relations(node))),
            K::REFRESH => Some(StatementKind::Refer(vec![
                self.reference(ObjectKind::Relation, &child(node, K::VIEW_REF)?)?,
            ])),
            K::COPY => self.copy(node),
            K::EXPLAIN => Some(self.explain(node)),
            K::PREPARE => Some(self.prepare(node)),
            K::DISCARD => Some(discard(node)),
            K::COMMIT_TRANSACTION => Some(StatementKind::EndTransaction),
            // What it undoes began somewhere before.
            K::ROLLBACK_TRANSACTION | K::ROLLBACK_TO_SAVEPOINT => {
                Some(StatementKind::Opaque(Opaque { what: Arc::from("ROLLBACK"), mentions: None }))
            }
            kind if is_without_effect(kind) => Some(StatementKind::Nothing),
            _ => self.object_statement(node),
        }
    }

    fn create_sequence(self, node: &SyntaxNode) -> Option<StatementKind> {
        let owner = children(node, K::OPTION_OWNED_BY)
            .find_map(|owner| child(&owner, K::QUALIFIED_COLUMN_NAME_REF));
        Some(StatementKind::CreateSequence {
            name: self.qualified_child(node, K::SEQUENCE)?,
            temporary: super::table::is_temporary(node),
            if_not_exists: has(node, K::IF_NOT_EXISTS),
            owner: owner.and_then(|owner| self.column_reference(&owner)),
        })
    }

    fn create_index(self, node: &SyntaxNode) -> Option<StatementKind> {
        let (method, classes) = self.method_and_classes(node);
        let items = |node: &SyntaxNode| {
            child(node, K::PARTITION_ITEM_LIST).map(|list| {
                children(&list, K::PARTITION_ITEM)
                    .filter_map(|item| self.expression_child(&item))
                    .collect::<Vec<_>>()
            })
        };
        let meant = StatementKind::CreateIndex(Box::new(CreateIndex {
            name: self.qualified_child(node, K::INDEX).map(|name| name.name),
            if_not_exists: has(node, K::IF_NOT_EXISTS),
            unique: has_token(node, K::UNIQUE_KW),
            table: self.qualified_child(node, K::TABLE_RELATION_NAME)?,
            method,
            classes,
            items: items(node).unwrap_or_default(),
            included: child(node, K::INDEX_INCLUDE_CLAUSE)
                .and_then(|include| items(&include))
                .unwrap_or_default(),
            condition: child(node, K::WHERE_CLAUSE)
                .and_then(|clause| self.expression_child(&clause)),
        }));
        let list = child(node, K::PARTITION_ITEM_LIST);
        let bare = list.and_then(|list| {
            children(&list, K::PARTITION_ITEM).find_map(|item| child(&item, K::LITERAL))
        });
        Some(match bare {
            Some(literal) => meant.refused(
                Code::M401,
                self.place(&literal),
                "an index is on columns and calls, and on else in parentheses",
            ),
            None => meant,
        })
    }

    fn create_schema(self, node: &SyntaxNode) -> Option<StatementKind> {
        let name = match child(node, K::NAMED_SCHEMA) {
            Some(named) => self.name_child(&named, K::SCHEMA),
            None => self.name_child(&child(node, K::AUTHORIZATION_SCHEMA)?, K::ROLE),
        };
        let mut elements: Vec<_> = node
            .children()
            .filter(|node| {
                !matches!(node.kind(), K::NAMED_SCHEMA | K::AUTHORIZATION_SCHEMA | K::IF_NOT_EXISTS)
            })
            .collect();
        elements.sort_by_key(|element| turn_in_schema(element.kind()));
        let elements = elements.into_iter().map(|node| self.statement(&node)).collect();
        let if_not_exists = has(node, K::IF_NOT_EXISTS);
        Some(StatementKind::CreateSchema { name, if_not_exists, elements })
    }

    fn create_view(self, node: &SyntaxNode) -> Option<StatementKind> {
        let query = node.children().find(|node| is_query(node.kind()))?;
        Some(StatementKind::CreateView(Box::new(CreateView {
            name: self.qualified_child(node, K::VIEW)?,
            materialized: node.kind() == K::CREATE_MATERIALIZED_VIEW,
            temporary: super::table::is_temporary(node),
            recursive: has_token(node, K::RECURSIVE_KW),
            replace: has(node, K::OR_REPLACE),
            if_not_exists: has(node, K::IF_NOT_EXISTS),
            columns: self.listed_columns(node, K::COLUMN_LIST),
            query: self.query(&query),
        })))
    }

    /// The text of the string literal in a node.
    pub(super) fn label(self, node: &SyntaxNode) -> Option<Name> {
        let literal = child(node, K::LITERAL)?;
        let text = LiteralNode::cast(literal.clone())?.string_value()?;
        Some(Name::new(&text, self.place(&literal)))
    }

    fn alter_type(self, node: &SyntaxNode) -> Option<StatementKind> {
        let name = self.qualified_child(node, K::TYPE_NAME_REF)?;
        let action = node.children().find(|node| node.kind() != K::TYPE_NAME_REF)?;
        let actions = match action.kind() {
            K::ADD_VALUE => vec![AlterType::AddValue {
                if_not_exists: has(&action, K::IF_NOT_EXISTS),
                value: self.label(&action)?,
                beside: action
                    .children()
                    .filter(|node| matches!(node.kind(), K::BEFORE_VALUE | K::AFTER_VALUE))
                    .find_map(|node| self.label(&node)),
                is_before: has(&action, K::BEFORE_VALUE),
            }],
            K::RENAME_VALUE => {
                let mut labels = children(&action, K::LITERAL).filter_map(|literal| {
                    let text = LiteralNode::cast(literal.clone())?.string_value()?;
                    Some(Name::new(&text, self.place(&literal)))
                });
                vec![AlterType::RenameValue { from: labels.next()?, to: labels.next()? }]
            }
            K::ALTER_TYPE_ATTRIBUTE_ACTION_LIST => {
                action.children().filter_map(|node| self.attribute_action(&node)).collect()
            }
            K::RENAME_ATTRIBUTE => vec![AlterType::RenameAttribute {
                from: self.name_child(&action, K::COMPOSITE_FIELD_REF)?,
                to: self.name_child(&action, K::COMPOSITE_FIELD)?,
            }],
            K::SET_OPTIONS => vec![AlterType::Nothing],
            _ => return self.object_statement(node),
        };
        Some(StatementKind::AlterType { name, actions })
    }

    fn attribute_action(self, node: &SyntaxNode) -> Option<AlterType> {
        let name = || self.name_child(node, K::COMPOSITE_FIELD_REF);
        Some(match node.kind() {
            K::ADD_ATTRIBUTE => AlterType::AddAttribute(ColumnDefinition {
                name: self.name_child(node, K::COMPOSITE_FIELD)?,
                type_name: self.type_child(node),
                constraints: Vec::new(),
                may_be_invisible: false,
            }),
            K::DROP_ATTRIBUTE => {
                AlterType::DropAttribute { name: name()?, if_exists: has(node, K::IF_EXISTS) }
            }
            K::ALTER_ATTRIBUTE => {
                AlterType::AlterAttribute { name: name()?, type_name: self.type_child(node)? }
            }
            _ => return None,
        })
    }

    fn alter_domain(self, node: &SyntaxNode) -> Option<StatementKind> {
        let name = self.qualified_child(node, K::DOMAIN_REF)?;
        let action = node.children().find(|node| node.kind() != K::DOMAIN_REF)?;
        let alter = match action.kind() {
            K::ADD_CONSTRAINT => {
                AlterType::AddConstraint(action.children().find_map(|node| self.constraint(&node))?)
            }
            K::SET_DEFAULT => AlterType::SetDefault(Expression::Operation(self.collect(&action))),
            K::DROP_DEFAULT | K::SET_NOT_NULL | K::DROP_NOT_NULL => AlterType::Nothing,
            K::DROP_CONSTRAINT => AlterType::DropConstraint {
                name: self.qualified_child(&action, K::CONSTRAINT_NAME_REF)?.name,
                if_exists: has(&action, K::IF_EXISTS),
            },
            K::RENAME_CONSTRAINT => AlterType::RenameConstraint {
                from: self.qualified_child(&action, K::CONSTRAINT_NAME_REF)?.name,
                to: self.name_child(&action, K::CONSTRAINT_NAME)?,
            },
            K::VALIDATE_CONSTRAINT => AlterType::ReferConstraint(
                self.qualified_child(&action, K::CONSTRAINT_NAME_REF)?.name,
            ),
            _ => return self.object_statement(node),
        };
        Some(StatementKind::AlterType { name, actions: vec![alter] })
    }

    fn policy(self, node: &SyntaxNode) -> Option<StatementKind> {
        if has(node, K::POLICY_RENAME_TO) {
            return self.object_statement(node);
        }
        let is_new = node.kind() == K::CREATE_POLICY;
        let name = self.name_child(node, if is_new { K::POLICY } else { K::POLICY_REF })?;
        let mut policy = CreatePolicy {
            name,
            table: self.qualified_child(node, K::ON_TABLE)?,
            roles: Vec::new(),
            expressions: Vec::new(),
        };
        for part in node.descendants() {
            match part.kind() {
                K::POLICY_ROLES => {
                    let roles = part.descendants().filter(|node| node.kind() == K::ROLE_NAME_REF);
                    policy.roles = roles.map(|node| self.name(&node)).collect();
                }
                K::USING_EXPR_CLAUSE | K::WITH_CHECK_EXPR_CLAUSE => {
                    policy.expressions.extend(self.collect(&part));
                }
                _ => {}
            }
        }
        let policy = Box::new(policy);
        Some(if is_new {
            let meant = StatementKind::CreatePolicy(policy);
            match self.clause_that_does_not_fit(node) {
                Some((at, message)) => meant.refused(Code::M422, at, message),
                None => meant,
            }
        } else {
            StatementKind::AlterPolicy(policy)
        })
    }

    /// Which rows there are to see, and which may be written, is not asked of every command; and
    /// there are but two ways in which policies go together.
    ///
    /// Source: `PostgreSQL` 15 manual, `CREATE POLICY`, Notes.
    fn clause_that_does_not_fit(self, node: &SyntaxNode) -> Option<(Place, &'static str)> {
        if let Some(way) = child(node, K::AS_POLICY_TYPE)
            && let Some(word) = way.last_token()
            && !["permissive", "restrictive"]
                .contains(&word.text().trim_matches('"').to_lowercase().as_str())
        {
            return Some((self.place(&way), "a policy is `PERMISSIVE` or `RESTRICTIVE`"));
        }
        let command = child(node, K::POLICY_COMMAND)?;
        if has(&command, K::POLICY_COMMAND_INSERT) {
            let using = child(node, K::USING_EXPR_CLAUSE)?;
            return Some((
                self.place(&using),
                "a policy for `INSERT` has no `USING`: write `WITH CHECK`",
            ));
        }
        if has(&command, K::POLICY_COMMAND_SELECT) || has(&command, K::POLICY_COMMAND_DELETE) {
            let check = child(node, K::WITH_CHECK_EXPR_CLAUSE)?;
            return Some((
                self.place(&check),
                "a policy for `SELECT` or `DELETE` has no `WITH CHECK`: write `USING`",
            ));
        }
        None
    }

    fn create_rule(self, node: &SyntaxNode) -> Option<StatementKind> {
        let on = child(node, K::RULE_ON)?;
        let condition = child(&on, K::WHERE_CLAUSE).and_then(|node| self.expression_child(&node));
        let mut actions = Vec::new();
        if let Some(action) = child(node, K::RULE_DO) {
            for node in action.descendants() {
                let is_direct = node
                    .parent()
                    .is_some_and(|parent| matches!(parent.kind(), K::RULE_DO | K::RULE_STMT_LIST));
                if is_direct && let Some(kind) = self.rows(&node) {
                    actions.push(Statement { place: self.place(&node), kind });
                }
            }
        }
        Some(StatementKind::CreateRule {
            name: self.name_child(node, K::RULE)?,
            table: self.qualified_child(&on, K::RELATION_NAME_REF)?,
            replace: has(node, K::OR_REPLACE),
            condition,
            actions,
        })
    }

    fn set(self, node: &SyntaxNode) -> StatementKind {
        let local = has(node, K::LOCAL_SCOPE);
        let Some(config) = child(node, K::SET_CONFIG) else {
            return if has(node, K::SET_SCHEMA_VALUE) {
                let value = child(node, K::SET_SCHEMA_VALUE).and_then(|node| self.label(&node));
                StatementKind::SearchPath { path: value.map(|name| vec![name]), local }
            } else {
                StatementKind::Nothing
            };
        };
        let parameter = child(&config, K::CONFIG_PARAMETER_REF)
            .and_then(|node| self.qualified(&node))
            .map(|name| name.display());
        let values = child(&config, K::TO_CONFIG_VALUE);
        match parameter.as_deref() {
            Some("search_path") => {
                let path = values.and_then(|values| self.path_of(&values));
                StatementKind::SearchPath { path, local }
            }
            Some("check_function_bodies") => {
                let value = values.map(|node| source(&node).to_lowercase()).unwrap_or_default();
                let off = ["off", "false", "0", "no"].iter().any(|word| value.contains(word));
                StatementKind::CheckFunctionBodies(!off)
            }
            _ => StatementKind::Nothing,
        }
    }

    /// The schemas that a search path is set to; `None` for the default.
    pub(super) fn path_of(self, values: &SyntaxNode) -> Option<Vec<Name>> {
        if has_token(values, K::DEFAULT_KW) {
            return None;
        }
        let schemas = values.children().filter_map(|node| match node.kind() {
            K::CONFIG_VALUE_NAME => Some(self.name(&node)),
            K::LITERAL => {
                let text = LiteralNode::cast(node.clone())?.string_value()?;
                Some(Name::new(&text, self.place(&node)))
            }
            _ => None,
        });
        Some(schemas.collect())
    }

    fn call_statement(self, node: &SyntaxNode) -> Option<StatementKind> {
        let name: QualifiedName = self.qualified_child(node, K::PROCEDURE_NAME_REF)?;
        let list = child(node, K::ARG_LIST)?;
        let call = Expression::Operation(self.collect(&list));
        let select =
            Select { targets: vec![Target { value: call, alias: None }], ..Select::default() };
        let query = Query::of(QueryBody::Select(Box::new(select)));
        Some(StatementKind::Call { name, arguments: Box::new(query), written: Vec::new() })
    }

    /// Relations that a statement lists.
    fn relations(self, node: &SyntaxNode) -> Vec<ObjectReference> {
        node.descendants()
            .filter(|node| matches!(node.kind(), K::TABLE_NAME_REF | K::RELATION_NAME_REF))
            .filter_map(|node| self.reference(ObjectKind::Relation, &node))
            .collect()
    }
}

/// A statement that may do anything to what it mentions.
pub(super) fn may_touch(node: &SyntaxNode, what: &str) -> StatementKind {
    StatementKind::Opaque(Opaque {
        what: Arc::from(what),
        mentions: Some(mentions(&source(node), Database::Postgres)),
    })
}

/// Whether a statement changes nothing that the catalog knows.
fn is_without_effect(kind: K) -> bool {
    matches!(
        kind,
        K::BEGIN
            | K::SAVEPOINT_CREATE
            | K::RELEASE_SAVEPOINT
            | K::SET_CONSTRAINTS
            | K::SET_TRANSACTION
            | K::SET_ROLE
            | K::RESET_ROLE
            | K::SET_SESSION_AUTH
            | K::RESET_SESSION_AUTH
            | K::ANALYZE
            | K::VACUUM
            | K::REINDEX
            | K::CLUSTER
            | K::CHECKPOINT
            | K::LISTEN
            | K::UNLISTEN
            | K::NOTIFY
            | K::SHOW
            | K::ALTER_DATABASE
            | K::ALTER_SYSTEM
            | K::LOAD
            | K::EMPTY_STMT
            | K::TRANSACTION_MODES
            | K::ALTER_TABLESPACE
            | K::DEALLOCATE
            | K::CREATE_DATABASE
            | K::DROP_DATABASE
            | K::CREATE_TABLESPACE
            | K::DROP_TABLESPACE
            | K::PREPARE_TRANSACTION
            | K::COMMIT_PREPARED
            | K::SESSION_CHARACTERISTICS
            | K::SECURITY_LABEL
            | K::CREATE_USER_MAPPING
            | K::ALTER_USER_MAPPING
            | K::DROP_USER_MAPPING
            | K::CREATE_TRANSFORM
            | K::DROP_TRANSFORM
    )
}

/// `RESET`, which may take back a search path.
fn reset(node: &SyntaxNode) -> StatementKind {
    let text = source(node).to_lowercase();
    if text.contains("search_path") || text.contains("all") {
        StatementKind::SearchPath { path: None, local: false }
    } else {
        StatementKind::Nothing
    }
}

fn discard(node: &SyntaxNode) -> StatementKind {
    let text = source(node).to_lowercase();
    match text.split_whitespace().last() {
        Some("all") => StatementKind::Discard { all: true },
        Some("temp" | "temporary") => StatementKind::Discard { all: false },
        _ => StatementKind::Nothing,
    }
}

/// When an element of `CREATE SCHEMA` is created, whatever the order in which they stand.
///
/// Source: `transformCreateSchemaStmtElements` in Postgres's `parse_utilcmd.c`.
fn turn_in_schema(kind: K) -> u8 {
    match kind {
        K::CREATE_SEQUENCE => 0,
        K::CREATE_TABLE => 1,
        K::CREATE_VIEW => 2,
        K::CREATE_INDEX => 3,
        K::CREATE_TRIGGER => 4,
        _ => 5,
    }
}
