//! `status --watch`: the session as it changes, by whichever program, until it ends.

use super::At;
use super::session_context::SessionContext;
use crate::cli::{print, unwritable};
use prompt_runner_core::event::SessionStatus;
use prompt_runner_core::protocol::{Reply, answer::SessionView};
use prompt_runner_core::refusal::Refusal;
use prompt_runner_core::status::View;
use runner::ReconnectingRunner;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;

impl SessionContext {
    /// Shows the session now and after every change. On a terminal each picture takes the place of the one before.
    pub(super) fn watch(&self, at: &At, out: &mut dyn Write) -> Result<(), Refusal> {
        let session = self.session(at)?;
        let view = self.view(&session)?;
        let mut picture = Picture { redraws: std::io::stdout().is_terminal() && !at.json, json: at.json, lines: 0 };
        let seq = view.seq;
        if picture.draw(view, out)? {
            return Ok(());
        }
        let mut runner = ReconnectingRunner::after(self.places.clone(), seq);
        runner.follow(|news| {
            let changed = match news {
                Ok(views) => views.into_iter().find(|changed| changed.session == session),
                Err(refusal) => return ControlFlow::Break(Err(refusal)),
            };
            match changed.map(|view| picture.draw(view, out)) {
                Some(Ok(true)) => ControlFlow::Break(Ok(())),
                Some(Err(refusal)) => ControlFlow::Break(Err(refusal)),
                Some(Ok(false)) | None => ControlFlow::Continue(()),
            }
        })
    }
}

/// What stands on the screen.
struct Picture {
    redraws: bool,
    json: bool,
    lines: usize,
}

impl Picture {
    /// Draws the session in the place of the picture before; says whether it has ended.
    fn draw(&mut self, view: View, out: &mut dyn Write) -> Result<bool, Refusal> {
        let ended = view.standing != SessionStatus::Active;
        let reply = Reply::from(SessionView { view });
        let mut picture = Vec::new();
        let drawn = if self.json {
            serde_json::to_writer(&mut picture, &reply).map_err(Into::into).and_then(|()| writeln!(picture))
        } else {
            print::reply(&mut picture, &reply)
        };
        drawn.map_err(|error| unwritable(&error))?;
        let up = if self.redraws && self.lines > 0 { format!("\x1b[{}A\x1b[J", self.lines) } else { String::new() };
        self.lines = picture.iter().filter(|byte| **byte == b'\n').count();
        // Ours, and beside the way of all texts, which would make it visible.
        std::io::stdout()
            .write_all(up.as_bytes())
            .and_then(|()| out.write_all(&picture))
            .and_then(|()| out.flush())
            .map_err(|error| unwritable(&error))?;
        Ok(ended)
    }
}
