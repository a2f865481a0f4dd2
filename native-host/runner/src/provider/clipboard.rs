//! The clipboard: the prompt goes into it, and what is copied next is the reply, if it is one. For whoever has no extension.

use super::wait::Wait;
use super::{Outcome, Provider, ProviderError, ProviderEvent, ProviderReply, Question, Watch};
use crate::clipboard::{self, Clipboard};
use prompt_runner_core::event::{Source, Timing};
use std::time::Duration;

/// The clipboard as a provider.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    /// How long to wait; for ever, where nobody says.
    pub wait: Option<Duration>,
}

impl Provider for Board {
    fn ask(&mut self, question: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        clipboard::copy(question.prompt)?;
        let mut clipboard = Clipboard::watch()?;
        watch.progress(ProviderEvent::Copied);
        let wait = Wait::begin(self.wait);
        loop {
            if watch.stored() {
                return Ok(Outcome::Stored);
            }
            // What is copied while this waits may be anything, the prompt itself among it.
            match clipboard.changed()?.map(|text| (watch.judge(&text), text)) {
                Some((Ok(()), text)) => {
                    let timing = Timing::default();
                    let answer = ProviderReply { text, source: Source::Clipboard, model: None, usage: None, timing };
                    return Ok(Outcome::Reply(Box::new(answer)));
                }
                Some((Err(why), _)) => watch.progress(ProviderEvent::Looked { why }),
                None => wait.on()?,
            }
        }
    }
}
