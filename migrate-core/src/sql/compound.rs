//! Compound statements of `MySQL` and `MariaDB`.
//!
//! Their words are hardly reserved: a column may be called `end` or `begin`, and `IF`,
//! `REPEAT` and `CASE` are functions or expressions as well. What tells them apart is
//! whether a statement can begin where the word stands, and that is followed exactly.
//!
//! Source: `MySQL` 8.4 manual, 15.6 "Compound Statement Syntax"; `MariaDB`
//! documentation, "Programmatic and Compound Statements".

use super::lexer::TokenKind;

/// Follows one statement, see [`Nesting`](super::blocks::Nesting).
pub(super) struct Compound {
    stage: Stage,
    /// Blocks that wait for their `END`.
    blocks: usize,
    /// `CASE` expressions that wait for theirs; they are always the innermost.
    cases: usize,
    /// Open parentheses of the parameter list.
    parentheses: usize,
    /// A statement of the body begins with the next token.
    at_start: bool,
    /// The token before was the first of a statement, and may be its label.
    after_label: bool,
    /// Within the condition of `UNTIL`, the only one that an `END` follows.
    in_until: bool,
    handler: Handler,
    previous: Symbol,
}

impl Default for Compound {
    fn default() -> Self {
        Compound {
            stage: Stage::Start,
            blocks: 0,
            cases: 0,
            parentheses: 0,
            at_start: false,
            after_label: false,
            in_until: false,
            handler: Handler::None,
            previous: Symbol::Operand,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// After `CREATE` or `ALTER`, before the kind of object.
    Create,
    /// After a `BEGIN` that opens a transaction unless `NOT ATOMIC` follows.
    Begin,
    /// From the kind of routine to the end of its parameters.
    Parameters,
    /// From `TRIGGER` to `FOR EACH ROW`.
    Trigger,
    /// From `EVENT` to `DO`.
    Event,
    /// Types and characteristics, up to the first word of the body.
    Characteristics,
    Body,
    /// A statement that cannot hold others.
    Plain,
}

/// Where in `DECLARE … HANDLER FOR condition, … statement` we are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handler {
    None,
    Declare,
    For,
    Condition,
    AfterCondition,
}

/// A token as far as block structure is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Begin,
    End,
    If,
    Case,
    Loop,
    While,
    Repeat,
    For,
    Then,
    Else,
    When,
    Do,
    Until,
    Declare,
    Handler,
    Not,
    Atomic,
    Create,
    Alter,
    Replace,
    /// `OR`, `DEFINER`, `AGGREGATE`: between `CREATE` and the kind of object.
    Modifier,
    Routine,
    Trigger,
    Event,
    Each,
    Row,
    Set,
    /// `CHARACTER`, `CHAR`, `RETURNS`: a `SET` after them is part of a type.
    TypeWord,
    /// `SQLSTATE`, `VALUE`: a condition goes on after them.
    SqlState,
    /// The first word of a simple statement.
    Verb,
    /// A word that wants an operand after it.
    Connective,
    Semicolon,
    Open,
    Close,
    Comma,
    Dot,
    Colon,
    Operator,
    /// Anything else: names, literals, parameters.
    Operand,
}

impl Compound {
    /// Whether a semicolon here belongs to the statement.
    pub(super) fn is_open(&self) -> bool {
        self.blocks > 0
    }

    /// Takes the next significant token.
    pub(super) fn token(&mut self, kind: TokenKind, text: &str) {
        if self.stage == Stage::Plain || kind == TokenKind::ExecutableComment {
            return;
        }
        let symbol = match kind {
            // After a dot even reserved words are names.
            TokenKind::Word if self.previous != Symbol::Dot => Symbol::of_word(text),
            TokenKind::Punctuation => Symbol::of_punctuation(text),
            TokenKind::Semicolon => Symbol::Semicolon,
            _ => Symbol::Operand,
        };
        match self.stage {
            Stage::Start => self.start(symbol),
            Stage::Create => self.create(symbol, kind),
            Stage::Begin => match symbol {
                Symbol::Not => {}
                Symbol::Atomic => self.open_body(Symbol::Begin),
                _ => self.stage = Stage::Plain,
            },
            Stage::Parameters => match symbol {
                Symbol::Open => self.parentheses += 1,
                Symbol::Close if self.parentheses <= 1 => self.stage = Stage::Characteristics,
                Symbol::Close => self.parentheses -= 1,
                _ => {}
            },
            Stage::Trigger => {
                if symbol == Symbol::Row && self.previous == Symbol::Each {
                    self.stage = Stage::Characteristics;
                }
            }
            Stage::Event => {
                if symbol == Symbol::Do {
                    self.stage = Stage::Body;
                    self.at_start = true;
                }
            }
            Stage::Characteristics => self.characteristic(symbol),
            Stage::Body => self.body(symbol),
            Stage::Plain => {}
        }
        self.previous = symbol;
    }

