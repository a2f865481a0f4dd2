//! The phase bar, judged: which words and which button it shows for a session and for what the page has just seen.

use crate::event::{Repair, SessionStatus};
use crate::phase::Phase;
use crate::refusal::Refusal;
use crate::reply::{Oddity, Problem};
use crate::status::{NextStep, PhaseView, Tone, View};
use crate::words::UiMessage;

/// What this page has seen and the log does not know, or not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PageStatus {
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
    Queued {
        /// There is room for only a few more.
        filling: bool,
    },
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
    InsertFailed,
    /// The site made an attachment of the prompt.
    Attached,
    /// An answer to our prompt came, and is not what was asked for.
    OffContract {
        /// To which phase.
        phase: Phase,
    },
    /// The same, and it has an artifact, which is not in the page.
    Artifact {
        /// To which phase.
        phase: Phase,
    },
    /// An answer to our prompt came, and no text of it can be had from the page.
    Unread {
        /// To which phase.
        phase: Phase,
    },
    /// An answer to our prompt came whole, and its code is not where the site's profile looks for it.
    Astray {
        /// To which phase.
        phase: Phase,
    },
    /// The prompt is in the clipboard.
    Copied {
        /// Of which phase.
        phase: Phase,
    },
    /// The clipboard did not take the prompt.
    Uncopied,
    /// No text is selected, or no answer is where somebody pointed.
    Unselected,
    /// The site took back a prompt that was sent.
    Withdrawn {
        /// Of which phase.
        phase: Phase,
    },
    /// The site asks whether the model may use a tool.
    Approval {
        /// In which phase.
        phase: Phase,
    },
    /// The click fell on a button that could not be seen.
    Obscured,
    /// The host turned a request down.
    Refused(Box<Refusal>),
    /// The page is not as its site's profile says, for this reason.
    Drifted(Box<UiMessage>),
}

/// The bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it says.
    pub say: BarText,
    /// What the reply that it speaks of was taken with.
    pub although: Vec<Oddity>,
    /// What its colour means.
    pub tone: Tone,
    /// Its buttons, the fitting one first; none where no click would do something.
    pub buttons: Vec<Button>,
}

/// A button of the bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub act: Act,
    /// What it says.
    pub say: UiMessage,
}

/// What a click in the bar does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Puts the prompt of the current phase into the composer; `Some` asks only for the rest of an incomplete reply.
    Insert(Option<Repair>),
    /// Takes the incomplete reply as it is.
    Accept,
    /// Says how the session went, from 1 (badly) to 5 (well).
    Rate(u8),
    /// Puts the prompt of the current phase into the clipboard.
    Copy,
    /// Opens the box that an answer can be pasted into.
    Paste,
    /// Takes the text that is selected in the page for the answer.
    Selection,
}

/// The most buttons that a bar has.
pub const BUTTONS_MAX: usize = 7;

/// Words of the catalogue, or of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BarText {
    /// Of the catalogue.
    Words(UiMessage),
    /// As the host worded it.
    Text(String),
}

/// The bar for a session, at this time in milliseconds since 1970.
#[must_use]
pub fn bar(view: &View, live: &PageStatus, now_ms: i64) -> Bar {
    let (say, tone) = words(view, live, now_ms);
    let of = match live {
        PageStatus::Stored { phase } => view.phases.iter().find(|row| row.phase == *phase),
        _ => None,
    };
    let although = of.map_or(&[][..], PhaseView::although).to_vec();
    Bar { say, although, tone, buttons: buttons(view, live) }
}

