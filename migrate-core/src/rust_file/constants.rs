//! `MIGRATE` and `IRREVERSIBLE`, the two constants of a Rust migration.

use syn::{Expr, ItemConst, Lit, LitStr, Type};

use super::findings;
use crate::diagnostics::Diagnostic;
use crate::script::{DirectiveText, ParsedDirectives};
use crate::source::{FileId, SourceMap, Span};

/// Reads `pub const MIGRATE: &str = "…";`.
pub(super) fn directives(
    constant: &ItemConst,
    file: FileId,
    sources: &SourceMap,
) -> ParsedDirectives {
    let mut parsed = ParsedDirectives::default();
    let Some(literal) = string_of(constant) else {
        parsed.findings.push(findings::migrate_is_no_string(name_of(constant, file)));
        return parsed;
    };
    let value = literal.value();
    let whole = Span::new(file, literal.span().byte_range());
    // Without escapes the value is the literal's own bytes after the opening quote.
    let quote =
        sources.slice(&whole).find('"').map_or(whole.start, |quote| whole.start + quote + 1);
    let is_verbatim = sources.text(file)[quote..].starts_with(&value);
    parsed.read(DirectiveText {
        text: &value,
        file,
        start: quote,
        whole: (!is_verbatim).then_some(whole),
    });
    parsed
}

/// Reads `pub const IRREVERSIBLE: &str = "<reason>";`; returns the reason and where it stands.
pub(super) fn irreversible(
    constant: &ItemConst,
    file: FileId,
    found: &mut Vec<Diagnostic>,
) -> (String, Span) {
    let name = name_of(constant, file);
    let Some(literal) = string_of(constant) else {
        found.push(findings::irreversible_is_no_string(name));
        return (String::new(), name);
    };
    let span = Span::new(file, literal.span().byte_range());
    let reason = literal.value().trim().to_owned();
    if reason.is_empty() {
        found.push(findings::irreversible_without_reason(span));
    }
    (reason, span)
}

/// The string of a constant of type `&str`, where it is written as one literal.
fn string_of(constant: &ItemConst) -> Option<&LitStr> {
    let Type::Reference(reference) = &*constant.ty else { return None };
    let Type::Path(path) = &*reference.elem else { return None };
    if !path.path.is_ident("str") {
        return None;
    }
    match &*constant.expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(literal) => Some(literal),
            _ => None,
        },
        _ => None,
    }
}

fn name_of(constant: &ItemConst, file: FileId) -> Span {
    Span::new(file, constant.ident.span().byte_range())
}
