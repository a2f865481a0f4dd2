//! How a session went, in the developer's words: what counts as a rating, and when one says something new.

use crate::event::{Event, Rating, State};
use crate::refusal::{Code, Refusal};

/// The longest word on a session, in characters.
pub const WORD_MAX: usize = 2_000;

/// A rating may come at any time: an opinion on a session does not wait for its end. What is left out stays as it was said
/// before, an empty word takes back the one before, and what changes nothing is no event.
pub(super) fn rate(
    state: &State,
    rating: u8,
    word: Option<String>,
    saved_minutes: Option<u32>,
) -> Result<Vec<Event>, Refusal> {
    if !(1..=5).contains(&rating) {
        return Err(invalid(
            format!("{rating} is no rating."),
            "Rate a session with a number from 1 (badly) to 5 (well).",
        ));
    }
    let before = state.rating.as_ref();
    let word = match word.as_deref().map(str::trim) {
        None => before.and_then(|before| before.word.clone()),
        Some("") => None,
        Some(word) if word.chars().count() > WORD_MAX => {
            return Err(invalid(
                "The word on the session is longer than 2,000 characters.".to_owned(),
                "UiMessage it in 2,000 characters or fewer.",
            ));
        }
        Some(word) => Some(word.to_owned()),
    };
    let saved_minutes = saved_minutes.or_else(|| before.and_then(|before| before.saved_minutes));
    let now = Rating { rating, word, saved_minutes };
    if before == Some(&now) {
        return Ok(Vec::new());
    }
    let Rating { rating, word, saved_minutes } = now;
    Ok(vec![Event::Rated { rating, word, saved_minutes }])
}

fn invalid(message: String, hint: &str) -> Refusal {
    Refusal { hint: hint.to_owned(), ..Refusal::new(Code::RequestInvalid, message) }
}
