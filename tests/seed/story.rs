//! One session from its start to whatever end it takes, as events in the order in which a program would have written them.

use super::dice::Dice;
use super::world::{GIVERS, Giver, PROJECTS, Project, Texts, USERS, WORDS, branch, feature, measure};
use prompt_runner_core::event::{
    Complexity, Estimated, Event, Language, Moment, Origin, Part, Repair, Source, Timing, Usage,
};
use prompt_runner_core::name::Name;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::refusal::Code;
use prompt_runner_core::reply::{Problem, SectionMark, SectionState, Trailer};
use prompt_runner_core::workflow;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// How a phase went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    GivenUp,
}

/// An incomplete reply, and where it is kept.
struct Incomplete {
    capture: String,
    text: String,
    problem: Problem,
}

/// A session as it is told.
pub(crate) struct Story<'a> {
    dice: &'a mut Dice,
    texts: &'a [Texts],
    now: i64,
    giver: Giver,
    project: Option<Project>,
    /// Index of the template that this developer uses.
    template: usize,
    conversation: Option<String>,
    events: Vec<(i64, Event)>,
}

impl<'a> Story<'a> {
    /// What happened in a session that starts now.
    pub(crate) fn tell(dice: &'a mut Dice, texts: &'a [Texts], now: i64) -> Vec<(i64, Event)> {
        let giver = dice.weighted(GIVERS);
        let project = (!dice.percent(4)).then(|| dice.weighted(PROJECTS));
        let template = usize::from(dice.percent(15));
        let mut story = Self { dice, texts, now, giver, project, template, conversation: None, events: Vec::new() };
        story.play();
        story.events
    }

    fn play(&mut self) {
        let workflow = workflow::classic(self.dice.weighted(&[(70, "feature"), (30, "full")])).unwrap();
        let phases: Vec<Phase> = workflow.phases.iter().map(|phase| phase.name).collect();
        let feature = feature(self.dice);
        let branch = branch(&feature, self.dice);
        let user = self.dice.weighted(USERS);
        self.note(Event::SessionStarted {
            feature,
            project: self.project.map(|project| project.path.to_owned()),
            workflow: workflow.name,
            phases: phases.clone(),
            outlines: Vec::new(),
            definition: None,
        });
        self.work_seen(Moment::Begin, &branch, user);
        if self.run(&phases) == Outcome::GivenUp {
            // Half of what is left lying is given up in words as well.
            if self.dice.percent(50) {
                self.pause(20 * HOUR, 80);
                self.note(Event::SessionAbandoned {});
                self.work_seen(Moment::End, &branch, user);
            }
            return;
        }
        if self.dice.percent(5) {
            self.pause(3 * HOUR, 80);
            let from = workflow.phases.len() - 1;
            self.note(Event::PhaseReopened { phase: phases[from] });
            if self.run(&phases[from..]) == Outcome::GivenUp {
                return;
            }
        }
        self.work_seen(Moment::End, &branch, user);
        self.code_measured();
        if self.dice.percent(45) {
            self.pause(3 * MINUTE, 90);
            let rating = self.dice.weighted(&[(4, 1), (9, 2), (22, 3), (40, 4), (25, 5)]);
            let word = self.dice.percent(35).then(|| self.dice.one_of(WORDS).to_owned());
            let minutes = self.dice.percent(60).then(|| self.dice.spread(50, 70));
            let saved_minutes = minutes.map(|minutes| u32::try_from(minutes / 5 * 5 + 5).unwrap());
            self.note(Event::Rated { rating, word, saved_minutes });
        }
    }

    /// Takes these phases one after the other; after the last the session is complete.
    fn run(&mut self, phases: &[Phase]) -> Outcome {
        for &phase in phases {
            if self.dice.percent(3) {
                return Outcome::GivenUp;
            }
            if matches!(phase, Phase::TESTING | Phase::CLEANING) && self.dice.percent(12) {
                self.pause(30 * SECOND, 60);
                self.note(Event::PhaseSkipped { phase });
            } else if self.ask(phase) == Outcome::GivenUp {
                return Outcome::GivenUp;
            }
            if self.dice.percent(7) {
                // Until tomorrow.
                self.pause(15 * HOUR, 15);
            }
        }
        self.note(Event::SessionCompleted {});
        Outcome::Done
    }

