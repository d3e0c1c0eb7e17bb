//! Names of native migration files: `<version>_<snake_case>.sql` or `.rs`.

use std::ops::Range;

use crate::set::MigrationKind;
use crate::version::{Version, check_timestamp};

/// What the name of a native migration file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationName {
    /// What orders it.
    pub version: Version,
    /// The name, without version and extension.
    pub name: String,
    /// The language that the extension stands for.
    pub kind: MigrationKind,
}

/// Why a file name is not that of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseNameError {
    /// What is wrong.
    pub fault: NameFault,
    /// Bytes of the file name that are meant.
    pub range: Range<usize>,
    /// The name that it probably should have, where one can be told.
    pub suggestion: Option<String>,
}

/// What is wrong with a file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameFault {
    /// The extension is neither `sql` nor `rs`: it is no migration at all.
    OtherExtension,
    /// Nothing stands between version and extension.
    NoName,
    /// The version is not followed by `_`.
    NoSeparator,
    /// A character that names do not have.
    Character(char),
    /// So many digits that a timestamp was meant.
    DigitCount(usize),
    /// Upper-case letters.
    UpperCase,
    /// No digits at the start.
    NoVersion,
    /// Fourteen digits that are no date; the part that is impossible.
    ImpossibleDate(&'static str),
}

/// A sequence number longer than this is taken for a timestamp with digits missing.
///
/// Nobody counts to a thousand million, while Unix times have ten digits and
/// `YYYYMMDDHHMM` has twelve.
const LONGEST_SEQUENCE: usize = 9;

const TIMESTAMP_DIGITS: usize = 14;

impl MigrationName {
    /// Reads the name of a file, without the folder before it.
    ///
    /// One fault is reported for one name: the first that has to be put right.
    pub fn parse(file_name: &str) -> Result<Self, ParseNameError> {
        let lower = file_name.to_ascii_lowercase();
        let parsed = parse_lower(&lower)?;
        match file_name.find(|c: char| c.is_ascii_uppercase()) {
            None => Ok(parsed),
            Some(start) => {
                let rest = &file_name[start..];
                let length = rest.find(|c: char| !c.is_ascii_uppercase()).unwrap_or(rest.len());
                let range = start..start + length;
                Err(ParseNameError { fault: NameFault::UpperCase, range, suggestion: Some(lower) })
            }
        }
    }
}

/// Reads the name of a repeatable migration, `<snake_case>.sql`, and returns it without extension.
pub fn parse_repeatable(file_name: &str) -> Result<String, ParseNameError> {
    let lower = file_name.to_ascii_lowercase();
    let error = |fault, range: Range<usize>| {
        let suggestion = lower.strip_suffix(".sql").map(|stem| format!("{}.sql", snake_case(stem)));
        Err(ParseNameError { fault, range, suggestion })
    };
    let Some(stem) = lower.strip_suffix(".sql") else {
        return error(NameFault::OtherExtension, 0..file_name.len());
    };
    if stem.is_empty() {
        return error(NameFault::NoName, 0..file_name.len());
    }
    if let Some((start, c)) = foreign_character(stem) {
        return error(NameFault::Character(c), start..start + c.len_utf8());
    }
    if let Some(start) = file_name.find(|c: char| c.is_ascii_uppercase()) {
        return error(NameFault::UpperCase, start..start + 1);
    }
    Ok(stem.to_owned())
}

fn parse_lower(file_name: &str) -> Result<MigrationName, ParseNameError> {
    let error = |fault, range, suggestion| Err(ParseNameError { fault, range, suggestion });
    let (stem, kind) = match file_name.rsplit_once('.') {
        Some((stem, "sql")) => (stem, MigrationKind::Sql),
        Some((stem, "rs")) => (stem, MigrationKind::Rust),
        _ => return error(NameFault::OtherExtension, 0..file_name.len(), None),
    };
    let extension = &file_name[stem.len()..];
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let (version, rest) = stem.split_at(digits);
    let renamed = |version: &str, name: &str| {
        let name = snake_case(name);
        (!name.is_empty()).then(|| format!("{version}_{name}{extension}"))
    };
    if digits == 0 {
        let end = stem.find('_').unwrap_or(stem.len()).max(1);
        return error(NameFault::NoVersion, 0..end, None);
    }
    let Some(name) = rest.strip_prefix('_') else {
        if rest.is_empty() {
            return error(NameFault::NoName, 0..stem.len(), None);
        }
        let character = rest.chars().next().map_or(1, char::len_utf8);
        // `2025-01-30-114438_x` and `2025_01_30_…` are timestamps with separators in them.
        let suggestion = match separated_timestamp(stem) {
            Some((timestamp, name)) => renamed(&timestamp, name),
            None => renamed(version, rest),
        };
        return error(NameFault::NoSeparator, digits..digits + character, suggestion);
    };
    if digits > LONGEST_SEQUENCE && digits != TIMESTAMP_DIGITS {
        return error(NameFault::DigitCount(digits), 0..digits, None);
    }
    if digits == TIMESTAMP_DIGITS
        && let Err(date) = check_timestamp(version)
    {
        return error(NameFault::ImpossibleDate(date.part), date.start..date.end, None);
    }
    if name.is_empty() {
        return error(NameFault::NoName, 0..stem.len(), None);
    }
    if let Some((start, c)) = foreign_character(name) {
        let start = digits + 1 + start;
        let range = start..start + c.len_utf8();
        return error(NameFault::Character(c), range, renamed(version, name));
    }
    Ok(MigrationName { version: Version::new(version.to_owned()), name: name.to_owned(), kind })
}

