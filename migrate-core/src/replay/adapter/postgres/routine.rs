//! Functions, procedures, aggregates and triggers.

use std::sync::Arc;

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{AstNode, Literal as LiteralNode};

use super::statement::may_touch;
use super::tree::{Reader, child, children, has, source};
use crate::database::Database;
use crate::replay::adapter::{Origin, parse_all};
use crate::replay::model::{
    Code, CreateFunction, CreateTrigger, Expression, FunctionBody, Name, ObjectKind, Parameter,
    ParameterMode, QualifiedName, Returns, StatementKind,
};

impl Reader<'_> {
    pub(super) fn create_function(self, node: &SyntaxNode) -> Option<StatementKind> {
        let (kind, name) = match node.kind() {
            K::CREATE_PROCEDURE => (ObjectKind::Procedure, K::PROCEDURE_NAME),
            K::CREATE_AGGREGATE => (ObjectKind::Aggregate, K::AGGREGATE_NAME),
            _ => (ObjectKind::Function, K::FUNCTION_NAME),
        };
        let parameters = match child(node, K::PARAM_LIST) {
            Some(list) => {
                Some(parameters(&list).iter().filter_map(|it| self.parameter(it)).collect())
            }
            None => child(node, K::ATTRIBUTE_LIST).map(|list| self.base_type(&list)),
        };
        Some(StatementKind::CreateFunction(Box::new(CreateFunction {
            kind,
            name: self.qualified_child(node, name)?,
            replace: has(node, K::OR_REPLACE),
            if_not_exists: false,
            parameters: parameters.unwrap_or_default(),
            arity: None,
            returns: child(node, K::RET_TYPE).and_then(|node| self.returns(&node)),
            is_compiled: language(node)
                .is_some_and(|language| matches!(language.as_str(), "c" | "internal")),
            parts: child(node, K::ATTRIBUTE_LIST)
                .map(|list| self.parts_of(&list))
                .unwrap_or_default(),
            body: self.body(node),
        })))
    }

    /// What an aggregate takes in the old syntax, where an option says it.
    ///
    /// Source: `PostgreSQL` 15 manual, `CREATE AGGREGATE`, `base_type`.
    fn base_type(self, list: &SyntaxNode) -> Vec<Parameter> {
        let is_base = |option: &SyntaxNode| {
            let name = child(option, K::ATTRIBUTE_NAME).map(|name| source(&name));
            name.is_some_and(|name| name.eq_ignore_ascii_case("basetype"))
        };
        let option = children(list, K::ATTRIBUTE_OPTION).find(is_base);
        let written = option.and_then(|it| it.descendants().find_map(|it| self.type_name(&it)));
        // `"ANY"` means any number of rows, and no argument.
        let taken = written.filter(|it| !it.name.name.text.eq_ignore_ascii_case("any"));
        let parameter =
            |type_name| Parameter { name: None, mode: ParameterMode::In, type_name, default: None };
        taken.map(parameter).into_iter().collect()
    }

    /// The functions among the options of an aggregate.
    fn parts_of(self, list: &SyntaxNode) -> Vec<QualifiedName> {
        let is_function = |option: &SyntaxNode| {
            let name = child(option, K::ATTRIBUTE_NAME).map(|name| source(&name).to_lowercase());
            name.is_some_and(|name| name.ends_with("func") && !name.ends_with("deserialfunc"))
        };
        let options = children(list, K::ATTRIBUTE_OPTION).filter(is_function);
        options.filter_map(|option| self.qualified(&option.children().last()?)).collect()
    }

    fn parameter(self, node: &SyntaxNode) -> Option<Parameter> {
        let mode = node.children().find_map(|node| {
            Some(match node.kind() {
                K::PARAM_OUT => ParameterMode::Out,
                K::PARAM_IN_OUT => ParameterMode::InOut,
                K::PARAM_VARIADIC => ParameterMode::Variadic,
                K::PARAM_IN => ParameterMode::In,
                _ => return None,
            })
        });
        Some(Parameter {
            name: self.name_child(node, K::PARAM_NAME),
            mode: mode.unwrap_or(ParameterMode::In),
            type_name: self.type_child(node)?,
            default: child(node, K::PARAM_DEFAULT)
                .map(|node| Expression::Operation(self.collect(&node))),
        })
    }

    fn returns(self, node: &SyntaxNode) -> Option<Returns> {
        if let Some(list) = child(node, K::RETURN_TABLE_ARG_LIST) {
            let columns = children(&list, K::RETURN_TABLE_COLUMN).filter_map(|column| {
                Some((self.name_child(&column, K::COLUMN_NAME)?, self.type_child(&column)?))
            });
            return Some(Returns::Table(columns.collect()));
        }
        self.type_child(node).map(Returns::Type)
    }

    fn body(self, node: &SyntaxNode) -> FunctionBody {
        if let Some(atomic) =
            node.children().find(|node| matches!(node.kind(), K::ATOMIC_BODY | K::RETURN_STMT))
        {
            let statements = atomic.children().filter_map(|node| {
                let kind = self.rows(&node)?;
                Some(crate::replay::model::Statement { place: self.place(&node), kind })
            });
            // The schema cannot be changed in there.
            return FunctionBody::Checked(statements.collect(), None);
        }
        let Some(options) = child(node, K::FUNC_OPTION_LIST) else {
            return FunctionBody::Unchecked;
        };
        let language = language(node).unwrap_or_default();
        let is_sql = language == "sql";
        let own_path = children(&options, K::SET_FUNC_OPTION)
            .filter(|node| source(node).to_lowercase().contains("search_path"))
            .last();
        let definition = child(&options, K::AS_FUNC_OPTION)
            .and_then(|node| child(&node, K::AS_DEFINITION))
            .and_then(|node| child(&node, K::LITERAL));
        match definition {
            Some(literal) if is_sql => match self.literal_text(&literal) {
                Some((text, origin)) => {
                    let statements = parse_all(&text, Database::Postgres, &origin);
                    let values = own_path.as_ref().and_then(|option| {
                        option.descendants().find(|node| node.kind() == K::TO_CONFIG_VALUE)
                    });
                    let code = self.code_of(node, text, &origin, true);
                    match values {
                        Some(values) => {
                            FunctionBody::CheckedUnder(statements, code, self.path_of(&values))
                        }
                        // `FROM CURRENT` is the path at hand.
                        None => FunctionBody::Checked(statements, Some(code)),
                    }
                }
                None => FunctionBody::Unchecked,
            },
            Some(literal) if language == "plpgsql" => match self.literal_text(&literal) {
                Some((text, origin)) => {
                    FunctionBody::Procedural(self.code_of(node, text, &origin, false))
                }
                None => FunctionBody::Unchecked,
            },
            _ => FunctionBody::Unchecked,
        }
    }

    /// The text of a routine with the names of what it takes.
    fn code_of(self, node: &SyntaxNode, text: String, origin: &Origin, is_sql: bool) -> Arc<Code> {
        let parameters = child(node, K::PARAM_LIST).map(|list| {
            let names = children(&list, K::PARAM).filter(|it| !has(it, K::PARAM_OUT));
            let name = |it| self.name_child(&it, K::PARAM_NAME);
            names.map(|it| name(it).map_or_else(String::new, |it| it.text.to_string())).collect()
        });
        let parameters = parameters.unwrap_or_default();
        let options = child(node, K::FUNC_OPTION_LIST);
        let path = options.and_then(|options| self.routine_path(&options)).unwrap_or_default();
        Arc::new(Code { text, parameters, is_sql, path, offset: origin.offset() })
    }

    /// What a string literal says, and where that text stands.
    pub(super) fn literal_text(self, literal: &SyntaxNode) -> Option<(String, Origin)> {
        let decoded = LiteralNode::cast(literal.clone())?.decoded_value()?;
        let text = decoded.text().to_owned();
        let start: usize = literal.text_range().start().into();
        let written = literal.text().to_string();
        // Offsets carry over where the text stands in the literal as it is.
        let origin = match written.find(text.as_str()) {
            Some(inside) if !text.is_empty() => self.origin.part(start + inside),
            _ => Origin::within(self.place(literal)),
        };
        Some((text, origin))
    }

    pub(super) fn create_trigger(self, node: &SyntaxNode) -> Option<StatementKind> {
        let columns: Vec<Name> = child(node, K::TRIGGER_EVENT_LIST)
            .into_iter()
            .flat_map(|list| list.descendants().collect::<Vec<_>>())
            .filter(|node| node.kind() == K::COLUMN_NAME_REF)
            .map(|node| self.name(&node))
            .collect();
        let condition =
            child(node, K::WHEN_CONDITION).and_then(|node| self.expression_child(&node));
        Some(StatementKind::CreateTrigger(Box::new(CreateTrigger {
            temporary: false,
            name: self.name_child(node, K::TRIGGER)?,
            replace: has(node, K::OR_REPLACE),
            if_not_exists: false,
            table: self.qualified_child(node, K::ON_RELATION)?,
            instead: None,
            event: None,
            columns,
            condition,
            function: self.executed(node),
            transition_tables: node
                .descendants()
                .filter(|node| node.kind() == K::TRANSITION_RELATION_NAME)
                .map(|node| self.name(&node))
                .collect(),
            body: Vec::new(),
        })))
    }

    /// The function that a trigger executes.
    pub(super) fn executed(self, node: &SyntaxNode) -> Option<QualifiedName> {
        match self.expression(&child(node, K::CALL_EXPR)?) {
            Expression::Call(call) => Some(call.name),
            _ => None,
        }
    }

    pub(super) fn do_block(self, node: &SyntaxNode) -> StatementKind {
        let language = child(node, K::DO_LANGUAGE).map(|node| source(&node).to_lowercase());
        let is_plpgsql = language.is_none_or(|language| language.contains("plpgsql"));
        let literal = child(node, K::LITERAL);
        let body = literal.and_then(|literal| self.literal_text(&literal));
        match body {
            Some((text, origin)) if is_plpgsql => StatementKind::Block(Box::new(
                super::plpgsql::parse_block(&text, &origin, Vec::new()),
            )),
            _ => may_touch(node, "DO"),
        }
    }
}

/// The parameters in a list: of an aggregate those that are behind `ORDER BY` as well.
///
/// Source: `PostgreSQL` 15 manual, `CREATE AGGREGATE`: where the last one before it is `VARIADIC`,
/// the one behind it is the same.
pub(super) fn parameters(list: &SyntaxNode) -> Vec<SyntaxNode> {
    let mut all: Vec<_> = children(list, K::PARAM).collect();
    let is_variadic = all.last().is_some_and(|last| has(last, K::PARAM_VARIADIC));
    if let Some(ordered) = child(list, K::AGGREGATE_ORDER_BY).filter(|_| !is_variadic) {
        all.extend(children(&ordered, K::PARAM));
    }
    all
}

/// The language of a routine, where it is written.
fn language(node: &SyntaxNode) -> Option<String> {
    let option = child(&child(node, K::FUNC_OPTION_LIST)?, K::LANGUAGE_FUNC_OPTION)?;
    let written = source(&option).to_lowercase();
    let word = written.split_whitespace().last()?;
    Some(word.trim_matches(['\'', '"']).to_owned())
}
