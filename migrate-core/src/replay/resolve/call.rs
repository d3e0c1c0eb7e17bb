//! Calls of functions, and types.

use std::sync::Arc;

use super::{Fault, Resolver, Subject};
use crate::diagnostics::Code;
use crate::replay::catalog::{Dependency, Found};
use crate::replay::model::{
    Call, Expression, LONGEST_NAME, Literal, Name, ObjectKind, Place, QualifiedName, TypeName, clip,
};
use crate::replay::suggest::closest;

impl Resolver<'_> {
    pub(super) fn call(&mut self, call: &Call) {
        for argument in &call.arguments {
            self.expression(&argument.value);
        }
        self.preferring_results(&call.clauses);
        let name: &str = &call.name.name.text;
        if matches!(name, "nextval" | "currval" | "setval")
            && let Some(argument) = call.arguments.first()
            && !is_text_cast(&argument.value)
        {
            self.regclass(&argument.value);
        }
        self.function(&call.name, call);
    }

    fn function(&mut self, name: &QualifiedName, call: &Call) {
        let count = call.arguments.len();
        let candidates = self.catalog.functions_named(name);
        let may_have_others = self.catalog.may_have_function(self.dialect, name);
        let is_plain = !call.star
            && !call.is_special
            && call.arguments.iter().all(|argument| argument.name.is_none());
        let fitting: Vec<_> = candidates
            .iter()
            .filter(|(_, function)| {
                !is_plain
                    || (function.fewest <= count && function.most.is_none_or(|most| count <= most))
            })
            .collect();
        let use_of = match fitting.as_slice() {
            [_] if !may_have_others => Dependency::Function,
            _ => Dependency::PerhapsFunction,
        };
        self.uses.extend(fitting.iter().map(|(_, function)| use_of(function.id)));
        if !fitting.is_empty() || self.is_conversion(name, call) {
            return;
        }
        if may_have_others {
            if is_plain {
                self.arguments_of_theirs(name, &call.arguments);
            }
            return;
        }
        if let Some((_, function)) = candidates.first() {
            if candidates.iter().any(|(_, function)| !function.is_certain) {
                return;
            }
            let message = format!("no function `{}` takes {count} arguments", name.display());
            let site = function.site;
            self.faults.push(
                Fault::new(Code::M404, name.place(), message)
                    .at_site(site, "this one does not")
                    .about(Subject::Other(ObjectKind::Function, name.name.text.clone())),
            );
            return;
        }
        self.unknown_function(name);
    }

    /// A function that is named without arguments.
    pub(crate) fn named_function(&mut self, name: &QualifiedName) {
        let candidates = self.catalog.functions_named(name);
        let may_have_others = self.catalog.may_have_function(self.dialect, name);
        let use_of = match candidates.as_slice() {
            [_] if !may_have_others => Dependency::Function,
            _ => Dependency::PerhapsFunction,
        };
        self.uses.extend(candidates.iter().map(|(_, function)| use_of(function.id)));
        if candidates.is_empty() && !may_have_others {
            self.unknown_function(name);
        }
    }

    /// The fault of a function that nobody creates.
    pub(crate) fn unknown_function(&mut self, name: &QualifiedName) {
        let bare: &str = &name.name.text;
        let message = format!("no earlier migration creates the function `{}`", name.display());
        let named = self.catalog.functions.iter().flat_map(|(key, functions)| {
            functions.iter().map(|function| (&*key.name, function.site))
        });
        let similar = closest(bare, named);
        let mut fault = Fault::new(Code::M404, name.place(), message)
            .about(Subject::Other(ObjectKind::Function, name.name.text.clone()));
        if let Some(gone) = self.catalog.tombstone(ObjectKind::Function, bare) {
            let what = match &gone.renamed_to {
                Some(to) => format!("`{bare}` was renamed to `{to}` here"),
                None => format!("`{bare}` was dropped here"),
            };
            fault = fault.at_site(Some(gone.site), what);
        } else if let Some(extension) = self.dialect.extensions_with('f', bare) {
            fault = fault.help(format!("`CREATE EXTENSION \"{extension}\"` brings it"));
        } else if let Some((similar, site)) = similar {
            fault = fault
                .at_site(site, format!("`{similar}` is created here"))
                .help(format!("did you mean `{similar}`?"));
        }
        self.faults.push(fault);
    }

    /// `type(value)` converts, and `column(row)` reads a column.
    pub(super) fn is_conversion(&self, name: &QualifiedName, call: &Call) -> bool {
        let [argument] = call.arguments.as_slice() else { return false };
        let type_name = TypeName {
            name: name.clone(),
            is_array: false,
            written: Arc::from(""),
            is_borrowed: false,
        };
        let is_row = match &argument.value {
            Expression::Column(column) => column.parts.len() == 1 && !column.star,
            Expression::NamedLike(..) | Expression::Field(..) => true,
            _ => false,
        };
        let names_column = || {
            self.scopes.iter().any(|scope| {
                scope
                    .items
                    .iter()
                    .any(|item| item.column(&name.name.text).is_some() || item.is_open)
            })
        };
        self.catalog.find_type(self.dialect, &type_name) != Found::Absent
            || (is_row && names_column())
            || self.may_read_field(name, &argument.value)
    }

    /// Whether `name(value)` may be the field `name` of a row, which need not be one of a table in
    /// `FROM`.
    ///
    /// Source: `PostgreSQL` 15 manual, 8.16.5: `field(row)` is `row.field`, for any value of a
    /// composite type.
    fn may_read_field(&self, name: &QualifiedName, value: &Expression) -> bool {
        let may_be_row = match value {
            Expression::Column(column) => {
                let own = self.table_column(column);
                own.is_none_or(|(key, column)| self.group_of_column(&key, &column).is_none())
            }
            Expression::Literal(literal, _) => matches!(literal, Literal::Null | Literal::Other),
            Expression::Operation(_) | Expression::Comparison(_) | Expression::QueryOperand(_) => {
                false
            }
            _ => true,
        };
        self.dialect.checks_types()
            && name.schema.is_none()
            && may_be_row
            && self.catalog.may_have_field(&name.name.text)
    }

    pub(crate) fn type_name(&mut self, type_name: &TypeName) {
        if !self.dialect.checks_types() {
            return;
        }
        match self.catalog.find_type(self.dialect, type_name) {
            Found::Present((_, Some(id))) => self.uses.push(Dependency::Type(id)),
            Found::Absent => {
                let name = &type_name.name;
                let message = format!("no earlier migration creates the type `{}`", name.display());
                let types = self.catalog.types.iter().map(|(key, found)| (&*key.name, found.site));
                let bare: &str = &name.name.text;
                let mut fault = Fault::new(Code::M405, name.place(), message)
                    .about(Subject::Other(ObjectKind::Type, name.name.text.clone()));
                if let Some(gone) = self.catalog.tombstone(ObjectKind::Type, bare) {
                    let what = match &gone.renamed_to {
                        Some(to) => format!("`{bare}` was renamed to `{to}` here"),
                        None => format!("`{bare}` was dropped here"),
                    };
                    fault = fault.at_site(Some(gone.site), what);
                } else if let Some(extension) = self.dialect.extensions_with('t', bare) {
                    fault = fault.help(format!("`CREATE EXTENSION \"{extension}\"` brings it"));
                } else if let Some((similar, site)) = closest(bare, types) {
                    fault = fault
                        .at_site(site, format!("`{similar}` is created here"))
                        .help(format!("did you mean `{similar}`?"));
                }
                self.faults.push(fault);
            }
            Found::Present((_, None)) => self.modifiers(type_name),
            Found::Unknown => {}
        }
    }

    /// A fault where a built-in type is given a length or precision that it does not take.
    ///
    /// Source: `typmodin` in `pg_type` of Postgres 15, and `Numeric` and `Character` in its `gram.y`.
    fn modifiers(&mut self, type_name: &TypeName) {
        let written = type_name.written.to_ascii_lowercase();
        let Some((name, behind)) = written.split_once('(') else { return };
        let modifiers = behind.split(')').next().unwrap_or_default();
        let is_fault = match name.trim() {
            "int" | "integer" | "int2" | "int4" | "int8" | "smallint" | "bigint" | "serial"
            | "serial4" | "serial8" | "smallserial" | "bigserial" | "real" | "float4"
            | "float8" | "bool" | "boolean" | "text" | "uuid" | "json" | "jsonb" | "date"
            | "bytea" | "money" | "inet" | "cidr" | "xml" | "oid" => true,
            "char" | "character" | "varchar" | "character varying" => modifiers.contains(','),
            _ => false,
        };
        if !self.dialect.checks_signatures() || !is_fault {
            return;
        }
        let message = format!("`{}` takes no `({modifiers})`", name.trim());
        self.faults.push(Fault::new(Code::M416, type_name.name.place(), message));
    }

    /// A literal that names a relation, as `'name'::regclass` does; what is a text before, as
    /// `'name'::text::regclass`, is looked up when the expression runs, which may be never.
    pub(super) fn regclass(&mut self, value: &Expression) {
        let value = match value {
            Expression::Cast(inner, type_name) if &*type_name.name.name.text == "regclass" => inner,
            other => other,
        };
        let Expression::Literal(Literal::String(text), place) = value else { return };
        let Some(name) = relation_name(text, *place) else { return };
        self.relation(&name);
    }
}

/// Whether a name is looked up only when the expression runs.
fn is_text_cast(value: &Expression) -> bool {
    matches!(value, Expression::Cast(_, type_name)
        if matches!(&*type_name.name.name.text, "text" | "varchar" | "bpchar"))
}

/// Reads the text of a `regclass` literal.
fn relation_name(text: &str, place: Place) -> Option<QualifiedName> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, after) = if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"')?;
            (quoted[..end].to_owned(), &quoted[end + 1..])
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            (rest[..end].to_lowercase(), &rest[end..])
        };
        if part.is_empty() || part.contains(char::is_whitespace) && !rest.starts_with('"') {
            return None;
        }
        parts.push(Name::new(clip(&part, LONGEST_NAME), place));
        rest = after.strip_prefix('.').unwrap_or(after);
        if !after.is_empty() && !after.starts_with('.') {
            return None;
        }
    }
    // A number is an object's identity.
    let name = parts.pop()?;
    if name.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(QualifiedName { schema: parts.pop(), name })
}
