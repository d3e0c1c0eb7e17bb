//! Passwords, which nothing shows.

use std::ops::Range;

/// What stands where a password was.
const HIDDEN: &str = "***";

/// Returns a URL that can be shown: the password is replaced by `***`.
///
/// What is no URL, because it was mistyped, may hold one too.
pub fn redacted(url: &str) -> String {
    let mut shown = String::with_capacity(url.len());
    let mut end = 0;
    for range in ranges(url) {
        shown.push_str(&url[end..range.start]);
        shown.push_str(HIDDEN);
        end = range.end;
    }
    shown.push_str(&url[end..]);
    shown
}

/// Returns a text without the passwords of a URL.
///
/// A password that the URL shows elsewhere, as the user's name perhaps, stays: to take it out would
/// tell that they are the same.
pub(crate) fn removed_from(text: &str, url: &str) -> String {
    let shown = redacted(url);
    let secrets = ranges(url).into_iter().map(|range| &url[range]);
    secrets
        .filter(|secret| !shown.contains(secret))
        .fold(text.to_owned(), |text, secret| without_word(&text, secret))
}

/// Replaces a word, but not what is only a part of another one: short passwords are in many.
fn without_word(text: &str, word: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut end = 0;
    for (start, _) in text.match_indices(word) {
        let after = start + word.len();
        let before = text[..start].chars().next_back();
        let next = text[after..].chars().next();
        if ![before, next].into_iter().flatten().any(char::is_alphanumeric) {
            kept.push_str(&text[end..start]);
            kept.push_str(HIDDEN);
            end = after;
        }
    }
    kept.push_str(&text[end..]);
    kept
}

/// Returns where passwords are, in order and apart from each other.
fn ranges(url: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<_> = password_range(url).into_iter().chain(parameters(url)).collect();
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// Where the password stands between a user's name and a host.
fn password_range(url: &str) -> Option<Range<usize>> {
    let start = match url.find("://") {
        Some(scheme) => scheme + 3,
        // The path of a file may have a colon and an `@`.
        None if url.starts_with("sqlite:") => return None,
        None => 0,
    };
    let authority_end = url[start..].find(['/', '?']).map_or(url.len(), |end| start + end);
    // The last `@`: a password may hold one that was not escaped, and a slash or question mark,
    // too; then nothing before them looks like the end of a password.
    let at = url[start..authority_end].rfind('@').or_else(|| url[start..].rfind('@'))?;
    let at = start + at;
    let colon = start + url[start..at].find(':')?;
    Some(colon + 1..at)
}

/// Where the values of parameters are that are called passwords: `password=…`, `sslpassword=…`.
fn parameters(url: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    const NAMES: [&str; 2] = ["password=", "pwd="];
    // As long as the URL is, so that places in it are places in the URL.
    let lower = url.to_ascii_lowercase();
    NAMES.into_iter().flat_map(move |name| {
        let starts: Vec<_> = lower.match_indices(name).map(|(at, _)| at + name.len()).collect();
        starts.into_iter().map(|start| {
            let rest = &url[start..];
            let length = match rest.strip_prefix('\'') {
                Some(quoted) => quoted.find('\'').map(|end| end + 2),
                None => rest.find(|c: char| c == '&' || c.is_whitespace()),
            };
            start..length.map_or(url.len(), |length| start + length)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let check = |url, expected: &str| assert_eq!(redacted(url), expected);
        check("postgres://app:s3cret@db/app", "postgres://app:***@db/app");
        check("postgres://app:s@cret@db/app", "postgres://app:***@db/app");
        check("postgres://app:s3/c?ret@db/app", "postgres://app:***@db/app");
        check("postgres://app@db/app?password=s3cret", "postgres://app@db/app?password=***");
        check("mysql://root:@localhost/app", "mysql://root:@localhost/app");
        check("sqlite:app.db", "sqlite:app.db");
        check("sqlite:a:b@c.db", "sqlite:a:b@c.db");
    }

    #[test]
    fn the_rest_of_a_url_stays_as_it_is() {
        let check = |url, expected: &str| assert_eq!(redacted(url), expected);
        check("postgres://postgres:postgres@h/postgres", "postgres://postgres:***@h/postgres");
        check("mysql://root:o@localhost/o", "mysql://root:***@localhost/o");
    }

    #[test]
    fn what_is_no_url_may_hold_a_password() {
        let check = |url, expected: &str| assert_eq!(redacted(url), expected);
        check("postgres:app:s3cret@db/app", "postgres:***@db/app");
        check("app:s3cret@db/app", "app:***@db/app");
        check("postgres//app:s3cret@db/app", "postgres//app:***@db/app");
        check("host=db password=s3cret user=app", "host=db password=*** user=app");
        check("host=db PASSWORD='s3 cret' user=app", "host=db PASSWORD=*** user=app");
    }

    #[test]
    fn a_password_is_taken_out_of_words_as_a_whole() {
        let check = |text, url, expected: &str| assert_eq!(removed_from(text, url), expected);
        check("bad value `s3cret@h`", "mysql://u:s3cret@h", "bad value `***@h`");
        check("a database", "mysql://u:b@h", "a database");
        check("no user `app`", "mysql://app:app@h", "no user `app`");
    }
}
