//! Statements that name objects: drops, renames, grants, comments and small creations.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::routine::parameters;
use super::tree::{Reader, child, children, has, has_token};
use crate::replay::model::{
    Among, Drop, Name, ObjectKind, ObjectReference, QualifiedName, Rename, SetSchema,
    StatementKind, TypeName,
};

impl Reader<'_> {
    /// What a node names; routines with their argument types.
    pub(super) fn reference(self, kind: ObjectKind, node: &SyntaxNode) -> Option<ObjectReference> {
        let arguments = child(node, K::PARAM_LIST).map(|list| self.signature(&list));
        let name = match kind {
            ObjectKind::Role => QualifiedName::bare(self.role(node)?),
            _ => match node.children().find_map(|node| self.qualified(&node)) {
                Some(name) => name,
                None => {
                    self.qualified(node).unwrap_or_else(|| QualifiedName::bare(self.name(node)))
                }
            },
        };
        Some(ObjectReference { kind, name, on: None, arguments })
    }

    /// The types by which a routine is told from its namesakes.
    pub(super) fn signature(self, list: &SyntaxNode) -> Vec<TypeName> {
        let all = parameters(list).into_iter();
        let inputs = all.filter(|param| !has(param, K::PARAM_OUT));
        inputs.filter_map(|param| self.type_child(&param)).collect()
    }

    /// `schema.table.column`.
    pub(super) fn column_reference(self, node: &SyntaxNode) -> Option<ObjectReference> {
        let mut parts = self.parts(node);
        let name = QualifiedName::bare(parts.pop()?);
        let table = parts.pop()?;
        let on = Some(QualifiedName { schema: parts.pop(), name: table });
        Some(ObjectReference { kind: ObjectKind::Column, name, on, arguments: None })
    }

    pub(super) fn object_statement(self, node: &SyntaxNode) -> Option<StatementKind> {
        match node.kind() {
            K::COMMENT_ON => {
                let object = node.children().find(|node| node.kind() != K::LITERAL)?;
                Some(StatementKind::Refer(self.commented(&object).into_iter().collect()))
            }
            K::GRANT | K::REVOKE => Some(self.grant(node)),
            K::ALTER_DEFAULT_PRIVILEGES | K::REASSIGN => {
                Some(StatementKind::Refer(self.role_references(node)))
            }
            K::DROP_OWNED => Some(StatementKind::DropOwned),
            K::CREATE_OPERATOR
            | K::DROP_OPERATOR
            | K::ALTER_OPERATOR
            | K::CREATE_CAST
            | K::DROP_CAST
            | K::CREATE_OPERATOR_CLASS
            | K::CREATE_OPERATOR_FAMILY
            | K::DROP_OPERATOR_CLASS
            | K::DROP_OPERATOR_FAMILY
            | K::ALTER_OPERATOR_CLASS
            | K::ALTER_OPERATOR_FAMILY => {
                self.operator_statement(node).or(Some(StatementKind::Nothing))
            }
            K::DROP_TRIGGER | K::DROP_POLICY | K::DROP_RULE => self.drop_of_table(node),
            K::ALTER_EXTENSION => self.alter_extension(node),
            K::ALTER_PUBLICATION | K::ALTER_ROLE | K::ALTER_USER | K::ALTER_GROUP
                if !has_rename(node) =>
            {
                self.alter_listed(node)
            }
            K::ALTER_TRIGGER | K::ALTER_POLICY | K::ALTER_RULE => self.rename_of_table(node),
            kind => {
                if let Some((object, reference)) = dropped(kind) {
                    return self.drop_objects(node, object, reference);
                }
                if let Some((object, reference)) = altered(kind) {
                    return self.alter_object(node, object, reference);
                }
                let (object, name) = created(kind)?;
                self.create_object(node, object, name)
            }
        }
    }

    fn drop_objects(
        self,
        node: &SyntaxNode,
        object: ObjectKind,
        reference: K,
    ) -> Option<StatementKind> {
        let targets: Vec<_> = node
            .descendants()
            .filter(|node| node.kind() == reference)
            .filter_map(|node| self.reference(object, &node))
            .collect();
        // Of what nobody lists a cascade counts all the same.
        let counts =
            object == ObjectKind::Role || (object == ObjectKind::Other && has(node, K::CASCADE));
        if targets.is_empty() && !counts {
            return if object == ObjectKind::Other { Some(StatementKind::Nothing) } else { None };
        }
        Some(StatementKind::Drop(Drop {
            among: Among::All,
            targets,
            if_exists: has(node, K::IF_EXISTS),
            cascade: has(node, K::CASCADE),
        }))
    }

    fn on_table(self, node: &SyntaxNode) -> Option<QualifiedName> {
        let on =
            node.children().find(|node| matches!(node.kind(), K::ON_TABLE | K::ON_RELATION))?;
        self.qualified(&on)
    }

    /// The trigger, policy or rule that a statement names, with its table.
    fn of_table(self, node: &SyntaxNode) -> Option<ObjectReference> {
        let (kind, name) = node.children().find_map(|node| {
            let kind = match node.kind() {
                K::TRIGGER_REF => ObjectKind::Trigger,
                K::POLICY_REF => ObjectKind::Policy,
                K::RULE_REF => ObjectKind::Rule,
                _ => return None,
            };
            Some((kind, self.name(&node)))
        })?;
        let on = Some(self.on_table(node)?);
        Some(ObjectReference { kind, name: QualifiedName::bare(name), on, arguments: None })
    }

    fn drop_of_table(self, node: &SyntaxNode) -> Option<StatementKind> {
        Some(StatementKind::Drop(Drop {
            among: Among::All,
            targets: vec![self.of_table(node)?],
            if_exists: has(node, K::IF_EXISTS),
            cascade: has(node, K::CASCADE),
        }))
    }

    fn rename_of_table(self, node: &SyntaxNode) -> Option<StatementKind> {
        let target = self.of_table(node)?;
        let rename = node.children().find(|node| {
            matches!(node.kind(), K::TRIGGER_RENAME_TO | K::POLICY_RENAME_TO | K::RULE_RENAME_TO)
        });
        let to = rename.and_then(|node| node.children().next());
        Some(match to {
            Some(to) => {
                StatementKind::Rename(Rename { target, if_exists: false, to: self.name(&to) })
            }
            None => StatementKind::Refer(vec![target]),
        })
    }

    fn alter_object(
        self,
        node: &SyntaxNode,
        object: ObjectKind,
        reference: K,
    ) -> Option<StatementKind> {
        let target = self.reference(object, &child(node, reference)?)?;
        let if_exists = has(node, K::IF_EXISTS);
        let mut references = Vec::new();
        for action in node.children() {
            let kind = format!("{:?}", action.kind());
            if kind.ends_with("RENAME_TO") {
                let name = self
                    .qualified(&action)
                    .map(|name| name.name)
                    .or_else(|| action.children().next().map(|node| self.name(&node)))?;
                return Some(StatementKind::Rename(Rename { target, if_exists, to: name }));
            }
            match action.kind() {
                K::SET_SCHEMA => {
                    let schema = self.name_child(&action, K::SCHEMA_REF)?;
                    return Some(StatementKind::SetSchema(SetSchema { target, if_exists, schema }));
                }
                K::OPTION_OWNED_BY => {
                    let column = child(&action, K::QUALIFIED_COLUMN_NAME_REF);
                    let owner = column.and_then(|node| self.column_reference(&node));
                    let sequence = target;
                    return Some(StatementKind::OwnSequence { sequence, if_exists, owner });
                }
                K::FUNC_OPTION_LIST
                    if let Some(alter) = self.alter_routine_path(&action, &target) =>
                {
                    return Some(alter);
                }
                K::OWNER_TO => references.extend(self.role_references(&action)),
                _ => {}
            }
        }
        if !if_exists {
            references.push(target);
        }
        Some(StatementKind::Refer(references))
    }

    fn alter_extension(self, node: &SyntaxNode) -> Option<StatementKind> {
        let target = self.reference(ObjectKind::Extension, &child(node, K::EXTENSION_REF)?)?;
        let schema = child(node, K::SET_SCHEMA);
        Some(match schema.and_then(|node| self.name_child(&node, K::SCHEMA_REF)) {
            Some(schema) => {
                StatementKind::SetSchema(SetSchema { target, if_exists: false, schema })
            }
            None => StatementKind::Refer(vec![target]),
        })
    }

    /// `ALTER PUBLICATION`, `ALTER ROLE`: what they name must exist.
    fn alter_listed(self, node: &SyntaxNode) -> Option<StatementKind> {
        let mut references = Vec::new();
        if let Some(alter) = self.alter_publication(node) {
            return Some(StatementKind::AlterPublication(Box::new(alter)));
        }
        if node.kind() == K::ALTER_PUBLICATION {
            let publication = child(node, K::PUBLICATION_REF)?;
            references.push(self.reference(ObjectKind::Publication, &publication)?);
            references.extend(
                node.descendants()
                    .filter(|node| node.kind() == K::TABLE_NAME_REF)
                    .filter_map(|node| self.reference(ObjectKind::Relation, &node)),
            );
        } else if let Some(role) = child(node, K::ROLE_REF) {
            references.extend(self.reference(ObjectKind::Role, &role));
        }
        Some(StatementKind::Refer(references))
    }

    fn create_object(self, node: &SyntaxNode, kind: ObjectKind, name: K) -> Option<StatementKind> {
        if kind == ObjectKind::Other {
            return Some(StatementKind::Nothing);
        }
        let name_node = child(node, name)?;
        let name = match self.qualified(&name_node) {
            Some(name) => name,
            None => QualifiedName::bare(self.name(&name_node)),
        };
        let mut members = None;
        let mut uses = Vec::new();
        if kind != ObjectKind::Publication {
            let tables = node.descendants().filter(|node| node.kind() == K::TABLE_NAME_REF);
            uses.extend(tables.filter_map(|node| self.reference(ObjectKind::Relation, &node)));
        }
        if node.kind() == K::CREATE_EVENT_TRIGGER
            && let Some(name) = self.executed(node)
        {
            let kind = ObjectKind::Function;
            uses.push(ObjectReference { kind, name, on: None, arguments: None });
        }
        if let Some(alter) = self.alter_publication(node) {
            let table = |name: &QualifiedName| ObjectReference {
                kind: ObjectKind::Relation,
                name: name.clone(),
                on: None,
                arguments: None,
            };
            uses.extend(alter.tables.iter().map(table));
            uses.extend(alter.columns.iter().cloned());
            members = (!alter.is_open).then_some(alter.tables);
        } else if kind == ObjectKind::Publication && !has(node, K::FOR_ALL_PUBLICATION_OBJECTS) {
            members = Some(Vec::new());
        }
        Some(StatementKind::CreateObject {
            members,
            target: ObjectReference { kind, name, on: None, arguments: None },
            if_not_exists: has(node, K::IF_NOT_EXISTS),
            replace: has(node, K::OR_REPLACE),
            uses,
        })
    }

    fn role_references(self, node: &SyntaxNode) -> Vec<ObjectReference> {
        let roles = node.descendants().filter(|node| node.kind() == K::ROLE_REF);
        let mut found: Vec<_> =
            roles.filter_map(|role| self.reference(ObjectKind::Role, &role)).collect();
        found.extend(
            node.descendants()
                .filter(|node| node.kind() == K::SCHEMA_REF)
                .filter_map(|node| self.reference(ObjectKind::Schema, &node)),
        );
        found
    }

    fn grant(self, node: &SyntaxNode) -> StatementKind {
        let mut references = Vec::new();
        let objects = child(node, K::ON_PRIVILEGE_OBJECTS_CLAUSE);
        if let Some(objects) = &objects {
            for found in objects.descendants() {
                let kind = match found.kind() {
                    K::RELATION_NAME_REF => ObjectKind::Relation,
                    K::SCHEMA_REF => ObjectKind::Schema,
                    K::SEQUENCE_REF => ObjectKind::Sequence,
                    K::TYPE_NAME_REF => ObjectKind::Type,
                    K::DOMAIN_REF => ObjectKind::Domain,
                    K::FUNCTION_SIG => ObjectKind::Function,
                    K::PROCEDURE_SIG => ObjectKind::Procedure,
                    K::ROUTINE_SIG => ObjectKind::Routine,
                    K::LANGUAGE_REF => ObjectKind::Language,
                    K::SERVER_REF => ObjectKind::Server,
                    _ => continue,
                };
                references.extend(self.reference(kind, &found));
            }
            let columns: Vec<Name> = node
                .descendants()
                .filter(|node| node.kind() == K::COLUMN_NAME_REF)
                .map(|node| self.name(&node))
                .collect();
            let tables: Vec<_> = references
                .iter()
                .filter(|reference| reference.kind == ObjectKind::Relation)
                .map(|reference| reference.name.clone())
                .collect();
            for table in tables {
                references.extend(columns.iter().map(|column| ObjectReference {
                    kind: ObjectKind::Column,
                    name: QualifiedName::bare(column.clone()),
                    on: Some(table.clone()),
                    arguments: None,
                }));
            }
        }
        for list in children(node, K::ROLE_REF_LIST) {
            references.extend(self.role_references(&list));
        }
        StatementKind::Refer(references)
    }

    fn commented(self, node: &SyntaxNode) -> Option<ObjectReference> {
        let kind = match node.kind() {
            K::OBJECT_COLUMN => {
                return self.column_reference(&child(node, K::QUALIFIED_COLUMN_NAME_REF)?);
            }
            K::OBJECT_CONSTRAINT if !has_token(node, K::DOMAIN_KW) => {
                return self.named_on(node, ObjectKind::Constraint);
            }
            K::OBJECT_OPERATOR => return self.operator_reference(node),
            K::OBJECT_CAST => return self.cast_reference(&child(node, K::CAST_SIG)?),
            K::OBJECT_OPERATOR_CLASS => return self.class_reference(node, K::OP_CLASS_REF),
            K::OBJECT_OPERATOR_FAMILY => return self.class_reference(node, K::OP_FAMILY_REF),
            K::OBJECT_POLICY => return self.named_on(node, ObjectKind::Policy),
            K::OBJECT_RULE => return self.named_on(node, ObjectKind::Rule),
            K::OBJECT_TRIGGER => return self.named_on(node, ObjectKind::Trigger),
            K::OBJECT_TABLE | K::OBJECT_FOREIGN_TABLE => ObjectKind::Table,
            K::OBJECT_VIEW => ObjectKind::View,
            K::OBJECT_MATERIALIZED_VIEW => ObjectKind::MaterializedView,
            K::OBJECT_INDEX => ObjectKind::Index,
            K::OBJECT_SEQUENCE => ObjectKind::Sequence,
            K::OBJECT_SCHEMA => ObjectKind::Schema,
            K::OBJECT_TYPE => ObjectKind::Type,
            K::OBJECT_DOMAIN => ObjectKind::Domain,
            K::OBJECT_FUNCTION => ObjectKind::Function,
            K::OBJECT_PROCEDURE => ObjectKind::Procedure,
            K::OBJECT_ROUTINE => ObjectKind::Routine,
            K::OBJECT_AGGREGATE => ObjectKind::Aggregate,
            K::OBJECT_EXTENSION => ObjectKind::Extension,
            K::OBJECT_ROLE => ObjectKind::Role,
            K::OBJECT_PUBLICATION => ObjectKind::Publication,
            _ => return None,
        };
        let named = node.children().next()?;
        // A type by a word of the grammar, such as `int`, which is no name of it.
        if kind == ObjectKind::Type && is_word_for_type(&named.text().to_string()) {
            return None;
        }
        self.reference(kind, &named)
    }

    fn named_on(self, node: &SyntaxNode, kind: ObjectKind) -> Option<ObjectReference> {
        let mut parts = node.children();
        let first = parts.next()?;
        let name = self.qualified(&first).map_or_else(|| self.name(&first), |name| name.name);
        let on = Some(self.qualified(&parts.next()?)?);
        Some(ObjectReference { kind, name: QualifiedName::bare(name), on, arguments: None })
    }
}

