//! What must hold of every input, target by target: each is a function that panics where it does not.

mod changes;
mod dispatch;
mod frame;
mod manifest;
mod markdown;
mod migration;
mod reader;
mod settings;
mod template;

use prompt_runner_core::phase::Phase;
use prompt_runner_core::reply::Expect;
use prompt_runner_core::session::SessionId;

/// The session and the nonce that seeds are written for, as those of tests/replies are.
const SESSION: &str = "20261122_141129_1a2b3c4d";
const NONCE: &str = "0123456789abcdef";
/// Stands between the parts of an input that has several. No text of a chat has a form feed.
const PART: char = '\u{c}';

/// The check of a target.
pub(crate) fn check(name: &str) -> Option<fn(&[u8])> {
    Some(match name {
        "changes" => changes::check,
        "frame" => frame::check,
        "dispatch" => dispatch::check,
        "reader" => reader::check,
        "markdown" => markdown::check,
        "template" => template::check,
        "migration" => migration::check,
        "manifest" => manifest::check,
        "settings" => settings::check,
        _ => return None,
    })
}

/// The proof that a reply to this phase has to carry.
fn expect(phase: Phase) -> Expect {
    let session = SessionId::parse(SESSION).expect("it has the shape of an id");
    Expect::known(session, phase, NONCE.to_owned())
}
