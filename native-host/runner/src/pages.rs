//! What pages report of themselves: judged when it comes in, and kept for whoever asks later.

use super::Runner;
use crate::clock;
use prompt_runner_core::protocol::{Handler, answer::PageJudgement, ask};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::site::PageReport;

impl Handler<ask::PageReport> for Runner {
    type Refusal = Refusal;

    fn ask(&mut self, ask::PageReport { report }: ask::PageReport) -> Result<PageJudgement, Refusal> {
        if let Some(flaw) = report.flaw() {
            return Err(Refusal::new(Code::RequestInvalid, format!("This is not a report of a page. {flaw}")));
        }
        let text = serde_json::to_string(&report).map_err(|error| {
            Refusal::new(Code::RequestInvalid, format!("The report of the page cannot be written: {error}."))
        })?;
        self.store.keep_page(&report.site, clock::now().as_millisecond(), &text)?;
        Ok(PageJudgement { drift: report.drift() })
    }
}

impl Runner {
    /// The newest report of each site's page, with its time in milliseconds since 1970.
    ///
    /// # Errors
    /// Every `store.*` refusal.
    pub fn pages(&self) -> Result<Vec<(i64, PageReport)>, Refusal> {
        let kept = self.store.pages()?.into_iter();
        // One that another version wrote is as good as none: the next page that is opened brings a new one.
        Ok(kept.filter_map(|(at_ms, report)| Some((at_ms, serde_json::from_str(&report).ok()?))).collect())
    }
}
