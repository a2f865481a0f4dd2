//! A session drawn over time: whose time each stretch was, judged from its events. As `orchestration_metrics` does it, the newest reply to
//! a prompt holds, and where clocks contradict each other there is no stretch.

use crate::event::{Event, Recorded, Source};
use crate::phase::Phase;
use crate::stats::{Mark, Span, Who};

/// Who worked when, oldest first.
#[must_use]
pub fn spans(events: &[Recorded]) -> Vec<Span> {
    let mut drawing = Drawing::default();
    for Recorded { at_ms, event, .. } in events {
        match event {
            Event::PromptRendered { phase, .. } => drawing.prompted(*phase, *at_ms),
            Event::PromptSent { sent_ms, phase, .. } => drawing.sent(*phase, Some(*sent_ms)),
            // Whatever went out, nobody answered.
            Event::AskFailed { phase, .. } => drawing.sent(*phase, None),
            Event::ReplyCaptured { phase, timing, source, .. } => {
                let sent = timing.sent_ms.or(drawing.sent_ms);
                drawing.sent(*phase, sent);
                let measured = timing.span_ms.and_then(|ms| i64::try_from(ms).ok());
                let ended = sent.zip(measured).map(|(sent, ms)| sent + ms).or(timing.last_token_ms);
                drawing.stretch(*phase, Who::Model, sent, ended);
                // What was brought over has the times of files, between which nobody knows who rested.
                let rested_ms = timing.last_token_ms.unwrap_or(*at_ms);
                drawing.rested_ms = (*source != Source::Legacy).then_some(rested_ms);
            }
            _ => {}
        }
    }
    drawing.spans
}

/// What is drawn, and what is known of the newest prompt.
#[derive(Default)]
struct Drawing {
    spans: Vec<Span>,
    /// The stretches before the newest prompt's.
    settled: usize,
    prompted_ms: Option<i64>,
    sent_ms: Option<i64>,
    /// The last word of the newest reply.
    rested_ms: Option<i64>,
}

impl Drawing {
    fn prompted(&mut self, phase: Phase, at_ms: i64) {
        let rested_ms = self.rested_ms.take();
        self.stretch(phase, Who::Idle, rested_ms, Some(at_ms));
        (self.settled, self.prompted_ms, self.sent_ms) = (self.spans.len(), Some(at_ms), None);
    }

    /// Draws the newest prompt anew from here.
    fn sent(&mut self, phase: Phase, sent_ms: Option<i64>) {
        self.spans.truncate(self.settled);
        self.sent_ms = sent_ms;
        self.stretch(phase, Who::Human, self.prompted_ms, sent_ms);
    }

    fn stretch(&mut self, phase: Phase, who: Who, from_ms: Option<i64>, to_ms: Option<i64>) {
        if let (Some(from_ms), Some(to_ms)) = (from_ms, to_ms)
            && from_ms < to_ms
        {
            self.spans.push(Span { phase, who, from_ms, to_ms });
        }
    }
}

/// Every event as a mark.
#[must_use]
pub fn marks(events: &[Recorded]) -> Vec<Mark> {
    let mark = |recorded: &Recorded| {
        let data = serde_json::to_value(&recorded.event).unwrap_or_default();
        let word = |name: &str| data.get(name).and_then(|value| value.as_str());
        Mark {
            seq: recorded.seq,
            at_ms: recorded.at_ms,
            kind: word("kind").unwrap_or_default().to_owned(),
            phase: word("phase").and_then(Phase::from_name),
            oddities: match &recorded.event {
                Event::ReplyCaptured { oddities, .. } => oddities.clone(),
                _ => Vec::new(),
            },
        }
    };
    events.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Timing;
    use crate::reply::{Oddity, Trailer};

    fn recorded(at_ms: i64, event: Event) -> Recorded {
        Recorded { seq: at_ms, at_ms, event }
    }

    fn prompt(at_ms: i64, phase: Phase) -> Recorded {
        let (nonce, text) = ("n".to_owned(), "t".to_owned());
        recorded(at_ms, Event::PromptRendered { phase, nonce, text, bytes: 1, part: None, template: None })
    }

    fn reply(at_ms: i64, phase: Phase, timing: Timing) -> Recorded {
        recorded(
            at_ms,
            Event::ReplyCaptured {
                phase,
                nonce: "n".to_owned(),
                capture: at_ms.to_string(),
                text: String::new(),
                bytes: 0,
                lines: 0,
                tokens_estimated: 0,
                source: Source::Page,
                sections: Vec::new(),
                trailer: Trailer::Proven,
                problem: None,
                timing,
                piece: None,
                by: None,
                estimate: None,
                oddities: vec![Oddity::Order],
            },
        )
    }

    fn drawn(events: &[Recorded]) -> Vec<(Phase, Who, i64, i64)> {
        spans(events).into_iter().map(|span| (span.phase, span.who, span.from_ms, span.to_ms)).collect()
    }

    #[test]
    fn each_stretch_has_whose_time_it_was() {
        let (planning, analysis) = (Phase::PLANNING, Phase::ANALYSIS);
        let events = [
            prompt(100, planning),
            recorded(160, Event::PromptSent { phase: planning, nonce: "n".to_owned(), sent_ms: 150 }),
            reply(400, planning, Timing { last_token_ms: Some(390), ..Timing::default() }),
            prompt(1_000, analysis),
            // The page's clock jumped back: nobody knows whose time it was until the monotonic one says something.
            reply(1_500, analysis, Timing { sent_ms: Some(900), span_ms: Some(300), ..Timing::default() }),
        ];
        let first = [(planning, Who::Human, 100, 150), (planning, Who::Model, 150, 390)];
        let second = [(analysis, Who::Idle, 390, 1_000), (analysis, Who::Model, 900, 1_200)];
        assert_eq!(drawn(&events), [first, second].concat());
        assert_eq!(marks(&events)[1].kind, "prompt_sent");
        assert_eq!(marks(&events)[4].phase, Some(analysis));
        assert_eq!(
            (marks(&events)[4].oddities.as_slice(), marks(&events)[3].oddities.as_slice()),
            (&[Oddity::Order][..], &[][..])
        );
    }

    #[test]
    fn of_two_replies_to_a_prompt_the_newer_one_is_drawn() {
        let planning = Phase::PLANNING;
        let at = |sent, last| Timing { sent_ms: Some(sent), last_token_ms: Some(last), ..Timing::default() };
        let events = [prompt(100, planning), reply(300, planning, at(120, 290)), reply(500, planning, at(120, 480))];
        assert_eq!(drawn(&events), [(planning, Who::Human, 100, 120), (planning, Who::Model, 120, 480)]);
    }

    #[test]
    fn what_nobody_answered_is_nobodys_time() {
        let planning = Phase::PLANNING;
        let sent = Event::PromptSent { phase: planning, nonce: "n".to_owned(), sent_ms: 150 };
        let failed =
            Event::AskFailed { phase: planning, nonce: "n".to_owned(), error: crate::refusal::Code::ProviderTimedOut };
        assert_eq!(drawn(&[prompt(100, planning), recorded(160, sent), recorded(200, failed)]), []);
    }
}