    /// Asks for a phase until it has a reply that will do, or somebody has had enough.
    fn ask(&mut self, phase: Phase) -> Outcome {
        let mut part = None;
        loop {
            self.pause(90 * SECOND, 100);
            let nonce = self.prompt(phase, part.clone());
            if self.dice.percent(1) {
                return Outcome::GivenUp;
            }
            let Some(incomplete) = self.reply(phase, &nonce, part.is_some()) else {
                return Outcome::Done;
            };
            self.pause(40 * SECOND, 80);
            part = None;
            match self.dice.roll(100) {
                0..45 => {
                    let repair = if incomplete.problem == Problem::Cut { Repair::Continue } else { Repair::Sections };
                    part = Some(Part { repair, text: incomplete.text });
                }
                45..80 => {}
                80..92 => {
                    self.note(Event::ReplyAccepted { phase, capture: incomplete.capture });
                    return Outcome::Done;
                }
                _ => return Outcome::GivenUp,
            }
        }
    }

    /// Renders and sends the prompt, as often as the provider needs; its nonce.
    fn prompt(&mut self, phase: Phase, part: Option<Part>) -> String {
        let nonce = self.dice.hex(16);
        let texts = &self.texts[Phase::FULL.iter().position(|its| *its == phase).unwrap()];
        let text = texts.prompts[usize::try_from(self.dice.roll(8)).unwrap()].hash.clone();
        let template = Some(texts.templates[self.template].hash.clone());
        let bytes = self.dice.spread(measure(phase).1, 25);
        self.note(Event::PromptRendered { phase, nonce: nonce.clone(), text, bytes, part, template });
        if let Some(site) = self.giver.site {
            self.pause(SECOND, 50);
            self.note(Event::PromptPlaced { phase, nonce: nonce.clone() });
            self.pause(6 * SECOND, 90);
            if self.conversation.is_none() {
                let conversation = format!("{site}/{}-{}-4{}", self.dice.hex(8), self.dice.hex(4), self.dice.hex(3));
                self.conversation = Some(conversation.clone());
                self.note(Event::ConversationBound { conversation });
            }
        }
        while self.giver.source != Source::File {
            self.note(Event::PromptSent { phase, nonce: nonce.clone(), sent_ms: self.now });
            if self.giver.site.is_some() || !self.dice.percent(6) {
                break;
            }
            self.pause(20 * SECOND, 80);
            let error = self.dice.weighted(&[
                (50, Code::ProviderBusy),
                (25, Code::ProviderTimedOut),
                (15, Code::ProviderUnreachable),
                (10, Code::ProviderBroken),
            ]);
            self.note(Event::AskFailed { phase, nonce: nonce.clone(), error });
            self.pause(2 * MINUTE, 80);
        }
        if self.giver.site.is_some() && self.dice.percent(2) {
            self.pause(5 * SECOND, 50);
            let resets_ms = self.dice.percent(80).then(|| self.now + 4 * 3_600_000);
            self.note(Event::LimitReached { resets_ms });
            self.pause(4 * HOUR, 10);
        }
        nonce
    }

