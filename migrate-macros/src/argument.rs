//! The macro's input: the runtime's place, and its only argument, a path.

use std::iter::Peekable;

use proc_macro::token_stream::IntoIter;
use proc_macro::{Span, TokenStream, TokenTree};

/// The folder that is used where none is named.
const DEFAULT: &str = "migrations";

/// The folder named by the argument, and the place where errors are reported.
pub(crate) struct Argument {
    pub(crate) path: String,
    pub(crate) span: Span,
}

/// Takes the `$crate` which the runtime puts before what the user wrote: it means the runtime
/// whatever the user's package calls it.
pub(crate) fn runtime(input: &mut Peekable<IntoIter>) -> TokenStream {
    match input.next_if(|token| token.to_string() == "$crate") {
        Some(runtime) => runtime.into(),
        None => "::migrate_runtime".parse().unwrap_or_default(),
    }
}

/// Reads what the user wrote.
///
/// # Errors
/// The place of what is no path. The message is the same for all of them.
pub(crate) fn parse(tokens: &mut Peekable<IntoIter>) -> Result<Argument, Span> {
    let Some(first) = tokens.next() else {
        return Ok(Argument { path: DEFAULT.to_owned(), span: Span::call_site() });
    };
    let span = first.span();
    if let Some(second) = tokens.next() {
        return Err(second.span());
    }
    let TokenTree::Literal(literal) = first else { return Err(span) };
    let literal: syn::LitStr = syn::parse_str(&literal.to_string()).map_err(|_| span)?;
    Ok(Argument { path: literal.value(), span })
}
