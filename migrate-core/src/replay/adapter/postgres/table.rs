//! `CREATE TABLE`, `ALTER TABLE` and constraints.

use std::sync::Arc;

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::expression::is_query;
use super::tree::{Reader, child, children, has, source};
use crate::replay::model::{
    AlterTable, ColumnDefinition, Constraint, ConstraintKind, CreateTable, Expression, Identity,
    Like, Name, ObjectKind, Query, QueryBody, StatementKind, TableAction, Text,
};

impl Reader<'_> {
    pub(super) fn create_table(self, node: &SyntaxNode) -> Option<StatementKind> {
        let mut table = CreateTable {
            if_not_exists: has(node, K::IF_NOT_EXISTS),
            temporary: is_temporary(node),
            ends_with_transaction: child(node, K::ON_COMMIT)
                .is_some_and(|node| source(&node).to_lowercase().ends_with("drop")),
            is_partition: has(node, K::PARTITION_OF),
            ..CreateTable::new(self.qualified_child(node, K::TABLE_NAME)?)
        };
        if node.kind() == K::CREATE_FOREIGN_TABLE {
            table.kind = ObjectKind::ForeignTable;
        }
        for part in node.children() {
            match part.kind() {
                K::TABLE_ARG_LIST => self.table_parts(&part, &mut table),
                K::PARTITION_OF => {
                    table.parents.extend(self.qualified_child(&part, K::TABLE_NAME_REF));
                }
                K::INHERITS => {
                    table.parents.extend(
                        children(&part, K::TABLE_NAME_REF).filter_map(|node| self.qualified(&node)),
                    );
                }
                K::OF_TYPE => table.of_type = self.type_child(&part).map(|found| found.name),
                K::PARTITION_BY => {
                    if let Some(list) = child(&part, K::PARTITION_ITEM_LIST) {
                        table.partition_keys = self.collect(&list);
                    }
                }
                K::SERVER_CLAUSE => table.server = self.name_child(&part, K::SERVER_REF),
                kind if is_query(kind) => table.query = Some(self.query(&part)),
                K::EXECUTE => table.query = Some(Query::of(QueryBody::Unknown)),
                _ => {}
            }
        }
        if table.query.is_some() {
            table.query_columns = table.columns.drain(..).map(|column| column.name).collect();
        }
        Some(StatementKind::CreateTable(Box::new(table)))
    }

    fn table_parts(self, list: &SyntaxNode, table: &mut CreateTable) {
        for part in list.children() {
            match part.kind() {
                K::COLUMN => table.columns.extend(self.column(&part)),
                K::LIKE_CLAUSE => {
                    // The last word on a property counts.
                    let includes = |property: K| {
                        let says =
                            |node: &SyntaxNode| has(node, K::PROPERTY_ALL) || has(node, property);
                        let final_word = part.children().filter(says).last();
                        final_word.is_some_and(|node| node.kind() == K::INCLUDING_PROPERTY)
                    };
                    if let Some(name) = self.qualified_child(&part, K::RELATION_NAME_REF) {
                        table.likes.push(Like {
                            table: name,
                            with_indexes: includes(K::PROPERTY_INDEXES),
                            with_constraints: includes(K::PROPERTY_CONSTRAINTS),
                            with_defaults: includes(K::PROPERTY_DEFAULTS),
                            with_generated: includes(K::PROPERTY_GENERATED),
                            with_identity: includes(K::PROPERTY_IDENTITY),
                        });
                    }
                }
                _ => table.constraints.extend(self.constraint(&part)),
            }
        }
    }

    pub(super) fn column(self, node: &SyntaxNode) -> Option<ColumnDefinition> {
        let name = node
            .children()
            .find(|node| matches!(node.kind(), K::COLUMN_NAME | K::COMPOSITE_FIELD))?;
        Some(ColumnDefinition {
            name: self.name(&name),
            type_name: self.type_child(node),
            constraints: node.children().filter_map(|node| self.constraint(&node)).collect(),
            may_be_invisible: false,
        })
    }

    pub(super) fn constraint(self, node: &SyntaxNode) -> Option<Constraint> {
        let index = || {
            child(node, K::USING_INDEX_NAME)
                .and_then(|using| self.qualified_child(&using, K::INDEX_REF))
                .map(|name| name.name)
        };
        let key = || {
            child(node, K::INDEX_PARAMETERS)
                .map(|node| self.listed_columns(&node, K::CONSTRAINT_COLUMN_REF_LIST))
                .unwrap_or_default()
        };
        let kind = match node.kind() {
            K::NOT_NULL_CONSTRAINT => ConstraintKind::NotNull,
            K::NULL_CONSTRAINT => ConstraintKind::Null,
            K::DEFAULT_CONSTRAINT => {
                let value = self.collect(node);
                ConstraintKind::Default(Expression::Operation(value), default_source(node))
            }
            K::GENERATED_CONSTRAINT => match child(node, K::GENERATED_STORED) {
                Some(stored) => {
                    ConstraintKind::Generated(Expression::Operation(self.collect(&stored)))
                }
                None => ConstraintKind::Identity(self.identity(node)),
            },
            K::CHECK_CONSTRAINT => ConstraintKind::Check(self.expression_child(node)?),
            K::PRIMARY_KEY_CONSTRAINT => {
                ConstraintKind::Primary { columns: key(), using_index: index() }
            }
            K::UNIQUE_CONSTRAINT => ConstraintKind::Unique { columns: key(), using_index: index() },
            K::REFERENCES_CONSTRAINT => ConstraintKind::Foreign {
                columns: Vec::new(),
                table: self.qualified_child(node, K::TABLE_NAME_REF)?,
                referenced: self.names(node, K::COLUMN_NAME_REF),
            },
            K::FOREIGN_KEY_CONSTRAINT => self.foreign_key(node)?,
            K::EXCLUDE_CONSTRAINT => {
                let list = child(node, K::CONSTRAINT_EXCLUSION_LIST);
                let elements: Vec<_> = list.iter().flat_map(|list| self.collect(list)).collect();
                let mut others = self.collect(node);
                others.drain(..elements.len().min(others.len()));
                let method = child(node, K::CONSTRAINT_INDEX_METHOD)
                    .and_then(|using| self.name_child(&using, K::ACCESS_METHOD_REF));
                ConstraintKind::Exclude { method, elements, others }
            }
            _ => return None,
        };
        let name = child(node, K::CONSTRAINT_NAME_CLAUSE)
            .and_then(|clause| self.name_child(&clause, K::CONSTRAINT_NAME));
        Some(Constraint { name, kind, place: self.place(node) })
    }

    fn foreign_key(self, node: &SyntaxNode) -> Option<ConstraintKind> {
        let mut lists = children(node, K::FOREIGN_KEY_COLUMN_LIST);
        let mut columns = || -> Vec<Name> {
            let list = lists.next();
            let nodes = list.into_iter().flat_map(|list| list.descendants().collect::<Vec<_>>());
            nodes
                .filter(|node| node.kind() == K::COLUMN_NAME_REF)
                .map(|node| self.name(&node))
                .collect()
        };
        Some(ConstraintKind::Foreign {
            columns: columns(),
            table: self.qualified_child(node, K::TABLE_NAME_REF)?,
            referenced: columns(),
        })
    }

    pub(super) fn alter_table(self, node: &SyntaxNode) -> Option<StatementKind> {
        if has(node, K::ALL_IN_TABLESPACE) {
            return Some(StatementKind::Nothing);
        }
        let name = node
            .children()
            .find(|node| matches!(node.kind(), K::TABLE_RELATION_NAME | K::VIEW_REF))?;
        let mut alter = AlterTable {
            name: self.qualified(&name)?,
            if_exists: has(node, K::IF_EXISTS),
            actions: Vec::new(),
        };
        let actions = node.children().filter(|node| {
            !matches!(node.kind(), K::TABLE_RELATION_NAME | K::VIEW_REF | K::IF_EXISTS)
        });
        for action in actions {
            alter.actions.push(self.table_action(&action)?);
        }
        Some(StatementKind::AlterTable(Box::new(alter)))
    }

    fn table_action(self, node: &SyntaxNode) -> Option<TableAction> {
        let cascade = has(node, K::CASCADE);
        let if_exists = has(node, K::IF_EXISTS);
        let constraint_name = || Some(self.qualified_child(node, K::CONSTRAINT_NAME_REF)?.name);
        let table = || self.qualified_child(node, K::TABLE_NAME_REF);
        Some(match node.kind() {
            K::ADD_COLUMN => TableAction::AddColumn {
                if_not_exists: has(node, K::IF_NOT_EXISTS),
                column: self.column(node)?,
            },
            K::DROP_COLUMN => TableAction::DropColumn {
                name: self.name_child(node, K::COLUMN_NAME_REF)?,
                if_exists,
                cascade,
            },
            K::RENAME_COLUMN => TableAction::RenameColumn {
                from: self.name_child(node, K::COLUMN_NAME_REF)?,
                to: self.name_child(node, K::COLUMN_NAME)?,
            },
            K::TABLE_RENAME_TO | K::VIEW_RENAME_TO => TableAction::RenameTo(self.qualified(node)?),
            K::SET_SCHEMA => TableAction::SetSchema(self.name_child(node, K::SCHEMA_REF)?),
            K::ADD_CONSTRAINT => {
                TableAction::AddConstraint(node.children().find_map(|node| self.constraint(&node))?)
            }
            K::DROP_CONSTRAINT => {
                TableAction::DropConstraint { name: constraint_name()?, if_exists, cascade }
            }
            K::RENAME_CONSTRAINT => TableAction::RenameConstraint {
                from: constraint_name()?,
                to: self.name_child(node, K::CONSTRAINT_NAME)?,
            },
            K::VALIDATE_CONSTRAINT | K::ALTER_CONSTRAINT => {
                TableAction::ReferConstraint(constraint_name()?)
            }
            K::ALTER_COLUMN | K::ALTER_VIEW_COLUMN => self.column_action(node)?,
            K::ATTACH_PARTITION => TableAction::AttachPartition(table()?),
            K::DETACH_PARTITION => TableAction::DetachPartition(table()?),
            K::INHERIT_TABLE => TableAction::Inherit(table()?),
            K::NO_INHERIT_TABLE => TableAction::NoInherit(table()?),
            K::ENABLE_RLS => TableAction::RowSecurity(true),
            K::DISABLE_RLS => TableAction::RowSecurity(false),
            K::ENABLE_TRIGGER
            | K::DISABLE_TRIGGER
            | K::ENABLE_REPLICA_TRIGGER
            | K::ENABLE_ALWAYS_TRIGGER => {
                let trigger = node.descendants().find(|node| node.kind() == K::TRIGGER_REF);
                trigger.map_or(TableAction::Nothing, |node| {
                    TableAction::ReferTrigger(self.name(&node))
                })
            }
            K::ENABLE_RULE | K::DISABLE_RULE | K::ENABLE_ALWAYS_RULE | K::ENABLE_REPLICA_RULE => {
                TableAction::ReferRule(self.name_child(node, K::RULE_REF)?)
            }
            K::CLUSTER_ON => TableAction::ReferIndex(self.qualified(node)?.name),
            K::REPLICA_IDENTITY => match child(node, K::USING_INDEX_NAME) {
                Some(using) => TableAction::ReferIndex(self.qualified(&using)?.name),
                None => TableAction::Nothing,
            },
            K::OWNER_TO => self.role(node).map_or(TableAction::Nothing, TableAction::ReferRole),
            K::MERGE_PARTITIONS | K::SPLIT_PARTITION => return None,
            _ => TableAction::Nothing,
        })
    }

    fn column_action(self, node: &SyntaxNode) -> Option<TableAction> {
        let column = self.name_child(node, K::COLUMN_NAME_REF)?;
        let option = node.children().filter(|node| node.kind() != K::COLUMN_NAME_REF).last();
        let Some(option) = option else { return Some(TableAction::ReferColumn(column)) };
        Some(match option.kind() {
            K::SET_TYPE => TableAction::SetType {
                column,
                type_name: self.type_child(&option)?,
                using: child(&option, K::USING_EXPR)
                    .and_then(|using| self.expression_child(&using)),
            },
            K::SET_DEFAULT => TableAction::SetDefault {
                column,
                value: Expression::Operation(self.collect(&option)),
                source: default_source(&option),
            },
            K::DROP_DEFAULT => TableAction::DropDefault(column),
            K::SET_NOT_NULL => TableAction::SetNotNull(column, true),
            K::DROP_NOT_NULL => TableAction::SetNotNull(column, false),
            K::DROP_EXPRESSION => TableAction::DropGenerated(column),
            K::ADD_GENERATED => TableAction::AddIdentity(column, self.identity(&option)),
            K::SET_GENERATED_OPTIONS if has(&option, K::SET_GENERATED) => {
                TableAction::SetIdentity { column, always: is_always(&option) }
            }
            K::DROP_IDENTITY => TableAction::DropIdentity(column),
            _ => TableAction::ReferColumn(column),
        })
    }

    fn identity(self, node: &SyntaxNode) -> Identity {
        let named = node.descendants().find(|node| node.kind() == K::OPTION_SEQUENCE_NAME);
        let sequence = named.and_then(|option| self.qualified_child(&option, K::SEQUENCE));
        Identity { always: is_always(node), sequence }
    }

    /// The role a node names, unless it stands for the current one.
    pub(super) fn role(self, node: &SyntaxNode) -> Option<Name> {
        let role = node.descendants().find(|node| node.kind() == K::ROLE_NAME_REF)?;
        Some(self.name(&role))
    }
}

/// Whether `GENERATED ALWAYS` is among the words of a node.
fn is_always(node: &SyntaxNode) -> bool {
    node.descendants().any(|node| node.kind() == K::GENERATED_ALWAYS)
}

pub(super) fn is_temporary(node: &SyntaxNode) -> bool {
    has(node, K::TEMP)
}

/// The text after `DEFAULT`.
fn default_source(node: &SyntaxNode) -> Text {
    let value = node.children().find(|node| super::expression::is_expression(node.kind()));
    Arc::from(value.map(|node| source(&node)).unwrap_or_default())
}
