//! Migration versions and their order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The version of a migration: what orders it, as it is written in the file name.
///
/// Versions made of digits compare as numbers of any length, so that `4`, `004` and
/// `0004` are one version. Other text sorts after all numbers, by its bytes. A layout whose tool
/// compares versions as text ([`Version::textual`]) has them all compared by their bytes.
#[derive(Debug, Clone)]
pub struct Version {
    text: Cow<'static, str>,
    textual: bool,
}

/// How versions are made up; one set uses one scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionScheme {
    /// `20250130114438`: fourteen digits, year to second, in UTC.
    Timestamp,
    /// `1`, `004`, `0017`: a counter.
    Sequence,
}

impl Version {
    /// Wraps the text of a version.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Version { text: text.into(), textual: false }
    }

    /// Wraps the text of a version that is compared by its bytes, digits or not.
    ///
    /// Versions of one set are all made in one way; the two ways are not compared.
    pub fn textual(text: impl Into<Cow<'static, str>>) -> Self {
        Version { text: text.into(), textual: true }
    }

    /// Returns the version as it is written in the file name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the scheme this version belongs to: fourteen digits are a timestamp.
    pub fn scheme(&self) -> VersionScheme {
        if self.text.len() == 14 && self.is_number() {
            VersionScheme::Timestamp
        } else {
            VersionScheme::Sequence
        }
    }

    fn is_number(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|b| b.is_ascii_digit())
    }

    /// The text without leading zeros, and whether it is a number.
    fn key(&self) -> (bool, usize, &str) {
        if !self.textual && self.is_number() {
            let digits = self.text.trim_start_matches('0');
            (false, digits.len(), digits)
        } else {
            (true, 0, &self.text)
        }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A part of a fourteen-digit version that no calendar has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpossibleDate {
    /// Bytes of the version that hold the part.
    pub start: usize,
    /// End of those bytes, exclusive.
    pub end: usize,
    /// The part's name: `month`, `day`, `hour`, `minute` or `second`.
    pub part: &'static str,
}

/// Checks that a version of fourteen digits is a date and time in the Gregorian calendar.
pub fn check_timestamp(digits: &str) -> Result<(), ImpossibleDate> {
    let number = |start: usize, end: usize| digits[start..end].parse::<u32>().unwrap_or(u32::MAX);
    let year = number(0, 4);
    let month = number(4, 6);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    let parts = [
        (4, 6, "month", 1, 12),
        (6, 8, "day", 1, days),
        (8, 10, "hour", 0, 23),
        (10, 12, "minute", 0, 59),
        (12, 14, "second", 0, 59),
    ];
    for (start, end, part, low, high) in parts {
        if !(low..=high).contains(&number(start, end)) {
            return Err(ImpossibleDate { start, end, part });
        }
    }
    Ok(())
}

/// Returns the first version behind `newest`.
///
/// `now` is the time in UTC as fourteen digits; the version is that, or what follows the newest
/// one where a clock ran ahead. In a set of sequence numbers the count goes on.
pub fn next_version(newest: Option<&Version>, now: &str) -> String {
    match newest {
        Some(newest) if newest.scheme() == VersionScheme::Timestamp => {
            // Some layouts compare versions as texts; these are times all the same.
            if Version::new(newest.as_str().to_owned()) < Version::new(now.to_owned()) {
                now.to_owned()
            } else {
                following(newest.as_str())
            }
        }
        Some(newest) if newest.is_number() => following(newest.as_str()),
        Some(_) | None => now.to_owned(),
    }
}

/// Returns the next second of a timestamp, or the next number in the same width.
pub(crate) fn following(version: &str) -> String {
    let mut next = add_one(version);
    if Version::new(version.to_owned()).scheme() == VersionScheme::Sequence {
        return next;
    }
    // Each part that ran over begins anew and adds one to the part before it.
    while let Err(overflow) = check_timestamp(&next) {
        let first = if matches!(overflow.part, "month" | "day") { "01" } else { "00" };
        let before = add_one(&next[..overflow.start]);
        next = format!("{before}{first}{}", &next[overflow.end..]);
    }
    next
}

/// Adds one to a number of any length; nines alone make it one digit longer.
fn add_one(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let nines = digits.len() - kept.len();
    let increased = match kept.as_bytes().split_last() {
        Some((last, before)) => {
            format!("{}{}", &kept[..before.len()], char::from(last + 1))
        }
        None => "1".to_owned(),
    };
    increased + &"0".repeat(nines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers() {
        assert_eq!(Version::new("4"), Version::new("004"));
        assert!(Version::new("9") < Version::new("10"));
        assert!(Version::new("9") < Version::new("20250130114438"));
        assert!(Version::new("99999999999999999999999") > Version::new("1"));
        assert!(Version::new("initial") > Version::new("99"));
        assert_eq!(Version::new("0"), Version::new("000"));
    }

    #[test]
    fn a_tool_may_compare_text() {
        assert!(Version::textual("20240306170000") < Version::textual("20240313"));
        assert_ne!(Version::textual("4"), Version::textual("004"));
    }

    #[test]
    fn fourteen_digits_are_a_timestamp() {
        assert_eq!(Version::new("20250130114438").scheme(), VersionScheme::Timestamp);
        assert_eq!(Version::new("2025013011443").scheme(), VersionScheme::Sequence);
    }

    #[test]
    fn the_impossible_part_is_named() {
        assert_eq!(check_timestamp("20240229000000"), Ok(()));
        assert_eq!(check_timestamp("20250229000000").unwrap_err().part, "day");
        assert_eq!(check_timestamp("20251301000000").unwrap_err().part, "month");
        assert_eq!(check_timestamp("20251201240000").unwrap_err().part, "hour");
        assert_eq!(check_timestamp("20251201235960").unwrap_err().part, "second");
    }

    #[test]
    fn what_follows_a_version() {
        for (version, next) in [
            ("9", "10"),
            ("0009", "0010"),
            ("0010", "0011"),
            ("20250130114438", "20250130114439"),
            ("20250228235959", "20250301000000"),
            ("20240228235959", "20240229000000"),
            ("20251231235959", "20260101000000"),
        ] {
            assert_eq!(following(version), next);
        }
    }

    #[test]
    fn a_new_version_is_now_unless_the_set_is_ahead() {
        let next =
            |newest: &'static str| next_version(Some(&Version::new(newest)), "20260102030405");
        assert_eq!(next("20250130114438"), "20260102030405");
        assert_eq!(next("20260102030405"), "20260102030406");
        assert_eq!(next("0009"), "0010");
        assert_eq!(next_version(None, "20260102030405"), "20260102030405");
        let textual = Version::textual("20250101000000");
        assert_eq!(next_version(Some(&textual), "20260102030405"), "20260102030405");
    }
}
