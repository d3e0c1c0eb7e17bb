//! `CREATE TABLE`.

use std::ops::Range;

use super::renamed::Scope;
use super::{Writer, Written, path_of};
use crate::replay::catalog::{Column, Definition, Dependency, Id, Key, Relation};
use crate::replay::model::ObjectKind;
use crate::replay::tokens::Tokens;

/// A table with the parts of the statement that made it.
#[derive(Debug)]
pub(crate) struct Table<'c> {
    pub(crate) key: &'c Key,
    pub(crate) relation: &'c Relation,
    /// What the list of columns in its statement holds, in bytes of its text.
    pub(crate) items: Vec<Range<usize>>,
    /// What follows the list.
    tail: Range<usize>,
    /// Its columns come from elsewhere: a query, a partitioned table, a module.
    is_verbatim: bool,
}

impl<'c> Table<'c> {
    pub(crate) fn new(writer: &Writer<'_>, key: &'c Key, relation: &'c Relation) -> Self {
        let mut table = Table { key, relation, items: Vec::new(), tail: 0..0, is_verbatim: false };
        let Some(definition) = &relation.definition else { return table };
        let tokens = Tokens::new(definition.text(), writer.database);
        let list = tokens.at(definition.own().range().end);
        let is_list = tokens.word(list) == "("
            && !tokens.is_any(list + 1, &["SELECT", "WITH", "(", "VALUES"]);
        let behind = if is_list { tokens.behind_parenthesis(list) } else { list };
        let copies = tokens.find(behind, &["AS", "SELECT", "LIKE"]).is_some();
        table.is_verbatim = !is_list && !tokens.word(list).is_empty() || copies;
        if !table.is_verbatim {
            let items = tokens.items(list + 1);
            table.items = items.into_iter().map(|item| tokens.span(item)).collect();
            table.tail = tokens.span(behind..tokens.len());
        }
        table
    }

    /// What texts in the table's definition may name.
    pub(crate) fn scope(&self, uses: &[Dependency]) -> Scope {
        Scope {
            table: Some(self.relation.id),
            uses: uses.to_vec(),
            is_vague: false,
            in_table: true,
        }
    }

    /// Whether something of it was said in the statement that made it.
    pub(crate) fn is_of_statement(&self, definition: Option<&Definition>) -> bool {
        match (definition, &self.relation.definition) {
            (Some(part), Some(whole)) => part.is_of_same_statement(whole),
            _ => false,
        }
    }
}

