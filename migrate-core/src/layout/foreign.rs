//! What the layouts of other tools have in common.
//!
//! Their histories have been applied already, so their rules hold: a downgrade may be
//! missing or hold nothing but comments. An empty `down.sql` is kept as a half without
//! statements, since in those tools rolling back over it is recorded and succeeds.

use crate::database::Database;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::script;
use crate::set::{Directives, Downgrade, Half, Migration, Script};
use crate::source::{FileId, SourceMap, Span};
use crate::sql::split;

/// Parses a migration whose files are read as a whole.
pub(super) fn parse(
    migration: &Migration,
    directives: Directives,
    sources: &SourceMap,
    database: Database,
) -> (Script, Vec<Diagnostic>) {
    let upgrade = whole(migration.file, sources);
    let downgrade = migration.downgrade_file.map(|file| whole(file, sources));
    let mut findings = Vec::new();
    for half in [Some(upgrade), downgrade].into_iter().flatten() {
        let split = split(sources.slice(&half), database);
        if let Some((kind, start)) = split.unterminated {
            findings.push(script::unterminated(kind, start, half.file, sources));
        }
        if database.has_transactional_ddl() && !directives.no_transaction {
            findings.extend(script::transaction_control(half, sources, &split, database));
        }
    }
    let downgrade = match downgrade {
        Some(half) => Downgrade::Half(Half::Sql(half)),
        None => Downgrade::Absent,
    };
    (Script { upgrade: Half::Sql(upgrade), downgrade, directives }, findings)
}

fn whole(file: FileId, sources: &SourceMap) -> Span {
    Span::new(file, 0..sources.text(file).len())
}

/// M103: a file or folder whose name does not begin with a version.
pub(super) fn missing_version(path: &str, name_length: usize, rule: &str) -> Diagnostic {
    let place = Place::Name { path: path.to_owned(), start: 0, end: name_length };
    Diagnostic::new(Code::M103, place, format!("the name `{path}` has no version"))
        .label("a version belongs here")
        .note(rule)
}

/// M201: a downgrade without its upgrade, or a folder without `up.sql`.
pub(super) fn missing_upgrade(path: &str, expected: &str) -> Diagnostic {
    let message = format!("`{path}` has no upgrade: there is no `{expected}`");
    Diagnostic::new(Code::M201, Place::File(path.to_owned()), message)
        .help(format!("add `{expected}`, or remove `{path}`"))
}

/// M209: a second file for one downgrade.
pub(super) fn duplicate_downgrade(first: &str, second: &str) -> Diagnostic {
    let message = format!("`{first}` and `{second}` are the downgrade of one version");
    Diagnostic::new(Code::M209, Place::File(second.to_owned()), message)
        .help("remove one of the two, or correct its version")
}
