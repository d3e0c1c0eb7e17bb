//! Findings as JSON that can be read back.
//!
//! What a run finds lies in files as a whole, never in their text, so there are no spans to keep.

use migrate_core::diagnostics::{Code, Diagnostic, Place, Severity};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
struct Wire {
    code: String,
    warning: bool,
    message: String,
    path: Option<String>,
    notes: Vec<String>,
    help: Vec<String>,
}

pub(crate) fn serialize<S: Serializer>(
    findings: &[Diagnostic],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().map(wire))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Diagnostic>, D::Error> {
    let wires: Vec<Wire> = Vec::deserialize(deserializer)?;
    // A code that is not known comes from another version, which the protocol's number excludes.
    Ok(wires.into_iter().filter_map(finding).collect())
}

fn wire(finding: &Diagnostic) -> Wire {
    Wire {
        code: finding.code.id().to_owned(),
        warning: finding.severity() == Severity::Warning,
        message: finding.message.clone(),
        path: match &finding.place {
            Place::File(path) | Place::Name { path, .. } => Some(path.clone()),
            Place::Root | Place::Text(_) => None,
        },
        notes: finding.notes.clone(),
        help: finding.help.iter().map(|help| help.message.clone()).collect(),
    }
}

fn finding(wire: Wire) -> Option<Diagnostic> {
    let code = Code::ALL.iter().copied().find(|code| code.id() == wire.code)?;
    let place = wire.path.map_or(Place::Root, Place::File);
    let severity = if wire.warning { Severity::Warning } else { Severity::Error };
    let finding = Diagnostic::new(code, place, wire.message).weighing(severity);
    let finding = wire.notes.into_iter().fold(finding, Diagnostic::note);
    Some(wire.help.into_iter().fold(finding, Diagnostic::help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_comes_back_as_it_was() {
        let place = Place::File("1_a.sql".to_owned());
        let sent = Diagnostic::new(Code::M501, place, "changed")
            .weighing(Severity::Warning)
            .note("a fact")
            .help("a cure");
        assert_eq!(finding(wire(&sent)), Some(sent));
    }
}
