//! `allow(<code>) <reason>`: findings that a migration waives.

use super::directives::Waiver;
use crate::diagnostics::{Code, Diagnostic};

/// Leaves out what is waived, and reports waivers that waive nothing.
///
/// What the replay finds (M4xx, M6xx) is waived where it is found.
pub(crate) fn waive(findings: &mut Vec<Diagnostic>, waivers: &[Waiver]) {
    let mut idle = Vec::new();
    for waiver in waivers.iter().filter(|waiver| waiver.code.id().starts_with("M2")) {
        let before = findings.len();
        findings.retain(|finding| finding.code != waiver.code);
        if findings.len() == before {
            let message = format!(
                "`allow({})` is no longer needed: there is no such finding in this migration",
                waiver.code.id()
            );
            let finding = Diagnostic::new(Code::M211, waiver.span.into(), message);
            idle.push(finding.help("remove it"));
        }
    }
    findings.append(&mut idle);
}
