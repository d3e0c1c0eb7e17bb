//! Operators, casts, operator classes and families.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::tree::{Reader, child, children, has, source};
use crate::replay::model::{
    CreateTyped, Drop, Name, ObjectKind, ObjectReference, Place, QualifiedName, SetSchema,
    StatementKind, TypeName,
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
                    targets: targets?,
                    if_exists: has(node, K::IF_EXISTS),
                    cascade: has(node, K::CASCADE),
                }))
            }
            K::ALTER_OPERATOR => {
                let target = self.operator_reference(&child(node, K::OP_SIG)?)?;
                Some(self.alter_typed(node, target))
            }
            _ => None,
        }
    }

    /// An alteration that moves an object to another schema, or only names it.
    pub(super) fn alter_typed(self, node: &SyntaxNode, target: ObjectReference) -> StatementKind {
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
}
