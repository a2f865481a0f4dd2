//! `status --watch`: the session as it changes, by whichever program, until it ends.

use super::At;
use super::desk::Desk;
use crate::cli::{print, unwritable};
use prompt_runner_core::event::Standing;
use prompt_runner_core::protocol::{Reply, answer::SessionView};
use prompt_runner_core::refusal::Refusal;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// As often as the host looks: a person notices from about 200 ms on, and a look costs microseconds.
const TAIL: Duration = Duration::from_millis(150);

impl Desk {
    /// Shows the session now and after every change. On a terminal each picture takes the place of the one before.
    pub(super) fn watch(&mut self, at: &At, out: &mut dyn Write) -> Result<(), Refusal> {
        let session = self.session(at)?;
        let mut view = self.view(&session)?;
        let redraws = std::io::stdout().is_terminal() && !at.json;
        let mut lines = 0;
        loop {
            let ended = view.standing != Standing::Active;
            let reply = Reply::from(SessionView { view });
            let mut picture = Vec::new();
            let drawn = if at.json {
                serde_json::to_writer(&mut picture, &reply).map_err(Into::into).and_then(|()| writeln!(picture))
            } else {
                print::reply(&mut picture, &reply)
            };
            drawn.map_err(|error| unwritable(&error))?;
            let up = if redraws && lines > 0 { format!("\x1b[{lines}A\x1b[J") } else { String::new() };
            lines = picture.iter().filter(|byte| **byte == b'\n').count();
            // Ours, and beside the way of all texts, which would make it visible.
            std::io::stdout()
                .write_all(up.as_bytes())
                .and_then(|()| out.write_all(&picture))
                .and_then(|()| out.flush())
                .map_err(|error| unwritable(&error))?;
            if ended {
                return Ok(());
            }
            view = loop {
                std::thread::sleep(TAIL);
                if let Some(changed) = self.runner.news()?.into_iter().find(|changed| changed.session == session) {
                    break changed;
                }
            };
        }
    }
}
