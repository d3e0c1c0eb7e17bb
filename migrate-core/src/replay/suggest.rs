//! The name that was probably meant.

use crate::suggest::distance;

/// Returns the candidate nearest to `name`, if any is near enough to be a slip.
pub(crate) fn closest<'a, T>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, T)>,
) -> Option<(&'a str, T)> {
    let slip = Slip::of(name);
    let mut best: Option<(usize, &str, T)> = None;
    for (candidate, value) in candidates {
        let Some(distance) = slip.distance(candidate) else { continue };
        match &best {
            Some((nearest, text, _)) if (*nearest, *text) <= (distance, candidate) => {}
            _ => best = Some((distance, candidate, value)),
        }
    }
    best.map(|(_, candidate, value)| (candidate, value))
}

/// A name that may be a slip for another.
struct Slip<'n> {
    name: &'n str,
    folded: String,
    /// How far off what was meant is, at most.
    limit: usize,
}

impl<'n> Slip<'n> {
    fn of(name: &'n str) -> Self {
        let limit = name.chars().count().div_ceil(3).min(4);
        Slip { name, folded: name.to_lowercase(), limit }
    }

    /// How far off a candidate is, if it is near enough.
    fn distance(&self, candidate: &str) -> Option<usize> {
        if candidate == self.name || candidate.len().abs_diff(self.name.len()) > 4 * self.limit {
            return None;
        }
        let distance = distance(&self.folded, &candidate.to_lowercase());
        (distance <= self.limit).then_some(distance)
    }
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
