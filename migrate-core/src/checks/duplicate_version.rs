//! M106: two migrations have one version.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::set::Migration;
use crate::source::{SourceMap, Span};

/// Checks migrations that are sorted by version; each but the first of a version is a finding.
pub fn duplicate_version(migrations: &[Migration], sources: &SourceMap) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut first = 0;
    for (index, migration) in migrations.iter().enumerate().skip(1) {
        if migrations[first].version == migration.version {
            findings.push(finding(&migrations[first], migration, sources));
        } else {
            first = index;
        }
    }
    findings
}

fn finding(first: &Migration, second: &Migration, sources: &SourceMap) -> Diagnostic {
    let path = &sources.file(second.file).path;
    let other = &sources.file(first.file).path;
    let message = format!("`{path}` has the version of `{other}`");
    Diagnostic::new(Code::M106, Place::File(path.clone().into_owned()), message)
        .also(first_line(first, sources), format!("this migration has version `{}`", first.version))
        .also(first_line(second, sources), format!("and this one `{}`", second.version))
        .help("give the newer one a version of its own; `cargo migrate new` picks a free one")
}

fn first_line(migration: &Migration, sources: &SourceMap) -> Span {
    let length = sources.text(migration.file).lines().next().map_or(0, str::len);
    Span::new(migration.file, 0..length)
}

#[cfg(test)]
mod tests {
    use crate::testing::{codes, loaded};

    #[test]
    fn two_files_with_one_version() {
        for (files, expected) in [
            (&["1_a.sql", "2_b.sql"][..], &[][..]),
            (&["1_a.sql", "01_b.sql"], &["M106 1_a.sql"]),
            (&["1_a.sql", "1_b.rs", "1_c.sql"], &["M106 1_b.rs", "M106 1_c.sql"]),
        ] {
            let loaded = loaded(files.iter().map(|path| (*path, *path)));
            assert_eq!(codes(&loaded, "M106"), expected);
        }
    }
}
