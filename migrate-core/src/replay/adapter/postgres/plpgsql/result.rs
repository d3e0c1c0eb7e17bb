//! `RETURN`, with what is returned.

use super::Parser;
use crate::replay::model::BlockStatement;

impl Parser<'_> {
    pub(super) fn result(&mut self, into: &mut Vec<BlockStatement>) {
        self.position += 1;
        if self.take("query") {
            if self.take("execute") {
                let end = self.find(&["using", ";"]);
                into.push(self.execute(end));
                self.until(&[";"]);
            } else {
                self.assignment_or_sql(into);
            }
            return;
        }
        let goes_on = self.take("next");
        let range = self.until(&[";"]);
        if range.0 < range.1 {
            into.push(BlockStatement::Evaluate(self.expression(range)));
        }
        if !goes_on {
            into.push(BlockStatement::Leave);
        }
    }
}
