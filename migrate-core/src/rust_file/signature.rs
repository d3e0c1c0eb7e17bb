//! M203 and M205 to M208: what the macro's call of a half rests on.

use syn::{FnArg, GenericArgument, GenericParam, PathArguments, ReturnType, Type, Visibility};

use super::findings;
use super::functions::{Function, is_empty};
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, SourceMap, Span};

/// Checks all of a half but its name.
pub(super) fn check(function: &Function<'_>, file: FileId, sources: &SourceMap) -> Vec<Diagnostic> {
    let checker = Checker { function, file, text: sources.text(file) };
    let found = [
        checker.visibility(),
        checker.asynchronous(),
        checker.argument(),
        checker.return_type(),
        is_empty(function.item).then(|| findings::empty(function)),
    ];
    found.into_iter().flatten().collect()
}

struct Checker<'a> {
    function: &'a Function<'a>,
    file: FileId,
    text: &'a str,
}

impl Checker<'_> {
    fn span(&self, from: proc_macro2::Span, to: proc_macro2::Span) -> Span {
        Span::new(self.file, from.byte_range().start..to.byte_range().end)
    }

    /// Where the function begins after its visibility.
    fn start(&self) -> usize {
        let signature = &self.function.item.sig;
        let first = match (&signature.constness, &signature.asyncness) {
            (Some(token), _) => token.span,
            (None, Some(token)) => token.span,
            (None, None) => return self.function_start(),
        };
        first.byte_range().start
    }

    /// Where the function begins after `const` and `async`: at `unsafe`, `extern` or `fn`.
    fn function_start(&self) -> usize {
        let signature = &self.function.item.sig;
        let fn_start = signature.fn_token.span.byte_range().start;
        match (&signature.safety, &signature.abi) {
            (syn::Safety::Unsafe(token), _) => token.span.byte_range().start,
            (_, Some(abi)) => abi.extern_token.span.byte_range().start,
            _ => fn_start,
        }
    }

    /// The module is private to the function that the macro expands in, its parent; so
    /// `pub(crate)` and `pub(super)` reach it as well as `pub` does.
    fn visibility(&self) -> Option<Diagnostic> {
        match &self.function.item.vis {
            Visibility::Public(_) => None,
            Visibility::Restricted(restricted)
                if restricted.path.is_ident("crate") || restricted.path.is_ident("super") =>
            {
                None
            }
            Visibility::Restricted(restricted) => {
                let span =
                    self.span(restricted.pub_token.span, restricted.paren_token.span.close());
                Some(findings::private(self.function, span, "pub"))
            }
            Visibility::Inherited => {
                let start = self.start();
                let span = Span::new(self.file, start..start);
                Some(findings::private(self.function, span, "pub "))
            }
        }
    }

    fn asynchronous(&self) -> Option<Diagnostic> {
        if self.function.item.sig.asyncness.is_some() {
            return None;
        }
        let start = self.function_start();
        let insertion = (!self.returns_future()).then(|| Span::new(self.file, start..start));
        Some(findings::blocking(self.function, insertion))
    }

    /// Whether a function that is not `async` returns a future, so that its return type would
    /// change with the keyword.
    fn returns_future(&self) -> bool {
        match &self.function.item.sig.output {
            ReturnType::Default => false,
            ReturnType::Type(_, ty) => match &**ty {
                Type::ImplTrait(_) => true,
                Type::Path(path) => path.path.segments.last().is_some_and(|segment| {
                    ["Pin", "BoxFuture", "Box"].iter().any(|name| segment.ident == name)
                }),
                _ => false,
            },
        }
    }

    fn argument(&self) -> Option<Diagnostic> {
        let signature = &self.function.item.sig;
        let is_generic = signature
            .generics
            .params
            .iter()
            .any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
        let mut inputs = signature.inputs.iter();
        let is_db = matches!(inputs.next(), Some(FnArg::Typed(typed)) if is_db(&typed.ty));
        if is_db && inputs.next().is_none() && !is_generic {
            return None;
        }
        let parentheses = &signature.paren_token.span;
        let span = self.span(parentheses.open(), parentheses.close());
        let label = if is_generic {
            "type parameters cannot be told from the call"
        } else {
            match signature.inputs.len() {
                0 => "no argument",
                1 => "another argument",
                _ => "more than one argument",
            }
        };
        Some(findings::wrong_argument(self.function, span, label))
    }

    fn return_type(&self) -> Option<Diagnostic> {
        let signature = &self.function.item.sig;
        match &signature.output {
            ReturnType::Type(_, ty) if is_result_of_unit(ty) => None,
            ReturnType::Type(arrow, _)
                if signature.asyncness.is_some() || !self.returns_future() =>
            {
                let start = arrow.spans[0].byte_range().start;
                let brace = self.function.item.block.brace_token.span.open().byte_range().start;
                let end = start + self.text[start..brace].trim_end().len();
                Some(findings::wrong_return_type(self.function, Span::new(self.file, start..end)))
            }
            // Reported already: it is not `async`.
            ReturnType::Type(..) => None,
            ReturnType::Default => {
                let parentheses = &signature.paren_token.span;
                let end = parentheses.close().byte_range().end;
                let span = Span::new(self.file, end - 1..end);
                Some(findings::wrong_return_type(self.function, span))
            }
        }
    }
}

/// `&mut Db`, by whatever path.
fn is_db(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else { return false };
    let Type::Path(path) = &*reference.elem else { return false };
    let is_db = path
        .path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "Db" && segment.arguments.is_none());
    reference.mutability.is_some() && is_db
}

/// `Result<()>`, by whatever path, with or without an error type.
fn is_result_of_unit(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
    let first = arguments.args.first();
    let is_unit =
        matches!(first, Some(GenericArgument::Type(Type::Tuple(tuple))) if tuple.elems.is_empty());
    last.ident == "Result" && is_unit
}
