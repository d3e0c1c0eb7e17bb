//! Keys, checks and foreign keys.

use super::clauses::{ClauseKind, clauses};
use super::table::Table;
use super::{Writer, Written, path_of};
use crate::replay::catalog::{Constraint, ConstraintRule, Dependency};
use crate::replay::tokens::Tokens;

impl Writer<'_> {
    /// A constraint as `ADD` takes it, with its name; `None` where it is not known.
    pub(crate) fn constraint(&self, table: &Table<'_>, entry: &Constraint) -> Option<String> {
        let body = self.constraint_body(table, entry)?;
        if !self.dialect.names_constraints() || self.has_no_name(entry) {
            return Some(body);
        }
        Some(format!("CONSTRAINT {} {body}", self.quote(&entry.name)))
    }

    /// Whether the server makes up the name: the same again, if it is left out.
    pub(crate) fn has_no_name(&self, entry: &Constraint) -> bool {
        if !self.dialect.indexes_belong_to_tables() {
            return false;
        }
        let is_written = entry.definition.as_ref().is_some_and(|definition| {
            let tokens = Tokens::new(definition.text(), self.database);
            let start = tokens.at(definition.own().range().start);
            (start..tokens.end_of_item(start)).any(|index| tokens.is_name(index, &entry.name))
        });
        matches!(entry.rule, ConstraintRule::Primary(_)) || !is_written
    }

    /// Whether the text of a foreign key names a column of the table that it refers to.
    pub(crate) fn refers_to(&self, entry: &Constraint, column: &str) -> bool {
        let Some(definition) = &entry.definition else { return false };
        let tokens = Tokens::new(definition.text(), self.database);
        let start = tokens.at(definition.own().range().start);
        let list = tokens
            .find(start, &["REFERENCES"])
            .and_then(|references| (references..tokens.len()).find(|at| tokens.word(*at) == "("));
        list.is_some_and(|list| {
            (list..tokens.behind_parenthesis(list)).any(|index| tokens.is_name(index, column))
        })
    }

    /// Whether the statement that a constraint stands in has a name in it.
    pub(crate) fn mentions_name(&self, entry: &Constraint, name: &str) -> bool {
        let Some(definition) = &entry.definition else { return false };
        let tokens = Tokens::new(definition.text(), self.database);
        (0..tokens.len()).any(|index| tokens.is_name(index, name))
    }

    /// The statements that add the foreign keys of a table.
    pub(crate) fn foreign_keys(&self, table: &Table<'_>) -> Vec<Written> {
        let name = self.qualified_as_written(table.key, table.relation.definition.as_ref());
        let mut all = Vec::new();
        for entry in &table.relation.constraints {
            if !matches!(entry.rule, ConstraintRule::Foreign { .. }) || !is_own(table, entry) {
                continue;
            }
            let written = match self.constraint(table, entry) {
                Some(text) => Written::of(format!("ALTER TABLE {name} ADD {text}")),
                None => Written::unknown(&format!("foreign key `{}`", entry.name)),
            };
            all.push(Written { path: path_of(entry.definition.as_ref()), ..written });
        }
        all
    }

    /// Constraints other than foreign keys, as lines of `CREATE TABLE`.
    pub(crate) fn inner_constraints(&self, table: &Table<'_>) -> Vec<String> {
        let own = table.relation.constraints.iter().filter(|entry| {
            !matches!(entry.rule, ConstraintRule::Foreign { .. })
                && is_own(table, entry)
                && !self.comes_later(table, entry)
        });
        own.filter_map(|entry| self.constraint(table, entry)).collect()
    }

    /// Whether a constraint has to be added to its table once that is there: a key over the same
    /// columns as another one, or what rows need not obey.
    fn comes_later(&self, table: &Table<'_>, entry: &Constraint) -> bool {
        let is_not_valid = || {
            entry.definition.as_ref().is_some_and(|definition| {
                let tokens = Tokens::new(definition.text(), self.database);
                let start = tokens.at(definition.own().range().start);
                let end = tokens.end_of_item(start);
                (start..end).any(|at| tokens.is(at, "NOT") && tokens.is(at + 1, "VALID"))
            })
        };
        repeats_key(table, entry)
            || (matches!(entry.rule, ConstraintRule::Check(_)) && is_not_valid())
    }

    /// Constraints that are added to a table once it is there; one statement would make one of
    /// keys over the same columns.
    pub(crate) fn later_constraints(&self, table: &Table<'_>) -> Vec<Written> {
        let name = self.qualified_as_written(table.key, table.relation.definition.as_ref());
        let repeated = table
            .relation
            .constraints
            .iter()
            .filter(|entry| is_own(table, entry) && self.comes_later(table, entry));
        repeated
            .filter_map(|entry| self.constraint(table, entry))
            .map(|text| Written::of(format!("ALTER TABLE {name} ADD {text}")))
            .collect()
    }

    fn constraint_body(&self, table: &Table<'_>, entry: &Constraint) -> Option<String> {
        self.written_body(table, entry).or_else(|| self.body_of_rule(table, entry))
    }

    /// The constraint as it is written, as one of the table.
    fn written_body(&self, table: &Table<'_>, entry: &Constraint) -> Option<String> {
        let definition = entry.definition.as_ref()?;
        let tokens = Tokens::new(definition.text(), self.database);
        let start = tokens.at(definition.own().range().start);
        let end = tokens.end_of_item(start);
        let clause = clauses(&tokens, start..end).into_iter().next()?;
        let is_of_table =
            start == 0 || tokens.is_any(start - 1, &["(", ",", "ADD"]) || tokens.is(start, "ADD");
        let end = if is_of_table { end } else { clause.tokens.end };
        if tokens.find(clause.body, &["USING"]).is_some_and(|index| {
            index < end && tokens.is(index + 1, "INDEX") && clause.kind != ClauseKind::Type
        }) {
            return None;
        }
        let bytes = tokens.span(clause.body..end);
        let scope = table.scope(&uses_of(&entry.rule));
        let text = self.renamed(definition, bytes, &[], &scope)?.text;
        if is_of_table {
            return Some(text);
        }
        let own = self.own_columns(table, entry)?;
        let behind = |words: &[&str]| {
            let tokens = Tokens::new(&text, self.database);
            let mut index = 0;
            while tokens.is_any(index, words) {
                index += 1;
            }
            let end = tokens.span(0..index).end;
            format!("{} ({own}){}", &text[..end], &text[end..])
        };
        match entry.rule {
            ConstraintRule::Primary(_) => Some(behind(&["PRIMARY", "KEY"])),
            ConstraintRule::Unique(_) => {
                Some(behind(&["UNIQUE", "KEY", "NULLS", "NOT", "DISTINCT"]))
            }
            ConstraintRule::Foreign { .. } => Some(format!("FOREIGN KEY ({own}) {text}")),
            ConstraintRule::Check(_) | ConstraintRule::Exclude(_) => Some(text),
        }
    }

    fn own_columns(&self, table: &Table<'_>, entry: &Constraint) -> Option<String> {
        match &entry.rule {
            ConstraintRule::Primary(ids)
            | ConstraintRule::Unique(ids)
            | ConstraintRule::Foreign { columns: ids, .. } => self.columns(table.relation.id, ids),
            ConstraintRule::Check(_) | ConstraintRule::Exclude(_) => Some(String::new()),
        }
    }

    /// The constraint from what the catalog knows of it.
    fn body_of_rule(&self, table: &Table<'_>, entry: &Constraint) -> Option<String> {
        let own = self.own_columns(table, entry)?;
        match &entry.rule {
            ConstraintRule::Primary(_) => Some(format!("PRIMARY KEY ({own})")),
            ConstraintRule::Unique(_) => Some(format!("UNIQUE ({own})")),
            // What happens on deletion is not known.
            ConstraintRule::Foreign { .. }
            | ConstraintRule::Check(_)
            | ConstraintRule::Exclude(_) => None,
        }
    }
}

