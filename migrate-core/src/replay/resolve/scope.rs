//! What a name can mean at a place in a query.

use std::rc::Rc;

use crate::replay::catalog::{Dependency, Key};
use crate::replay::model::Text;

/// A column that a query or relation offers.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) name: Text,
    pub(crate) dependency: Option<Dependency>,
    /// The server made the name up.
    pub(crate) is_derived: bool,
    /// `*` may leave it out.
    pub(crate) may_be_invisible: bool,
}

impl Output {
    /// A column of that name, with nothing behind it.
    pub(crate) fn named(name: Text) -> Self {
        Output { name, dependency: None, is_derived: false, may_be_invisible: false }
    }
}

/// The columns a query makes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outputs {
    pub(crate) columns: Vec<Output>,
    /// There may be others.
    pub(crate) is_open: bool,
}

impl Outputs {
    /// Columns of which nothing is known.
    pub(crate) fn open() -> Self {
        Outputs { columns: Vec::new(), is_open: true }
    }

    /// Gives the first columns other names.
    pub(crate) fn rename(&mut self, names: &[crate::replay::model::Name]) {
        for (index, name) in names.iter().enumerate() {
            match self.columns.get_mut(index) {
                Some(column) => {
                    column.name = name.text.clone();
                    column.is_derived = false;
                }
                None => self.columns.push(Output::named(name.text.clone())),
            }
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| &*column.name == name)
    }
}

/// Something in `FROM`, with its columns.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) alias: Text,
    /// The schema, where it is a relation without an alias.
    pub(crate) schema: Option<Text>,
    pub(crate) key: Option<Key>,
    pub(crate) columns: Rc<Vec<Output>>,
    pub(crate) is_open: bool,
    /// Columns that `*` leaves out, since a join made them one with those before.
    pub(crate) merged: Vec<Text>,
    /// It is not known what `*` leaves out.
    pub(crate) star_is_open: bool,
}

impl Item {
    /// The results of a query, where its conditions see them.
    pub(crate) fn of_results(outputs: &Outputs) -> Self {
        Item {
            // No table is called so.
            alias: Text::from("\0"),
            schema: None,
            key: None,
            columns: Rc::new(outputs.columns.clone()),
            is_open: false,
            merged: Vec::new(),
            // A column of a table comes first.
            star_is_open: true,
        }
    }

    /// The columns that `*` stands for.
    pub(crate) fn visible(&self) -> Outputs {
        let columns = self.columns.iter().filter(|column| !column.may_be_invisible);
        let columns: Vec<_> = columns.cloned().collect();
        let leaves_out = columns.len() < self.columns.len();
        Outputs { columns, is_open: self.is_open || self.star_is_open || leaves_out }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Output> {
        self.columns.iter().find(|column| &*column.name == name)
    }
}

/// The items of one level of a query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) items: Vec<Item>,
    /// Names of results that sub-queries at this place see, and the query itself does not.
    pub(crate) results: Vec<Text>,
}

impl Scope {
    pub(crate) fn of(items: Vec<Item>) -> Self {
        Scope { items, results: Vec::new() }
    }
}
