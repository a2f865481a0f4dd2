//! The tail of the log: who shows sessions as they change follows it here, and nobody looks at it in another way.

use super::ReconnectingRunner;
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::status::View;
use std::ops::ControlFlow;
use std::thread;
use std::time::Duration;

/// How often the tail of the log is looked at: a person notices from about 200 ms on, and a look costs microseconds.
const TAIL: Duration = Duration::from_millis(150);

impl ReconnectingRunner {
    /// Tells which sessions changed, as they change and whichever program changed them, until it is told to stop. Trouble with the record is
    /// told once, however often it is tried again.
    pub fn follow<T>(&mut self, mut tell: impl FnMut(Result<Vec<View>, Refusal>) -> ControlFlow<T>) -> T {
        let mut failed = false;
        loop {
            thread::sleep(TAIL);
            let news = self.news();
            let failed_before = std::mem::replace(&mut failed, news.is_err());
            let is_new = news.as_ref().map_or(!failed_before, |views| !views.is_empty());
            if is_new && let ControlFlow::Break(end) = tell(news) {
                return end;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::Places;
    use prompt_runner_core::protocol::{Handler as _, ask};

    #[test]
    fn what_others_write_is_told_and_trouble_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places { data: folder.path().join("data"), config: folder.path().join("config") };
        std::fs::write(&places.data, "no folder").unwrap();
        let mut refused = 0;
        let feature = ReconnectingRunner::after(places.clone(), 0).follow(|news| match news {
            Err(_) => {
                refused += 1;
                std::fs::remove_file(&places.data).unwrap();
                let mut other = ReconnectingRunner::new(places.clone());
                let start =
                    ask::Start { feature: "Dark mode".into(), project: None, workflow: None, conversation: None };
                other.open().and_then(|runner| runner.ask(start)).unwrap();
                ControlFlow::Continue(())
            }
            Ok(views) => ControlFlow::Break(views[0].feature.clone()),
        });
        assert_eq!((feature.as_str(), refused), ("Dark mode", 1));
    }
}
