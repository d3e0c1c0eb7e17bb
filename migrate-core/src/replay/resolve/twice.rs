//! Tables that stand twice in one `FROM` or one `WITH` under one name.

use std::collections::HashSet;

use super::{Fault, Item, Purpose, Resolver};
use crate::diagnostics::Code;
use crate::replay::model::{CommonTable, FromItem, Name};

impl Resolver<'_> {
    /// All servers refuse one name for two of the tables of a `WITH`.
    pub(super) fn refuse_common_twice(&mut self, tables: &[CommonTable]) {
        let mut names = HashSet::new();
        let again = tables.iter().find(|table| !names.insert(&table.name.text));
        if let Some(table) = again.filter(|table| !table.name.is_wildcard()) {
            let message = format!("`{}` stands twice in one `WITH`", table.name.text);
            self.faults.push(Fault::new(Code::M415, table.name.place, message));
        }
    }

    /// A fault where two parts of `FROM` are the same table under the same name.
    pub(super) fn refuse_twice(&mut self, from: &[FromItem], items: &[Item]) {
        let passes = self.purpose == Purpose::View && !self.dialect.compares_tables_of_views();
        if !self.dialect.refuses_equal_names() || passes || items.len() < 2 {
            return;
        }
        let mut names = Vec::new();
        for item in from {
            names_in(item, &mut names);
        }
        let is_known = |name: &Name| {
            let same = items.iter().filter(|item| item.alias == name.text && item.key.is_some());
            let keys: Vec<_> = same.map(|item| item.key.as_ref()).collect();
            keys.len() > 1 && keys.windows(2).all(|pair| pair[0] == pair[1])
        };
        for (index, name) in names.iter().enumerate() {
            let is_second = names[..index].iter().any(|other| other.text == name.text);
            if is_second && is_known(name) {
                let message = format!("`{}` stands twice in `FROM`", name.text);
                let fault = Fault::new(Code::M415, name.place, message)
                    .help("give one of them another name with `AS`");
                self.faults.push(fault);
                return;
            }
        }
    }
}

/// The names under which tables are seen from outside.
fn names_in<'f>(item: &'f FromItem, names: &mut Vec<&'f Name>) {
    match item {
        FromItem::Relation { name, alias } => {
            let alias = alias.as_ref().and_then(|alias| alias.name.as_ref());
            names.push(alias.unwrap_or(&name.name));
        }
        FromItem::Join(join) => {
            names_in(&join.left, names);
            names_in(&join.right, names);
        }
        FromItem::Query { .. } | FromItem::Function { .. } | FromItem::Unknown { .. } => {}
    }
}