/// The first character that is not one of `a` to `z`, `0` to `9` and `_`.
fn foreign_character(name: &str) -> Option<(usize, char)> {
    name.char_indices().find(|(_, c)| !matches!(c, 'a'..='z' | '0'..='9' | '_'))
}

/// Replaces what names do not have by single underscores.
fn snake_case(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_")
}

/// Turns words of any form into the name of a migration: `Add users` and `AddUsers` become
/// `add_users`.
///
/// # Errors
/// [`NameFault::Character`] with a letter of another alphabet, without which the rest would be
/// another word, and [`NameFault::NoName`] where no letter and no digit is left.
pub fn normalised(words: &str) -> Result<String, NameFault> {
    let is_foreign = |c: &char| c.is_alphanumeric() && !c.is_ascii();
    if let Some(letter) = words.chars().find(is_foreign) {
        return Err(NameFault::Character(letter));
    }
    let mut text = String::with_capacity(words.len() + 4);
    let mut after_lower = false;
    for c in words.chars() {
        if c.is_ascii_uppercase() && after_lower {
            text.push('_');
        }
        after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        text.push(c.to_ascii_lowercase());
    }
    Some(snake_case(&text)).filter(|name| !name.is_empty()).ok_or(NameFault::NoName)
}

/// Finds fourteen digits with `-`, `_` or `t` between them at the start, and what follows.
fn separated_timestamp(stem: &str) -> Option<(String, &str)> {
    let mut digits = String::with_capacity(TIMESTAMP_DIGITS);
    for (offset, c) in stem.char_indices() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else if !matches!(c, '-' | '_' | 't') {
            return None;
        }
        if digits.len() == TIMESTAMP_DIGITS {
            return Some((digits, &stem[offset + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_and_sequences() {
        let name = MigrationName::parse("20250130114438_late_beacon.sql").unwrap();
        assert_eq!(name.version.as_str(), "20250130114438");
        assert_eq!(name.name, "late_beacon");
        assert_eq!(name.kind, MigrationKind::Sql);
        let name = MigrationName::parse("004_app_id.rs").unwrap();
        assert_eq!((name.version.as_str(), name.kind), ("004", MigrationKind::Rust));
    }

    #[test]
    fn each_fault_has_its_value_and_its_bytes() {
        use NameFault::*;
        for (file_name, fault, meant) in [
            ("notes.txt", OtherExtension, "notes.txt"),
            ("README", OtherExtension, "README"),
            ("004.sql", NoName, "004"),
            ("004_.sql", NoName, "004_"),
            ("004-app_id.sql", NoSeparator, "-"),
            ("004_app-id.sql", Character('-'), "-"),
            ("004_größe.sql", Character('ö'), "ö"),
            ("004_a.up.sql", Character('.'), "."),
            ("1738237478_app_id.sql", DigitCount(10), "1738237478"),
            ("202501301144380_app_id.sql", DigitCount(15), "202501301144380"),
            ("004_AppId.sql", UpperCase, "A"),
            ("004_app_id.SQL", UpperCase, "SQL"),
            ("app_id.sql", NoVersion, "app"),
            (".sql", NoVersion, "."),
            ("20251301000000_x.sql", ImpossibleDate("month"), "13"),
        ] {
            let error = MigrationName::parse(file_name).unwrap_err();
            assert_eq!(error.fault, fault, "{file_name}");
            assert_eq!(&file_name[error.range], meant, "{file_name}");
        }
    }

    #[test]
    fn a_better_name_is_suggested() {
        for (file_name, better) in [
            ("004_AppId.sql", "004_appid.sql"),
            ("004-app-id.sql", "004_app_id.sql"),
            ("2025-01-30-114438_late_beacon.sql", "20250130114438_late_beacon.sql"),
            ("2025-01-30T11-44-38_late beacon.rs", "20250130114438_late_beacon.rs"),
        ] {
            let error = MigrationName::parse(file_name).unwrap_err();
            assert_eq!(error.suggestion.as_deref(), Some(better));
        }
    }

    #[test]
    fn repeatables_have_no_version() {
        assert_eq!(parse_repeatable("policies.sql").as_deref(), Ok("policies"));
        let fault = |name| parse_repeatable(name).unwrap_err().fault;
        assert_eq!(fault("policies.rs"), NameFault::OtherExtension);
        assert_eq!(fault("Policies.sql"), NameFault::UpperCase);
        assert_eq!(fault("row policies.sql"), NameFault::Character(' '));
        assert_eq!(fault(".sql"), NameFault::NoName);
    }

    #[test]
    fn words_become_a_name() {
        for (words, name) in [
            ("Add users", "add_users"),
            ("AddUsers", "add_users"),
            ("add-users!", "add_users"),
            ("HTTPCache v2", "httpcache_v2"),
        ] {
            assert_eq!(normalised(words).as_deref(), Ok(name));
        }
        assert_eq!(normalised("¿?"), Err(NameFault::NoName));
        assert_eq!(normalised("add Übersicht"), Err(NameFault::Character('Ü')));
    }
}
