//! Triggers, policies and rules, what was said of objects besides, and comments.

use super::renamed::Scope;
use super::table::Table;
use super::{Writer, Written, path_of};
use crate::replay::catalog::{About, Amendment, Definition, Part, Relation};
use crate::replay::model::{ObjectKind, Place};
use crate::replay::tokens::Tokens;

impl Writer<'_> {
    /// The statement that makes a trigger, policy or rule.
    pub(crate) fn part(&self, table: &Table<'_>, kind: ObjectKind, part: &Part) -> Written {
        let what = format!("{} `{}` on `{}`", kind.noun(), part.name, table.key.name);
        if !self.spelling.rewrites_texts() && self.names_no_column(table.relation, part) {
            return Written::default().note(format!("{what} names what is no longer there"));
        }
        let written = part.definition.as_ref().and_then(|definition| {
            let name = self.as_written(&part.name, Some(definition));
            let mut slots = vec![(definition.own(), name)];
            let table_name =
                self.qualified_as_written(table.key, table.relation.definition.as_ref());
            slots.extend(definition.table().map(|place| (place, table_name)));
            let scope = self.scope_of_part(table.relation, part);
            let range = 0..definition.text().len();
            let renamed = self.renamed(definition, range, &slots, &scope)?;
            let written = Written::of(self.tidy(&renamed.text));
            Some(Written { path: path_of(Some(definition)), ..written })
        });
        let written = written.unwrap_or_else(|| Written::unknown(&what));
        if part.is_certain { written } else { written.unsure() }
    }

    /// Whether a trigger speaks of a column of its row that was dropped or renamed.
    fn names_no_column(&self, table: &Relation, part: &Part) -> bool {
        let Some(definition) = part.definition.as_ref().filter(|_| !table.is_open) else {
            return false;
        };
        let tokens = Tokens::new(definition.text(), self.database);
        (2..tokens.len()).any(|index| {
            tokens.is_any(index - 2, &["NEW", "OLD"])
                && tokens.word(index - 1) == "."
                && !table.columns.iter().any(|column| tokens.is_name(index, &column.name))
        })
    }

    fn scope_of_part(&self, table: &Relation, part: &Part) -> Scope {
        if !self.spelling.rewrites_texts() {
            return Scope::default();
        }
        Scope {
            table: Some(table.id),
            uses: part.uses.clone(),
            is_vague: self.dialect.keeps_source(),
            in_table: false,
        }
    }

    /// What was said of an object besides, where the object is still there.
    pub(crate) fn amendment(&self, amendment: &Amendment) -> Option<Written> {
        let definition = &amendment.definition;
        let own = definition.own();
        let text = definition.text();
        let tokens = Tokens::new(text, self.database);
        let table = match &amendment.about {
            About::Relation(id) | About::Column(id, _) | About::Part(id, ..) => Some(*id),
            About::Type(_) | About::Function(_) | About::Other(..) => None,
        };
        let scope = Scope { table, ..Scope::default() };
        let path = path_of(Some(definition));
        let written = |sql| Written { path: path.clone(), ..Written::of(sql) };
        if tokens.is(1, "TABLE") && table.is_some() {
            let (key, relation) = self.relation(table?)?;
            let name = self.qualified_as_written(key, relation.definition.as_ref());
            let part = self.name_of_part(&amendment.about);
            let Some(part) = part? else {
                let renamed = self.renamed(definition, 0..text.len(), &[(own, name)], &scope)?;
                let whole = written(renamed.text);
                return Some(if tokens.find(0, &["CONVERT"]).is_some() {
                    whole.note("what came to the table later is converted, too")
                } else {
                    whole
                });
            };
            let item = action_around(&tokens, own);
            let item = self.renamed(definition, item, &[(own, part)], &scope)?;
            return Some(written(format!("ALTER TABLE {name} {}", item.text)));
        }
        let name = self.name_of(&amendment.about)?;
        let renamed = self.renamed(definition, 0..text.len(), &[(own, name)], &scope)?;
        Some(written(renamed.text))
    }

    /// The name by which an action knows what it is about: nothing for the table itself,
    /// and `None` where that is gone.
    #[expect(clippy::option_option, reason = "two different kinds of nothing")]
    fn name_of_part(&self, about: &About) -> Option<Option<String>> {
        match about {
            About::Relation(_) => Some(None),
            About::Column(table, column) => Some(Some(self.columns(*table, &[*column])?)),
            About::Part(table, kind, name) => {
                let (_, relation) = self.relation(*table)?;
                let there = match kind {
                    ObjectKind::Constraint => {
                        relation.constraints.iter().any(|entry| entry.name == *name)
                    }
                    ObjectKind::Trigger => has(&relation.triggers, name),
                    ObjectKind::Policy => has(&relation.policies, name),
                    ObjectKind::Table => self.catalog.relations.iter().any(|(key, child)| {
                        key.name == *name && child.is_partition && child.parents.contains(table)
                    }),
                    _ => has(&relation.rules, name),
                };
                there.then(|| Some(self.quote(name)))
            }
            About::Type(_) | About::Function(_) | About::Other(..) => None,
        }
    }

    fn name_of(&self, about: &About) -> Option<String> {
        match about {
            About::Relation(id) => self.relation(*id).map(|(key, _)| self.qualified(key)),
            About::Column(..) | About::Part(..) => self.name_of_part(about)?,
            About::Type(id) => {
                let mut types = self.catalog.types.iter();
                types.find(|(_, data)| data.id == *id).map(|(key, _)| self.qualified(key))
            }
            About::Function(id) => {
                let mut functions = self.catalog.functions.iter();
                functions
                    .find(|(_, list)| list.iter().any(|function| function.id == *id))
                    .map(|(key, _)| self.qualified(key))
            }
            About::Other(kind, name) => {
                self.catalog.others.contains_key(&(*kind, name.clone())).then(|| self.quote(name))
            }
        }
    }

    /// A comment, where its object is still there.
    pub(crate) fn comment(&self, about: &About, definition: &Definition) -> Option<Written> {
        let text = definition.text();
        let tokens = Tokens::new(text, self.database);
        let is = tokens.find(0, &["IS"])?;
        self.comment_with(about, definition, &text[tokens.span(is..tokens.len())])
    }

    /// Takes a comment away.
    pub(crate) fn no_comment(&self, about: &About, definition: &Definition) -> Option<Written> {
        self.comment_with(about, definition, "IS NULL")
    }

    fn comment_with(&self, about: &About, definition: &Definition, value: &str) -> Option<Written> {
        let text = definition.text();
        let tokens = Tokens::new(text, self.database);
        let is = tokens.find(0, &["IS"])?;
        let target = match about {
            About::Relation(id) => {
                let (key, relation) = self.relation(*id)?;
                let kind = relation.kind.noun().to_uppercase();
                format!("{kind} {}", self.qualified(key))
            }
            About::Column(table, column) => {
                let (key, _) = self.relation(*table)?;
                let column = self.columns(*table, &[*column])?;
                format!("COLUMN {}.{column}", self.qualified(key))
            }
            About::Part(table, kind, _) => {
                let (key, _) = self.relation(*table)?;
                let name = self.name_of_part(about)??;
                format!("{} {name} ON {}", kind.noun().to_uppercase(), self.qualified(key))
            }
            About::Type(_) | About::Function(_) | About::Other(..) => {
                let name = self.name_of(about)?;
                let slots = [(definition.own(), name)];
                let head = 0..tokens.range(is).start;
                let renamed = self.renamed(definition, head, &slots, &Scope::default())?;
                let written = Written::of(format!("{}{value}", renamed.text));
                return Some(Written { path: path_of(Some(definition)), ..written });
            }
        };
        Some(Written::of(format!("COMMENT ON {target} {value}")))
    }
}

fn has(parts: &[Part], name: &str) -> bool {
    parts.iter().any(|part| &*part.name == name)
}

/// The action of `ALTER TABLE` that a place belongs to, in bytes.
fn action_around(tokens: &Tokens<'_>, place: Place) -> std::ops::Range<usize> {
    let token = tokens.at(place.range().start);
    let mut start = token;
    while start > 3 && tokens.word(start - 1) != "," {
        start -= 1;
    }
    // `ALTER TABLE [ONLY] [IF EXISTS] [schema.]name`.
    if tokens.word(start.wrapping_sub(1)) != "," {
        let words =
            ["ALTER", "ADD", "ENABLE", "DISABLE", "VALIDATE", "ATTACH", "CLUSTER", "REPLICA"];
        start = tokens.find(2, &words).unwrap_or(start);
    }
    tokens.span(start..tokens.end_of_item(start))
}
