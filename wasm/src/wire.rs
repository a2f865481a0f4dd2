//! From the worker's messages to core's types. Serde could do this, at the price of half the engine's size again: so each type
//! is read field by field, and the compiler sees to it that no field is forgotten.

use js_sys::{Array, Reflect};
use prompt_runner_core::event::{Limit, PhaseStatus, Repair, SessionStatus, Source};
use prompt_runner_core::name::Name;
use prompt_runner_core::names::Named;
use prompt_runner_core::phase::Phase;
use prompt_runner_core::protocol::answer::{Captured, PageJudgement, RenderedPrompt, SessionFound};
use prompt_runner_core::protocol::{Other, Reply};
use prompt_runner_core::refusal::{Code, Refusal};
use prompt_runner_core::reply::{Expect, Oddity, Problem, Trailer, Verdict};
use prompt_runner_core::session::SessionId;
use prompt_runner_core::status::{Badge, Next, NextStep, PhaseView, Tone, View};
use prompt_runner_core::words::UiMessage;
use wasm_bindgen::JsValue;

/// A type that can be read from a message; `None` where the message says something else.
pub(crate) trait Wire: Sized {
    /// Reads it.
    fn read(value: &JsValue) -> Option<Self>;
}

/// A field of an object; `undefined` where it is none or has none.
pub(crate) fn field(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

impl<T: Wire> Wire for Option<T> {
    fn read(value: &JsValue) -> Option<Self> {
        if value.is_null() || value.is_undefined() { Some(None) } else { T::read(value).map(Some) }
    }
}

/// A list that an earlier version did not know is empty: the worker may have kept what that said.
impl<T: Wire> Wire for Vec<T> {
    fn read(value: &JsValue) -> Option<Self> {
        if value.is_undefined() {
            return Some(Self::new());
        }
        Array::is_array(value).then(|| Array::from(value).iter().map(|item| T::read(&item)).collect()).flatten()
    }
}

impl Wire for String {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_string()
    }
}

impl Wire for bool {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_bool()
    }
}

/// Numbers of the protocol are whole and far below 2^53.
macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl Wire for $kind {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
            fn read(value: &JsValue) -> Option<Self> {
                value.as_f64().map(|number| number as Self)
            }
        }
    )*};
}

macro_rules! names {
    ($($kind:ty),* $(,)?) => {$(
        impl Wire for $kind {
            fn read(value: &JsValue) -> Option<Self> {
                Self::named(&value.as_string()?)
            }
        }
    )*};
}

macro_rules! fields {
    ($($kind:ident { $($name:ident),* $(,)? $(; $unread:ident)* })*) => {$(
        impl Wire for $kind {
            fn read(value: &JsValue) -> Option<Self> {
                Some(Self { $($name: Wire::read(&field(value, stringify!($name)))?,)* $($unread: Default::default(),)* })
            }
        }
    )*};
}

numbers!(i64, u64, u32, u8);
names!(PhaseStatus, SessionStatus, Repair, Source, NextStep, Tone, Problem, Oddity);
fields! {
    UiMessage { key, args }
    Next { step, say, command, repairs }
    Limit { resets_ms }
    Other { source, text }
    Badge { text, tone, title }
    Refusal { code, message, hint, ; again }
    // What stands behind a semicolon the page shows nothing of.
    PhaseView {
        phase, title, stand, problem, accepted, sent_ms, captured_ms, lines, sections_ok, sections_of, oddities,
        ; retries ; prompted_ms ; first_token_ms ; last_token_ms ; duration_ms ; trusted ; bytes ; tokens_estimated ; trouble
    }
    SessionFound { view }
    RenderedPrompt { view, phase, nonce, text }
    PageJudgement { drift }
    View {
        session, standing, conversation, limit, seq, phases, current, next, badge, expect, part, rating,
        ; feature ; project ; workflow ; started_ms ; imported
    }
}

impl Wire for Name {
    fn read(value: &JsValue) -> Option<Self> {
        Self::new(&value.as_string()?)
    }
}

impl Wire for Phase {
    fn read(value: &JsValue) -> Option<Self> {
        Self::from_name(&value.as_string()?)
    }
}

/// A host that is older than workflows as data leaves the sections out; then every phase is one of five.
impl Wire for Expect {
    fn read(value: &JsValue) -> Option<Self> {
        let sections: Vec<Name> = Wire::read(&field(value, "sections"))?;
        let (session, phase) = (Wire::read(&field(value, "session"))?, Wire::read(&field(value, "phase"))?);
        let nonce = Wire::read(&field(value, "nonce"))?;
        Some(if sections.is_empty() {
            Self::known(session, phase, nonce)
        } else {
            Self { session, phase, nonce, sections }
        })
    }
}

/// A code that this engine does not know is of a newer host: what it means, the refusal's own sentences say.
impl Wire for Code {
    fn read(value: &JsValue) -> Option<Self> {
        Some(Self::named(&value.as_string()?).unwrap_or(Self::VersionUnknown))
    }
}

impl Wire for SessionId {
    fn read(value: &JsValue) -> Option<Self> {
        Self::parse(&value.as_string()?)
    }
}

impl Wire for Captured {
    fn read(value: &JsValue) -> Option<Self> {
        // The view says as much of the verdict as the page shows.
        let verdict = Verdict { sections: Vec::new(), trailer: Trailer::Absent, problem: None, oddities: Vec::new() };
        Some(Self {
            verdict,
            duplicate: Wire::read(&field(value, "duplicate"))?,
            view: Wire::read(&field(value, "view"))?,
        })
    }
}

/// The answers to what a page may ask.
impl Wire for Reply {
    fn read(value: &JsValue) -> Option<Self> {
        Some(match field(value, "type").as_string()?.as_str() {
            "session" => Self::Session(Wire::read(value)?),
            "prompt" => Self::Prompt(Wire::read(value)?),
            "captured" => Self::Captured(Wire::read(value)?),
            "page" => Self::Page(Wire::read(value)?),
            _ => return None,
        })
    }
}
