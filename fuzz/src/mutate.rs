//! Hostile inputs: good ones, cut, spliced, nested and flipped.

use crate::random::Random;
use crate::seeds::TOKENS;

/// Longest input, in bytes; what is longer is tested beside the code.
const LONGEST: usize = 4 << 10;

/// Makes an input out of `seeds`.
pub(crate) fn input(random: &mut Random, seeds: &[&str]) -> String {
    let mut text = random.pick(seeds).as_bytes().to_vec();
    for _ in 0..random.below(4) {
        text.extend_from_slice(random.pick(&["", ";\n", "\n", " "]).as_bytes());
        text.extend_from_slice(random.pick(seeds).as_bytes());
    }
    for _ in 0..random.below(6) {
        mutate(random, &mut text, seeds);
    }
    text.truncate(LONGEST);
    String::from_utf8_lossy(&text).into_owned()
}

fn mutate(random: &mut Random, text: &mut Vec<u8>, seeds: &[&str]) {
    let at = random.below(text.len() + 1);
    match random.below(9) {
        0 => text.truncate(at),
        1 => drop(text.drain(..at)),
        2 if at < text.len() => text[at] ^= 1 << random.below(8),
        3 => insert(text, at, random.pick(TOKENS).as_bytes()),
        4 => {
            let end = (at + random.below(24)).min(text.len());
            drop(text.drain(at..end));
        }
        5 => {
            let end = (at + random.below(40)).min(text.len());
            let copy = text[at..end].to_vec();
            let to = random.below(text.len() + 1);
            insert(text, to, &copy);
        }
        6 => {
            let other = random.pick(seeds).as_bytes();
            let start = random.below(other.len() + 1);
            insert(text, at, &other[start..]);
        }
        7 if random.below(8) == 0 => {
            let token = random.pick(TOKENS);
            let times = [10, 100, 300, 1000][random.below(4)];
            insert(text, at, token.repeat(times).as_bytes());
        }
        _ => {
            let words: Vec<_> = text.split(|byte| byte.is_ascii_whitespace()).collect();
            let word = words[random.below(words.len())].to_vec();
            insert(text, at, &word);
        }
    }
    text.truncate(LONGEST);
}

fn insert(text: &mut Vec<u8>, at: usize, part: &[u8]) {
    text.splice(at..at, part.iter().copied());
}
