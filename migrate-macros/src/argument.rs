//! The macro's only argument: a path.

use proc_macro::{Span, TokenStream, TokenTree};

/// The folder that is used where none is named.
const DEFAULT: &str = "migrations";

/// The folder named by the argument, and the place where errors are reported.
pub(crate) struct Argument {
    pub(crate) path: String,
    pub(crate) span: Span,
}

/// Reads the macro's input.
///
/// # Errors
/// The place of what is no path. The message is the same for all of them.
pub(crate) fn parse(input: TokenStream) -> Result<Argument, Span> {
    let mut tokens = input.into_iter();
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
