//! M2xx findings about the sections of an SQL file, in words.

use std::ops::Range;

use super::header::Side;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::source::{FileId, SourceMap, Span};

/// M201: there is no section for the upgrade; `first_statement` is where it should begin.
pub(super) fn missing_upgrade(
    file: FileId,
    sources: &SourceMap,
    first_statement: Option<usize>,
) -> Diagnostic {
    let message = "this migration has no `-- upgrade` section";
    let Some(start) = first_statement else {
        return Diagnostic::new(Code::M201, Place::whole(sources, file), message)
            .help("write `-- upgrade`, and below it what to do");
    };
    let text = sources.text(file);
    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let length = text[start..].lines().next().unwrap_or_default().trim_end().len();
    Diagnostic::new(Code::M201, Span::new(file, start..start + length).into(), message)
        .label("no header stands above this")
        .patch("write the header", Span::new(file, line..line), "-- upgrade\n")
}

/// M202: there is no section for the downgrade; `upgrade` is the other half's header.
pub(super) fn missing_downgrade(
    file: FileId,
    sources: &SourceMap,
    upgrade: Option<Span>,
) -> Diagnostic {
    let place = upgrade.map_or_else(|| Place::whole(sources, file), Place::Text);
    let finding =
        Diagnostic::new(Code::M202, place, "this migration has no `-- downgrade` section");
    let finding = match upgrade {
        Some(_) => finding.label("there is only this section"),
        None => finding,
    };
    finding
        .help("write `-- downgrade`, and below it what undoes the upgrade")
        .help("or say why nothing can: `-- downgrade: irreversible, <reason>`")
}

/// M203: a section has no statement.
pub(super) fn empty(side: Side, header: Span) -> Diagnostic {
    let word = side.word();
    let message = format!("the `-- {word}` section has no statement");
    let finding = Diagnostic::new(Code::M203, header.into(), message)
        .label("only comments and white space follow");
    match side {
        Side::Upgrade => finding.help("write what the migration does, or remove the file"),
        Side::Downgrade => {
            finding.help("write what undoes the upgrade, or `-- downgrade: irreversible, <reason>`")
        }
    }
}

/// M203 for a file that is one body.
pub(super) fn empty_file(file: FileId, sources: &SourceMap) -> Diagnostic {
    let message = "this migration has no statement";
    Diagnostic::new(Code::M203, Place::whole(sources, file), message)
        .help("write what the migration does, or remove the file")
}

/// M204: the header that another tool reads.
pub(super) fn misnamed(side: Side, header: Span, sources: &SourceMap) -> Diagnostic {
    let word = side.word();
    let written = sources.slice(&header).trim();
    let message = format!("the section is headed `{written}` where `-- {word}` belongs");
    Diagnostic::new(Code::M204, header.into(), message).label("this header is not read").patch(
        "rename it",
        header,
        format!("-- {word}"),
    )
}

/// M204 for a repeatable migration, which is run as a whole.
pub(super) fn section_in_repeatable(header: Span, sources: &SourceMap) -> Diagnostic {
    let written = sources.slice(&header).trim();
    let message = format!("a repeatable migration has no sections, but this one has `{written}`");
    Diagnostic::new(Code::M204, header.into(), message)
        .label("both halves would be run")
        .help("leave one body that can be run again and again, and remove the headers")
}

/// M209: a half comes twice.
pub(super) fn duplicate(side: Side, first: Span, second: Span) -> Diagnostic {
    let message = format!("this migration has two `-- {}` sections", side.word());
    Diagnostic::new(Code::M209, second.into(), message)
        .label("the second")
        .also(first, "the first")
        .help("join the two, or make the second a migration of its own")
}

/// M211: directives where they are not read.
pub(super) fn late_directives(comment: Span) -> Diagnostic {
    let message = "directives stand before the first section only";
    Diagnostic::new(Code::M211, comment.into(), message)
        .label("this line comes too late")
        .help("move it to the top of the file")
}

/// M212: statements before the first section.
pub(super) fn outside(file: FileId, range: Range<usize>, first_header: Span) -> Diagnostic {
    let message = "SQL stands before the first section, where it is never run";
    Diagnostic::new(Code::M212, Span::new(file, range).into(), message)
        .label("in no section")
        .also(first_header, "the first section begins here")
        .help("move it below the header")
}

/// M215: a downgrade that is declared impossible and written all the same.
pub(super) fn irreversible_with_body(header: Span, body: Span) -> Diagnostic {
    let message = "the downgrade is declared irreversible, but has statements";
    Diagnostic::new(Code::M215, body.into(), message)
        .label("these would never be run")
        .also(header, "declared here")
        .help("remove the statements, or write the header as `-- downgrade`")
}

/// M216: no reason why a downgrade is impossible.
pub(super) fn irreversible_without_reason(header: Span) -> Diagnostic {
    let message = "the downgrade is declared irreversible without a reason";
    Diagnostic::new(Code::M216, header.into(), message)
        .label("why?")
        .help("write `-- downgrade: irreversible, <reason>`")
}
