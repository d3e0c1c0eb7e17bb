//! Operators, casts, operator classes and families.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::tree::{Reader, child, children, has, source};
use crate::replay::model::{
    Among, CreateTyped, Drop, Name, ObjectKind, ObjectReference, Place, QualifiedName, Rename,
    SetSchema, StatementKind, TypeName,
};

impl Reader<'_> {
    /// Statements about operators; nothing where the node is none.
    pub(super) fn operator_statement(self, node: &SyntaxNode) -> Option<StatementKind> {
        match node.kind() {
            K::CREATE_OPERATOR => self.create_operator(node),
            K::DROP_OPERATOR => {
                let list = child(node, K::OP_SIG_LIST)?;
                let targets: Option<Vec<_>> =
                    children(&list, K::OP_SIG).map(|node| self.operator_reference(&node)).collect();
                Some(StatementKind::Drop(Drop {
                    among: Among::All,
                    targets: targets?,
                    if_exists: has(node, K::IF_EXISTS),
                    cascade: has(node, K::CASCADE),
                }))
            }
            K::ALTER_OPERATOR => {
                let target = self.operator_reference(&child(node, K::OP_SIG)?)?;
                Some(self.alter_typed(node, target))
            }
            K::CREATE_CAST => self.create_cast(node),
            K::DROP_CAST => {
                let target = self.cast_reference(&child(node, K::CAST_SIG)?)?;
                Some(drop_one(node, target))
            }
            K::CREATE_OPERATOR_CLASS => self.create_class(node),
            K::CREATE_OPERATOR_FAMILY => Some(StatementKind::CreateTyped(Box::new(
                CreateTyped::of(self.class_reference(node, K::OP_FAMILY_NAME)?),
            ))),
            K::DROP_OPERATOR_CLASS => {
                Some(drop_one(node, self.class_reference(node, K::OP_CLASS_REF)?))
            }
            K::DROP_OPERATOR_FAMILY => {
                Some(drop_one(node, self.class_reference(node, K::OP_FAMILY_REF)?))
            }
            K::ALTER_OPERATOR_CLASS => {
                let target = self.class_reference(node, K::OP_CLASS_REF)?;
                Some(self.alter_typed(node, target))
            }
            K::ALTER_OPERATOR_FAMILY => {
                let target = self.class_reference(node, K::OP_FAMILY_REF)?;
                Some(self.alter_typed(node, target))
            }
            _ => None,
        }
    }

    /// An alteration that moves an object to another schema, or only names it.
    fn alter_typed(self, node: &SyntaxNode, target: ObjectReference) -> StatementKind {
        let renamed = node
            .children()
            .find(|node| matches!(node.kind(), K::OP_CLASS_RENAME_TO | K::OP_FAMILY_RENAME_TO))
            .and_then(|node| self.qualified(&node));
        if let Some(name) = renamed {
            return StatementKind::Rename(Rename { target, if_exists: false, to: name.name });
        }
        let moved = child(node, K::SET_SCHEMA).and_then(|set| self.name_child(&set, K::SCHEMA_REF));
        match moved {
            Some(schema) => {
                StatementKind::SetSchema(SetSchema { target, if_exists: false, schema })
            }
            None => StatementKind::Refer(vec![target]),
        }
    }

    fn create_operator(self, node: &SyntaxNode) -> Option<StatementKind> {
        let name = self.operator_name(&child(node, K::OP)?)?;
        let list = child(node, K::ATTRIBUTE_LIST)?;
        let value = |wanted: &[&str]| {
            children(&list, K::ATTRIBUTE_OPTION).find_map(|option| {
                let name = source(&child(&option, K::ATTRIBUTE_NAME)?).to_lowercase();
                wanted.contains(&name.as_str()).then(|| child(&option, K::ATTRIBUTE_VALUE))?
            })
        };
        let operand = |wanted: &str| match value(&[wanted]) {
            Some(value) => self.type_child(&value).map(Some),
            None => Some(None),
        };
        let (left, right) = (operand("leftarg")?, operand("rightarg")?);
        let operands: Vec<TypeName> = left.iter().chain(&right).cloned().collect();
        // Those with one operand on the left are no longer taken; without any, none is.
        right.as_ref()?;
        let function = |wanted: &[&str], arguments: Option<Vec<TypeName>>| {
            let name = self.qualified(&child(&value(wanted)?, K::PATH_TYPE)?)?;
            Some(ObjectReference { kind: ObjectKind::Function, name, on: None, arguments })
        };
        let own = function(&["function", "procedure"], Some(operands.clone()));
        let others = ["restrict", "join"].into_iter().filter_map(|word| function(&[word], None));
        let related = |wanted: &str, arguments: Vec<TypeName>| {
            let value = value(&[wanted])?;
            let written = child(&value, K::OPERATOR_CALL).and_then(|call| child(&call, K::OP));
            let name = self.operator_name(&written.unwrap_or(value))?;
            let (kind, arguments) = (ObjectKind::Operator, Some(arguments));
            Some(ObjectReference { kind, name, on: None, arguments })
        };
        let swapped = operands.iter().rev().cloned().collect();
        let shells = [related("commutator", swapped), related("negator", operands.clone())];
        Some(StatementKind::CreateTyped(Box::new(CreateTyped {
            functions: own.into_iter().chain(others).collect(),
            shells: shells.into_iter().flatten().collect(),
            ..CreateTyped::of(ObjectReference {
                kind: ObjectKind::Operator,
                name,
                on: None,
                arguments: Some(operands),
            })
        })))
    }

    /// An operator with its operands; nothing for one that has its only operand on the left.
    pub(super) fn operator_reference(self, node: &SyntaxNode) -> Option<ObjectReference> {
        let name = self.operator_name(&child(node, K::OP)?)?;
        let arguments: Vec<TypeName> =
            node.children().filter_map(|node| self.type_name(&node)).collect();
        let is_none = |type_name: &TypeName| {
            type_name.name.schema.is_none() && &*type_name.name.name.text == "none"
        };
        let arguments: Vec<_> = match arguments.as_slice() {
            [_, right] if is_none(right) => return None,
            [left, right] if is_none(left) => vec![right.clone()],
            _ => arguments,
        };
        let (kind, arguments) = (ObjectKind::Operator, Some(arguments));
        Some(ObjectReference { kind, name, on: None, arguments })
    }

    /// The name of an operator, which is made of signs.
    fn operator_name(self, node: &SyntaxNode) -> Option<QualifiedName> {
        let written = source(node);
        let signs = written.rsplit('.').next()?.trim();
        if signs.is_empty() || signs.contains(char::is_alphanumeric) {
            return None;
        }
        let whole = self.place(node);
        let start = whole.end.saturating_sub(u32::try_from(signs.len()).ok()?).max(whole.start);
        // The server reads the one as the other.
        let signs = if signs == "!=" { "<>" } else { signs };
        let name = Name::new(signs, Place { start, end: whole.end });
        let schema = child(node, K::PATH_REF)
            .and_then(|path| self.parts(&path).into_iter().rfind(|part| !part.text.is_empty()));
        Some(QualifiedName { schema, name })
    }

    fn create_cast(self, node: &SyntaxNode) -> Option<StatementKind> {
        let target = self.cast_reference(&child(node, K::CAST_SIG)?)?;
        let function = child(node, K::WITH_FUNCTION)
            .and_then(|with| self.reference(ObjectKind::Function, &child(&with, K::FUNCTION_SIG)?));
        Some(StatementKind::CreateTyped(Box::new(CreateTyped {
            functions: function.into_iter().collect(),
            ..CreateTyped::of(target)
        })))
    }

    /// The cast between two types, which has no name.
    pub(super) fn cast_reference(self, node: &SyntaxNode) -> Option<ObjectReference> {
        let arguments: Vec<TypeName> =
            node.children().filter_map(|node| self.type_name(&node)).collect();
        let name = QualifiedName::bare(Name::new("cast", self.place(node)));
        let is_pair = arguments.len() == 2;
        let reference =
            ObjectReference { kind: ObjectKind::Cast, name, on: None, arguments: Some(arguments) };
        is_pair.then_some(reference)
    }

    fn create_class(self, node: &SyntaxNode) -> Option<StatementKind> {
        let target = self.class_reference(node, K::OP_CLASS_NAME)?;
        let own = self.type_child(node)?;
        let mut create = CreateTyped { types: vec![own.clone()], ..CreateTyped::of(target) };
        let family = child(node, K::OPERATOR_FAMILY_CLAUSE)
            .and_then(|clause| self.qualified_child(&clause, K::OP_FAMILY_REF));
        create.needs.extend(family.map(|name| ObjectReference {
            kind: ObjectKind::OperatorFamily,
            name,
            on: create.target.on.clone(),
            arguments: None,
        }));
        let options = child(node, K::OPERATOR_CLASS_OPTION_LIST)?;
        for option in options.children() {
            match option.kind() {
                K::OP_CLASS_OPTION_STORAGE => create.types.extend(self.type_child(&option)),
                K::OP_CLASS_OPTION_FUNCTION => {
                    let signature = child(&option, K::FUNCTION_SIG)?;
                    create.functions.extend(self.reference(ObjectKind::Function, &signature));
                }
                K::OP_CLASS_OPTION_OPERATOR => {
                    let mut operator = self.operator_reference(&option)?;
                    if operator.arguments.as_ref().is_none_or(Vec::is_empty) {
                        operator.arguments = Some(vec![own.clone(), own.clone()]);
                    }
                    create.needs.push(operator);
                }
                _ => {}
            }
        }
        Some(StatementKind::CreateTyped(Box::new(create)))
    }

    /// An operator class or family with its access method.
    pub(super) fn class_reference(self, node: &SyntaxNode, name: K) -> Option<ObjectReference> {
        let is_family = matches!(name, K::OP_FAMILY_NAME | K::OP_FAMILY_REF);
        let kind = if is_family { ObjectKind::OperatorFamily } else { ObjectKind::OperatorClass };
        let name = self.qualified_child(node, name)?;
        let method = self.name_child(&child(node, K::USING_METHOD)?, K::ACCESS_METHOD_REF)?;
        Some(ObjectReference { kind, name, on: Some(QualifiedName::bare(method)), arguments: None })
    }

    /// The access method of an index and the operator classes in it.
    pub(super) fn method_and_classes(
        self,
        node: &SyntaxNode,
    ) -> (Option<Name>, Vec<ObjectReference>) {
        let method = child(node, K::USING_METHOD)
            .and_then(|using| self.name_child(&using, K::ACCESS_METHOD_REF));
        let on = method.clone().unwrap_or_else(|| Name::new("btree", self.place(node)));
        let list = child(node, K::PARTITION_ITEM_LIST);
        let items = list.iter().flat_map(|list| children(list, K::PARTITION_ITEM));
        let classes = items.filter_map(|item| {
            Some(ObjectReference {
                kind: ObjectKind::OperatorClass,
                name: self.qualified_child(&item, K::OP_CLASS_REF)?,
                on: Some(QualifiedName::bare(on.clone())),
                arguments: None,
            })
        });
        let classes = classes.collect();
        (method, classes)
    }
}

fn drop_one(node: &SyntaxNode, target: ObjectReference) -> StatementKind {
    StatementKind::Drop(Drop {
        among: Among::All,
        targets: vec![target],
        if_exists: has(node, K::IF_EXISTS),
        cascade: has(node, K::CASCADE),
    })
}
