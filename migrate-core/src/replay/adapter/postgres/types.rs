//! `CREATE TYPE` and `CREATE DOMAIN`.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::tree::{Reader, child, source};
use crate::replay::model::{CreateType, StatementKind, Text, TypeBody};

impl Reader<'_> {
    pub(super) fn create_domain(self, node: &SyntaxNode) -> Option<StatementKind> {
        let body = TypeBody::Domain {
            base: self.type_child(node)?,
            constraints: node.children().filter_map(|node| self.constraint(&node)).collect(),
        };
        let name = self.qualified_child(node, K::DOMAIN)?;
        Some(StatementKind::CreateType(Box::new(CreateType { name, body })))
    }

    pub(super) fn create_type(self, node: &SyntaxNode) -> Option<StatementKind> {
        let name = self.qualified_child(node, K::TYPE_NAME)?;
        let body = if let Some(node) = child(node, K::ENUM_TYPE) {
            let labels = node.descendants().filter(|node| node.kind() == K::VARIANT);
            TypeBody::Enum(labels.filter_map(|node| self.label(&node)).collect())
        } else if let Some(list) =
            child(node, K::COMPOSITE_TYPE).and_then(|node| child(&node, K::COMPOSITE_FIELD_LIST))
        {
            TypeBody::Composite(list.children().filter_map(|node| self.column(&node)).collect())
        } else if let Some(range) = child(node, K::RANGE_TYPE) {
            self.range(&range, &name.name.text)
        } else {
            TypeBody::Other
        };
        Some(StatementKind::CreateType(Box::new(CreateType { name, body })))
    }

    fn range(self, range: &SyntaxNode, name: &str) -> TypeBody {
        let options = range.descendants().filter(|node| node.kind() == K::ATTRIBUTE_OPTION);
        let (mut subtype, mut functions) = (None, Vec::new());
        for option in options {
            let written = child(&option, K::ATTRIBUTE_NAME).map(|name| source(&name));
            match written.map(|name| name.to_lowercase()).as_deref() {
                Some("subtype") => {
                    subtype = option.descendants().find_map(|it| self.type_name(&it));
                }
                Some("subtype_diff" | "canonical") => {
                    functions.extend(option.children().last().and_then(|it| self.qualified(&it)));
                }
                _ => {}
            }
        }
        TypeBody::Range { multirange: multirange(range, name), subtype, functions }
    }
}

/// The name of a range's multirange type: the one that is written, or the one that the server
/// makes up (`makeMultirangeTypeName` in its `pg_type.c`).
fn multirange(range: &SyntaxNode, name: &str) -> Text {
    let options = range.descendants().filter(|node| node.kind() == K::ATTRIBUTE_OPTION);
    for option in options {
        let text = option.text().to_string();
        if let Some((key, value)) = text.split_once('=')
            && key.trim().eq_ignore_ascii_case("multirange_type_name")
        {
            let last = value.rsplit('.').next().unwrap_or(value).trim();
            return match last.strip_prefix('"') {
                Some(quoted) => Text::from(quoted.trim_end_matches('"')),
                None => Text::from(last.to_lowercase()),
            };
        }
    }
    if name.contains("range") {
        return Text::from(name.replacen("range", "multirange", 1));
    }
    Text::from(format!("{name}_multirange"))
}
