//! Whether a text has a word in it at all, wherever that stands.

/// Whether `text` has `word` in it, in whatever case; the word is ASCII.
///
/// `rare` is the place of its rarest letter, by which it is looked for: `str::find` with a `char`
/// is fast even in code built without optimisation, and a copy in lower case is not.
pub(crate) fn has_word(text: &str, word: &str, rare: usize) -> bool {
    let letter = word.as_bytes()[rare];
    [letter.to_ascii_lowercase(), letter.to_ascii_uppercase()].into_iter().any(|letter| {
        let mut from = 0;
        while let Some(found) = text[from..].find(char::from(letter)) {
            let at = from + found;
            let start = at.checked_sub(rare);
            let there = start.and_then(|start| text.as_bytes().get(start..start + word.len()));
            if there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes())) {
                return true;
            }
            from = at + 1;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn words_are_found_in_whatever_case_and_at_either_end() {
        for text in ["with", "a WITH b", "ümwItH", "w wi WiTh"] {
            assert!(has_word(text, "with", 0), "{text}");
            assert!(has_word(text, "with", 3), "{text}");
        }
        for text in ["", "h", "w", "wit", "ith", "w ith", "wüth"] {
            assert!(!has_word(text, "with", 0), "{text}");
            assert!(!has_word(text, "with", 3), "{text}");
        }
    }
}
