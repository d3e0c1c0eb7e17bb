//! Takes what varies out of output, so that a snapshot of it can be compared.

use std::path::Path;

/// Replaces `path` by `name`, wherever it stands.
pub fn path(text: &str, path: &Path, name: &str) -> String {
    // Where the temporary directory is a link, some tools print what it leads to.
    let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    text.replace(&*resolved.to_string_lossy(), name).replace(&*path.to_string_lossy(), name)
}

/// Replaces points in time, durations and hashes by `[time]`, `[duration]` and `[hash]`.
///
/// A time is RFC 3339, or its form with a space; a duration is a number with `ns`, `µs`, `us`,
/// `ms` or `s`, or the number after `duration_ms`; a hash has at least 12 hexadecimal
/// digits, a letter among them, and may be cut off by `…`. A version such as
/// `20250130114438` is none of these.
pub fn values(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let found = if starts_word(&redacted) { find(rest, &redacted) } else { None };
        if let Some((length, name)) = found {
            redacted.push_str(name);
            rest = &rest[length..];
        } else {
            redacted.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    redacted
}

fn starts_word(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '-')
}

fn find(rest: &str, before: &str) -> Option<(usize, &'static str)> {
    let found = time(rest)
        .map(|length| (length, "[time]"))
        .or_else(|| duration(rest, before).map(|length| (length, "[duration]")))
        .or_else(|| hash(rest).map(|length| (length, "[hash]")))?;
    let ends = !rest[found.0..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    ends.then_some(found)
}

/// `2025-01-30T11:44:38.123Z`, `2025-01-30 11:44:38+01:00`; the zone may be missing.
fn time(text: &str) -> Option<usize> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    let bytes = text.as_bytes();
    let fits = bytes.len() >= SHAPE.len()
        && SHAPE.iter().zip(bytes).all(|(shape, byte)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b' '),
            other => other == byte,
        });
    if !fits {
        return None;
    }
    let mut length = SHAPE.len();
    if text[length..].starts_with('.') {
        length += 1 + digits(&text[length + 1..]);
    }
    let zone = &text[length..];
    if zone.starts_with(['Z', 'z']) {
        length += 1;
    } else if zone.len() >= 6 && zone.starts_with(['+', '-']) && zone.as_bytes()[3] == b':' {
        length += 6;
    } else if zone.starts_with(" UTC") {
        length += 4;
    }
    Some(length)
}

fn duration(text: &str, before: &str) -> Option<usize> {
    let mut length = digits(text);
    if length == 0 {
        return None;
    }
    if text[length..].starts_with('.') {
        length += 1 + digits(&text[length + 1..]);
    }
    if before.trim_end().ends_with("duration_ms\":") {
        return Some(length);
    }
    let unit = text[length..].trim_start_matches(' ');
    let space = text.len() - length - unit.len();
    let unit = ["ns", "µs", "us", "ms", "s"].into_iter().find(|name| {
        unit.strip_prefix(name).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
    })?;
    (space <= 1).then_some(length + space + unit.len())
}

fn hash(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
    let cut = text[length..].starts_with('…');
    let letters = text[..length].bytes().any(|byte| byte.is_ascii_alphabetic());
    let long = length >= 12 || (cut && length >= 6);
    (long && (letters || cut)).then_some(length + if cut { '…'.len_utf8() } else { 0 })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(values(input), expected);
    }

    #[test]
    fn times_are_redacted() {
        check("at 2025-01-30T11:44:38Z.", "at [time].");
        check("2025-01-30 11:44:38.123456+01:00 applied", "[time] applied");
        check("2025-01-30 11:44:38 UTC", "[time]");
    }

    #[test]
    fn durations_are_redacted() {
        check("(1.5ms, 12 ms, 3s, 40µs)", "([duration], [duration], [duration], [duration])");
        check(r#""duration_ms": 17,"#, r#""duration_ms": [duration],"#);
    }

    #[test]
    fn hashes_are_redacted() {
        check("sha256:9f3c41aa77bc00 is not 9f3c41…", "sha256:[hash] is not [hash]");
    }

    #[test]
    fn what_does_not_vary_stays() {
        check("20250130114438_late_beacon.sql:12:5", "20250130114438_late_beacon.sql:12:5");
        check("3 statements, 2 of 8, v1.2.3, deadbeef", "3 statements, 2 of 8, v1.2.3, deadbeef");
    }

    #[test]
    fn a_path_is_redacted_where_it_stands() {
        let directory = Path::new("/no/such/directory");
        assert_eq!(
            path("in /no/such/directory/a.sql", directory, "[project]"),
            "in [project]/a.sql"
        );
    }
}
