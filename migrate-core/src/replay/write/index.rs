//! Indexes.

use std::ops::Range;

use super::renamed::Scope;
use super::table::Table;
use super::{Writer, Written, path_of};
use crate::replay::catalog::{ConstraintRule, Definition, Id, IndexData, Key, Relation};
use crate::replay::tokens::{Tokens, splice, unquoted};

impl Writer<'_> {
    /// The statements that make the indexes of a table, without those that stand in it.
    pub(crate) fn indexes(&self, table: &Table<'_>) -> Vec<Written> {
        let own = self.own_indexes(table.relation.id).into_iter();
        let mut all: Vec<_> = own
            .filter(|(_, index, _)| !self.is_inside(index, table))
            .map(|(key, index, _)| self.index(table, key, index))
            .collect();
        // Those without a text are the server's own affair, as long as their foreign keys are there.
        let unsure = self.catalog.indexes_of(table.relation.id).filter(|(_, index, data)| {
            let is_of_key = || {
                table.relation.constraints.iter().any(|entry| {
                    matches!(&entry.rule, ConstraintRule::Foreign { columns, .. }
                    if Some(columns) == data.columns.as_ref())
                })
            };
            !data.of_constraint && !index.is_certain && (index.definition.is_some() || !is_of_key())
        });
        all.extend(unsure.map(|(key, _, _)| {
            Written::default().note(format!("there may be an index `{}`", key.name))
        }));
        all
    }

    /// Indexes that stand in a table's own statement, as lines of it.
    pub(super) fn inner_indexes(&self, table: &Table<'_>) -> Vec<String> {
        let own = self.own_indexes(table.relation.id).into_iter();
        own.filter(|(_, index, _)| self.is_inside(index, table))
            .filter_map(|(key, index, data)| self.index_item(table, key, index, data))
            .collect()
    }

    /// Indexes of a table that no constraint makes, in the order of their making.
    pub(crate) fn own_indexes(&self, table: Id) -> Vec<(&Key, &Relation, &IndexData)> {
        let mut found: Vec<_> = self
            .catalog
            .indexes_of(table)
            .filter(|(_, index, data)| !data.of_constraint && index.is_certain)
            .collect();
        found.sort_by_key(|(_, index, _)| index.id);
        found
    }

    /// Whether an index must stand in its table: it was said as an item of a list.
    fn is_inside(&self, index: &Relation, table: &Table<'_>) -> bool {
        self.dialect.indexes_belong_to_tables()
            && index.definition.as_ref().is_none_or(|definition| {
                !self.is_statement(definition) || table.is_of_statement(Some(definition))
            })
    }

    /// Whether a definition is `CREATE INDEX` rather than an item of a table.
    fn is_statement(&self, definition: &Definition) -> bool {
        let tokens = Tokens::new(definition.text(), self.database);
        let table = tokens.find(0, &["TABLE"]);
        tokens.find(0, &["INDEX"]).is_some_and(|index| table.is_none_or(|table| index < table))
    }

    /// The statement that makes an index.
    pub(crate) fn index(&self, table: &Table<'_>, key: &Key, index: &Relation) -> Written {
        let what = format!("index `{}`", key.name);
        let Some(data) = &index.index else { return Written::unknown(&what) };
        let table_name = self.qualified_as_written(table.key, table.relation.definition.as_ref());
        let Some(definition) = &index.definition else {
            return self.index_of_columns(table, key, data).unwrap_or(Written::unknown(&what));
        };
        if self.has_lost_columns(definition, data) {
            return self.index_of_columns(table, key, data).unwrap_or(Written::unknown(&what));
        }
        if !self.is_statement(definition) {
            return match self.index_item(table, key, index, data) {
                Some(item) => Written::of(format!("ALTER TABLE {table_name} ADD {item}")),
                None => Written::unknown(&what),
            };
        }
        let text = definition.text();
        let tokens = Tokens::new(text, self.database);
        let name = self.index_name(key, definition);
        let mut slots: Vec<_> =
            definition.table().map(|place| (place, table_name)).into_iter().collect();
        let is_named = tokens
            .find(0, &["ON"])
            .is_some_and(|on| tokens.range(on).start > definition.own().range().start);
        if is_named {
            slots.push((definition.own(), name.clone()));
        }
        let scope =
            Scope { table: Some(table.relation.id), uses: data.uses.clone(), ..Scope::default() };
        let Some(renamed) = self.renamed(definition, 0..text.len(), &slots, &scope) else {
            return Written::unknown(&what);
        };
        let mut sql = self.tidy(&renamed.text);
        if !is_named {
            sql = self.with_name(&sql, &name);
        }
        Written { path: path_of(Some(definition)), ..Written::of(sql) }
    }

    /// The name of an index; one that is made up is its first column's, with a number behind.
    fn index_name(&self, key: &Key, definition: &Definition) -> String {
        let own = definition.text().get(definition.own().range()).unwrap_or_default();
        let own = unquoted(own);
        let number = key.name.get(own.len()..).unwrap_or_default();
        let is_made_up = key
            .name
            .get(..own.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&own))
            && number.strip_prefix('_').is_some_and(|it| it.bytes().all(|b| b.is_ascii_digit()));
        if is_made_up && self.dialect.indexes_belong_to_tables() {
            return self.quote(&format!("{own}{number}"));
        }
        self.as_written(&key.name, Some(definition))
    }

    /// Whether columns of an index were dropped, where the server lets it live on.
    fn has_lost_columns(&self, definition: &Definition, data: &IndexData) -> bool {
        if !self.dialect.indexes_belong_to_tables() {
            return false;
        }
        let Some(columns) = &data.columns else { return false };
        let tokens = Tokens::new(definition.text(), self.database);
        let start = tokens.at(definition.own().range().start);
        let list = (start..tokens.len()).find(|index| tokens.word(*index) == "(");
        list.is_some_and(|list| tokens.items(list + 1).len() > columns.len())
    }

    /// `CREATE INDEX ON` with a name.
    fn with_name(&self, sql: &str, name: &str) -> String {
        let tokens = Tokens::new(sql, self.database);
        let Some(index) = tokens.find(0, &["INDEX"]) else { return sql.to_owned() };
        let end = tokens.range(index).end;
        splice(sql, &[(end..end, format!(" {name}"))])
    }

    /// An index as an item of a table, as `ALTER TABLE … ADD` takes it too.
    fn index_item(
        &self,
        table: &Table<'_>,
        key: &Key,
        index: &Relation,
        data: &IndexData,
    ) -> Option<String> {
        let definition = index.definition.as_ref()?;
        let tokens = Tokens::new(definition.text(), self.database);
        let item = item_around(&tokens, tokens.at(definition.own().range().start));
        let is_key = tokens.is_any(
            item.start,
            &["KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "CONSTRAINT"],
        );
        if !is_key || self.has_lost_columns(definition, data) {
            // A column that is declared unique, or a list that is shorter now.
            let columns = self.columns(table.relation.id, data.columns.as_ref()?)?;
            let kind = if data.is_unique { "UNIQUE KEY" } else { "KEY" };
            return Some(format!("{kind} {} ({columns})", self.index_name(key, definition)));
        }
        let mut start = item.start;
        if tokens.is(start, "CONSTRAINT") {
            start += 1;
            if !tokens.is(start, "UNIQUE") {
                start += 1;
            }
        }
        let scope = table.scope(&data.uses);
        let list = tokens.find(start, &["("]).filter(|list| *list < item.end)?;
        // The name, where there is one, is said anew.
        let mut head = start;
        while head < list
            && tokens.is_any(head, &["UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "KEY", "INDEX"])
        {
            head += 1;
        }
        let words = &tokens.text[tokens.span(start..head)];
        let using = tokens.find(head, &["USING"]).filter(|using| *using < list).unwrap_or(list);
        let bytes = tokens.span(using..item.end);
        let rest = self.renamed(definition, bytes, &[], &scope)?.text;
        Some(format!("{words} {} {rest}", self.index_name(key, definition)))
    }

    /// A plain index as an item of a table, from what the catalog knows of it.
    pub(crate) fn index_of_list(
        &self,
        table: &Table<'_>,
        key: &Key,
        data: &IndexData,
    ) -> Option<String> {
        let columns = self.columns(table.relation.id, data.columns.as_ref()?)?;
        let kind = if data.is_unique { "UNIQUE KEY" } else { "KEY" };
        Some(format!("{kind} {} ({columns})", self.quote(&key.name)))
    }

    /// An index from what the catalog knows of it.
    fn index_of_columns(&self, table: &Table<'_>, key: &Key, data: &IndexData) -> Option<Written> {
        if data.is_partial {
            return None;
        }
        let ids = data.columns.as_ref()?;
        let columns = self.columns(table.relation.id, ids)?;
        // A name that is made up is spelled like its column's.
        let mut own = table.relation.columns.iter();
        let first = own.find(|column| ids.first() == Some(&column.id));
        let namesake = first.filter(|column| column.name.eq_ignore_ascii_case(&key.name));
        let unique = if data.is_unique { "UNIQUE " } else { "" };
        let table = self.qualified(table.key);
        let name = namesake.map_or_else(|| self.quote(&key.name), |own| self.column_name(own));
        Some(Written::of(format!("CREATE {unique}INDEX {name} ON {table} ({columns})")))
    }
}

/// The item of a table's list that a token belongs to, without `ADD`.
fn item_around(tokens: &Tokens<'_>, token: usize) -> Range<usize> {
    // Of `CREATE TABLE` the list, of `ALTER TABLE` what follows the name.
    let first = if tokens.is(0, "ALTER") {
        tokens.find(0, &["ADD", "DROP", "MODIFY", "CHANGE", "RENAME", "ALTER"]).map(|at| at.max(1))
    } else {
        tokens.find(0, &["("]).map(|open| open + 1)
    };
    let mut first = first.unwrap_or_default();
    if tokens.is(0, "ALTER") && first == 1 {
        first = 3;
    }
    let items = tokens.items(first);
    let item = items.into_iter().find(|item| item.contains(&token)).unwrap_or(token..token);
    let mut start = item.start;
    while tokens.is_any(start, &["ADD", "COLUMN"]) && start < item.end {
        start += 1;
    }
    if tokens.word(start) == "(" && tokens.is(start.wrapping_sub(1), "ADD") {
        let inner = tokens.items(start + 1).into_iter().find(|item| item.contains(&token));
        return inner.unwrap_or(token..token);
    }
    start..item.end
}
