//! M2xx findings about a Rust migration, in words.

use super::functions::Function;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::script::Side;
use crate::source::Span;

/// The signature that both halves have.
fn signature(side: Side) -> String {
    format!("pub async fn {}(db: &mut Db) -> Result<()>", side.word())
}

/// The name that a half will have once it is renamed.
fn word(function: &Function<'_>) -> &'static str {
    function.side.word()
}

/// M201 and M202.
pub(super) fn missing(side: Side, place: Place, other: Option<&Function<'_>>) -> Diagnostic {
    let code = if side == Side::Upgrade { Code::M201 } else { Code::M202 };
    let mut finding =
        Diagnostic::new(code, place, format!("this migration has no `{}`", side.word()));
    if let Some(other) = other {
        finding = finding.label(format!("there is only this `{}`", other.item.sig.ident));
    }
    let finding = finding.help(format!("add `{}`", signature(side)));
    match side {
        Side::Upgrade => finding,
        Side::Downgrade => finding
            .help("or say why nothing can undo it: `pub const IRREVERSIBLE: &str = \"<reason>\";`"),
    }
}

/// M203.
pub(super) fn empty(function: &Function<'_>) -> Diagnostic {
    let word = word(function);
    let finding =
        Diagnostic::new(Code::M203, function.name.into(), format!("`{word}` does nothing"))
            .label("its body is empty");
    match function.side {
        Side::Upgrade => finding.help("write what the migration does, or remove the file"),
        Side::Downgrade => finding.help(
            "write what undoes the upgrade, or replace the function by \
             `pub const IRREVERSIBLE: &str = \"<reason>\";`",
        ),
    }
}

/// M204.
pub(super) fn misnamed(function: &Function<'_>) -> Diagnostic {
    let word = word(function);
    let name = &function.item.sig.ident;
    Diagnostic::new(
        Code::M204,
        function.name.into(),
        format!("the function is called `{name}` where `{word}` belongs"),
    )
    .label("this name is not called")
    .patch("rename it", function.name, word)
}

/// M205; `replacement` comes in the place of `span`.
pub(super) fn private(function: &Function<'_>, span: Span, replacement: &str) -> Diagnostic {
    let message = format!("`{}` is not `pub`", word(function));
    Diagnostic::new(Code::M205, function.name.into(), message)
        .label("cannot be called from outside this file")
        .patch("make it public", span, replacement)
}

/// M206; `insertion` is where the keyword goes, if that is all there is to do.
pub(super) fn blocking(function: &Function<'_>, insertion: Option<Span>) -> Diagnostic {
    let message = format!("`{}` is not `async`", word(function));
    let finding =
        Diagnostic::new(Code::M206, function.name.into(), message).label("the runtime awaits it");
    match insertion {
        Some(span) => finding.patch("make it asynchronous", span, "async "),
        None => finding.help(format!(
            "write `{}`; the macro boxes the future itself",
            signature(function.side)
        )),
    }
}

/// M207.
pub(super) fn wrong_argument(function: &Function<'_>, span: Span, label: &str) -> Diagnostic {
    let message = format!("`{}` does not take exactly `&mut Db`", word(function));
    Diagnostic::new(Code::M207, span.into(), message)
        .label(label)
        .help(format!("write `{}`", signature(function.side)))
}

/// M208.
pub(super) fn wrong_return_type(function: &Function<'_>, span: Span) -> Diagnostic {
    let message = format!("`{}` does not return `Result<()>`", word(function));
    Diagnostic::new(Code::M208, span.into(), message)
        .label("`-> Result<()>` belongs here")
        .help(format!("write `{}`", signature(function.side)))
}

/// M209.
pub(super) fn duplicate(first: &Function<'_>, second: &Function<'_>) -> Diagnostic {
    let message = format!("this migration has two functions `{}`", word(first));
    Diagnostic::new(Code::M209, second.name.into(), message)
        .label("the second")
        .also(first.name, "the first")
        .help("join the two, or make the second a migration of its own")
}

/// M211.
pub(super) fn migrate_is_no_string(name: Span) -> Diagnostic {
    Diagnostic::new(Code::M211, name.into(), "`MIGRATE` is not a string literal of type `&str`")
        .label("it is read without compiling the file")
        .help("write `pub const MIGRATE: &str = \"transaction=off\";`")
}

/// M215.
pub(super) fn irreversible_with_body(constant: Span, downgrade: Span) -> Diagnostic {
    let message = "the downgrade is declared irreversible, but there is a `downgrade`";
    Diagnostic::new(Code::M215, downgrade.into(), message)
        .label("this would never be called")
        .also(constant, "declared here")
        .help("remove the function, or the constant `IRREVERSIBLE`")
}

/// M216 for a constant of another form.
pub(super) fn irreversible_is_no_string(name: Span) -> Diagnostic {
    let message = "`IRREVERSIBLE` is not a string literal of type `&str`";
    Diagnostic::new(Code::M216, name.into(), message)
        .label("the reason cannot be read")
        .help("write `pub const IRREVERSIBLE: &str = \"<reason>\";`")
}

/// M216.
pub(super) fn irreversible_without_reason(literal: Span) -> Diagnostic {
    let message = "the downgrade is declared irreversible without a reason";
    Diagnostic::new(Code::M216, literal.into(), message)
        .label("why?")
        .help("write `pub const IRREVERSIBLE: &str = \"<reason>\";`")
}