    /// A reply comes; what is wrong with it.
    fn reply(&mut self, phase: Phase, nonce: &str, repaired: bool) -> Option<Incomplete> {
        let (median_ms, _, median_bytes) = measure(phase);
        let (sent, took) = (self.now, self.dice.spread(median_ms, 50));
        let first = sent + i64::try_from(self.dice.spread(1_400, 50).min(took)).unwrap();
        self.now += i64::try_from(took).unwrap();
        let last = self.now;
        let seen = self.giver.source != Source::File;
        let timing = Timing {
            sent_ms: seen.then_some(sent),
            first_token_ms: seen.then_some(first),
            last_token_ms: seen.then_some(last),
            span_ms: (seen && !self.dice.percent(8)).then_some(took),
        };
        self.pause(60, 50);
        let fails = if self.giver.site.is_some() { 11 } else { 6 } + if phase == Phase::IMPLEMENTATION { 6 } else { 0 };
        let fails = if self.giver.source == Source::File { 0 } else { fails };
        let problem = self.dice.percent(fails).then(|| {
            self.dice.weighted(&[(60, Problem::Cut), (32, Problem::SectionMissing), (8, Problem::SectionDuplicate)])
        });
        let bytes = self.dice.spread(median_bytes, 40) / if problem == Some(Problem::Cut) { 2 } else { 1 } + 400;
        let texts = &self.texts[Phase::FULL.iter().position(|its| *its == phase).unwrap()];
        let text = texts.replies[usize::try_from(self.dice.roll(8)).unwrap()].hash.clone();
        let piece = repaired.then(|| texts.replies[usize::try_from(self.dice.roll(8)).unwrap()].hash.clone());
        let capture = self.dice.hex(16);
        let tokens = bytes * 2 / 7;
        let usage = (self.giver.source == Source::Api).then(|| Usage {
            input_tokens: self.dice.spread(measure(phase).1 / 4, 25),
            output_tokens: tokens + self.dice.roll(tokens / 8 + 1),
            cache_read_tokens: if self.dice.percent(30) { self.dice.spread(1_800, 30) } else { 0 },
            cache_write_tokens: 0,
        });
        let by = self.giver.provider.map(|provider| Origin {
            provider: provider.to_owned(),
            model: self.giver.model.map(str::to_owned),
            usage,
        });
        let estimate = (phase == Phase::PLANNING && problem.is_none()).then(|| {
            let hours = 1 + u32::try_from(self.dice.roll(12)).unwrap();
            let complexity = Some(self.dice.one_of(&[Complexity::Low, Complexity::Medium, Complexity::High]));
            Estimated { complexity, low_minutes: hours * 60, high_minutes: hours * 90 }
        });
        self.note(Event::ReplyCaptured {
            phase,
            nonce: nonce.to_owned(),
            capture: capture.clone(),
            text: text.clone(),
            bytes,
            lines: bytes / 32 + 1,
            tokens_estimated: tokens,
            source: self.giver.source,
            sections: sections(phase, problem, bytes),
            trailer: if problem == Some(Problem::Cut) { Trailer::Absent } else { Trailer::Proven },
            problem,
            timing,
            piece,
            by,
            estimate,
            oddities: Vec::new(),
        });
        problem.map(|problem| Incomplete { capture, text, problem })
    }

    fn work_seen(&mut self, moment: Moment, branch: &str, user: &str) {
        if self.project.is_some_and(|project| project.in_git) {
            let (branch, commit) = (Some(branch.to_owned()), Some(self.dice.hex(40)));
            self.note(Event::WorkSeen { moment, branch, commit, user: Some(user.to_owned()) });
        }
    }

    fn code_measured(&mut self) {
        let Some(project) = self.project.filter(|project| project.in_git) else { return };
        let mut languages = Vec::new();
        for (at, name) in project.languages.iter().enumerate() {
            let files = u32::try_from(self.dice.spread(5, 60) >> at).unwrap();
            if files > 0 {
                languages.push(Language { name: (*name).to_owned(), files });
            }
        }
        languages.sort_by(|one, other| other.files.cmp(&one.files).then(one.name.cmp(&other.name)));
        let files = languages.iter().map(|language| language.files).sum();
        let (added, removed) = (self.dice.spread(260, 80), self.dice.spread(70, 100));
        let tests = u32::try_from(self.dice.roll(u64::from(files) / 2 + 1)).unwrap();
        self.note(Event::CodeMeasured { files, added, removed, tests, languages });
    }

    fn pause(&mut self, median_ms: u64, width: u64) {
        self.now += i64::try_from(self.dice.spread(median_ms, width)).unwrap();
    }

    fn note(&mut self, event: Event) {
        self.events.push((self.now, event));
    }
}

/// What a reader would have found in a reply with this problem.
fn sections(phase: Phase, problem: Option<Problem>, bytes: u64) -> Vec<SectionMark> {
    let names = workflow::known(phase).names();
    let lines = u32::try_from(bytes / 32).unwrap() / u32::try_from(names.len()).unwrap() + 1;
    let state = |at: usize| match problem {
        Some(Problem::Cut) if at + 1 == names.len() => SectionState::Cut,
        Some(Problem::SectionMissing) if at == 0 => SectionState::Missing,
        Some(Problem::SectionDuplicate) if at == 0 => SectionState::Duplicate,
        _ => SectionState::Ok,
    };
    let mark = |(at, name): (usize, &Name)| {
        let lines = if state(at) == SectionState::Missing { 0 } else { lines };
        SectionMark { name: (*name).into(), state: state(at), lines }
    };
    names.iter().enumerate().map(mark).collect()
}
