//! The name that was probably meant.

/// Returns the candidate nearest to `name`, if any is near enough to be a slip.
pub(crate) fn closest<'a, T>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, T)>,
) -> Option<(&'a str, T)> {
    let limit = name.chars().count().div_ceil(3).min(4);
    let mut best: Option<(usize, (&'a str, T))> = None;
    for (candidate, value) in candidates {
        if candidate == name || candidate.len().abs_diff(name.len()) > 4 * limit {
            continue;
        }
        let distance = distance(name, candidate);
        let is_better = best
            .as_ref()
            .is_none_or(|(nearest, (text, _))| (distance, candidate) < (*nearest, *text));
        if distance <= limit && is_better {
            best = Some((distance, (candidate, value)));
        }
    }
    best.map(|(_, found)| found)
}

/// How many characters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
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
