//! The two hashes of a migration file.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// A SHA-256 hash, written `sha256:` and 64 hexadecimal digits.
///
/// The algorithm's name is part of the text, so that a later version can use
/// another one beside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum([u8; 32]);

const PREFIX: &str = "sha256:";

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Hexadecimal digits of a checksum.
const DIGITS: usize = 64;

impl Checksum {
    /// Hashes `text` as it stands.
    ///
    /// Migration files are hashed through [`SourceText`](crate::source::SourceText), which
    /// removes a byte-order mark and reads CRLF as LF first.
    pub fn of(text: &str) -> Self {
        Checksum(Sha256::digest(text.as_bytes()).into())
    }

    /// Hashes several fields, each preceded by its length, so that no two lists of
    /// fields give the same bytes.
    pub fn of_fields<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = FieldHasher::default();
        for field in fields {
            hasher.field(field);
        }
        hasher.finish()
    }

    /// Returns the hexadecimal digits, without the algorithm's name.
    pub fn hex(&self) -> String {
        self.digits().as_str().to_owned()
    }

    /// Whether `text` is this checksum's text.
    pub fn is_written(&self, text: &str) -> bool {
        text.strip_prefix(PREFIX).is_some_and(|digits| digits == self.digits().as_str())
    }

    /// Whether the digits begin with `prefix`.
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.digits().as_str().starts_with(prefix)
    }

    /// Returns the first twelve digits, for messages.
    pub fn short(&self) -> String {
        self.prefix(12)
    }

    /// Returns the first digits, at most 64.
    pub fn prefix(&self, digits: usize) -> String {
        let all = self.digits();
        all.as_str()[..digits.min(DIGITS)].to_owned()
    }

    fn digits(&self) -> Digits {
        let mut digits = [0; DIGITS];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        Digits(digits)
    }
}

/// A checksum's digits, not on the heap: thousands are compared at each start.
struct Digits([u8; DIGITS]);

impl Digits {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits are ASCII")
    }
}

/// Hashes a sequence of fields without having all of it in memory.
#[derive(Clone)]
pub struct FieldHasher {
    hasher: Sha256,
    /// What is still to be hashed: a start hashes tens of thousands of short fields, and each
    /// by itself costs more than its bytes.
    pending: Vec<u8>,
}

/// Bytes that are hashed at once, at least.
const PENDING: usize = 1024;

impl Default for FieldHasher {
    fn default() -> Self {
        FieldHasher { hasher: Sha256::default(), pending: Vec::with_capacity(PENDING) }
    }
}

impl FieldHasher {
    /// Adds one field.
    pub fn field(&mut self, field: &str) {
        self.length(field.len());
        self.bytes(field.as_bytes());
    }

    /// Adds a checksum's text as a field.
    pub fn checksum(&mut self, checksum: &Checksum) {
        self.length(PREFIX.len() + DIGITS);
        self.bytes(PREFIX.as_bytes());
        self.bytes(&checksum.digits().0);
    }

    /// Returns the hash of all fields added.
    pub fn finish(mut self) -> Checksum {
        self.hasher.update(&self.pending);
        Checksum(self.hasher.finalize().into())
    }

    fn length(&mut self, length: usize) {
        self.bytes(&(length as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= PENDING {
            self.hasher.update(&self.pending);
            self.pending.clear();
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(self.digits().as_str())
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({})", self.short())
    }
}

/// A text that is not a checksum of a known algorithm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a checksum (`sha256:` and 64 hexadecimal digits)")]
pub struct ParseChecksumError(String);

impl FromStr for Checksum {
    type Err = ParseChecksumError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseChecksumError(text.to_owned());
        let hex = text.strip_prefix(PREFIX).ok_or_else(error)?.as_bytes();
        if hex.len() != DIGITS {
            return Err(error());
        }
        let mut bytes = [0; 32];
        let mut all = 0;
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (VALUES[usize::from(pair[0])], VALUES[usize::from(pair[1])]);
            all |= high | low;
            *byte = high << 4 | low & 15;
        }
        if all > 15 { Err(error()) } else { Ok(Checksum(bytes)) }
    }
}

/// The value of each byte that is a lower-case hexadecimal digit, as checksums are written; more
/// than 15 for the others. A lock file has thousands of checksums, which are read at each start.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        values[HEX[value as usize] as usize] = value;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let checksum = Checksum::of("abc");
        assert_eq!(
            checksum.to_string(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(checksum.to_string().parse(), Ok(checksum));
        assert!(checksum.is_written(&checksum.to_string()));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "sha256:",
            "md5:00",
            &format!("sha256:{}", "A".repeat(64)),
            &format!("sha256:{}g", "0".repeat(63)),
        ] {
            assert!(text.parse::<Checksum>().is_err(), "{text}");
            assert!(!Checksum::of("abc").is_written(text), "{text}");
        }
    }

    #[test]
    fn a_checksum_is_a_field_as_it_is_written() {
        let checksum = Checksum::of("abc");
        let mut hasher = FieldHasher::default();
        hasher.checksum(&checksum);
        assert_eq!(hasher.finish(), Checksum::of_fields([checksum.to_string().as_str()]));
    }

    #[test]
    fn field_borders_count() {
        assert_ne!(Checksum::of_fields(["ab", "c"]), Checksum::of_fields(["a", "bc"]));
    }
}
