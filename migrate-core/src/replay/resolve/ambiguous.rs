//! Bare names that could be columns of more tables than one.

use super::{Fault, Item, Resolver};
use crate::diagnostics::Code;
use crate::replay::model::{Name, ObjectKind, Text};

impl Resolver<'_> {
    /// A fault where more than one table of the innermost query that has the column has it.
    pub(super) fn ambiguous_column(&mut self, name: &Name) {
        if self.prefers_results
            || self.variables.contains(&name.text)
            || self.catalog.unknown.may_have_lost(ObjectKind::Column, &name.text)
        {
            return;
        }
        let has = |item: &&Item| item.column(&name.text).is_some();
        let Some(scope) =
            self.scopes.iter().rev().find(|scope| scope.items.iter().any(|it| has(&it)))
        else {
            return;
        };
        let sure = scope
            .items
            .iter()
            .filter(|item| !item.star_is_open && !item.merged.contains(&name.text));
        // Where columns of a sub-query may be called alike, the first of them is meant.
        let takes_first = !self.dialect.refuses_equal_names();
        let having = sure.flat_map(|item| {
            // A natural join makes one column of those that are called alike.
            let most = if takes_first || item.is_open { 1 } else { usize::MAX };
            let columns = item.columns.iter();
            columns
                .filter(|column| column.name == name.text && !column.is_derived)
                .take(most)
                .map(|_| &item.alias)
        });
        let tables: Vec<&Text> = having.collect();
        let [first, second, ..] = tables.as_slice() else { return };
        let message = if first == second || first.is_empty() || second.is_empty() {
            format!("`{}` is ambiguous: two columns are called so", name.text)
        } else {
            format!("`{}` is ambiguous: both `{first}` and `{second}` have it", name.text)
        };
        let fault = Fault::new(Code::M415, name.place, message).help("write the table before it");
        self.faults.push(fault);
    }
}
