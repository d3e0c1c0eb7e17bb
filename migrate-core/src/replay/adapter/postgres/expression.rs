//! Expressions and types.

use std::sync::Arc;

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::ast::{AstNode, Literal as LiteralNode, is_quoted_name_node};
use squawk_syntax::{SyntaxElement, SyntaxNode};

use super::tree::{Reader, child, children, has, has_token, source};
use crate::replay::model::{
    Argument, Call, ColumnReference, Expression, Literal, Name, QualifiedName, Query, TypeName,
};

pub(super) fn is_expression(kind: K) -> bool {
    matches!(
        kind,
        K::NAME_REF
            | K::FIELD_EXPR
            | K::CALL_EXPR
            | K::CAST_EXPR
            | K::LITERAL
            | K::BIN_EXPR
            | K::CASE_EXPR
            | K::ARRAY_EXPR
            | K::INDEX_EXPR
            | K::SLICE_EXPR
            | K::BETWEEN_EXPR
            | K::PAREN_EXPR
            | K::TUPLE_EXPR
            | K::PREFIX_EXPR
            | K::POSTFIX_EXPR
            | K::COLLATE
    )
}

pub(super) fn is_query(kind: K) -> bool {
    matches!(
        kind,
        K::SELECT | K::SELECT_INTO | K::PAREN_SELECT | K::TABLE | K::VALUES | K::COMPOUND_SELECT
    )
}

pub(super) fn is_type(kind: K) -> bool {
    matches!(
        kind,
        K::PATH_TYPE
            | K::ARRAY_TYPE
            | K::PERCENT_TYPE
            | K::VARCHAR_TYPE
            | K::CHARACTER_TYPE
            | K::BIT_TYPE
            | K::BIT_VARYING_TYPE
            | K::DOUBLE_TYPE
            | K::TIME_TYPE
            | K::TIMESTAMP_TYPE
            | K::INTERVAL_TYPE
    )
}

