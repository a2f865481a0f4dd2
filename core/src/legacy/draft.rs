//! A plan in the making: events out of files, with the times that they had. The predecessor's prompts asked for no proof, so no
//! answer is proven: each is kept as what it reads like, and accepted, because the developer had gone on with it.

use super::inside;
use super::plan::{Kept, Plan};
use super::record::Record;
use super::section::{self, Composed, LegacySection};
use super::status::Status;
use super::text::Text;
use super::{Environment, id};
use crate::estimate::estimate;
use crate::event::{Estimated, Event, Source, Timing, is_time};
use crate::machine::FEATURE_MAX;
use crate::phase::Phase;
use crate::reply::{self, Expect};
use crate::{insight, workflow};

/// So far a file's time may lie outside of its session's before that is odd, in milliseconds: stamps were rounded.
const SLACK: i64 = 60_000;
const DAY: i64 = 86_400_000;

pub(super) struct Draft<'a> {
    environment: &'a Environment<'a>,
    record: Record,
    /// Those that nothing was made of yet.
    files: Vec<Text>,
    plan: Plan,
    began_ms: i64,
    /// When the session was completed, if it says so.
    ended_ms: Option<i64>,
    /// The time of the next event: the last that is known.
    at_ms: i64,
    /// A file's time lies outside of the session's.
    strayed: bool,
    /// The phases of which no prompt was kept.
    unkept: Vec<Phase>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(mut record: Record, files: Vec<Text>, environment: &'a Environment<'a>) -> Self {
        let mut notes = std::mem::take(&mut record.notes);
        let mut files = files;
        inside::take(&record, &mut files, &mut notes);
        for file in &files {
            notes.extend(file.encoding.map(|its| format!("“{}” is not UTF-8; it was read as {its}.", file.path)));
            notes.extend(file.body.trim().is_empty().then(|| format!("“{}” is empty.", file.path)));
        }
        let (old, id) = (record.id.clone(), record.session.clone());
        let plan = Plan { old, id, status: String::new(), events: Vec::new(), texts: Vec::new(), notes };
        Self {
            environment,
            record,
            files,
            plan,
            began_ms: 0,
            ended_ms: None,
            at_ms: 0,
            strayed: false,
            unkept: Vec::new(),
        }
    }

    fn note(&mut self, sentence: impl Into<String>) {
        self.plan.notes.push(sentence.into());
    }

    fn push(&mut self, event: Event) {
        self.plan.events.push((self.at_ms, event));
    }

    /// How far the session came.
    pub(super) fn status(&mut self) -> Status {
        let said = self.record.status.take();
        let known = said.as_deref().and_then(Status::named);
        let (word, by_files) = Status::of_files(|kind| self.files.iter().any(|file| file.kind == kind));
        match (&said, known) {
            (Some(_), Some(_)) => {}
            (Some(said), None) => {
                self.note(format!("“{said}” is no status of the predecessor; its files say “{word}”."))
            }
            (None, _) => self.note(format!("It has no status; its files say “{word}”.")),
        }
        self.plan.status = said.unwrap_or_else(|| word.to_owned());
        known.unwrap_or(by_files)
    }

    pub(super) fn start(&mut self, phases: Vec<Phase>) {
        self.times();
        self.forget_times_of_copies();
        self.at_ms = self.began_ms;
        let feature = self.feature();
        let project = self.environment.project.map(str::to_owned);
        self.push(Event::SessionStarted {
            feature,
            project,
            workflow: workflow::DEFAULT.to_owned(),
            phases,
            outlines: Vec::new(),
            definition: None,
        });
    }

    fn times(&mut self) {
        let moment = |stamp: &str| moment(stamp, self.environment.time).filter(|ms| is_time(*ms));
        let stamp = self.record.timestamp.as_deref();
        let said = stamp.and_then(moment);
        let by_id = id::stamp(&self.record.id).and_then(moment);
        let by_file = || self.files.iter().find_map(|file| file.modified_ms).filter(|ms| is_time(*ms));
        let completed = self.record.completed_at.as_deref();
        let ended = completed.and_then(moment);
        let source = match (said, by_id, by_file()) {
            (Some(ms), ..) => (ms, None),
            (_, Some(ms), _) => (ms, Some("that of its id")),
            (_, _, Some(ms)) => (ms, Some("that of its file")),
            _ => (self.environment.now_ms, Some("now, for nothing says it")),
        };
        self.began_ms = source.0;
        self.ended_ms = ended.filter(|ms| *ms >= self.began_ms);
        let mut notes = Vec::new();
        notes.extend(source.1.map(|its| match stamp {
            Some(stamp) => format!("When it began cannot be read in “{stamp}”; the time is {its}."),
            None => format!("It does not say when it began; the time is {its}."),
        }));
        if said.zip(by_id).is_some_and(|(said, by_id)| said.abs_diff(by_id) > DAY.unsigned_abs()) {
            notes.push("Its file and its id have it begin on different days; the time is that of its file.".to_owned());
        }
        notes.extend(completed.filter(|_| self.ended_ms.is_none()).map(|stamp| match ended {
            Some(_) => "It was completed before it began; when it was is not known.".to_owned(),
            None => format!("When it was completed cannot be read in “{stamp}”."),
        }));
        self.plan.notes.append(&mut notes);
    }

    /// A copy of a workspace, or a checkout, has files that were all written when it was made. That says nothing of the session.
    fn forget_times_of_copies(&mut self) {
        let written = || self.files.iter().filter_map(|file| file.modified_ms).filter(|ms| is_time(*ms));
        let (Some(first), Some(last)) = (written().min(), written().max()) else { return };
        if self.files.len() > 1 && last - first < SLACK && first - self.began_ms > DAY {
            self.files.iter_mut().for_each(|file| file.modified_ms = None);
            self.note(
                "All its files were written at once, days after it began, as copies are; their times are not used.",
            );
        }
    }

    fn feature(&mut self) -> String {
        let Some(feature) = self.record.feature.take() else {
            self.note("It does not say what the feature is; the words are those of its id.");
            let old = &self.plan.old;
            let slug = id::stamp(old).and_then(|stamp| old.strip_suffix(stamp)).unwrap_or(old).replace('_', " ");
            return if slug.trim().is_empty() { old.clone() } else { slug.trim().to_owned() };
        };
        if feature.chars().count() > FEATURE_MAX {
            self.note(format!(
                "Its feature has more than {FEATURE_MAX} characters; the rest stands only in its own file."
            ));
        }
        feature.chars().take(FEATURE_MAX).collect()
    }

    /// The next event happened when this file was written, as far as that can be: not before the session, and not after it.
    fn date(&mut self, modified_ms: Option<i64>) {
        if let Some(modified_ms) = modified_ms {
            let ended_ms = self.ended_ms.unwrap_or(self.environment.now_ms);
            self.at_ms = modified_ms.min(ended_ms).max(self.began_ms);
            self.strayed |= self.strays(Some(modified_ms));
        }
    }

    /// Whether a file's time lies outside of the session's.
    fn strays(&self, modified_ms: Option<i64>) -> bool {
        let within = (self.began_ms - SLACK)..=(self.ended_ms.unwrap_or(self.environment.now_ms) + SLACK);
        modified_ms.is_some_and(|ms| !within.contains(&ms))
    }

    fn file(&self, kind: &str) -> Option<&Text> {
        self.files.iter().find(|file| file.kind == kind)
    }

    fn take(&mut self, kind: &str) -> Option<Text> {
        let at = self.files.iter().position(|file| file.kind == kind)?;
        Some(self.files.remove(at))
    }

    /// Keeps a text under its hash.
    fn keep(&mut self, body: String, prompt: bool, files: Vec<String>) -> String {
        let hash = (self.environment.hash)(&body);
        match self.plan.texts.iter_mut().find(|kept| kept.hash == hash) {
            Some(kept) => kept.files.extend(files),
            None => self.plan.texts.push(Kept { hash: hash.clone(), body, prompt, files }),
        }
        hash
    }

    /// The prompt of a phase, and the kinds of the files in which its answer is, if it has one. Where the time of one of them is not
    /// known both have the other's, so that nobody takes what lies between for a duration.
    pub(super) fn prompt(&mut self, phase: Phase, kind: &str, answer: &[&str]) {
        let file = self.take(kind);
        if file.is_none() {
            self.unkept.push(phase);
        }
        let its = file.as_ref().and_then(|file| file.modified_ms);
        let answers = answer.iter().filter_map(|kind| self.file(kind)).filter(|file| !file.body.trim().is_empty());
        let answered = answers.filter_map(|file| file.modified_ms).max();
        let strays = self.strays(its) || self.strays(answered);
        self.date(its);
        if !answer.is_empty() && (its.is_none() || strays) {
            self.date(answered);
        }
        let (body, files) = file.map(|file| (file.body, vec![file.path])).unwrap_or_default();
        let bytes = body.len() as u64;
        let text = self.keep(body, true, files);
        self.push(Event::PromptRendered { phase, nonce: String::new(), text, bytes, part: None, template: None });
    }

    pub(super) fn answer(&mut self, phase: Phase, kinds: &[&str]) {
        let body = self.composed(kinds);
        let files: Vec<Text> = body.of.iter().filter_map(|kind| self.take(kind)).collect();
        self.date(files.iter().filter_map(|file| file.modified_ms).max());
        let body = body.text;
        let planned = (phase == Phase::PLANNING).then(|| self.estimated(&body)).flatten();
        if body.trim().is_empty() {
            self.note(format!("There is no answer to {}; the phase is done because the status says so.", phase.name()));
        }
        let expect = Expect::known(self.plan.id.clone(), phase, String::new());
        let verdict = reply::read_markdown(&body, &expect).verdict();
        let capture = format!("legacy-{}", phase.name());
        let (bytes, lines) = (body.len() as u64, body.lines().count() as u64);
        let tokens_estimated = insight::tokens(&body);
        let text = self.keep(body, false, files.into_iter().map(|file| file.path).collect());
        self.push(Event::ReplyCaptured {
            phase,
            nonce: String::new(),
            capture: capture.clone(),
            text,
            bytes,
            lines,
            tokens_estimated,
            source: Source::Legacy,
            sections: verdict.sections,
            trailer: verdict.trailer,
            problem: verdict.problem,
            timing: Timing::default(),
            piece: None,
            by: None,
            estimate: planned,
            // The predecessor asked for no such form.
            oddities: Vec::new(),
        });
        self.push(Event::ReplyAccepted { phase, capture });
    }

    /// What the planning answer estimates, or else the session's file.
    fn estimated(&mut self, answer: &str) -> Option<Estimated> {
        let expect = Expect::known(self.plan.id.clone(), Phase::PLANNING, String::new());
        let sections = reply::read_markdown(answer, &expect).sections;
        let notes = sections.into_iter().find(|its| its.name == "EXECUTION_NOTES").map(|notes| notes.text);
        let by_notes = notes.as_deref().and_then(estimate);
        let Some(said) = self.record.time_estimate.take() else {
            return by_notes;
        };
        let complexity = self.record.complexity.take().unwrap_or_default();
        let by_file = estimate(&format!("Estimated time: {said}\nComplexity: {complexity}"));
        let minutes = |its: Option<Estimated>| its.map(|its| (its.low_minutes, its.high_minutes));
        match (by_notes, by_file) {
            (Some(_), Some(_)) if minutes(by_notes) != minutes(by_file) => {
                self.note(format!(
                    "Its notes estimate another time than its file, which says “{said}”; that of the notes holds."
                ));
            }
            (None, None) => self.note(format!("Its estimate “{said}” cannot be read as a time.")),
            _ => {}
        }
        by_notes.or(by_file)
    }

    /// The answer that is in files of these kinds: in one as it is, in several as pieces.
    fn composed(&mut self, kinds: &[&str]) -> Composed {
        if let [kind] = kinds {
            let text = self.file(kind).map(|file| file.body.clone()).unwrap_or_default();
            return Composed { text, of: vec![(*kind).to_owned()], notes: Vec::new() };
        }
        let pieces = kinds.iter().filter_map(|kind| Some(LegacySection { kind, text: &self.file(kind)?.body }));
        let mut composed = section::compose(&pieces.collect::<Vec<_>>(), &self.plan.id);
        self.plan.notes.append(&mut composed.notes);
        composed
    }

    /// Names the files of these kinds, which belong to a step that the session did not reach.
    pub(super) fn beyond(&mut self, kinds: &[&str]) {
        for file in self.files.iter().filter(|file| kinds.contains(&file.kind.as_str())) {
            self.plan
                .notes
                .push(format!("“{}” is of a step that its status does not reach; it is kept beside.", file.path));
        }
    }

    pub(super) fn complete(&mut self) {
        if self.record.completed_at.is_none() {
            self.note("It does not say when it was completed.");
        }
        self.at_ms = self.ended_ms.unwrap_or(self.at_ms);
        self.push(Event::SessionCompleted {});
    }

    /// Keeps what is left beside the session, and says where it came from.
    pub(super) fn finish(mut self) -> Plan {
        for file in std::mem::take(&mut self.files) {
            self.date(file.modified_ms);
            let bytes = file.body.len() as u64;
            let text = self.keep(file.body, false, vec![file.path.clone()]);
            self.push(Event::AttachmentKept { name: file.path, text, bytes });
        }
        if !self.unkept.is_empty() {
            let phases = self.unkept.iter().map(Phase::name).collect::<Vec<_>>().join(", ");
            self.note(format!("No prompt was kept of: {phases}."));
        }
        if self.strayed {
            self.note("Files were written before it began or after it ended; their times were moved between.");
        }
        self.at_ms = self.environment.now_ms;
        let (id, status, notes) = (self.plan.old.clone(), self.plan.status.clone(), self.plan.notes.clone());
        self.push(Event::SessionImported { id, status, notes });
        self.plan
    }
}

