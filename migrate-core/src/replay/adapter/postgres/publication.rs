//! The tables of publications.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::tree::{Reader, child, children};
use crate::replay::model::{AlterPublication, PublicationChange};

impl Reader<'_> {
    /// What is said of the tables of a publication.
    pub(super) fn alter_publication(self, node: &SyntaxNode) -> Option<AlterPublication> {
        let name = node
            .children()
            .find(|node| matches!(node.kind(), K::PUBLICATION_REF | K::PUBLICATION))?;
        let objects = node.children().find_map(|node| {
            let change = match node.kind() {
                K::ADD_PUBLICATION_OBJECTS => PublicationChange::Add,
                K::DROP_PUBLICATION_OBJECTS => PublicationChange::Drop,
                K::SET_PUBLICATION_OBJECTS | K::FOR_PUBLICATION_OBJECTS => PublicationChange::Set,
                _ => return None,
            };
            Some((change, node))
        });
        let (change, objects) = objects?;
        let tables = children(&objects, K::PUBLICATION_OBJECT_TABLE);
        Some(AlterPublication {
            name: self.name(&name),
            change,
            tables: tables.filter_map(|it| self.qualified_child(&it, K::TABLE_NAME_REF)).collect(),
            columns: children(&objects, K::PUBLICATION_OBJECT_TABLE)
                .flat_map(|it| self.columns_of_reference(&it))
                .collect(),
            is_open: objects.children().any(|it| it.kind() != K::PUBLICATION_OBJECT_TABLE)
                || children(&objects, K::PUBLICATION_OBJECT_TABLE)
                    .any(|it| child(&it, K::TABLE_NAME_REF).is_none()),
        })
    }
}
