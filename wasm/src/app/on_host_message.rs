//! What the worker tells by itself: news of sessions, of what waited, and what the developer chose in the browser's menu.

use super::{Shared, dispatch, draw, effects};
use crate::chrome::FromWorker;
use prompt_runner_core::page::Signal;

pub(super) fn on_news(app: &Shared, news: FromWorker) {
    match news {
        FromWorker::Changed(view) => dispatch(app, Signal::News(view)),
        FromWorker::Outbox(results) => dispatch(app, Signal::Outbox(results)),
        FromWorker::Selection => effects::take_selection(app),
        FromWorker::PointedAt => pointed_at(app),
    }
}

/// The answer on which the developer opened the browser's menu. It may be one of the history that was never looked at.
fn pointed_at(app: &Shared) {
    let message = {
        let state = app.borrow();
        let message = state.pointed.as_ref().and_then(|node| state.page.assistant_around(node));
        message.filter(|message| message.is_connected())
    };
    match message {
        Some(message) => {
            draw::adopt(app, &message);
            let key = app.borrow().key(&message);
            effects::send_message(app, &key);
        }
        None => dispatch(app, Signal::PointedNowhere),
    }
}