    fn start(&mut self, symbol: Symbol) {
        match symbol {
            Symbol::Create | Symbol::Alter => self.stage = Stage::Create,
            Symbol::Begin => self.stage = Stage::Begin,
            // MariaDB takes these outside of routines too; no other statement begins so.
            _ if symbol.opens_block() => self.open_body(symbol),
            _ => self.stage = Stage::Plain,
        }
    }

    fn create(&mut self, symbol: Symbol, kind: TokenKind) {
        self.stage = match symbol {
            Symbol::Routine => Stage::Parameters,
            Symbol::Trigger => Stage::Trigger,
            Symbol::Event => Stage::Event,
            Symbol::Modifier | Symbol::Replace => Stage::Create,
            // The user or the host of a definer.
            _ if kind != TokenKind::Word || self.previous == Symbol::Operator => Stage::Create,
            _ => Stage::Plain,
        };
    }

    fn characteristic(&mut self, symbol: Symbol) {
        match symbol {
            _ if symbol.opens_block() => self.open_body(symbol),
            Symbol::Set if self.previous == Symbol::TypeWord => {}
            // One simple statement: nothing in it opens a block.
            Symbol::Verb
            | Symbol::Set
            | Symbol::Do
            | Symbol::Create
            | Symbol::Alter
            | Symbol::Replace => self.stage = Stage::Body,
            _ => {}
        }
    }

    fn open_body(&mut self, symbol: Symbol) {
        self.stage = Stage::Body;
        self.first_of_statement(symbol);
    }

    fn body(&mut self, symbol: Symbol) {
        let at_start = std::mem::take(&mut self.at_start);
        let after_label = std::mem::take(&mut self.after_label);
        if symbol == Symbol::Semicolon {
            self.cases = 0;
            self.in_until = false;
            self.handler = Handler::None;
            self.at_start = true;
        } else if at_start || self.handler_statement_begins(symbol) {
            self.first_of_statement(symbol);
        } else if self.cases > 0 {
            match symbol {
                Symbol::Case => self.cases += 1,
                Symbol::End if !self.previous.wants_operand() => self.cases -= 1,
                _ => {}
            }
        } else {
            self.inside_statement(symbol, after_label);
        }
    }

    fn first_of_statement(&mut self, symbol: Symbol) {
        match symbol {
            Symbol::Begin | Symbol::Loop | Symbol::Repeat => {
                self.blocks += 1;
                self.at_start = true;
            }
            Symbol::If | Symbol::Case | Symbol::While | Symbol::For => self.blocks += 1,
            Symbol::End => self.blocks = self.blocks.saturating_sub(1),
            Symbol::Else => self.at_start = true,
            Symbol::Until => self.in_until = true,
            Symbol::Declare => self.handler = Handler::Declare,
            Symbol::Operand => self.after_label = true,
            _ => {}
        }
    }

    fn inside_statement(&mut self, symbol: Symbol, after_label: bool) {
        match symbol {
            Symbol::Then | Symbol::Else | Symbol::Do => self.at_start = true,
            Symbol::Colon => self.at_start = after_label,
            // `END CASE` closes a statement.
            Symbol::Case if self.previous != Symbol::End => self.cases = 1,
            Symbol::Repeat if self.in_until && self.previous == Symbol::End => {
                self.in_until = false;
                self.blocks = self.blocks.saturating_sub(1);
            }
            _ => {}
        }
    }