/// A time in any of the ways that the predecessor and its users wrote it: as its ids do, in seconds or parts of them since 1970, or by ISO.
fn moment(stamp: &str, time: fn(&str) -> Option<i64>) -> Option<i64> {
    if let Some(iso) = id::compact(stamp) {
        return time(&iso);
    }
    let Ok(number) = stamp.parse::<f64>() else { return time(stamp) };
    // By its size: of whole seconds there will be twelve digits in 30,000 years.
    let ms = match number {
        1e8..1e11 => number * 1_000.0,
        1e11..1e14 => number,
        1e14..1e17 => number / 1_000.0,
        _ => return None,
    };
    Some(ms.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_time_is_read_in_every_way_that_it_was_written() {
        let time = |stamp: &str| (stamp == "2025-06-24T11:55:21").then_some(1_750_766_121_000);
        for stamp in [
            "2025-06-24T11:55:21",
            "20250624_115521",
            "20250624-115521",
            "20250624T115521",
            "20250624 115521",
            "20250624115521",
            "1750766121",
            "1750766121.0",
            "1750766121000",
            "1750766121000.4",
            "1750766121000000",
        ] {
            assert_eq!(moment(stamp, time), Some(1_750_766_121_000), "{stamp}");
        }
        for stamp in [
            "",
            "noon",
            "0",
            "-1",
            "20250624",
            "20251324_115521",
            "20250624_1155",
            "NaN",
            "inf",
            "1e300",
            "ü0250624115521",
        ] {
            assert_eq!(moment(stamp, time), None, "{stamp}");
        }
    }
}
