//! Conditions that ask the catalog whether something exists.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_syntax::ast::{AstNode, Literal as LiteralNode, normalize_name_node};
use squawk_syntax::{SourceFile, SyntaxKind as K, SyntaxNode};

use super::tree::{child, has_token};
use crate::database::Database;
use crate::replay::adapter::{Origin, is_too_deep};
use crate::replay::model::{Guard, GuardedObject, LONGEST_NAME, ObjectKind, clip};

/// Reads a condition of PL/pgSQL.
pub(super) fn parse_guard(text: &str, _origin: &Origin) -> Guard {
    let sql = format!("SELECT {text}");
    if is_too_deep(&sql, Database::Postgres) {
        return Guard::Unknown;
    }
    catch_unwind(AssertUnwindSafe(|| {
        let parsed = SourceFile::parse(&sql);
        let root = parsed.syntax_node();
        root.descendants()
            .find(|node| node.kind() == K::TARGET)
            .and_then(|target| target.children().next())
            .map_or(Guard::Unknown, |node| guard(&node))
    }))
    .unwrap_or(Guard::Unknown)
}

fn guard(node: &SyntaxNode) -> Guard {
    match node.kind() {
        K::PAREN_EXPR => node.children().next().map_or(Guard::Unknown, |node| guard(&node)),
        K::PREFIX_EXPR if has_token(node, K::NOT_KW) => {
            let inner = node.children().last().map_or(Guard::Unknown, |node| guard(&node));
            Guard::Not(Box::new(inner))
        }
        K::BIN_EXPR => binary(node),
        K::CALL_EXPR => match child(node, K::EXISTS_FN) {
            Some(exists) => exists
                .children()
                .find(|node| matches!(node.kind(), K::SELECT | K::PAREN_SELECT))
                .and_then(|query| existence(&query))
                .unwrap_or(Guard::Unknown),
            None => Guard::Unknown,
        },
        K::LITERAL if has_token(node, K::TRUE_KW) => Guard::Constant(true),
        K::LITERAL if has_token(node, K::FALSE_KW) => Guard::Constant(false),
        _ => Guard::Unknown,
    }
}

fn binary(node: &SyntaxNode) -> Guard {
    let operands: Vec<_> =
        node.children().filter(|node| super::expression::is_expression(node.kind())).collect();
    let [left, right] = operands.as_slice() else { return Guard::Unknown };
    if has_token(node, K::AND_KW) {
        return Guard::All(vec![guard(left), guard(right)]);
    }
    if has_token(node, K::OR_KW) {
        return Guard::Any(vec![guard(left), guard(right)]);
    }
    let is_null = has_token(right, K::NULL_KW);
    let negated = child(node, K::IS_NOT).is_some();
    if is_null
        && (negated || has_token(node, K::IS_KW))
        && let Some(object) = registered(left)
    {
        let exists = Guard::Exists(object);
        return if negated { exists } else { Guard::Not(Box::new(exists)) };
    }
    Guard::Unknown
}

/// `to_regclass('name')` and its like.
fn registered(node: &SyntaxNode) -> Option<GuardedObject> {
    let name = normalize_name_node(&child(node, K::NAME_REF)?);
    let kind = match name.as_str() {
        "to_regclass" => ObjectKind::Relation,
        "to_regtype" => ObjectKind::Type,
        "to_regnamespace" => ObjectKind::Schema,
        "to_regrole" => ObjectKind::Role,
        _ => return None,
    };
    let text = first_literal(node)?;
    let (schema, name) = split_name(&text);
    Some(GuardedObject { kind, schema, on_path: true, name, on: None, is_exact: true })
}

