//! Bytes in hex: how texts, price lists and keys are named, so that one spelling serves the log, the templates and the loopback page.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Two lower-case digits a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// SHA-256 in hex, 64 digits: the name of a text, in the log too.
#[must_use]
pub fn hash(text: &str) -> String {
    hash_of(text.as_bytes())
}

/// The same of bytes that are no text.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest of no bytes and of "abc": FIPS 180-4, as its examples publish it.
    #[test]
    fn a_text_has_the_name_that_everybody_gives_it() {
        assert_eq!(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_small_byte_has_two_digits_as_well() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
