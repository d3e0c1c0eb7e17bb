//! The name that was probably meant.

use crate::suggest::distance;

/// Returns the candidate nearest to `name`, if any is near enough to be a slip.
pub(crate) fn closest<'a, T>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, T)>,
) -> Option<(&'a str, T)> {
    let folded = name.to_lowercase();
    let limit = name.chars().count().div_ceil(3).min(4);
    let mut best: Option<(usize, (&'a str, T))> = None;
    for (candidate, value) in candidates {
        if candidate == name || candidate.len().abs_diff(name.len()) > 4 * limit {
            continue;
        }
        let distance = distance(&folded, &candidate.to_lowercase());
        let is_better = best
            .as_ref()
            .is_none_or(|(nearest, (text, _))| (distance, candidate) < (*nearest, *text));
        if distance <= limit && is_better {
            best = Some((distance, (candidate, value)));
        }
    }
    best.map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let find =
            |name| closest(name, [("users", ()), ("user_id", ())].into_iter()).map(|it| it.0);
        assert_eq!(find("user"), Some("users"));
        assert_eq!(find("userid"), Some("user_id"));
        assert_eq!(find("orders"), None);
    }
}
