//! Everything that can be said about a set without a database.

use crate::checks::lock_settings::lock_settings;
use crate::checks::nul_byte::nul_bytes;
use std::collections::{BTreeMap, HashSet};

use crate::checksum::{Checksum, FieldHasher};
use crate::diagnostics::{self, Code, Diagnostic};
use crate::load::Loaded;
use crate::lock;
use crate::parallel;
use crate::replay::{self, Counts, Grade, GradedDowngrade, Replay};
use crate::script;
use crate::set::{MigrationSet, Script};
use crate::settings::Rules;
use crate::source::FileId;

/// Counts the changes to what the checks find; a stamp of another version is void.
pub const CHECK_VERSION: u32 = 2;

/// What can be said about a set without a database.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Everything that is wrong, sorted by file and place; nothing comes twice.
    pub findings: Vec<Diagnostic>,
    /// What the replay made of the statements; `None` where it did not run.
    pub replay: Option<Replayed>,
}

/// What the replay made of the statements of a set.
#[derive(Debug, Clone, Default)]
pub struct Replayed {
    /// Statements by verdict.
    pub counts: Counts,
    /// Opaque statements by what they are.
    pub opaque: BTreeMap<String, usize>,
    /// How much the downgrade of each migration brings back, by version.
    pub downgrades: Vec<GradedDowngrade>,
}

impl Replayed {
    /// Returns how many downgrades have a grade.
    pub fn downgrades_of(&self, grade: Grade) -> usize {
        self.downgrades.iter().filter(|downgrade| downgrade.grade == grade).count()
    }
}

/// Returns all findings: of names, of the lock file, of every migration's halves, and of the replay.
pub fn check(loaded: &Loaded) -> Vec<Diagnostic> {
    check_with(loaded, &[], &Rules::default()).findings
}

/// As [`check`], with texts of plain SQL that are there before the first migration and with rules,
/// both beside the set's own.
pub fn check_with(loaded: &Loaded, surroundings: &[&str], rules: &Rules) -> Checked {
    let set = &loaded.set;
    let (scripts, found): (Vec<_>, Vec<_>) =
        parallel::map(&set.migrations, |migration| set.script(migration)).into_iter().unzip();
    let mut found = found.concat();
    for repeatable in &set.repeatables {
        let database = set.settings.database;
        found.extend(script::parse_repeatable(repeatable.file, &set.sources, database).1);
    }
    found.extend(nul_bytes(set));
    let replay =
        if is_in_order(loaded) { replayed(set, &scripts, surroundings, rules) } else { None };
    let mut checked = Checked::default();
    if let Some(replay) = replay {
        let unreadable = unreadable_files(&found);
        let findings = replay.findings.into_iter();
        found.extend(findings.filter(|finding| {
            // An open quote or a NUL byte is one fault, and what the replay makes of the rest is none.
            finding.span().is_none_or(|span| !unreadable.contains(&span.file))
        }));
        let mut opaque = BTreeMap::new();
        for statement in replay.opaque {
            *opaque.entry(statement.what).or_default() += 1;
        }
        let downgrades = replay.downgrades;
        checked.replay = Some(Replayed { counts: replay.counts, opaque, downgrades });
    }
    checked.findings = report(loaded, found);
    checked
}

/// Whether it is known which migration comes before which.
fn is_in_order(loaded: &Loaded) -> bool {
    !loaded.findings.iter().any(|finding| matches!(finding.code, Code::M104 | Code::M106))
}

fn replayed(
    set: &MigrationSet,
    scripts: &[Script],
    surroundings: &[&str],
    rules: &Rules,
) -> Option<Replay> {
    let own = set.surroundings.map(|file| set.sources.text(file));
    let texts: Vec<&str> = own.into_iter().chain(surroundings.iter().copied()).collect();
    replay::replay(set, scripts, &texts, &set.settings.rules.with(rules))
}

/// Files in which it is not known where a statement ends, or what the server sees of them.
fn unreadable_files(findings: &[Diagnostic]) -> HashSet<FileId> {
    let open = findings.iter().filter(|one| matches!(one.code, Code::M214 | Code::M218));
    open.filter_map(|finding| finding.span().map(|span| span.file)).collect()
}