/// What a constraint's text may name besides its own table.
fn uses_of(rule: &ConstraintRule) -> Vec<Dependency> {
    match rule {
        ConstraintRule::Check(uses) | ConstraintRule::Exclude(uses) => uses.clone(),
        ConstraintRule::Foreign { table: Some(table), referenced, .. } => {
            let columns = referenced.iter().map(|id| Dependency::Column(*table, *id));
            std::iter::once(Dependency::Relation(*table)).chain(columns).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an earlier key of the table has the same columns.
fn repeats_key(table: &Table<'_>, entry: &Constraint) -> bool {
    let key = |entry: &Constraint| match &entry.rule {
        ConstraintRule::Primary(ids) | ConstraintRule::Unique(ids) => Some(ids.clone()),
        _ => None,
    };
    let Some(own) = key(entry).filter(|ids| !ids.is_empty()) else { return false };
    let mut before = table.relation.constraints.iter().take_while(|other| other.name != entry.name);
    before.any(|other| other.is_certain && key(other).as_ref() == Some(&own))
}

/// Whether a constraint is certainly there and not its table's parent's.
fn is_own(table: &Table<'_>, entry: &Constraint) -> bool {
    // What a copied exclusion is called is not known, and its index needs a name of its own.
    let is_exclusion = matches!(entry.rule, ConstraintRule::Exclude(_));
    let is_copied = table.relation.has_hidden_parts && table.relation.parents.is_empty();
    entry.is_certain || (is_copied && !is_exclusion)
}
