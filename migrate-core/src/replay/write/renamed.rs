//! A kept text under the names that its objects have now.

use std::ops::Range;

use super::Writer;
use crate::replay::catalog::{Definition, Dependency, Id, RenameEvent};
use crate::replay::model::{Place, Text};
use crate::replay::tokens::{Edit, Tokens, splice};
use crate::sql::TokenKind;

/// What a text may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    /// The table it belongs to.
    pub(crate) table: Option<Id>,
    pub(crate) uses: Vec<Dependency>,
    /// It is not known what it uses: whatever it mentions.
    pub(crate) is_vague: bool,
    /// It stands in a table's definition: the only other tables in it are those that
    /// foreign keys refer to.
    pub(crate) in_table: bool,
}

/// A text after renames.
#[derive(Debug, Clone)]
pub(crate) struct Renamed {
    pub(crate) text: String,
    /// A column in it has another name than it was written with.
    pub(crate) has_renamed_columns: bool,
}

/// What stands for a name that is put in last.
const SLOT: &str = "migrate_name_slot_";

/// Words in front of a relation's name.
const BEFORE_RELATION: &[&str] =
    &["FROM", "JOIN", "INTO", "UPDATE", "ON", "TABLE", "REFERENCES", "ONLY", "OF"];

impl Writer<'_> {
    /// A part of a definition's text, with other texts in some places; `None` where a
    /// rename cannot be followed.
    pub(crate) fn renamed(
        &self,
        definition: &Definition,
        part: Range<usize>,
        slots: &[(Place, String)],
        scope: &Scope,
    ) -> Option<Renamed> {
        let mut edits: Vec<Edit> = Vec::new();
        for (number, (place, _)) in slots.iter().enumerate() {
            let range = place.range();
            if range.start >= part.start && range.end <= part.end {
                let range = range.start - part.start..range.end - part.start;
                edits.push((range, format!("{SLOT}{number}")));
            }
        }
        edits.sort_by_key(|(range, _)| range.start);
        let text = splice(definition.text().get(part)?, &edits);
        let mut renamed = self.follow(definition, text, scope)?;
        for (number, (_, name)) in slots.iter().enumerate() {
            renamed.text = renamed.text.replace(&format!("{SLOT}{number}"), name);
        }
        Some(renamed)
    }

    /// A text that is as old as a definition, under the names of today.
    pub(crate) fn renamed_text(
        &self,
        definition: &Definition,
        text: &str,
        scope: &Scope,
    ) -> Option<String> {
        Some(self.follow(definition, text.to_owned(), scope)?.text)
    }

    fn follow(&self, definition: &Definition, text: String, scope: &Scope) -> Option<Renamed> {
        let mut text = text;
        let mut has_renamed_columns = false;
        for event in definition.renames_since(self.catalog) {
            let edits = self.edits(&text, event, scope)?;
            let is_column =
                matches!(event, RenameEvent::Object { what: Dependency::Column(..), .. });
            has_renamed_columns |= is_column && !edits.is_empty();
            text = splice(&text, &edits);
        }
        Some(Renamed { text, has_renamed_columns })
    }

    /// What a rename changes in a text; `None` where it cannot be told which names are meant.
    fn edits(&self, text: &str, event: &RenameEvent, scope: &Scope) -> Option<Vec<Edit>> {
        let tokens = Tokens::new(text, self.database);
        let quoted = |index: usize, to: &str| (tokens.range(index), self.quote(to));
        match event {
            RenameEvent::Schema { from, to } => {
                let found = named(&tokens, from).filter(|index| tokens.word(index + 1) == ".");
                Some(found.map(|index| quoted(index, to)).collect())
            }
            RenameEvent::Moved { what, .. } | RenameEvent::Object { what, .. }
                if !involves(scope, *what) =>
            {
                Some(Vec::new())
            }
            RenameEvent::Moved { name, from, to, .. } => {
                let found = named(&tokens, name).map(|index| {
                    let is_qualified = index > 1
                        && tokens.word(index - 1) == "."
                        && tokens.is_name(index - 2, from);
                    if is_qualified {
                        return quoted(index - 2, to);
                    }
                    let start = tokens.range(index).start;
                    (start..start, format!("{}.", self.quote(to)))
                });
                Some(found.collect())
            }
            RenameEvent::Object { what, from, to } => {
                let mut edits: Vec<Edit> = self
                    .places(&tokens, scope, *what, from)?
                    .into_iter()
                    .map(|index| quoted(index, to))
                    .collect();
                if matches!(what, Dependency::Relation(_)) {
                    edits.extend(sequence_literals(&tokens, from, to));
                    edits.sort_by_key(|(range, _)| range.start);
                }
                Some(edits)
            }
        }
    }

    /// The tokens that mean an object by its name; `None` where it cannot be told.
    fn places(
        &self,
        tokens: &Tokens<'_>,
        scope: &Scope,
        what: Dependency,
        name: &str,
    ) -> Option<Vec<usize>> {
        let found = named(tokens, name);
        Some(match what {
            Dependency::Column(relation, _) if scope.in_table => {
                self.columns_in_table(tokens, scope, relation, name)
            }
            Dependency::Column(relation, _) => {
                let speaks_of_it = !scope.is_vague
                    || scope.table == Some(relation)
                    || self.mentions(tokens, relation);
                if !speaks_of_it {
                    return Some(Vec::new());
                }
                self.columns_in_query(tokens, scope, relation, name)?
            }
            Dependency::Relation(_) if scope.in_table => {
                found.filter(|index| *index > 0 && tokens.is(index - 1, "REFERENCES")).collect()
            }
            Dependency::Relation(_) => {
                found.filter(|index| self.is_relation(tokens, *index)).collect()
            }
            Dependency::Function(_) | Dependency::PerhapsFunction(_) => {
                found.filter(|index| tokens.word(index + 1) == "(").collect()
            }
            // Its name is no word.
            Dependency::Typed(_) => Vec::new(),
            Dependency::Type(_) => found.collect(),
        })
    }

    /// Those names of columns in a table's definition that are the relation's: the ones
    /// behind `REFERENCES` are another table's.
    fn columns_in_table(
        &self,
        tokens: &Tokens<'_>,
        scope: &Scope,
        relation: Id,
        name: &str,
    ) -> Vec<usize> {
        let is_own = scope.table == Some(relation);
        let mut lists = Vec::new();
        for index in (0..tokens.len()).filter(|index| tokens.is(*index, "REFERENCES")) {
            let mut open = index + 1;
            while open < tokens.len() && tokens.word(open) != "(" && open < index + 6 {
                open += 1;
            }
            if tokens.word(open) == "(" {
                let table = Tokens::new(&tokens.text[tokens.span(index + 1..open)], self.database);
                let is_meant = self.mentions(&table, relation);
                lists.push((open..tokens.behind_parenthesis(open), is_meant));
            }
        }
        let is_meant = |index: &usize| match lists.iter().find(|(list, _)| list.contains(index)) {
            Some((_, is_meant)) => *is_meant,
            None => is_own && !matches!(tokens.word(index + 1), "(" | "."),
        };
        named(tokens, name).filter(is_meant).collect()
    }

    /// Those names of columns in a query that are the relation's; `None` where it cannot be
    /// told whose they are.
    fn columns_in_query(
        &self,
        tokens: &Tokens<'_>,
        scope: &Scope,
        relation: Id,
        name: &str,
    ) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for index in named(tokens, name) {
            let is_alias = index > 0 && tokens.is(index - 1, "AS");
            if is_alias || matches!(tokens.word(index + 1), "(" | ".") {
                continue;
            }
            let owner = match index {
                2.. if tokens.word(index - 1) == "." => self.owner(tokens, index - 2, scope),
                _ => None,
            };
            match owner {
                Some(owner) if owner == relation => found.push(index),
                Some(_) => {}
                None if self.is_ambiguous(tokens, scope, relation, name) => return None,
                None => found.push(index),
            }
        }
        Some(found)
    }

    /// The relation that a name in front of a column's is, where it is no alias.
    fn owner(&self, tokens: &Tokens<'_>, qualifier: usize, scope: &Scope) -> Option<Id> {
        if tokens.is_any(qualifier, &["NEW", "OLD"]) {
            return scope.table;
        }
        let mut relations = self.catalog.relations.iter();
        let found = relations.find(|(key, _)| tokens.is_name(qualifier, &key.name))?;
        Some(found.1.id)
    }

    /// Whether a name stands where relations stand.
    fn is_relation(&self, tokens: &Tokens<'_>, index: usize) -> bool {
        if index == 0 {
            return true;
        }
        match tokens.word(index - 1) {
            "." => index > 1 && self.is_schema(tokens, index - 2),
            "," => tokens.word(index + 1) != "(",
            _ if tokens.word(index + 1) == "(" => tokens.is_any(index - 1, BEFORE_RELATION),
            _ => true,
        }
    }

    fn is_schema(&self, tokens: &Tokens<'_>, index: usize) -> bool {
        self.catalog.schemas.keys().any(|schema| tokens.is_name(index, schema))
    }

    /// Whether a text speaks of a relation by a name that it has or had.
    fn mentions(&self, tokens: &Tokens<'_>, relation: Id) -> bool {
        let mut names: Vec<Text> =
            self.relation(relation).map(|(key, _)| key.name.clone()).into_iter().collect();
        names.extend(self.catalog.last_names.get(&relation).cloned());
        for event in self.catalog.renames.iter() {
            if let RenameEvent::Object { what: Dependency::Relation(id), from, .. } = event
                && *id == relation
            {
                names.push(from.clone());
            }
        }
        (0..tokens.len()).any(|index| names.iter().any(|name| tokens.is_name(index, name)))
    }

    /// Whether another relation that the text speaks of has a column of the name.
    fn is_ambiguous(&self, tokens: &Tokens<'_>, scope: &Scope, own: Id, name: &str) -> bool {
        let is_in_scope = |id: Id| {
            scope.table == Some(id)
                || scope.uses.iter().any(|used| match used {
                    Dependency::Relation(used) | Dependency::Column(used, _) => *used == id,
                    Dependency::Function(_)
                    | Dependency::PerhapsFunction(_)
                    | Dependency::Type(_)
                    | Dependency::Typed(_) => false,
                })
                || (scope.is_vague && self.mentions(tokens, id))
        };
        self.catalog.relations.values().any(|relation| {
            relation.id != own
                && relation.index.is_none()
                && relation.column(name).is_some()
                && is_in_scope(relation.id)
        })
    }
}

