//! What stands in the place of a text: a string, a part that holds one, or a list of both. What is known to be no answer is left out,
//! any other part with a text is text, and a part that nobody here understands is told, because the text may have a hole there.

use super::loose::Loose;
use super::received::Received;

/// What the kind of a part has in it that is a thought.
const THOUGHTS: &[&str] = &["thinking", "reasoning", "thought", "summary"];
/// The same of a tool.
const TOOLS: &[&str] = &["tool", "function"];
/// The same of what else is no answer.
const OTHER: &[&str] = &["image", "audio", "video", "file", "citation", "annotation", "signature", "json"];

/// Takes the text out of a content.
pub(super) fn take_parts(content: Loose<'_>, received: &mut Received) {
    content.items().for_each(|part| take_part(part, received));
}

fn take_part(part: Loose<'_>, received: &mut Received) {
    let kind = part.get("type").word().unwrap_or_default().to_ascii_lowercase();
    let is = |names: &[&str]| names.iter().any(|name| kind.contains(name));
    if kind == "refusal" {
        received.take_words(&part.get("refusal").bytes().unwrap_or_default());
    } else if is(THOUGHTS) {
        received.thoughts = true;
    } else if is(TOOLS) {
        received.tools = true;
    } else if !is(OTHER) {
        take_plain(part, received);
    }
}

/// Takes the text of a part that is known to have one.
pub(super) fn take_plain(part: Loose<'_>, received: &mut Received) {
    if part.is_empty() {
        return;
    }
    if let Some(text) = part.bytes() {
        return received.take_text(&text);
    }
    let (text, value) = (part.get("text"), part.get("text").get("value"));
    if text.is_null() && !is_text(part) {
        return received.take_gap(part);
    }
    for piece in if value.is_null() { text } else { value }.items().filter(|piece| !piece.is_empty()) {
        match piece.bytes() {
            Some(text) => received.take_text(&text),
            None => received.take_gap(part),
        }
    }
}

/// Whether it calls itself text, in whatever letters: `text`, `Text_Delta`, `output_text`.
pub(super) fn is_text(part: Loose<'_>) -> bool {
    let is_text =
        |kind: String| kind.split(|ch: char| !ch.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("text"));
    part.get("type").word().is_some_and(is_text)
}
