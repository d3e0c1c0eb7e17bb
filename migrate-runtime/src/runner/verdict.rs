//! What the policy makes of a comparison.

use migrate_core::diagnostics::{Code, Diagnostic, Place, Severity};
use migrate_core::history::{
    Break, BreakKind, Comparison, Entry, History, HistoryRow, RowKind, RowState,
};
use migrate_core::policy::{Decision, Policy, Situation};
use migrate_core::set::MigrationSet;

/// What the policy lets pass with a warning, and what it refuses.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) refusals: Vec<Diagnostic>,
}

impl Verdict {
    fn add(&mut self, decision: Decision, finding: Diagnostic) {
        match decision {
            Decision::Apply => {}
            Decision::Warn => self.warnings.push(finding.weighing(Severity::Warning)),
            Decision::Refuse => self.refusals.push(finding.weighing(Severity::Error)),
        }
    }
}

/// Judges what differs; pending migrations that may be applied are not mentioned.
pub(crate) fn judge(
    set: &MigrationSet,
    history: &History,
    comparison: &Comparison,
    wanted: impl Fn(&Entry) -> bool,
) -> Verdict {
    let mut verdict = Verdict::default();
    let policy = &set.settings.policy;
    for broken in &comparison.breaks {
        verdict.add(policy.decide(Situation::BrokenHistory), broken_row(broken));
    }
    for entry in &comparison.entries {
        let Some(situation) = entry.situation else { continue };
        let pending =
            matches!(situation, Situation::Pending | Situation::OutOfOrder | Situation::Hole);
        if pending && !wanted(entry) {
            continue;
        }
        verdict.add(policy.decide(situation), finding(set, history, entry, situation, policy));
    }
    verdict
}

fn finding(
    set: &MigrationSet,
    history: &History,
    entry: &Entry,
    situation: Situation,
    policy: &Policy,
) -> Diagnostic {
    let id = entry.id();
    let place = entry
        .migration
        .map_or(Place::Root, |index| Place::whole(&set.sources, set.migrations[index].file));
    let row = entry.row.map(|row| &history.rows[row]);
    let new = |code, message: String| Diagnostic::new(code, place.clone(), message);
    let found = match situation {
        Situation::Pending => new(Code::M504, format!("`{id}` is pending"))
            .help("apply it first, with a program or a package whose policy for `pending` is `apply`"),
        Situation::OutOfOrder => {
            new(Code::M504, format!("`{id}` is pending, but newer migrations are applied"))
                .help("give it a newer version with `cargo migrate lock --rebase` while it is a draft")
        }
        Situation::Hole => {
            new(Code::M505, format!("`{id}` is pending, but a newer set has been applied"))
                .help("deploy the newer set, which must contain this migration")
        }
        Situation::MissingFile => {
            new(Code::M503, format!("`{id}` is applied, but the set has no such file"))
                .help("restore the file from version control, or roll the migration back: its downgrade is stored")
        }
        Situation::UnknownNewer => {
            new(Code::M506, format!("`{id}` was applied by a newer set"))
        }
        Situation::Reformatted => {
            new(Code::M502, format!("`{id}` was changed in comments or white space since it was applied"))
        }
        Situation::Edited if entry.draft => {
            // What came after it has to be undone too.
            let count = entry.row.map_or(1, |row| history.rows.len() - row);
            let count = if count == 1 { String::new() } else { format!(" {count}") };
            new(Code::M509, format!("draft `{id}` was changed after it was applied")).help(format!(
                "run `cargo migrate redo{count}`: it rolls back the stored form and applies the new one"
            ))
        }
        Situation::Edited => new(Code::M501, format!("`{id}` was changed after it was applied"))
            .help("restore the file from version control, and put the change into a new migration"),
        Situation::BrokenHistory => new(Code::M507, format!("the row of `{id}` is not ours")),
        Situation::Partial => half_done(&id, place, row),
    };
    let found = match (row, entry.migration) {
        (Some(row), Some(index))
            if matches!(situation, Situation::Edited | Situation::Reformatted) =>
        {
            let now = set.migrations[index].checksum;
            found.note(format!("applied as {}, the file hashes to {now}", row.checksum))
        }
        (Some(row), None) if !row.applied_at.is_empty() => {
            found.note(format!("applied at {} by version {}", row.applied_at, row.tool_version))
        }
        _ => found,
    };
    if situation.choices().len() > 1 && policy.decide(situation) == Decision::Refuse {
        found.note(format!("the policy for `{}` is `refuse`", situation.key()))
    } else {
        found
    }
}

/// Tells how far a migration came that was left half way, or its rollback.
pub(crate) fn half_done(id: &str, place: Place, row: Option<&HistoryRow>) -> Diagnostic {
    // What was interrupted may have come further than its entry says.
    let least = |row: &HistoryRow| match row.state {
        RowState::Running | RowState::Reverting => "at least ",
        _ => "",
    };
    let (message, help) = match row {
        // Nobody counts what a function does.
        Some(row) if row.kind == RowKind::Rust && row.is_reverting() => (
            format!(
                "the rollback of `{id}` stopped half way: nobody knows how far its function came"
            ),
            "complete it with `cargo migrate rollback`, which begins the function anew; then \
             `cargo migrate run` applies it anew",
        ),
        Some(row) if row.kind == RowKind::Rust => (
            format!("`{id}` was begun and not ended: nobody knows how far its function came"),
            "run again: the run begins the function anew",
        ),
        Some(row) if row.is_reverting() => (
            format!(
                "the rollback of `{id}` stopped half way: {}{} of its downgrade took effect",
                least(row),
                counted(row.done)
            ),
            "complete it with `cargo migrate rollback`; then `cargo migrate run` applies it anew",
        ),
        Some(row) => (
            format!(
                "`{id}` was applied in part: {}{} of {} took effect",
                least(row),
                row.done,
                counted(row.statements)
            ),
            "run again: the run resumes where it stopped",
        ),
        None => {
            (format!("`{id}` was applied in part"), "run again: the run resumes where it stopped")
        }
    };
    Diagnostic::new(Code::M510, place, message).help(help)
}

fn counted(statements: u32) -> String {
    let plural = if statements == 1 { "" } else { "s" };
    format!("{statements} statement{plural}")
}

fn broken_row(broken: &Break) -> Diagnostic {
    let id = &broken.migration;
    let (code, message) = match broken.kind {
        BreakKind::Edited => (Code::M507, format!("the history row of `{id}` was edited by hand")),
        BreakKind::Inserted => {
            (Code::M507, format!("the history row of `{id}` was inserted by hand"))
        }
        BreakKind::DeletedBefore => {
            (Code::M508, format!("a history row before that of `{id}` was deleted by hand"))
        }
        BreakKind::DeletedLast => {
            (Code::M508, format!("the history row of `{id}` was deleted by hand"))
        }
        BreakKind::Head => {
            (Code::M507, format!("the head of the history does not match its last row, `{id}`"))
        }
    };
    Diagnostic::new(code, Place::Root, message)
        .help("undo the change by hand: `cargo migrate log` shows what was recorded, and when")
}
