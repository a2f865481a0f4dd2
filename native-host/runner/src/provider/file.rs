//! A file into which somebody puts the reply. It counts when it has come to rest and is a whole, proven reply, not before.

use super::wait::Wait;
use super::{Outcome, Provider, ProviderError, ProviderEvent, ProviderReply, Question, Watch};
use crate::bounded;
use prompt_runner_core::event::{Source, Timing};
use prompt_runner_core::machine::REPLY_MAX;
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// A file as a provider.
#[derive(Clone, Debug)]
pub struct ReplyFile {
    /// Which.
    pub path: PathBuf,
    /// How long to wait; for ever, where nobody says.
    pub wait: Option<Duration>,
}

/// By what a file that was changed is told from the same as before.
type Mark = (u64, Option<SystemTime>);

impl Provider for ReplyFile {
    fn ask(&mut self, _: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        let wait = Wait::begin(self.wait);
        watch.progress(ProviderEvent::Waiting);
        let (mut seen, mut judged): (Option<Mark>, Option<Mark>) = (None, None);
        while !watch.stored() {
            let mark = self.mark()?;
            // Twice the same, one tick apart: nobody is writing. What was judged is not judged again.
            if mark.is_some() && mark == seen && mark != judged {
                judged = mark;
                match self.read()?.and_then(|text| watch.judge(&text).map(|()| text)) {
                    Ok(text) => return Ok(answer(text)),
                    Err(why) => watch.progress(ProviderEvent::Looked { why }),
                }
            }
            seen = mark;
            wait.on()?;
        }
        Ok(Outcome::Stored)
    }
}

impl ReplyFile {
    /// Size and time of the file; nothing where there is none yet.
    fn mark(&self) -> Result<Option<Mark>, ProviderError> {
        match fs::metadata(&self.path) {
            Ok(data) if data.is_file() => Ok(Some(mark(&data))),
            Ok(_) => Err(self.unreadable("it is no file")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.unreadable(&error.to_string())),
        }
    }

    /// The text, or why it cannot be a reply.
    fn read(&self) -> Result<Result<String, String>, ProviderError> {
        let bytes = match bounded::read(&self.path, REPLY_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return Ok(Err("The file is larger than 16 MiB.".into()));
            }
            Err(error) => return Err(self.unreadable(&error.to_string())),
        };
        Ok(String::from_utf8(bytes).map_err(|_| "The file is not UTF-8 text.".into()))
    }

    fn unreadable(&self, finding: &str) -> ProviderError {
        ProviderError::File { path: self.path.clone(), finding: finding.into() }
    }
}

fn mark(data: &Metadata) -> Mark {
    (data.len(), data.modified().ok())
}

/// When the prompt went out and the reply came in, nobody here has seen.
fn answer(text: String) -> Outcome {
    let timing = Timing::default();
    Outcome::Reply(Box::new(ProviderReply { text, source: Source::File, model: None, usage: None, timing }))
}
