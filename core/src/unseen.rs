//! Characters that nobody sees: a terminal does something else with them than to show them, and a text of them alone is none to a person.

/// Whether a terminal does something else with this character than to show it. Line ends and tabs are left to do what they do, and so are
/// the two marks that say whether a sign is drawn as text or in colour.
#[must_use]
pub const fn is_unseen(ch: char) -> bool {
    match ch {
        '\n' | '\t' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Marks and changes of direction, and the ends of lines that only some programs take for such.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        // Without any width.
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' => true,
        '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' => true,
        // Fillers, which look like blanks, and vowels that are never drawn.
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' => true,
        // Tags and selectors, in which a whole text can be hidden.
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Whether a person sees nothing of this text at all.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    // Beside what a terminal does not show: how a sign before them is drawn, and the pattern of Braille that has no dot.
    text.chars().all(|ch| ch.is_whitespace() || is_unseen(ch) || matches!(ch, '\u{fe0e}' | '\u{fe0f}' | '\u{2800}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_which_nothing_is_seen_is_blank() {
        for blank in
            ["", " \t\n", "\u{200b}", "\u{feff}\u{2060}", "\u{a0}\u{3000}", "\u{fe0f}", "\u{2800}", "\u{3164}\0"]
        {
            assert!(is_blank(blank), "{blank:?}");
        }
        for text in ["a", "\u{200b}é", "⚠\u{fe0f}", "שלום", "-"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
