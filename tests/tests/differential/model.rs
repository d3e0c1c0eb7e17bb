//! What the generator believes to be there, so that most statements are valid.
//!
//! It need not be right: the server judges. It forgets what cascades take away, and that
//! makes for deliberate faults too.

/// The schema at hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) tables: Vec<Table>,
    pub(crate) views: Vec<Table>,
    pub(crate) indexes: Vec<Part>,
    pub(crate) constraints: Vec<Part>,
    pub(crate) triggers: Vec<Part>,
    pub(crate) policies: Vec<Part>,
    pub(crate) types: Vec<String>,
    pub(crate) sequences: Vec<String>,
    pub(crate) schemas: Vec<String>,
    /// Names with the number of their arguments.
    pub(crate) functions: Vec<(String, usize)>,
}

/// A table or view.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// The column that others can refer to, if any.
    pub(crate) key: Option<String>,
}

/// A thing with a name that belongs to a table.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) table: String,
}

/// What a statement does to the model once the server has accepted it.
pub(crate) type Effect = Box<dyn FnOnce(&mut Model)>;

/// A generated statement, on one line.
pub(crate) struct Step {
    pub(crate) sql: String,
    pub(crate) effect: Effect,
}

impl Step {
    pub(crate) fn new(sql: impl Into<String>, effect: impl FnOnce(&mut Model) + 'static) -> Self {
        Step { sql: sql.into(), effect: Box::new(effect) }
    }

    /// A statement that leaves the schema as it is.
    pub(crate) fn idle(sql: impl Into<String>) -> Self {
        Step::new(sql, |_| {})
    }
}

impl Model {
    pub(crate) fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.name == name)
    }

    /// Forgets a table with what belongs to it.
    pub(crate) fn drop_table(&mut self, name: &str) {
        self.tables.retain(|table| table.name != name);
        for parts in
            [&mut self.indexes, &mut self.constraints, &mut self.triggers, &mut self.policies]
        {
            parts.retain(|part| part.table != name);
        }
    }

    pub(crate) fn rename_table(&mut self, old: &str, new: &str) {
        if let Some(table) = self.table_mut(old) {
            new.clone_into(&mut table.name);
        }
        for parts in
            [&mut self.indexes, &mut self.constraints, &mut self.triggers, &mut self.policies]
        {
            for part in parts.iter_mut().filter(|part| part.table == old) {
                new.clone_into(&mut part.table);
            }
        }
    }
}
