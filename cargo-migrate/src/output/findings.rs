//! Findings, as rustc would print them.

use migrate_core::diagnostics::{Diagnostic, Severity, Style, render};
use migrate_core::source::SourceMap;

use super::terminal::Terminal;

/// Prints findings to standard error.
pub(crate) fn print(terminal: Terminal, findings: &[Diagnostic], sources: &SourceMap) {
    for finding in findings {
        // The stream takes colours out where there are to be none.
        terminal.error(format_args!("{}\n", render(finding, sources, Style::Coloured)));
    }
}

/// As [`print()`], of what nobody asked for: errors alone where the output is to be quiet.
pub(crate) fn print_unasked(terminal: Terminal, findings: &[Diagnostic], sources: &SourceMap) {
    let wanted = |one: &&Diagnostic| !terminal.is_quiet() || one.severity() == Severity::Error;
    let wanted: Vec<_> = findings.iter().filter(wanted).cloned().collect();
    print(terminal, &wanted, sources);
}

/// Counts findings in words: `2 errors and 1 warning`, or `no findings`.
pub(crate) fn count(findings: &[Diagnostic]) -> String {
    let errors = findings.iter().filter(|one| one.severity() == Severity::Error).count();
    let warnings = findings.len() - errors;
    match (errors, warnings) {
        (0, 0) => "no findings".to_owned(),
        (errors, 0) => plural(errors, "error"),
        (0, warnings) => plural(warnings, "warning"),
        (errors, warnings) => {
            format!("{} and {}", plural(errors, "error"), plural(warnings, "warning"))
        }
    }
}

/// Puts a number before a noun.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
