//! Reading SQL without a parser: tokens, statements and the few words that decide how
//! a statement is run.
//!
//! Nothing here knows a server's grammar beyond what it takes to find where a
//! statement ends. It is used inside a macro that is built without optimisation, so it
//! works on bytes and allocates nothing per token.

mod blocks;
mod compound;
mod escapes;
mod lexer;
mod operators;
mod scan;
mod search;
mod split;
mod tokens;
mod transaction;
mod words;

pub(crate) use search::has_word;
pub(crate) use split::has_statement;
pub(crate) use transaction::may_concern_transactions;

pub use lexer::{Lexer, Token, TokenKind, Unterminated};
pub use split::{Split, Statement, split};
pub use tokens::token_checksum;
pub use transaction::{TransactionControl, is_refused_in_transaction, transaction_control};
pub use words::{Words, executable_code, significant_words};
