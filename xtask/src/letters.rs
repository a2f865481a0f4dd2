//! Bytes as text in a script. A compressor finds in one letter for each byte nearly what it finds in the bytes, and the letters are
//! dealt out by how often a byte stands there, so that the text is hardly longer than what it holds.

/// The first of the letters, a blank: below it there are none that can be seen.
const FIRST_LETTER: u8 = b' ';

/// The letter of a place in the order. Letters follow each other in Unicode; what may not stand in a string, or would not be seen there, is
/// replaced by the letter 256 places on, which is the same place again once only its last eight bits count.
fn letter(place: u8) -> char {
    let code = u32::from(FIRST_LETTER) + u32::from(place);
    let unfit = matches!(code, 0x22 | 0x5c | 0x7f..0xa1 | 0xad);
    char::from_u32(if unfit { code + 0x100 } else { code }).unwrap_or_default()
}

/// The bytes in the order of their letters: the more often one stands in the module, the shorter is its letter in UTF-8.
pub(crate) fn order(module: &[u8]) -> Vec<u8> {
    let mut counts = [0_usize; 256];
    for byte in module {
        counts[usize::from(*byte)] += 1;
    }
    let (mut places, mut bytes): (Vec<u8>, Vec<u8>) = ((0..=255).collect(), (0..=255).collect());
    places.sort_by_key(|place| letter(*place).len_utf8());
    bytes.sort_by_key(|byte| std::cmp::Reverse(counts[usize::from(*byte)]));
    let mut order = vec![0; 256];
    for (place, byte) in places.into_iter().zip(bytes) {
        order[usize::from(place)] = byte;
    }
    order
}

/// The script that puts bytes back that were written as letters; the order itself is written in the letters of the places.
pub(crate) fn reader(order: &[u8]) -> String {
    let order: String = order.iter().map(|byte| letter(*byte)).collect();
    format!(
        "const order = \"{order}\";
         const place = (text, at) => (text.charCodeAt(at) - {FIRST_LETTER}) & 255;
         const put = (bytes, begin, text) => {{
             for (let at = 0; at < text.length; at++) bytes[begin + at] = place(order, place(text, at));
         }};"
    )
}

/// Bytes as text, by the order of their letters.
pub(crate) fn letters(module: &[u8], order: &[u8]) -> String {
    let mut of_byte = ['\0'; 256];
    for (place, byte) in (0..=255).zip(order) {
        of_byte[usize::from(*byte)] = letter(place);
    }
    module.iter().map(|byte| of_byte[usize::from(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_a_letter_that_can_be_seen_and_becomes_this_byte_again() {
        let bytes: Vec<u8> = (0..=255).chain([0xff; 3]).collect();
        let order = order(&bytes);
        let text = letters(&bytes, &order);
        let place = |unit: u16| usize::from(unit.wrapping_sub(u16::from(FIRST_LETTER)) & 0xff);
        let again: Vec<u8> = text.encode_utf16().map(|unit| order[place(unit)]).collect();
        assert_eq!(again, bytes);
        assert!(text.ends_with("   "), "the most frequent byte has the first of the short letters");
        assert!(
            !text.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\' | '\u{a0}' | '\u{ad}'))
        );
    }
}