/// As [`check`], but leaves out the migrations' halves and the replay where the lock file's stamp
/// says that a command found no error in just these files.
///
/// The macro uses it: hashes and names are always compared, SQL and Rust are read only after
/// a change that no command has seen.
pub fn check_unless_stamped(loaded: &Loaded) -> Vec<Diagnostic> {
    check_stamped(loaded).unwrap_or_else(|| check(loaded))
}

/// Returns what is found without reading any SQL, where the lock file's stamp holds: its lines
/// are those of the files as they are.
pub fn check_stamped(loaded: &Loaded) -> Option<Vec<Diagnostic>> {
    let stamp = loaded.set.lock.as_ref()?.stamp?;
    (stamp == self::stamp(&loaded.set)).then(|| report(loaded, Vec::new()))
}

fn report(loaded: &Loaded, scripts: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut findings = loaded.findings.clone();
    let unread: HashSet<&str> = loaded
        .findings
        .iter()
        .filter(|finding| matches!(finding.code, Code::M110 | Code::M111))
        .filter_map(|finding| finding.path(&loaded.set.sources))
        .collect();
    // A file that cannot be read is there all the same.
    let is_there = |finding: &Diagnostic| {
        finding.code == Code::M303
            && finding.path(&loaded.set.sources).is_some_and(|path| unread.contains(path))
    };
    findings.extend(lock::compare(&loaded.set).into_iter().filter(|finding| !is_there(finding)));
    findings.extend(lock_settings(&loaded.set));
    findings.extend(scripts);
    diagnostics::sort(&mut findings, &loaded.set.sources);
    findings.dedup();
    findings
}

/// Hashes everything that the checks of a set depend on: their version, the settings, and
/// every file's path and content.
///
/// A command writes it into the lock file when [`check`] found no error.
pub fn stamp(set: &MigrationSet) -> Checksum {
    let mut hasher = FieldHasher::default();
    hasher.field(&CHECK_VERSION.to_string());
    if replay::is_available(set.settings.database) {
        hasher.field(&replay::REPLAY_VERSION.to_string());
    }
    hasher.field(&lock::head(&set.settings));
    for file in lock::listed_files(set) {
        hasher.field(file.path);
        hasher.checksum(&file.content);
    }
    if let Some(file) = set.surroundings {
        hasher.field(set.sources.text(file));
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{File, loaded, loaded_with_lock};

    const GOOD: File<'static> = ("1_a.sql", "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 2;\n");
    const BAD: File<'static> = ("2_b.sql", "-- upgrade\nSELECT 1;\n");

    fn stamped(files: &[File<'_>], edit: impl Fn(&mut MigrationSet)) -> Vec<&'static str> {
        let mut set = loaded(files.iter().copied()).set;
        edit(&mut set);
        let mut lock = lock::update(&set, None).lock;
        lock.stamp = Some(stamp(&set));
        let loaded = loaded_with_lock(files.iter().copied(), &lock::write(&lock));
        check_unless_stamped(&loaded).iter().map(|finding| finding.code.id()).collect()
    }

    #[test]
    fn halves_and_repeatable_migrations_are_checked() {
        let files = [GOOD, BAD, ("repeatable/v.sql", "SELECT 'x")];
        let loaded = loaded(files);
        let codes: Vec<_> = check(&loaded).iter().map(|finding| finding.code.id()).collect();
        assert_eq!(codes, ["M202", "M301", "M214"]);
    }

    #[test]
    fn a_stamp_stands_for_the_checks_of_just_these_files() {
        assert_eq!(stamped(&[GOOD, BAD], |_| ()), <[&str; 0]>::default());
        // A stamp of other files.
        assert_eq!(stamped(&[GOOD, BAD], |set| set.migrations.truncate(1)), ["M202", "M302"]);
    }

    #[test]
    fn the_settings_are_part_of_the_stamp() {
        let mut set = loaded([GOOD]).set;
        let before = stamp(&set);
        set.settings.set = "other".to_owned();
        assert_ne!(stamp(&set), before);
    }
}
