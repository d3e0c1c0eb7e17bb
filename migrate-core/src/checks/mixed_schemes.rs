//! M104: timestamps and sequence numbers are mixed in one set.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::set::Migration;
use crate::source::SourceMap;
use crate::version::VersionScheme;

/// Reports every migration that does not follow the scheme of most; of two equally large
/// parts that of the first migration counts.
pub fn mixed_schemes(migrations: &[Migration], sources: &SourceMap) -> Vec<Diagnostic> {
    let (timestamps, numbers): (Vec<_>, Vec<_>) = migrations
        .iter()
        .partition(|migration| migration.version.scheme() == VersionScheme::Timestamp);
    // Timestamps sort behind sequence numbers: the first migration has a number, if any has.
    let (usual, odd) = if timestamps.len() > numbers.len() {
        (timestamps, numbers)
    } else {
        (numbers, timestamps)
    };
    let Some(example) = usual.first() else { return Vec::new() };
    odd.into_iter().map(|migration| finding(migration, example, usual.len(), sources)).collect()
}

fn finding(odd: &Migration, example: &Migration, usual: usize, sources: &SourceMap) -> Diagnostic {
    let path = sources.file(odd.file).path.clone().into_owned();
    let place = Place::Name { start: 0, end: odd.version.as_str().len(), path };
    let (is, others) = match odd.version.scheme() {
        VersionScheme::Timestamp => ("a timestamp", "sequence numbers"),
        VersionScheme::Sequence => ("a sequence number", "timestamps"),
    };
    let message = format!("`{}` has {is} where the set has {others}", odd.id());
    let example = &sources.file(example.file).path;
    Diagnostic::new(Code::M104, place, message)
        .label(is)
        .note(match usual {
            1 => format!("`{example}` has the other scheme"),
            _ => format!("`{example}` and {} more have the other scheme", usual - 1),
        })
        .help("a set uses one scheme, as every sequence number sorts before every timestamp")
}

#[cfg(test)]
mod tests {
    use crate::testing::{codes, loaded};

    #[test]
    fn the_smaller_part_is_reported() {
        for (files, expected) in [
            (&["1_a.sql", "2_b.sql"][..], &[][..]),
            (&["20250130114438_a.sql"], &[]),
            (&["1_a.sql", "20250130114438_b.sql"], &["M104 20250130114438_b.sql"]),
            (&["1_a.sql", "20250130114438_b.sql", "20250130114439_c.sql"], &["M104 1_a.sql"]),
        ] {
            let loaded = loaded(files.iter().map(|path| (*path, *path)));
            assert_eq!(codes(&loaded, "M104"), expected);
        }
    }
}
