//! Searching a text for a few letters. The standard library's search is made for long needles, and would bring its tables and the texts of
//! its panics into the page's engine: 8 KB of it.

/// What stands before and after the first `mark`.
#[must_use]
pub fn parted<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let first = *mark.as_bytes().first()?;
    let places = text.bytes().enumerate().filter(|(_, byte)| *byte == first);
    places.into_iter().find_map(|(at, _)| Some((text.get(..at)?, text.get(at..)?.strip_prefix(mark)?)))
}

/// Whether the text holds the `mark`.
#[must_use]
pub fn holds(text: &str, mark: &str) -> bool {
    parted(text, mark).is_some()
}

/// What stands between each `mark` and the next.
pub fn pieces<'a>(text: &'a str, mark: &'static str) -> impl Iterator<Item = &'a str> {
    let mut left = Some(text);
    std::iter::from_fn(move || {
        let text = left?;
        let (piece, rest) = parted(text, mark).map_or((text, None), |(piece, rest)| (piece, Some(rest)));
        left = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parted_as_the_standard_library_does_it() {
        for text in ["", "-", "--", "a--b", "a-b--c--", "—--é--", "a\n- - -- b", "---"] {
            for mark in ["--", "-", "é", "— -", "a--b--"] {
                assert_eq!(parted(text, mark), text.split_once(mark), "{text:?} at {mark:?}");
                assert_eq!(holds(text, mark), text.contains(mark), "{text:?} holds {mark:?}");
                let split: Vec<_> = text.split(mark).collect();
                assert_eq!(pieces(text, mark).collect::<Vec<_>>(), split, "{text:?} at each {mark:?}");
            }
        }
        assert_eq!(parted("text", ""), None);
    }
}
