//! Findings for programs that show them beside the code: GitHub's annotations, and SARIF.

use clap::ValueEnum;
use migrate_core::diagnostics::{Diagnostic, Finding, Severity};
use migrate_core::source::SourceMap;
use serde_json::{Value, json};

/// Forms of findings that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Annotations {
    /// Workflow commands: GitHub shows each finding at its line of a pull request
    Github,
    /// SARIF 2.1.0, as code scanning services take it
    Sarif,
}

impl Annotations {
    /// Returns the findings in this form.
    pub(crate) fn text(self, findings: &[Diagnostic], sources: &SourceMap) -> String {
        match self {
            Annotations::Github => {
                let lines = findings.iter().map(|finding| github(finding, sources));
                lines.collect::<Vec<_>>().join("\n")
            }
            Annotations::Sarif => format!("{:#}", sarif(findings, sources)),
        }
    }
}

/// A workflow command.
///
/// Source: GitHub documentation, "Workflow commands for GitHub Actions", "Setting an error message".
fn github(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let finding = Finding::new(diagnostic, sources);
    let mut properties = Vec::new();
    if let Some(file) = &finding.file {
        properties.push(format!("file={}", property(file)));
    }
    let positions = [
        ("line", finding.line),
        ("endLine", finding.end_line),
        ("col", finding.column),
        ("endColumn", finding.end_column),
    ];
    for (key, value) in positions {
        properties.extend(value.map(|value| format!("{key}={value}")));
    }
    properties.push(format!("title={}", property(&format!("{} {}", finding.code, finding.slug))));
    let mut message = finding.message.clone();
    for line in finding.notes.iter().chain(&finding.help) {
        message.push('\n');
        message.push_str(line);
    }
    format!("::{} {}::{}", finding.severity, properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A log with one run.
///
/// Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
fn sarif(findings: &[Diagnostic], sources: &SourceMap) -> Value {
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules = codes.iter().map(|code| {
        json!({
            "id": code.id(),
            "name": code.slug(),
            "shortDescription": { "text": code.summary() },
            "help": { "text": code.page(), "markdown": code.page() },
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-migrate",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(|finding| result(finding, sources)).collect::<Vec<_>>(),
        }],
    })
}

fn result(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let finding = Finding::new(diagnostic, sources);
    let level = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let locations = finding.file.as_ref().map(|file| {
        let mut place = json!({ "artifactLocation": { "uri": file } });
        if let Some(line) = finding.line {
            place["region"] = json!({
                "startLine": line,
                "startColumn": finding.column,
                "endLine": finding.end_line,
                "endColumn": finding.end_column,
            });
        }
        json!({ "physicalLocation": place })
    });
    json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": finding.message },
        "locations": locations.into_iter().collect::<Vec<_>>(),
    })
}
