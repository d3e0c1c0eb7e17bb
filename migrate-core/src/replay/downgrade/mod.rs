//! Replaying downgrades: each on a copy of the catalog that its own upgrade left.
//!
//! A fault here never disturbs the upgrades after it: the copy is thrown away.

mod grade;

use super::catalog::{Catalog, Site};
use super::compare::{Difference, differences};
use super::engine::{Engine, Loss};
use super::set::History;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::set::{Directives, Downgrade, Half, Migration};
use crate::source::{FileId, Span};
use crate::sql::{has_statement, significant_words, split};

pub use grade::{Grade, GradedDowngrade};

/// Differences that are listed; of the others, how many there are.
const LISTED: usize = 10;

/// Places in the upgrade that are shown.
const SHOWN: usize = 3;

/// A migration whose upgrade was replayed.
pub(super) struct Upgraded<'a, 's> {
    pub(super) history: &'a History<'s>,
    pub(super) migration: &'a Migration,
    pub(super) downgrade: &'a Downgrade,
    pub(super) directives: &'a Directives,
    /// The catalog before the upgrade.
    pub(super) before: Catalog,
    /// What the upgrade takes from the rows.
    pub(super) losses: Vec<Loss>,
    /// A server would refuse the upgrade, so there is nothing to undo.
    pub(super) is_refuted: bool,
    /// How many statements of the upgrade could not be read.
    pub(super) opaque: usize,
    /// The file never changes again.
    pub(super) is_sealed: bool,
}

impl Upgraded<'_, '_> {
    /// Replays the downgrade on an engine that the upgrade has left, and says how much of it comes
    /// back, and what is found.
    pub(super) fn downgrade(&self, mut engine: Engine) -> (Grade, Vec<Diagnostic>) {
        let grade = grade::grade(self, &engine.catalog);
        let none = |grade| (grade, Vec::new());
        let Downgrade::Half(half) = self.downgrade else { return none(grade) };
        if self.is_refuted || !self.directives.only.is_empty() {
            return none(grade);
        }
        if self.undoes_nothing(half) {
            return none(if self.is_foreign() { Grade::Irreversible } else { grade });
        }
        self.history.half(&mut engine, (self.migration.file, half), "downgrade", true);
        if engine.raises() {
            // It says itself that it cannot be undone.
            return none(Grade::Irreversible);
        }
        let mut refused = engine.take_findings();
        refused.retain(|finding| finding.code.is_refutation());
        if refused.is_empty() {
            return (grade, self.incomplete(half, &engine).into_iter().collect());
        }
        (grade, refused.into_iter().map(|finding| self.refused(finding)).collect())
    }

    fn is_foreign(&self) -> bool {
        self.history.set.layout.name() != "native"
    }

    /// Whether there is no statement that could change anything.
    ///
    /// In other tools that is how one says that a migration cannot be undone.
    fn undoes_nothing(&self, half: &Half) -> bool {
        let Half::Sql(span) = half else { return false };
        let text = self.history.set.sources.slice(span);
        let database = self.history.set.settings.database;
        if !self.is_foreign() {
            return !has_statement(text, database);
        }
        let idle = ["SELECT", "BEGIN", "COMMIT", "START", "END", "PRAGMA", "SET"];
        let statements = split(text, database).statements;
        let words = |text: &str| significant_words(text, database, 2);
        let first = |text: &str| words(text).into_iter().next().unwrap_or_default();
        let mut all = statements.iter().map(|it| first(&text[it.start..it.end]));
        all.all(|word| idle.contains(&word.as_str()))
    }

    /// A statement of the downgrade that a server would refuse.
    fn refused(&self, mut finding: Diagnostic) -> Diagnostic {
        finding.message = format!("the downgrade would be refused: {}", finding.message);
        // Histories of other tools work upwards as they are, and what is sealed cannot be mended.
        if self.is_foreign() || self.is_sealed {
            finding.weighing(Severity::Warning)
        } else {
            finding
        }
    }

    /// The finding where the downgrade does not lead back to the catalog before.
    fn incomplete(&self, half: &Half, branch: &Engine) -> Option<Diagnostic> {
        // What a person says is there was not made by the upgrade.
        if self.is_sealed || !self.directives.assume.is_empty() {
            return None;
        }
        let found = differences(branch.database(), branch.dialect(), &branch.catalog, &self.before);
        let first = found.first()?;
        let rest = match found.len() - 1 {
            0 => String::new(),
            1 => ", and one more thing differs".to_owned(),
            more => format!(", and {more} more things differ"),
        };
        let message = format!("the downgrade does not undo the upgrade: {first}{rest}");
        let mut finding = Diagnostic::new(Code::M414, self.first_line(half)?.into(), message)
            .label("after this downgrade");
        if found.len() > 1 {
            for difference in found.iter().take(LISTED) {
                finding = finding.note(difference.to_string());
            }
            if found.len() > LISTED {
                finding = finding.note(format!("and {} more", found.len() - LISTED));
            }
        }
        for (span, difference) in self.shown(&found) {
            finding = finding.also(span, difference.to_string());
        }
        Some(finding.help(if self.is_foreign() {
            "undo in the downgrade what the upgrade does"
        } else {
            "undo it in the downgrade, or say why that cannot be: \
             `-- downgrade: irreversible, <reason>`; `cargo migrate downgrade VERSION` derives one"
        }))
    }

    /// Places of the upgrade at which differences begin.
    fn shown<'d>(&self, found: &'d [Difference]) -> impl Iterator<Item = (Span, &'d Difference)> {
        let upgrade = self.migration.file;
        let downgrade = match self.downgrade {
            Downgrade::Half(Half::Sql(span)) => Some(*span),
            _ => None,
        };
        let is_shown = move |site: &Site| {
            let start = site.place.start as usize;
            let undone =
                |span: Span| span.file == site.file && (span.start..span.end).contains(&start);
            site.file == upgrade && !downgrade.is_some_and(undone)
        };
        found
            .iter()
            .filter_map(move |difference| {
                let site = difference.site.filter(is_shown)?;
                Some((Span::new(site.file, site.place.range()), difference))
            })
            .take(SHOWN)
    }

    /// The first line of the downgrade's first statement.
    fn first_line(&self, half: &Half) -> Option<Span> {
        match half {
            Half::Sql(span) => {
                let text = self.history.set.sources.slice(span);
                let first = *split(text, self.history.set.settings.database).statements.first()?;
                Some(line(span.file, text, span.start, first.start..first.end))
            }
            Half::Rust => {
                let file = self.migration.file;
                let text = self.history.set.sources.text(file);
                let start = text.find("fn downgrade")?;
                Some(Span::new(file, start..start + "fn downgrade".len()))
            }
        }
    }
}

/// The first line of a range of `text`, which begins at byte `offset` of the file.
fn line(file: FileId, text: &str, offset: usize, range: std::ops::Range<usize>) -> Span {
    let first = text[range.clone()].lines().next().unwrap_or_default();
    Span::new(file, offset + range.start..offset + range.start + first.trim_end().len())
}

#[cfg(all(test, feature = "postgres", feature = "sqlite", feature = "mysql"))]
mod tests;
