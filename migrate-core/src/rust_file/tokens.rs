//! What tokens of a function say by those around them.

use proc_macro2::TokenTree;

/// Whether what is returned is certainly an error.
pub(super) fn returns_error(after: &[TokenTree]) -> bool {
    let [TokenTree::Ident(word), TokenTree::Group(_), rest @ ..] = after else { return false };
    let ends = match rest.first() {
        Some(TokenTree::Punct(mark)) => matches!(mark.as_char(), ';' | ','),
        Some(_) => false,
        None => true,
    };
    word == "Err" && ends
}

/// Whether what comes next is what a macro is given.
pub(super) fn is_macro(before: &[TokenTree]) -> bool {
    let [.., TokenTree::Ident(name), TokenTree::Punct(mark)] = before else { return false };
    // Of a keyword, it is a negation.
    mark.as_char() == '!' && syn::parse_str::<syn::Ident>(&name.to_string()).is_ok()
}

/// The name before an argument list, past a turbofish.
pub(super) fn callee(before: &[TokenTree]) -> Option<String> {
    let mut rest = before;
    if let [head @ .., TokenTree::Punct(close)] = rest
        && close.as_char() == '>'
    {
        let mut depth = 1;
        let open = head.iter().rposition(|token| {
            match token.to_string().as_str() {
                ">" => depth += 1,
                "<" => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        // Without the two colons before it.
        rest = &head[..open.saturating_sub(2)];
    }
    match rest.last() {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}