fn has_rename(node: &SyntaxNode) -> bool {
    has(node, K::PUBLICATION_RENAME_TO) || has(node, K::ROLE_RENAME_TO)
}

/// Whether a word stands for a type whose name is another.
///
/// Source: `PostgreSQL` 15, `Numeric`, `Character`, `Bit` and `ConstDatetime` in `gram.y`.
fn is_word_for_type(word: &str) -> bool {
    const WORDS: [&str; 12] = [
        "bigint",
        "boolean",
        "char",
        "character",
        "dec",
        "decimal",
        "int",
        "integer",
        "nchar",
        "real",
        "smallint",
        "float",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Drops: what goes, and the node that names it.
fn dropped(kind: K) -> Option<(ObjectKind, K)> {
    Some(match kind {
        K::DROP_TABLE => (ObjectKind::Table, K::TABLE_NAME_REF),
        K::DROP_FOREIGN_TABLE => (ObjectKind::ForeignTable, K::TABLE_NAME_REF),
        K::DROP_VIEW => (ObjectKind::View, K::VIEW_REF),
        K::DROP_MATERIALIZED_VIEW => (ObjectKind::MaterializedView, K::VIEW_REF),
        K::DROP_INDEX => (ObjectKind::Index, K::INDEX_REF),
        K::DROP_SEQUENCE => (ObjectKind::Sequence, K::SEQUENCE_REF),
        K::DROP_SCHEMA => (ObjectKind::Schema, K::SCHEMA_REF),
        K::DROP_TYPE => (ObjectKind::Type, K::TYPE_NAME_REF),
        K::DROP_DOMAIN => (ObjectKind::Domain, K::DOMAIN_REF),
        K::DROP_FUNCTION => (ObjectKind::Function, K::FUNCTION_SIG),
        K::DROP_PROCEDURE => (ObjectKind::Procedure, K::PROCEDURE_SIG),
        K::DROP_ROUTINE => (ObjectKind::Routine, K::ROUTINE_SIG),
        K::DROP_AGGREGATE => (ObjectKind::Aggregate, K::AGGREGATE),
        K::DROP_EXTENSION => (ObjectKind::Extension, K::EXTENSION_REF),
        K::DROP_ROLE | K::DROP_USER | K::DROP_GROUP => (ObjectKind::Role, K::ROLE_REF),
        K::DROP_PUBLICATION => (ObjectKind::Publication, K::PUBLICATION_REF),
        K::DROP_COLLATION => (ObjectKind::Collation, K::COLLATION_REF),
        K::DROP_STATISTICS => (ObjectKind::Statistics, K::STATISTICS_REF),
        K::DROP_SERVER => (ObjectKind::Server, K::SERVER_REF),
        K::DROP_EVENT_TRIGGER => (ObjectKind::EventTrigger, K::EVENT_TRIGGER_REF),
        K::DROP_ACCESS_METHOD => (ObjectKind::AccessMethod, K::ACCESS_METHOD_REF),
        K::DROP_CONVERSION
        | K::DROP_LANGUAGE
        | K::DROP_FOREIGN_DATA_WRAPPER
        | K::DROP_SUBSCRIPTION
        | K::DROP_TEXT_SEARCH_CONFIG
        | K::DROP_TEXT_SEARCH_DICT
        | K::DROP_TEXT_SEARCH_PARSER
        | K::DROP_TEXT_SEARCH_TEMPLATE => (ObjectKind::Other, K::ERROR),
        _ => return None,
    })
}

/// Alterations that rename, move or only name: what, and the node that names it.
fn altered(kind: K) -> Option<(ObjectKind, K)> {
    Some(match kind {
        K::ALTER_INDEX => (ObjectKind::Index, K::INDEX_REF),
        K::ALTER_SEQUENCE => (ObjectKind::Sequence, K::SEQUENCE_REF),
        K::ALTER_SCHEMA => (ObjectKind::Schema, K::SCHEMA_REF),
        K::ALTER_TYPE => (ObjectKind::Type, K::TYPE_NAME_REF),
        K::ALTER_DOMAIN => (ObjectKind::Domain, K::DOMAIN_REF),
        K::ALTER_FUNCTION => (ObjectKind::Function, K::FUNCTION_SIG),
        K::ALTER_PROCEDURE => (ObjectKind::Procedure, K::PROCEDURE_SIG),
        K::ALTER_ROUTINE => (ObjectKind::Routine, K::ROUTINE_SIG),
        K::ALTER_AGGREGATE => (ObjectKind::Aggregate, K::AGGREGATE),
        K::ALTER_ROLE | K::ALTER_USER | K::ALTER_GROUP => (ObjectKind::Role, K::ROLE_REF),
        K::ALTER_PUBLICATION => (ObjectKind::Publication, K::PUBLICATION_REF),
        K::ALTER_COLLATION => (ObjectKind::Collation, K::COLLATION_REF),
        K::ALTER_STATISTICS => (ObjectKind::Statistics, K::STATISTICS_REF),
        K::ALTER_SERVER => (ObjectKind::Server, K::SERVER_REF),
        K::ALTER_EVENT_TRIGGER => (ObjectKind::EventTrigger, K::EVENT_TRIGGER_REF),
        _ => return None,
    })
}

/// Creations of which only the name counts: what, and the node that names it.
fn created(kind: K) -> Option<(ObjectKind, K)> {
    Some(match kind {
        K::CREATE_ROLE | K::CREATE_USER | K::CREATE_GROUP => (ObjectKind::Role, K::ROLE),
        K::CREATE_PUBLICATION => (ObjectKind::Publication, K::PUBLICATION),
        K::CREATE_COLLATION => (ObjectKind::Collation, K::COLLATION),
        K::CREATE_STATISTICS => (ObjectKind::Statistics, K::STATISTICS),
        K::CREATE_SERVER => (ObjectKind::Server, K::SERVER),
        K::CREATE_LANGUAGE => (ObjectKind::Language, K::LANGUAGE),
        K::CREATE_EVENT_TRIGGER => (ObjectKind::EventTrigger, K::EVENT_TRIGGER),
        K::CREATE_ACCESS_METHOD => (ObjectKind::AccessMethod, K::ACCESS_METHOD),
        K::CREATE_CONVERSION
        | K::CREATE_FOREIGN_DATA_WRAPPER
        | K::CREATE_SUBSCRIPTION
        | K::CREATE_TEXT_SEARCH_CONFIGURATION
        | K::CREATE_TEXT_SEARCH_DICTIONARY
        | K::CREATE_TEXT_SEARCH_PARSER
        | K::CREATE_TEXT_SEARCH_TEMPLATE
        | K::ALTER_CONVERSION
        | K::ALTER_LANGUAGE
        | K::ALTER_FOREIGN_DATA_WRAPPER
        | K::ALTER_SUBSCRIPTION
        | K::ALTER_TEXT_SEARCH_CONFIGURATION
        | K::ALTER_TEXT_SEARCH_DICTIONARY
        | K::ALTER_TEXT_SEARCH_PARSER
        | K::ALTER_TEXT_SEARCH_TEMPLATE
        | K::ALTER_LARGE_OBJECT => (ObjectKind::Other, K::ERROR),
        _ => return None,
    })
}