fn words(view: &View, live: &PageStatus, now_ms: i64) -> (BarText, Tone) {
    let (say, tone) = match live {
        PageStatus::Quiet | PageStatus::Withdrawn { .. } if view.limit.is_some() => {
            let resets_ms = view.limit.and_then(|limit| limit.resets_ms);
            (limit(resets_ms.map(|ms| ms - now_ms)), Tone::Attention)
        }
        // In a page a prompt that waits is one to be put in: the terminal's words would say that it stands there already.
        PageStatus::Quiet => match (view.next.step, view.current) {
            (NextStep::Send, Some(phase)) => (UiMessage::new("next_place", [view.title(phase)]), view.badge.tone),
            _ => (view.next.say.clone(), view.badge.tone),
        },
        PageStatus::Streaming { phase, sections } => {
            let of = view.phases.iter().find(|row| row.phase == *phase).map_or(0, |row| row.sections_of).to_string();
            (UiMessage::new("bar_streaming", [view.title(*phase), sections.to_string(), of]), Tone::Working)
        }
        PageStatus::Recording { phase } => (UiMessage::new("bar_recording", [view.title(*phase)]), Tone::Working),
        PageStatus::Stored { phase } => stored(view, *phase),
        PageStatus::Queued { filling } => {
            (UiMessage::new(if *filling { "bar_outbox_filling" } else { "bar_outbox" }, []), Tone::Attention)
        }
        PageStatus::HostMissing => (UiMessage::new("bar_host_missing", []), Tone::Attention),
        PageStatus::Placed { phase } => (UiMessage::new("bar_placed", [view.title(*phase)]), Tone::Ready),
        PageStatus::Sent { phase } => (UiMessage::new("bar_sent", [view.title(*phase)]), Tone::Working),
        PageStatus::Draft => (UiMessage::new("bar_draft", []), Tone::Attention),
        PageStatus::InsertFailed => (UiMessage::new("bar_unplaced", []), Tone::Attention),
        PageStatus::Attached => (UiMessage::new("bar_attached", []), Tone::Attention),
        PageStatus::OffContract { phase } => (UiMessage::new("bar_beside", [view.title(*phase)]), Tone::Attention),
        PageStatus::Artifact { phase } => (UiMessage::new("bar_artifact", [view.title(*phase)]), Tone::Attention),
        PageStatus::Unread { phase } => (UiMessage::new("bar_unread", [view.title(*phase)]), Tone::Attention),
        PageStatus::Astray { phase } => (UiMessage::new("bar_astray", [view.title(*phase)]), Tone::Attention),
        PageStatus::Copied { phase } => (UiMessage::new("bar_copied", [view.title(*phase)]), Tone::Ready),
        PageStatus::Uncopied => (UiMessage::new("bar_uncopied", []), Tone::Attention),
        PageStatus::Unselected => (UiMessage::new("bar_unselected", []), Tone::Attention),
        PageStatus::Withdrawn { phase } => (UiMessage::new("bar_withdrawn", [view.title(*phase)]), Tone::Attention),
        PageStatus::Approval { phase } => (UiMessage::new("bar_approval", [view.title(*phase)]), Tone::Attention),
        PageStatus::Obscured => (UiMessage::new("bar_obscured", []), Tone::Attention),
        PageStatus::Drifted(why) => (UiMessage::new("bar_drifted", [["@", &why.key].concat()]), Tone::Attention),
        PageStatus::Refused(refusal) => {
            return (BarText::Text([&refusal.message, " ", &refusal.hint].concat()), Tone::Attention);
        }
    };
    (BarText::Words(say), tone)
}

/// How long a limit still holds, rounded up to minutes.
fn limit(left_ms: Option<i64>) -> UiMessage {
    match left_ms {
        None => UiMessage::new("bar_limit_open", []),
        Some(..=0) => UiMessage::new("bar_limit_over", []),
        Some(ms) => {
            let minutes = (ms + 59_999) / 60_000;
            UiMessage::new("bar_limit", [(minutes / 60).to_string(), (minutes % 60).to_string()])
        }
    }
}

/// What the log says of a reply, in the words and numbers of every other surface.
fn stored(view: &View, phase: Phase) -> (UiMessage, Tone) {
    let Some(row) = view.phases.iter().find(|row| row.phase == phase) else {
        return (view.next.say.clone(), view.badge.tone);
    };
    let (name, whole, of) = (view.title(phase), row.sections_ok.to_string(), row.sections_of.to_string());
    let (lines, phases) = (row.lines.to_string(), view.phases.len().to_string());
    match (row.problem, view.next.step) {
        _ if row.accepted => (UiMessage::new("bar_accepted", [name, whole, of, lines]), view.badge.tone),
        (Some(Problem::Cut), _) => (UiMessage::new("bar_cut", [name, whole, of]), Tone::Attention),
        (Some(_), _) => (UiMessage::new("bar_lacking", [name, whole, of]), Tone::Attention),
        (None, NextStep::Done) => (UiMessage::new("bar_finished", [name, whole, of, lines, phases]), view.badge.tone),
        (None, _) => (UiMessage::new("bar_stored", [name, whole, of, lines]), view.badge.tone),
    }
}

