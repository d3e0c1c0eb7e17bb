//! The hash that ties each line of the lock file to the line before.

use super::{LockLine, write};
use crate::checksum::Checksum;
use crate::settings::Settings;

/// Hexadecimal digits of a link: 64 bits tell two branches apart, and keep lines short.
pub(super) const LINK_DIGITS: usize = 16;

/// Returns the link of a line: a hash over the link before it, its path and its content.
///
/// `content` is the content hash as the lock file writes it. The state is left out, so
/// that sealing a draft rewrites no other line.
pub(super) fn link(previous: &str, path: &str, content: &str) -> String {
    hash(previous, path, content).prefix(LINK_DIGITS)
}

/// Whether `link` is the link of a line.
pub(super) fn is_link(link: &str, previous: &str, path: &str, content: &str) -> bool {
    link.len() == LINK_DIGITS && hash(previous, path, content).starts_with(link)
}

fn hash(previous: &str, path: &str, content: &str) -> Checksum {
    Checksum::of_fields([previous, path, content])
}

/// Computes the links and line numbers of lines that are in their final order.
pub(super) fn rechain(settings: &Settings, lines: &mut [LockLine]) {
    let first = write::head(settings).lines().count() + 2;
    let mut previous = String::new();
    for (index, line) in lines.iter_mut().enumerate() {
        line.chain = link(&previous, &line.path, &line.content.to_string());
        line.line = first + index;
        previous.clone_from(&line.chain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_depends_on_all_before_it() {
        let first = link("", "1_a.sql", "sha256:00");
        assert_eq!(first.len(), LINK_DIGITS);
        assert_ne!(first, link("", "1_b.sql", "sha256:00"));
        assert_ne!(first, link("", "1_a.sql", "sha256:01"));
        assert_ne!(first, link(&first, "1_a.sql", "sha256:00"));
        assert!(is_link(&first, "", "1_a.sql", "sha256:00"));
        assert!(!is_link(&first[1..], "", "1_a.sql", "sha256:00"));
        assert!(!is_link("", "", "1_a.sql", "sha256:00"));
    }
}
