//! Statements that hold others: `COPY`, `EXPLAIN` and `PREPARE`.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::statement::may_touch;
use super::tree::{Reader, child, source};
use crate::replay::model::{
    Name, ObjectKind, ObjectReference, QualifiedName, Statement, StatementKind,
};

impl Reader<'_> {
    pub(super) fn copy(self, node: &SyntaxNode) -> Option<StatementKind> {
        let table = child(node, K::COPY_TABLE);
        let Some(table) = table else {
            let query = child(node, K::COPY_QUERY).and_then(|query| query.children().next());
            return query.and_then(|query| self.rows(&query)).or(Some(StatementKind::Nothing));
        };
        let name = child(&table, K::TABLE_NAME_REF)?;
        let mut references = vec![self.reference(ObjectKind::Relation, &name)?];
        references.extend(self.columns_of_reference(&table));
        Some(StatementKind::Refer(references))
    }

    /// The columns that are listed behind the name of a table.
    pub(super) fn columns_of_reference(self, node: &SyntaxNode) -> Vec<ObjectReference> {
        let table = self.qualified_child(node, K::TABLE_NAME_REF);
        let column = |name: Name| ObjectReference {
            kind: ObjectKind::Column,
            name: QualifiedName::bare(name),
            on: table.clone(),
            arguments: None,
        };
        self.listed_columns(node, K::COLUMN_REF_LIST).into_iter().map(column).collect()
    }

    /// `EXPLAIN`, which looks into its statement, and runs it where it is told to.
    pub(super) fn explain(self, node: &SyntaxNode) -> StatementKind {
        let is_analyze = |node: &SyntaxNode| {
            node.kind() == K::EXPLAIN_ANALYZE
                || (node.kind() == K::EXPLAIN_OPTION
                    && source(node).to_ascii_lowercase().starts_with("analy"))
        };
        let runs = node.descendants().any(|node| is_analyze(&node));
        let inner = node.children().find(|node| {
            !matches!(node.kind(), K::EXPLAIN_OPTION_LIST | K::EXPLAIN_ANALYZE | K::EXPLAIN_VERBOSE)
        });
        let Some(inner) = inner else { return StatementKind::Nothing };
        match self.rows(&inner) {
            // Whether it is told so may be a value.
            Some(kind) if !runs => self.looked_into(&inner, kind),
            Some(kind) => kind,
            None if !runs => StatementKind::Nothing,
            None => may_touch(node, "EXPLAIN"),
        }
    }

    /// A statement whose names are looked up, and that does not run.
    fn looked_into(self, node: &SyntaxNode, kind: StatementKind) -> StatementKind {
        StatementKind::LookInto(Box::new(Statement { place: self.place(node), kind }))
    }

    pub(super) fn prepare(self, node: &SyntaxNode) -> StatementKind {
        let inner = node.children().last();
        let rows = inner.and_then(|inner| Some((self.rows(&inner)?, inner)));
        rows.map_or(StatementKind::Nothing, |(kind, inner)| self.looked_into(&inner, kind))
    }
}
