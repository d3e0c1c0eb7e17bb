//! Findings for programs that show them beside the code: GitHub's annotations, and SARIF.

use std::fmt::Write as _;

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
    // Columns are for annotations of one line.
    let in_line = |column: Option<usize>| column.filter(|_| finding.line == finding.end_line);
    let positions = [
        ("line", finding.line),
        ("endLine", finding.end_line),
        ("col", in_line(finding.column)),
        ("endColumn", in_line(finding.end_column)),
    ];
    for (key, value) in positions {
        properties.extend(value.map(|value| format!("{key}={value}")));
    }
    properties.push(format!("title={}", property(&format!("{} {}", finding.code, finding.slug))));
    format!("::{} {}::{}", finding.severity, properties.join(","), data(&whole(&finding)))
}

/// The message with its notes and help.
fn whole(finding: &Finding) -> String {
    let more = finding.notes.iter().chain(&finding.help).map(String::as_str);
    std::iter::once(finding.message.as_str()).chain(more).collect::<Vec<_>>().join("\n")
}

/// A relative reference: what a URI does not allow is percent-encoded.
///
/// Source: RFC 3986, "Relative Reference".
fn uri(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
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
        let mut place = json!({ "artifactLocation": { "uri": uri(file) } });
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
        "message": { "text": whole(&finding) },
        "locations": locations.into_iter().collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use migrate_core::diagnostics::{Code, Place};
    use migrate_core::source::{SourceFile, SourceText, Span};

    use super::*;

    fn finding() -> (Diagnostic, SourceMap) {
        let mut sources = SourceMap::new("my migrations");
        let text = SourceText::new("ab\ncd\n".to_owned());
        let file = sources.add(SourceFile { path: "1_a,b:c%.sql".into(), text });
        let place = Place::Text(Span::new(file, 1..4));
        let finding = Diagnostic::new(Code::M401, place, "100 %: wrong").help("mend it");
        (finding, sources)
    }

    #[test]
    fn a_workflow_command_is_one_line_with_escapes() {
        let (finding, sources) = finding();
        assert_eq!(
            Annotations::Github.text(&[finding], &sources),
            "::error file=my migrations/1_a%2Cb%3Ac%25.sql,line=1,endLine=2,title=M401 \
             invalid-sql::100 %25: wrong%0Amend it"
        );
    }

    #[test]
    fn a_sarif_log_has_what_the_schema_requires() {
        let (finding, sources) = finding();
        let log = sarif(&[finding], &sources);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["name"], "cargo-migrate");
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "M401");
        let result = &run["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("M401"), &json!("error")));
        assert_eq!(result["message"]["text"], "100 %: wrong\nmend it");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20migrations/1_a%2Cb%3Ac%25.sql");
        let region = json!({ "startLine": 1, "startColumn": 2, "endLine": 2, "endColumn": 2 });
        assert_eq!(place["region"], region);
    }
}
