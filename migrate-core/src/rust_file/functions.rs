//! The functions of a file that are, or were meant to be, a half.

use syn::{Expr, Item, ItemFn, Stmt};

use crate::script::{Side, misnamed_half};
use crate::source::{FileId, Span};

/// A function that is a half, or has another tool's name for one.
pub(super) struct Function<'a> {
    /// Which half.
    pub(super) side: Side,
    /// Whether its name is `upgrade` or `downgrade`.
    pub(super) is_ours: bool,
    /// Its name.
    pub(super) name: Span,
    /// The function.
    pub(super) item: &'a ItemFn,
}

/// Finds the halves among a file's items, in order.
pub(super) fn functions(parsed: &syn::File, file: FileId) -> Vec<Function<'_>> {
    let mut functions = Vec::new();
    for item in &parsed.items {
        let Item::Fn(item) = item else { continue };
        let name = item.sig.ident.to_string();
        let (side, is_ours) = match name.as_str() {
            "upgrade" => (Side::Upgrade, true),
            "downgrade" => (Side::Downgrade, true),
            name => match misnamed_half(name) {
                Some(side) => (side, false),
                None => continue,
            },
        };
        let name = Span::new(file, item.sig.ident.span().byte_range());
        functions.push(Function { side, is_ours, name, item });
    }
    functions
}

/// Whether two functions of one name are each compiled under a condition only.
pub(super) fn are_alternatives(first: &Function<'_>, second: &Function<'_>) -> bool {
    let is_conditional =
        |it: &Function<'_>| it.item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
    is_conditional(first) && is_conditional(second)
}

/// Whether a body does nothing: no statement, or only `Ok(())`.
pub(super) fn is_empty(item: &ItemFn) -> bool {
    match &item.block.stmts[..] {
        [] => true,
        [Stmt::Expr(Expr::Return(returned), _)] => {
            returned.expr.as_deref().is_some_and(is_ok_of_unit)
        }
        [Stmt::Expr(expression, None)] => is_ok_of_unit(expression),
        _ => false,
    }
}

fn is_ok_of_unit(expression: &Expr) -> bool {
    let Expr::Call(call) = expression else { return false };
    let Expr::Path(function) = &*call.func else { return false };
    let is_ok = function.path.segments.last().is_some_and(|segment| segment.ident == "Ok");
    let mut arguments = call.args.iter();
    let unit = matches!(arguments.next(), Some(Expr::Tuple(tuple)) if tuple.elems.is_empty());
    is_ok && unit && arguments.next().is_none()
}