/// `SELECT … FROM a catalog relation WHERE column = 'literal' AND …`.
fn existence(query: &SyntaxNode) -> Option<Guard> {
    if query.kind() == K::PAREN_SELECT {
        return existence(&query.children().find(|node| node.kind() == K::SELECT)?);
    }
    let from = child(query, K::FROM_CLAUSE)?;
    let relations: Vec<String> = from
        .descendants()
        .filter(|node| node.kind() == K::RELATION_NAME_REF)
        .map(|node| {
            let segments = node.descendants().filter(|node| node.kind() == K::PATH_SEGMENT_REF);
            segments.last().map(|node| normalize_name_node(&node)).unwrap_or_default()
        })
        .collect();
    let condition = child(query, K::WHERE_CLAUSE).and_then(|node| node.children().next());
    let mut facts = Facts { equal: HashMap::new(), is_exact: relations.len() == 1 };
    if let Some(condition) = condition {
        facts.gather(&condition);
    }
    let object = relations.iter().find_map(|relation| facts.object(relation))?;
    Some(Guard::Exists(object))
}

struct Facts {
    equal: HashMap<String, String>,
    /// Every condition was understood.
    is_exact: bool,
}

impl Facts {
    fn gather(&mut self, node: &SyntaxNode) {
        if node.kind() == K::PAREN_EXPR
            && let Some(inner) = node.children().next()
        {
            return self.gather(&inner);
        }
        let operands: Vec<_> =
            node.children().filter(|node| super::expression::is_expression(node.kind())).collect();
        let is_binary = node.kind() == K::BIN_EXPR;
        if let [left, right] = operands.as_slice()
            && is_binary
        {
            if has_token(node, K::AND_KW) {
                self.gather(left);
                self.gather(right);
                return;
            }
            let is_equality = has_token(node, K::EQ);
            let pair = match (column(left), compared(right)) {
                (Some(column), Some(text)) => Some((column, text)),
                _ => column(right).zip(compared(left)),
            };
            if is_equality && let Some((column, text)) = pair {
                self.equal.insert(column, text);
                return;
            }
        }
        self.is_exact = false;
    }

    fn take(&mut self, column: &str) -> Option<String> {
        self.equal.remove(column)
    }

    /// What `information_schema.tables` calls the kind that is asked for.
    fn listed_kind(&mut self) -> ObjectKind {
        let kind = match self.equal.get("table_type").map(String::as_str) {
            Some("BASE TABLE") => ObjectKind::Table,
            Some("VIEW") => ObjectKind::View,
            _ => return ObjectKind::Relation,
        };
        self.equal.remove("table_type");
        kind
    }

    /// What `pg_class` calls the kind that is asked for.
    fn class_kind(&mut self) -> ObjectKind {
        let kind = match self.equal.get("relkind").map(String::as_str) {
            // A partitioned table has a letter of its own: the condition stays, and with it a doubt.
            Some("r" | "p") => return ObjectKind::Table,
            Some("v") => ObjectKind::View,
            Some("m") => ObjectKind::MaterializedView,
            Some("S") => ObjectKind::Sequence,
            Some("i") => ObjectKind::Index,
            _ => return ObjectKind::Relation,
        };
        self.equal.remove("relkind");
        kind
    }

