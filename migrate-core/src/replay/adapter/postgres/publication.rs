//! The tables of publications.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::tree::{Reader, has_token};
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
        let listed = listed_tables(&objects);
        let tables: Vec<_> =
            listed.iter().filter_map(|it| self.qualified_child(it, K::TABLE_NAME_REF)).collect();
        Some(AlterPublication {
            name: self.name(&name),
            change,
            is_open: tables.len() < objects.children().count(),
            tables,
            columns: listed.iter().flat_map(|it| self.columns_of_reference(it)).collect(),
        })
    }
}

/// The objects that are tables: a name behind `TABLES IN SCHEMA` is one more schema.
///
/// Source: `PostgreSQL` 15 manual, `CREATE PUBLICATION`.
fn listed_tables(objects: &SyntaxNode) -> Vec<SyntaxNode> {
    let mut in_schemas = false;
    let objects = objects.children().filter(|object| {
        let is_name = object.kind() == K::PUBLICATION_OBJECT_TABLE;
        in_schemas = !is_name || in_schemas && !has_token(object, K::TABLE_KW);
        !in_schemas
    });
    objects.collect()
}