impl Writer<'_> {
    /// The statements that make a table, without indexes and what else is added later.
    pub(crate) fn table(&self, key: &Key, relation: &Relation) -> Vec<Written> {
        let table = Table::new(self, key, relation);
        if table.is_verbatim {
            return self.verbatim_table(&table);
        }
        let mut notes = Vec::new();
        let mut lines = Vec::new();
        for column in relation.columns.iter().filter(|column| !self.is_inherited(&table, column)) {
            match self.spelling.column(self, &table, column) {
                Some(line) if column.is_certain => {
                    if self.refers_by_itself(column) {
                        notes.push(format!(
                            "what column `{}` refers to is a foreign key on some servers",
                            column.name
                        ));
                    }
                    lines.push(line);
                }
                Some(line) => notes.push(format!("there may be a column {line}")),
                None => notes.push(format!("the type of column `{}` is not known", column.name)),
            }
        }
        lines.extend(self.spelling.parts(self, &table));
        let name = self.qualified_as_written(key, relation.definition.as_ref());
        let kind = self.kind_of(relation);
        let tail = self.tail(&table);
        let body = if lines.is_empty() {
            "()".to_owned()
        } else {
            format!("(\n    {}\n)", lines.join(",\n    "))
        };
        let mut written = Written::of(format!("CREATE {kind} {name} {body}{tail}"));
        written.notes = notes;
        written.path = path_of(relation.definition.as_ref());
        let copies = |item: &Range<usize>| {
            let text = relation.definition.as_ref().and_then(|it| it.text().get(item.clone()));
            text.is_some_and(|text| Tokens::new(text, self.database).is(0, "LIKE"))
        };
        if table.items.iter().any(copies) {
            written = written.note("some of its columns are copies of another table's");
        }
        let mut all = vec![doubts(relation, written)];
        if self.dialect.names_constraints() {
            all.extend(self.later_constraints(&table));
        }
        all
    }

    /// Whether a column comes with a table that this one inherits from.
    fn is_inherited(&self, table: &Table<'_>, column: &Column) -> bool {
        let has = |id: &Id| {
            self.relation(*id).is_some_and(|(_, parent)| parent.column(&column.name).is_some())
        };
        table.relation.parents.iter().any(has) && !table.is_of_statement(column.definition.as_ref())
    }

    /// `TABLE` with what may stand before it.
    fn kind_of(&self, relation: &Relation) -> String {
        if relation.kind == ObjectKind::ForeignTable {
            return "FOREIGN TABLE".to_owned();
        }
        let is_unlogged = relation.definition.as_ref().is_some_and(|definition| {
            Tokens::new(definition.text(), self.database).is(1, "UNLOGGED")
        });
        if is_unlogged { "UNLOGGED TABLE".to_owned() } else { "TABLE".to_owned() }
    }

    /// Partitioning, engine and other options.
    fn tail(&self, table: &Table<'_>) -> String {
        let Some(definition) = &table.relation.definition else { return String::new() };
        if table.tail.is_empty() {
            return String::new();
        }
        let parents = table.relation.parents.iter().map(|id| Dependency::Relation(*id)).collect();
        let scope = Scope { table: Some(table.relation.id), uses: parents, ..Scope::default() };
        let renamed = self.renamed(definition, table.tail.clone(), &[], &scope);
        renamed.map(|tail| format!(" {}", tail.text)).unwrap_or_default()
    }

    /// A table by the statement that made it, and the columns that came later.
    fn verbatim_table(&self, table: &Table<'_>) -> Vec<Written> {
        let Some(definition) = &table.relation.definition else { return Vec::new() };
        let name = self.qualified_as_written(table.key, Some(definition));
        let uses = table.relation.parents.iter().map(|id| Dependency::Relation(*id)).collect();
        let scope = Scope { uses, ..Scope::default() };
        let text = definition.text();
        let slots = [(definition.own(), name.clone())];
        let Some(renamed) = self.renamed(definition, 0..text.len(), &slots, &scope) else {
            return vec![Written::unknown(&format!("table `{}`", table.key.name))];
        };
        let mut written = Written::of(self.tidy(&renamed.text));
        written.path = path_of(Some(definition));
        let mut all = vec![doubts_of_verbatim(table, written)];
        for column in &table.relation.columns {
            let is_later = column.definition.is_some()
                && !table.is_of_statement(column.definition.as_ref())
                && !self.is_inherited(table, column);
            if is_later && let Some(line) = self.spelling.column(self, table, column) {
                all.push(Written::of(format!("ALTER TABLE {name} ADD COLUMN {line}")));
            }
        }
        for entry in &table.relation.constraints {
            let is_later = entry.is_certain
                && entry.definition.is_some()
                && !table.is_of_statement(entry.definition.as_ref());
            if is_later && let Some(text) = self.constraint(table, entry) {
                all.push(Written::of(format!("ALTER TABLE {name} ADD {text}")));
            }
        }
        all
    }
}

/// Says of a relation what is not certain.
pub(super) fn doubts(relation: &Relation, written: Written) -> Written {
    if !relation.is_certain {
        written.unsure()
    } else if relation.is_open && relation.is_table() {
        written.note("this may have more columns than are known")
    } else if relation.has_hidden_parts && relation.parents.is_empty() {
        written.note("this may have keys, indexes and triggers that are not known")
    } else {
        written
    }
}

fn doubts_of_verbatim(table: &Table<'_>, written: Written) -> Written {
    let copies = table.relation.columns.iter().any(|column| column.definition.is_none());
    if !table.relation.is_certain {
        written.unsure()
    } else if !table.relation.gone_columns.is_empty() {
        written.note("some of its columns were renamed or dropped later")
    } else if copies && table.relation.parents.is_empty() {
        written.note("its columns are those of the query at the time it ran")
    } else {
        written
    }
}