fn buttons(view: &View, live: &PageStatus) -> Vec<Button> {
    let Some(phase) = view.current else {
        let asks = view.standing == SessionStatus::Complete && view.rating.is_none();
        let rate =
            |stars: u8| Button { act: Act::Rate(stars), say: UiMessage::new("button_rate", [stars.to_string()]) };
        return if asks { (1..=5).map(rate).collect() } else { Vec::new() };
    };
    let button = |act, key: &str| Button { act, say: UiMessage::new(key, [view.title(phase)]) };
    // While something is under way a click would come too early; once the prompt stands there, the next step is the developer's key.
    if matches!(
        live,
        PageStatus::Streaming { .. }
            | PageStatus::Recording { .. }
            | PageStatus::Placed { .. }
            | PageStatus::Sent { .. }
            | PageStatus::Queued { .. }
    ) {
        return Vec::new();
    }
    let mut buttons = match view.next.step {
        NextStep::Insert | NextStep::Send => vec![button(Act::Insert(None), "button_place")],
        NextStep::Again => {
            let repair = |repair: &Repair| match repair {
                Repair::Continue => button(Act::Insert(Some(*repair)), "button_continue"),
                Repair::Sections => button(Act::Insert(Some(*repair)), "button_sections"),
            };
            let mut buttons: Vec<_> = view.next.repairs.iter().map(repair).collect();
            buttons.push(button(Act::Insert(None), "button_again"));
            buttons.push(button(Act::Accept, "button_accept"));
            buttons
        }
        // The prompt is on its way; only where it is known to have gone astray may it be put in once more.
        NextStep::Await if astray(view, live) => vec![button(Act::Insert(None), "button_place_again")],
        NextStep::Await | NextStep::Done => Vec::new(),
    };
    if by_hand(live) {
        // What is to be asked again has a prompt of its own, which is a choice that the buttons before these offer.
        let copy = (view.next.step != NextStep::Again).then_some((Act::Copy, "button_copy"));
        let rest = [(Act::Paste, "button_paste"), (Act::Selection, "button_selection")];
        buttons.extend(copy.into_iter().chain(rest).map(|(act, key)| button(act, key)));
    }
    buttons
}

/// Whether the page did not play along, so that a person may have to carry prompt and answer.
const fn by_hand(live: &PageStatus) -> bool {
    matches!(
        live,
        PageStatus::Drifted(_)
            | PageStatus::InsertFailed
            | PageStatus::Attached
            | PageStatus::OffContract { .. }
            | PageStatus::Artifact { .. }
            | PageStatus::Unread { .. }
            | PageStatus::Astray { .. }
            | PageStatus::Copied { .. }
            | PageStatus::Uncopied
            | PageStatus::Unselected
            | PageStatus::Refused(_)
    )
}

