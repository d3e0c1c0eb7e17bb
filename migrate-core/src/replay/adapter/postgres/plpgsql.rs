//! Blocks of PL/pgSQL that run at once, split by our own tokens.
//!
//! Only `DO` comes here: a function's body is not looked into by the server either.

use std::ops::Range;
use std::sync::Arc;

use super::parse_expression;
use crate::database::Database;
use crate::diagnostics::Code;
use crate::replay::adapter::{Origin, mentions, parse_all};
use crate::replay::model::{
    Block, BlockStatement, Expression, Name, Place, QueryBody, Statement, StatementKind,
};
use crate::sql::{Lexer, Token, TokenKind};

mod dynamic;
mod flow;
mod handler;
mod identifier;
mod result;
mod texts;

use texts::Texts;

/// Blocks, branches and loops inside each other.
const DEEPEST: usize = 60;

/// Parses the text of a `DO`, or of a function that is called with the given texts.
pub(crate) fn parse_block(text: &str, origin: &Origin, arguments: Vec<(String, String)>) -> Block {
    let mut parser = Parser::new(text, origin);
    parser.texts = Texts::of(arguments);
    match parser.whole() {
        Some(block) => match parser.no_condition {
            Some(refused) => Block {
                statements: vec![BlockStatement::Sql(refused), BlockStatement::Block(block)],
                ..Block::default()
            },
            None => block,
        },
        None => Block {
            statements: vec![BlockStatement::Unknown {
                what: Arc::from("DO"),
                mentions: Some(mentions(text, Database::Postgres)),
            }],
            ..Block::default()
        },
    }
}

/// Parses the body of a function with what it returns; `None` where a part cannot be read.
pub(crate) fn parse_routine(text: &str, origin: &Origin) -> Option<Block> {
    let mut parser = Parser::new(text, origin);
    parser.reads_results = true;
    parser.whole()
}