    /// What the facts say of a catalog relation's row.
    fn object(&mut self, relation: &str) -> Option<GuardedObject> {
        let (kind, name, on, schema) = match relation {
            "columns" => (ObjectKind::Column, "column_name", Some("table_name"), "table_schema"),
            "pg_attribute" => (ObjectKind::Column, "attname", Some("attrelid"), ""),
            "tables" => (self.listed_kind(), "table_name", None, "table_schema"),
            "views" => (ObjectKind::View, "table_name", None, "table_schema"),
            "pg_tables" => (ObjectKind::Table, "tablename", None, "schemaname"),
            "pg_views" => (ObjectKind::View, "viewname", None, "schemaname"),
            "pg_matviews" => (ObjectKind::MaterializedView, "matviewname", None, "schemaname"),
            "pg_class" => (self.class_kind(), "relname", None, "relnamespace"),
            "pg_indexes" => (ObjectKind::Index, "indexname", None, "schemaname"),
            "pg_type" => (ObjectKind::Type, "typname", None, "typnamespace"),
            "pg_constraint" => (ObjectKind::Constraint, "conname", Some("conrelid"), ""),
            "table_constraints" => {
                (ObjectKind::Constraint, "constraint_name", Some("table_name"), "table_schema")
            }
            "pg_trigger" => (ObjectKind::Trigger, "tgname", Some("tgrelid"), ""),
            "triggers" => {
                (ObjectKind::Trigger, "trigger_name", Some("event_object_table"), "trigger_schema")
            }
            "pg_policies" => (ObjectKind::Policy, "policyname", Some("tablename"), "schemaname"),
            "pg_policy" => (ObjectKind::Policy, "polname", Some("polrelid"), ""),
            "pg_proc" => (ObjectKind::Routine, "proname", None, "pronamespace"),
            "routines" => (ObjectKind::Routine, "routine_name", None, "routine_schema"),
            "pg_roles" | "pg_user" | "pg_authid" => (
                ObjectKind::Role,
                if relation == "pg_user" { "usename" } else { "rolname" },
                None,
                "",
            ),
            "pg_namespace" => (ObjectKind::Schema, "nspname", None, ""),
            "schemata" => (ObjectKind::Schema, "schema_name", None, ""),
            "pg_extension" => (ObjectKind::Extension, "extname", None, ""),
            "pg_publication" => (ObjectKind::Publication, "pubname", None, ""),
            _ => return None,
        };
        let name = self.take(name)?;
        let table = on.and_then(|on| self.take(on));
        let mut schema = self.take(schema);
        let on_is_regclass = on.is_some_and(|on| on.ends_with("relid"));
        let on = table.map(|table| {
            // A comparison of texts, which folds nothing.
            if !on_is_regclass {
                return table;
            }
            let (of, table) = split_name(&table);
            if of.is_some() {
                schema.clone_from(&of);
            }
            table
        });
        // A column, constraint or trigger of an unknown table is not one thing.
        let is_exact = self.is_exact && self.equal.is_empty();
        Some(GuardedObject { kind, schema, on_path: false, name, on, is_exact })
    }
}

/// The last name of a column reference, through casts.
fn column(node: &SyntaxNode) -> Option<String> {
    match node.kind() {
        K::NAME_REF => Some(normalize_name_node(node)),
        K::FIELD_EXPR => {
            let last = node.children().filter(|node| node.kind() == K::NAME_REF).last()?;
            Some(normalize_name_node(&last))
        }
        _ => None,
    }
}

/// Whether a call asks for an object by its name, as `to_regclass` does.
fn is_registration(call: &SyntaxNode) -> bool {
    child(call, K::NAME_REF).is_some_and(|name| normalize_name_node(&name).starts_with("to_reg"))
}

/// The literal that a node is, through casts and calls such as `'t'::regclass`.
fn first_literal(node: &SyntaxNode) -> Option<String> {
    let literal = match node.kind() {
        K::LITERAL => node.clone(),
        // What another function makes of a text is not the text.
        K::CALL_EXPR if !is_registration(node) => return None,
        K::ARG_LIST if node.children().count() != 1 => return None,
        K::CAST_EXPR | K::CALL_EXPR | K::PAREN_EXPR | K::ARG_LIST | K::ARG => {
            return node.children().find_map(|node| first_literal(&node));
        }
        _ => return None,
    };
    LiteralNode::cast(literal)?.string_value().filter(|text| !text.is_empty())
}

/// The literal that a name of the catalog is compared with: it becomes a `name` too, and is
/// cut as names are, unless it says that it is something else.
fn compared(node: &SyntaxNode) -> Option<String> {
    let text = first_literal(node)?;
    Some(if node.kind() == K::LITERAL { clip(&text, LONGEST_NAME).to_owned() } else { text })
}

fn split_name(text: &str) -> (Option<String>, String) {
    let fold = |part: &str| {
        let name = match part.strip_prefix('"').and_then(|part| part.strip_suffix('"')) {
            Some(quoted) => quoted.to_owned(),
            None => part.to_lowercase(),
        };
        clip(&name, LONGEST_NAME).to_owned()
    };
    match text.split_once('.') {
        Some((schema, name)) => (Some(fold(schema)), fold(name)),
        None => (None, fold(text)),
    }
}
