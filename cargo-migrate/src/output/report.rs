//! What a run, a rollback or a redo did, in text.

use std::time::Duration;

use migrate_core::set::MigrationSet;
use migrate_runtime::Report;

use super::findings::{self, plural};
use super::terminal::{FAINT, GOOD, Terminal};

/// Prints what follows the lines of the single migrations.
pub(crate) fn print(terminal: Terminal, set: &MigrationSet, report: &Report, complete: bool) {
    if terminal.is_json() {
        return;
    }
    findings::print_unasked(terminal, &report.warnings, &set.sources);
    for skipped in &report.skipped {
        let (version, name) = (&skipped.version, &skipped.name);
        terminal.say(format_args!("skipped {version}_{name}: {}", skipped.reason));
    }
    if complete {
        terminal.say(format_args!("{GOOD}{}{GOOD:#}", summary(report)));
    } else if !report.is_empty() {
        terminal.say(format_args!("{FAINT}{} before the failure{FAINT:#}", done(report)));
    }
}

fn summary(report: &Report) -> String {
    if report.is_empty() {
        return "nothing to do".to_owned();
    }
    format!("{} in {}", done(report), duration(report.duration))
}

fn done(report: &Report) -> String {
    let parts = [
        (report.reverted.len(), "migration", "rolled back"),
        (report.applied.len(), "migration", "applied"),
        (report.repeated.len(), "repeatable migration", "run"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<_> =
        parts.map(|(count, noun, act)| format!("{} {act}", plural(count, noun))).collect();
    parts.join(", ")
}

/// Returns a duration for people: `0.4 ms`, `12 ms`, `3.4 s`, `2m 5s`.
pub(crate) fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1e3;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 1e3 {
        format!("{milliseconds:.0} ms")
    } else if milliseconds < 6e4 {
        format!("{:.1} s", milliseconds / 1e3)
    } else {
        humantime::format_duration(Duration::from_secs(duration.as_secs())).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_or_three_digits() {
        let check = |micros, text: &str| assert_eq!(duration(Duration::from_micros(micros)), text);
        check(412, "0.4 ms");
        check(12_400, "12 ms");
        check(3_420_000, "3.4 s");
        check(125_900_000, "2m 5s");
    }
}
