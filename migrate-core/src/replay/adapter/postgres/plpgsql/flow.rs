//! Branches and loops of PL/pgSQL.

use super::texts::Ways;
use super::{DEEPEST, Parser};
use crate::replay::adapter::postgres::guard::parse_guard;
use crate::replay::model::{BlockStatement, Branch, Expression, Guard};

impl Parser<'_> {
    pub(super) fn branches(&mut self) -> Option<BlockStatement> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        let mut ways = Ways::new(self);
        self.position += 1;
        loop {
            let range = self.until(&["then"]);
            let guard = parse_guard(&self.text[range.0..range.1], &self.origin.part(range.0));
            let condition = self.expression(range);
            let body = self.nested(&["elsif", "elseif", "else", "end"])?;
            branches.push(Branch { condition, guard, body });
            ways.next(self);
            if self.take("elsif") || self.take("elseif") {
                continue;
            }
            if self.take("else") {
                otherwise = self.nested(&["end"])?;
            }
            break;
        }
        ways.end(self);
        self.until(&[";"]);
        Some(BlockStatement::If { branches, otherwise })
    }

    pub(super) fn nested(&mut self, ends: &[&str]) -> Option<Vec<BlockStatement>> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let statements = self.statements(ends);
        self.depth -= 1;
        statements
    }

    pub(super) fn cases(&mut self) -> Option<BlockStatement> {
        self.position += 1;
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        let subject = self.until(&["when"]);
        into_evaluated(&mut branches, self.expression(subject));
        let mut ways = Ways::new(self);
        loop {
            let range = self.until(&["then"]);
            let condition = self.expression(range);
            let body = self.nested(&["when", "else", "end"])?;
            branches.push(Branch { condition, guard: Guard::Unknown, body });
            ways.next(self);
            if self.take("when") {
                continue;
            }
            if self.take("else") {
                otherwise = self.nested(&["end"])?;
            }
            break;
        }
        ways.end(self);
        // `CASE` would open an expression to what looks for the semicolon.
        self.take("end");
        self.take("case");
        self.until(&[";"]);
        Some(BlockStatement::If { branches, otherwise })
    }

    pub(super) fn looped(&mut self, word: &str) -> Option<BlockStatement> {
        self.position += 1;
        let mut variables = Vec::new();
        let mut query = None;
        let mut bounds = Vec::new();
        let mut dynamic = None;
        match word {
            "while" => {
                let range = self.until(&["loop"]);
                bounds.push(self.expression(range));
            }
            "for" | "foreach" => {
                let until = self.find(&["in"]);
                variables.extend(
                    (self.position..until).filter_map(|index| self.name_of(self.tokens[index])),
                );
                self.position = until + 1;
                self.take("reverse");
                if word == "foreach" {
                    self.take("array");
                    let range = self.until(&["loop"]);
                    bounds.push(self.expression(range));
                } else if self.take("execute") {
                    let end = self.find(&["using", "loop"]);
                    dynamic = Some(self.execute(end));
                    self.until(&["loop"]);
                } else {
                    let end = self.find(&["loop"]);
                    let range = self.range(self.position, end);
                    let is_range = (self.position..end).any(|index| self.token_text(index) == "..");
                    self.position = end + 1;
                    if !is_range {
                        query = self.query(range);
                    }
                }
            }
            _ => self.position += usize::from(self.is("loop")),
        }
        self.forget_assigned_later();
        for variable in &variables {
            self.texts.forget(&variable.text);
        }
        let before = self.texts.clone();
        let mut body = self.nested(&["end"])?;
        self.texts.merge(&before);
        self.until(&[";"]);
        if let Some(dynamic) = dynamic {
            body.insert(0, dynamic);
        }
        Some(BlockStatement::Loop { query, bounds, variables, body })
    }
}

/// A subject that is evaluated and has no branch of its own.
fn into_evaluated(branches: &mut Vec<Branch>, condition: Expression) {
    branches.push(Branch { condition, guard: Guard::Constant(false), body: Vec::new() });
}