impl Reader<'_> {
    /// The first expression directly below a node.
    pub(super) fn expression_child(self, node: &SyntaxNode) -> Option<Expression> {
        node.children().find(|node| is_expression(node.kind())).map(|node| self.expression(&node))
    }

    /// Every outermost expression and query below a node, whatever is in between.
    pub(super) fn collect(self, node: &SyntaxNode) -> Vec<Expression> {
        let mut found = Vec::new();
        self.collect_into(node, &mut found);
        found
    }

    fn collect_into(self, node: &SyntaxNode, found: &mut Vec<Expression>) {
        for node in node.children() {
            let kind = node.kind();
            if is_expression(kind) {
                found.push(self.expression(&node));
            } else if is_query(kind) {
                found.push(Expression::QueryOperand(Box::new(self.query(&node))));
            } else if !is_type(kind) {
                self.collect_into(&node, found);
            }
        }
    }

    pub(super) fn expression(self, node: &SyntaxNode) -> Expression {
        match node.kind() {
            K::NAME_REF => self.name_reference(node),
            K::FIELD_EXPR => self.field(node),
            K::CALL_EXPR => self.call(node),
            K::CAST_EXPR => {
                let value = self.expression_child(node);
                let type_name = node.children().find_map(|node| self.type_name(&node));
                match (value, type_name) {
                    (Some(value), Some(name)) => Expression::Cast(Box::new(value), name),
                    (value, _) => Expression::Operation(value.into_iter().collect()),
                }
            }
            K::LITERAL => self.literal(node),
            K::PAREN_EXPR => self.parenthesis(node),
            K::COLLATE => {
                self.expression_child(node).unwrap_or_else(|| Expression::Operation(Vec::new()))
            }
            K::TUPLE_EXPR => Expression::Named("row", self.collect(node)),
            K::ARRAY_EXPR => Expression::Named("array", self.collect(node)),
            K::INDEX_EXPR | K::SLICE_EXPR => {
                let mut parts = self.collect(node);
                if parts.is_empty() {
                    return Expression::Operation(parts);
                }
                let base = parts.remove(0);
                Expression::NamedLike(Box::new(base), parts)
            }
            K::CASE_EXPR => {
                let mut parts = self.collect(node);
                let has_else = child(node, K::ELSE_CLAUSE).is_some();
                // The column is named after what stands behind `ELSE`, where that has a name.
                let otherwise = parts.pop_if(|last| {
                    let has_name = matches!(
                        last,
                        Expression::Column(_) | Expression::Call(_) | Expression::NamedLike(..)
                    );
                    has_else && has_name
                });
                match otherwise {
                    Some(otherwise) => Expression::NamedLike(Box::new(otherwise), parts),
                    None => Expression::Named("case", parts),
                }
            }
            K::BIN_EXPR if has(node, K::AT_TIME_ZONE) || has(node, K::AT_LOCAL) => {
                Expression::Named("timezone", self.collect(node))
            }
            // Behind `IS` stands a word: `UNKNOWN` and `DOCUMENT` are no columns there.
            K::BIN_EXPR if has_token(node, K::IS_KW) || has(node, K::IS_NOT) => {
                let mut parts = self.collect(node);
                parts.truncate(1);
                Expression::Operation(parts)
            }
            K::BIN_EXPR if compares(node) => self.comparison(node),
            _ => Expression::Operation(self.collect(node)),
        }
    }

    /// A comparison of values; with those of a query it is like any operation.
    fn comparison(self, node: &SyntaxNode) -> Expression {
        let parts = self.collect(node);
        let is_query = |part: &Expression| {
            matches!(part, Expression::Subquery(_) | Expression::QueryOperand(_))
        };
        if parts.iter().any(is_query) {
            Expression::Operation(parts)
        } else {
            Expression::Comparison(parts)
        }
    }

    fn name_reference(self, node: &SyntaxNode) -> Expression {
        let keyword = node.first_token().map(|token| token.kind());
        let Some(special) = keyword.and_then(special_value) else {
            return column(vec![self.name(node)], false);
        };
        Expression::Named(special, Vec::new())
    }

    fn field(self, node: &SyntaxNode) -> Expression {
        let star = has_token(node, K::STAR);
        let mut parts = Vec::new();
        let Some(base) = self.chain(node, &mut parts) else {
            return column(parts, star);
        };
        Expression::Field(Box::new(base), if star { None } else { parts.pop() })
    }

    /// Gathers `a.b.c` from left to right; returns the base where that is no name.
    fn chain(self, node: &SyntaxNode, parts: &mut Vec<Name>) -> Option<Expression> {
        let mut base = None;
        for (index, node) in node.children().enumerate() {
            match node.kind() {
                K::FIELD_EXPR if index == 0 => base = self.chain(&node, parts),
                K::NAME_REF => parts.push(self.name(&node)),
                kind if is_expression(kind) => base = Some(self.expression(&node)),
                _ => {}
            }
        }
        base
    }

    fn call(self, node: &SyntaxNode) -> Expression {
        let Some(list) = child(node, K::ARG_LIST) else {
            return self.special_call(node);
        };
        let Some(name) = self.called(node) else {
            return Expression::Operation(self.collect(node));
        };
        let mut arguments = Vec::new();
        let mut clauses = Vec::new();
        let mut is_special = false;
        for argument in children(&list, K::ARG) {
            is_special |= has_token(&argument, K::VARIADIC_KW);
            if let Some(named) = child(&argument, K::NAMED_ARG) {
                let value = self.expression_child(&named);
                let name = self.name_child(&named, K::PARAM_NAME_REF);
                arguments.extend(value.map(|value| Argument { name, value }));
            } else if let Some(value) = self.expression_child(&argument) {
                arguments.push(Argument { name: None, value });
            } else {
                let mut parts = self.collect(&argument);
                if !parts.is_empty() {
                    arguments.push(Argument { name: None, value: parts.remove(0) });
                }
            }
            if let Some(order) = child(&argument, K::ORDER_BY_CLAUSE) {
                clauses.extend(self.collect(&order));
            }
        }
        if names_form(&name, &arguments) {
            arguments.truncate(1);
        }
        for clause in [K::WITHIN_CLAUSE, K::FILTER_CLAUSE, K::OVER_CLAUSE] {
            if let Some(clause_node) = child(node, clause) {
                is_special |= clause == K::WITHIN_CLAUSE;
                clauses.extend(self.collect(&clause_node));
            }
        }
        let star = has_token(&list, K::STAR);
        let is_window = child(node, K::OVER_CLAUSE).is_some();
        Expression::Call(Box::new(Call { name, arguments, star, is_special, is_window, clauses }))
    }

    /// The name before the parenthesis.
    fn called(self, node: &SyntaxNode) -> Option<QualifiedName> {
        let first = node.children().next()?;
        let mut parts = Vec::new();
        match first.kind() {
            K::NAME_REF => parts.push(self.name(&first)),
            K::FIELD_EXPR => {
                if self.chain(&first, &mut parts).is_some() {
                    return None;
                }
            }
            _ => return None,
        }
        let name = parts.pop()?;
        Some(QualifiedName { schema: parts.pop(), name })
    }

    /// `extract(… from …)` and other forms with a grammar of their own.
    fn special_call(self, node: &SyntaxNode) -> Expression {
        let parts = self.collect(node);
        let form = node.children().next().map(|node| node.kind());
        let name = match form {
            Some(K::EXISTS_FN) => "exists",
            Some(K::EXTRACT_FN) => "extract",
            Some(K::SUBSTRING_FN) => "substring",
            Some(K::POSITION_FN) => "position",
            Some(K::OVERLAY_FN) => "overlay",
            Some(K::COLLATION_FOR_FN) => "pg_collation_for",
            Some(K::JSON_OBJECT_FN) => "json_object",
            Some(K::JSON_ARRAY_FN) => "json_array",
            Some(K::JSON_OBJECT_AGG_FN) => "json_objectagg",
            Some(K::JSON_ARRAY_AGG_FN) => "json_arrayagg",
            Some(K::XML_ELEMENT_FN) => "xmlelement",
            Some(K::TRIM_FN) => {
                let side = node.descendants().find_map(|node| match node.kind() {
                    K::TRIM_LEADING => Some("ltrim"),
                    K::TRIM_TRAILING => Some("rtrim"),
                    _ => None,
                });
                side.unwrap_or("btrim")
            }
            _ => return Expression::Operation(parts),
        };
        Expression::Named(name, parts)
    }

    fn literal(self, node: &SyntaxNode) -> Expression {
        let kind = node
            .children_with_tokens()
            .filter_map(SyntaxElement::into_token)
            .map(|token| token.kind())
            .find(|kind| !super::tree::is_trivia(*kind));
        let literal = match kind {
            Some(K::TRUE_KW) => Literal::Boolean(true),
            Some(K::FALSE_KW) => Literal::Boolean(false),
            Some(K::NULL_KW) => Literal::Null,
            Some(K::STRING | K::ESC_STRING | K::DOLLAR_QUOTED_STRING | K::UNICODE_ESC_STRING) => {
                LiteralNode::cast(node.clone())
                    .and_then(|literal| literal.string_value())
                    .map_or(Literal::Other, |text| Literal::String(Arc::from(text)))
            }
            Some(K::INT_NUMBER) => Literal::Number(Arc::from(source(node).trim())),
            _ => Literal::Other,
        };
        Expression::Literal(literal, self.place(node))
    }

    fn parenthesis(self, node: &SyntaxNode) -> Expression {
        let Some(inner) = node.children().next() else {
            return Expression::Operation(Vec::new());
        };
        if is_query(inner.kind()) {
            let query: Query = self.query(&inner);
            return Expression::Subquery(Box::new(query));
        }
        if is_expression(inner.kind()) {
            return self.expression(&inner);
        }
        Expression::Operation(self.collect(node))
    }

    /// Reads a type, or nothing where the node is none.
    pub(super) fn type_name(self, node: &SyntaxNode) -> Option<TypeName> {
        let written = || Arc::from(source(node));
        let place = self.place(node);
        let built_in = |name: &str| {
            let name = QualifiedName {
                schema: Some(Name::new("pg_catalog", place)),
                name: Name::new(name, place),
            };
            Some(TypeName { name, is_array: false, written: written(), is_borrowed: false })
        };
        let with_zone = || has(node, K::WITH_TIMEZONE);
        match node.kind() {
            K::VARCHAR_TYPE => built_in("varchar"),
            K::CHARACTER_TYPE => built_in("bpchar"),
            K::BIT_TYPE => built_in("bit"),
            K::BIT_VARYING_TYPE => built_in("varbit"),
            K::DOUBLE_TYPE => built_in("float8"),
            K::TIME_TYPE => built_in(if with_zone() { "timetz" } else { "time" }),
            K::TIMESTAMP_TYPE => built_in(if with_zone() { "timestamptz" } else { "timestamp" }),
            K::INTERVAL_TYPE => built_in("interval"),
            K::PERCENT_TYPE => {
                let name = self.qualified(node)?;
                Some(TypeName { name, is_array: false, written: written(), is_borrowed: true })
            }
            K::ARRAY_TYPE => {
                let inner = node.children().find_map(|node| self.type_name(&node))?;
                Some(TypeName { is_array: true, written: written(), ..inner })
            }
            K::PATH_TYPE => {
                let path = child(node, K::PATH_REF)?;
                let segments: Vec<_> =
                    path.descendants().filter(|node| node.kind() == K::PATH_SEGMENT_REF).collect();
                if let [segment] = segments.as_slice()
                    && !is_quoted_name_node(segment)
                    && let Some(name) = keyword_type(&self.name(segment).text)
                {
                    return built_in(name);
                }
                let name = self.qualified(&path)?;
                Some(TypeName { name, is_array: false, written: written(), is_borrowed: false })
            }
            _ => None,
        }
    }

    /// The first type directly below a node.
    pub(super) fn type_child(self, node: &SyntaxNode) -> Option<TypeName> {
        node.children().find_map(|node| self.type_name(&node))
    }
}

