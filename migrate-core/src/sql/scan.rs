//! Where a quoted text, a comment or a number ends.
//!
//! Every function takes the offset after the opening mark and returns the offset after
//! the closing one, or nothing when the text ends before it. `str::find` with a `char`
//! is used for long runs because it is fast even in code built without optimisation.

/// Bytes of unquoted identifiers: letters, digits, `_`, `$` and all that is not ASCII.
pub(super) static WORD: [bool; 256] = word_bytes();

const fn word_bytes() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends before 256")]
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || !b.is_ascii();
        byte += 1;
    }
    table
}

pub(super) fn is_word(byte: u8) -> bool {
    WORD[byte as usize]
}

/// The white space of all three servers.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// End of the line that `from` is on, without its line feed.
pub(super) fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |length| from + length)
}

/// End of a line for Postgres, where a lone carriage return ends it too.
pub(super) fn line_end_or_return(text: &str, from: usize) -> usize {
    let bytes = &text.as_bytes()[from..];
    bytes.iter().position(|&b| b == b'\n' || b == b'\r').map_or(text.len(), |n| from + n)
}

/// End of a comment that cannot contain another one.
pub(super) fn block_comment_end(text: &str, from: usize) -> Option<usize> {
    let mut position = from;
    loop {
        position += text[position..].find('*')? + 1;
        if text.as_bytes().get(position) == Some(&b'/') {
            return Some(position + 1);
        }
    }
}

/// End of a comment that may contain others, as in Postgres.
pub(super) fn nested_comment_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 1_usize;
    let mut position = from;
    while position + 1 < bytes.len() {
        match (bytes[position], bytes[position + 1]) {
            (b'*', b'/') if depth == 1 => return Some(position + 2),
            (b'*', b'/') => {
                depth -= 1;
                position += 2;
            }
            (b'/', b'*') => {
                depth += 1;
                position += 2;
            }
            _ => position += 1,
        }
    }
    None
}

/// End of `MySQL`'s `/*! … */`, whose inside is code: quotes and comments in it may
/// hold the closing mark.
pub(super) fn executable_comment_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut position = from;
    while position < bytes.len() {
        let next = bytes.get(position + 1).copied();
        position = match bytes[position] {
            b'*' if next == Some(b'/') => return Some(position + 2),
            b'/' if next == Some(b'*') => block_comment_end(text, position + 2)?,
            quote @ (b'\'' | b'"') => escaped_quote_end(text, position + 1, quote)?,
            b'`' => quote_end(text, position + 1, b'`')?,
            b'#' => line_end(text, position),
            b'-' if dashes_are_comment(bytes, position) => line_end(text, position),
            _ => position + 1,
        };
    }
    None
}

/// Whether `--` at `position` begins a comment in `MySQL`: white space, a control
/// character or the end has to follow, so that `5--1` is six.
pub(super) fn dashes_are_comment(bytes: &[u8], position: usize) -> bool {
    bytes.get(position + 1) == Some(&b'-')
        && bytes.get(position + 2).is_none_or(|&b| b == b' ' || b.is_ascii_control())
}

/// End of a text in which only a doubled quote stands for itself.
pub(super) fn quote_end(text: &str, from: usize, quote: u8) -> Option<usize> {
    let mut position = from;
    loop {
        position += text[position..].find(char::from(quote))? + 1;
        if text.as_bytes().get(position) != Some(&quote) {
            return Some(position);
        }
        position += 1;
    }
}

/// End of a text in which a backslash, too, takes a quote's meaning away.
pub(super) fn escaped_quote_end(text: &str, from: usize, quote: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut position = from;
    let mut closing = from + text[from..].find(char::from(quote))?;
    loop {
        if let Some(backslash) = text[position..closing].find('\\') {
            position += backslash + 1;
            // Another character than ASCII cannot be a quote; its first byte is left
            // unskipped to stay on a character's border.
            if bytes[position].is_ascii() {
                position += 1;
            }
        } else if bytes.get(closing + 1) == Some(&quote) {
            position = closing + 2;
        } else {
            return Some(closing + 1);
        }
        // Searched again only when it was passed: many backslashes stay linear.
        if closing < position {
            closing = position + text[position..].find(char::from(quote))?;
        }
    }
}

/// End of the opening `$tag$` that begins at `start`, if there is one.
pub(super) fn dollar_tag_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut position = start + 1;
    if bytes.get(position)?.is_ascii_digit() {
        return None;
    }
    while bytes[position] != b'$' && is_word(bytes[position]) {
        position += 1;
        if position == bytes.len() {
            return None;
        }
    }
    (bytes[position] == b'$').then_some(position + 1)
}

/// End of a dollar-quoted text whose `tag` includes both dollar signs.
pub(super) fn dollar_quote_end(text: &str, from: usize, tag: &str) -> Option<usize> {
    let mut position = from;
    loop {
        position += text[position..].find('$')?;
        // A tag has no dollar sign inside, so the comparison never passes the next one.
        if text.as_bytes()[position..].starts_with(tag.as_bytes()) {
            return Some(position + tag.len());
        }
        position += 1;
    }
}

/// Where a token that begins like a number ends, and whether it is one: `MySQL`'s
/// identifiers may begin with a digit.
pub(super) fn number_end(bytes: &[u8], start: usize, dollar_in_words: bool) -> (usize, bool) {
    let mut end = start;
    let mut only_digits = true;
    let mut exponent = false;
    let mut fraction = false;
    while end < bytes.len() {
        match bytes[end] {
            b'0'..=b'9' => {}
            b'.' if only_digits && !fraction && bytes.get(end + 1) != Some(&b'.') => {
                fraction = true;
            }
            b'e' | b'E' if only_digits && end > start => {
                only_digits = false;
                exponent = true;
                let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
                if sign && bytes.get(end + 2).is_some_and(u8::is_ascii_digit) {
                    end += 1;
                }
            }
            b'$' if !dollar_in_words => break,
            b if is_word(b) => {
                only_digits = false;
                exponent = false;
            }
            _ => break,
        }
        end += 1;
    }
    let based = matches!(bytes[start..end], [b'0', b'x' | b'b', _, ..]);
    (end, only_digits || exponent || fraction || based)
}
