//! What stands inside a migration file of the native layout, written in SQL.

pub mod directives;
mod findings;
mod header;
mod parse;
mod sections;
mod transactions;
mod waivers;

#[cfg(feature = "rust")]
pub(crate) use directives::{DirectiveText, ParsedDirectives};
pub(crate) use header::is_instruction;
#[cfg(feature = "rust")]
pub(crate) use header::{Side, misnamed as misnamed_half};
pub use parse::{has_section, parse, parse_repeatable};
pub use transactions::unwrapped;
pub(crate) use transactions::{controls_transactions, transaction_control, unterminated};
pub(crate) use waivers::waive;