/// Whether an operation of two compares them, or is an `IN`.
fn compares(node: &SyntaxNode) -> bool {
    let is_mark = |kind| {
        matches!(
            kind,
            K::EQ | K::NEQ | K::NEQB | K::L_ANGLE | K::R_ANGLE | K::LTEQ | K::GTEQ | K::IN_KW
        )
    };
    let mut tokens = node.children_with_tokens().filter_map(SyntaxElement::into_token);
    tokens.any(|token| is_mark(token.kind())) || has(node, K::NOT_IN)
}

/// The functions that the grammar calls by a word without parentheses.
pub(super) const SPECIAL_VALUES: [(K, &str); 11] = [
    (K::CURRENT_CATALOG_KW, "current_catalog"),
    (K::CURRENT_DATE_KW, "current_date"),
    (K::CURRENT_ROLE_KW, "current_role"),
    (K::CURRENT_SCHEMA_KW, "current_schema"),
    (K::CURRENT_TIME_KW, "current_time"),
    (K::CURRENT_TIMESTAMP_KW, "current_timestamp"),
    (K::CURRENT_USER_KW, "current_user"),
    (K::LOCALTIME_KW, "localtime"),
    (K::LOCALTIMESTAMP_KW, "localtimestamp"),
    (K::SESSION_USER_KW, "session_user"),
    (K::USER_KW, "user"),
];

pub(super) fn special_value(keyword: K) -> Option<&'static str> {
    SPECIAL_VALUES.iter().find(|(own, _)| *own == keyword).map(|(_, word)| *word)
}

pub(super) fn column(parts: Vec<Name>, star: bool) -> Expression {
    Expression::Column(ColumnReference { parts, star })
}

/// Whether the second argument is a word of the grammar: `normalize(text, NFC)`.
fn names_form(called: &QualifiedName, arguments: &[Argument]) -> bool {
    let [_, Argument { name: None, value: Expression::Column(form) }] = arguments else {
        return false;
    };
    let [form] = form.parts.as_slice() else { return false };
    called.schema.is_none()
        && &*called.name.text == "normalize"
        && matches!(&*form.text, "nfc" | "nfd" | "nfkc" | "nfkd")
}

/// The names that the grammar, not the catalogue, gives to built-in types.
fn keyword_type(word: &str) -> Option<&'static str> {
    Some(match word {
        "int" | "integer" => "int4",
        "smallint" => "int2",
        "bigint" => "int8",
        "real" => "float4",
        "float" => "float8",
        "decimal" | "dec" | "numeric" => "numeric",
        "boolean" => "bool",
        _ => return None,
    })
}
