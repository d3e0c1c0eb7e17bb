//! Literals that are no values of the type that is asked for.

use super::{Fault, Group, Resolver, group, is_known_table};
use crate::diagnostics::Code;
use crate::replay::catalog::{Dependency, Id, Key, TypeKind};
use crate::replay::model::{Expression, Literal, Name, Place, Text, TypeName};

/// Types of which it is known what their literals look like.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Integer,
    Boolean,
    Uuid,
    Json,
    /// Days and moments, which many words stand for.
    Moment,
    Enum(Id),
}

impl Resolver<'_> {
    /// A literal, or something else of a known type, that a column shall hold or be compared with.
    pub(crate) fn value_for_column(&mut self, key: &Key, column: &Name, value: &Expression) {
        if !self.dialect.checks_signatures() || self.catalog.seen.casts {
            return;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return };
        if !is_known_table(relation) {
            return;
        }
        let Some(found) = relation.column(&column.text) else { return };
        let own = found.uses.iter().find_map(|used| match used {
            Dependency::Type(id) => Some(*id),
            _ => None,
        });
        let kind = match own {
            Some(id) => self.enum_of(id, &found.type_name),
            None => built_in(&found.type_name),
        };
        let written = found.type_name.clone();
        if let Some(known) = self.known_value(value) {
            let wanted = match own {
                Some(_) => kind.map(|_| Group::Enum),
                None => group(&written),
            };
            if wanted.is_some_and(|wanted| !known.group.becomes(wanted)) {
                self.no_value(known.place, &known.shown, &written);
            }
        } else if let Some(kind) = kind {
            self.literal(&kind, &written, value);
        }
    }

    /// A literal that is converted to a type.
    pub(super) fn literal_for_type(&mut self, type_name: &TypeName, value: &Expression) {
        if !self.dialect.checks_signatures()
            || type_name.is_array
            || type_name.is_borrowed
            || !matches!(value, Expression::Literal(Literal::String(_), _))
        {
            return;
        }
        let kind = match self.catalog.find_type(self.dialect, type_name).present() {
            Some((_, Some(id))) => self.enum_of(id, &type_name.written),
            Some((_, None)) => built_in(&type_name.written),
            None => None,
        };
        if let Some(kind) = kind {
            self.literal(&kind, &type_name.written, value);
        }
    }

    /// The enum of an identity, where `written` names it and no array of it.
    fn enum_of(&self, id: Id, written: &str) -> Option<Kind> {
        let (key, found) = self.catalog.types.iter().find(|(_, found)| found.id == id)?;
        let last = written.rsplit('.').next()?.trim().trim_matches('"');
        let is_enum =
            found.is_certain && matches!(found.kind, TypeKind::Enum { is_open: false, .. });
        (is_enum && last.eq_ignore_ascii_case(&key.name)).then_some(Kind::Enum(id))
    }

    fn literal(&mut self, kind: &Kind, written: &str, value: &Expression) {
        let Expression::Literal(literal, at) = value else { return };
        let shown = match literal {
            Literal::String(text) if !self.may_be(kind, text) => format!("'{text}'"),
            Literal::Boolean(_) if *kind != Kind::Boolean => "a boolean".to_owned(),
            Literal::Number(digits) if *kind != Kind::Integer => digits.to_string(),
            _ => return,
        };
        self.no_value(*at, &shown, written);
    }

    fn no_value(&mut self, at: Place, shown: &str, written: &str) {
        let message = format!("{shown} is no value of `{written}`");
        self.faults.push(Fault::new(Code::M416, at, message));
    }

    /// Whether a text may stand for a value of the type.
    fn may_be(&self, kind: &Kind, text: &Text) -> bool {
        let trimmed = text.trim().to_lowercase();
        match kind {
            // Later versions read more forms, all with a digit.
            Kind::Integer => trimmed.contains(|c: char| c.is_ascii_digit()),
            Kind::Boolean => {
                !trimmed.is_empty()
                    && ["true", "false", "yes", "no", "on", "off", "0", "1"]
                        .iter()
                        .any(|word| word.starts_with(&trimmed))
            }
            Kind::Uuid => {
                trimmed.chars().filter(char::is_ascii_hexdigit).count() == 32
                    && trimmed.chars().all(|c| c.is_ascii_hexdigit() || "{}-".contains(c))
            }
            Kind::Json => {
                trimmed.starts_with(|c: char| c.is_ascii_digit() || "{[\"-tfn".contains(c))
            }
            Kind::Moment => !trimmed.is_empty(),
            Kind::Enum(id) => {
                let found = self.catalog.types.values().find(|found| found.id == *id);
                match found.map(|found| &found.kind) {
                    Some(TypeKind::Enum { labels, is_open: false }) => labels.contains(text),
                    _ => true,
                }
            }
        }
    }
}

fn built_in(written: &str) -> Option<Kind> {
    let written = written.to_lowercase();
    Some(match written.trim_start_matches("pg_catalog.").trim() {
        "smallint" | "int2" | "int" | "integer" | "int4" | "bigint" | "int8" | "serial"
        | "serial4" | "bigserial" | "serial8" | "smallserial" => Kind::Integer,
        "bool" | "boolean" => Kind::Boolean,
        "uuid" => Kind::Uuid,
        "json" | "jsonb" => Kind::Json,
        "date"
        | "timestamp"
        | "timestamptz"
        | "timestamp with time zone"
        | "timestamp without time zone" => Kind::Moment,
        _ => return None,
    })
}