const fn astray(view: &View, live: &PageStatus) -> bool {
    matches!(
        live,
        PageStatus::OffContract { .. }
            | PageStatus::Artifact { .. }
            | PageStatus::Unread { .. }
            | PageStatus::Astray { .. }
            | PageStatus::Withdrawn { .. }
            | PageStatus::Draft
            | PageStatus::InsertFailed
            | PageStatus::Attached
    ) || (view.limit.is_some() && matches!(live, PageStatus::Quiet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Limit, Recorded, fold};
    use crate::machine;
    use crate::session::SessionId;
    use crate::status::view;
    use crate::workflow;

    fn begun(events: Vec<Event>) -> View {
        let id = SessionId::parse("20261122_141129_1a2b3c4d").unwrap();
        let start = machine::start("Dark mode", None, workflow::classic("feature").unwrap(), None).unwrap();
        let events = std::iter::once(start).chain(events);
        let log: Vec<_> = (1..).zip(events).map(|(seq, event)| Recorded { seq, at_ms: seq, event }).collect();
        view(&fold(&id, &log).unwrap())
    }

    fn shown(view: &View, live: &PageStatus) -> (String, Vec<String>) {
        let bar = bar(view, live, 1_000);
        let say = match bar.say {
            BarText::Words(say) => say.english(),
            BarText::Text(text) => text,
        };
        let buttons: Vec<_> = bar.buttons.iter().map(|button| button.say.english()).collect();
        assert!(buttons.len() <= BUTTONS_MAX);
        (say, buttons)
    }

    #[test]
    fn a_session_that_is_complete_can_be_rated_once() {
        let mut view = begun(Phase::FULL.map(|phase| Event::PhaseSkipped { phase }).into());
        let stars = |view: &View| shown(view, &PageStatus::Quiet).1;
        assert_eq!(stars(&view), [""; 0], "it is not complete");
        view.current = None;
        view.standing = SessionStatus::Complete;
        assert_eq!(stars(&view), ["1 of 5 stars", "2 of 5 stars", "3 of 5 stars", "4 of 5 stars", "5 of 5 stars"]);
        view.rating = Some(4);
        assert_eq!(stars(&view), [""; 0]);
    }

    #[test]
    fn the_bar_says_where_it_is_and_offers_the_one_next_step() {
        let fresh = begun(vec![]);
        let rendered = Event::PromptRendered {
            phase: Phase::PLANNING,
            nonce: "n".into(),
            text: "t".into(),
            bytes: 1,
            part: None,
            template: None,
        };
        let sent = Event::PromptSent { phase: Phase::PLANNING, nonce: "n".into(), sent_ms: 3 };
        let awaiting = begun(vec![rendered.clone(), sent]);
        let put = ["Put the Planning prompt in"].as_slice();
        let none = [].as_slice();
        let by_hand =
            ["Put the Planning prompt in", "Copy the Planning prompt", "Paste a reply", "Take the selected text"]
                .as_slice();
        let again_by_hand =
            ["Put the Planning prompt in again", "Copy the Planning prompt", "Paste a reply", "Take the selected text"]
                .as_slice();
        let mut limited = awaiting.clone();
        limited.limit = Some(Limit { resets_ms: Some(1_000 + 61 * 60_000) });
        for (view, live, says, button) in [
            (&fresh, PageStatus::Quiet, "Planning: put the prompt into the composer.", put),
            (&begun(vec![rendered]), PageStatus::Quiet, "Planning: put the prompt into the composer.", put),
            (
                &fresh,
                PageStatus::Draft,
                "Your own text is in the composer. Click again to replace it with the prompt.",
                put,
            ),
            (
                &fresh,
                PageStatus::Placed { phase: Phase::PLANNING },
                "Planning: the prompt is in the composer. Press Enter to send it.",
                none,
            ),
            (
                &fresh,
                PageStatus::Drifted(Box::new(UiMessage::new("drift_composer", []))),
                "This page is not as expected: the composer was not found. Look at what is stored; a reply that is not noticed can be pasted here.",
                by_hand,
            ),
            (
                &fresh,
                PageStatus::InsertFailed,
                "The composer did not take the prompt. Reload the page and click again, or copy the prompt and paste it there yourself.",
                by_hand,
            ),
            (
                &awaiting,
                PageStatus::Copied { phase: Phase::PLANNING },
                "Planning: the prompt is in the clipboard. Paste it into the composer and send it.",
                ["Copy the Planning prompt", "Paste a reply", "Take the selected text"].as_slice(),
            ),
            (
                &awaiting,
                PageStatus::Unread { phase: Phase::PLANNING },
                "Planning: the text of this reply cannot be read in this page, so nothing of it was stored. Press the reply’s own copy button and paste it here, or select its text.",
                again_by_hand,
            ),
            (
                &awaiting,
                PageStatus::Astray { phase: Phase::PLANNING },
                "Planning: the reply came to its end, but this page’s code is not where it was expected, so nothing of it was stored. Press the reply’s own copy button and paste it here, or select its text.",
                again_by_hand,
            ),
            (&begun(vec![]), PageStatus::Sent { phase: Phase::PLANNING }, "Planning: the prompt was sent.", none),
            (&awaiting, PageStatus::Quiet, "Planning: waiting for the reply.", none),
            (
                &awaiting,
                PageStatus::Queued { filling: true },
                "The host does not answer, and this browser has room for only a few more replies. This one is kept. Run prompt-runner doctor now: what finds no room is not kept.",
                none,
            ),
            (
                &awaiting,
                PageStatus::Streaming { phase: Phase::PLANNING, sections: 2 },
                "Planning: the reply is coming in, 2 of 3 sections so far.",
                none,
            ),
            (
                &limited,
                PageStatus::Quiet,
                "The usage limit of this site is reached. It says it ends in 1 h 1 min; then put the prompt in again.",
                ["Put the Planning prompt in again"].as_slice(),
            ),
        ] {
            let buttons = button.iter().map(ToString::to_string).collect();
            assert_eq!(shown(view, &live), (says.to_owned(), buttons), "{live:?}");
        }
    }
}
