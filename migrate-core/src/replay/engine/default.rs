//! The default of a column whose type changes.
//!
//! `USING` converts the values and not the default: that goes through only where the server
//! converts it on its own, as in an assignment.
//!
//! Source: `ATExecAlterColumnType` in Postgres's `tablecmds.c`.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Column, Dependency, Id, Key, TypeKind};
use crate::replay::model::{Name, TypeName};
use crate::replay::resolve::{Fault, Group, group, is_known_table};

/// What a default or a column certainly is, and shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    BuiltIn(Group),
    Enum(Id),
}

impl Kind {
    /// Whether an assignment converts the one to the other.
    pub(super) fn becomes(self, wanted: Kind) -> bool {
        self == wanted || wanted == Kind::BuiltIn(Group::Text)
    }
}

impl Engine {
    /// A fault where a default certainly does not become the type that its column gets.
    pub(super) fn default_follows(&mut self, key: &Key, column: &Name, to: &TypeName) {
        if !self.dialect.checks_signatures() || self.catalog.seen.casts {
            return;
        }
        let Some(relation) = self.catalog.relations.get(key) else { return };
        let Some(found) = relation.column(&column.text) else { return };
        let is_sure = is_known_table(relation) && found.is_certain;
        if !is_sure || found.is_generated {
            return;
        }
        let (Some(own), Some(wanted)) = (self.kind_of_default(found), self.wanted_kind(to)) else {
            return;
        };
        if own.becomes(wanted) {
            return;
        }
        let message = format!(
            "the default of `{}` does not become `{}`, whatever `USING` says",
            column.text, to.written
        );
        let fault = Fault::new(Code::M416, to.name.place(), message)
            .at_site(found.site, "the column is added here")
            .help(format!(
                "write `ALTER COLUMN {0} DROP DEFAULT` before, and set it anew behind",
                column.text
            ));
        self.fault(fault);
    }

    /// What the default of a column was when it was set; it goes on being that.
    fn kind_of_default(&self, column: &Column) -> Option<Kind> {
        if column.counts {
            return Some(Kind::BuiltIn(Group::Number));
        }
        let text = column.default.as_ref()?.trim();
        if let Some(cast) = text_behind(text) {
            let cast = cast.trim_start();
            return match cast.strip_prefix("::") {
                // A text takes the type of its column.
                None if cast.is_empty() && !column.is_converted => self.kind_of_column(column),
                None => None,
                Some(name) if name.trim() == &*column.type_name && !column.is_converted => {
                    self.kind_of_column(column)
                }
                Some(name) => group(name).map(Kind::BuiltIn),
            };
        }
        let lower = text.to_ascii_lowercase();
        let is_number = lower
            .strip_prefix(['-', '+'])
            .unwrap_or(&lower)
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        Some(Kind::BuiltIn(match lower.as_str() {
            _ if is_number => Group::Number,
            "true" | "false" => Group::Boolean,
            "now()" | "current_timestamp" | "current_date" => Group::Time,
            "gen_random_uuid()" => Group::Uuid,
            _ => return None,
        }))
    }

    pub(super) fn kind_of_column(&self, column: &Column) -> Option<Kind> {
        if let Some(group) = group(&column.type_name) {
            return Some(Kind::BuiltIn(group));
        }
        if column.type_name.is_empty() || column.type_name.contains('[') {
            return None;
        }
        let mut types = column.uses.iter().filter_map(|used| match used {
            Dependency::Type(id) => Some(*id),
            _ => None,
        });
        let (own, None) = (types.next()?, types.next()) else { return None };
        let mut listed = self.catalog.types.values();
        let data = listed.find(|data| data.id == own)?;
        let is_enum = data.is_certain && matches!(data.kind, TypeKind::Enum { .. });
        is_enum.then_some(Kind::Enum(own))
    }

    pub(super) fn wanted_kind(&self, to: &TypeName) -> Option<Kind> {
        let own = self.type_key(&to.name).and_then(|key| self.catalog.types.get(&key));
        match (self.wanted_group(to)?, own) {
            (Group::Enum, Some(own)) => Some(Kind::Enum(own.id)),
            (Group::Enum, None) => None,
            (group, _) => Some(Kind::BuiltIn(group)),
        }
    }
}

/// What stands behind the text in quotes with which a default begins.
fn text_behind(default: &str) -> Option<&str> {
    let inner = default.strip_prefix('\'')?;
    let mut from = 0;
    while let Some(quote) = inner[from..].find('\'') {
        let end = from + quote + 1;
        if !inner[end..].starts_with('\'') {
            return Some(&inner[end..]);
        }
        from = end + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_at_the_quote_that_is_alone() {
        assert_eq!(text_behind("'a'"), Some(""));
        assert_eq!(text_behind("'it''s'::text"), Some("::text"));
        assert_eq!(text_behind("''"), Some(""));
        assert_eq!(text_behind("'a"), None);
        assert_eq!(text_behind("now()"), None);
    }
}