    /// Follows a `DECLARE`; whether `symbol` is the first token of a handler's statement.
    fn handler_statement_begins(&mut self, symbol: Symbol) -> bool {
        self.handler = match (self.handler, symbol) {
            (Handler::Declare, Symbol::Handler) => Handler::For,
            (Handler::For, Symbol::For) | (Handler::AfterCondition, Symbol::Comma) => {
                Handler::Condition
            }
            (Handler::Condition, Symbol::SqlState | Symbol::Not) => Handler::Condition,
            (Handler::Condition, _) => Handler::AfterCondition,
            (Handler::AfterCondition, _) => {
                self.handler = Handler::None;
                return true;
            }
            (handler, _) => handler,
        };
        false
    }
}

impl Symbol {
    fn opens_block(self) -> bool {
        use Symbol::{Begin, Case, For, If, Loop, Repeat, While};
        matches!(self, Begin | If | Case | Loop | While | Repeat | For)
    }

    /// Whether what follows is an operand, so that an `END` there is a column's name.
    fn wants_operand(self) -> bool {
        use Symbol::{
            Case, Comma, Connective, Dot, Else, Modifier, Not, Open, Operator, Then, Verb, When,
        };
        matches!(
            self,
            Case | Comma
                | Connective
                | Dot
                | Else
                | Modifier
                | Not
                | Open
                | Operator
                | Then
                | Verb
                | When
        )
    }

    fn of_punctuation(text: &str) -> Self {
        match text {
            "(" => Symbol::Open,
            ")" => Symbol::Close,
            "," => Symbol::Comma,
            "." => Symbol::Dot,
            ":" => Symbol::Colon,
            _ => Symbol::Operator,
        }
    }

    fn of_word(word: &str) -> Self {
        // Upper case on the stack; no keyword here is longer.
        let mut buffer = [0; 10];
        let Some(upper) = buffer.get_mut(..word.len()) else { return Symbol::Operand };
        upper.copy_from_slice(word.as_bytes());
        upper.make_ascii_uppercase();
        match &*upper {
            b"BEGIN" => Symbol::Begin,
            b"END" => Symbol::End,
            b"IF" => Symbol::If,
            b"CASE" => Symbol::Case,
            b"LOOP" => Symbol::Loop,
            b"WHILE" => Symbol::While,
            b"REPEAT" => Symbol::Repeat,
            b"FOR" => Symbol::For,
            b"THEN" => Symbol::Then,
            b"ELSE" => Symbol::Else,
            b"WHEN" => Symbol::When,
            b"DO" => Symbol::Do,
            b"UNTIL" => Symbol::Until,
            b"DECLARE" => Symbol::Declare,
            b"HANDLER" => Symbol::Handler,
            b"NOT" => Symbol::Not,
            b"ATOMIC" => Symbol::Atomic,
            b"CREATE" => Symbol::Create,
            b"ALTER" => Symbol::Alter,
            b"REPLACE" => Symbol::Replace,
            b"OR" | b"DEFINER" | b"AGGREGATE" => Symbol::Modifier,
            b"PROCEDURE" | b"FUNCTION" => Symbol::Routine,
            b"TRIGGER" => Symbol::Trigger,
            b"EVENT" => Symbol::Event,
            b"EACH" => Symbol::Each,
            b"ROW" => Symbol::Row,
            b"SET" => Symbol::Set,
            b"CHARACTER" | b"CHAR" | b"RETURNS" => Symbol::TypeWord,
            b"SQLSTATE" | b"VALUE" => Symbol::SqlState,
            b"RETURN" | b"SELECT" | b"INSERT" | b"UPDATE" | b"DELETE" | b"CALL" | b"WITH"
            | b"VALUES" | b"DROP" | b"TRUNCATE" | b"RENAME" | b"GRANT" | b"REVOKE" | b"EXECUTE"
            | b"PREPARE" | b"DEALLOCATE" | b"ANALYZE" | b"OPTIMIZE" | b"SIGNAL" | b"RESIGNAL"
            | b"GET" | b"COMMIT" | b"ROLLBACK" | b"START" | b"SAVEPOINT" | b"RELEASE"
            | b"FLUSH" | b"SHOW" | b"KILL" => Symbol::Verb,
            b"AND" | b"XOR" | b"BETWEEN" | b"LIKE" | b"REGEXP" | b"RLIKE" | b"IN" | b"IS"
            | b"DIV" | b"MOD" | b"AS" | b"BY" | b"WHERE" | b"ON" | b"HAVING" | b"DISTINCT"
            | b"INTERVAL" | b"BINARY" | b"COLLATE" => Symbol::Connective,
            _ => Symbol::Operand,
        }
    }
}
