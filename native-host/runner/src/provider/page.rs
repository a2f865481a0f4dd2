//! The chat page: a person works there, and the extension stores the reply. All there is to do here is to notice.

use super::wait::Wait;
use super::{Outcome, Provider, ProviderError, ProviderEvent, Question, Watch};
use std::time::Duration;

/// The chat page as a provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// How long to wait; for ever, where nobody says.
    pub wait: Option<Duration>,
}

impl Provider for Page {
    fn ask(&mut self, _: &Question<'_>, watch: &mut dyn Watch) -> Result<Outcome, ProviderError> {
        let wait = Wait::begin(self.wait);
        watch.progress(ProviderEvent::Waiting);
        while !watch.stored() {
            wait.on()?;
        }
        Ok(Outcome::Stored)
    }
}