struct Parser<'a> {
    text: &'a str,
    origin: &'a Origin,
    tokens: Vec<Token>,
    position: usize,
    depth: usize,
    /// SQL that variables hold.
    texts: Texts,
    /// Variables that were assigned to so far.
    assigned: Vec<String>,
    /// What `RETURN` returns is read as well.
    reads_results: bool,
    /// The first condition of a handler that there is none of: nothing runs then.
    no_condition: Option<Statement>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, origin: &'a Origin) -> Self {
        let tokens = Lexer::new(text, Database::Postgres);
        Parser {
            text,
            origin,
            tokens: tokens.filter(|token| token.kind.is_significant()).collect(),
            position: 0,
            depth: 0,
            texts: Texts::default(),
            assigned: Vec::new(),
            reads_results: false,
            no_condition: None,
        }
    }

    fn whole(&mut self) -> Option<Block> {
        let labels = self.labels();
        let mut block = self.block()?;
        block.labels = labels;
        Some(block)
    }

    fn token_text(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    fn is_at(&self, index: usize, word: &str) -> bool {
        self.token_text(index).eq_ignore_ascii_case(word)
            && self.tokens.get(index).is_some_and(|token| {
                !matches!(token.kind, TokenKind::QuotedIdentifier | TokenKind::String)
            })
    }

    fn is(&self, word: &str) -> bool {
        self.is_at(self.position, word)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.position += usize::from(found);
        found
    }

    fn is_done(&self) -> bool {
        self.position >= self.tokens.len()
    }

    /// Steps over labels, and returns them.
    fn labels(&mut self) -> Vec<Name> {
        let mut labels = Vec::new();
        while self.is("<<") {
            while !self.is_done() && !self.take(">>") {
                labels.extend(self.name());
            }
        }
        labels
    }

    /// Index of the first of `ends` outside parentheses and `CASE`, from here on.
    fn find(&self, ends: &[&str]) -> usize {
        let mut depth = 0_usize;
        let mut cases = 0_usize;
        for index in self.position..self.tokens.len() {
            if depth == 0 && cases == 0 && ends.iter().any(|end| self.is_at(index, end)) {
                return index;
            }
            match self.token_text(index) {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ if self.is_at(index, "case") => cases += 1,
                _ if self.is_at(index, "end") => cases = cases.saturating_sub(1),
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// Takes everything up to one of `ends`; returns its bytes and steps over the end.
    fn until(&mut self, ends: &[&str]) -> (usize, usize) {
        let end = self.find(ends);
        let range = self.range(self.position, end);
        self.position = (end + 1).min(self.tokens.len());
        range
    }

    /// The bytes of the tokens from `first` to before `end`.
    fn range(&self, first: usize, end: usize) -> (usize, usize) {
        if first >= end || first >= self.tokens.len() {
            return (0, 0);
        }
        (self.tokens[first].start, self.tokens[end - 1].end)
    }

    fn place(&self, (start, end): (usize, usize)) -> Place {
        self.origin.place(start, end)
    }

    fn expression(&self, (start, end): (usize, usize)) -> Expression {
        parse_expression(&self.text[start..end], &self.origin.part(start))
            .unwrap_or_else(|| Expression::Operation(Vec::new()))
    }

    fn block(&mut self) -> Option<Block> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut block = Block::default();
        let assigned = self.assigned.len();
        if self.take("declare") {
            self.declarations(&mut block);
        }
        if !self.take("begin") {
            return None;
        }
        block.statements.extend(self.statements(&["end", "exception"])?);
        if self.take("exception") {
            let mut handlers = Vec::new();
            let mut after = self.texts.clone();
            // An error may have come before any of the assignments, or after it.
            for variable in self.assigned.split_off(assigned) {
                self.texts.forget(&variable);
                self.assigned.push(variable);
            }
            let before = self.texts.clone();
            (block.catches_names, block.passes_missing) = (true, true);
            while self.take("when") {
                let first = self.position;
                let (start, end) = self.until(&["then"]);
                let conditions = &self.text[start..end];
                self.refuse_slips(first..self.position);
                block.catches_names &= handler::are_of_names(conditions);
                block.passes_missing &= handler::are_of_taken_names(conditions);
                self.texts.clone_from(&before);
                handlers.push(self.statements(&["end", "when"])?);
                after.merge(&self.texts);
            }
            self.texts = after;
            block.handlers = Some(handlers);
        }
        if !self.take("end") {
            return None;
        }
        self.until(&[";"]);
        // Outside, these names mean something else.
        for variable in &block.variables {
            self.texts.forget(&variable.text);
        }
        self.depth -= 1;
        Some(block)
    }

    /// Remembers a condition that certainly is a slip.
    fn refuse_slips(&mut self, conditions: Range<usize>) {
        let mut words = conditions.filter(|index| {
            self.tokens.get(*index).is_some_and(|token| token.kind == TokenKind::Word)
        });
        let slip =
            words.find_map(|index| Some((index, handler::meant_by(self.token_text(index))?)));
        let Some((index, meant)) = slip else { return };
        let place = self.place(self.range(index, index + 1));
        let message =
            format!("there is no condition `{}`: did you mean `{meant}`?", self.token_text(index));
        let kind = StatementKind::Nothing.refused(Code::M409, place, message);
        self.no_condition.get_or_insert(Statement { place, kind });
    }

    fn declarations(&mut self, block: &mut Block) {
        while !self.is_done() && !self.is("begin") {
            if self.take("declare") {
                continue;
            }
            let name = self.name();
            let end = self.find(&[";"]);
            let is_cursor = (self.position..end.min(self.position + 3))
                .any(|index| self.is_at(index, "cursor"));
            let value = (self.position..end)
                .filter(|_| !is_cursor)
                .find(|&index| [":=", "=", "default"].iter().any(|word| self.is_at(index, word)));
            if let Some(name) = &name {
                self.texts.forget(&name.text);
            }
            if let Some(value) = value {
                let range = self.range(value + 1, end);
                if let Some(name) = &name {
                    self.remember(&name.text.clone(), value + 1, end);
                }
                block.statements.push(BlockStatement::Evaluate(self.expression(range)));
            }
            block.variables.extend(name);
            self.position = end + 1;
        }
    }

    fn name(&mut self) -> Option<Name> {
        let token = *self.tokens.get(self.position)?;
        self.position += 1;
        self.name_of(token)
    }

    fn name_of(&self, token: Token) -> Option<Name> {
        let text = &self.text[token.start..token.end];
        let text = match token.kind {
            TokenKind::Word => text.to_lowercase(),
            TokenKind::QuotedIdentifier => text.trim_matches('"').to_owned(),
            _ => return None,
        };
        Some(Name::new(&text, self.place((token.start, token.end))))
    }

    fn statements(&mut self, ends: &[&str]) -> Option<Vec<BlockStatement>> {
        let mut statements = Vec::new();
        loop {
            let labels = self.labels();
            if self.is_done() {
                return None;
            }
            if ends.iter().any(|end| self.is(end)) {
                return Some(statements);
            }
            if self.take(";") {
                continue;
            }
            if labels.is_empty() {
                self.statement(&mut statements)?;
            } else {
                let mut block = Block { labels, ..Block::default() };
                self.statement(&mut block.statements)?;
                statements.push(BlockStatement::Block(block));
            }
        }
    }

    fn statement(&mut self, into: &mut Vec<BlockStatement>) -> Option<()> {
        let word = self.token_text(self.position).to_ascii_lowercase();
        match word.as_str() {
            "declare" | "begin" => {
                let block = self.block()?;
                into.push(BlockStatement::Block(block));
            }
            "if" => into.push(self.branches()?),
            "case" => into.push(self.cases()?),
            "loop" | "while" | "for" | "foreach" => into.push(self.looped(&word)?),
            "return" if self.reads_results => self.result(into),
            "return" | "exit" | "continue" => {
                self.position += 1;
                let conditional =
                    (self.position..self.find(&[";"])).any(|index| self.is_at(index, "when"));
                self.until(&[";"]);
                into.push(if conditional {
                    BlockStatement::MayLeave
                } else {
                    BlockStatement::Leave
                });
            }
            "raise" => {
                self.position += 1;
                let level = self.token_text(self.position).to_ascii_lowercase();
                let goes_on =
                    matches!(level.as_str(), "notice" | "warning" | "info" | "log" | "debug");
                self.until(&[";"]);
                if !goes_on {
                    into.push(BlockStatement::Raise);
                }
            }
            "perform" => {
                self.position += 1;
                let range = self.until(&[";"]);
                into.push(BlockStatement::Evaluate(self.expression(range)));
            }
            "execute" => {
                self.position += 1;
                let end = self.find(&["into", "using", ";"]);
                into.push(self.execute(end));
                let first = self.position;
                self.until(&[";"]);
                self.forget_targets(first, self.position);
            }
            "fetch" | "get" => {
                let first = self.position;
                self.until(&[";"]);
                self.forget_targets(first, self.position);
            }
            "null" | "assert" | "open" | "close" | "move" | "commit" | "rollback" => {
                self.until(&[";"]);
            }
            _ => self.assignment_or_sql(into),
        }
        Some(())
    }

    fn query(&self, (start, end): (usize, usize)) -> Option<crate::replay::model::Query> {
        let text = &self.text[start..end];
        let mut statements = parse_all(text, Database::Postgres, &self.origin.part(start));
        match statements.pop()?.kind {
            StatementKind::Query(query) if statements.is_empty() => Some(*query),
            _ => Some(crate::replay::model::Query::of(QueryBody::Unknown)),
        }
    }

    /// `name := value`, or a statement of SQL.
    fn assignment_or_sql(&mut self, into: &mut Vec<BlockStatement>) {
        let first = self.position;
        let end = self.find(&[";"]);
        let mut index = first + 1;
        while matches!(self.token_text(index), "." | "[")
            || (index > first + 1 && matches!(self.token_text(index - 1), "." | "["))
            || self.token_text(index) == "]"
        {
            index += 1;
        }
        let is_assignment = matches!(self.token_text(index), ":=" | "=") && index < end;
        if is_assignment {
            let range = self.range(index + 1, end);
            if self.token_text(first + 1) == "." {
                // A label may stand before the variable.
                self.forget_named(first, index);
            } else if let Some(name) = self.tokens.get(first).and_then(|token| self.name_of(*token))
            {
                self.remember(&name.text.clone(), index + 1, end);
            }
            into.push(BlockStatement::Evaluate(self.expression(range)));
        } else {
            self.forget_targets(first, end);
            self.remember_selected(first, end);
            let text = self.without_into(first, end);
            let (start, _) = self.range(first, end);
            let statements = parse_all(&text, Database::Postgres, &self.origin.part(start));
            into.extend(statements.into_iter().map(|statement| match statement.kind {
                // The splitting is ours, so an error may be ours too.
                StatementKind::Invalid { .. } => BlockStatement::Unknown {
                    what: Arc::from("PL/pgSQL"),
                    mentions: Some(mentions(&text, Database::Postgres)),
                },
                _ => BlockStatement::Sql(statement),
            }));
        }
        self.position = end + 1;
    }

    /// The text of a statement with `INTO variables` blanked out.
    fn without_into(&self, first: usize, end: usize) -> String {
        let (start, stop) = self.range(first, end);
        let mut text = self.text[start..stop].to_owned();
        let mut depth = 0_usize;
        let starts = self.token_text(first).to_ascii_lowercase();
        if !matches!(starts.as_str(), "select" | "insert" | "update" | "delete" | "with" | "values")
        {
            return text;
        }
        for index in first + 1..end {
            match self.token_text(index) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ if depth == 0
                    && self.is_at(index, "into")
                    && !self.is_at(index - 1, "insert") =>
                {
                    let mut last = index + 1;
                    last += usize::from(self.is_at(last, "strict"));
                    while last + 1 < end
                        && matches!(self.token_text(last + 1), "." | "," | "[" | "]")
                    {
                        last += 2;
                    }
                    let (from, to) = self.range(index, (last + 1).min(end));
                    text.replace_range(from - start..to - start, &" ".repeat(to - from));
                    break;
                }
                _ => {}
            }
        }
        text
    }
}