impl RenameEvent {
    /// Whether a text may speak of what is renamed.
    pub(super) fn is_within(&self, scope: &Scope) -> bool {
        match self {
            RenameEvent::Schema { .. } => true,
            RenameEvent::Moved { what, .. } | RenameEvent::Object { what, .. } => {
                involves(scope, *what)
            }
        }
    }
}

fn involves(scope: &Scope, what: Dependency) -> bool {
    if scope.is_vague {
        return true;
    }
    match what {
        Dependency::Relation(id) => {
            scope.table == Some(id)
                || scope.uses.iter().any(|used| {
                    matches!(used, Dependency::Relation(used) | Dependency::Column(used, _)
                        | Dependency::Type(used) if *used == id)
                })
        }
        Dependency::Column(relation, _) => {
            scope.table == Some(relation) || scope.uses.contains(&what)
        }
        other => scope.uses.contains(&other),
    }
}

/// `nextval('name')` and its like, which the server keeps by identity.
fn sequence_literals(tokens: &Tokens<'_>, from: &str, to: &str) -> Vec<Edit> {
    (0..tokens.len())
        .filter(|index| tokens.kind(*index) == Some(TokenKind::String))
        .filter(|index| tokens.word(*index).trim_matches('\'').trim_matches('"') == from)
        .filter(|index| {
            *index > 1 && tokens.is_any(index - 2, &["nextval", "currval", "setval"])
                || tokens.is(index + 2, "regclass")
        })
        .map(|index| (tokens.range(index), format!("'\"{to}\"'")))
        .collect()
}

/// The tokens that are the name.
fn named<'t>(tokens: &'t Tokens<'_>, name: &'t str) -> impl Iterator<Item = usize> {
    (0..tokens.len()).filter(move |index| tokens.is_name(*index, name))
}
