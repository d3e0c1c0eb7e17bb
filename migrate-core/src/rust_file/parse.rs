//! From the text of a Rust file to its halves.

use proc_macro2::LineColumn;
use syn::{Item, ItemConst};

use super::functions::{Function, are_alternatives, functions};
use super::{constants, findings, signature};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::script::{Side, waive};
use crate::set::{Downgrade, Half, Script};
use crate::source::{FileId, SourceMap, Span};

/// Parses a Rust migration.
///
/// Inside a procedural macro the caller must have called `proc_macro2::fallback::force()`,
/// for this thread's whole expansion: without it the compiler hands out spans that say nothing
/// about this text, and every finding would lie at its beginning.
///
/// Functions that a macro of the file writes, or that it re-exports, are not seen.
pub fn parse(file: FileId, sources: &SourceMap) -> (Script, Vec<Diagnostic>) {
    let text = sources.text(file);
    // Not `syn::parse_file`, which cuts off a `#!` line and shifts all spans by it.
    match syn::parse_str::<syn::File>(text) {
        Ok(parsed) => Reader { file, sources }.read(&parsed),
        Err(error) => {
            let findings = error.into_iter().map(|error| invalid(&error, file, sources)).collect();
            let script = Script {
                upgrade: Half::Rust,
                downgrade: Downgrade::Half(Half::Rust),
                directives: crate::set::Directives::default(),
            };
            (script, findings)
        }
    }
}

/// M213: what syn could not read.
fn invalid(error: &syn::Error, file: FileId, sources: &SourceMap) -> Diagnostic {
    let text = sources.text(file);
    let mut range = error.span().byte_range();
    let starts_nowhere = error.span().start() == LineColumn { line: 1, column: 0 };
    if range.is_empty() && starts_nowhere {
        // "unexpected end of input" has no token to point at.
        range = text.trim_end().len()..text.trim_end().len();
    }
    let span = Span::new(file, range);
    Diagnostic::new(Code::M213, span.into(), "this migration is not Rust")
        .label(match error.to_string().as_str() {
            // What proc-macro2 says of brackets, quotes and characters alike.
            "cannot parse string into token stream" => {
                "a bracket or quote is not closed, or this is no token of Rust".to_owned()
            }
            message => message.to_owned(),
        })
        .help("correct the syntax; no other check of this file was made")
}

struct Reader<'a> {
    file: FileId,
    sources: &'a SourceMap,
}

impl Reader<'_> {
    fn read(&self, parsed: &syn::File) -> (Script, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let constant = |name: &str| {
            parsed.items.iter().find_map(|item| match item {
                Item::Const(constant) if constant.ident == name => Some(constant),
                _ => None,
            })
        };
        let mut directives = match constant("MIGRATE") {
            Some(constant) => constants::directives(constant, self.file, self.sources),
            None => crate::script::ParsedDirectives::default(),
        };
        found.append(&mut directives.findings);

        let functions = functions(parsed, self.file);
        let irreversible = constant("IRREVERSIBLE");
        self.half(Side::Upgrade, &functions, irreversible, &mut found);
        let written = self.half(Side::Downgrade, &functions, irreversible, &mut found);
        let downgrade = match irreversible {
            None => Downgrade::Half(Half::Rust),
            Some(constant) => {
                let (reason, span) = constants::irreversible(constant, self.file, &mut found);
                if let Some(function) = written {
                    found.push(findings::irreversible_with_body(span, function.name));
                }
                Downgrade::Irreversible(reason)
            }
        };
        waive(&mut found, &directives.waivers);
        let script = Script { upgrade: Half::Rust, downgrade, directives: directives.directives };
        (script, found)
    }

    /// Finds the function of a half and what is wrong with it.
    fn half<'f>(
        &self,
        side: Side,
        functions: &'f [Function<'f>],
        irreversible: Option<&ItemConst>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<&'f Function<'f>> {
        let mut named = functions.iter().filter(|it| it.side == side && it.is_ours);
        let function = match named.next() {
            Some(function) => {
                let twice = named.filter(|second| !are_alternatives(function, second));
                found.extend(twice.map(|second| findings::duplicate(function, second)));
                function
            }
            None if side == Side::Downgrade && irreversible.is_some() => return None,
            None => {
                let Some(function) = functions.iter().find(|it| it.side == side) else {
                    let other = functions.iter().find(|it| it.side != side);
                    let place = match other {
                        Some(other) => Place::Text(other.name),
                        None => Place::whole(self.sources, self.file),
                    };
                    found.push(findings::missing(side, place, other));
                    return None;
                };
                found.push(findings::misnamed(function));
                function
            }
        };
        found.extend(signature::check(function, self.file, self.sources));
        Some(function)
    }
}
