//! Walking squawk's tree: children by kind, names and places.

use squawk_syntax::ast::normalize_name_node;
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::replay::adapter::Origin;
use crate::replay::model::{LONGEST_NAME, Name, Place, QualifiedName, clip};

/// Where the text that is read stands in its file.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) origin: &'a Origin,
}

impl Reader<'_> {
    /// The bytes of a node, without white space and comments around it.
    pub(super) fn place(self, node: &SyntaxNode) -> Place {
        let mut first = node.first_token();
        while let Some(token) = &first
            && is_trivia(token.kind())
        {
            first = token.next_token();
        }
        let Some(first) = first else {
            let range = node.text_range();
            return self.origin.place(range.start().into(), range.end().into());
        };
        let start = first.text_range().start().into();
        let mut last = node.last_token();
        while let Some(token) = &last
            && is_trivia(token.kind())
        {
            last = token.prev_token();
        }
        let end = last.map_or(start, |token| token.text_range().end().into());
        self.origin.place(start, end.max(start))
    }

    pub(super) fn name(self, node: &SyntaxNode) -> Name {
        Name::new(clip(&normalize_name_node(node), LONGEST_NAME), self.place(node))
    }

    /// Names below a `PATH` or `PATH_REF`, or below what holds one.
    pub(super) fn parts(self, node: &SyntaxNode) -> Vec<Name> {
        node.descendants()
            .filter(|node| {
                matches!(node.kind(), SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH_SEGMENT_REF)
            })
            .map(|node| self.name(&node))
            .collect()
    }

    /// The qualified name below a node; a database before the schema is left out.
    pub(super) fn qualified(self, node: &SyntaxNode) -> Option<QualifiedName> {
        let mut parts = self.parts(node);
        let name = parts.pop()?;
        Some(QualifiedName { schema: parts.pop(), name })
    }

    /// The qualified name in the first child of a kind.
    pub(super) fn qualified_child(
        self,
        node: &SyntaxNode,
        kind: SyntaxKind,
    ) -> Option<QualifiedName> {
        self.qualified(&child(node, kind)?)
    }

    /// The name in the first child of a kind.
    pub(super) fn name_child(self, node: &SyntaxNode, kind: SyntaxKind) -> Option<Name> {
        Some(self.name(&child(node, kind)?))
    }

    /// The names in all children of a kind.
    pub(super) fn names(self, node: &SyntaxNode, kind: SyntaxKind) -> Vec<Name> {
        children(node, kind).map(|node| self.name(&node)).collect()
    }

    /// The names of the columns in the first child of a kind, which is a list.
    pub(super) fn listed_columns(self, node: &SyntaxNode, list: SyntaxKind) -> Vec<Name> {
        let Some(list) = child(node, list) else { return Vec::new() };
        list.descendants()
            .filter(|node| {
                matches!(node.kind(), SyntaxKind::COLUMN_NAME | SyntaxKind::COLUMN_NAME_REF)
            })
            .map(|node| self.name(&node))
            .collect()
    }
}

pub(super) fn is_trivia(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::WHITESPACE | SyntaxKind::COMMENT)
}

pub(super) fn child(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

pub(super) fn children(node: &SyntaxNode, kind: SyntaxKind) -> impl Iterator<Item = SyntaxNode> {
    node.children().filter(move |child| child.kind() == kind)
}

pub(super) fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    child(node, kind).is_some()
}

/// Whether a token of the kind stands directly in the node.
pub(super) fn has_token(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.children_with_tokens()
        .filter_map(squawk_syntax::SyntaxElement::into_token)
        .any(|token| token.kind() == kind)
}

/// The node's text without white space around it.
pub(super) fn source(node: &SyntaxNode) -> String {
    node.text().to_string().trim().to_owned()
}
