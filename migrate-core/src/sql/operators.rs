//! Where an operator ends.
//!
//! Two operators and one written without a space must not be the same tokens, or the
//! token hash would call `< =` and `<=` equal.

/// Length of the operator or punctuation mark at the start of `bytes`, for `SQLite` and
/// `MySQL`, whose operators are a fixed list.
///
/// The lists are joined: what one of them does not know is an error there either way.
pub(super) fn fixed_operator(bytes: &[u8]) -> usize {
    let Some(&second) = bytes.get(1) else { return 1 };
    match (bytes[0], second) {
        (b'-', b'>') | (b'<', b'=') if bytes.get(2) == Some(&b'>') => 3,
        (b'|', b'|')
        | (b'&', b'&')
        | (b'<', b'<' | b'=' | b'>')
        | (b'>', b'>' | b'=')
        | (b'=' | b'!' | b':', b'=')
        | (b'-', b'>')
        | (b'.', b'.') => 2,
        _ => 1,
    }
}

/// A Postgres operator.
pub(super) struct Operator {
    /// Its length in bytes.
    pub(super) length: usize,
    /// Length of the run it is part of; what follows it there are plus and minus
    /// signs, each an operator of its own.
    pub(super) run: usize,
}

/// Finds the operator at the start of `bytes` by the rules for user-defined ones: the
/// longest run that holds no comment, without plus and minus signs at its end unless a
/// character is in it that SQL's own operators do not have.
///
/// Source: `PostgreSQL` manual, 4.1.3 "Operators".
pub(super) fn postgres_operator(bytes: &[u8]) -> Operator {
    let second = bytes.get(1);
    match (bytes[0], second) {
        (b':', Some(b':' | b'=')) | (b'.', Some(b'.')) => return Operator { length: 2, run: 2 },
        (byte, _) if !is_operator_byte(byte) => return Operator { length: 1, run: 1 },
        _ => {}
    }
    let mut run = 1;
    while run < bytes.len() && is_operator_byte(bytes[run]) {
        if matches!((bytes[run], bytes.get(run + 1)), (b'-', Some(b'-')) | (b'/', Some(b'*'))) {
            break;
        }
        run += 1;
    }
    let special =
        |b: &u8| matches!(b, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`' | b'?');
    let mut length = run;
    if !bytes[..run].iter().any(special) {
        while length > 1 && matches!(bytes[length - 1], b'+' | b'-') {
            length -= 1;
        }
    }
    Operator { length, run }
}

fn is_operator_byte(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_lists() {
        for (text, length) in
            [("<=>", 3), ("->>'$'", 3), ("->", 2), ("<=1", 2), ("--1", 1), ("(", 1)]
        {
            assert_eq!(fixed_operator(text.as_bytes()), length, "{text}");
        }
    }

    #[test]
    fn postgres_signs_at_the_end() {
        for (text, length) in [
            ("=-1", 1),
            ("@-1", 2),
            ("++", 1),
            ("*--x", 1),
            ("*/*x", 1),
            ("::x", 2),
            ("?|a", 2),
            ("..1", 2),
        ] {
            assert_eq!(postgres_operator(text.as_bytes()).length, length, "{text}");
        }
    }
}
