//! The phase bar, judged: which words and which button it shows for a session and for what the page has just seen.

use crate::phase::Phase;
use crate::refusal::Refusal;
use crate::reply::Problem;
use crate::status::{Step, Tone, View, phase_name};
use crate::words::Say;

/// What this page has seen and the log does not know, or not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Live {
    /// Nothing.
    #[default]
    Quiet,
    /// An answer comes in.
    Streaming {
        /// To which phase.
        phase: Phase,
        /// Sections begun so far.
        sections: u32,
    },
    /// A reply is on its way to the disk.
    Recording {
        /// Of which phase.
        phase: Phase,
    },
    /// A reply is on disk.
    Stored {
        /// Of which phase.
        phase: Phase,
    },
    /// A reply waits in the browser, because the host does not answer.
    Queued,
    /// The host does not answer.
    HostMissing,
    /// The prompt stands in the composer.
    Placed {
        /// Of which phase.
        phase: Phase,
    },
    /// The developer sent the prompt; the host has not answered yet.
    Sent {
        /// Of which phase.
        phase: Phase,
    },
    /// The developer's own text stands in the composer; a second click replaces it.
    Draft,
    /// The composer did not take the prompt.
    Unplaced,
    /// The click fell on a button that could not be seen.
    Obscured,
    /// The host turned a request down.
    Refused(Refusal),
}

/// The bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it says.
    pub say: Said,
    /// What its colour means.
    pub tone: Tone,
    /// Its button, if a click would do something.
    pub button: Option<Say>,
}

/// Words of the catalogue, or of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Of the catalogue.
    Words(Say),
    /// As the host worded it.
    Text(String),
}

/// The bar for a session.
#[must_use]
pub fn bar(view: &View, live: &Live) -> Bar {
    let (say, tone) = words(view, live);
    Bar { say, tone, button: button(view, live) }
}

fn words(view: &View, live: &Live) -> (Said, Tone) {
    let (say, tone) = match live {
        // In a page a prompt that waits is one to be put in: the terminal's words would say that it stands there already.
        Live::Quiet => match (view.next.step, view.current) {
            (Step::Send, Some(phase)) => (Say::new("next_place", [phase_name(phase)]), view.badge.tone),
            _ => (view.next.say.clone(), view.badge.tone),
        },
        Live::Streaming { phase, sections } => {
            let of = phase.sections().len().to_string();
            (Say::new("bar_streaming", [phase_name(*phase), sections.to_string(), of]), Tone::Working)
        }
        Live::Recording { phase } => (Say::new("bar_recording", [phase_name(*phase)]), Tone::Working),
        Live::Stored { phase } => stored(view, *phase),
        Live::Queued => (Say::new("bar_outbox", []), Tone::Attention),
        Live::HostMissing => (Say::new("bar_host_missing", []), Tone::Attention),
        Live::Placed { phase } => (Say::new("bar_placed", [phase_name(*phase)]), Tone::Ready),
        Live::Sent { phase } => (Say::new("bar_sent", [phase_name(*phase)]), Tone::Working),
        Live::Draft => (Say::new("bar_draft", []), Tone::Attention),
        Live::Unplaced => (Say::new("bar_unplaced", []), Tone::Attention),
        Live::Obscured => (Say::new("bar_obscured", []), Tone::Attention),
        Live::Refused(refusal) => {
            return (Said::Text(format!("{} {}", refusal.message, refusal.hint)), Tone::Attention);
        }
    };
    (Said::Words(say), tone)
}

/// What the log says of a reply, in the words and numbers of every other surface.
fn stored(view: &View, phase: Phase) -> (Say, Tone) {
    let Some(row) = view.phases.iter().find(|row| row.phase == phase) else {
        return (view.next.say.clone(), view.badge.tone);
    };
    let (name, whole, of) = (phase_name(phase), row.sections_ok.to_string(), row.sections_of.to_string());
    let (lines, phases) = (row.lines.to_string(), view.phases.len().to_string());
    match (row.problem, view.next.step) {
        (Some(Problem::Cut), _) => (Say::new("bar_cut", [name, whole, of]), Tone::Attention),
        (Some(_), _) => (Say::new("bar_lacking", [name, whole, of]), Tone::Attention),
        (None, Step::Done) => (Say::new("bar_finished", [name, whole, of, lines, phases]), view.badge.tone),
        (None, _) => (Say::new("bar_stored", [name, whole, of, lines]), view.badge.tone),
    }
}

fn button(view: &View, live: &Live) -> Option<Say> {
    let phase = view.current?;
    // While something is under way a click would come too early; once the prompt stands there, the next step is the developer's key.
    if matches!(
        live,
        Live::Streaming { .. } | Live::Recording { .. } | Live::Placed { .. } | Live::Sent { .. } | Live::Queued
    ) {
        return None;
    }
    match view.next.step {
        Step::Place | Step::Send => Some(Say::new("button_place", [phase_name(phase)])),
        Step::Again => Some(Say::new("button_again", [phase_name(phase)])),
        Step::Await | Step::Done => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Recorded, fold};
    use crate::machine;
    use crate::session::SessionId;
    use crate::status::view;

    fn begun(events: Vec<Event>) -> View {
        let id = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        let start = machine::start("Dark mode", None, None).unwrap();
        let events = std::iter::once(start).chain(events);
        let log: Vec<_> = (1..).zip(events).map(|(seq, event)| Recorded { seq, at_ms: seq, event }).collect();
        view(&fold(&id, &log).unwrap())
    }

    fn shown(view: &View, live: &Live) -> (String, Option<String>) {
        let bar = bar(view, live);
        let say = match bar.say {
            Said::Words(say) => say.english(),
            Said::Text(text) => text,
        };
        (say, bar.button.map(|button| button.english()))
    }

    #[test]
    fn the_bar_says_where_it_is_and_offers_the_one_next_step() {
        let fresh = begun(vec![]);
        let rendered = Event::PromptRendered { phase: Phase::Planning, nonce: "n".into(), text: "t".into(), bytes: 1 };
        let sent = Event::PromptSent { phase: Phase::Planning, nonce: "n".into(), sent_ms: 3 };
        let awaiting = begun(vec![rendered.clone(), sent]);
        let put = Some("Put the Planning prompt in".to_owned());
        for (view, live, says, button) in [
            (&fresh, Live::Quiet, "Planning: put the prompt into the composer.", put.clone()),
            (&begun(vec![rendered]), Live::Quiet, "Planning: put the prompt into the composer.", put.clone()),
            (&fresh, Live::Draft, "Your own text is in the composer. Click again to replace it with the prompt.", put),
            (
                &fresh,
                Live::Placed { phase: Phase::Planning },
                "Planning: the prompt is in the composer. Press Enter to send it.",
                None,
            ),
            (&begun(vec![]), Live::Sent { phase: Phase::Planning }, "Planning: the prompt was sent.", None),
            (&awaiting, Live::Quiet, "Planning: waiting for the answer.", None),
            (
                &awaiting,
                Live::Streaming { phase: Phase::Planning, sections: 2 },
                "Planning: the answer is coming in, 2 of 3 sections so far.",
                None,
            ),
        ] {
            assert_eq!(shown(view, &live), (says.to_owned(), button), "{live:?}");
        }
    }
}
