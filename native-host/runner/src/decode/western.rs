//! Windows-1252, where the bytes themselves speak for it. Any bytes could be it, and read as it Russian, Chinese or Polish becomes
//! letters that nobody wrote; so each of them must stand where people who write a western language put it.

/// Latin-1, but for these 32 places; five of them are nothing.
const FROM_80: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
/// What languages write besides a to z, with what they borrow. All such letters of a text must be found in one row.
const LANGUAGES: [&str; 8] = [
    "äöüßéèêëáàâçïñô",
    "àâæçèéêëîïôöùûüÿœñ",
    "áéíóúüñçïàèòª·",
    "àèéêìíîòóùúçüöä",
    "àáâãçéêíóôõúü",
    "åäöæøéèêàáóüôß",
    "áðéíóúýþæö",
    "äöåšžõü",
];
/// Words without a plain letter.
const ALONE: [&str; 17] = ["à", "â", "é", "è", "ê", "í", "ó", "ò", "ô", "ù", "ú", "å", "ö", "ø", "æ", "þú", "çà"];
/// Signs that stand between two letters: an apostrophe, dashes, what parts words or keeps them together.
const WITHIN: &str = "’–—·\u{a0}\u{ad}";
/// Signs that hardly anybody writes, and that other encodings have letters for.
const UNLIKELY: &str = "ƒˆ˜¤¦¨¯´¸\u{81}\u{8d}\u{8f}\u{90}\u{9d}";

/// The text, if it can be no other encoding's.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let text: Vec<char> = bytes.iter().map(|byte| letter(*byte)).collect();
    let is_used = |row: &&str| text.iter().filter(|ch| is_accented(**ch)).all(|ch| row.contains(lower(*ch)));
    let plausible = LANGUAGES.iter().any(is_used)
        && (0..text.len()).all(|at| text[at].is_ascii() || is_accented(text[at]) || stands_as_a_sign(&text, at))
        && text.split(|ch| !ch.is_alphabetic()).all(is_word);
    plausible.then(|| text.into_iter().collect())
}

fn letter(byte: u8) -> char {
    match byte {
        0x80..=0x9f => FROM_80[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

fn is_accented(ch: char) -> bool {
    !ch.is_ascii() && ch.is_alphabetic() && !UNLIKELY.contains(ch) && !matches!(ch, 'ª' | 'º' | 'µ')
}

fn lower(ch: char) -> char {
    ch.to_lowercase().next().unwrap_or(ch)
}

/// Not in a word, unless it parts one; a low quotation mark opens one.
fn stands_as_a_sign(text: &[char], at: usize) -> bool {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|ch| ch.is_alphabetic());
    let (before, after) = (is_letter(at.checked_sub(1)), is_letter(Some(at + 1)));
    match text[at] {
        ch if UNLIKELY.contains(ch) => false,
        '‚' | '„' => !before,
        ch => !(before && after) || WITHIN.contains(ch),
    }
}

/// Letters of which not all are accented, nor three in a row; a capital after a small letter is one of another encoding.
fn is_word(word: &[char]) -> bool {
    let accented = |ch: &char| !ch.is_ascii();
    let is_odd = |pair: &[char]| pair[0].is_lowercase() && pair[1].is_uppercase() && pair.iter().any(accented);
    let small: String = word.iter().copied().map(lower).collect();
    let mixed = word.is_empty() || word.iter().any(char::is_ascii) || !word.iter().any(|ch| is_accented(*ch));
    (mixed || ALONE.contains(&small.as_str()))
        && !word.windows(3).any(|three| three.iter().all(accented))
        && !word.windows(2).any(is_odd)
}
